"""Running the program from tests: `python -m station` itself, or a warmed-up one that forks."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Protocol, Self

from tests.faults.spare import Spares
from tests.systems import KILLED, NEEDED, WINDOWS, kill

PROJECT = Path(__file__).parents[2]
PLAIN_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended. `returncode` is negative where a signal ended it."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    boundaries: tuple[str, ...] = field(default=())
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        return self.returncode == KILLED

    def json(self) -> Any:
        """The one document on stdout; fails with everything that was said where it is none."""
        try:
            return json.loads(self.stdout)
        except ValueError:
            raise AssertionError(f"no JSON: {self}") from None


def surroundings(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program: what this computer needs, none of its own STATION_…"""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", *NEEDED}
    }
    own = {
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "error",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "LANG": "C.UTF-8",
    }
    return kept | own | dict(changes)


def start(
    argv: Sequence[str],
    environment: Mapping[str, str],
    *,
    before: Sequence[str] = (),
    spoil: str = "",
    **more: Any,
) -> subprocess.Popen[str]:
    """Start `python -m station`, `before` it another program (strace) if wanted.

    `spoil` builds a fault into it, by the name that `tests/faults/warm.py` has for it.
    """
    program = ["tests.faults.warm", spoil] if spoil else ["station"]
    return subprocess.Popen(
        [*before, sys.executable, "-m", *program, *argv],
        env=surroundings(environment),
        cwd="/",
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **{"stdin": subprocess.DEVNULL, **more},
    )


def finish(argv: Sequence[str], process: subprocess.Popen[str]) -> Ran:
    """Wait for the end."""
    try:
        out, err = process.communicate(timeout=PLAIN_DEADLINE_S)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return Ran(tuple(argv), process.returncode, out, err)


def plain(
    argv: Sequence[str],
    environment: Mapping[str, str],
    *,
    lines: str = "",
    kill_after: float | None = None,
    before: Sequence[str] = (),
    **more: Any,
) -> Ran:
    """Run `python -m station` to its end, or kill it after so many seconds; `lines` are stdin."""
    began = monotonic()
    process = start(argv, environment, before=before, stdin=subprocess.PIPE, **more)
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(lines)
    process.stdin = None
    if kill_after is not None:
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            with suppress(OSError):  # it has just ended
                kill(process.pid)
    return replace(finish(argv, process), seconds=monotonic() - began)


class Answering(Protocol):
    """A warmed-up program; one request at a time."""

    def ask(self, request: dict[str, Any]) -> dict[str, Any]: ...
    def close(self) -> None: ...


class Forking:
    """The warmed-up program of `tests/faults/warm.py`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.warm"],
            env=surroundings({}),
            cwd=PROJECT,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Warm:
    """A `station` that has imported everything already. One command at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._program: Answering = Spares(surroundings({})) if WINDOWS else Forking()

    def run(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        stdin: str = "",
        uid: str | None = None,
        kill_at: int | None = None,
        kill_after: float | None = None,
        spoil: str = "",
        clock_s: float = 0,
        file_limit: int | None = None,
        powerless: bool = False,
    ) -> Ran:
        """One command in a process of its own; see `warm.py`."""
        request = {
            "argv": list(argv),
            "env": surroundings(environment),
            "stdin": stdin,
            "uid": uid,
            "kill_at": kill_at,
            "kill_after": kill_after,
            "spoil": spoil,
            "clock_s": clock_s,
            "file_limit": file_limit,
            "powerless": powerless,
        }
        with self._turn:
            answer = self._program.ask(request)
        return Ran(
            tuple(argv),
            answer["returncode"],
            answer["stdout"],
            answer["stderr"],
            tuple(answer["boundaries"]),
            answer["seconds"],
        )

    def close(self) -> None:
        self._program.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
