"""Work in a process of its own: forked, so that nothing is imported again, and ended by its pid."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def run(work: Callable[[], str], uid: int | None = None) -> str:
    """What `work` returns in a child process (as user `uid`); an error there is an error here."""
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
def writing(work: Callable[[Callable[[str], None]], None]) -> Iterator[tuple[int, int]]:
    """A child that works and says lines; (its pid, a pipe to read them from). Killed at the end."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            work(lambda line: (os.write(writer, f"{line}\n".encode()), None)[1])
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(0)
    os.close(writer)
    try:
        yield pid, reader
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
