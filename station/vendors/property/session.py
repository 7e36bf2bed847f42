"""SMS codes, registering, logging in, the token's renewal, roles (property 1)."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from station.domain.owner import CodePurpose, Private, SentCode
from station.domain.person import parse_mobile
from station.errors import Code, InputInvalid, OutcomeUnknown, StationError, Unreachable
from station.vendors import _reply
from station.vendors._http import Api
from station.vendors._reply import Loose, ShapeError
from station.vendors.property import wire
from station.vendors.property.caller import Caller
from station.vendors.property.token import DEFAULT_LIFE_S, MAX_LIFE_S, MAX_TOKEN, Token


@dataclass(frozen=True, slots=True, repr=False)
class WeChatSession(Private):
    """A visitor of the WeChat program (property 1.2.1)."""

    openid: str
    session_key: str


@dataclass(frozen=True, slots=True, repr=False)
class LogIn(Private):
    """Who has logged in. `permissions` are the platform's own words, such as HouseMember."""

    token: Token
    permissions: tuple[str, ...]
    name: str = ""
    avatar: str = ""


class _SentCode(msgspec.Struct, frozen=True):
    key: Loose = None
    expired_at: Loose = None


class _WeChat(msgspec.Struct, frozen=True):
    openid: Loose = None
    session_key: Loose = None


class _LogIn(msgspec.Struct, frozen=True):
    access_token: Loose = None
    expires_in: Loose = None
    expired_in: Loose = None
    permissions: list[Any] | None = None
    name: Any = None
    avatar: Any = None


def sent_code(reply: Any) -> SentCode:
    """The key that goes back with the code. A time that nobody can read is left out."""
    found = _reply.convert(reply, _SentCode)
    try:
        expires_at = _reply.time(found.expired_at, "expired_at")
    except ShapeError:
        expires_at = None
    return SentCode(_reply.text(found.key, "key", limit=256), expires_at)


def wechat_session(reply: Any) -> WeChatSession:
    """Both must be there."""
    found = _reply.convert(reply, _WeChat)
    return WeChatSession(
        _reply.text(found.openid, "openid", limit=256),
        _reply.text(found.session_key, "session_key", limit=256),
    )


def token(reply: Any) -> Token:
    """A token without white space; `expires_in` in the examples, `expired_in` in the tables."""
    found = _reply.convert(reply, _LogIn)
    value = _reply.text(found.access_token, "access_token", limit=MAX_TOKEN)
    said = found.expires_in if found.expires_in not in (None, "") else found.expired_in
    life = DEFAULT_LIFE_S if said in (None, "") else _reply.integer(said, "expires_in")
    if not value.isascii() or " " in value:
        raise ShapeError("access_token")
    if not 0 < life <= MAX_LIFE_S:
        raise ShapeError("expires_in")
    return Token(value, life)


def log_in(reply: Any) -> LogIn:
    """The token and whose it is."""
    found = _reply.convert(reply, _LogIn)
    permissions = tuple(wire.words(item) for item in found.permissions or ())
    return LogIn(token(reply), permissions, wire.words(found.name), wire.words(found.avatar, 300))


def permissions(reply: Any) -> tuple[str, ...]:
    """The roles of 1.5.1, in the platform's own words."""
    return tuple(wire.words(item) for item in _reply.convert(wire.data(reply), list[Any]))


_PROOF: Final = frozenset({"verification_key", "verification_code"})
_WECHAT: Final = frozenset({"openid", "session_key", "encrypteddata", "iv", "avatar"})

SEND_CODE: Final = wire.endpoint(
    "verificationCodes/phone",
    sent_code,
    secret=frozenset({"community_house_name"}),
    private=True,
)
WECHAT_SESSION: Final = wire.endpoint(
    "weapp/code", wechat_session, secret=frozenset({"code"}), private=True
)
REGISTER: Final = wire.endpoint("weapp/users", log_in, secret=_PROOF | _WECHAT, private=True)
LOG_IN: Final = wire.endpoint(
    "weapp/authorizations", log_in, secret=frozenset({"code"}), private=True
)
RENEW: Final = wire.endpoint("authorizations/current", token, "PUT", private=True)
PERMISSIONS: Final = wire.endpoint("people/permissions", permissions, idempotent=True)


