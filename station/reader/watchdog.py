"""Says that a card is silent while the monitor's own thread is still blocked in asking it."""

import threading
import time
from dataclasses import replace
from typing import Final

from station.ports import ReaderState
from station.reader.board import Board

_SAYS_MORE: Final = frozenset({ReaderState.SEVERAL_CARDS, ReaderState.BUSY})


class Watchdog:
    """A timer thread that touches no PC/SC: armed before a card is asked, disarmed after.

    It wakes only when something is due; a tap costs it one deadline.
    """

    def __init__(self, board: Board, seconds: float) -> None:
        self._board = board
        self._seconds = seconds
        self._wake = threading.Condition()
        self._deadline: float | None = None
        self._sleeping = True
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="pcsc-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def arm(self) -> None:
        """From now on the card has `seconds` to answer."""
        with self._wake:
            self._deadline = time.monotonic() + self._seconds
            # An earlier deadline still being slept on wakes in time to find this one.
            if self._sleeping:
                self._wake.notify()

    def disarm(self) -> None:
        with self._wake:
            self._deadline = None

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _run(self) -> None:
        while self._sleep_until_due():
            with self._board.lock:
                view = self._board.view
                if self._take_due() and view.state not in _SAYS_MORE:
                    silent = replace(view, state=ReaderState.CARD_SILENT, uid="", detail="")
                    self._board.show(silent)

    def _sleep_until_due(self) -> bool:
        with self._wake:
            while not self._closed:
                if self._deadline is None:
                    self._sleeping = True
                    self._wake.wait()
                    self._sleeping = False
                    continue
                left = self._deadline - time.monotonic()
                if left <= 0:
                    return True
                self._wake.wait(left)
            return False

    def _take_due(self) -> bool:
        """Under the board's lock: a disarm that came meanwhile means that the card did answer."""
        with self._wake:
            due = self._deadline is not None and self._deadline <= time.monotonic()
            if due:
                self._deadline = None
            return due
