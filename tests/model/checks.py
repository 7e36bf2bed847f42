"""What must hold after each step of the model: doors, cards' memories, stays, operations, calls."""

from typing import TYPE_CHECKING

from station.domain.card import CardState
from station.domain.operation import CARD_KINDS, CREDENTIAL_KINDS, FINAL, Kind, OperationRow, State
from station.domain.room import Room
from station.domain.stay import current_stay
from station.journal import Store
from station.journal.engine import Raw
from station.journal.tables import PROJECTIONS
from station.ports import CardRow, HistoryFilter
from station.simulators.hardware import CardMemory, SimCard
from station.workflows.opening import Certainty, Opener, openers
from station.workflows.records import OUTSIDE
from station.workflows.recover import unresolved
from station.workflows.settling import intended
from tests.model.hotel import Attempt, Hotel

if TYPE_CHECKING:
    from datetime import datetime

    from station.domain.event import StayFacts

NOTHING_WRITTEN = frozenset({State.REFUSED, State.FAILED})


class Checks:
    """Holds the desk's words against the hotel. Remembers what may only ever grow."""

    def __init__(self, hotel: Hotel) -> None:
        self.hotel = hotel
        self._ends: dict[str, datetime] = {}

    def everything(self) -> None:
        rows = self._rows()
        self.doors()
        self.memories(rows)
        self.stays(rows)
        self.operations(rows)
        self.calls(rows)

    def _rows(self) -> dict[str, OperationRow]:
        found = self.hotel.journal.history(HistoryFilter(limit=1000))
        return {row.operation: row for row in found}

    # doors

    def doors(self) -> None:
        """The doors open for the cards that the desk says open them, and for no others."""
        for room in self.hotel.rooms:
            self._door(room, openers(self.hotel.programs[1].desk, room))

    def _door(self, room: Room, said: list[Opener]) -> None:
        opening = {card.card_id for card in self.hotel.world.opening_cards(room.id)}
        newest = self.hotel.accepted.get(room.id)
        for opener in said:
            name = opener.card.card_id
            if opener.certainty is Certainty.OPENS:
                assert name in opening, f"{room.name} should open for {opener}"
            elif opener.certainty is Certainty.UNTIL_NEWER_USED:
                still = newest is None or newest <= opener.stay.authorised_at
                assert (name in opening) is still, f"{room.name}, newest used {newest}: {opener}"
        listed = {name for opener in said for name in self._names(opener.card)}
        assert opening <= listed, f"{room.name} opens for {opening - listed}, said {said}"

    def _names(self, row: CardRow) -> list[str]:
        """The card of a row; of one without a number the card that lay there in truth."""
        if row.card_id:
            return [row.card_id]
        assert row.state in {CardState.POSSIBLE, CardState.WRONG}
        attempt = self.hotel.attempts[row.key.removeprefix("?")]
        return [attempt.card.card_id] if attempt.card else []

    # cards

    def memories(self, rows: dict[str, OperationRow]) -> None:
        """What a card holds is what the journal says, where no outcome is in doubt."""
        for card in self.hotel.cards:
            last = self._last_write(card, rows)
            if last is None or last.state is State.DONE:
                self._memory(card)

    def _last_write(self, card: SimCard, rows: dict[str, OperationRow]) -> OperationRow | None:
        """The last operation that may have changed a card, none for a card as it came."""
        mine = [
            rows[attempt.operation]
            for attempt in self.hotel.attempts.values()
            if attempt.card is card and attempt.operation in rows
        ]
        written = [
            row for row in mine if row.kind in CARD_KINDS and row.state not in NOTHING_WRITTEN
        ]
        return written[-1] if written else None

    def _memory(self, card: SimCard) -> None:
        journal = self.hotel.journal
        outside = [row for row in journal.stays_of_card(card.card_id) if row.state in OUTSIDE]
        said = [
            CardMemory(stay.room_id, stay.authorised_at, row.expires_at)
            for row in outside
            if (stay := journal.stay(row.stay_id)) is not None
        ]
        assert said == ([card.memory] if card.memory else []), f"{card} is said to be {outside}"

    # stays

    def stays(self, rows: dict[str, OperationRow]) -> None:
        """One open stay at most; ends never go back; each new start is later than all before."""
        for room in self.hotel.rooms:
            stays = self.hotel.journal.stays(room.id)
            assert sum(not stay.closed for stay in stays) <= 1, f"{room.name}: {stays}"
            for stay in stays:
                before = self._ends.get(stay.id, stay.expires_at)
                assert stay.expires_at >= before, f"{stay} ended {before}"
                self._ends[stay.id] = stay.expires_at
            self._starts(room, rows)

    def _starts(self, room: Room, rows: dict[str, OperationRow]) -> None:
        sent: list[datetime] = []
        begun = [
            (row.number, row.authorised_at)
            for row in rows.values()
            if row.kind in CREDENTIAL_KINDS and row.room_id == room.id and row.authorised_at
        ]
        for operation, start in self.hotel.starts.get(room.id, []):
            number = rows[operation].number
            before = [*sent, *(at for earlier, at in begun if earlier < number)]
            if rows[operation].kind in {Kind.ISSUE, Kind.MOVE, Kind.REPLACE}:
                assert all(start > earlier for earlier in before), f"{room.name}: {start}, {before}"
            else:
                assert start in before, f"{rows[operation]} has a start of its own"
            sent.append(start)

    def the_room_has_its_stay(self, row: OperationRow) -> None:
        """A stay that turned out to have begun is the room's, unless a newer one is."""
        if row.state is State.DONE and row.kind in {Kind.ISSUE, Kind.MOVE, Kind.REPLACE}:
            current = current_stay(self.hotel.journal.stays(row.room_id))
            assert current is not None, f"nobody lives in {row.room_name} after {row}"
            assert row.authorised_at is not None
            assert current.authorised_at >= row.authorised_at

    # operations and calls

    def operations(self, rows: dict[str, OperationRow]) -> None:
        """What began has an outcome or waits to be settled."""
        open_ones = {row.operation for row in unresolved(self.hotel.programs[1].desk)}
        for row in rows.values():
            if row.kind in CARD_KINDS:
                assert (row.state in FINAL) is (row.operation not in open_ones), row

    def calls(self, rows: dict[str, OperationRow]) -> None:
        """One write at most for each operation, none without its intent on the disk."""
        assert self.hotel.wrong == []
        for attempt in self.hotel.attempts.values():
            assert attempt.calls <= 1, attempt
            if attempt.calls:
                assert attempt.operation in rows


