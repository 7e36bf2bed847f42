"""One operation in full: what its events say, whose it is, and what belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal

from station.catalogue import Catalogue
from station.compose.clock import SystemClock
from station.domain.card import decimal_uid
from station.domain.event import ContentFacts, Event
from station.domain.operation import OperationRow, State
from station.domain.operator import Permission
from station.domain.stay import format_time
from station.errors import StationError
from station.logs import redact_text
from station.ports import HistoryFilter, Journal
from station.workflows.history import allowed
from station.workflows.people import reveal
from ui.context import Context
from ui.details import program
from ui.presenters.base import Presenter
from ui.presenters.history_filters import may
from ui.presenters.history_lines import capital, error_of, minutes

_GAP: Final = " · "


@dataclass(frozen=True, slots=True)
class StepLine:
    """One event of an operation: when (site-local), what, and whatever it says besides."""

    at: str
    what: str
    state: State
    more: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """An operation that belongs to another one."""

    operation: str
    label: str


@dataclass(frozen=True, slots=True)
class Details:
    """What is shown of one operation, in words. `facts` are (key of the title, text)."""

    row: OperationRow
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[StepLine, ...] = ()
    parent: Related | None = None
    children: tuple[Related, ...] = ()
    person: str = ""
    guest: str = ""
    cause: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class DetailsState:
    """`revealed`: the guest in full, until another operation is looked at or the desk locks."""

    details: Details | None = None
    revealed: str = ""
    may_reveal: bool = False
    error: StationError | None = None


class DetailsPresenter(Presenter[DetailsState]):
    """Looks an operation up on the journal's lane. `written`: a reveal is in the journal."""

    written = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(DetailsState())
        self._context = context
        self._wanted = ""

    def look_at(self, operation: str) -> None:
        """Show an operation; an empty one shows nothing."""
        self._wanted = operation
        station, who = self._context.station, self._context.session.operator
        if not operation or station is None or who is None:
            self.show(DetailsState())
            return
        words, desk, clock = self._context.words.catalogue, station.desk, station.clock

        def work() -> Details | None:
            row = desk.journal.operation(operation)
            if row is None or not _within(row, allowed(desk, who, HistoryFilter())):
                return None
            return details_of(row, desk.journal, words, clock)

        def found(details: Details | None) -> None:
            if operation != self._wanted:
                return
            same = self._same(operation)
            revealed = self.state.revealed if same else ""
            self.show(DetailsState(details, revealed, may(who, Permission.REVEAL)))

        def failed(error: StationError) -> None:
            if operation == self._wanted:
                self.show(replace(self.state, error=error))

        self.later(self._context.lanes.journal, work, found, failed)

    def look_again(self) -> None:
        """The same operation, in other words or after something was written."""
        if self._wanted:
            self.look_at(self._wanted)

    def reveal(self) -> None:
        """Show the guest in full; the journal says who looked."""
        details, who = self.state.details, self._context.session.operator
        if details is None or not details.person or who is None:
            return
        desk, operation = self._context.desk, details.row.operation

        def shown(text: str) -> None:
            self.written.emit()
            if self._same(operation):
                self.show(replace(self.state, revealed=text, error=None))

        def failed(error: StationError) -> None:
            self.show(replace(self.state, error=error))

        def work() -> str:
            person = reveal(desk, who, details.person)
            return " ".join(part for part in (person.name, person.mobile) if part)

        self.later(self._context.lanes.journal, work, shown, failed)

    def hide(self) -> None:
        """Mask the guest again."""
        self.show(replace(self.state, revealed=""))

    def for_support(self) -> str:
        """The details as text without anything personal, for whoever helps from afar."""
        details = self.state.details
        return "" if details is None else support_text(details)

    def _same(self, operation: str) -> bool:
        now = self.state.details
        return now is not None and now.row.operation == operation


def _within(row: OperationRow, seen: HistoryFilter) -> bool:
    """Whether a role's own bounds let it see this operation."""
    mine = not seen.operator or row.operator == seen.operator
    return mine and (seen.since is None or row.started_at >= seen.since)


def details_of(
    row: OperationRow, journal: Journal, words: Catalogue, clock: SystemClock
) -> Details:
    """Everything about an operation, on a lane. Raises `JournalUnsafe`."""
    events = journal.events(row.operation)
    person = row.person or next((one.payload.person for one in events if one.payload.person), "")
    if not person and row.stay_id:
        stay = journal.stay(row.stay_id)
        person = (stay.holder or "") if stay else ""
    parent = journal.operation(row.parent) if row.parent else None
    error = error_of(row) if row.error else None
    return Details(
        row,
        tuple((name, text) for name, text in _facts(row, events, words, clock) if text),
        tuple(_step(event, words, clock) for event in events),
        _related(parent, words) if parent else None,
        tuple(_related(child, words) for child in journal.children(row.operation)),
        person,
        _masked(journal, person),
        words.cause(error) if error else "",
        words.next_step(error) if error else "",
    )