def renewed(api: Api, old: str) -> Token:
    """Property 1.4.2: the next token for the old one, which may be 14 days old.

    Raises `VendorRefused` PROPERTY_TOKEN_LOST, and `Unreachable`: whatever the renewal was for has
    not been done.
    """
    try:
        return api.call(RENEW, bearer=old)
    except OutcomeUnknown as error:
        failed: StationError = Unreachable(
            Code(str(error.context["cause"])), service=wire.SERVICE, call=RENEW.call
        )
    except Unreachable as error:
        failed = wire.lost(error) if wire.about_token(error) else error
    except StationError as error:
        failed = wire.lost(error)
    raise failed


class SessionCalls(Caller):
    """Property 1."""

    def send_code(self, mobile: str, purpose: CodePurpose, house_name: str = "") -> SentCode:
        """Property 1.1: send an SMS, once. `house_name` (`HousePath.full_name`) goes to an owner.

        Raises `InputInvalid` MOBILE_MALFORMED, FIELD_EMPTY; `VendorRefused`
        PROPERTY_NOT_REGISTERED (for LOG_IN), PROPERTY_ALREADY_REGISTERED (for REGISTER).
        """
        fields: dict[str, str | int] = {"phone": parse_mobile(mobile), "type": purpose.value}
        if purpose is CodePurpose.OWNER:
            fields["community_house_name"] = wire.needed(house_name, "house")
        return self._bare(SEND_CODE, fields)

    def wechat_session(self, code: str) -> WeChatSession:
        """Property 1.2.1. Needs a code of the WeChat program, so a desk cannot make the call."""
        return self._send(WECHAT_SESSION, {"code": wire.needed(code, "wechat_code")})

    def register(
        self,
        visitor: WeChatSession,
        name: str,
        avatar: str,
        *,
        encrypted_data: str = "",
        iv: str = "",
        code_key: str = "",
        code: str = "",
    ) -> LogIn:
        """Property 1.2.2: register, or log in who is registered; the new token is kept.

        The number is WeChat's own (`encrypted_data`, `iv`) or one proved by an SMS code
        (`code_key`, `code`), one of the two: `InputInvalid` FIELDS_EXCLUSIVE, FIELDS_ONE_NEEDED.
        """
        if bool(encrypted_data) == bool(code_key):
            fault = Code.FIELDS_EXCLUSIVE if code_key else Code.FIELDS_ONE_NEEDED
            raise InputInvalid(fault, fields="encrypted_data, code_key")
        fields: dict[str, str | int] = {
            "openid": wire.needed(visitor.openid, "openid"),
            "session_key": wire.needed(visitor.session_key, "session_key"),
            "name": wire.needed(name, "name"),
            "avatar": wire.needed(avatar, "avatar", limit=300),
        }
        if encrypted_data:
            fields |= {"type": "weixin", "encryptedData": encrypted_data}
            fields["iv"] = wire.needed(iv, "iv")
        else:
            fields |= {"type": "selfPhone", "verification_key": code_key}
            fields["verification_code"] = wire.needed(code, "sms_code", limit=10)
        found = self._send(REGISTER, fields)
        self._tokens.adopt(found.token)
        return found

    def log_in(self, code: str) -> LogIn:
        """Property 1.4.1: log in with a code of the WeChat program; the new token is kept.

        Raises `VendorRefused` PROPERTY_NOT_REGISTERED for a visitor.
        """
        sent = wire.needed(code, "wechat_code")
        if not sent.isascii() or not sent.isprintable():
            raise InputInvalid(Code.FIELD_CHARACTERS, field="wechat_code")
        # Its text sends the code, its table knows a header only, and whoever calls has no token
        # yet: the code stands in both places.
        found = self._send(LOG_IN, {"code": sent}, bearer=sent)
        self._tokens.adopt(found.token)
        return found

    def permissions(self) -> tuple[str, ...]:
        """Property 1.5.1: NewMember, HouseMember, Shenheing, in the platform's own words."""
        return self._call(PERMISSIONS)

    def keep_alive(self) -> bool:
        """Property 1.4.2, when it is due or nobody knows the token's age; whether it was renewed.

        For a lane, every few minutes. Raises `VendorRefused` PROPERTY_TOKEN_LOST, `Unreachable`.
        """
        return self._tokens.keep_alive()
