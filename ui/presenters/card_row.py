"""A row of cards of one order: which card is next, what was made, what to say at the end."""

from dataclasses import replace
from typing import TYPE_CHECKING

from station.domain.operation import State
from station.errors import Code, StationError
from station.ports import ReaderView
from station.workflows.desk import Consent
from station.workflows.opening import Certainty
from station.workflows.result import CardResult
from station.workflows.ways_in import Revoking, WayIn
from ui.presenters.card_form import Order
from ui.presenters.card_jobs import CardRead, Leave, Turn
from ui.presenters.card_next import NextCard
from ui.presenters.card_state import Action, Outcome, Progress, RoomFacts, Seen, Tone

if TYPE_CHECKING:
    from station.workflows.check_out import Line


class CardsInARow:
    """One order being carried out, card after card. Lives on the UI thread."""

    def __init__(self, order: Order, facts: RoomFacts | None, total: int) -> None:
        self.order = order
        self.facts = facts
        self.total = total
        self.made: list[CardResult] = []
        self.last: CardResult | None = None
        self.consent = Consent()
        self.stopping = False
        self.next: NextCard | None = None
        self.gate: CardResult | None = None
        self.gate_pending = False
        self.lines: tuple[Line, ...] = ()
        self.remaining: tuple[WayIn, ...] = ()

    @property
    def number(self) -> int:
        return len(self.made) + 1

    @property
    def turn(self) -> Turn:
        parent = self.made[0].operation if self.made else ""
        return Turn(self.order, self.number, parent, self.consent)

    @property
    def going_on(self) -> bool:
        """Whether another card is wanted."""
        return not self.stopping and len(self.made) < self.total

    def progress(self) -> Progress:
        """Before the first step of the present card."""
        order = self.order
        end = order.end
        if end is None and self.facts is not None and self.facts.stay is not None:
            end = self.facts.stay.expires_at
        if order.action in {Action.CHECK_OUT, Action.RECYCLE}:
            end = None
        room = order.target or order.room
        return Progress(order.action, room, end, min(self.number, self.total), self.total)

    def took(self, result: CardResult) -> None:
        """A card came back from the lane."""
        self.last = result
        self.consent = Consent()
        if isinstance(result, Leave):
            self.lines = self.lines or result.lines
            self.remaining = result.remaining
        if result.state is State.DONE:
            self.made.append(result)

    @property
    def waits_on(self) -> bool:
        """Whether a refused card only means that another one is to be put down."""
        return bool(self.made) or self.order.clear

    def await_next(self, seen: Seen, view: ReaderView | None, *, refused: bool = False) -> None:
        """Begin to wait for a card that is not the one lying there."""
        tap = view.tap if view is not None else None
        made = self.made[-1] if self.made else None
        content = seen.content
        if refused:
            self.next = NextCard(tap=tap, learn=True)
        elif self.order.action is Action.CHECK_OUT and made is not None:
            # a cleared card that is left lying reads like no card
            self.next = NextCard(uid=made.uid, tap=tap)
        elif made is not None:
            self.next = NextCard(made.card_id, made.uid, tap)
        elif content is not None:
            self.next = NextCard(content.card_id, seen.uid, tap)
        else:
            self.next = NextCard(tap=tap)

    def outcome(self, error: StationError | None = None) -> Outcome:
        """What to say when the row is over."""
        last = self.last
        error = error or (last.error if last is not None else None)
        order = self.order
        return Outcome(
            self._tone(error),
            order.action,
            order.target or order.room or (last.room if last else None),
            self.progress().end,
            tuple(self.made),
            self.total,
            last,
            error if self._tone(error) is not Tone.GOOD else None,
            gate_pending=self.gate_pending,
            gate=self.gate,
            again=not (self.made or self.lines) and _nothing_written(last, error),
            lines=self.lines,
            remaining=self.remaining,
        )

    def _tone(self, error: StationError | None) -> Tone:
        state = self.last.state if self.last is not None else None
        if state is State.UNKNOWN:
            return Tone.DOUBT
        if self.lines:  # a check-out has ended, whatever became of its parts
            well = all(line.state is State.DONE for line in self.lines)
            return Tone.GOOD if well and not any(map(_counts, self.remaining)) else Tone.PART
        if error is not None and state is not State.DONE:
            return Tone.BAD
        return Tone.GOOD if len(self.made) >= self.total else Tone.PART


def _counts(way: WayIn) -> bool:
    """Whether it keeps a check-out from being done: a newer card at the door ends the others."""
    ends = way.revoking is Revoking.ENDS_BY_ITSELF
    return way.certainty is not Certainty.UNTIL_NEWER_USED and not ends


def _nothing_written(last: CardResult | None, error: StationError | None) -> bool:
    if error is not None and error.code is Code.ALREADY_WRITTEN:
        return False
    return last is not None and last.state in {State.REFUSED, State.FAILED}


def read_outcome(read: CardRead) -> Outcome:
    """F3's outcome. A blank card is news, not a failure."""
    result, content = read.result, read.seen.content
    return Outcome(
        Tone.BAD if result.state is State.FAILED else Tone.INFO,
        Action.READ,
        result.room,
        content.expires_at if content else None,
        last=result,
        error=result.error,
        seen=read.seen,
        settled=read.settled,
    )


def with_left(outcome: Outcome, facts: RoomFacts) -> Outcome:
    """A check-out that was left before it began, with the cards that are still outside."""
    if outcome.lines:
        return outcome
    return replace(outcome, left=(*facts.to_collect, *facts.lost))
