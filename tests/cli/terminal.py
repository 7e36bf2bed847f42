"""A program at a pseudo-terminal, for what is only asked where a person sits."""

import os
import select
import sys
import time

import pytest

from tests.cli.conftest import ROOT, CliDesk

if sys.platform != "win32":
    import pty

needs_a_terminal = pytest.mark.linux("a pseudo-terminal")

DEADLINE_S = 60.0


class Terminal:
    """A program at a pseudo-terminal: answers are typed when their question has come."""

    def __init__(self, desk: CliDesk, *arguments: str) -> None:
        self.seen = ""
        self._rest = ""
        assert sys.platform != "win32"
        self.pid, self._file = pty.fork()
        if self.pid == 0:  # pragma: no cover - becomes another program
            os.chdir(ROOT)
            command = desk.command(*arguments)
            variables = desk.variables(TERM="xterm", COLUMNS="200")
            variables.pop("STATION_OPERATOR_PIN", None)
            os.execve(sys.executable, command, variables)

    def answer(self, question: str, typed: str) -> None:
        end = time.monotonic() + DEADLINE_S
        while question not in self._rest:
            assert time.monotonic() < end, (question, self.seen)
            assert self._read(), (question, self.seen)
        self._rest = self._rest.partition(question)[2]
        os.write(self._file, typed.encode() + b"\n")

    def finish(self) -> int:
        while self._read():
            pass
        os.close(self._file)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._file], [], [], DEADLINE_S)
        assert ready, self.seen
        try:
            raw = os.read(self._file, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += raw.decode(errors="replace")
        self._rest += raw.decode(errors="replace")
        return bool(raw)
