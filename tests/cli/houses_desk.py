"""A desk of the command line with the property platform: eight houses, and codes read out."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from station.simulators.property import PropertySim
from station.simulators.property.sim import BASE_PATH
from station.simulators.property.switches import Switches
from station.simulators.server import SimServer
from tests.cli.conftest import ROOT, WAIT_S, CliDesk, write_settings
from tests.systems import OWN_CONSOLE

HOUSES = 8
OWNER, NAMES = "13800000001", ("张三", "李四", "王五", "赵六", "孙七")
ID_NUMBER = "000000199001010000"
FIRST, FULL_NAME = "id:1", "晨曦家园1栋1单元1楼101号"


class Houses:
    """A desk with the property platform as well."""

    def __init__(self, desk: CliDesk, server: SimServer[PropertySim]) -> None:
        self.desk, self.server, self.sim = desk, server, server.sim

    def set_up(self, **changes: str) -> None:
        lines = {"url": f'"{self.server.url}{BASE_PATH}"', "read_timeout_s": "2.0"} | changes
        text = "\n".join(f"{key} = {value}" for key, value in lines.items())
        write_settings(self.desk, property=text)

    def calls(self, *paths: str) -> int:
        seen = [call.path.removeprefix(f"{BASE_PATH}/") for call in self.sim.calls.all()]
        return sum(not paths or path in paths for path in seen)

    def written_down(self) -> bytes:
        files = (path for path in self.desk.home.rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in files)

    def proved(
        self,
        *arguments: str,
        codes: tuple[str, ...] = ("right",),
        meanwhile: Callable[["subprocess.Popen[bytes]"], object] = lambda _: None,
    ) -> tuple[int, Any, str]:
        """A command that reads codes from stdin, each written once the SMS is out.

        `meanwhile` is what somebody does to the program then.
        """
        before = len(self.sim.sms())
        with subprocess.Popen(
            self.desk.command(*arguments, "--code-stdin", "--json"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=self.desk.variables(),
            creationflags=OWN_CONSOLE,
        ) as program:
            end = time.monotonic() + WAIT_S
            while len(self.sim.sms()) == before and program.poll() is None:
                assert time.monotonic() < end
                time.sleep(0.02)
            sent = self.sim.sms()[-1].code if len(self.sim.sms()) > before else ""
            typed = "".join(f"{sent if code == 'right' else code}\n" for code in codes)
            assert program.stdin is not None
            program.stdin.write(typed.encode())
            program.stdin.flush()
            meanwhile(program)
            out, err = program.communicate(timeout=WAIT_S)
        assert out.count(b"\n") == 1, (out, err)
        return program.returncode, json.loads(out), err.decode()


def keep_two_floors(sim: PropertySim) -> None:
    """Of the sample's 288 houses the eight on the first floor of each community."""
    kept = sim.estate.records
    for levels, above in (
        (kept.buildings, "community"),
        (kept.units, "building_id"),
        (kept.floors, "unit_id"),
    ):
        firsts: dict[object, int] = {}
        for key, level in levels.items():
            firsts.setdefault(getattr(level, above), key)
        for key in [key for key in levels if key not in firsts.values()]:
            del levels[key]
        _drop_orphans(kept)


def _drop_orphans(kept: Any) -> None:
    for levels, above, parents in (
        (kept.units, "building_id", kept.buildings),
        (kept.floors, "unit_id", kept.units),
        (kept.houses, "floor_id", kept.floors),
        (kept.members, "house_id", kept.houses),
    ):
        for key in [key for key, each in levels.items() if getattr(each, above) not in parents]:
            del levels[key]


@contextmanager
def housed(desk: CliDesk) -> Iterator[Houses]:
    """The platform for a desk; its token is in the environment of the desk's programs."""
    with SimServer(PropertySim(Switches(sms_interval=0))) as server:
        keep_two_floors(server.sim)
        made = Houses(desk, server)
        made.set_up()
        token = server.sim.give_token()
        desk.environment["STATION_PROPERTY_TOKEN"] = token
        desk.monkeypatch.setenv("STATION_PROPERTY_TOKEN", token)
        yield made
