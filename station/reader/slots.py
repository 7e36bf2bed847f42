"""What is known of each reader, which readers count, and the one view made from all of them."""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from station.ports import ReaderState, ReaderView
from station.reader.scard import State

_IGNORED: Final = re.compile(
    # A SAM slot's module never leaves; Windows lists readers of its own, with a card in them.
    r"\bSAM\b|^Windows Hello|^Microsoft (Virtual Smart Card|UICC)",
    re.IGNORECASE,
)
_GONE: Final = State.UNKNOWN | State.UNAVAILABLE


@dataclass(slots=True)
class Slot:
    """One reader. `word` is the event state as it is fed back to the next wait."""

    name: str
    word: int = 0
    state: ReaderState = ReaderState.EMPTY
    uid: str = ""
    tap: int = 0
    detail: str = ""

    @property
    def has_card(self) -> bool:
        return self.state is not ReaderState.EMPTY

    def clear(self) -> None:
        """The card was taken away."""
        self.state, self.uid, self.detail = ReaderState.EMPTY, "", ""


def is_gone(word: int) -> bool:
    """Whether an event state says that the reader was unplugged."""
    return bool(word & _GONE)


def has_card(word: int) -> bool:
    """Whether a card lies on the reader; a mute one may be reported without PRESENT."""
    return bool(word & (State.PRESENT | State.MUTE))


def event_count(word: int) -> int:
    """How many times a card came or went: this, and never the ATR, tells two cards apart."""
    return word >> 16


def wanted_readers(names: Iterable[str], wanted: str) -> list[str]:
    """The readers that count: no SAM slots, and only those whose name contains `wanted`."""
    part = wanted.strip().casefold()
    return [name for name in names if not _IGNORED.search(name) and part in name.casefold()]


def is_remote_session(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> bool:
    """Whether this is a Windows remote desktop session, where PC/SC means the other computer's."""
    return platform == "win32" and environment.get("SESSIONNAME", "").upper().startswith("RDP")


def view_without_readers(wanted: str, *, remote: bool) -> ReaderView:
    """No reader that counts is there."""
    state = ReaderState.REMOTE_SESSION if remote else ReaderState.NO_READER
    return ReaderView(state, reader=wanted)


def view_of(slots: Iterable[Slot], taps: int) -> ReaderView:
    """One view of at least one reader. `taps` is the newest tap's number.

    Cards on two readers are no card: nobody could tell which one was meant.
    """
    every = list(slots)
    with_card = [slot for slot in every if slot.has_card]
    names = ", ".join(slot.name for slot in with_card or every)
    if not with_card:
        return ReaderView(ReaderState.EMPTY, names, tap=taps)
    if len(with_card) > 1:
        return ReaderView(ReaderState.SEVERAL_CARDS, names, tap=taps)
    only = with_card[0]
    return ReaderView(only.state, only.name, only.uid, only.tap, only.detail)
