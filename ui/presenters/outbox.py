"""What waits for the cloud and what stopped there: cause, next try, retry, push now.

What is due goes up by itself (`ui.chores`); this is the list of it and the hand on it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from station.compose import Station
from station.domain.operation import Kind
from station.domain.outbox import Service
from station.errors import Code, StationError
from station.ports import OutboxRow
from station.workflows import outbox
from station.workflows.outbox import Push
from ui.context import Context
from ui.presenters.listing import Listing
from ui.presenters.said import Said, Tone

STOPPED = "stopped"
NOT_LISTED: Final = "residents.not_listed"
LOCKS: Final = frozenset({Service.GATEWAY, Service.NETWORK_LOCKS})
CLOUDS: Final = frozenset(Service) - LOCKS
"""Locks take up to half a minute each: they have a lane of their own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing for the cloud. `next_at` site-local; None: at the next opportunity."""

    operation: str
    kind: Kind
    who: str
    uid: str
    stopped: bool
    attempts: int
    room: str = ""
    """A lock's room; empty for what goes to the gates."""
    credential: str = ""
    """What is to be stopped there (a `CredentialKind`)."""
    next_at: datetime | None = None
    error: StationError | None = None


@dataclass(frozen=True, slots=True)
class OutboxState:
    """The list, what is chosen in it, and what came of the last push."""

    lines: tuple[Waiting, ...] = ()
    chosen: str = ""
    loaded: bool = False
    pushing: bool = False
    said: Said | None = None

    @property
    def line(self) -> Waiting | None:
        """The chosen line."""
        return next((line for line in self.lines if line.operation == self.chosen), None)

    @property
    def waiting(self) -> int:
        return sum(not line.stopped for line in self.lines)

    @property
    def stopped(self) -> int:
        return len(self.lines) - self.waiting


class OutboxPresenter(Listing[OutboxState, list[Waiting]]):
    """Pushes go on the cloud's lane, one at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, OutboxState())

    def choose(self, operation: str) -> None:
        """Look at another line."""
        if operation:
            self.show(replace(self.state, chosen=operation))

    def push(self) -> None:
        """Push everything that waits, whatever its next try is."""
        self._push(lambda: None)

    def retry(self) -> None:
        """Put the chosen line that was given up back into the row, and push."""
        line = self.state.line
        if line is None or not line.stopped:
            return
        desk, operator = self.context.desk, self.context.session.need()
        self._push(lambda: outbox.retry(desk, operator, line.operation))

    def ask(self) -> list[Waiting]:
        station = self.context.station
        if station is None:
            return []
        return [_line(station, row) for row in station.desk.journal.outbox(stopped=True)]

    def take(self, rows: list[Waiting]) -> None:
        known = {row.operation for row in rows}
        chosen = self.state.chosen
        if chosen not in known:
            chosen = rows[0].operation if rows else ""
        said = None if self._outdated(known) else self.state.said
        self.show(replace(self.state, lines=tuple(rows), chosen=chosen, loaded=True, said=said))

    def fail(self, error: StationError) -> None:
        said = Said(Tone.BAD, NOT_LISTED, error=error)
        self.show(replace(self.state, loaded=True, said=said))

    def _outdated(self, now: set[str]) -> bool:
        """What was said of a push is old news once something else waits, or what waited is gone."""
        said, before = self.state.said, {line.operation for line in self.state.lines}
        if said is None or said.title == NOT_LISTED:
            return True
        return bool(now - before) or (said.tone is not Tone.GOOD and not now)

    def _push(self, before: Callable[[], None]) -> None:
        if self.state.pushing:
            return
        desk, operator = self.context.desk, self.context.session.need()

        def clouds() -> list[Push]:
            before()
            return outbox.sync(desk, operator, now=True, services=CLOUDS)

        def locks(pushed: list[Push]) -> None:
            work = lambda: outbox.sync(desk, operator, now=True, services=LOCKS)  # noqa: E731
            both = lambda stopped: self._pushed([*pushed, *stopped])  # noqa: E731
            self.later(self.context.lanes.locks, work, both, self._not_pushed)

        self.show(replace(self.state, pushing=True, said=None))
        self.later(self.context.lanes.cloud, clouds, locks, self._not_pushed)

    def _pushed(self, pushes: list[Push]) -> None:
        self.show(replace(self.state, pushing=False, said=said_of(pushes)))
        self.context.bridge.changed.emit()

    def _not_pushed(self, error: StationError) -> None:
        said = Said(Tone.BAD, "residents.not_pushed", error=error)
        self.show(replace(self.state, pushing=False, said=said))
        self.context.bridge.changed.emit()


def said_of(pushes: list[Push]) -> Said | None:
    """What came of pushing a row: all up, or what came in the way."""
    trouble = next((push.error for push in pushes if push.error is not None), None)
    done = sum(push.state == "done" for push in pushes)
    if trouble is not None:
        waits = any(push.state == "waiting" for push in pushes)
        tone, title = (Tone.WARN, "still_waiting") if waits else (Tone.BAD, "not_pushed")
        return Said(tone, f"residents.{title}", error=trouble)
    return Said(Tone.GOOD, "residents.pushed", facts={"count": done}) if done else None


def _line(station: Station, row: OutboxRow) -> Waiting:
    journal, facts = station.desk.journal, row.facts
    operation = journal.operation(row.operation)
    due = station.clock.to_local(datetime.fromisoformat(facts.next_at)) if facts.next_at else None
    if due is not None and due <= station.clock.local():
        due = None
    error = None
    if facts.error:
        context = {"service": outbox.service_of(row).value, "field": "mobile"}
        if operation is not None:
            context |= {"vendor_code": operation.vendor_code, "vendor_msg": operation.vendor_msg}
        error = StationError(_code(facts.error), **context)
    made = journal.credential(facts.credential) if facts.credential else None
    return Waiting(
        operation=row.operation,
        kind=row.kind,
        room=station.desk.room_by_id(made.room_id).name if made else "",
        credential=made.kind.value if made else "",
        who=_who(station, facts.person),
        uid=facts.uid,
        stopped=facts.state == STOPPED,
        attempts=facts.attempts,
        next_at=due.replace(microsecond=0) if due else None,
        error=error,
    )


def _who(station: Station, person: str) -> str:
    """Masked; empty once erased. A record that cannot be read costs only the name."""
    try:
        return station.desk.journal.person(person).masked
    except StationError:
        return ""


def _code(text: str) -> Code:
    return Code(text) if text in set(Code) else Code.INTERNAL
