"""The platform's token: pasted once, renewed in time and when refused, by one thread only.

A token lives an hour, and may be renewed for 14 days (property 1.4.2). Each renewed one is handed
to `remember`, so that the next program starts with it.
"""

import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from station import logs
from station.errors import Code, InputInvalid, StationError, Unreachable, VendorRefused
from station.vendors.property.wire import SERVICE

DEFAULT_LIFE_S: Final = 3600
MAX_LIFE_S: Final = 30 * 86_400
RENEW_BEFORE_S: Final = 300
"""Renewed this long before its end; half its life, if it lives shorter than twice this."""
NEW_S: Final = 60
"""A token this young has not expired, whatever a plain no says beside it."""
MAX_TOKEN: Final = 4096
_TOKEN: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token and how many seconds it lives from the moment it was asked for."""

    value: str
    life_s: int = DEFAULT_LIFE_S
    kept: bool = False
    """Whether it is remembered already."""


def utc_now() -> datetime:
    """The time of day, aware: a token's age outlives the program."""
    return datetime.now(UTC)


def pasted(text: str) -> str:
    """A token as somebody pasted it: trimmed, without `Bearer`; "" for none.

    Raises `InputInvalid` FIELD_CHARACTERS, FIELD_TOO_LONG.
    """
    wanted = re.sub(r"(?i)^(authorization:\s*)?bearer\s+", "", text.strip())
    if len(wanted) > MAX_TOKEN:
        raise InputInvalid(Code.FIELD_TOO_LONG, field="property_token", limit=MAX_TOKEN)
    if wanted and not _TOKEN.fullmatch(wanted):
        raise InputInvalid(Code.FIELD_CHARACTERS, field="property_token")
    return wanted


def sharing(
    renew: Callable[[str], Token], kept: Callable[[], str] | None
) -> Callable[[str], Token]:
    """Renewing among several programs: whoever finds another token kept goes on with that one."""

    def next_one(old: str) -> Token:
        try:
            return _other(kept, old) or renew(old)
        except VendorRefused:
            # It may have been renewed elsewhere at this very moment.
            found = _other(kept, old)
            if found is None:
                raise
            return found

    return next_one


def _other(kept: Callable[[], str] | None, old: str) -> Token | None:
    """The token that is kept, unless it is the old one or none that can be read."""
    try:
        value = pasted(kept()) if kept is not None else ""
    except StationError:
        return None
    return Token(value, kept=True) if value not in ("", old) else None


class TokenKeeper:
    """Keeps the token. `renew` exchanges one for the next; `token_at` is when it was made."""

    def __init__(
        self,
        renew: Callable[[str], Token],
        token: str = "",
        token_at: datetime | None = None,
        remember: Callable[[str], None] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._renew = renew
        self._remember = remember
        self._clock = clock
        self._lock = Lock()
        self._saving = Lock()
        self._unsaved = False
        self._under_way: Future[str] | None = None
        self.use(token, token_at)

    @property
    def current(self) -> str:
        """The token as it is; "" for none."""
        return self._token

    @property
    def good_until(self) -> datetime | None:
        """When the token ends (UTC); None while its age is not known."""
        return self._ends_at

    def use(self, token: str, token_at: datetime | None = None) -> None:
        """Take a token from outside. An unknown age is found out at the next `keep_alive`."""
        value = pasted(token)
        logs.hide(value)
        with self._lock:
            self._token = value
            self._made_at = token_at
            self._life_s = DEFAULT_LIFE_S
            self._set_ends()

    def adopt(self, token: Token) -> None:
        """Take a token that the platform has just handed out, and have it remembered."""
        with self._lock:
            self._take(token, self._clock())
        self._save()

    def get(self, *, refused: str = "") -> str:
        """A token to use; never the one that the platform has just `refused`.

        Whoever comes while one is being renewed gets that one, or the error that it ended in.
        Raises `InputInvalid` SECRET_MISSING where nobody ever gave one, and what `renew` raises.
        """
        with self._lock:
            if not self._token:
                raise InputInvalid(
                    Code.SECRET_MISSING, name="property_token", variable="STATION_PROPERTY_TOKEN"
                )
            if self._token != refused and not self._is_due():
                return self._token
            under_way, mine = self._join()
        return self._awaited(under_way, mine)

    def is_new(self, token: str) -> bool:
        """Whether this token was made within the last minute."""
        with self._lock:
            made = self._made_at if token == self._token else None
            return made is not None and abs(self._clock() - made) < timedelta(seconds=NEW_S)

    def keep_alive(self) -> bool:
        """Renew when due or of unknown age; whether that was done. Without a token, nothing."""
        with self._lock:
            unknown = self._made_at is None or self._made_at > self._clock()
            due = bool(self._token) and (unknown or self._is_due())
            under_way, mine = self._join() if due else (None, False)
        if under_way is not None:
            self._awaited(under_way, mine)
        elif self._unsaved:
            self._save()
        return due

    def _is_due(self) -> bool:
        early = timedelta(seconds=min(RENEW_BEFORE_S, self._life_s / 2))
        return self._ends_at is not None and self._clock() >= self._ends_at - early

    def _join(self) -> tuple["Future[str]", bool]:
        """The renewal under way, and whether it is this thread's to make. Under the lock."""
        if self._under_way is not None:
            return self._under_way, False
        self._under_way = Future()
        return self._under_way, True

    def _awaited(self, under_way: "Future[str]", mine: bool) -> str:
        if mine:
            self._exchange(under_way)
        return under_way.result()

    def _exchange(self, under_way: "Future[str]") -> None:
        asked_at, old = self._clock(), self._token
        try:
            token = self._renew(old)
        except BaseException as error:
            with self._lock:
                self._under_way = None
                if isinstance(error, VendorRefused) and self._token == old:
                    # Whatever its age said, it is no good: the lane shall ask, and hear it too.
                    self._made_at = None
                    self._set_ends()
            if isinstance(error, Exception):
                under_way.set_exception(error)
                return
            under_way.set_exception(Unreachable(Code.SERVICE_DROPPED, service=SERVICE))
            raise  # this thread is being interrupted; the others only did not get a token
        else:
            with self._lock:
                if self._token == old:  # else somebody has pasted another meanwhile
                    self._take(token, asked_at)
                self._under_way, now = None, self._token
            under_way.set_result(now)
            if not token.kept:
                self._save()

    def _take(self, token: Token, made_at: datetime) -> None:
        self._token, self._life_s, self._made_at = token.value, token.life_s, made_at
        self._set_ends()

    def _set_ends(self) -> None:
        made = self._made_at
        self._ends_at = None if made is None else made + timedelta(seconds=self._life_s)

    def _save(self) -> None:
        """Have the token remembered. What fails is tried again by the next `keep_alive`."""
        if self._remember is None:
            return
        with self._saving:
            try:
                self._remember(self._token)
            except Exception as error:
                self._unsaved = True
                why = error.code.value if isinstance(error, StationError) else type(error).__name__
                logs.get(f"vendors.{SERVICE}").warning("the token was not kept: %s", why)
            else:
                self._unsaved = False
