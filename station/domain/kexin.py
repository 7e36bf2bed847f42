"""Kexin's locks: what its cloud says of them, how they are named, and what is worth another try."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from station.errors import Code, InputInvalid, StationError, VendorRefused

UINT32: Final = 2**32 - 1
"""The cloud's numbers (locks, users, seconds, Unix time) are unsigned and of 32 bits."""

STATUS_CODES: Final = {
    310: Code.KEXIN_USER_MISSING,
    311: Code.KEXIN_LOGIN_FAILED,
    312: Code.KEXIN_LOGIN_FORBIDDEN,
    315: Code.KEXIN_LOGOUT_FAILED,
    320: Code.KEXIN_REGISTER_FAILED,
    321: Code.KEXIN_USER_NAME_USED,
    322: Code.KEXIN_EMAIL_USED,
    323: Code.KEXIN_MOBILE_USED,
    324: Code.KEXIN_TOKEN_UPDATE_FAILED,
    325: Code.KEXIN_USER_UPDATE_FAILED,
    326: Code.KEXIN_PASSWORD_ILLEGAL,
    327: Code.KEXIN_FACE_TOO_OFTEN,
    328: Code.KEXIN_SMS_FAILED,
    350: Code.KEXIN_LOCK_MISSING,
    351: Code.KEXIN_LOCK_ID_EXISTS,
    352: Code.KEXIN_NO_ALARM,
    353: Code.KEXIN_USER_AUTHORISED,
    354: Code.KEXIN_NO_PERMISSION,
    355: Code.KEXIN_NOT_BOUND,
    356: Code.KEXIN_ALREADY_BOUND,
    357: Code.KEXIN_EXPIRED,
    358: Code.KEXIN_FACE_MISMATCH,
    359: Code.KEXIN_OPEN_FAILED,
    360: Code.KEXIN_LOCK_OFFLINE,
    361: Code.KEXIN_MEMBERS_LEFT,
    362: Code.KEXIN_NO_GATEWAY,
    363: Code.KEXIN_SELF_FORBIDDEN,
    400: Code.KEXIN_BAD_REQUEST,
    401: Code.KEXIN_UNAUTHORISED,
}
"""The cloud's own statuses, and the two HTTP ones that its table words. Others: KEXIN_REFUSED."""

PASSING_CODES: Final = frozenset(
    {
        Code.KEXIN_FACE_TOO_OFTEN,
        Code.KEXIN_SMS_FAILED,
        Code.KEXIN_OPEN_FAILED,
        Code.KEXIN_LOCK_OFFLINE,
        Code.KEXIN_REFUSED,
    }
)
"""Refusals that may end by themselves, and those that the vendor's table does not know."""

_SET_UP_LATER: Final = frozenset(
    {Code.KEXIN_SIGNER_MISSING, Code.PART_NOT_SET_UP, Code.FILE_UNREADABLE}
)
_MAC: Final = re.compile(r"[0-9a-f]{12}")
_ID_NUMBER: Final = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"


@dataclass(frozen=True, slots=True)
class KexinLock:
    """A lock as the cloud has it. Times are UTC, None where it knows none.

    Its owner's name and number, which the cloud sends too, are nobody's business here.
    """

    lock_id: int
    mac: str
    name: str = ""
    description: str = ""
    corp_id: int | None = None
    device_version: str = ""
    firmware_version: str = ""
    is_initialised: bool = False
    is_bound: bool = False
    is_deleted: bool = False
    state: int | None = None
    initialised_at: datetime | None = None
    bound_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LockState:
    """What a lock's gateway says of it."""

    lock_id: int
    online: bool
    abnormal: bool
    low_voltage: bool


@dataclass(frozen=True, slots=True)
class TimeSync:
    """A clock synchronisation under way: its number and the two keys that the lock is told."""

    seq: int
    key1: int = field(repr=False)
    key2: int = field(repr=False)


def is_final(error: StationError) -> bool:
    """Whether no retry mends it, so that it stops at once with cause and next step.

    A wrong number stays wrong. A lock that is not online, a limit that passes (327, 328, 359, 360,
    429), a cloud in trouble (5xx) or out of reach, and a desk that is not set up yet are worth
    another try.
    """
    if isinstance(error, InputInvalid):
        return error.code not in _SET_UP_LATER
    return isinstance(error, VendorRefused) and error.code not in PASSING_CODES


def check_number(value: int, field: str) -> int:
    """A number of the cloud's, 1 to 4294967295. Raises `InputInvalid` FIELD_OUT_OF_RANGE."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= UINT32:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field=field, low=1, high=UINT32)
    return value


def parse_lock_id(text: str) -> int:
    """A lock's number as typed. Raises `InputInvalid` FIELD_NOT_A_NUMBER, FIELD_OUT_OF_RANGE."""
    wanted = text.strip()
    if not wanted.isascii() or not wanted.isdigit():
        raise InputInvalid(Code.FIELD_NOT_A_NUMBER, field="lock_id", value=wanted[:20])
    return check_number(int(wanted[:11]), "lock_id")


def parse_mac(text: str) -> str:
    """A lock's MAC as the cloud writes it, `72:00:03:16:7d:f0`.

    Hyphens, dots, capitals and no separators are read too. Raises `InputInvalid` MAC_MALFORMED.
    """
    wanted = re.sub(r"[\s:.\-]", "", text).lower()
    if not _MAC.fullmatch(wanted):
        raise InputInvalid(Code.MAC_MALFORMED, field="mac", value=text.strip()[:40])
    return ":".join(wanted[place : place + 2] for place in range(0, 12, 2))


def parse_identity_number(text: str) -> str:
    """An 18-digit identity number whose check digit fits (GB 11643), `X` in capitals.

    Raises `InputInvalid` ID_NUMBER_MALFORMED; the number is in no error.
    """
    wanted = re.sub(r"[\s\-]", "", text).upper()
    if _ID_NUMBER.fullmatch(wanted):
        total = sum(int(digit) * weight for digit, weight in zip(wanted, _WEIGHTS, strict=False))
        if _CHECK_DIGITS[total % 11] == wanted[17]:
            return wanted
    raise InputInvalid(Code.ID_NUMBER_MALFORMED, field="id_number")


def unix_seconds(moment: datetime, field: str) -> int:
    """A moment as the cloud's Unix time. Raises `InputInvalid` TIME_MALFORMED.

    A moment without a time zone is refused: the cloud's clock knows only UTC.
    """
    seconds = int(moment.astimezone(UTC).timestamp()) if moment.tzinfo is not None else -1
    if not 0 < seconds <= UINT32:
        raise InputInvalid(Code.TIME_MALFORMED, field=field, value=str(moment)[:40])
    return seconds
