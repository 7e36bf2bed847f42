"""A whole desk for tests: real journal file, real HTTP clients, simulated service, cards and doors.

`DeskRig` wires the workflows to the door-lock and Shankai simulators over loopback, with a clock
that both sides share. Cards are put down, lifted and held to doors with its methods.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from station.domain.operation import OperationRow
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.domain.room import Room
from station.journal import Store, open_journal
from station.ports import HistoryFilter, StepNotice
from station.reader.simulated import SimulatedReader
from station.simulators.clock import SimClock
from station.simulators.door_lock.sim import APPID, APPSECRET, DoorLockSim
from station.simulators.hardware import SimCard
from station.simulators.kexin import KexinSim
from station.simulators.kexin.demo_signer import sign
from station.simulators.property import PropertySim
from station.simulators.property.sim import BASE_PATH
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai.sim import ShankaiSim
from station.simulators.world import World
from station.vendors.door_lock import DoorLock, DoorLockGateway
from station.vendors.kexin import Kexin
from station.vendors.property import PropertyPlatform
from station.vendors.shankai.client import Shankai
from station.vendors.shankai.gate import ShankaiGate
from station.workflows.desk import Desk, Site
from station.workflows.issue import NewStay
from station.workflows.lock_table import import_table
from station.workflows.result import CardResult

SITE_KEY = bytes(range(32))
NOON = datetime(2026, 3, 1, 14, 0, 0)
ZONE = timedelta(hours=8)
WANG = Operator("王芳", Role.CLERK)
LI = Operator("李主管", Role.SUPERVISOR)
GUEST = Person("张三", "13800000001")


class SharedClock:
    """The simulators' clock as the desk's: local as it stands there, UTC eight hours behind."""

    def __init__(self, sim: SimClock) -> None:
        self.sim = sim

    def local(self) -> datetime:
        return self.sim.now()

    def utc(self) -> datetime:
        return (self.sim.now() - ZONE).replace(tzinfo=UTC)


class ServersClock(SimClock):
    """The desk's moment as a cloud's computer has it, which knows Unix time and its own zone."""

    def __init__(self, desk: SharedClock) -> None:
        super().__init__()
        self.desk = desk

    def now(self) -> datetime:
        return self.desk.utc().astimezone().replace(tzinfo=None)


class StepClock(SimClock):
    """A clock that stands still until a test moves it, and one second further for each operation.

    Standing still keeps tests exact; `tick` is what time does between two customers.
    """

    def __init__(self, start: datetime = NOON) -> None:
        super().__init__()
        self.set(start)

    def tick(self, seconds: float = 60) -> datetime:
        return self.advance(seconds)


class DeskRig:
    """One desk at work; see the module."""

    def __init__(
        self,
        folder: Path,
        world: World,
        lock_server: SimServer[DoorLockSim],
        sim: DoorLockSim,
        *,
        read_timeout_s: float = 1.0,
    ) -> None:
        self.folder = folder
        self.world = world
        self.lock_server = lock_server
        self.sim = sim
        self.clock = SharedClock(world.clock)
        self.reader = SimulatedReader()
        self.notices: list[StepNotice] = []
        self.gate_sim: ShankaiSim | None = None
        self.gate_server: SimServer[ShankaiSim] | None = None
        self.kexin_sim: KexinSim | None = None
        self.kexin_server: SimServer[KexinSim] | None = None
        self.property_sim: PropertySim | None = None
        self.property_server: SimServer[PropertySim] | None = None
        self.read_timeout_s = read_timeout_s
        self.encoder = self.new_encoder()
        self.journal: Store = self.open_journal()
        self.desk = self.new_desk()
        self.journal.save_rooms(
            [Room(room.rm_id, room.rm_name) for room in world.rooms.values()], self.clock.utc()
        )

    # the desk

    def open_journal(self) -> Store:
        return open_journal(
            self.folder / "journal.db", desk="desk-1", key=SITE_KEY, utc=self.clock.utc
        )

    def new_encoder(self) -> DoorLock:
        """A client of the door-lock service, as each program of this desk has its own."""
        return DoorLock(
            self.lock_server.url,
            APPID,
            APPSECRET,
            body="form",
            read_timeout_s=self.read_timeout_s,
            lock_path=self.folder / "encoder.lock",
            gateway_timeout_s=self.read_timeout_s,
            busy_wait_s=0.2,
        )

    def new_desk(self, **changes: object) -> Desk:
        desk = Desk(
            journal=self.journal,
            clock=self.clock,
            site=Site(tap_wait_s=0.2),
            operators=getattr(self.journal, "operators", None),
            encoder=self.encoder,
            gateway=DoorLockGateway(self.encoder),
            reader=self.reader,
            watch=self.notices.append,
        )
        return replace(desk, **changes)  # type: ignore[arg-type]

    def restart(self) -> None:
        """The program ends and starts again."""
        self.journal.close()
        self.journal = self.open_journal()
        self.desk = replace(
            self.desk, journal=self.journal, operators=getattr(self.journal, "operators", None)
        )

    # people and things

    def room(self, text: str) -> Room:
        return self.desk.room(text)

    def put(self, card: SimCard | None = None) -> SimCard:
        """Lay a card (a new blank one) on encoder and reader, in place of what lies there."""
        card = card or self.world.new_card()
        self.lift()
        self.world.put(card)
        self.reader.put(card.uid)
        return card

    def lift(self) -> None:
        self.world.lift()
        self.reader.lift()

    def opens(self, card: SimCard, room: str) -> bool:
        """Whether a door opens for a card that is held to it now (the lock notices)."""
        return self.world.present(card, room).opened

    def tick(self, seconds: float = 60) -> None:
        self.world.clock.advance(seconds)

    def tomorrow(self, days: int = 1) -> datetime:
        now = self.clock.local()
        return datetime.combine((now + timedelta(days=days)).date(), datetime.min.time()).replace(
            hour=12
        )

    def stay(self, room: str, **changes: object) -> NewStay:
        wanted = NewStay(self.room(room), self.tomorrow(), GUEST)
        return replace(wanted, **changes)  # type: ignore[arg-type]

    # what happened

    def writes(self, *names: str) -> int:
        """How many writing calls the service received."""
        return sum(
            len(self.sim.calls.all(name)) for name in names or ("MarkRoomCard", "ClearRoomCard")
        )

    def row(self, result: CardResult | str) -> OperationRow:
        name = result if isinstance(result, str) else result.operation
        row = self.journal.operation(name)
        assert row is not None
        return row

    def rows(self) -> list[OperationRow]:
        return self.journal.history(HistoryFilter(limit=1000))

    def close(self) -> None:
        self.journal.close()
        self.encoder.close()
        self.reader.close()


@contextmanager
def desk_rig(
    folder: Path,
    *,
    rooms: int = 12,
    gate: bool = False,
    kexin: bool = False,
    property: bool = False,  # noqa: A002 - the part's name
    read_timeout_s: float = 1.0,
) -> Iterator[DeskRig]:
    """A desk with `rooms` rooms (1-101 …).

    With `gate` a community's cloud as well, with `kexin` a networked lock on each room's door, with
    `property` the platform that knows houses and owners.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        world = World(sample_rooms(rooms), clock=StepClock())
        sim = DoorLockSim(world)
        server = stack.enter_context(SimServer(sim))
        rig = DeskRig(folder, world, server, sim, read_timeout_s=read_timeout_s)
        stack.callback(rig.close)
        if gate:
            _add_gate(stack, rig)
        if kexin:
            _add_kexin(stack, rig)
        if property:
            _add_property(stack, rig)
        yield rig


