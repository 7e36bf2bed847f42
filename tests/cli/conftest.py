"""A desk for the command line: a home of its own, simulated services on loopback, an operator.

`desk.run("issue", "1-101")` runs in this process, `desk.process(…)` as a real `python -m station`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from station import compose
from station.cli import main
from station.compose import care
from station.domain.operator import Operator, Role
from station.domain.room import Room
from station.home import Home
from station.secrets import Secrets
from station.settings import Settings
from station.simulators.door_lock import DoorLockSim
from station.simulators.hardware import SimCard
from station.simulators.kexin import KexinSim
from station.simulators.sample import sample_rooms
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World
from station.workflows import operators
from tests.systems import NEEDED

if TYPE_CHECKING:
    from tests.cli.houses_desk import Houses

ROOT = Path(__file__).parents[2]
PIN = "2468"
SITE_KEY = "11" * 32
BOSS, CLERK, TECH = "李主管", "王芳", "陈工"
WAIT_S = 180.0


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


@dataclass
class CliDesk:
    """One desk; see the module."""

    home: Path
    world: World
    door: SimServer[DoorLockSim]
    cloud: SimServer[ShankaiSim]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    environment: dict[str, str] = field(default_factory=dict)
    kexin: SimServer[KexinSim] | None = None

    def run(self, *arguments: str, lang: str = "en", by: str = BOSS) -> Answer:
        """Run in this process, as `by`."""
        self.capsys.readouterr()
        status = main(["--home", str(self.home), "--lang", lang, "--operator", by, *arguments])
        said = self.capsys.readouterr()
        return Answer(status, said.out, said.err)

    def json(self, *arguments: str, by: str = BOSS, status: int | None = 0) -> Any:
        """The document of a command that ends with this exit status (None: any)."""
        answer = self.run(*arguments, "--json", by=by)
        assert status is None or answer.status == status, (answer.status, answer.out, answer.err)
        return answer.json

    def process(
        self, *arguments: str, given: str = "", lang: str = "en", **environment: str
    ) -> Answer:
        """Run as a program of its own; `given` is its stdin."""
        done = subprocess.run(
            self.command(*arguments, lang=lang),
            input=given.encode(),
            capture_output=True,
            cwd=ROOT,
            env=self.variables(**environment),
            timeout=WAIT_S,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str, lang: str = "en") -> list[str]:
        return [
            sys.executable,
            "-m",
            "station",
            "--home",
            str(self.home),
            "--lang",
            lang,
            *arguments,
        ]

    def variables(self, **more: str) -> dict[str, str]:
        names = ("PATH", "LANG", "TZ", *NEEDED)
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return kept | self.environment | {"STATION_OPERATOR": BOSS} | more

    def put(self, card: SimCard | None = None) -> SimCard:
        """Lay a card (a new blank one) on the encoder, in place of what lies there."""
        self.world.lift()
        return self.world.put(card or self.world.new_card())

    def issue(self, room: str, *more: str) -> SimCard:
        """A card of a new stay, on the encoder."""
        card = self.put()
        self.json("issue", room, *more)
        return card

    def calls(self) -> int:
        """How many calls both services have received."""
        return self.door.sim.calls.count + self.cloud.sim.calls.count

    def writes(self) -> int:
        """How many writing calls the door-lock service has received."""
        names = ("MarkRoomCard", "ClearRoomCard")
        return sum(len(self.door.sim.calls.all(name)) for name in names)

    def history(self, **wanted: str) -> list[dict[str, Any]]:
        options = [part for name, value in wanted.items() for part in (f"--{name}", value)]
        rows: list[dict[str, Any]] = self.json("history", "--limit", "1000", *options)
        return rows


def write_settings(cli: CliDesk, /, **changes: str) -> None:
    """`station.toml` for both simulators; `changes` replace whole sections (empty: left out)."""
    sections = {
        "desk": 'id = "desk-1"\nsite = "测试"\nlanguage = "zh_CN"',
        "door_lock": f'url = "{cli.door.url}"\nappid = "{cli.door.sim.appid}"\n'
        "read_timeout_s = 1.0\ngateway_timeout_s = 1.0",
        "shankai": f'url = "{cli.cloud.url}/1.0"\napp_id = "sim-app"\n'
        f'org_id = "{next(iter(cli.cloud.sim.cloud.organizations))}"',
    } | changes
    text = "".join(f"[{name}]\n{body}\n\n" for name, body in sections.items() if body)
    (cli.home / "station.toml").write_text(text, "utf-8")


def add_kexin(cli: CliDesk, stack: ExitStack) -> KexinSim:
    """A networked lock on each room's door, named in the lock table; faces are turned on."""
    sim = KexinSim(clock=cli.world.clock)
    sim.add_sample()
    cli.kexin = stack.enter_context(SimServer(sim))
    write_settings(
        cli,
        desk='id = "desk-1"\nsite = "测试"\nlanguage = "zh_CN"\nfaces = true\nfingerprints = true',
        kexin=kexin_settings(cli),
    )
    rooms = [room.rm_name for room in cli.world.rooms.values()]
    pairs = zip(rooms, sorted(sim.cloud.locks), strict=False)
    table = cli.home.parent / "locks.csv"
    table.write_text("\n".join(["room,lock_id", *(f"{a},{b}" for a, b in pairs)]), "utf-8")
    assert cli.json("lock", "import", str(table))["imported"] is True
    return sim


