"""What operators type, read by the desk's rules: numbers, ends of stays, choices, files."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TypeVar

from station.domain.person import clean_text
from station.domain.room import MAX_NAME
from station.domain.stay import end_after_hours, end_after_nights, parse_time
from station.errors import Code, InputInvalid
from station.workflows.desk import Desk

MAX_DIGITS = 18
Choice = TypeVar("Choice", bound=Enum)


def whole_number(text: str, *, field: str) -> int:
    """A whole number as text. Raises `InputInvalid` FIELD_NOT_A_NUMBER, FIELD_TOO_LONG."""
    wanted = text.strip()
    digits = wanted.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise InputInvalid(Code.FIELD_NOT_A_NUMBER, field=field, value=wanted[:40])
    if len(digits) > MAX_DIGITS:
        raise InputInvalid(Code.FIELD_TOO_LONG, field=field, limit=MAX_DIGITS)
    return int(wanted)


def number_between(text: str, low: int, high: int, *, field: str) -> int:
    """A whole number within both bounds. Raises `InputInvalid`."""
    number = whole_number(text, field=field)
    if not low <= number <= high:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field=field, low=low, high=high)
    return number


def end_of_stay(
    desk: Desk,
    until: str | None,
    nights: str | None,
    hours: str | None,
    *,
    default_nights: int | None = 1,
) -> datetime:
    """The end that one of the three means (site-local); without any, so many nights.

    Raises `InputInvalid` FIELDS_EXCLUSIVE, FIELDS_ONE_NEEDED, TIME_MALFORMED, FIELD_….
    """
    check_end_options(until, nights, hours, needed=default_nights is None)
    now = desk.clock.local()
    if until is not None:
        return parse_time(until, field="until")
    if hours is not None:
        return end_after_hours(now, whole_number(hours, field="hours"))
    wanted = default_nights or 1
    if nights is not None:
        wanted = whole_number(nights, field="nights")
    return end_after_nights(now, wanted, desk.site.stay_rules)


def check_end_options(
    until: str | None, nights: str | None, hours: str | None, *, needed: bool = False
) -> None:
    """Everything about the end that can be told before the desk is opened."""
    given = [
        name
        for name, value in (("until", until), ("nights", nights), ("hours", hours))
        if value is not None
    ]
    if len(given) > 1:
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields=", ".join(given))
    if needed and not given:
        raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields="until, nights, hours")
    if until is not None:
        parse_time(until, field="until")
    for name, value in (("nights", nights), ("hours", hours)):
        if value is not None:
            whole_number(value, field=name)


def choice(text: str, choices: type[Choice], *, field: str) -> Choice:
    """One value of an enum. Raises `InputInvalid` FIELD_CHOICE."""
    with suppress(ValueError):
        return choices(text.strip())
    names = ", ".join(str(one.value) for one in choices)
    raise InputInvalid(Code.FIELD_CHOICE, field=field, value=text[:40], choices=names)


def check_room_text(text: str, *, field: str = "room") -> None:
    """What can be told of a room's name or id before the rooms are known. Raises `InputInvalid`."""
    clean_text(text, field=field, limit=MAX_NAME)


def exactly_one(**given: object) -> None:
    """Raises `InputInvalid` unless one of the options was given, and only one."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields=", ".join(names))
    if not names:
        raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields=", ".join(given))


def at_most_one(**given: object) -> None:
    """Raises `InputInvalid` FIELDS_EXCLUSIVE when more than one option was given."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise InputInvalid(Code.FIELDS_EXCLUSIVE, fields=", ".join(names))


def path_of(text: str, *, field: str = "file") -> Path:
    """A file's path. Raises `InputInvalid` for what no system takes."""
    if not text.strip():
        raise InputInvalid(Code.FIELD_EMPTY, field=field)
    if not text.isprintable():
        raise InputInvalid(Code.FIELD_CHARACTERS, field=field)
    return Path(text).expanduser() if text.startswith("~/") else Path(text)


def new_file(text: str, *, field: str = "file", force: bool = False) -> Path:
    """A path to write to. Raises `InputInvalid` FILE_EXISTS unless `force`."""
    path = path_of(text, field=field)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputInvalid(Code.FILE_UNWRITABLE, field=field, path=str(path), why="no_folder")
    if not force and path.exists():
        raise InputInvalid(Code.FILE_EXISTS, field=field, path=str(path))
    return path


def expand_rooms(texts: Sequence[str]) -> list[str]:
    """Room texts with ranges written out: `1-301..1-312` is twelve rooms.

    Raises `InputInvalid` FIELD_OUT_OF_RANGE for a range that runs backwards or is endless.
    """
    rooms: list[str] = []
    for text in texts:
        first, dots, last = text.partition("..")
        rooms += _range(first.strip(), last.strip()) if dots else [text]
    return rooms


def _range(first: str, last: str) -> list[str]:
    start, end = _number_at_end(first), _number_at_end(last)
    prefix = first[: len(first) - len(start)]
    fits = start and end and (last[: len(last) - len(end)] in ("", prefix))
    if not fits or not 0 <= int(end) - int(start) < 500:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="rooms", low=1, high=500)
    return [f"{prefix}{number:0{len(start)}}" for number in range(int(start), int(end) + 1)]


def _number_at_end(text: str) -> str:
    kept = len(text)
    while kept and text[kept - 1].isascii() and text[kept - 1].isdigit():
        kept -= 1
    return text[kept:][-MAX_DIGITS:]
