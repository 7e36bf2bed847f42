"""The physical world behind the door-lock service: rooms, cards, encoder, locks and a clock.

Thread-safe: every method holds `World.lock`, and a server holds the same lock around a whole
call, so that each effect is atomic.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum

from station.simulators.clock import SimClock
from station.simulators.doors import Doors
from station.simulators.hardware import (
    CardDefect,
    CardMemory,
    DoorAnswer,
    EncoderOccupiedError,
    Room,
    SimCard,
    SimEncoder,
)
from station.simulators.room_lock import Kind, Opener
from station.simulators.sample import sample_rooms

_FIRST_CARD_ID = 0x03F56240  # the document's example


class UidRelation(StrEnum):
    """How a new card's PC/SC uid relates to the platform's card number."""

    UNRELATED = "unrelated"
    EQUAL = "equal"
    REVERSED = "reversed"


class World(Doors):
    """Rooms with their locks, all cards there are, one encoder, one clock.

    Listeners added with `listen` are called after a card was put down or lifted, outside the
    lock.
    """

    def __init__(
        self,
        rooms: Iterable[Room] | None = None,
        *,
        uid_relation: UidRelation = UidRelation.UNRELATED,
        clock: SimClock | None = None,
        locks_check_start: bool = False,
    ) -> None:
        rooms = sample_rooms() if rooms is None else rooms
        super().__init__(rooms, clock, locks_check_start=locks_check_start)
        self.uid_relation = uid_relation
        self.encoder = SimEncoder()
        self._cards: dict[str, SimCard] = {}
        self._listeners: list[Callable[[SimCard | None], None]] = []

    # doors

    def present(self, card: SimCard | str, room: str) -> DoorAnswer:
        """Hold a card (or the card of that number) to the door of a room, now.

        Raises KeyError for an unknown card or room.
        """
        with self.lock:
            return self.hold(self.card(card) if isinstance(card, str) else card, room)

    def opening_cards(self, room: str) -> list[SimCard]:
        """The cards that would open a door now; the lock does not notice."""
        with self.lock:
            lock, now = self.lock_of(room), self.clock.now()
            return [card for card in self._cards.values() if lock.judge(card, now).opened]

    def openers(self, room: str) -> list[Opener]:
        """Everything that would open a room's door now, cards first; the lock does not notice."""
        with self.lock:
            cards = [
                Opener(Kind.CARD, card.card_id, card.memory.unvalid)
                for card in self.opening_cards(room)
                if card.memory is not None
            ]
            return cards + super().openers(room)

    # cards

    def new_card(
        self,
        card_id: str | None = None,
        uid: str | None = None,
        *,
        defect: CardDefect = CardDefect.NONE,
    ) -> SimCard:
        """A blank card that nobody has used. Raises ValueError for a number that exists."""
        with self.lock:
            number = card_id or self._free_card_id()
            if number in self._cards:
                raise ValueError(f"card exists: {number}")
            card = SimCard(number, uid or self._uid_for(number), defect=defect)
            self._cards[number] = card
            self.changed()
            return card

    def card(self, card_id: str) -> SimCard:
        """The card of that number, in either case of its letters. Raises KeyError."""
        with self.lock:
            return self._cards[card_id.upper()]

    def cards(self) -> list[SimCard]:
        """All cards, in the order they came."""
        with self.lock:
            return list(self._cards.values())

    def put(self, card: SimCard | str, *, swap: bool = False) -> SimCard:
        """Lay a card on the encoder; `swap` lifts another one first.

        A card the world has not seen becomes one of its own. Raises EncoderOccupiedError,
        KeyError for an unknown number, ValueError for a second card of one number.
        """
        with self.lock:
            laid = self.card(card) if isinstance(card, str) else card
            if self._cards.setdefault(laid.card_id, laid) is not laid:
                raise ValueError(f"another card has the number {laid.card_id}")
            if swap:
                self.encoder.lift()
            self.encoder.put(laid)
            self.changed()
        self._tell(laid)
        return laid

    def lift(self) -> SimCard | None:
        """Take the card off the encoder and return it."""
        with self.lock:
            card = self.encoder.lift()
            self.changed()
        self._tell(None)
        return card

    def seen_card(self) -> SimCard | None:
        """The card the encoder sees: none, too, when the one on it is dead."""
        with self.lock:
            card = self.encoder.card
            return None if card is None or card.defect is CardDefect.DEAD else card

    def write(self, card: SimCard, memory: CardMemory | None) -> bool:
        """Write or clear a card as the encoder does; False when the card takes no write."""
        with self.lock:
            if card.defect in (CardDefect.UNWRITABLE, CardDefect.DEAD):
                return False
            card.store(memory)
            self.changed()
            return True

    # for others

    def listen(self, listener: Callable[[SimCard | None], None]) -> Callable[[], None]:
        """Call `listener` with the card put down, or None when lifted; returns "stop that"."""
        with self.lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self.lock:
                self._listeners.remove(listener)

        return stop

    def dump(self) -> dict[str, object]:
        """Everything as JSON-ready data."""
        with self.lock:
            on = self.encoder.card
            return self.dump_doors() | {
                "cards": [dump_card(card) for card in self._cards.values()],
                "encoder": None if on is None else on.card_id,
            }

    def load(self, state: dict[str, object]) -> None:
        """Become what `dump` gave; the world stays as it was if the data is damaged.

        Raises KeyError, TypeError or ValueError then.
        """
        cards_data, on = state["cards"], state["encoder"]
        if not isinstance(cards_data, list):
            raise TypeError("cards are no list")
        cards = {card.card_id: card for card in map(load_card, cards_data)}
        held = None if on is None else cards[str(on)]
        with self.lock:
            self.load_doors(state)
            self._cards, self.encoder.card = cards, held

    def _tell(self, card: SimCard | None) -> None:
        with self.lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(card)

    def _free_card_id(self) -> str:
        number = _FIRST_CARD_ID
        while f"{number:08X}" in self._cards:
            number += 0x101
        return f"{number:08X}"

    def _uid_for(self, card_id: str) -> str:
        if self.uid_relation is UidRelation.EQUAL:
            return card_id
        if self.uid_relation is UidRelation.REVERSED:
            return bytes.fromhex(card_id)[::-1].hex().upper()
        digest = hashlib.sha256(card_id.encode()).hexdigest().upper()
        return "04" + digest[:12]  # 7 bytes of NXP's; never 08, which means a random number


def dump_card(card: SimCard) -> dict[str, object]:
    """A card as JSON-ready data; times are ISO, site-local."""
    memory = card.memory
    return {
        "card_id": card.card_id,
        "uid": card.uid,
        "defect": card.defect.value,
        "memory": None
        if memory is None
        else {
            "rm_id": memory.rm_id,
            "abkp": memory.abkp.isoformat(sep=" "),
            "unvalid": memory.unvalid.isoformat(sep=" "),
        },
    }


def load_card(state: dict[str, object]) -> SimCard:
    """The card that `dump_card` described. Raises KeyError, TypeError or ValueError."""
    data = state["memory"]
    memory = None
    if isinstance(data, dict):
        memory = CardMemory(
            str(data["rm_id"]),
            datetime.fromisoformat(data["abkp"]),
            datetime.fromisoformat(data["unvalid"]),
        )
    defect = CardDefect(str(state["defect"]))
    return SimCard(str(state["card_id"]), str(state["uid"]), memory, defect)


__all__ = ["EncoderOccupiedError", "UidRelation", "World", "dump_card", "load_card"]
