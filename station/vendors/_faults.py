"""What went wrong on the wire: from the libraries' exceptions to the desk's codes.

Two questions matter. Which code tells the operator the cause? And could the request have reached
the vendor? The second is never guessed from the exception: the connection itself says whether the
first byte of the request was handed to the operating system (`_connection.Watch`).
"""

import errno
import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import urllib3.exceptions as lib

from station.errors import Code

CLOCK_FAULTS: Final = frozenset({9, 10, 0x800B0101, 0x800B0102})
"""Certificate not valid yet, or no more: OpenSSL's codes and those of Windows."""

MAX_RETRY_AFTER: Final = 86_400
_NO_ROUTE: Final = frozenset(
    {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN}
)
_TUNNEL: Final = re.compile(r"Tunnel connection failed: (\d{3})")


class WireError(Exception):
    """Inside the HTTP core only: a code, its facts, and whether the vendor may have acted on it."""

    def __init__(self, code: Code, *, done: bool, **facts: object) -> None:
        super().__init__(code.value)
        self.code = code
        self.done = done
        self.facts = facts


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it wraps: requests and urllib3 put causes in several places."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < 32:
        this = waiting.pop(0)
        if id(this) in seen:
            continue
        seen.add(id(this))
        yield this
        inner = [this.__cause__, this.__context__, getattr(this, "reason", None), *this.args]
        waiting += [item for item in inner if isinstance(item, BaseException)]


def classify(error: Exception, *, sent: bool) -> WireError:
    """The fault that an exception of requests, urllib3 or the socket stands for."""
    links = list(chain(error))
    facts: dict[str, object] = {"detail": type(links[-1]).__name__}
    if any(isinstance(link, lib.ProxyError) for link in links):
        facts["proxy"] = True
    for link in links:
        if found := _TUNNEL.search(str(link)):
            return WireError(Code.SERVICE_HTTP_STATUS, done=False, status=int(found[1]), **facts)
    code = _code(links, sent)
    return WireError(code, done=sent, **facts)


def _code(links: list[BaseException], sent: bool) -> Code:
    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in links)

    for link in links:
        if isinstance(link, ssl.SSLCertVerificationError):
            late = getattr(link, "verify_code", 0) & 0xFFFFFFFF in CLOCK_FAULTS
            return Code.CLOUD_CLOCK_SKEW if late else Code.SERVICE_TLS
    if has(ssl.SSLError, lib.SSLError) and not sent:
        return Code.SERVICE_TLS
    if has(socket.gaierror, lib.NameResolutionError, lib.LocationParseError, UnicodeError):
        return Code.SERVICE_DNS
    if has(ConnectionRefusedError) or any(
        isinstance(link, OSError) and link.errno in _NO_ROUTE for link in links
    ):
        return Code.SERVICE_NOT_RUNNING
    if has(TimeoutError, lib.ReadTimeoutError):
        return Code.SERVICE_TIMEOUT
    return _broken(has(lib.NewConnectionError), links)


def _broken(never_connected: bool, links: list[BaseException]) -> Code:
    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(link, kinds) for link in links)

    if has(ConnectionError, http.client.RemoteDisconnected, http.client.IncompleteRead):
        return Code.SERVICE_DROPPED
    if has(lib.DecodeError, http.client.HTTPException):
        return Code.REPLY_NOT_JSON  # what answered does not even speak HTTP
    if never_connected:
        return Code.SERVICE_NOT_RUNNING
    if has(lib.ConnectTimeoutError):
        return Code.SERVICE_TIMEOUT
    if has(OSError, lib.ProtocolError):
        return Code.SERVICE_DROPPED
    return Code.INTERNAL


def retry_after(header: str | None) -> int | None:
    """Seconds that a `Retry-After` header asks for (a number or a date), a day at most."""
    wanted = (header or "").strip()
    if wanted.isascii() and wanted.isdigit():
        return min(int(wanted[:9]), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(wanted)
        seconds = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return int(min(max(seconds, 0), MAX_RETRY_AFTER))
