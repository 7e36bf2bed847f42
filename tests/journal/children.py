"""Work in a process of its own, that is ended without being asked.

Forked where there is fork, so that nothing is imported again; elsewhere a new Python gets the work
pickled, so the work is a function of a module, or a `partial` of one.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeAlias

ROOT = Path(__file__).parents[2]
Say: TypeAlias = Callable[[str], None]
_NEW = "import sys; from tests.journal import children; children.be_the_child(sys.stdin.buffer)"


class Child:
    """A process that says lines."""

    def __init__(self, pipe: IO[bytes], end: Callable[[], None]) -> None:
        self._pipe, self._end = pipe, end

    def line(self) -> str:
        """The next line it says; "" when it has ended."""
        return self._pipe.readline().decode().rstrip("\r\n")

    def kill(self) -> None:
        """End it now, in the middle of whatever it does."""
        self._end()

    def rest(self) -> list[str]:
        """Everything else that it said before it was killed."""
        return self._pipe.read().decode().splitlines()


def run(work: Callable[[], str], uid: int | None = None) -> str:
    """What `work` returns in a child process (as user `uid`); an error there is an error here.

    Where there is no fork it returns it in this process: no user and no limit is to be had anyway.
    """
    if sys.platform == "win32":
        return work()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if uid is not None:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
            os.write(writer, work().encode())
            status = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read().decode()
    _, status = os.waitpid(pid, 0)
    assert status == 0, answer
    return answer


@contextmanager
def writing(work: Callable[[Say], None]) -> Iterator[Child]:
    """A child that works and says lines. Killed at the end."""
    with _forked(work) if sys.platform != "win32" else _started(work) as child:
        try:
            yield child
        finally:
            child.kill()


@contextmanager
def _forked(work: Callable[[Say], None]) -> Iterator[Child]:
    assert sys.platform != "win32"
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _be(work, writer)
    os.close(writer)
    running = [pid]

    def end() -> None:
        for number in running:
            os.kill(number, signal.SIGKILL)
            os.waitpid(number, 0)
        running.clear()

    with os.fdopen(reader, "rb") as pipe:
        yield Child(pipe, end)


@contextmanager
def _started(work: Callable[[Say], None]) -> Iterator[Child]:
    with subprocess.Popen(
        [sys.executable, "-c", _NEW],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump(work, process.stdin)
        process.stdin.flush()

        def end() -> None:
            process.kill()
            process.wait()

        yield Child(process.stdout, end)


def be_the_child(given: IO[bytes]) -> None:
    """In a new Python: do the work that is given there."""
    _be(pickle.load(given), 1)


def _be(work: Callable[[Say], None], writer: int) -> None:
    try:
        work(lambda line: (os.write(writer, f"{line}\n".encode()), None)[1])
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(0)


def wait_for_the_end() -> None:
    """Nothing, until it is killed."""
    threading.Event().wait()
