"""How a vendor declares its calls: endpoints, what surrounds each reply, how long to wait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from station.errors import Code

Reply = TypeVar("Reply")
Fields = Mapping[str, str | int]
Signer = Callable[[Fields], Fields]
"""Adds what a vendor wants signed to the fields of a call."""

MIB: Final = 1024 * 1024
WITH_BODY: Final = frozenset({"POST", "PUT", "DELETE"})
NOT_ACTED_UPON: Final = frozenset({401, 403, 404, 405, 411, 413, 414, 415, 429, 431})


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Reply]):
    """One call of a vendor. `parse` checks the envelope's data and raises `ShapeError`.

    Only `idempotent` calls are sent again, at most `attempts` times (None: as the vendor's
    `Patience` says); what goes once goes on a connection of its own, so that no stale one fails it
    or makes it unknown. `secret` names fields that are hidden in log and errors beside those that
    always are; of a `private` reply only the vendor's code and sentence are logged.
    """

    call: str
    path: str
    parse: Callable[[Any], Reply]
    method: str = "POST"
    idempotent: bool = False
    attempts: int | None = None
    max_bytes: int = MIB
    refusal: Code | None = None
    """The desk's code for a no of this call, where it means something of its own."""
    unknown: Code = Code.OUTCOME_UNKNOWN
    """The desk's code for a call that was sent and got no clear answer."""
    secret: frozenset[str] = frozenset()
    private: bool = False

    @property
    def once(self) -> bool:
        """Whether it is never sent a second time."""
        return not self.idempotent or self.attempts == 1


@dataclass(frozen=True, slots=True)
class Envelope:
    """What surrounds every reply: the vendor's code and sentence, and the desk's code for a no."""

    code: int
    msg: str
    data: Any
    refused: Code | None


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection, for each piece of a reply, and for a call as a whole.

    `retried` are the codes after which an idempotent call is sent again, at most `attempts` times,
    `backoff_s` seconds apart, doubling. A time-out is not among them: it has waited enough.
    """

    connect_s: float = 5
    read_s: float = 15
    overall_s: float = 35
    attempts: int = 1
    backoff_s: float = 0.3
    retried: frozenset[Code] = frozenset()
