"""A reader without PC/SC, for the demo and for tests: cards are put down and lifted by calls."""

import threading
from collections.abc import Callable

from station.domain.card import UID_SIZES, is_random_uid
from station.errors import Code, InputInvalid
from station.ports import ReaderState, ReaderView
from station.reader.board import Board

NAME = "Simulated reader"


class SimulatedReader:
    """`ports.Reader` with a card of its own; views are told on the thread that moves it."""

    def __init__(self, name: str = NAME) -> None:
        self._name = name
        self._board = Board()
        self._moving = threading.Lock()
        self._taps = 0
        self._show(ReaderState.EMPTY)

    def view(self) -> ReaderView:
        return self._board.view

    def subscribe(self, observer: Callable[[ReaderView], None]) -> Callable[[], None]:
        return self._board.subscribe(observer)

    def wait_for(self, wanted: Callable[[ReaderView], bool], timeout: float) -> ReaderView | None:
        return self._board.wait_for(wanted, timeout)

    def read_again(self, timeout: float = 3.0) -> ReaderView:  # noqa: ARG002 - answers at once
        return self._board.view

    def close(self) -> None:
        self._board.close()

    def put(self, uid: str) -> None:
        """Lay a card down: upper- or lower-case hex of 4, 7 or 10 bytes, in the site's order.

        A card that lies there already is taken away first. Raises `InputInvalid` UID_MALFORMED.
        """
        wanted = _hex_uid(uid)
        with self._moving:
            if self._board.view.state is not ReaderState.EMPTY:
                self._show(ReaderState.EMPTY)
            self._taps += 1
            self._show(ReaderState.CARD_SEEN)
            if is_random_uid(wanted):
                self._show(ReaderState.CARD_RANDOM, detail=wanted)
            else:
                self._show(ReaderState.CARD, uid=wanted)

    def put_unreadable(self, state: ReaderState = ReaderState.CARD_UNREADABLE) -> None:
        """Lay down what cannot be read: unreadable, silent, several cards, or busy elsewhere."""
        with self._moving:
            self._taps += 1
            self._show(state)

    def lift(self) -> None:
        """Take the card away."""
        with self._moving:
            self._show(ReaderState.EMPTY)

    def unplug(self, state: ReaderState = ReaderState.NO_READER) -> None:
        """Take the reader away, or the service, until the next `lift` or `put`."""
        with self._moving:
            self._show(state)

    def _show(self, state: ReaderState, uid: str = "", detail: str = "") -> None:
        self._board.show(ReaderView(state, self._name, uid, self._taps, detail))


def _hex_uid(text: str) -> str:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) not in UID_SIZES:
        raise InputInvalid(Code.UID_MALFORMED, field="uid", value=text[:40])
    return raw.hex().upper()
