"""The fault table of services that speak HTTP: what they do, and what the desk makes of it."""

import gzip
import time
from dataclasses import dataclass

from station.errors import Code
from tests.vendors.servers import MIB, Behaviour, Line, Seen, hang_up, http, says


def hang(line: Line, seen: Seen) -> None:
    line.closing.wait(30)


def late(line: Line, seen: Seen) -> None:
    line.closing.wait(1)
    line.send(http(b'{"code": 1, "msg": "", "data": {"card_id": "03F56240"}}'))


def reset(line: Line, seen: Seen) -> None:
    line.reset()


def drop_in_headers(line: Line, seen: Seen) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    hang_up(line, seen)


def _then_close(data: bytes) -> Behaviour:
    def behave(line: Line, seen: Seen) -> None:
        line.send(data)
        hang_up(line, seen)

    return behave


def _trickle(data: bytes) -> Behaviour:
    def behave(line: Line, seen: Seen) -> None:
        for byte in data:
            if line.closing.wait(0.05):
                return
            line.send(bytes([byte]))

    return behave


def endless(line: Line, seen: Seen) -> None:
    """100 MB of white space, no size announced."""
    line.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(100):
        line.send(b" " * MIB)
    hang_up(line, seen)


def endless_continue(line: Line, seen: Seen) -> None:
    while not line.closing.is_set():
        line.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.001)


@dataclass(frozen=True)
class Row:
    """A misbehaviour, the code for it, and whether a write can rely on nothing having been done."""

    name: str
    behave: Behaviour
    code: Code
    nothing_done: bool = False


OK = b'{"code": 1, "errcode": 0, "data": {"card_id": "03F56240"}}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PAGE = b"<!DOCTYPE html><html><body>Log in to the network</body></html>"


def _status(status: str, code: Code = Code.SERVICE_HTTP_STATUS, *, safe: bool = False) -> Row:
    return Row(f"http {status}", says(OK, status=status), code, safe)


ROWS = [
    Row("never answers", hang, Code.SERVICE_TIMEOUT),
    Row("answers after the time-out", late, Code.SERVICE_TIMEOUT),
    Row("headers trickle", _trickle(http(OK, headers="X: y\r\n" * 90)), Code.SERVICE_TIMEOUT),
    Row("body trickles", _trickle(http(b" " * 900 + OK)), Code.SERVICE_TIMEOUT),
    Row("100 Continue for ever", endless_continue, Code.SERVICE_TIMEOUT),
    Row("drops", hang_up, Code.SERVICE_DROPPED),
    Row("resets", reset, Code.SERVICE_DROPPED),
    Row("half a body", _then_close(http(OK[:20], length=len(OK))), Code.SERVICE_DROPPED),
    Row("half a chunk", _then_close(CHUNKED + b"40\r\n" + OK[:20]), Code.SERVICE_DROPPED),
    Row("broken chunk size", _then_close(CHUNKED + b"zz\r\n" + OK), Code.SERVICE_DROPPED),
    Row("drops in the headers", drop_in_headers, Code.REPLY_NOT_JSON),
    Row("no HTTP", _then_close(b"220 mail.example ESMTP\r\n"), Code.REPLY_NOT_JSON),
    Row("200 headers", says(OK, headers="X: y\r\n" * 200), Code.REPLY_NOT_JSON),
    Row("endless header", says(OK, headers=f"X: {'y' * 70_000}\r\n"), Code.REPLY_NOT_JSON),
    Row("cut JSON", says(OK[:-9]), Code.REPLY_NOT_JSON),
    Row("a sentence", says("操作成功".encode()), Code.REPLY_NOT_JSON),
    Row("empty", says(b""), Code.REPLY_NOT_JSON),
    Row("http 204", says(b"", status="204 No Content"), Code.REPLY_NOT_JSON),
    Row("no encoding", says(b'{"code": 1, "msg": "\xff\xff\x80"}'), Code.REPLY_NOT_JSON),
    Row("too deep", says(b"[" * 100_000), Code.REPLY_NOT_JSON),
    Row("gzip that is none", says(OK, headers="Content-Encoding: gzip\r\n"), Code.REPLY_NOT_JSON),
    Row("a list", says([]), Code.REPLY_SHAPE),
    Row("null", says(None), Code.REPLY_SHAPE),
    Row("no code", says({"msg": "ok"}), Code.REPLY_SHAPE),
    Row("code null", says({"code": None, "errcode": None}), Code.REPLY_SHAPE),
    Row("code true", says({"code": True, "errcode": True}), Code.REPLY_SHAPE),
    Row("code words", says({"code": "ok", "errcode": "ok"}), Code.REPLY_SHAPE),
    Row("code fraction", says({"code": 1.5, "errcode": 0.5}), Code.REPLY_SHAPE),
    Row("data is text", says({"code": 1, "errcode": 0, "data": "x"}), Code.REPLY_SHAPE),
    Row("data is a list", says({"code": 1, "errcode": 0, "data": [7]}), Code.REPLY_SHAPE),
    Row("100 MB announced", says(b" ", length=100 * MIB), Code.REPLY_TOO_LARGE),
    Row("100 MB", endless, Code.REPLY_TOO_LARGE),
    Row(
        "100 MB in gzip",
        says(gzip.compress(b" " * 100 * MIB, 9), headers="Content-Encoding: gzip\r\n"),
        Code.REPLY_TOO_LARGE,
    ),
    _status("500 Internal Server Error"),
    _status("502 Bad Gateway"),
    _status("302 Found"),
    _status("307 Temporary Redirect"),
    _status("400 Bad Request"),
    _status("408 Request Timeout"),
    _status("409 Conflict"),
    _status("503 Service Unavailable", Code.SERVICE_BUSY),
    _status("401 Unauthorized", safe=True),
    _status("403 Forbidden", safe=True),
    _status("404 Not Found", safe=True),
    _status("405 Method Not Allowed", safe=True),
    _status("413 Content Too Large", safe=True),
    _status("415 Unsupported Media Type", safe=True),
    _status("429 Too Many Requests", Code.SERVICE_BUSY, safe=True),
]
