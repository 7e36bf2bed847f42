"""What the values of `station.toml` must be: one small rule a kind of value.

A rule takes the value in its right type and gives it back, tidied, or raises `RuleError` with its
name and the numbers of the rule; `settings.py` adds the field. Names of rules are worded in the
catalogue's `[rule]`.
"""

import re
from collections.abc import Callable
from datetime import time
from typing import Any, Final

from station.domain.person import clean_text
from station.errors import Code, InputInvalid

Rule = Callable[[Any], object]

MAX_TEXT: Final = 128
MAX_PATH: Final = 260
MAX_URL: Final = 300
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
_SIGNER: Final = re.compile(
    r"(python:)?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*|entry:[\w.-]+|command:.*\S.*", re.ASCII
)
_HOST: Final = re.compile(r"[0-9A-Za-z]([0-9A-Za-z._-]{0,252}[0-9A-Za-z])?|[0-9A-Fa-f:.]{2,45}")


class RuleError(Exception):
    """A value against a rule: `code` is SETTINGS_FIELD unless the rule has a code of its own."""

    def __init__(self, rule: str, code: Code = Code.SETTINGS_FIELD, **facts: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.code = code
        self.facts = facts


def between(low: float, high: float) -> Rule:
    """A number within both bounds (never NaN)."""

    def check(value: float) -> float:
        if not low <= value <= high:
            raise RuleError("range", low=low, high=high)
        return value

    return check


def text(limit: int = MAX_TEXT, *, needed: bool = False) -> Rule:
    """One line without control or direction-changing characters."""

    def check(value: str) -> str:
        try:
            return clean_text(value, field="", limit=limit, empty_allowed=not needed)
        except InputInvalid as error:
            rules = {Code.FIELD_EMPTY: "needed", Code.FIELD_TOO_LONG: "length"}
            raise RuleError(rules.get(error.code, "characters"), limit=limit) from None

    return check


def matching(pattern: re.Pattern[str], rule: str, *, needed: bool = True) -> Rule:
    """Text of one form, named by `rule`."""

    def check(value: str) -> str:
        if (value or needed) and not pattern.fullmatch(value):
            raise RuleError(rule)
        return value

    return check


def command(value: tuple[str, ...]) -> tuple[str, ...]:
    """A program and its arguments: up to 32 texts of up to 1,000 characters."""
    if len(value) > 32 or any(not part or len(part) > 1000 or "\0" in part for part in value):
        raise RuleError("command")
    return value


def signer(value: str) -> str:
    """`package.module:function`, `entry:NAME`, `command:program arguments`, or nothing."""
    if value and not _SIGNER.fullmatch(str(text(1000)(value))):
        raise RuleError("signer")
    return value


def time_zone(value: str) -> str:
    """An IANA name such as `Asia/Shanghai`, or nothing for the computer's own zone."""
    if value:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except (ValueError, KeyError, OSError):
            raise RuleError("time_zone") from None
    return value


def web_address(value: str) -> str:
    """`https://host…`, or `http://` to this computer alone; no user, query or fragment."""
    scheme, host = _split(value, {"http", "https"})
    if scheme == "http" and not is_loopback(host):
        raise RuleError("https", Code.URL_NOT_HTTPS, value=value)
    return value.rstrip("/")


def database_address(value: str) -> str:
    """`postgresql+psycopg://user@host/database`, without a password inside."""
    _split(value, {"postgresql+psycopg"}, user_allowed=True)
    return value


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this computer."""
    if host == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(value: str, schemes: set[str], *, user_allowed: bool = False) -> tuple[str, str]:
    """Scheme and host. The whole address is quoted in errors only while nobody is named in it."""
    from urllib.parse import urlsplit

    malformed = RuleError("url", Code.URL_MALFORMED, schemes=", ".join(sorted(schemes)))
    if not value.isascii() or not value.isprintable() or " " in value or len(value) > MAX_URL:
        raise malformed
    try:
        parts = urlsplit(value)
        host, port, named = parts.hostname or "", parts.port, "@" in parts.netloc
    except ValueError:
        raise malformed from None
    if parts.password is not None:
        raise RuleError("password", Code.SETTINGS_SECRET_INSIDE)
    if parts.scheme not in schemes or not _HOST.fullmatch(host) or port == 0:
        raise malformed
    if parts.query or parts.fragment or (named and not user_allowed):
        raise malformed
    return parts.scheme, host


def parse_time_of_day(value: str) -> time:
    """`HH:MM`, already checked by `TIME_OF_DAY`."""
    hour, minute = value.split(":")
    return time(int(hour), int(minute))


NAME: Final = matching(_NAME, "name")
TIME_OF_DAY: Final = matching(_TIME, "time_of_day")
PATH: Final = text(MAX_PATH, needed=True)
OPTIONAL_PATH: Final = text(MAX_PATH)
