"""What the platform's calls have in common: the envelope, what its noes mean, forms of fields."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final, TypeVar

import msgspec

from station.domain.bill import FEN
from station.errors import Code, InputInvalid, StationError, VendorRefused
from station.vendors import _reply
from station.vendors._http import MIB, Endpoint, Envelope
from station.vendors._reply import Loose, ShapeError

T = TypeVar("T")
SERVICE: Final = "property"
DONE, NO, NOTHING, TOKEN_GONE = 0, 1, 2, 9
RECONNECT: Final = "请重新建立智慧平台鉴权连接"
LIST_BYTES: Final = 8 * MIB

MEANINGS: Final = (
    ("验证码已失效", Code.PROPERTY_SMS_CODE_WRONG),
    ("验证码错误", Code.PROPERTY_SMS_CODE_WRONG),
    ("验证码已过期", Code.PROPERTY_SMS_CODE_WRONG),
    ("该手机号未注册", Code.PROPERTY_NOT_REGISTERED),
    ("这只是个游客", Code.PROPERTY_NOT_REGISTERED),
    ("手机号已注册", Code.PROPERTY_ALREADY_REGISTERED),
    ("未查找到审核信息", Code.PROPERTY_REVIEW_MISSING),
    ("审核删除失败", Code.PROPERTY_REVIEW_MISSING),
    ("安防平台接口出现故障", Code.PROPERTY_SECURITY_DOWN),
    ("没有传递任何文件", Code.PROPERTY_PICTURE_REFUSED),
    ("图片上传失败", Code.PROPERTY_PICTURE_REFUSED),
    ("没有传递image", Code.PROPERTY_PICTURE_REFUSED),
    ("扫描失败", Code.PROPERTY_PICTURE_REFUSED),
)
"""All noes have `code` 1; only these words of the document's examples tell them apart."""

_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,32}")
_YUAN: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?")


class _Envelope(msgspec.Struct, frozen=True):
    code: Loose
    msg: Any = None
    message: Any = None
    token_expired: Any = None


def envelope(reply: Any) -> Envelope:
    """`code`, `msg`, `message` and what a call adds beside them. Raises `ShapeError`.

    `data` of the result is the whole reply: some calls put their fields beside `data`.
    """
    found = _reply.convert(reply, _Envelope)
    code = _reply.integer(found.code, "code")
    msg, debug = _reply.message(found.msg), _reply.message(found.message)
    said = msg if not debug or debug == msg else f"{msg} ({debug})" if msg else debug
    said = said[: _reply.MAX_MESSAGE]
    gone = code == TOKEN_GONE or RECONNECT in said or str(found.token_expired).strip() == "0"
    return Envelope(code, said, reply, _refused(code, said, gone))


def _refused(code: int, said: str, token_gone: bool) -> Code | None:
    if code == DONE:
        return None
    if code == NOTHING:
        return Code.PROPERTY_NOT_FOUND
    # A no that is known by its words says `token_expired = 0` at times (3.1.3, 3.1.4), though the
    # token is well: the document's answer to a token that is gone is always code 9.
    meant = None if code == TOKEN_GONE else meaning(said)
    return meant or (Code.PROPERTY_TOKEN_LOST if token_gone else Code.PROPERTY_REFUSED)


def meaning(said: str) -> Code | None:
    """The desk's code for a no that the document words."""
    return next((code for words, code in MEANINGS if words in said), None)


def about_token(error: StationError) -> bool:
    """Whether a call was not executed because of its token."""
    return error.code is Code.PROPERTY_TOKEN_LOST or error.context.get("status") == 401


def only_hinted(error: StationError) -> bool:
    """Whether a `token_expired` of 0 beside a plain no was all that spoke of the token."""
    known = error.context
    return known.get("vendor_code") == str(NO) and RECONNECT not in str(known.get("vendor_msg"))


