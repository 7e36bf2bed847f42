"""What somebody wants to see of the history, as they said it, and as the journal is asked.

The site's times of day are shown and chosen; the journal is asked in UTC. What was chosen is
remembered for each operator while the program runs, and for nobody else.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from weakref import WeakKeyDictionary

from station.compose.clock import SystemClock
from station.domain.card import parse_card_id, parse_uid_or_decimal
from station.domain.operation import Kind, State
from station.domain.operator import PERMISSIONS, Operator, Permission
from station.domain.person import clean_text
from station.domain.room import find_room
from station.errors import InputInvalid
from station.ports import HistoryFilter, Journal
from ui.context import Session

MAX_TEXT: Final = 64
WEEK: Final = timedelta(days=6)
"""Today and the six days before it."""


class Period(StrEnum):
    """The times that one choice stands for."""

    ALL = "all"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Filters:
    """The filter bar's contents. `since` and `until` (site-local) count with `CUSTOM` only."""

    period: Period = Period.ALL
    since: datetime | None = None
    until: datetime | None = None
    room: str = ""
    card: str = ""
    operator: str = ""
    kind: Kind | None = None
    state: State | None = None
    text: str = ""

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return replace(self, since=None, until=None) == Filters()

    @property
    def wrong_way_round(self) -> bool:
        """Whether the chosen end is not after the chosen beginning."""
        chosen = self.period is Period.CUSTOM
        return chosen and bool(self.since and self.until and self.until <= self.since)


def sees_all(operator: Operator) -> bool:
    """Whether a role sees everybody's operations, however old."""
    return Permission.HISTORY_ALL in PERMISSIONS[operator.role]


def may(operator: Operator | None, permission: Permission) -> bool:
    """Whether to offer something at all; the workflows check again."""
    return operator is not None and permission in PERMISSIONS[operator.role]


def bounds(filters: Filters, clock: SystemClock) -> tuple[datetime | None, datetime | None]:
    """From and (not included) until, site-local."""
    today = datetime.combine(clock.local().date(), time())
    match filters.period:
        case Period.TODAY:
            return today, None
        case Period.YESTERDAY:
            return today - timedelta(days=1), today
        case Period.WEEK:
            return today - WEEK, None
        case Period.CUSTOM:
            return filters.since, filters.until
    return None, None


def asked(filters: Filters, journal: Journal, clock: SystemClock) -> HistoryFilter:
    """The filter for the journal (on a lane). Raises `InputInvalid` for room, card or text."""
    since, until = bounds(filters, clock)
    return HistoryFilter(
        since=clock.to_utc(since) if since else None,
        until=clock.to_utc(until) if until else None,
        room_id=_room(filters.room, journal),
        card=card_key(filters.card, journal),
        operator=filters.operator,
        kind=filters.kind,
        state=filters.state,
        text=clean_text(filters.text, field="text", limit=MAX_TEXT, empty_allowed=True),
    )


def _room(text: str, journal: Journal) -> str:
    wanted = text.strip()
    if not wanted:
        return ""
    try:
        return find_room(journal.rooms_named(wanted), wanted, field="room").id
    except InputInvalid:
        # A room that the platform no longer lists may still stand in the journal.
        known = wanted.isascii() and wanted.isdigit() and len(wanted) >= 15
        if known and journal.history(HistoryFilter(room_id=wanted, limit=1)):
            return wanted
        raise


def card_key(text: str, journal: Journal) -> str:
    """A card as the journal keeps it: the platform's number, a UID, or a printed number's UID.

    What the journal knows as it stands is taken so. Raises `InputInvalid` UID_MALFORMED.
    """
    wanted = text.strip().upper()
    if not wanted:
        return ""
    try:
        number = parse_card_id(wanted, field="card")
    except InputInvalid:
        return parse_uid_or_decimal(wanted, field="card")
    if journal.history(HistoryFilter(card=number, limit=1)):
        return number
    try:
        return parse_uid_or_decimal(wanted, field="card")
    except InputInvalid:
        return number


_kept: Final[WeakKeyDictionary[Session, dict[str, Filters]]] = WeakKeyDictionary()


def remembered(session: Session) -> Filters:
    """What whoever sits at the desk chose last."""
    name = session.operator.name if session.operator else ""
    return _kept.get(session, {}).get(name, Filters())


def remember(session: Session, filters: Filters) -> None:
    """Keep a choice for whoever sits at the desk."""
    if session.operator is not None:
        _kept.setdefault(session, {})[session.operator.name] = filters
