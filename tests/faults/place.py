"""One desk for a real program: its home folder, and the vendors' servers with cards and doors.

The servers live in the test's process; the program is started by `Place.station` (warmed up) or
`Place.plain` (`python -m station`). What a place was like can be kept and brought back.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import requests

from station.journal import Store, open_journal
from station.simulators.calls import BodyKind, Call
from station.simulators.door_lock.sim import APPID, APPSECRET, DoorLockSim
from station.simulators.hardware import SimCard
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai.sim import SAMPLE_ORG_ID, ShankaiSim
from station.simulators.world import World
from tests.faults.program import Ran, Warm, plain

KEY = bytes(range(32))
PIN = "supervisors-pin-204860"
BOSS = "李主管"
GUEST, MOBILE = "张三", "13800000001"
ROOMS = 16
QUIET_S = 30.0

SETTINGS = """\
[desk]
id = "desk-1"
language = "en"
{desk}
[door_lock]
url = "{lock}"
appid = "{appid}"
body = "form"
connect_timeout_s = 2
read_timeout_s = {read_timeout_s}
[shankai]
url = "{gate}/1.0"
app_id = "sim-app"
org_id = "{org}"
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """How a place was: a copy of its home, its cards and locks, its cloud."""

    home: Path
    world: dict[str, object]
    cloud: dict[str, object]


class Place:
    """See the module. `home` is not made before `furnish` or `restore`."""

    def __init__(self, folder: Path, warm: Warm) -> None:
        self.folder, self.warm = folder, warm
        self.home = folder / "home"
        self.world = World(sample_rooms(ROOMS))
        self.lock = DoorLockSim(self.world)
        self.gate = ShankaiSim()
        self.gate.add_sample()
        self.lock_server = SimServer(self.lock)
        self.gate_server = SimServer(self.gate)
        self.uid: str | None = None
        """Of the card on the desk's (simulated) reader."""
        self.in_order: list[SimCard] = []
        """The cards of the work that is being done, as its operations are to get them."""
        self.extra_environment: dict[str, str] = {}

    # the desk

    @property
    def environment(self) -> dict[str, str]:
        return {
            "STATION_HOME": str(self.home),
            "STATION_DOOR_LOCK_APPSECRET": APPSECRET,
            "STATION_SHANKAI_SECRET": self.gate.secret,
            "STATION_JOURNAL_KEY": KEY.hex(),
            "STATION_OPERATOR": BOSS,
            "STATION_OPERATOR_PIN": PIN,
            **self.extra_environment,
        }

    def write_settings(self, *, read_timeout_s: float = 1.0, desk: str = "", **urls: str) -> None:
        """The home's settings; `lock` and `gate` are addresses in place of the servers' own."""
        self.home.mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(
            **{"lock": self.lock_server.url, "gate": self.gate_server.url, **urls},
            appid=APPID,
            org=SAMPLE_ORG_ID,
            read_timeout_s=read_timeout_s,
            desk=desk,
        )
        (self.home / "station.toml").write_text(text, "utf-8")

    def furnish(self, **settings: Any) -> None:
        """A new home with a supervisor and the platform's rooms."""
        self.write_settings(**settings)
        assert self.station("operators", "add", BOSS, "--role", "supervisor").returncode == 0
        assert self.station("rooms", "--refresh").returncode == 0
        self.lock.calls.clear()

    def station(self, *argv: str, **more: Any) -> Ran:
        """Run a command in the warmed-up program."""
        return self.warm.run(argv, self.environment, **{"uid": self.uid, **more})

    def plain(self, *argv: str, **more: Any) -> Ran:
        """Run a command as `python -m station`."""
        return plain(argv, self.environment, **more)

    @contextmanager
    def journal(self) -> Iterator[Store]:
        """The journal's file, opened by this process while no program has it."""
        with open_journal(self.home / "journal.db", desk="desk-1", key=KEY) as store:
            yield store

    def unresolved(self) -> list[dict[str, Any]]:
        """What a fresh program lists as unresolved."""
        ran = self.station("unresolved", "--json")
        assert ran.returncode == 0, ran
        found: list[dict[str, Any]] = ran.json()
        return found

    # cards and calls

    def put(self, card: SimCard | None = None) -> SimCard:
        """Lay a card (a new one) on the encoder and the reader."""
        laid = self.world.put(card or self.world.new_card(), swap=True)
        self.uid = laid.uid
        return laid

    def writes(self) -> list[Call]:
        """The writing calls that the service received; a killed program's head without a body not.

        Such a call asks for nothing, and the service does nothing.
        """
        return [
            call
            for call in self.lock.calls.all()
            if call.name in {"MarkRoomCard", "ClearRoomCard"} and call.body is not BodyKind.NONE
        ]

    def wait_quiet(self) -> None:
        """Wait until both servers are done with everything that was sent to them before."""
        for server in (self.lock_server, self.gate_server):
            # connections are taken in order: once this one is answered, all earlier ones are known
            requests.get(f"{server.url}/_sim/clock", timeout=QUIET_S).close()
            inner = server._server
            assert inner is not None
            end = monotonic() + QUIET_S
            while any(one.is_alive() for one in list(inner._workers)):
                assert monotonic() < end, "a call does not end"
                sleep(0.002)

    # as it was

    def keep(self, name: str) -> Kept:
        """Keep how it is now."""
        self.wait_quiet()
        copy = self.folder / f"kept-{name}"
        shutil.copytree(self.home, copy)
        return Kept(copy, json_copy(self.world.dump()), json_copy(self.gate.cloud.dump()))

    def restore(self, kept: Kept, **settings: Any) -> None:
        """Be as a place was (perhaps another one) when it was kept; nothing of before is left."""
        self.wait_quiet()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(kept.home, self.home)
        self.write_settings(**settings)
        self.world.load(json_copy(kept.world))
        self.gate.cloud.load(json_copy(kept.cloud))
        self.lock.faults.clear()
        self.gate.faults.clear()
        self.lock.calls.clear()
        self.gate.calls.clear()
        self.lock.before_call = self.lock.after_effect = None
        self.in_order = []
        on = self.world.encoder.card
        self.uid = on.uid if on is not None else None

    def journal_files(self) -> dict[str, bytes]:
        """The journal's file and those beside it, byte for byte."""
        return {path.name: path.read_bytes() for path in sorted(self.home.glob("journal.db*"))}


def json_copy(value: dict[str, object]) -> dict[str, object]:
    copy: dict[str, object] = json.loads(json.dumps(value))
    return copy


@contextmanager
def place(folder: Path, warm: Warm) -> Iterator[Place]:
    """A place with its servers running."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Place(folder, warm)
    with ExitStack() as stack:
        stack.enter_context(made.lock_server)
        stack.enter_context(made.gate_server)
        yield made