def settled(error: StationError) -> VendorRefused:
    """What a token's refusal comes to once renewing has not helped, or cannot."""
    return _said_again(Code.PROPERTY_REFUSED, error) if only_hinted(error) else lost(error)


def lost(error: StationError) -> VendorRefused:
    """Any refusal of a token, as PROPERTY_TOKEN_LOST."""
    return _said_again(Code.PROPERTY_TOKEN_LOST, error)


def _said_again(code: Code, error: StationError) -> VendorRefused:
    known = error.context
    return VendorRefused(
        code,
        service=SERVICE,
        call=known.get("call", ""),
        vendor_code=str(known.get("vendor_code", known.get("status", ""))),
        vendor_msg=known.get("vendor_msg", ""),
    )


def endpoint(
    path: str, parse: Callable[[Any], T], method: str = "POST", **more: Any
) -> Endpoint[T]:
    """A call; named by method and path, since two paths serve two calls each."""
    return Endpoint(
        f"{method} {path}",
        f"/{path}",
        parse,
        method=method,
        unknown=Code.PROPERTY_OUTCOME_UNKNOWN,
        **more,
    )


def nothing(reply: Any) -> None:
    """`code` 0 says it all."""


def data(reply: Any) -> Any:
    """`data` of a reply. Raises `ShapeError` where it is missing."""
    found = reply.get("data")
    if found is None:
        raise ShapeError("data")
    return found


def rows(reply: Any) -> list[dict[str, Any]]:
    """The rows of `data`, without those that bear the time of their deletion.

    Null is not taken for an empty list. Raises `ShapeError`.
    """
    found = _reply.convert(data(reply), list[dict[str, Any]])
    return [row for row in found if not row.get("deleted_at")]


def ident(value: object, field: str) -> str:
    """An id out of a reply, sent as number or text. Raises `ShapeError`."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ShapeError(field)
    wanted = _reply.text(value, field, limit=32)
    if not _ID.fullmatch(wanted):
        raise ShapeError(field)
    return wanted


def id_field(value: str, field: str) -> str | int:
    """An id to be sent: a number, as the document says, wherever it is one.

    Raises `InputInvalid` FIELD_EMPTY, FIELD_CHARACTERS.
    """
    if not value:
        raise InputInvalid(Code.FIELD_EMPTY, field=field)
    if not _ID.fullmatch(value):
        raise InputInvalid(Code.FIELD_CHARACTERS, field=field)
    return int(value) if value.isdigit() and str(int(value)) == value else value


def needed(value: str, field: str, *, limit: int = 128) -> str:
    """Text that must not be empty. Raises `InputInvalid` FIELD_EMPTY, FIELD_TOO_LONG."""
    wanted = value.strip()
    if not wanted:
        raise InputInvalid(Code.FIELD_EMPTY, field=field)
    if len(wanted) > limit:
        raise InputInvalid(Code.FIELD_TOO_LONG, field=field, limit=limit)
    return wanted


def words(value: object, limit: int = 64) -> str:
    """Text for people: one line, cut short; empty where it is missing or no text."""
    return _reply.message(value)[:limit]


def name(value: object, field: str) -> str:
    """A name that a level of the tree cannot do without. Raises `ShapeError`."""
    found = words(value)
    if not found:
        raise ShapeError(field)
    return found


def yuan(value: object, field: str) -> Decimal:
    """An amount: `"0.01元"`, `"0.02"`, `0.02` or `2`; to the fen. Raises `ShapeError`."""
    wanted = str(value).strip().removesuffix("元").strip().replace(",", "")
    try:
        if not _YUAN.fullmatch(wanted):
            raise ShapeError(field)
        return Decimal(wanted).quantize(FEN, ROUND_HALF_UP)
    except InvalidOperation:
        raise ShapeError(field) from None


def flag(value: object) -> bool:
    """1, true, "1", "true" and "是" are yes; everything else is no."""
    return str(value).strip().lower() in ("1", "true", "是")
