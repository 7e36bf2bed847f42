"""The record of the calls a simulator received, secrets removed, for tests and integrators."""

import json
import threading
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl

_REDACTED = "***"
_LONGEST = 256
_KEPT = 10_000


class BodyKind(StrEnum):
    """How a call's body was sent."""

    NONE = "none"
    FORM = "form"
    JSON = "json"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Call:
    """One call received: counted from 1, `at` site-local real time, `fault` the one it met."""

    number: int
    method: str
    path: str
    fields: dict[str, object]
    body: BodyKind
    at: datetime
    fault: str | None

    @property
    def name(self) -> str:
        """The path's last part: `MarkRoomCard`."""
        return self.path.rsplit("/", 1)[-1]

    def as_json(self) -> dict[str, object]:
        """JSON-ready data."""
        return {
            "number": self.number,
            "method": self.method,
            "path": self.path,
            "fields": self.fields,
            "body": self.body.value,
            "at": self.at.isoformat(sep=" "),
            "fault": self.fault,
        }


class CallLog:
    """The newest 10,000 calls, in the order received; thread-safe."""

    def __init__(self, secrets: Collection[str]) -> None:
        """`secrets` are the names of fields, in lower case, whose values are not kept."""
        self._secrets = frozenset(secrets)
        self._condition = threading.Condition()
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._count = 0

    def record(
        self, method: str, path: str, query: str, content_type: str, body: bytes, fault: str | None
    ) -> Call:
        """Note a call as it comes in, before it is answered."""
        kind, fields = read_body(content_type, body)
        fields = read_query(query) | fields
        shown = {name: self._shown(name, value) for name, value in fields.items()}
        with self._condition:
            self._count += 1
            call = Call(self._count, method, path, shown, kind, datetime.now(), fault)
            self._calls.append(call)
            self._condition.notify_all()
        return call

    def all(self, name: str | None = None) -> list[Call]:
        """The calls kept, or those of one name (`MarkRoomCard`)."""
        with self._condition:
            return [call for call in self._calls if name is None or call.name == name]

    @property
    def count(self) -> int:
        """How many calls came in altogether."""
        with self._condition:
            return self._count

    def wait(self, count: int, timeout: float) -> bool:
        """Wait up to `timeout` seconds until `count` calls have come in altogether."""
        with self._condition:
            return self._condition.wait_for(lambda: self._count >= count, timeout)

    def clear(self) -> None:
        """Forget the calls; numbers go on."""
        with self._condition:
            self._calls.clear()

    def _shown(self, name: str, value: object) -> object:
        if name.lower() in self._secrets:
            return _REDACTED
        if isinstance(value, str) and len(value) > _LONGEST:
            return f"{value[:_LONGEST]}… ({len(value)})"
        return value


def read_query(query: str) -> dict[str, object]:
    """A query string's fields, the last of each name."""
    return dict(parse_qsl(query, keep_blank_values=True))


def read_body(content_type: str, body: bytes) -> tuple[BodyKind, dict[str, object]]:
    """The fields of a form or JSON body, told apart by the Content-Type; never raises."""
    if not body:
        return BodyKind.NONE, {}
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode()
        if kind == "application/x-www-form-urlencoded":
            return BodyKind.FORM, dict(parse_qsl(text, keep_blank_values=True))
        if kind == "application/json":
            value = json.loads(text)
            if isinstance(value, dict):
                return BodyKind.JSON, value
    except (ValueError, RecursionError):
        pass
    return BodyKind.UNREADABLE, {}
