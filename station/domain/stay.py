"""Stays: one authorisation of a room, its start (`abkp`) and end, and the rules for both.

All times here are site-local, naive, whole seconds, as the door-lock platform speaks them.
The rules are numbered as in `README.md` beside this file.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from station.errors import ClockWentBack, Code, InputInvalid, Refused, StaleStay

CLOCK_TOLERANCE: Final = timedelta(seconds=5)
ONE_SECOND: Final = timedelta(seconds=1)
TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
MAX_NIGHTS: Final = 3650
MAX_HOURS: Final = 24 * 3650


@dataclass(frozen=True, slots=True)
class Stay:
    """One authorisation of a room. `holder` is a person reference, never a name."""

    id: str
    room_id: str
    authorised_at: datetime
    expires_at: datetime
    holder: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class StayRules:
    """What a site sets: check-out time of day, and the longest stay in days."""

    checkout_time: time = time(12, 0)
    max_stay_days: int = 400


def format_time(moment: datetime) -> str:
    """`YYYY-MM-DD HH:MM:SS`, site local."""
    return moment.strftime(TIME_FORMAT)


def parse_time(text: str, *, field: str) -> datetime:
    """Read `YYYY-MM-DD HH:MM[:SS]` (site local). Raises `InputInvalid` TIME_MALFORMED."""
    wanted = text.strip()
    # strptime is lenient about widths ("2026-1-2"); the vendor is not.
    form = {16: "%Y-%m-%d %H:%M", 19: TIME_FORMAT}.get(len(wanted))
    if form is not None and wanted.isascii():
        with suppress(ValueError):
            return datetime.strptime(wanted, form)
    raise InputInvalid(Code.TIME_MALFORMED, field=field, value=wanted[:40])


def next_authorised_at(
    now: datetime, known: Iterable[datetime], *, room: str, forced: bool = False
) -> datetime:
    """Rule 2: the start of a new stay, strictly later than every start known for the room.

    Raises `ClockWentBack` when the clock stands more than 5 s behind the newest known start and no
    supervisor has insisted (`forced`).
    """
    now = now.replace(microsecond=0)
    last = max(known, default=None)
    if last is None or now > last:
        return now
    if last - now > CLOCK_TOLERANCE and not forced:
        raise ClockWentBack(room=room, now=format_time(now), last=format_time(last))
    return last + ONE_SECOND


def end_after_nights(now: datetime, nights: int, rules: StayRules) -> datetime:
    """Rule 3: check-out time, `nights` days from today. Raises FIELD_OUT_OF_RANGE."""
    if not 1 <= nights <= MAX_NIGHTS:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="nights", low=1, high=MAX_NIGHTS)
    return datetime.combine(now.date() + timedelta(days=nights), rules.checkout_time)


def end_after_hours(now: datetime, hours: int) -> datetime:
    """Rule 3: hourly rooms. Raises `InputInvalid` FIELD_OUT_OF_RANGE."""
    if not 1 <= hours <= MAX_HOURS:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="hours", low=1, high=MAX_HOURS)
    return now.replace(microsecond=0) + timedelta(hours=hours)


def check_end(
    now: datetime, authorised_at: datetime, expires_at: datetime, rules: StayRules
) -> datetime:
    """Rule 3: later than now, later than the start, within the site's limit; returned unchanged."""
    facts = {"field": "until", "value": format_time(expires_at)}
    if expires_at <= now:
        raise InputInvalid(Code.END_IN_PAST, **facts, now=format_time(now))
    if expires_at <= authorised_at:
        raise InputInvalid(Code.END_BEFORE_START, **facts, start=format_time(authorised_at))
    if expires_at > now + timedelta(days=rules.max_stay_days):
        raise InputInvalid(Code.END_TOO_FAR, **facts, days=rules.max_stay_days)
    return expires_at


def check_extension(
    stay: Stay, expires_at: datetime, *, card_ends: datetime | None = None
) -> datetime:
    """An extension never shortens the stay, and ends later than the card does (`card_ends`).

    A stay's second card may get the end that the first one has got. Raises END_NOT_LATER:
    `InputInvalid` for the stay, `Refused` for the card that lies there.
    """
    facts = {"field": "until", "value": format_time(expires_at)}
    if expires_at < stay.expires_at:
        raise InputInvalid(Code.END_NOT_LATER, **facts, ends=format_time(stay.expires_at))
    if card_ends is not None and expires_at <= card_ends:
        raise Refused(Code.END_NOT_LATER, **facts, ends=format_time(card_ends))
    return expires_at


def current_stay(stays: Iterable[Stay]) -> Stay | None:
    """The open stay of a room with the newest start, or None for a vacant room."""
    return max(
        (stay for stay in stays if not stay.closed), key=lambda s: s.authorised_at, default=None
    )


def require_current(stay: Stay | None, *, room: str) -> Stay:
    """Rule 4: copy and extend need a current stay. Raises `Refused` NO_STAY."""
    if stay is None or stay.closed:
        raise Refused(Code.NO_STAY, room=room)
    return stay


def require_same_stay(stay: Stay, authorised_at: datetime, *, room: str) -> None:
    """Rule 4: a card of this room may be refreshed only if it carries the current stay's start."""
    if authorised_at != stay.authorised_at:
        raise StaleStay(
            room=room, card=format_time(authorised_at), stay=format_time(stay.authorised_at)
        )
