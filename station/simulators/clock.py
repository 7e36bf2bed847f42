"""The simulators' clock: the real one until somebody sets or moves it (site-local, no zone)."""

import threading
from datetime import datetime, timedelta

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


class SimClock:
    """A settable clock; every time it gives or takes is a naive site-local `datetime`.

    Untouched it is the real clock. `set` stops it at a time, `advance` moves it (stopped or
    running), `follow` goes back to the real clock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped_at: datetime | None = None
        self._offset = timedelta()

    def now(self) -> datetime:
        """The simulated time, site-local, with microseconds while the clock runs."""
        with self._lock:
            if self._stopped_at is not None:
                return self._stopped_at
            return datetime.now() + self._offset

    def set(self, now: datetime) -> None:
        """Stop the clock at `now`. Raises ValueError for a time with a zone."""
        if now.tzinfo is not None:
            raise ValueError("site-local time without a zone expected")
        with self._lock:
            self._stopped_at = now

    def advance(self, seconds: float) -> datetime:
        """Move by `seconds` (backwards when negative); returns the new time."""
        with self._lock:
            if self._stopped_at is not None:
                self._stopped_at += timedelta(seconds=seconds)
            else:
                self._offset += timedelta(seconds=seconds)
        return self.now()

    def follow(self) -> None:
        """Run with the real clock again, without offset."""
        with self._lock:
            self._stopped_at = None
            self._offset = timedelta()

    def dump(self) -> dict[str, object]:
        """What a state file keeps of the clock."""
        with self._lock:
            stopped = None if self._stopped_at is None else self._stopped_at.isoformat()
            return {"stopped_at": stopped, "offset_s": self._offset.total_seconds()}

    def load(self, state: dict[str, object]) -> None:
        """Take over what `dump` gave. Raises KeyError, TypeError or ValueError for other data."""
        stopped, offset = state["stopped_at"], state["offset_s"]
        if not isinstance(offset, (int, float)):
            raise TypeError("offset_s is not a number")
        with self._lock:
            self._stopped_at = None if stopped is None else datetime.fromisoformat(str(stopped))
            self._offset = timedelta(seconds=offset)
