"""A scripted property platform, a client of it, and what of a request it saw."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from station.vendors.property import PropertyPlatform
from tests.vendors.property_calls import CALLS
from tests.vendors.property_examples import LOGGED_IN, LOST, TOKEN
from tests.vendors.servers import Line, Seen, says


def name_of(seen: Seen) -> str:
    """`POST houses` of a request as it arrived."""
    return f"{seen.method} {seen.path.removeprefix('/api/v1/')}"


_EXAMPLES = {call.name: call.example for call in CALLS}
_TOKENLESS = {call.name for call in CALLS if not call.with_token}
_RENEW = "PUT authorizations/current"


@dataclass
class Platform:
    """Answers each call with the document's example, or with what `replies` holds for it.

    Accepts every token while `good` is None; renewed ones are R1, R2, … and are added to `good`.
    """

    replies: dict[str, Any] = field(default_factory=dict)
    good: set[str] | None = None
    refusal: dict[str, Any] = field(default_factory=lambda: dict(LOST))
    renewable: bool = True
    hold_refusals: Callable[[], object] = lambda: None
    refusals: int = 0
    renewals: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, line: Line, seen: Seen) -> None:
        name = name_of(seen)
        reply = self.replies.get(name, _EXAMPLES[name])
        if name == _RENEW:
            reply = self.replies.get(name) or self._renewal()
        elif name not in _TOKENLESS and self._refuses(seen):
            self.hold_refusals()
            reply = self.refusal
        (reply if callable(reply) else says(reply))(line, seen)

    def _refuses(self, seen: Seen) -> bool:
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        with self.guard:
            refused = self.good is not None and bool(token) and token not in self.good
            self.refusals += refused
        return refused

    def _renewal(self) -> dict[str, Any]:
        with self.guard:
            if not self.renewable:
                return {"code": "1", "msg": "服务器开小差，请重试", "message": "刷新token值失败"}
            self.renewals += 1
            token = f"R{self.renewals}-renewed"
            if self.good is not None:
                self.good = {token}
        return {**LOGGED_IN, "access_token": token}


def client(url: str, token: str = TOKEN, **more: Any) -> PropertyPlatform:
    """A client of a server on loopback, impatient and quick to repeat."""
    settings: dict[str, Any] = {"backoff_s": 0.01, **more}
    return PropertyPlatform(f"{url}/api/v1", token, **settings)


def sent_fields(seen: Seen) -> dict[str, Any]:
    """The fields of a request; of a multipart one those without the file."""
    kind = seen.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return json.loads(seen.body) if seen.body else {}
    return {name: value.decode() for name, (value, file) in parts(seen).items() if not file}


def parts(seen: Seen) -> dict[str, tuple[bytes, str]]:
    """The parts of a multipart body: name, content, and the file's name where it is one."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + seen.body)
    found = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if name is not None:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[str(name)] = (content, part.get_filename() or "")
    return found
