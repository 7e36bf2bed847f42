"""A warmed-up `station`: imports it once and forks a process for each command that it is told.

Each command runs in a process of its own through the program's own `main`, and is really killed.
`python -m tests.faults.warm` takes one JSON request a line on stdin and answers one a line.

A request: `argv`, `env` (all of it), `stdin` (text), `uid` (of a card on a simulated reader, or
null), `kill_at` (the number of a boundary, or null), `kill_after` (seconds, or null), `spoil` (the
name of a fault built into the program, or ""), `clock_s` (how far its clock is ahead, in seconds),
`file_limit` (bytes that a file may have, or null), `powerless` (no rights that only root has). An
answer: `returncode` (negative: the signal), `stdout`, `stderr`, `boundaries` (those that were
reached, in order), `seconds`.

`python -m tests.faults.warm SPOIL …` is `python -m station …` with a fault built in.
"""

import ctypes
import functools
import gc
import json
import os
import select
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO, Any

import argon2
import filelock  # noqa: F401
import requests  # noqa: F401

import station.cli.app
import station.journal.migrations
import station.vendors.shankai
import station.workflows.recover
import station.workflows.resident  # noqa: F401
from station import compose
from station.cli import main
from station.compose.clock import SystemClock
from station.journal import Store
from station.ports import StepNotice
from station.reader.simulated import SimulatedReader
from station.settings import load
from station.vendors.door_lock import DoorLock, DoorLockGateway
from station.vendors.shankai import ShankaiGate
from tests.systems import kill

if sys.platform != "win32":
    import resource

DEADLINE_S = 60.0


def serve() -> None:
    """Answer requests until stdin ends. Not on Windows: see `spare.py`."""
    with os.fdopen(os.dup(0), "r") as asked, os.fdopen(os.dup(1), "w") as told:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nothing, number)
        warm_up()
        for line in asked:
            told.write(json.dumps(run(json.loads(line))) + "\n")
            told.flush()


def warm_up() -> None:
    """Load what the first command would, and spend less on PINs that nobody attacks."""
    argon2.PasswordHasher = functools.partial(  # type: ignore[assignment,misc]
        argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1
    )
    main(["--json", "issue", "1-101", "--nights", "none"])
    gc.freeze()


def run(request: dict[str, Any]) -> dict[str, Any]:
    """One command in a process of its own."""
    assert sys.platform != "win32"
    with (
        tempfile.TemporaryFile("w+b") as given,
        tempfile.TemporaryFile("w+b") as out,
        tempfile.TemporaryFile("w+b") as err,
        tempfile.TemporaryFile("w+b") as reached,
    ):
        given.write(request["stdin"].encode())
        given.seek(0)
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            be_the_program(request, (given, out, err), reached.fileno())
        returncode = _ended(child, request["kill_after"])
        seconds = time.monotonic() - began
        texts = []
        for file in (out, err, reached):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return {
        "returncode": returncode,
        "stdout": texts[0],
        "stderr": texts[1],
        "boundaries": texts[2].splitlines(),
        "seconds": seconds,
    }


def _ended(child: int, kill_after: float | None) -> int:
    """Wait for the end; from outside it comes at a given instant, whatever is being done then."""
    assert sys.platform != "win32"
    handle = os.pidfd_open(child)
    try:
        wait_s = DEADLINE_S if kill_after is None else kill_after
        if not select.select([handle], [], [], wait_s)[0]:
            kill(child)
    finally:
        os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def be_the_program(
    request: dict[str, Any], streams: tuple[IO[bytes], IO[bytes], IO[bytes]], reached: int
) -> None:
    """Run the command in this process, and end it."""
    status = 70
    try:
        os.environ.clear()
        os.environ.update(request["env"])
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        sys.stdin = os.fdopen(0, "r", encoding="utf-8")
        if request["spoil"]:
            SPOILT[request["spoil"]]()
        Boundaries(reached, request["kill_at"], request["uid"], request["clock_s"]).install()
        if sys.platform != "win32" and request["file_limit"] is not None:
            limit = (request["file_limit"], resource.RLIM_INFINITY)
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        if sys.platform != "win32" and request["powerless"]:
            _without_roots_powers()
        status = main(request["argv"])
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _without_roots_powers() -> None:
    """Give up every capability: a file that may not be written cannot be, not even by root."""
    version_3, whole = 0x20080522, ctypes.c_uint32 * 6
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, whole()) != 0:
        raise OSError(ctypes.get_errno(), "capset")


