"""Servers that misbehave on real sockets, and the replies they misbehave with."""

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

MIB = 1024 * 1024


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def call(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def fields(self) -> dict[str, Any]:
        if self.headers.get("content-type", "").startswith("application/json"):
            found = json.loads(self.body)
            assert isinstance(found, dict)
            return found
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Line:
    """One connection, as a behaviour sees it. `closing` is set when the server stops."""

    def __init__(self, sock: socket.socket, closing: threading.Event) -> None:
        self.sock = sock
        self.closing = closing

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise HangupError


Behaviour = Callable[[Line, Seen], None]


def http(
    body: bytes, *, status: str = "200 OK", headers: str = "", length: int | None = None
) -> bytes:
    """A reply's bytes; `length` lies about the body's size."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n"
    return head.encode() + body


def says(body: bytes | str | object, **kind: Any) -> Behaviour:
    """Answer each request with this body (an object as JSON)."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return lambda line, _: line.send(http(content, **kind))


class RawServer:
    """Real HTTP on loopback: reads whole requests, records them, and leaves the answer to `behave`.

    `connections` counts what was accepted, also when no request came.
    """

    def __init__(self, behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave
        self.seen: list[Seen] = []
        self.connections = 0
        self._tls = tls
        self._closing = threading.Event()
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def count(self, call: str) -> int:
        """How often a call arrived."""
        with self._guard:
            return sum(seen.call == call for seen in self.seen)

    @property
    def open(self) -> int:
        """How many connections are open."""
        with self._guard:
            return len(self._open)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                self.connections += 1
                self._open.add(sock)
            self._start(self._serve, sock)

    def _serve(self, plain: socket.socket) -> None:
        sock = plain
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(plain, server_side=True)
                with self._guard:
                    self._open.add(sock)
            with sock.makefile("rb") as reader:
                while (seen := _request(reader)) is not None:
                    with self._guard:
                        self.seen.append(seen)
                    self.behave(Line(sock, self._closing), seen)
        except (OSError, ssl.SSLError, ValueError):
            pass
        finally:
            with self._guard:
                self._open -= {sock, plain}
            sock.close()
            plain.close()


class HangupError(OSError):
    """Raised by a behaviour to close the connection."""


def hang_up(line: Line, seen: Seen) -> None:
    raise HangupError


def _request(reader: Any) -> Seen | None:
    first = reader.readline()
    if not first:
        return None
    method, target, _ = first.decode().split()
    headers = {}
    while line := reader.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Seen(method, path, dict(parse_qsl(query)), headers, body)


@contextlib.contextmanager
def full_backlog() -> Iterator[str]:
    """A listening port whose queue is full: connecting to it gets no answer at all."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    try:
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            fillers.append(filler)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for filler in fillers:
            filler.close()
        listener.close()


def closed_port() -> int:
    """A port of this computer on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