def outcome_is_true(hotel: Hotel, attempt: Attempt, row: OperationRow) -> None:
    """Right after it ended: `done` wrote what was meant, `refused` and `failed` wrote nothing."""
    memory = attempt.card.memory if attempt.card else None
    if row.kind is Kind.GROUP or row.kind not in CARD_KINDS:
        return
    if row.state is State.DONE:
        assert attempt.card is not None
        assert memory == meant(hotel, row), f"{row}: {memory}"
    elif row.state in NOTHING_WRITTEN:
        assert memory == attempt.before, f"{row}: {memory}, was {attempt.before}"


def meant(hotel: Hotel, row: OperationRow) -> CardMemory | None:
    """What an operation wanted its card to hold."""
    stay: StayFacts | None = intended(hotel.desk, row.operation).stay
    if stay is None:
        return None
    wanted = stay.authorisation()
    return CardMemory(wanted.room_id, wanted.authorised_at, wanted.expires_at)


def the_whole_journal(journal: Store) -> None:
    """The chain is whole, and the tables made anew from the events are the same."""
    assert journal.verify().ok
    before = _tables(journal)
    journal.rebuild()
    assert _tables(journal) == before


def _tables(journal: Store) -> dict[str, list[tuple[object, ...]]]:
    with journal.database.reading() as tx:
        return {
            table.name: sorted(
                (tuple(row) for row in tx.run(Raw(f"SELECT * FROM {table.name}"))), key=repr
            )
            for table in PROJECTIONS
        }
