"""What came of an action, in keys and facts; the page turns it into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from station.errors import StationError


class Tone(StrEnum):
    """Good, doubtful or bad; the names are the roles of the style sheet."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Said:
    """`title` and `text` are keys, looked up with `facts`; an error says itself below the title."""

    tone: Tone
    title: str
    text: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    error: StationError | None = None