def kexin_settings(cli: CliDesk) -> str:
    """The section of `station.toml`, with the demonstration's signer."""
    assert cli.kexin is not None
    return (
        f'url = "{cli.kexin.url}"\napp_id = "{cli.kexin.sim.app_id}"\n'
        'signer = "station.simulators.kexin.demo_signer:sign"\nread_timeout_s = 1.0'
    )


@pytest.fixture
def fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CliDesk]:
    """A desk that is set up and has no operator yet."""
    with ExitStack() as stack:
        door = stack.enter_context(SimServer(DoorLockSim(World(sample_rooms(12)))))
        cloud = stack.enter_context(SimServer(ShankaiSim()))
        cloud.sim.add_sample()
        home = tmp_path / "home"
        home.mkdir()
        desk = CliDesk(home, door.sim.world, door, cloud, monkeypatch, capsys)
        desk.environment = {
            "STATION_DOOR_LOCK_APPSECRET": door.sim.appsecret,
            "STATION_SHANKAI_SECRET": cloud.sim.secret,
            "STATION_OPERATOR_PIN": PIN,
            "STATION_JOURNAL_KEY": SITE_KEY,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONUTF8": "1",
        }
        for name, value in desk.environment.items():
            monkeypatch.setenv(name, value)
        write_settings(desk)
        yield desk


@pytest.fixture(scope="session")
def staffed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose journal knows a supervisor, a clerk, a technician and the rooms: made once."""
    folder = tmp_path_factory.mktemp("staffed") / "home"
    home = Home(folder).create()
    secrets = Secrets(home, {"STATION_JOURNAL_KEY": SITE_KEY})
    with compose.build(home, settings=Settings(), secrets=secrets, with_encoder=False) as station:
        boss = operators.add(station.desk, None, BOSS, Role.SUPERVISOR, PIN)
        by = Operator(boss.name, boss.role)
        operators.add(station.desk, by, CLERK, Role.CLERK, PIN)
        operators.add(station.desk, by, TECH, Role.TECHNICIAN, PIN)
        rooms = [Room(room.rm_id, room.rm_name) for room in sample_rooms(12)]
        station.desk.journal.save_rooms(rooms, station.clock.utc())
        care.daily(station)
    return folder


@pytest.fixture
def desk(fresh: CliDesk, staffed_home: Path) -> CliDesk:
    """A desk with a supervisor, a clerk and a technician, and its rooms."""
    shutil.copytree(staffed_home, fresh.home, dirs_exist_ok=True)
    return fresh


@pytest.fixture
def locks(desk: CliDesk) -> Iterator[CliDesk]:
    """A desk whose doors have networked locks besides, and which takes faces and fingerprints."""
    with ExitStack() as stack:
        add_kexin(desk, stack)
        yield desk


@pytest.fixture
def houses(desk: CliDesk) -> Iterator["Houses"]:
    """A desk with the property platform as well."""
    from tests.cli.houses_desk import housed

    with housed(desk) as made:
        yield made