class Boundaries:
    """Counts the boundaries of a command: step notices, and the end of each effect.

    An effect is whatever another program could see: an event in the journal, a vendor's call.
    """

    def __init__(self, reached: int, kill_at: int | None, uid: str | None, clock_s: float) -> None:
        self._reached, self._kill_at, self._uid = reached, kill_at, uid
        self._clock_s = clock_s
        self._count = 0

    def here(self, name: str) -> None:
        """One boundary is reached; at the wanted one the process is killed, without a word."""
        os.write(self._reached, f"{name}\n".encode())
        if self._count == self._kill_at:
            kill(os.getpid())
        self._count += 1

    def install(self) -> None:
        build = compose.build

        @functools.wraps(build)
        def watched(*given: Any, watch: Callable[[StepNotice], None] | None = None, **more: Any):  # type: ignore[no-untyped-def]
            def tell(notice: StepNotice) -> None:
                if watch is not None:
                    watch(notice)
                self.here(f"{notice.kind.value} {notice.step} {notice.state}")

            if self._uid is not None and more.pop("with_reader", False):
                more["reader"] = reader = SimulatedReader()
                reader.put(self._uid)
            if self._clock_s:
                settings = load(given[0].settings)
                more["clock"] = ShiftedClock(settings.desk.time_zone, self._clock_s)
            return build(*given, watch=tell, **more)

        compose.build = watched
        for owner, names in (
            (Store, ("append", "remember_person", "save_rooms")),
            (DoorLock, ("rooms", "read", "write", "clear")),
            (
                DoorLockGateway,
                ("make_offline", "stop_offline", "put_online", "stop_online", "open"),
            ),
            (ShankaiGate, ("set_card", "remove_user")),
        ):
            for name in names:
                self._after(owner, name)

    def _after(self, owner: type, name: str) -> None:
        work = getattr(owner, name)

        @functools.wraps(work)
        def and_then(*given: Any, **more: Any) -> Any:
            try:
                return work(*given, **more)
            finally:
                self.here(f"after {name}")

        setattr(owner, name, and_then)


class ShiftedClock(SystemClock):
    """The computer's clock, so many seconds ahead of what it is."""

    def __init__(self, zone: str, seconds: float) -> None:
        super().__init__(zone)
        self._shift = timedelta(seconds=seconds)

    def utc(self) -> datetime:
        return super().utc() + self._shift


def _lazy_intent() -> None:
    """Every event as if its fate did not matter: no flush before the card is written."""
    append = Store.append

    @functools.wraps(append)
    def lazily(self: Store, entry: Any, *, durable: bool = True) -> Any:
        return append(self, entry, durable=False)

    Store.append = lazily  # type: ignore[method-assign]


def _eager_encoder() -> None:
    """Writes the card twice."""
    write = DoorLock.write

    @functools.wraps(write)
    def twice(self: DoorLock, authorisation: Any) -> str:
        write(self, authorisation)
        return write(self, authorisation)

    DoorLock.write = twice  # type: ignore[method-assign]


def _careless_journal() -> None:
    """Keeps outcomes alone: no intent, no steps."""
    append = Store.append

    @functools.wraps(append)
    def outcomes(self: Store, entry: Any, *, durable: bool = True) -> Any:
        if entry.payload.state.value in {"intent", "step"}:
            return None
        return append(self, entry, durable=durable)

    Store.append = outcomes  # type: ignore[method-assign]


SPOILT: dict[str, Callable[[], None]] = {
    "lazy_intent": _lazy_intent,
    "eager_encoder": _eager_encoder,
    "careless_journal": _careless_journal,
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        SPOILT[sys.argv[1]]()
        sys.exit(main(sys.argv[2:]))
    serve()
