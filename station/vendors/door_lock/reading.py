"""What a lock's answer says of it: battery and time (door lock 3-6: `ce`, `d2`)."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from station.domain.lock import LockReading
from station.vendors import _reply
from station.vendors._reply import ShapeError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SANE: Final = range(
    int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1000),
    int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000),
)


def reading(data: Any) -> LockReading:
    """Battery percent and the lock's time; what is odd or missing is None.

    Never raises: with `code` 1 the thing is done, and no odd number makes it undone.
    """
    if not isinstance(data, dict):
        return LockReading()
    battery, moment = _whole(data.get("ce")), _whole(data.get("d2"))
    return LockReading(
        battery if battery is not None and 0 <= battery <= 100 else None,
        _EPOCH + timedelta(milliseconds=moment) if moment is not None and moment in _SANE else None,
    )


def nothing(data: Any) -> None:
    """`code` 1 says it all."""


def _whole(value: Any) -> int | None:
    try:
        return _reply.integer(value, "")
    except ShapeError:
        return None
