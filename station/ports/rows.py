"""What the journal answers with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from station.domain.card import CardState
from station.domain.event import OutboxFacts
from station.domain.operation import Kind, State
from station.domain.operator import Role
from station.domain.room import Room
from station.domain.stay import Stay


@dataclass(frozen=True, slots=True)
class CardRow:
    """One card of a stay. `expires_at` site-local."""

    stay_id: str
    key: str
    state: CardState
    card_id: str
    uid: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as the rack shows it: its current stay, cards outside, unresolved operations."""

    room: Room
    stay: Stay | None
    cards_out: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class BindingRow:
    """Which UID belongs to which resident. `person` is a reference."""

    uid: str
    person: str
    mobile_digest: str
    bound: bool
    operation: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something that waits for the cloud, or stopped. `next_at` UTC."""

    number: int
    operation: str
    operator: str
    kind: Kind
    facts: OutboxFacts


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A stored person: reference and keyed digests (name, mobile)."""

    id: str
    digests: tuple[str, ...]
    mobile_digest: str


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What to show of the history; empty means all. `since`/`until` UTC; newest first.

    `after` is the `number` of the last row of the page before. `text` looks in room, operator,
    card, reason and vendor's words; a whole name or mobile number finds that person's operations.
    """

    since: datetime | None = None
    until: datetime | None = None
    room_id: str = ""
    card: str = ""
    operator: str = ""
    kind: Kind | None = None
    state: State | None = None
    text: str = ""
    limit: int = 100
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Another system's answer, and when it was given (UTC)."""

    key: str
    value: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """`first_bad` is the number (1 = first event) of the first event that does not fit."""

    ok: bool
    events: int
    head: str
    first_bad: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator as listed. `locked_until` UTC."""

    name: str
    role: Role
    disabled: bool
    locked_until: datetime | None


Progress = Callable[[int, int], None]
"""(done, total) of long work; total 0 where it is not known."""
