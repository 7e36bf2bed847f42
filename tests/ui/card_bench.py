"""What tests of the card panel share: cards on the encoder, rooms as the rack hands them over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.card import Authorisation
from station.domain.operation import OperationRow
from station.domain.person import Person
from station.ports import HistoryFilter, RoomRow
from station.simulators.hardware import CardDefect, SimCard
from station.workflows.issue import NewStay, issue
from station.workflows.result import CardResult
from tests.ui.conftest import SUPERVISOR
from ui.context import Context
from ui.presenters.card_state import Action, CardWorkState, Lying, Outcome, Phase, StayInput
from ui.presenters.card_work import CardWork

GUEST = Person("张三", "13800000001")
DEADLINE_MS = 15_000


@dataclass
class CardBench:
    """A presenter over the simulated desk, and hands that lay cards down."""

    qtbot: QtBot
    context: Context
    simulation: Simulation
    work: CardWork

    @property
    def state(self) -> CardWorkState:
        return self.work.state

    @property
    def outcome(self) -> Outcome:
        outcome = self.state.outcome
        assert outcome is not None
        return outcome

    # the world

    def put(self, card: SimCard | None = None, defect: CardDefect = CardDefect.NONE) -> SimCard:
        return self.simulation.world.put(
            card or self.simulation.world.new_card(defect=defect), swap=True
        )

    def lift(self) -> None:
        self.simulation.world.lift()

    def opens(self, card: SimCard, room: str) -> bool:
        return self.simulation.world.present(card, room).opened

    def unplug_reader(self) -> None:
        """The site has no PC/SC reader."""
        station = self.simulation.station
        station.desk = replace(station.desk, reader=None)

    def writes(self, *names: str) -> int:
        calls = self.simulation.door_lock.sim.calls
        return sum(len(calls.all(name)) for name in names or ("MarkRoomCard", "ClearRoomCard"))

    def looks(self) -> int:
        return self.writes("ReadCard")

    def fault(self, fault: str, path: str | None = None, **options: object) -> None:
        self.simulation.door_lock.sim.inject(fault, path, **options)

    # the journal

    def row(self, room: str) -> RoomRow:
        rows = self.context.desk.journal.rack()
        return next(row for row in rows if row.room.name == room)

    def operations(self) -> list[OperationRow]:
        rows = self.context.desk.journal.history(HistoryFilter(limit=100))
        return [row for row in rows if row.kind.value not in {"operator_add", "login"}]

    def lived_in(self, room: str, *, days: int = 2, card: SimCard | None = None) -> SimCard:
        """A guest moved in before the test; their card is lifted again."""
        laid = self.put(card)
        result = self.issue(room, days=days)
        assert result.error is None
        self.lift()
        return laid

    def issue(self, room: str, *, days: int = 2) -> CardResult:
        desk = self.context.desk
        wanted = NewStay(desk.room(room), self.end(days), GUEST)
        return issue(desk, SUPERVISOR, wanted)

    def end(self, days: int) -> datetime:
        now = self.context.desk.clock.local()
        return (now + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)

    def foreign(self, room: str) -> SimCard:
        """A live card that another program wrote lies on the encoder."""
        card = self.put()
        desk = self.context.desk
        start = desk.clock.local().replace(microsecond=0)
        desk.need_encoder().write(Authorisation(desk.room(room).id, start, self.end(2)))
        return card

    # the screen

    def until(self, wanted: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(wanted, timeout=DEADLINE_MS)

    def phase(self, phase: Phase) -> None:
        self.until(lambda: self.state.phase is phase)

    def sees(self, lying: Lying) -> None:
        self.until(lambda: self.state.seen.lying is lying)

    def quiet(self) -> None:
        """Wait until nothing is under way on the encoder's and the journal's lane."""
        self.until(
            lambda: not self.context.lanes.encoder.busy and not self.context.lanes.journal.busy
        )

    def choose(self, room: str) -> None:
        self.work.choose(self.row(room))
        self.until(lambda: self.state.room is not None and self.state.room.complete)
        self.quiet()

    def order(self, action: Action, **typed: object) -> None:
        """Open an action's form and send it."""
        self.work.begin(action)
        self.until(lambda: self.state.form is not None)
        form = self.state.form
        assert form is not None
        start: StayInput = replace(form.start, **typed)  # type: ignore[arg-type]
        self.work.edit(start)
        self.work.submit(start)


@contextmanager
def card_bench(qtbot: QtBot, context: Context, simulation: Simulation) -> Iterator[CardBench]:
    work = CardWork(context)
    work.watch.start()
    bench = CardBench(qtbot, context, simulation, work)
    yield bench
    bench.work.close()
