"""待确认: what is open, settled by looking at its card or set aside with a reason."""

from dataclasses import dataclass, replace
from datetime import datetime

from station.compose import Station
from station.domain.operation import Kind, OperationRow, State
from station.errors import Code, StationError
from station.workflows import recover
from station.workflows.settling import intended
from station.workflows.ways_in import needing_attention
from ui.context import Context
from ui.presenters.listing import Listing
from ui.presenters.said import Said, Tone
from ui.sounds import sounds


@dataclass(frozen=True, slots=True)
class Open:
    """One operation that nobody saw the end of. All times site-local."""

    operation: str
    kind: Kind
    room: str
    at: datetime
    operator: str
    authorised_at: datetime | None = None
    expires_at: datetime | None = None
    card_id: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class UnresolvedState:
    """What the page shows. `problem` belongs to the reason that was typed."""

    lines: tuple[Open, ...] = ()
    doubtful: int = 0
    """Passcodes, faces and fingerprints in doubt: the locks page settles those."""
    chosen: str = ""
    loaded: bool = False
    working: bool = False
    said: Said | None = None
    problem: StationError | None = None

    @property
    def line(self) -> Open | None:
        """The chosen operation."""
        return next((line for line in self.lines if line.operation == self.chosen), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """What the journal lists."""

    lines: tuple[Open, ...] = ()
    doubtful: int = 0


class UnresolvedPresenter(Listing[UnresolvedState, Listed]):
    """Lists, settles and sets aside. One look at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, UnresolvedState())

    def choose(self, operation: str) -> None:
        """Another operation is looked at; what was said of the one before goes."""
        if operation != self.state.chosen and operation:
            self.show(replace(self.state, chosen=operation, said=None, problem=None))

    def resolve(self) -> None:
        """Read the card on the encoder and settle the chosen operation by it."""
        line = self.state.line
        if line is None or self.state.working:
            return
        desk, operator = self.context.desk, self.context.session.need()
        self.show(replace(self.state, working=True, said=None, problem=None))
        self.later(
            self.context.lanes.encoder,
            lambda: recover.resolve(desk, operator, line.operation),
            lambda rows: self._settled(line.operation, rows),
            self._not_settled,
        )

    def set_aside(self, reason: str) -> None:
        """Leave the chosen operation as it is, for a reason."""
        line = self.state.line
        if line is None or self.state.working:
            return
        desk, operator = self.context.desk, self.context.session.need()
        self.show(replace(self.state, working=True, said=None, problem=None))
        self.later(
            self.context.lanes.journal,
            lambda: recover.set_aside(desk, operator, line.operation, reason),
            self._aside,
            self._not_aside,
        )

    def ask(self) -> Listed:
        station = self.context.station
        if station is None:
            return Listed()
        lines = (_line(station, row) for row in recover.unresolved(station.desk))
        return Listed(tuple(lines), len(needing_attention(station.desk)))

    def take(self, rows: Listed) -> None:
        lines, chosen = rows.lines, self.state.chosen
        if chosen not in {line.operation for line in lines}:
            chosen = lines[0].operation if lines else ""
        state = replace(self.state, lines=lines, doubtful=rows.doubtful)
        self.show(replace(state, chosen=chosen, loaded=True))

    def fail(self, error: StationError) -> None:
        said = Said(Tone.BAD, "unresolved.not_listed", error=error)
        self.show(replace(self.state, loaded=True, said=said))

    def _settled(self, operation: str, rows: list[OperationRow]) -> None:
        mine = next((row for row in rows if row.operation == operation), None)
        said = said_of(mine, len(rows) - 1) if mine is not None else None
        if said is not None and said.tone is Tone.GOOD:
            sounds().success()
        else:
            sounds().failure()
        self._after(said)

    def _not_settled(self, error: StationError) -> None:
        sounds().failure()
        title = "other_card" if error.code is Code.WRONG_CARD else "not_settled"
        self._after(Said(Tone.BAD, f"unresolved.{title}", error=error))

    def _aside(self, row: OperationRow) -> None:
        facts = {"kind": row.kind, "room": row.room_name}
        self._after(Said(Tone.WARN, "unresolved.aside", "unresolved.aside_text", facts))

    def _not_aside(self, error: StationError) -> None:
        self.show(replace(self.state, working=False, problem=error))
        self.context.bridge.changed.emit()

    def _after(self, said: Said | None) -> None:
        """The list follows; a look may have settled others even where it failed for this one."""
        self.show(replace(self.state, working=False, said=said))
        self.context.bridge.changed.emit()


def said_of(row: OperationRow, others: int = 0) -> Said:
    """Written or not, in words for the operation's kind."""
    done = row.state is State.DONE
    what = "clear" if row.kind is Kind.RECYCLE else "write"
    key = f"unresolved.{what}_{'done' if done else 'not'}"
    facts = {"kind": row.kind, "room": row.room_name, "others": others or None}
    return Said(Tone.GOOD if done else Tone.WARN, key, f"{key}_text", facts)


def _line(station: Station, row: OperationRow) -> Open:
    intent = intended(station.desk, row.operation)
    meant = intent.stay.authorisation() if intent.stay is not None else None
    return Open(
        operation=row.operation,
        kind=row.kind,
        room=row.room_name,
        at=station.clock.to_local(row.started_at).replace(microsecond=0),
        operator=row.operator,
        authorised_at=meant.authorised_at if meant else None,
        expires_at=meant.expires_at if meant else None,
        card_id=intent.card_id,
        uid=intent.uid,
    )
