"""Another program that uses the first reader, obeying lines on stdin and answering `ok`.

`exclusive`, `transaction`: hold the card so; `release`: let go of it; `reset N`: reset it N times.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from smartcard import scard

PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1

PAUSE = 0.005
"""Seconds between two resets: a program that never pauses would leave the card to nobody."""


def checked(result: list[int]) -> list[int]:
    """What a call gave; raises for any error."""
    if result[0] != scard.SCARD_S_SUCCESS:
        raise RuntimeError(f"{result[0] & 0xFFFFFFFF:08X}")
    return result[1:]


def connect(context: int, share: int) -> int:
    _, names = scard.SCardListReaders(context, [])
    return checked(scard.SCardConnect(context, names[0], share, PROTOCOLS))[0]


def main() -> None:
    (context,) = checked(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
    card = 0
    for line in sys.stdin:
        verb, *number = line.split()
        if verb == "exclusive":
            card = connect(context, scard.SCARD_SHARE_EXCLUSIVE)
        elif verb == "transaction":
            card = connect(context, scard.SCARD_SHARE_SHARED)
            scard.SCardBeginTransaction(card)
        elif verb == "release":
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        else:
            for _ in range(int(number[0])):
                card = connect(context, scard.SCARD_SHARE_SHARED)
                scard.SCardDisconnect(card, scard.SCARD_RESET_CARD)
                time.sleep(PAUSE)
        print("ok", flush=True)


class Other:
    """The other program, from the test's side."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def begin(self, line: str) -> None:
        """Have it do something, without waiting for it."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """Wait until it has done it."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ok\n"

    def do(self, line: str) -> None:
        self.begin(line)
        self.end()


@contextmanager
def other_program() -> Iterator[Other]:
    """A running one; it finds the service by the same environment as the test."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Other(process)


if __name__ == "__main__":
    main()
