"""The demo's desk drawer: hands that lay simulated cards down, hold them to doors and move time.

A window may not know the simulators; it knows this. Every method is thread-safe and quick.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from station.compose.demo import Simulation
from station.simulators.faults import Fault
from station.simulators.hardware import SimCard

BLANKS: Final = 6
HOUR_S: Final = 3600.0
LATE_S: Final = 2.0
"""How long after the desk has given up a late answer comes."""


class Spot(StrEnum):
    """Where a card lies."""

    DRAWER = "drawer"
    ENCODER = "encoder"
    READER = "reader"


class Trouble(StrEnum):
    """What the next write meets."""

    TIME_OUT = "time_out"
    """Written, and the answer comes too late."""
    REFUSED = "refused"
    CUT = "cut"
    """The connection is cut before anything is written."""


@dataclass(frozen=True, slots=True)
class DrawerCard:
    """A card. `room` is empty for a blank one; `until` is site-local."""

    number: str
    room: str = ""
    until: datetime | None = None
    spot: Spot = Spot.DRAWER


@dataclass(frozen=True, slots=True)
class Message:
    """The newest SMS code of the property platform, as the phone of its number shows it."""

    phone: str
    code: str
    house: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class DrawerState:
    """Everything there is to see. `now` is the simulated clock, site-local."""

    cards: tuple[DrawerCard, ...] = ()
    rooms: tuple[str, ...] = ()
    now: datetime | None = None
    cloud_away: bool = False
    trouble: bool = False
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a lock did with a card: `reason` is `opened`, `blank`, `superseded` …"""

    room: str
    number: str
    opened: bool
    reason: str


class Drawer:
    """The hands of whoever tries the desk out."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        world = simulation.world
        for _ in range(BLANKS - sum(card.memory is None for card in world.cards())):
            world.new_card()

    def state(self) -> DrawerState:
        """How things lie now."""
        simulation, world = self._simulation, self._simulation.world
        message = self._message()
        with world.lock:
            names = {key: room.rm_name for key, room in world.rooms.items()}
            cards = tuple(self._seen(card, names) for card in world.cards())
            return DrawerState(
                cards,
                tuple(names.values()),
                world.clock.now().replace(second=0, microsecond=0),
                not simulation.shankai.running,
                bool(simulation.door_lock.sim.faults.pending()),
                message,
            )

    def watch(self, changed: Callable[[], None]) -> None:
        """Call `changed` after each effect, on whatever thread had it."""
        for part in (self._simulation.world, self._simulation.property.sim.estate):
            part.on_change = _also(part.on_change, changed)

    def blank(self) -> str:
        """One more blank card; its number."""
        return self._simulation.world.new_card().card_id

    def to_encoder(self, number: str) -> None:
        """Lay a card on the encoder, which the reader lies below. Raises KeyError."""
        self._simulation.world.put(number, swap=True)

    def to_reader(self, number: str) -> None:
        """Lay a card on the reader alone. Raises KeyError."""
        card = self._simulation.world.card(number)
        self._simulation.world.lift()
        self._simulation.reader.put(card.uid)

    def take_away(self) -> None:
        """Nothing lies on encoder and reader any more."""
        self._simulation.world.lift()

    def hold(self, number: str, room: str) -> Held:
        """Hold a card to a room's door. Raises KeyError."""
        answer = self._simulation.world.present(number, room)
        return Held(room, number, answer.opened, answer.reason.value)

    def advance(self, hours: float) -> None:
        """Move every clock on: the desk's, the locks' and the services'."""
        simulation, seconds = self._simulation, hours * HOUR_S
        simulation.clock.ahead += seconds
        simulation.world.clock.advance(seconds)
        simulation.shankai.sim.clock.advance(seconds)
        with simulation.world.lock:
            simulation.world.changed()

    def trouble(self, kind: Trouble) -> None:
        """Let the next write meet this."""
        part = self._simulation.station.settings.door_lock
        patience = 0.0 if part is None else part.read_timeout_s
        service = self._simulation.door_lock.sim
        service.faults.clear()
        if kind is Trouble.TIME_OUT:
            service.inject(Fault.LATE, "MarkRoomCard", delay=patience + LATE_S)
        elif kind is Trouble.REFUSED:
            service.inject(Fault.REFUSE, "MarkRoomCard")
        else:
            service.inject(Fault.DROP_BEFORE, "MarkRoomCard")

    def cloud(self, *, away: bool) -> None:
        """The residents' clouds, gates and houses, go away or come back."""
        for server in (self._simulation.shankai, self._simulation.property):
            if away:
                server.stop()
            else:
                server.start()

    def _message(self) -> Message | None:
        codes = self._simulation.property.sim.sms()
        if not codes:
            return None
        newest = codes[-1]
        return Message(newest.phone, newest.code, newest.house, newest.sent_at)

    def _seen(self, card: SimCard, names: dict[str, str]) -> DrawerCard:
        memory, spot = card.memory, Spot.DRAWER
        if self._simulation.world.encoder.card is card:
            spot = Spot.ENCODER
        elif self._simulation.reader.view().uid == card.uid:
            spot = Spot.READER
        if memory is None:
            return DrawerCard(card.card_id, spot=spot)
        return DrawerCard(card.card_id, names.get(memory.rm_id, memory.rm_id), memory.unvalid, spot)


def _also(before: Callable[[], None] | None, then: Callable[[], None]) -> Callable[[], None]:
    def told() -> None:
        if before is not None:
            before()
        then()

    return told
