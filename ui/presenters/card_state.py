"""What the card panel shows: frozen values, no widget and no journal behind them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from station.domain.card import CardContent, CardState
from station.domain.operation import OperationRow
from station.domain.person import Person
from station.domain.room import Room, RoomState
from station.domain.stay import Stay
from station.errors import StationError
from station.ports import CardRow
from station.workflows.check_out import Line
from station.workflows.read import Standing
from station.workflows.result import CardResult
from station.workflows.ways_in import WayIn
from ui.chosen_house import Debt


class Action(StrEnum):
    """What the panel offers; the values are keys of its words."""

    READ = "read"
    RECYCLE = "recycle"
    ISSUE = "issue"
    COPY = "copy"
    CHECK_OUT = "check_out"
    EXTEND = "extend"
    MOVE = "move"
    REPLACE = "replace"
    GROUP = "group"


FUNCTION_KEYS: Final = {
    3: Action.READ,
    4: Action.RECYCLE,
    5: Action.ISSUE,
    6: Action.COPY,
    7: Action.CHECK_OUT,
    8: Action.EXTEND,
    10: Action.REPLACE,
    11: Action.GROUP,
}
ROWS: Final = frozenset(
    {Action.ISSUE, Action.COPY, Action.EXTEND, Action.REPLACE, Action.CHECK_OUT}
)
"""Actions that may go on with a next card."""


class Lying(StrEnum):
    """What lies on the encoder, as far as anybody can tell."""

    UNSEEN = "unseen"
    NOTHING = "nothing"
    """The reader says that no card is there, and the encoder reads none."""
    BLANK = "blank"
    """The reader sees a card that the encoder reads nothing on."""
    BLANK_OR_NOTHING = "blank_or_nothing"
    CARD = "card"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Seen:
    """The card that lies there now. `guest` is masked."""

    lying: Lying = Lying.UNSEEN
    content: CardContent | None = None
    standing: Standing | None = None
    room: Room | None = None
    guest: str = ""
    uid: str = ""
    error: StationError | None = None
    wrong: bool = False
    """The desk knows that it read back wrong and must be made again."""
    in_doubt: bool = False
    """It may be the card of a write on its room whose outcome is unknown."""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """The chosen room. `by_stay` leaves unresolved operations out; `guest` is masked."""

    room: Room
    by_stay: RoomState
    stay: Stay | None = None
    cards_out: int = 0
    unresolved: int = 0
    cards: tuple[CardRow, ...] = ()
    guest: str = ""
    others: tuple[str, ...] = ()
    """What opens the door beside cards: a `CredentialKind` for each."""
    complete: bool = False
    """Whether the journal was asked for cards and guest too."""

    @property
    def state(self) -> RoomState:
        """The state that the rack shows."""
        return RoomState.UNRESOLVED if self.unresolved else self.by_stay

    @property
    def to_collect(self) -> tuple[CardRow, ...]:
        """Cards that a check-out waits for."""
        wanted = {CardState.OUT, CardState.POSSIBLE, CardState.WRONG}
        return tuple(card for card in self.cards if card.state in wanted)

    @property
    def lost(self) -> tuple[CardRow, ...]:
        return tuple(card for card in self.cards if card.state is CardState.LOST)


@dataclass(frozen=True, slots=True)
class Offer:
    """The one action that fits, preselected, and all that are possible."""

    primary: Action | None = None
    possible: frozenset[Action] = frozenset()


class Unit(StrEnum):
    """How the end of a stay is said."""

    NIGHTS = "nights"
    HOURS = "hours"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class StayInput:
    """What stands in the form just now, as typed."""

    unit: Unit = Unit.NIGHTS
    amount: str = "1"
    name: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    cards: str = "1"
    gate: bool = False
    target: str = ""
    clear: bool = True
    """Check-out: the cards are here to be cleared."""


@dataclass(frozen=True, slots=True)
class Form:
    """An open form: what it starts with, and what its present content means."""

    action: Action
    start: StayInput = StayInput()
    end: datetime | None = None
    problem: StationError | None = None
    target: Room | None = None
    gate_offered: bool = False
    debt: Debt | None = None
    """What the house owes that was chosen last; said where the card is for the gates too."""
    clear_offered: bool = False


class Mark(StrEnum):
    """How far one step of a write is."""

    AHEAD = "ahead"
    NOW = "now"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """Card `number` of `total`: the marks of its four steps, and why it waits."""

    action: Action
    room: Room | None
    end: datetime | None = None
    number: int = 1
    total: int = 1
    marks: tuple[Mark, Mark, Mark, Mark] = (Mark.AHEAD, Mark.AHEAD, Mark.AHEAD, Mark.AHEAD)
    stopping: bool = False
    lifted: bool = False
    """The card before was taken away; whether a blank one took its place nobody can tell."""
    same_again: bool = False
    by_itself: bool = False
    """The reader will tell when the next card lies there."""
    hint: StationError | None = None


class AskKind(StrEnum):
    CONFIRM = "confirm"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Ask:
    """A rule wants consent: a yes, or a supervisor's reason."""

    kind: AskKind
    error: StationError
    problem: StationError | None = None


class Tone(StrEnum):
    GOOD = "good"
    PART = "part"
    BAD = "bad"
    DOUBT = "doubt"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. `made` are the cards that were written (or cleared) well."""

    tone: Tone
    action: Action
    room: Room | None = None
    end: datetime | None = None
    made: tuple[CardResult, ...] = ()
    total: int = 1
    last: CardResult | None = None
    error: StationError | None = None
    gate_pending: bool = False
    gate: CardResult | None = None
    seen: Seen | None = None
    """F3: what was read."""
    settled: tuple[OperationRow, ...] = ()
    left: tuple[CardRow, ...] = ()
    """Check-out: cards that did not come back."""
    lines: tuple[Line, ...] = ()
    """Check-out: what became of each part."""
    remaining: tuple[WayIn, ...] = ()
    """Check-out: what still opens the door."""
    again: bool = False
    """Nothing was written: the same may be tried once more."""


class Phase(StrEnum):
    REST = "rest"
    FORM = "form"
    WAIT = "wait"
    """For the (next) card."""
    WRITING = "writing"
    ASK = "ask"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class CardWorkState:
    """All that the panel shows."""

    phase: Phase = Phase.REST
    room: RoomFacts | None = None
    seen: Seen = Seen()
    offer: Offer = Offer()
    group: tuple[Room, ...] = ()
    form: Form | None = None
    progress: Progress | None = None
    ask: Ask | None = None
    outcome: Outcome | None = None
    revealed: Person | None = field(default=None, repr=False)
