"""What each fault does to a reply and to the connection that carries it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from station.simulators.faults import Effect, Fault, Injection

JSON_TYPE = "application/json; charset=utf-8"
_HTML_TYPE = "text/html; charset=utf-8"
_CHUNK = 65536

_PORTAL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>无线网络认证</title></head>
<body><form action="/login" method="post"><h1>请先登录无线网络</h1>
<input name="phone"><button>登录</button></form></body></html>"""
_BROKEN = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def to_json(value: object) -> bytes:
    """JSON as the vendors send it: UTF-8, Chinese unescaped."""
    return json.dumps(value, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply, ready to send; Content-Length is the server's business."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one vendor words its replies: the status field and what a refusal looks like.

    `words` are the fields of a refusal that go with a documented code.
    """

    status_field: str
    refusal: dict[str, object]
    expired: dict[str, object] | None = None
    words: Mapping[int, dict[str, object]] = field(default_factory=dict)

    def refuse(self, code: int | None) -> dict[str, object]:
        """A refusal, with the vendor's usual code where none is given."""
        if code is None:
            return self.refusal
        return self.refusal | {self.status_field: code} | self.words.get(code, {})


class Exchange(Protocol):
    """One call on the wire, as the server offers it to a fault."""

    def run(self) -> Reply:
        """Do the call: the effect, and the reply an honest server gives."""

    def expire_tokens(self) -> None:
        """Forget every access token given out."""

    def send(self, reply: Reply) -> None:
        """Send a whole reply in one piece."""

    def stream(self, reply: Reply, length: int, parts: Iterator[bytes], pause: float) -> None:
        """Send the head with Content-Length `length`, then the parts, `pause` seconds before each.

        Closes the connection when fewer bytes than promised came.
        """

    def hang(self) -> None:
        """Wait until released or until the server stops."""

    def wait(self, seconds: float) -> bool:
        """Wait; True when the server stops meanwhile."""

    def drop(self) -> None:
        """Close the connection without another byte."""


def deliver(injection: Injection | None, exchange: Exchange, dialect: Dialect) -> None:
    """Answer one call with whatever is wrong with it."""
    if injection is None:
        exchange.send(exchange.run())
        return
    if injection.fault is Fault.EXPIRED_TOKEN:
        exchange.expire_tokens()
    refusal = Reply(200, to_json(dialect.refuse(injection.code)))
    reply = exchange.run() if injection.effect_when is Effect.AT_ONCE else refusal
    if injection.fault in _LATE:
        if exchange.wait(injection.seconds):
            exchange.drop()
            return
        if injection.effect_when is Effect.AFTER_DELAY:
            reply = exchange.run()
    reshape = _SHAPES.get(injection.fault)
    if reshape is not None:
        reply = reshape(reply, injection, dialect)
    _TRANSPORTS.get(injection.fault, _send)(reply, injection, exchange)


_LATE = frozenset({Fault.LATE, Fault.LATE_WITHOUT_EFFECT, Fault.LATE_EFFECT})


# shapes


def _html(reply: Reply, status: int, body: str, *headers: tuple[str, str]) -> Reply:
    return replace(
        reply, status=status, body=body.encode(), content_type=_HTML_TYPE, headers=headers
    )


def _http_500(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    return _html(reply, 500, injection.body or _BROKEN.format("500 Internal Server Error"))


def _redirect(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    return _html(reply, 302, _BROKEN.format("302 Found"), ("Location", injection.location))


def _http_429(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    again = ("Retry-After", str(injection.retry_after))
    return _html(reply, 429, _BROKEN.format("429 Too Many Requests"), again)


def _http_503(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    again = ("Retry-After", str(injection.retry_after))
    return _html(reply, 503, _BROKEN.format("503 Service Unavailable"), again)


def _captive_portal(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    return _html(reply, 200, injection.body or _PORTAL)


def _not_json(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    return replace(reply, body=(injection.body or "操作成功").encode())


def _wrong_shape(reply: Reply, injection: Injection, _dialect: Dialect) -> Reply:
    return replace(reply, body=(injection.body or '[1, "操作成功"]').encode())


def _cut_json(reply: Reply, _injection: Injection, _dialect: Dialect) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _object(reply: Reply) -> dict[str, object]:
    """The reply's object; empty for one that is none (a call by a wrong method)."""
    try:
        value = json.loads(reply.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _code_string(reply: Reply, _injection: Injection, dialect: Dialect) -> Reply:
    value = _object(reply)
    if dialect.status_field in value:
        value[dialect.status_field] = str(value[dialect.status_field])
    return replace(reply, body=to_json(value))


def _data_null(reply: Reply, _injection: Injection, _dialect: Dialect) -> Reply:
    return replace(reply, body=to_json(_object(reply) | {"data": None}))


def _gbk(reply: Reply, _injection: Injection, _dialect: Dialect) -> Reply:
    return replace(
        reply, body=reply.body.decode().encode("gbk", "replace"), content_type="application/json"
    )


def _expired(reply: Reply, _injection: Injection, dialect: Dialect) -> Reply:
    return replace(reply, body=to_json(dialect.expired))


_SHAPES: dict[Fault, Callable[[Reply, Injection, Dialect], Reply]] = {
    Fault.HTTP_500: _http_500,
    Fault.REDIRECT_302: _redirect,
    Fault.HTTP_429: _http_429,
    Fault.HTTP_503: _http_503,
    Fault.CAPTIVE_PORTAL: _captive_portal,
    Fault.NOT_JSON: _not_json,
    Fault.WRONG_SHAPE: _wrong_shape,
    Fault.CUT_JSON: _cut_json,
    Fault.CODE_STRING: _code_string,
    Fault.DATA_NULL: _data_null,
    Fault.GBK: _gbk,
    Fault.EXPIRED_TOKEN: _expired,
}


# transports


def _send(reply: Reply, _injection: Injection, exchange: Exchange) -> None:
    exchange.send(reply)


def _hang(_reply: Reply, _injection: Injection, exchange: Exchange) -> None:
    exchange.hang()
    exchange.drop()


def _drop(_reply: Reply, _injection: Injection, exchange: Exchange) -> None:
    exchange.drop()


def _half(reply: Reply, _injection: Injection, exchange: Exchange) -> None:
    half = reply.body[: len(reply.body) // 2]
    exchange.stream(reply, len(reply.body), iter((half,)), 0)


def _huge(reply: Reply, injection: Injection, exchange: Exchange) -> None:
    def parts() -> Iterator[bytes]:
        blank = b" " * _CHUNK
        for start in range(0, injection.size, _CHUNK):
            yield blank[: min(_CHUNK, injection.size - start)]
        yield reply.body

    exchange.stream(reply, injection.size + len(reply.body), parts(), 0)


def _slow(reply: Reply, injection: Injection, exchange: Exchange) -> None:
    parts = (reply.body[at : at + 1] for at in range(len(reply.body)))
    exchange.stream(reply, len(reply.body), parts, injection.seconds)


_TRANSPORTS: dict[Fault, Callable[[Reply, Injection, Exchange], None]] = {
    Fault.HANG: _hang,
    Fault.HANG_AFTER_EFFECT: _hang,
    Fault.DROP_BEFORE: _drop,
    Fault.DROP_AFTER: _drop,
    Fault.HALF_BODY: _half,
    Fault.HUGE_BODY: _huge,
    Fault.SLOW: _slow,
}
