"""Residents' cards: bind, take back, look up, ask the cloud; each ends in one clear sentence."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from station.domain.card import decimal_uid, parse_uid_or_decimal
from station.domain.operation import State
from station.domain.operator import Operator
from station.domain.person import Person, parse_mobile
from station.errors import Code, InputInvalid, Refused, StationError
from station.ports import ReaderState, ReaderView
from station.workflows import people, resident, tap
from station.workflows.desk import NO_CONSENT, Consent, Desk
from station.workflows.resident import Binding, ResidentCards
from station.workflows.result import CardResult
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.said import Said, Tone
from ui.sounds import sounds


class AskKind(StrEnum):
    """What the operator is asked before it is done."""

    MOVE = "move"
    """The UID belongs to somebody else."""
    UNBIND = "unbind"
    CLOUD = "cloud"
    """Asking the cloud allocates a number where there is none."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question; `said` holds its facts, `go` what happens on yes."""

    kind: AskKind
    go: Callable[[], None] = field(repr=False, compare=False)
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """A number of a card as it is shown: hex, and decimal where a card may print it."""

    uid: str
    decimal: int | None

    @classmethod
    def of(cls, uid: str) -> "Card":
        return cls(uid, decimal_uid(uid))


@dataclass(frozen=True, slots=True)
class Found:
    """A resident as looked up. The number that was typed is not shown again."""

    mobile: str = field(repr=False)
    masked: str = ""
    cards: tuple[Card, ...] = ()
    waiting: int = 0
    cloud: Card | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class ResidentsState:
    """What the page shows. `problem` names its field in its context."""

    there: bool = True
    """Whether the cloud is set up."""
    lying: Card | None = None
    reader: ReaderState | None = None
    refused: StationError | None = None
    """Why the card that lies on the reader cannot be registered."""
    working: bool = False
    said: Said | None = None
    bound: int = 0
    """Counts cards that were bound, so that the form empties itself once."""
    ask: Ask | None = None
    found: Found | None = None
    revealed: Person | None = field(default=None, repr=False)
    problem: StationError | None = None
    look_up_problem: StationError | None = None


