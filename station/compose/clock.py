"""The computer's clock, in the site's time zone."""

from datetime import UTC, datetime, tzinfo


class SystemClock:
    """The computer's clock. `zone` is an IANA name; empty means the computer's own zone."""

    def __init__(self, zone: str = "") -> None:
        self._zone: tzinfo | None = None
        if zone:
            from zoneinfo import ZoneInfo

            self._zone = ZoneInfo(zone)

    def local(self) -> datetime:
        return self.to_local(self.utc())

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def to_local(self, moment: datetime) -> datetime:
        """An aware moment as site-local time, naive."""
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def to_utc(self, local: datetime) -> datetime:
        """A site-local time as UTC, aware. Of an hour that comes twice, the first one."""
        return local.replace(tzinfo=self._zone).astimezone(UTC)
