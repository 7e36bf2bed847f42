"""What the cloud's calls have in common: the envelope, the codes of its table, the card numbers."""

import re
from enum import StrEnum
from typing import Any, Final

import msgspec

from station.domain.card import MAX_DECIMAL_CARD_NUMBER
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._http import Envelope
from station.vendors._reply import Loose, ShapeError

SERVICE: Final = "shankai"
MAX_CARD_BYTES: Final = 22

CODES: Final = {
    -1: Code.SHANKAI_SYSTEM,
    1001: Code.SHANKAI_ALREADY_REGISTERED,
    10001: Code.SHANKAI_ALREADY_REGISTERED,  # so says chapter 1; the table says 1001
    4001: Code.SHANKAI_CREDENTIALS,
    4002: Code.SHANKAI_TOKEN_EXPIRED,
    4004: Code.SHANKAI_NO_USER,
    4005: Code.SHANKAI_NO_COMMUNITY,
    4006: Code.SHANKAI_BAD_NUMBER,
    4007: Code.SHANKAI_ID_CARD_MODE,
    4008: Code.SHANKAI_ACCOUNT_EXISTS,
    4009: Code.SHANKAI_DOOR_ADDED,
    4010: Code.SHANKAI_NO_DOOR,
    4011: Code.SHANKAI_NO_PERMISSION,
}
"""Appendix 2 (附2). Codes that are not in it are SHANKAI_REFUSED."""

_HEX: Final = re.compile(r"[0-9A-Fa-f]{1,44}")


class CardMode(StrEnum):
    """`ic_id_mode` of a community."""

    ID = "0"
    IC = "1"


class CardNumberBase(StrEnum):
    """What a number without `0x` in a reply is: the table says hex, the example looks decimal."""

    HEX = "hex"
    DECIMAL = "decimal"


class _Envelope(msgspec.Struct, frozen=True):
    errcode: Loose
    errmsg: Any = None
    data: Any = None


def envelope(reply: Any) -> Envelope:
    """`{"errcode": 0, "errmsg": "ok", "data": …}`; `errcode` may be text. Raises `ShapeError`."""
    found = _reply.convert(reply, _Envelope)
    code = _reply.integer(found.errcode, "errcode")
    refused = CODES.get(code, Code.SHANKAI_REFUSED) if code else None
    return Envelope(code, _reply.message(found.errmsg), found.data, refused)


def card_no_field(uid: str) -> str:
    """A UID as the cloud wants it: `0x` and hex. Raises `InputInvalid` UID_MALFORMED."""
    if not _HEX.fullmatch(uid) or len(uid) % 2:
        raise InputInvalid(Code.UID_MALFORMED, field="uid", value=uid[:40])
    return f"0x{uid.upper()}"


def card_no(value: Loose, base: CardNumberBase) -> str:
    """A number out of a reply as upper-case hex, whole bytes, four at least. Raises `ShapeError`.

    `0x` and letters are hex whatever the site's setting says; four bytes, because leading zeros of
    a UID are lost in a number.
    """
    if isinstance(value, float):
        value = _reply.integer(value, "card_no")
    wanted = _reply.text(value, "card_no", limit=2 + 2 * MAX_CARD_BYTES)
    digits = wanted[2:] if wanted[:2] in ("0x", "0X") else wanted
    if not _HEX.fullmatch(digits) or not digits.strip("0"):
        raise ShapeError("card_no")
    if base is CardNumberBase.DECIMAL and digits == wanted and digits.isdigit():
        if len(digits.lstrip("0")) > 10 or int(digits) > MAX_DECIMAL_CARD_NUMBER:
            raise ShapeError("card_no")
        digits = f"{int(digits):X}"
    return digits.upper().zfill(max(8, len(digits) + len(digits) % 2))


def flag(value: Loose) -> bool:
    """`is_new` is the text "true"; true, 1 and "1" mean the same, everything else does not."""
    return str(value).strip().lower() in ("true", "1")