def _add_gate(stack: ExitStack, rig: DeskRig) -> None:
    rig.gate_sim = ShankaiSim(clock=rig.world.clock)
    organization = rig.gate_sim.add_sample()
    rig.gate_server = stack.enter_context(SimServer(rig.gate_sim))
    facts = rig.gate_sim.facts()
    client = Shankai(
        f"{rig.gate_server.url}/1.0",
        facts["app_id"],
        facts["secret"],
        read_timeout_s=1.0,
        attempts=1,
    )
    stack.callback(client.close)
    rig.desk = replace(rig.desk, gate=ShankaiGate(client, organization))


def _add_kexin(stack: ExitStack, rig: DeskRig) -> None:
    rig.kexin_sim = KexinSim(clock=ServersClock(rig.clock))
    rig.kexin_sim.add_sample()
    rig.kexin_server = stack.enter_context(SimServer(rig.kexin_sim))
    facts = rig.kexin_sim.facts()
    client = Kexin(rig.kexin_server.url, facts["app_id"], sign, read_timeout_s=1.0, attempts=1)
    stack.callback(client.close)
    rig.desk = replace(rig.desk, network_locks=client)
    rooms = [room.rm_name for room in rig.world.rooms.values()]
    locks = sorted(rig.kexin_sim.cloud.locks)
    pairs = zip(rooms, locks, strict=False)
    lines = ["room,lock_id", *(f"{name},{lock}" for name, lock in pairs)]
    import_table(rig.desk, LI, "\n".join(lines))


def _add_property(stack: ExitStack, rig: DeskRig) -> None:
    rig.property_sim = PropertySim(clock=rig.world.clock)
    rig.property_server = stack.enter_context(SimServer(rig.property_sim))
    client = PropertyPlatform(
        rig.property_server.url + BASE_PATH,
        rig.property_sim.give_token(),
        read_timeout_s=rig.read_timeout_s,
        attempts=1,
        clock=rig.clock.utc,
    )
    stack.callback(client.close)
    rig.desk = replace(rig.desk, property=client)
