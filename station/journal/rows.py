"""Rows of the tables as the desk's values, and text as times."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final, TypeVar

from station.domain.card import CardState
from station.domain.credential import Credential, CredentialKind, CredentialState
from station.domain.event import LockFacts, OutboxFacts
from station.domain.operation import Kind, OperationRow, State
from station.domain.room import Room
from station.domain.stay import Stay
from station.errors import Code, JournalUnsafe
from station.ports import BindingRow, CardRow, OutboxRow, RoomRow

OPERATION_COLUMNS: Final = (
    *("number", "operation", "parent", "kind", "state", "desk", "operator", "started_at"),
    *("ended_at", "room_id", "room_name", "stay_id", "authorised_at", "expires_at", "card_id"),
    *("uid", "person", "error", "vendor_code", "vendor_msg", "reason"),
)
STAY_COLUMNS: Final = ("id", "room_id", "authorised_at", "expires_at", "holder", "closed")
CARD_COLUMNS: Final = ("stay_id", "key", "state", "card_id", "uid", "expires_at")
BINDING_COLUMNS: Final = ("uid", "person", "mobile_digest", "bound", "operation")
OUTBOX_COLUMNS: Final = (
    *("number", "operation", "operator", "kind", "call", "person", "uid", "state", "attempts"),
    *("next_at", "error", "credential"),
)
CREDENTIAL_COLUMNS: Final = (
    *("id", "kind", "state", "room_id", "authorised_at", "expires_at", "slot", "stay_id"),
    *("holder", "code", "picture", "lock_id", "operation"),
)
LOCK_COLUMNS: Final = ("room_id", "at", "battery", "low", "online", "abnormal")


_Value = TypeVar("_Value")


def sound(convert: Callable[[tuple[Any, ...]], _Value]) -> Callable[[tuple[Any, ...]], _Value]:
    """For making a value of a row: a row that holds what no row can hold is damage, not a crash.

    The function then raises `JournalUnsafe` JOURNAL_DAMAGED.
    """

    @wraps(convert)
    def checked(row: tuple[Any, ...]) -> _Value:
        try:
            return convert(row)
        except (TypeError, ValueError) as error:
            raise JournalUnsafe(Code.JOURNAL_DAMAGED, detail=str(error)) from error

    return checked


def utc_text(moment: datetime) -> str:
    """UTC, ISO 8601 with microseconds and `Z`: sorts as text as it does in time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def utc_time(text: str) -> datetime:
    """The aware UTC time of such text."""
    return datetime.fromisoformat(text)


def site_time(text: str) -> datetime:
    """The naive site-local time of `YYYY-MM-DD HH:MM:SS`."""
    # strptime takes ten times as long, and a page of history has hundreds.
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None:
        raise ValueError(text)
    return found


@sound
def operation_row(row: tuple[Any, ...]) -> OperationRow:
    """A row of `OPERATION_COLUMNS`."""
    number, operation, parent, kind, state, desk, operator, started, ended, *rest = row
    room_id, room_name, stay_id, authorised, expires, *words = rest
    return OperationRow(
        number,
        operation,
        parent,
        Kind(kind),
        State(state),
        desk,
        operator,
        utc_time(started),
        utc_time(ended) if ended else None,
        room_id,
        room_name,
        stay_id,
        site_time(authorised) if authorised else None,
        site_time(expires) if expires else None,
        *words,
    )


@sound
def room_of(row: tuple[Any, ...]) -> Room:
    """(id, name)."""
    if not all(isinstance(value, str) for value in row):
        raise TypeError("room")
    return Room(*row)


def rack_row(room: tuple[Any, ...], current: tuple[Any, ...] | None, unresolved: int) -> RoomRow:
    """Of (id, name) and, where the room is let, `STAY_COLUMNS` and the cards outside.

    One function for all of it, since a rack has ten thousand. Raises as those of one value.
    """
    try:
        if current is None:
            return RoomRow(Room(*room), None, 0, unresolved)
        key, room_id, authorised, expires, holder, closed, out = current
        start, end = site_time(authorised), site_time(expires)
        stay = Stay(key, room_id, start, end, holder or None, bool(closed))
        return RoomRow(Room(*room), stay, out, unresolved)
    except (TypeError, ValueError) as error:
        raise JournalUnsafe(Code.JOURNAL_DAMAGED, detail=str(error)) from error


@sound
def moment_of(row: tuple[Any, ...]) -> datetime:
    """(UTC text)."""
    return utc_time(row[0])


@sound
def site_moment_of(row: tuple[Any, ...]) -> datetime:
    """(site-local text)."""
    return site_time(row[0])


@sound
def stay_of(row: tuple[Any, ...]) -> Stay:
    """A row of `STAY_COLUMNS`."""
    key, room_id, authorised, expires, holder, closed = row
    return Stay(
        key, room_id, site_time(authorised), site_time(expires), holder or None, bool(closed)
    )


@sound
def card_row(row: tuple[Any, ...]) -> CardRow:
    """A row of `CARD_COLUMNS`."""
    stay_id, key, state, card_id, uid, expires = row
    return CardRow(stay_id, key, CardState(state), card_id, uid, site_time(expires))


@sound
def binding_row(row: tuple[Any, ...]) -> BindingRow:
    """A row of `BINDING_COLUMNS`."""
    uid, person, mobile_digest, bound, operation = row
    return BindingRow(
        uid=uid,
        person=person,
        mobile_digest=mobile_digest,
        bound=bool(bound),
        operation=operation,
    )


@sound
def outbox_row(row: tuple[Any, ...]) -> OutboxRow:
    """A row of `OUTBOX_COLUMNS`."""
    number, operation, operator, kind, *facts = row
    return OutboxRow(number, operation, operator, Kind(kind), OutboxFacts(*facts))


@sound
def credential_of(row: tuple[Any, ...]) -> Credential:
    """A row of `CREDENTIAL_COLUMNS`."""
    key, kind, state, room_id, authorised, expires, slot, *rest = row
    return Credential(
        key,
        CredentialKind(kind),
        CredentialState(state),
        room_id,
        site_time(authorised),
        site_time(expires),
        int(slot),
        *rest,
    )


@sound
def lock_row(row: tuple[Any, ...]) -> LockFacts:
    """A row of `LOCK_COLUMNS`."""
    room_id, at, battery, *flags = row
    return LockFacts(room_id, at, int(battery), *(bool(flag) for flag in flags))