def _facts(
    row: OperationRow, events: list[Event], words: Catalogue, clock: SystemClock
) -> Iterable[tuple[str, str]]:
    yield "time", format_time(clock.to_local(row.started_at))
    yield "ended", format_time(clock.to_local(row.ended_at)) if row.ended_at else ""
    yield "operator", row.operator if row.operator != "-" else words.text("ui_history.by_itself")
    yield "desk", row.desk
    yield "room", row.room_name or row.room_id
    if row.authorised_at or row.expires_at:
        yield "stay", f"{minutes(row.authorised_at)} → {minutes(row.expires_at)}"
    yield "card_id", row.card_id
    yield "uid", uid_text(row.uid)
    vendor = f"{row.vendor_msg} ({row.vendor_code})" if row.vendor_code else row.vendor_msg
    yield "vendor", vendor.strip()
    yield "reason", row.reason
    codes = list(dict.fromkeys(code for event in events for code in event.payload.overrides))
    yield "overrides", _GAP.join(_rule(code, row, words) for code in codes)
    said = {key: value for event in events for key, value in event.payload.data.items()}
    yield "data", _GAP.join(_datum(key, value, words) for key, value in said.items() if value)
    yield "operation", row.operation


def _rule(code: str, row: OperationRow, words: Catalogue) -> str:
    """An overridden rule as the sentence that the operator saw."""
    return words.cause(error_of(replace(row, error=code)))


def _datum(key: str, value: object, words: Catalogue) -> str:
    """One of an event's own facts: a word where there is one."""
    title = words.text(f"ui_history.data_{key}")
    if title.startswith("ui_history."):
        title = key
    if value is True:
        return title
    section = key if key in ("kind", "state", "role") else ""
    return f"{title} {words.word(section, value) if section else value}"


def _step(event: Event, words: Catalogue, clock: SystemClock) -> StepLine:
    payload = event.payload
    at = clock.to_local(datetime.fromisoformat(event.time)).strftime("%H:%M:%S.%f")[:-3]
    if payload.state is State.STEP:
        what = capital(words.word("step", payload.step))
    elif payload.state is State.INTENT:
        what = words.text("ui_history.step_intent")
    else:
        what = capital(words.word("state", payload.state))
    parts = [_content(payload.before, words, "before"), _content(payload.found, words, "found")]
    if payload.vendor is not None and payload.state is not State.STEP:
        parts.append(payload.vendor.msg)
    if payload.outbox is not None and payload.outbox.attempts:
        parts.append(words.text("ui_history.attempts", count=payload.outbox.attempts))
    return StepLine(at, what, payload.state, _GAP.join(part for part in parts if part))


def _content(content: ContentFacts | None, words: Catalogue, when: str) -> str:
    if content is None:
        return ""
    if not content.card_id:
        return words.text(f"ui_history.{when}_blank")
    facts = {"card_id": content.card_id, "until": content.expires_at[:16]}
    return words.text(f"ui_history.{when}_card", **facts)


def _related(row: OperationRow, words: Catalogue) -> Related:
    parts = (capital(words.word("kind", row.kind)), row.room_name, words.word("state", row.state))
    return Related(row.operation, _GAP.join(part for part in parts if part))


def _masked(journal: Journal, reference: str) -> str:
    """A person as shown; empty once erased. A damaged record costs only the name."""
    try:
        return journal.person(reference).masked if reference else ""
    except StationError:
        return ""


def uid_text(uid: str) -> str:
    """A UID, with the decimal number that is printed on some cards."""
    try:
        number = decimal_uid(uid) if uid else None
    except ValueError:
        number = None
    return f"{uid} ({number})" if number is not None else uid


def support_text(details: Details) -> str:
    """Codes, not words: whoever helps may not speak the operator's language."""
    row = details.row
    lines = [
        f"operation: {row.operation}",
        f"number: {row.number}",
        f"kind: {row.kind.value}",
        f"state: {row.state.value}",
        f"error: {row.error}" if row.error else "",
        f"vendor: {row.vendor_code} {row.vendor_msg}".rstrip(),
        f"desk: {row.desk}",
        f"room: {row.room_id} {row.room_name}".rstrip(),
        f"card: {row.card_id} uid: {row.uid}".rstrip(),
        f"started: {row.started_at.isoformat()}",
        f"ended: {row.ended_at.isoformat() if row.ended_at else ''}",
        *(f"  {step.at} {step.state.value} {step.what} {step.more}" for step in details.steps),
        *program(),
    ]
    return redact_text("\n".join(line.rstrip() for line in lines if line))
