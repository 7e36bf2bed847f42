"""What a check of the doctor works with, and what it finds: ok, warning or failed; what next."""

from dataclasses import dataclass
from enum import StrEnum

from station.catalogue import Catalogue
from station.compose.clock import SystemClock
from station.errors import StationError
from station.home import Home
from station.secrets import Secrets
from station.settings import Settings


class Health(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    name: str
    state: Health
    detail: str
    next: str = ""

    def document(self) -> dict[str, str | None]:
        return {
            "name": self.name,
            "state": self.state.value,
            "detail": self.detail,
            "next": self.next or None,
        }


@dataclass(frozen=True, slots=True)
class Patient:
    """The desk that is looked at."""

    home: Home
    settings: Settings
    secrets: Secrets
    words: Catalogue

    @property
    def clock(self) -> SystemClock:
        return SystemClock(self.settings.desk.time_zone)

    def finding(self, name: str, state: Health, key: str, **facts: object) -> Finding:
        """A finding in the catalogue's words: `check.KEY`, and `check.KEY_next` for a trouble."""
        following = "" if state is Health.OK else self.words.text(f"check.{key}_next", **facts)
        return Finding(name, state, self.words.text(f"check.{key}", **facts), following)

    def failure(self, name: str, error: StationError) -> Finding:
        cause, following = self.words.cause(error), self.words.next_step(error)
        return Finding(name, Health.FAILED, cause, following)

    def not_set_up(self, name: str) -> Finding:
        return self.finding(name, Health.OK, "not_set_up")
