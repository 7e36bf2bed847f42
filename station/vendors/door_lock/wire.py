"""What every call of the platform has in common: the envelope and the form of the fields."""

import re
from datetime import datetime
from typing import Any, Final

import msgspec

from station.domain.stay import format_time
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._http import Envelope
from station.vendors._reply import Loose, ShapeError

SERVICE: Final = "door_lock"
DONE: Final = 1
_ROOM_ID: Final = re.compile(r"[0-9]{1,19}")


class _Envelope(msgspec.Struct, frozen=True):
    code: Loose
    msg: Any = None
    data: Any = None


def envelope(reply: Any) -> Envelope:
    """`{"code": 1, "msg": "", "data": …}`; `code` may be text. Raises `ShapeError`."""
    found = _reply.convert(reply, _Envelope)
    code = _reply.integer(found.code, "code")
    refused = None if code == DONE else Code.DOOR_LOCK_REFUSED
    return Envelope(code, _reply.message(found.msg), found.data, refused)


def room_id(value: Loose, field: str = "rm_id") -> str:
    """A room's id out of a reply: digits, sent as text or number. Raises `ShapeError`."""
    wanted = _reply.text(value, field, limit=19)
    if not _ROOM_ID.fullmatch(wanted):
        raise ShapeError(field)
    return wanted


def room_field(value: str) -> str:
    """A room's id to be sent. Raises `InputInvalid` ROOM_UNKNOWN for anything but 1-19 digits."""
    if not _ROOM_ID.fullmatch(value):
        raise InputInvalid(Code.ROOM_UNKNOWN, field="room", value=value[:40])
    return value


def time_field(moment: datetime, field: str) -> str:
    """A time to be sent, whole seconds, site-local. Raises `InputInvalid` TIME_MALFORMED."""
    if moment.tzinfo is not None or moment.microsecond or moment.year not in range(2000, 2100):
        raise InputInvalid(Code.TIME_MALFORMED, field=field, value=str(moment)[:40])
    return format_time(moment)
