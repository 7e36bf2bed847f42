"""Connections that know two things: whether the request began to leave, and when it must be over.

`requests` gives a time-out for each read from the socket, so a reply that trickles never ends; and
its exceptions do not say whether a write may have arrived. Both are settled here, at the socket.
"""

import io
import ssl
import threading
from http.client import HTTPResponse
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager

from station.errors import Code, InputInvalid

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Watch:
    """One request on its way. `sent` is true from just before its first byte is handed over."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.sent = False

    def remaining(self) -> float:
        """Seconds to the deadline. Raises TimeoutError when it has passed."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the reply took too long as a whole")
        return left


class _Current(threading.local):
    watch: Watch | None = None


_current: Final = _Current()


class watching:  # noqa: N801 - used as a statement: `with watching(watch):`
    """Let the connections that this thread uses report to `watch`."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __enter__(self) -> Watch:
        _current.watch = self._watch
        return self._watch

    def __exit__(self, *_: object) -> None:
        _current.watch = None


class _DeadlineReader(io.RawIOBase):
    """A socket's reading end on which each read waits no longer than the deadline allows."""

    def __init__(self, raw: io.RawIOBase, sock: Any, watch: Watch) -> None:
        self._raw = raw
        self._sock = sock
        self._patience = sock.gettimeout()
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        left = self._watch.remaining()
        self._sock.settimeout(left if self._patience is None else min(left, self._patience))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """A response whose status line, headers and body all obey the deadline."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        watch = _current.watch
        if watch is not None and isinstance(self.fp, io.BufferedReader):
            self.fp = io.BufferedReader(_DeadlineReader(self.fp.detach(), sock, watch))


class _Watched:
    """What both kinds of connection add. Mixed in before urllib3's own class."""

    response_class: Any = _Response
    sock: Any
    auto_open: Any
    _opening = False

    def connect(self) -> None:
        self._opening = True
        try:
            super().connect()  # type: ignore[misc]
        finally:
            self._opening = False

    def send(self, data: Any) -> None:
        # Opening first (a proxy's CONNECT goes through here too) keeps a refused connection, a
        # failed TLS handshake and a proxy's no apart from a request that may have arrived.
        if self.sock is None and self.auto_open:
            self.connect()
        watch = _current.watch
        if watch is not None and not self._opening:
            self.sock.settimeout(watch.remaining())
            watch.sent = True
        super().send(data)  # type: ignore[misc]


class _PlainConnection(_Watched, HTTPConnection):
    pass


class _TlsConnection(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS: Final = {"http": _PlainPool, "https": _TlsPool}


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """The system's certificate store, and a site's own root beside it. Always verifies.

    Raises `InputInvalid` FILE_UNREADABLE when the site's file is missing or holds no certificate.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ValueError):
            raise InputInvalid(Code.FILE_UNREADABLE, field="ca_file", path=str(ca_file)) from None
    return context


class Adapter(HTTPAdapter):
    """`requests`' transport over the connections above, with one TLS context of ours.

    Whatever `verify` a caller or the environment gives, certificates are verified.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=2)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **_: Any
    ) -> None:
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._context
        )
        self.poolmanager.pool_classes_by_scheme = dict(_POOLS)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(
            proxy, ssl_context=self._context, **proxy_kwargs
        )
        manager.pool_classes_by_scheme = dict(_POOLS)
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002
        conn.cert_reqs = "CERT_REQUIRED"  # and no bundle: the context's own roots alone count

    def build_connection_pool_key_attributes(
        self,
        request: Any,
        verify: Any,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
    ) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"cert_reqs": "CERT_REQUIRED"}
