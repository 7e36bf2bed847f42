"""The warmed-up program where there is no fork: a Python that has imported all, for each command.

The next one gets ready while a command runs. `python -m tests.faults.spare` is such a Python: it
takes one request (see `warm.py`) with the files of its streams, and ends with it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.systems import kill

PROJECT = Path(__file__).parents[2]
DEADLINE_S = 120.0
STREAMS = ("stdin", "stdout", "stderr", "boundaries")


class Spares:
    """Answers requests as `python -m tests.faults.warm` does. One at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._next = self._start()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """One command in a process of its own."""
        process, self._next = self._next, self._start()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "stdin").write_bytes(request["stdin"].encode())
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()  # it is ready: from here on it is the command that runs
            began = time.monotonic()
            with process, suppress(OSError):
                process.stdin.write(json.dumps(request | {"folder": name}) + "\n")
                process.stdin.flush()
                _wait(process, request["kill_after"])
            seconds = time.monotonic() - began
            texts = {
                stream: (folder / stream).read_bytes().decode(errors="replace")
                if (folder / stream).exists()
                else ""
                for stream in STREAMS
            }
        return {
            **texts,
            "returncode": process.returncode,
            "boundaries": texts["boundaries"].splitlines(),
            "seconds": seconds,
        }

    def close(self) -> None:
        self._next.kill()
        self._next.communicate()

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.spare"],
            env=self._environment,
            cwd=PROJECT,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )


def _wait(process: "subprocess.Popen[str]", kill_after: float | None) -> None:
    """Wait for the end; from outside it comes at a given instant, whatever is being done then."""
    try:
        process.wait(DEADLINE_S if kill_after is None else kill_after)
    except subprocess.TimeoutExpired:
        with suppress(OSError):  # it has just ended
            kill(process.pid)
        process.wait()


def be_one() -> None:
    """Import everything, say so, and become the command that is asked for."""
    from tests.faults import warm

    told, nothing = os.dup(1), os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    warm.warm_up()
    os.write(told, b"ready\n")
    request = json.loads(sys.stdin.readline())
    folder = Path(request["folder"])
    with (
        (folder / "stdin").open("rb") as given,
        (folder / "stdout").open("wb") as out,
        (folder / "stderr").open("wb") as err,
        (folder / "boundaries").open("wb") as reached,
    ):
        warm.be_the_program(request, (given, out, err), reached.fileno())


if __name__ == "__main__":
    be_one()
