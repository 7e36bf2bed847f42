"""One operation at a time on the encoder: across threads and across programs."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from time import monotonic

import filelock

from station.errors import Code, InputInvalid, Refused

BUSY_WAIT_S = 2.0


class EncoderLock:
    """A thread lock, and a lock file that the system frees with its program. Not re-entrant."""

    def __init__(self, path: Path | None, wait_s: float = BUSY_WAIT_S) -> None:
        self._path = path
        self._wait_s = wait_s
        self._threads = Lock()

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Raises `Refused` ENCODER_BUSY after `wait_s` seconds, `InputInvalid` FILE_UNWRITABLE."""
        until = monotonic() + self._wait_s
        if not self._threads.acquire(timeout=self._wait_s):
            raise Refused(Code.ENCODER_BUSY)
        try:
            with contextlib.ExitStack() as stack:
                if self._path is not None:
                    stack.enter_context(_held(self._path, max(until - monotonic(), 0)))
                yield
        finally:
            self._threads.release()


@contextlib.contextmanager
def _held(path: Path, wait_s: float) -> Iterator[None]:
    # Never the soft kind: a file left by a killed program would block the encoder for good.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path, fallback_to_soft=False)
        lock.acquire(timeout=wait_s, poll_interval=0.05)
    except filelock.Timeout:
        raise Refused(Code.ENCODER_BUSY) from None
    except (OSError, NotImplementedError):
        raise InputInvalid(Code.FILE_UNWRITABLE, field="lock", path=str(path)) from None
    try:
        yield
    finally:
        lock.release()
