"""The self-test's desk: a journal of its own, cards on the built-in simulator, an export.

What is heavy is imported where it is used: a part that cannot be loaded spoils one check alone.
"""

import csv
import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.cli.selftest import NotWell
from station.domain.operation import State
from station.domain.operator import Operator, Role
from station.home import VARIABLE, Home

if TYPE_CHECKING:
    from station.compose.demo import Simulation
    from station.compose.worker import Done, Failed, Job

BOSS: Final = "selftest"
ROOM: Final = "1-101"
WORKER_TIME_S: Final = 120.0


def surroundings(folder: Path) -> dict[str, str]:
    """What a child is given: nothing of the desk's own, and its temporary files in our folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STATION_")}
    return kept | {
        VARIABLE: str(folder / "nobodys-home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        **{name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")},
    }


class Trial:
    """One desk on simulators, in a folder that is removed afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends = ExitStack()
        self._simulation: Simulation | None = None
        self._boss = Operator(BOSS, Role.SUPERVISOR)

    def close(self) -> None:
        self._ends.close()

    def open(self) -> str:
        """A new journal in a new home, brought up by its migrations; the simulators beside it."""
        from station.compose.demo import simulated
        from station.journal import migrations
        from station.workflows import operators

        home = Home(self._folder / "home")
        self._simulation = self._ends.enter_context(simulated(home))
        desk = self._simulation.station.desk
        operators.add(desk, None, BOSS, Role.SUPERVISOR, "7293")
        rooms = desk.refresh_rooms()
        return f"{migrations.VERSIONS[-1]}, {len(rooms)}"

    def cards(self) -> str:
        """Issue a card, read it, hold it to its door, recycle it: real workflows, real HTTP."""
        from station.workflows.issue import NewStay, issue
        from station.workflows.read import read
        from station.workflows.recycle import recycle

        simulation = self._open
        desk, world = simulation.station.desk, simulation.world
        world.lift()
        card = world.put(world.new_card())
        end = desk.clock.local() + timedelta(days=1)
        _done("issue", issue(desk, self._boss, NewStay(desk.room(ROOM), end)).state)
        _done("read", read(desk, self._boss).result.state)
        opened = world.present(card, ROOM)
        if not opened.opened:
            raise NotWell(f"door: {opened.reason.value}")
        _done("recycle", recycle(desk, self._boss).state)
        if card.memory is not None:
            raise NotWell("recycle: memory")
        return f"{simulation.door_lock.sim.calls.count}"

    def chain(self) -> str:
        """What was done just now, followed from the first event to the last."""
        found = self._open.station.store.verify()
        if not found.ok or not found.events:
            raise NotWell(found.why or f"{found.events}")
        return f"{found.events}"

    def export(self) -> str:
        """The history as a file, by the child process that the window uses."""
        from station.compose.worker import Failed, Job, signed

        station, path = self._open.station, self._folder / "history.csv"
        job = Job(
            task="export", home=str(station.home.root), operator=BOSS, path=str(path), form="csv"
        )
        answer = _ask(signed(job, station.key), surroundings(self._folder))
        if isinstance(answer, Failed):
            raise NotWell(str(answer.error()))
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = len(list(csv.reader(file))) - 1
        if rows != answer.rows or rows < 2:
            raise NotWell(f"{rows}, {answer.rows}")
        return f"{rows}"

    @property
    def _open(self) -> "Simulation":
        if self._simulation is None:
            raise NotWell("journal")
        return self._simulation


def _done(name: str, state: State) -> None:
    if state is not State.DONE:
        raise NotWell(f"{name}: {state.value}")


def _ask(job: "Job", environment: Mapping[str, str]) -> "Done | Failed":
    """Have a job done. Its input stays open meanwhile: the end of it cancels."""
    from station.compose.worker import Done, Failed, command, read_answer, write_job

    program, arguments, folder = command()
    with subprocess.Popen(  # noqa: S603 - this very program
        [program, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise NotWell("pipes")
        with suppress(OSError):  # it has ended already, and said why
            child.stdin.write(write_job(job) + b"\n")
            child.stdin.flush()
        last = child.stdout.readlines()[-1:]
        said = child.stderr.read().decode(errors="replace").strip()
        status = child.wait(WORKER_TIME_S)
    answer = read_answer(last[0]) if last else None
    if not isinstance(answer, Done | Failed):
        raise NotWell(f"{status}: {said[-300:]}")
    return answer
