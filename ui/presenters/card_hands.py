"""Hands for a workflow that makes many cards: the lane waits for the next one, never the screen."""

import threading
from collections.abc import Callable

from station.workflows.result import CardResult

POLL_S = 0.7


class WaitingHands:
    """`several.Hands`: `next_card` blocks its lane until `go`, `stop`, or until `poll` says go."""

    def __init__(
        self,
        ask: Callable[[int, int, CardResult | None], None],
        poll: Callable[[], bool] = lambda: False,
    ) -> None:
        """`ask` is told on the lane that card `number` of `total` is wanted; `poll` every 0.7 s."""
        self._ask = ask
        self._poll = poll
        self._wake = threading.Event()
        self._stopped = False

    def next_card(self, number: int, total: int, made: CardResult | None) -> bool:
        self._wake.clear()
        if self._stopped:
            return False
        self._ask(number, total, made)
        while not self._wake.wait(POLL_S):
            if self._poll():
                break
        return not self._stopped

    def go(self) -> None:
        """The card lies there."""
        self._wake.set()

    def stop(self) -> None:
        """No further card: the one being made is finished."""
        self._stopped = True
        self._wake.set()
