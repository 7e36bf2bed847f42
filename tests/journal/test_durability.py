"""What a durable append promises: it is on the disk when it returns, whatever happens next."""

import os
import random
import re
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.journal import children
from tests.journal.rig import issue_done, issue_intent, opened, step

ROUNDS = 40 if sys.platform != "win32" else 8  # each is a new Python there
CHILD = """
import os, sys
from pathlib import Path
from tests.journal.rig import issue_done, issue_intent, opened, step
with opened(Path(sys.argv[1])) as store:
    for number in range(4):
        os.write(1, f"begin durable {number}\\n".encode())
        store.append(issue_intent(number))
        os.write(1, f"end durable {number}\\n".encode())
        os.write(1, f"begin lazy {number}\\n".encode())
        store.append(step(number), durable=False)
        os.write(1, f"end lazy {number}\\n".encode())
"""


def append_forever(folder: Path, first: int, say: children.Say) -> None:
    store = opened(folder)
    number = first
    while True:
        store.append(issue_intent(number))
        say(f"op-{number} intent")
        store.append(step(number), durable=False)
        store.append(issue_done(number))
        say(f"op-{number} done")
        number += 1


def test_no_acknowledged_event_is_lost_to_a_kill(tmp_path: Path) -> None:
    chance = random.Random(11)
    opened(tmp_path).close()
    acknowledged: dict[str, str] = {}
    killed_in_the_middle = 0
    for turn in range(ROUNDS):
        with children.writing(partial(append_forever, tmp_path, turn * 10_000)) as child:
            first = child.line()
            # Any instant will do: what is acknowledged by then must be there.
            time.sleep(chance.random() * 0.03)
            child.kill()
            lines = [first, *child.rest()]
        acknowledged |= dict(line.split() for line in lines if line.count(" ") == 1)
        with opened(tmp_path) as store:
            result = store.verify()
            assert result.ok, (turn, result)
            for operation, how_far in acknowledged.items():
                row = store.operation(operation)
                assert row is not None, (turn, operation)
                assert how_far == "intent" or row.ended_at is not None, (turn, operation)
            killed_in_the_middle += bool(store.unresolved())
    assert len(acknowledged) > ROUNDS
    assert killed_in_the_middle


@pytest.mark.linux("strace")
def test_a_durable_append_ends_with_a_flush_and_a_step_does_not(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    assert strace, "strace is missing"
    opened(tmp_path).close()
    trace = tmp_path / "trace"
    calls = "trace=pwrite64,write,fsync,fdatasync"
    subprocess.run(
        [
            *(strace, "-f", "-y", "-s", "40", "-e", calls, "-o", str(trace)),
            *(sys.executable, "-c", CHILD, str(tmp_path)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    lines = trace.read_text().splitlines()
    for number in range(4):
        durable = between(lines, "durable", number)
        wal = [line for line in durable if "journal.db-wal" in line]
        assert any("pwrite64(" in line for line in wal)
        assert re.search(r"\bf(data)?sync\(", wal[-1]), wal
        assert re.search(r"= 0$", wal[-1]), wal
        lazy = between(lines, "lazy", number)
        assert any("pwrite64(" in line and "-wal" in line for line in lazy)
        assert not any(re.search(r"\bf(data)?sync\(", line) for line in lazy)


def between(lines: list[str], name: str, number: int) -> list[str]:
    """The calls between two marks that the child wrote."""
    begin = next(i for i, line in enumerate(lines) if f'"begin {name} {number}\\n"' in line)
    end = next(i for i, line in enumerate(lines) if f'"end {name} {number}\\n"' in line)
    return lines[begin + 1 : end]


def take_a_step(folder: Path, say: children.Say) -> None:
    store = opened(folder)
    store.append(issue_intent(1))
    store.append(step(1, "look"), durable=False)
    say("written")
    children.wait_for_the_end()


def test_a_step_survives_the_end_of_the_program(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with children.writing(partial(take_a_step, tmp_path)) as child:
        assert child.line() == "written"
    with opened(tmp_path) as store:
        assert [event.payload.step for event in store.events("op-1")] == ["", "look"]
