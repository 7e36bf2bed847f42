"""Ports: what the workflows need from the world, as Protocols; `compose` wires what fills them.

Times: `Clock.local` and everything about stays is site-local and naive; everything else is UTC and
aware. Errors are those of `station.errors`; each method names its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from station.domain.card import Authorisation, CardContent, CardState
from station.domain.event import Entry, Event, OutboxFacts
from station.domain.operation import Kind, OperationRow, State
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.domain.room import Room
from station.domain.stay import Stay


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


@dataclass(frozen=True, slots=True)
class GateCard:
    """What Shankai holds for a resident: hex without `0x`; whether it was allocated just now."""

    card_no: str
    is_new: bool


class Gate(Protocol):
    """The community gates' cloud (Shankai 5-7).

    Raises `VendorRefused` with a SHANKAI_… code and `Unreachable`. All three may be repeated.
    """

    def set_card(self, person: Person, uid: str) -> None: ...

    def get_card(self, person: Person) -> GateCard:
        """Allocates a number where there is none: never a poll or a check."""

    def remove_user(self, mobile: str) -> None: ...


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
class VerifyResult:
    """`first_bad` is the number (1 = first event) of the first event that does not fit."""

    ok: bool
    events: int
    head: str
    first_bad: int | None = None
    why: str = ""


Progress = Callable[[int, int], None]
"""(done, total) of long work; total 0 where it is not known."""


class Journal(Protocol):
    """The journal: append-only events and the tables made from them.

    Everything raises `JournalUnsafe` when the file is locked, full, read-only or damaged.
    """

    @property
    def desk(self) -> str: ...

    def append(self, entry: Entry, *, durable: bool = True) -> Event:
        """Add one event and its effects in one transaction.

        With `durable` it is on the disk (fsync) when this returns; without, it survives the
        program's end but not the power's. Effects of the payload are applied unless its state is
        `intent` or `step` (see `Payload`).
        """

    # people: personal information stands apart from the events, encrypted per person
    def remember_person(self, person: Person) -> PersonRef:
        """Store a person, or find the same name and mobile again."""

    def find_person(self, mobile: str) -> PersonRef | None: ...

    def person(self, reference: str) -> Person:
        """The person in the clear; an empty `Person` once erased. The caller journals reveals."""

    def erase_person(self, reference: str) -> None:
        """Delete the person's key: their data is gone, the chain stays whole."""

    def idle_persons(self, cutoff: datetime) -> list[str]:
        """Who was last used before `cutoff` (UTC), with no open stay, binding or outbox."""

    # rooms (a cache of GetRoomList, with the time it was made)
    def save_rooms(self, rooms: Sequence[Room], at: datetime) -> None: ...

    def rooms(self) -> list[Room]: ...

    def rooms_age(self) -> datetime | None:
        """When the rooms were last fetched (UTC)."""

    def rack(self) -> list[RoomRow]: ...

    # stays and cards
    def stays(self, room_id: str) -> list[Stay]:
        """The room's open stays and its newest closed one."""

    def stay(self, stay_id: str) -> Stay | None: ...

    def cards(self, stay_id: str) -> list[CardRow]: ...

    def stays_of_card(self, card_id: str, *, outside: bool = False) -> list[CardRow]:
        """Every stay that this card was written for, newest first.

        With `outside` only those for which it still counts as outside: a card serves for years.
        """

    def live_cards(self, room_id: str) -> list[CardRow]:
        """Cards of any stay of the room that may still be outside (out, lost, possible, wrong)."""

    def latest_authorised_at(self, room_id: str) -> datetime | None:
        """The newest start known for the room: own journal, other desks, cards that were read."""

    # operations
    def operation(self, operation: str) -> OperationRow | None: ...

    def children(self, operation: str) -> list[OperationRow]: ...

    def events(self, operation: str) -> list[Event]: ...

    def unresolved(self) -> list[OperationRow]:
        """Card operations in state intent or unknown, oldest first."""

    def history(self, wanted: HistoryFilter) -> list[OperationRow]: ...

    # residents and the outbox
    def binding(self, uid: str) -> BindingRow | None: ...

    def bindings_of(self, mobile_digest: str) -> list[BindingRow]: ...

    def outbox(self, *, stopped: bool = False) -> list[OutboxRow]:
        """What waits, in order; with `stopped` also what was given up."""

    # care
    def verify(self, progress: Progress | None = None) -> VerifyResult: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator as listed. `locked_until` UTC."""

    name: str
    role: Role
    disabled: bool
    locked_until: datetime | None


class Operators(Protocol):
    """Who may log in. PINs are kept as argon2id hashes, apart from the events."""

    def count(self) -> int: ...

    def list(self) -> Iterable[OperatorRow]: ...

    def add(self, name: str, role: Role, pin: str) -> None:
        """Raises `InputInvalid` OPERATOR_EXISTS."""

    def disable(self, name: str) -> None: ...

    def reset(self, name: str, pin: str) -> None: ...

    def check(self, name: str, pin: str) -> Operator:
        """Raises `Refused` PIN_WRONG, OPERATOR_LOCKED, OPERATOR_DISABLED; counts wrong PINs."""


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