class ResidentsPresenter(Presenter[ResidentsState]):
    """One piece of work at a time, all of it on the cloud's lane but what the journal knows."""

    def __init__(self, context: Context) -> None:
        desk = context.desk
        super().__init__(ResidentsState(there=desk.gate is not None))
        self._context = context
        context.bridge.reader.connect(self._view)
        if desk.reader is not None:
            self._view(desk.reader.view())

    def close(self) -> None:
        self._context.bridge.reader.disconnect(self._view)
        super().close()

    # bind

    def bind(self, name: str, mobile: str, number: str) -> None:
        """Register a card; without `number` the one that lies on the reader and is shown."""
        if self.state.working:
            return
        self.show(replace(self.state, said=None, ask=None, problem=None))
        try:
            person = resident.checked_resident(name, mobile)
            uid = parse_uid_or_decimal(number) if number.strip() else ""
            if not uid and self.state.refused is not None:
                raise self.state.refused
        except StationError as error:
            self.show(replace(self.state, problem=error))
            return
        shown = self.state.lying.uid if self.state.lying else ""
        self._bind(person, uid, shown, NO_CONSENT)

    def _bind(self, person: Person, uid: str, shown: str, consent: Consent) -> None:
        def work(desk: Desk, operator: Operator) -> CardResult:
            if not uid and shown and tap.read_now(desk) != shown:
                raise Refused(Code.CARD_CHANGED)
            return resident.bind(desk, operator, Binding(person, uid, consent))

        def failed(error: StationError) -> None:
            if error.code is Code.UID_BOUND_ELSEWHERE:
                consented = Consent(overwrite=True)
                go = lambda: self._bind(person, uid, shown, consented)  # noqa: E731
                self._ended(None)
                self.show(replace(self.state, ask=Ask(AskKind.MOVE, go, error.context)))
            elif isinstance(error, InputInvalid):
                self._ended(None)
                self.show(replace(self.state, problem=error))
            else:
                self._ended(Said(Tone.BAD, "residents.not_bound", error=error))

        self._work(work, lambda result: self._was_bound(result, person), failed)

    def _was_bound(self, result: CardResult, person: Person) -> None:
        facts: dict[str, object] = {"who": person.masked, **_number(result.uid)}
        self._ended(_said("bound", result, facts))
        if result.state in {State.DONE, State.WAITING}:
            self.show(replace(self.state, bound=self.state.bound + 1))

    # look up, take back

    def look_up(self, mobile: str) -> None:
        """What the desk knows of a mobile number."""
        self._with_mobile(mobile, self._look_up)

    def unbind(self, mobile: str) -> None:
        """Ask, then take the resident's card back."""
        self._with_mobile(mobile, lambda number: self._ask(AskKind.UNBIND, number, self._unbind))

    def ask_cloud(self, mobile: str) -> None:
        """Ask, then ask the cloud for the resident's number."""
        self._with_mobile(mobile, lambda number: self._ask(AskKind.CLOUD, number, self._cloud))

    def reveal(self) -> None:
        """Show the looked-up resident in full, written down; once more hides it again."""
        found = self.state.found
        if found is None or self.state.revealed is not None:
            self.show(replace(self.state, revealed=None))
            return

        def work(desk: Desk, operator: Operator) -> Person:
            reference = desk.journal.find_person(found.mobile)
            if reference is None:
                raise InputInvalid(Code.RESIDENT_UNKNOWN, field="mobile")
            return people.reveal(desk, operator, reference.id)

        def shown(person: Person) -> None:
            self._ended(self.state.said)
            if self.state.found == found:
                self.show(replace(self.state, revealed=person))

        self._work(work, shown, self._look_up_failed, on_cloud=False)

    # questions

    def agree(self) -> None:
        """The operator says yes."""
        ask = self.state.ask
        if ask is not None and not self.state.working:
            self.show(replace(self.state, ask=None))
            ask.go()

    def decline(self) -> None:
        """The operator says no: nothing is done."""
        self.show(replace(self.state, ask=None))

    def _ask(self, kind: AskKind, number: str, go: Callable[[str], None]) -> None:
        facts: dict[str, object] = {"mobile": Person(mobile=number).masked}
        self.show(replace(self.state, ask=Ask(kind, lambda: go(number), facts)))

    # work

    def _with_mobile(self, mobile: str, go: Callable[[str], None]) -> None:
        if self.state.working:
            return
        self.show(replace(self.state, said=None, ask=None, look_up_problem=None))
        try:
            number = parse_mobile(mobile)
        except StationError as error:
            self.show(replace(self.state, look_up_problem=error))
            return
        go(number)

    def _look_up(self, number: str) -> None:
        self.show(replace(self.state, found=None, revealed=None))
        self._work(
            lambda desk, operator: resident.show(desk, operator, number),
            lambda cards: self._found(number, cards),
            self._look_up_failed,
            on_cloud=False,
        )

    def _found(self, number: str, cards: ResidentCards) -> None:
        self._ended(self.state.said)
        self.show(replace(self.state, found=_found(number, cards), revealed=None))

    def _look_up_failed(self, error: StationError) -> None:
        self._ended(None)
        self.show(replace(self.state, look_up_problem=error))

    def _unbind(self, number: str) -> None:
        def done(result: CardResult) -> None:
            facts: dict[str, object] = {"mobile": Person(mobile=number).masked}
            self._ended(_said("unbound", result, facts))
            self.show(replace(self.state, found=None, revealed=None))

        def failed(error: StationError) -> None:
            self._ended(Said(Tone.BAD, "residents.not_unbound", error=error))

        self._work(lambda desk, by: resident.unbind(desk, by, number), done, failed)

    def _cloud(self, number: str) -> None:
        def work(desk: Desk, operator: Operator) -> ResidentCards:
            known = desk.journal.find_person(number)
            name = desk.journal.person(known.id).name if known else ""
            return resident.ask_cloud(desk, operator, Person(name, number))

        def done(cards: ResidentCards) -> None:
            new = cards.cloud is not None and cards.cloud.is_new
            self._found(number, cards)
            tone, title = (Tone.WARN, "allocated") if new else (Tone.GOOD, "cloud_has")
            number_facts = _number(cards.cloud.card_no) if cards.cloud else {}
            self._ended(Said(tone, f"residents.{title}", facts=number_facts))

        def failed(error: StationError) -> None:
            self._ended(Said(Tone.BAD, "residents.cloud_failed", error=error))

        self._work(work, done, failed)

    def _work(
        self,
        work: Callable[[Desk, Operator], object],
        success: Callable[..., None],
        failure: Callable[[StationError], None],
        *,
        on_cloud: bool = True,
    ) -> None:
        desk, operator = self._context.desk, self._context.session.need()
        lanes = self._context.lanes
        self.show(replace(self.state, working=True))
        lane = lanes.cloud if on_cloud else lanes.journal
        self.later(lane, lambda: work(desk, operator), success, failure)

    def _ended(self, said: Said | None) -> None:
        new = said is not None and said is not self.state.said
        self.show(replace(self.state, working=False, said=said))
        if new and said is not None:
            (sounds().failure if said.tone is Tone.BAD else sounds().success)()
        self._context.bridge.changed.emit()

    def _view(self, view: ReaderView) -> None:
        """What lies on the reader, as it may be registered."""
        lying, refused = None, None
        if view.state in {ReaderState.CARD, ReaderState.CARD_RANDOM}:
            try:
                lying = Card.of(tap.uid_of(view))
            except StationError as error:
                refused = error
        state = replace(self.state, lying=lying, refused=refused, reader=view.state)
        if state.problem is not None and state.problem is self.state.refused:
            state = replace(state, problem=None)  # said of a card that lies there no more
        self.show(state)


def _found(number: str, cards: ResidentCards) -> Found:
    return Found(
        mobile=number,
        masked=cards.masked,
        cards=tuple(Card.of(row.uid) for row in cards.bound),
        waiting=cards.waiting,
        cloud=Card.of(cards.cloud.card_no) if cards.cloud and cards.cloud.card_no else None,
        is_new=bool(cards.cloud and cards.cloud.is_new),
    )


def _number(uid: str) -> dict[str, object]:
    try:
        return {"uid": uid, "decimal": decimal_uid(uid) if uid else None}
    except ValueError:  # the cloud's number need not be hex
        return {"uid": uid, "decimal": None}


def _said(what: str, result: CardResult, facts: dict[str, object]) -> Said:
    """`bound` or `unbound`: done, not yet in the cloud, or refused."""
    if result.state is State.DONE:
        return Said(Tone.GOOD, f"residents.{what}", f"residents.{what}_text", facts)
    if result.state is State.WAITING:
        waits = f"residents.{what}_waits"
        return Said(Tone.WARN, waits, "residents.waits_text", facts)
    return Said(Tone.BAD, f"residents.not_{what}", error=result.error)
