"""From a reply's bytes to checked values: read leniently, checked strictly.

Vendors send numbers as strings, strings as numbers, GBK for UTF-8, a comma too many: that is read.
What the desk relies on must be there and sane, or `ShapeError` is raised.
"""

import re
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

Loose = str | int | float | None
"""A field that may come as text or as a number."""

MAX_MESSAGE: Final = 500
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_TIME: Final = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.0{1,7})?)?",
    re.ASCII,
)
_YEARS: Final = range(2000, 2100)
# Strings are matched first and kept whole, closed or not, so the pass is linear and safe.
_SPARE_COMMA: Final = re.compile(r'("(?:[^"\\]+|\\.)*+"?)|,(?=[ \t\r\n]*[}\]])', re.DOTALL)


class NotJsonError(Exception):
    """The bytes are no JSON in any encoding that a vendor uses."""


class ShapeError(Exception):
    """JSON, but a field that the desk relies on is missing or not sane."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def decode(body: bytes) -> Any:
    """JSON in UTF-8 or, failing that, GB18030 (a superset of GBK); a comma too many is forgiven.

    The door-lock document's own examples end lists with `},]`. Raises `NotJsonError`.
    """
    text = _text(body)
    try:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            mended = _SPARE_COMMA.sub(lambda found: found[1] or "", text)
            if mended == text:
                raise
            return msgspec.json.decode(mended)
    except (ValueError, RecursionError):
        raise NotJsonError from None


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotJsonError


def convert(value: Any, wanted: type[T]) -> T:
    """Into a msgspec type, unknown fields dropped. Raises `ShapeError` with the field's path."""
    try:
        return msgspec.convert(value, wanted)
    except (ValueError, RecursionError) as error:
        found = re.search(r"`\$\.?([^`]*)`", str(error))
        raise ShapeError(found[1][:40] if found else "") from None


def text(value: Loose, field: str, *, limit: int = 64, empty: bool = False) -> str:
    """Text, or a whole number as text; trimmed. Raises `ShapeError`."""
    if isinstance(value, float):
        raise ShapeError(field)
    wanted = "" if value is None else str(value).strip()
    if (not wanted and not empty) or len(wanted) > limit or not wanted.isprintable():
        raise ShapeError(field)
    return wanted


def integer(value: Loose, field: str) -> int:
    """A whole number, sent as number or text. Raises `ShapeError`."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return int(value.strip())
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ShapeError(field)


def message(value: object) -> str:
    """The vendor's sentence: one line, cut short; empty where it is missing or no text."""
    if not isinstance(value, (str, int)):
        return ""
    line = "".join(char if char.isprintable() else " " for char in str(value)[: MAX_MESSAGE * 2])
    return " ".join(line.split())[:MAX_MESSAGE]


def time(value: Loose, field: str) -> datetime:
    """`YYYY-MM-DD HH:MM:SS`, site-local; single digits, `/`, `T` and no seconds are forgiven.

    A zone, a fraction of a second and years outside 2000-2099 are not. Raises `ShapeError`.
    """
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) not in _YEARS:
        raise ShapeError(field)
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        raise ShapeError(field) from None
