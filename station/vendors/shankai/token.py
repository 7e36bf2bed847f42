"""One access token for all threads: renewed before its end, by one thread; the others wait."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from time import monotonic
from typing import Final

from station.errors import Code, Unreachable
from station.vendors.shankai.calls import Token
from station.vendors.shankai.wire import SERVICE

RENEW_BEFORE_S: Final = 300
"""Renewed this long before its end; half its life, if it lives shorter than twice this."""


class TokenKeeper:
    """Keeps the token. `fetch` asks the cloud for one; `clock` counts seconds and never jumps."""

    def __init__(self, fetch: Callable[[], Token], clock: Callable[[], float] = monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._token = ""
        self._good_until = 0.0
        self._under_way: Future[str] | None = None

    def get(self, *, refused: str = "") -> str:
        """A token to use; never the one the cloud has just `refused`.

        Whoever comes while one is being fetched gets that one, or the error that it ended in.
        """
        with self._lock:
            fresh = self._clock() < self._good_until and self._token != refused
            if fresh:
                return self._token
            mine = self._under_way is None
            if self._under_way is None:
                self._under_way = Future()
            under_way = self._under_way
        if mine:
            self._renew(under_way)
        return under_way.result()

    def _renew(self, under_way: "Future[str]") -> None:
        asked_at = self._clock()
        try:
            token = self._fetch()
        except BaseException as error:
            with self._lock:
                self._under_way = None
            if isinstance(error, Exception):
                under_way.set_exception(error)
                return
            under_way.set_exception(Unreachable(Code.SERVICE_DROPPED, service=SERVICE))
            raise  # this thread is being interrupted; the others only did not get a token
        else:
            with self._lock:
                self._token = token.value
                early = min(RENEW_BEFORE_S, token.life_s / 2)
                self._good_until = asked_at + token.life_s - early
                self._under_way = None
            under_way.set_result(token.value)
