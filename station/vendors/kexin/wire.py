"""What the cloud's calls have in common: the envelope, its statuses, times, flags, passwords."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import msgspec

from station.domain.kexin import STATUS_CODES, UINT32
from station.domain.lock import MADE_LENGTH, check_passcode
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._faults import WireError
from station.vendors._http import NOT_ACTED_UPON, Envelope
from station.vendors._reply import Loose, ShapeError

SERVICE: Final = "kexin"
OK: Final = 200
_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_YEARS: Final = range(2000, 2100)
_YES: Final = {True: True, "true": True, "1": True, False: False, "false": False, "0": False}


class _Envelope(msgspec.Struct, frozen=True):
    code: Loose
    desc: Any = None
    data: Any = None


def envelope(reply: Any) -> Envelope:
    """`{"code": 200, "desc": "OK", "data": …}`; `code` may be text, and is HTTP's beyond 310-363.

    Raises `ShapeError`, and `WireError` for what would be no clear answer as an HTTP status either.
    """
    found = _reply.convert(reply, _Envelope)
    code = _reply.integer(found.code, "code")
    if code != OK:
        _check_http(code)
    refused = None if code == OK else STATUS_CODES.get(code, Code.KEXIN_REFUSED)
    return Envelope(code, _reply.message(found.desc), found.data, refused)


def _check_http(code: int) -> None:
    if code in (429, 503):
        raise WireError(Code.SERVICE_BUSY, done=code not in NOT_ACTED_UPON, status=code)
    if code in range(100, 200) or code in range(300, 309) or code == 408 or code in range(500, 600):
        raise WireError(Code.SERVICE_HTTP_STATUS, done=True, status=code)
    if code in range(201, 300):  # accepted, partial, no content: done perhaps, and perhaps not
        raise ShapeError("code")


def number(value: Loose, field: str) -> int:
    """An unsigned number of 32 bits. Raises `ShapeError`."""
    found = _reply.integer(value, field)
    if not 0 <= found <= UINT32:
        raise ShapeError(field)
    return found


def flag(value: Any, field: str) -> bool:
    """true or false, also as text or as 1 and 0. Raises `ShapeError`."""
    wanted = value if isinstance(value, bool) else str(value).strip().lower()
    if not isinstance(value, bool | int | str) or wanted not in _YES:
        raise ShapeError(field)
    return _YES[wanted]


def password(value: Any) -> str:
    """A password, digit by digit. Raises `ShapeError`; a number may have lost its leading zeros."""
    try:
        return check_passcode(value.strip() if isinstance(value, str) else "", length=MADE_LENGTH)
    except InputInvalid:
        raise ShapeError("password") from None


def time(value: Any) -> datetime | None:
    """`2016-09-26T15:23:35.570062558+08:00` in UTC; None for anything else, and for no year."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or int(found[1]) not in _YEARS:
        return None
    parts = [int(part) for part in found.groups()[:6]]
    micro = int((found[7] or "").ljust(6, "0")[:6])
    away = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    try:
        zone = timezone(-away if found[8] == "-" else away)
        moment = datetime(*parts[:3], *parts[3:], micro, tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return moment.astimezone(UTC)


def words(value: Any) -> str:
    """An optional text: one line, cut short; empty where it is missing or none."""
    return _reply.message(value)[:64]


def maybe_number(value: Any) -> int | None:
    """An optional number of any sign; None where it is missing or odd."""
    try:
        return _reply.integer(value, "")
    except ShapeError:
        return None
