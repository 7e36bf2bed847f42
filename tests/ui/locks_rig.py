"""What tests of the locks page share: a room with something in its lock, and how one waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.credential import CredentialKind
from station.domain.operation import Kind
from station.domain.person import Person
from station.domain.room import Room
from station.ports import HistoryFilter
from station.simulators.faults import Fault, Injection
from station.simulators.pictures import sample_face
from station.workflows.credentials import CredentialResult, Wanted, put
from tests.ui.conftest import SUPERVISOR
from ui.context import Context
from ui.pages.locks import LocksPage, build

ROOM, NETWORKED = "1-301", "2-101"
GUEST = Person("张三", "13800000001")
FACE, TEMPLATE = sample_face(), bytes(range(40))
DEADLINE_MS = 20_000


@dataclass
class LockBench:
    """The page over the simulated desk, and the doors behind it."""

    qtbot: QtBot
    context: Context
    simulation: Simulation
    page: LocksPage

    def until(self, wanted: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(wanted, timeout=DEADLINE_MS)

    def calm(self) -> None:
        """Nothing is under way on any lane."""
        lanes = self.context.lanes
        busy = (lanes.encoder, lanes.journal, lanes.cloud, lanes.locks)
        self.until(lambda: not any(lane.busy for lane in busy))

    def room(self, name: str = ROOM) -> Room:
        return self.context.desk.room(name)

    def choose(self, name: str = ROOM) -> None:
        room = self.room(name)
        self.page._choose(room.id)
        presenter = self.page.presenter
        self.until(lambda: presenter.state.room is not None and presenter.state.room.room == room)
        self.calm()

    def end(self, days: int = 2) -> datetime:
        now = self.context.desk.clock.local()
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        return noon + timedelta(days=days)

    def give(self, kind: CredentialKind, name: str = ROOM) -> CredentialResult:
        """Something was given to a room before."""
        picture = {CredentialKind.FACE: FACE, CredentialKind.FINGERPRINT: TEMPLATE}.get(kind, b"")
        wanted = Wanted(
            self.room(name), kind, self.end(), GUEST, picture=picture, agreed=bool(picture)
        )
        return put(self.context.desk, SUPERVISOR, wanted)

    def lost(self, path: str) -> None:
        """The answer to the next such call gets lost on its way."""
        self.simulation.door_lock.sim.faults.inject(Injection(Fault.DROP_AFTER, path))

    def reach(self, *, able: bool, name: str = ROOM) -> None:
        """Whether the gateway reaches the lock."""
        self.simulation.world.lock_of(name).reachable = able

    def kinds(self) -> list[Kind]:
        return [row.kind for row in self.context.desk.journal.history(HistoryFilter())]

    def calls(self, name: str) -> int:
        return len(self.simulation.door_lock.sim.calls.all(name))

    @property
    def said(self) -> str:
        """The headline's key; empty while nothing is said."""
        said = self.page.news.state.said
        return said.title.removeprefix("locks.") if said is not None else ""


@contextmanager
def lock_bench(qtbot: QtBot, context: Context, simulation: Simulation) -> Iterator[LockBench]:
    page = build(context)
    assert isinstance(page, LocksPage)
    page.resize(1270, 720)
    page.show()
    page.activated()
    bench = LockBench(qtbot, context, simulation, page)
    bench.calm()
    yield bench
    bench.calm()
    page.close_page()
    page.deleteLater()  # not left to qtbot, which would delete it before it is closed
