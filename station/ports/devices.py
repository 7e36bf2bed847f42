"""What stands on the desk: clock, encoder, reader; and who watches an operation."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from station.domain.card import Authorisation, CardContent
from station.domain.operation import Kind
from station.domain.room import Room


class Clock(Protocol):
    """Where time comes from."""

    def local(self) -> datetime:
        """Now, site-local, naive, with microseconds."""

    def utc(self) -> datetime:
        """Now, UTC, aware."""


class Encoder(Protocol):
    """The door-lock platform's encoder (door lock 1.1, 2.1-2.3). One operation at a time.

    Every method may raise `Unreachable` (nothing was sent, or a harmless read failed) and
    `VendorRefused` (`code` other than 1). `write` and `clear` raise `OutcomeUnknown` once anything
    was sent and no clear answer came; they are never repeated by the implementation.
    """

    def rooms(self) -> list[Room]: ...

    def read(self) -> CardContent:
        """The card lying there. `VendorRefused` CARD_UNREADABLE: blank, none or unreadable."""

    def write(self, authorisation: Authorisation) -> str:
        """MarkRoomCard; the platform's card id."""

    def clear(self, *, card_id: str = "", room_id: str = "") -> None:
        """ClearRoomCard by exactly one of the two."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the encoder for one operation, across programs. Raises `Refused` ENCODER_BUSY."""


class ReaderState(StrEnum):
    """What the screen tells apart about the PC/SC reader."""

    STARTING = "starting"
    NO_SERVICE = "no_service"
    NO_READER = "no_reader"
    REMOTE_SESSION = "remote_session"
    EMPTY = "empty"
    CARD = "card"
    CARD_SEEN = "card_seen"
    """A card lies there and its UID is being read."""
    CARD_SILENT = "card_silent"
    """Seen, and silent for more than 3 s."""
    CARD_UNREADABLE = "card_unreadable"
    CARD_RANDOM = "card_random"
    """Its UID changes at each tap: never registered."""
    BUSY = "busy"
    """Another program holds the card or the reader."""
    SEVERAL_CARDS = "several_cards"


@dataclass(frozen=True, slots=True)
class ReaderView:
    """The reader just now. `uid` is upper-case hex in the site's byte order.

    `tap` counts taps since the monitor started: a re-tap of the same card is a new number.
    """

    state: ReaderState
    reader: str = ""
    uid: str = ""
    tap: int = 0
    detail: str = ""


class Reader(Protocol):
    """A PC/SC reader, watched by a thread of its own. No method raises; `view` never blocks."""

    def view(self) -> ReaderView: ...

    def subscribe(self, observer: Callable[[ReaderView], None]) -> Callable[[], None]:
        """Call `observer` (on the reader's thread) with each new view; returns how to stop."""

    def wait_for(self, wanted: Callable[[ReaderView], bool], timeout: float) -> ReaderView | None:
        """The first view that is wanted, or None after `timeout` seconds."""

    def read_again(self, timeout: float = 3.0) -> ReaderView:
        """Ask the card lying there for its UID once more (seconds)."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StepNotice:
    """What a screen shows of an operation's progress."""

    operation: str
    kind: Kind
    step: str
    state: str
    """`begin`, `done` or `failed`."""
    room: str = ""
    card: int = 1
    cards: int = 1
    detail: Mapping[str, str] = field(default_factory=dict)


Watcher = Callable[[StepNotice], None]
