"""A simulator on loopback: real sockets, HTTP/1.1 with keep-alive, one thread a connection."""

import io
import ipaddress
import logging
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC as _UTC
from email.utils import format_datetime
from http import HTTPStatus
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from station.simulators.base import CONTROL, LOG, Simulator
from station.simulators.delivery import Reply, deliver

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from station.simulators.calls import Call

SimT = TypeVar("SimT", bound=Simulator)

_LARGEST_BODY = 32 * 1024 * 1024
_STOP_SECONDS = 10.0


class SimServer(Generic[SimT]):
    """`with SimServer(DoorLockSim()) as server:` serves the simulator at `server.url`.

    `stop` and `start` again keep the port, as a service that goes down and comes back. Raises
    ValueError for a host that is not a loopback address, OSError when the port is taken.
    """

    def __init__(self, sim: SimT, port: int = 0, host: str = "127.0.0.1") -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"simulators listen on loopback only, not on {host}")
        self.sim = sim
        self._host = host
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port; 0 before the first start when none was given."""
        return self._port

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._server is not None

    def start(self) -> None:
        """Listen; does nothing when it listens already."""
        if self._server is not None:
            return
        listener = _listen(self._host, self._port)
        with listener:
            self._port = listener.getsockname()[1]
            self._server = _Server(self._host, self._port, listener.fileno(), self.sim)
        self._thread = threading.Thread(
            target=self._server.accept_calls, name=f"{self.sim.kind}-accept", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, cut every connection, end every thread; hanging calls end too."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shut_down(thread)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


class _Server(ThreadedWSGIServer):
    """Werkzeug's threaded server that knows its connections and threads, so it can end them."""

    timeout = None

    def __init__(self, host: str, port: int, listener: int, sim: Simulator) -> None:
        super().__init__(host, port, sim.app, _Handler, fd=listener)
        self.sim = sim
        self.stopping = threading.Event()
        self._guard = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._workers: set[threading.Thread] = set()

    def accept_calls(self) -> None:
        """Take connections until told to stop."""
        while not self.stopping.is_set():
            self.handle_request()

    def shut_down(self, accepting: threading.Thread) -> None:
        """End everything; returns when no thread of this server is left."""
        self.stopping.set()
        self.sim.faults.release()
        # Waking the accept loop by a connection needs no polling while the server idles.
        host, port = self.server_address[0], self.server_address[1]
        while accepting.is_alive():
            try:
                socket.create_connection((str(host), int(port)), 1).close()
            except OSError:
                LOG.debug("wake-up connection failed", exc_info=True)
            accepting.join(0.1)
        self.server_close()
        with self._guard:
            for connection in self._connections:
                _cut(connection)
            workers = list(self._workers)
        deadline = monotonic() + _STOP_SECONDS
        for worker in workers:
            if worker is not threading.current_thread():
                worker.join(max(0.0, deadline - monotonic()))

    def process_request(self, request: Any, client_address: Any) -> None:
        worker = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name=f"{self.sim.kind}-call",
            daemon=True,
        )
        with self._guard:
            self._connections.add(request)
            # Not forgotten by itself at its end: a thread that says so has not ended yet.
            self._workers = {one for one in self._workers if one.is_alive()}
            worker.start()
            self._workers.add(worker)

    def close_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        LOG.exception("a simulated call failed")

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        LOG.log(logging.getLevelName(type.upper()), message.rstrip(), *args)


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"  # a vendor's own number


class _Handler(WSGIRequestHandler):
    """Answers one connection's calls; the `Exchange` that a fault works on."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Read the whole call, look up its fault, answer (called for every method)."""
        self.environ: WSGIEnvironment = self.make_environ()
        body = self._read_body()
        if body is None:
            self.close_connection = True
            self.send(Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"", "text/plain"))
            return
        self.environ["wsgi.input"] = io.BytesIO(body)
        self.environ["CONTENT_LENGTH"] = str(len(body))
        path = str(self.environ["PATH_INFO"])
        self._call: Call | None = None
        if path == CONTROL or path.startswith(CONTROL + "/"):
            self.send(self.run())
            return
        sim = self.server.sim
        injection = sim.faults.take(path)
        fault = None if injection is None else injection.fault.value
        self._call = sim.calls.record(
            self.command,
            path,
            str(self.environ["QUERY_STRING"]),
            str(self.environ.get("CONTENT_TYPE", "")),
            body,
            fault,
        )
        if sim.before_call is not None:
            sim.before_call(self._call)
        LOG.debug("%s %s fault=%s", self.command, path, fault)
        pause = sim.pause(path)
        if pause and self.wait(pause):
            self.drop()
            return
        deliver(injection, self, sim.dialect)

    def run(self) -> Reply:
        parts, status, headers = run_wsgi_app(self.server.app, self.environ, buffered=True)
        content_type = headers.pop("Content-Type", "")
        headers.pop("Content-Length", None)
        reply = Reply(int(status.split()[0]), b"".join(parts), content_type, tuple(headers))
        if self._call is not None and self.server.sim.after_effect is not None:
            self.server.sim.after_effect(self._call)
        return reply

    def expire_tokens(self) -> None:
        self.server.sim.expire_tokens()

    def send(self, reply: Reply) -> None:
        body = b"" if self.command == "HEAD" else reply.body
        # One piece: a head and a body sent apart cost 40 ms with delayed acknowledgements.
        self.connection.sendall(self._head(reply, len(reply.body)) + body)

    def stream(self, reply: Reply, length: int, parts: Iterator[bytes], pause: float) -> None:
        self.connection.sendall(self._head(reply, length))
        sent = 0
        for part in parts:
            if pause and self.wait(pause):
                break
            self.connection.sendall(part)
            sent += len(part)
        if sent < length:
            self.close_connection = True

    def hang(self) -> None:
        self.server.sim.faults.hang(self.server.stopping)

    def wait(self, seconds: float) -> bool:
        return self.server.stopping.wait(seconds)

    def drop(self) -> None:
        self.close_connection = True
        _cut(self.connection)

    def _head(self, reply: Reply, length: int) -> bytes:
        date = self.server.sim.clock.now().astimezone().astimezone(_UTC)
        lines = [
            f"HTTP/1.1 {reply.status} {_phrase(reply.status)}",
            f"Date: {format_datetime(date, usegmt=True)}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {length}",
            *(f"{name}: {value}" for name, value in reply.headers),
            f"Connection: {'close' if self.close_connection else 'keep-alive'}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _read_body(self) -> bytes | None:
        stream = self.environ["wsgi.input"]
        if self.environ.get("wsgi.input_terminated"):
            body: bytes = stream.read(_LARGEST_BODY + 1)
            return body if len(body) <= _LARGEST_BODY else None
        given = str(self.environ.get("CONTENT_LENGTH") or "0")
        length = int(given) if given.isdecimal() else -1
        if not 0 <= length <= _LARGEST_BODY:
            return None
        return bytes(stream.read(length))

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002
        LOG.debug(message.rstrip(), *args)
