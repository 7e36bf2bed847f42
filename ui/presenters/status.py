"""What the status bar shows: devices, what waits, who sits there, the time.

The encoder is judged by the last thing that was done with it and, while it is idle, by a light
question every half minute (the list of rooms, door lock 1.1). Nothing is ever asked of a card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QTimer, Signal

from station.domain.operation import Step
from station.domain.outbox import Service
from station.errors import Code, StationError, VendorRefused
from station.ports import OutboxRow, ReaderState, ReaderView, StepNotice
from station.workflows import tap
from station.workflows.outbox import service_of
from station.workflows.ways_in import needing_attention
from ui.context import Context
from ui.presenters.base import Presenter

ASK_MS: Final = 30_000
SOON_MS: Final = 100
MANY_ROOMS: Final = 2_000
SELDOM: Final = 10
"""A site of many rooms is asked at every tenth turn only: its list is long."""


class Part(StrEnum):
    """What the desk is connected to."""

    ENCODER = "encoder"
    READER = "reader"
    CLOUD = "cloud"
    PROPERTY = "property"


class PartState(StrEnum):
    """How one part is. `NONE`: the site does not have it."""

    UNKNOWN = "unknown"
    OK = "ok"
    BUSY = "busy"
    TROUBLE = "trouble"
    NONE = "none"


_READER_FINE: Final = {
    ReaderState.EMPTY,
    ReaderState.CARD,
    ReaderState.CARD_SEEN,
    ReaderState.CARD_RANDOM,
}
_READER_WAITS: Final = {ReaderState.STARTING, ReaderState.BUSY}


@dataclass(frozen=True, slots=True)
class StatusState:
    """Everything at the foot of the window. `time` and `date` are site-local."""

    parts: Mapping[Part, PartState] = field(
        default_factory=lambda: dict.fromkeys(Part, PartState.UNKNOWN)
    )
    errors: Mapping[Part, StationError] = field(default_factory=dict)
    reader: ReaderState | None = None
    waiting: int = 0
    stopped: int = 0
    unresolved: int = 0
    doubtful: int = 0
    """Passcodes, faces and fingerprints that are in doubt or wait for their stop."""
    operator: str = ""
    role: str = ""
    time: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the journal says."""

    waiting: int
    stopped: int
    unresolved: int
    doubtful: int
    error: str
    """The code of what the first in the row failed with last; empty when it was not tried."""


class StatusPresenter(Presenter[StatusState]):
    """Keeps the status bar's state; `start` once the desk is open, `close` at its end."""

    journal_failed = Signal(object)
    """The journal cannot be read (`StationError`)."""

    def __init__(self, context: Context) -> None:
        super().__init__(StatusState())
        self._context = context
        self._turn = 0
        self._many_rooms = self._asked = False
        self._counting = self._count_again = False
        self._asking = QTimer(self)
        self._asking.setInterval(ASK_MS)
        self._asking.timeout.connect(self._ask)
        self._soon = QTimer(self)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._ask_when_idle)
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self._tick)

    @property
    def asking(self) -> bool:
        """Whether the encoder's service is being asked how it is; no card is touched."""
        return self._asked

    def start(self) -> None:
        """Begin to watch the desk."""
        context, desk = self._context, self._context.desk
        has = {
            Part.ENCODER: desk.encoder is not None,
            Part.READER: desk.reader is not None,
            Part.CLOUD: desk.gate is not None,
            Part.PROPERTY: desk.property is not None,
        }
        parts = {part: PartState.UNKNOWN if has[part] else PartState.NONE for part in Part}
        self.show(replace(self.state, parts=parts))
        context.bridge.changed.connect(self.count)
        context.bridge.step.connect(self._step)
        context.bridge.reader.connect(self._reader)
        context.session.changed.connect(self._who)
        if desk.reader is not None:
            self._reader(desk.reader.view())
        self._who()
        self._tick()
        self.count()
        self._asking.start()
        self._ask()

    def close(self) -> None:
        """Watch no more."""
        context = self._context
        for timer in (self._asking, self._soon, self._minute):
            timer.stop()
        context.bridge.changed.disconnect(self.count)
        context.bridge.step.disconnect(self._step)
        context.bridge.reader.disconnect(self._reader)
        context.session.changed.disconnect(self._who)
        super().close()

    def count(self) -> None:
        """Ask the journal what waits; one question at a time, however often it changes."""
        if self._counting:
            self._count_again = True
            return
        self._counting, self._count_again = True, False
        desk = self._context.desk
        journal = desk.journal

        def work() -> Counts:
            rows = journal.outbox(stopped=True)
            waiting = [row for row in rows if row.facts.state != "stopped"]
            unresolved = len(journal.unresolved())
            stopped, doubtful = len(rows) - len(waiting), len(needing_attention(desk))
            return Counts(len(waiting), stopped, unresolved, doubtful, _trouble(waiting))

        self.later(self._context.lanes.journal, work, self._counted, self._not_counted)

    def cloud_answered(self, error: StationError | None) -> None:
        """The cloud took what waited, or could not be reached."""
        self._part(Part.CLOUD, PartState.TROUBLE if error else PartState.OK, error)

    def property_answered(self, error: StationError | None) -> None:
        """The property platform's token is well, is lost, or nobody could be asked."""
        self._part(Part.PROPERTY, PartState.TROUBLE if error else PartState.OK, error)

    def _counted(self, found: Counts) -> None:
        self._counting = False
        self.show(
            replace(
                self.state,
                waiting=found.waiting,
                stopped=found.stopped,
                unresolved=found.unresolved,
                doubtful=found.doubtful,
            )
        )
        if found.error:
            self._part(Part.CLOUD, PartState.TROUBLE)
        if self._count_again:
            self.count()

    def _not_counted(self, error: StationError) -> None:
        self._counting = False
        self.journal_failed.emit(error)

    def _ask(self) -> None:
        """Is the encoder's service there? Only while nobody uses the encoder."""
        encoder, lane = self._context.desk.encoder, self._context.lanes.encoder
        self._turn += 1
        if encoder is None or lane.busy or (self._many_rooms and self._turn % SELDOM):
            return

        def answered(count: int) -> None:
            self._asked = False
            self._many_rooms = count > MANY_ROOMS
            self._part(Part.ENCODER, PartState.OK)

        self._asked = True
        self.later(lane, lambda: len(encoder.rooms()), answered, self._encoder_failed)

    def _encoder_failed(self, error: StationError) -> None:
        self._asked = False
        self._part(Part.ENCODER, PartState.TROUBLE, error)

    def _step(self, notice: StepNotice) -> None:
        """A write under way tells how the encoder is."""
        if notice.step not in {Step.LOOK, Step.WRITE, Step.READ_BACK, Step.CLEAR}:
            if notice.step == Step.OUTCOME and notice.state == "failed":
                self._ask_soon()
            return
        state = PartState.BUSY if notice.state == "begin" else PartState.OK
        self._part(Part.ENCODER, state)

    def _ask_soon(self) -> None:
        """After a failed write: is it the card, or is the encoder gone? Once the lane is idle."""
        self._turn = -1
        self._soon.start()

    def _ask_when_idle(self) -> None:
        if not self._context.lanes.encoder.busy:
            self._soon.stop()
            self._ask()

    def _reader(self, view: ReaderView) -> None:
        trouble = PartState.BUSY if view.state in _READER_WAITS else PartState.TROUBLE
        state = PartState.OK if view.state in _READER_FINE else trouble
        self.show(replace(self.state, reader=view.state))
        self._part(Part.READER, state, _reader_trouble(view))

    def _who(self) -> None:
        operator = self._context.session.operator
        if operator is not None:
            self.show(replace(self.state, operator=operator.name, role=operator.role.value))

    def _tick(self) -> None:
        now = self._context.desk.clock.local()
        self.show(replace(self.state, time=f"{now:%H:%M}", date=f"{now:%Y-%m-%d}"))
        self._minute.start((60 - now.second) * 1000)

    def _part(self, part: Part, state: PartState, error: StationError | None = None) -> None:
        if self.state.parts[part] is PartState.NONE:
            return
        if isinstance(error, VendorRefused) and error.code is not Code.PROPERTY_TOKEN_LOST:
            # It answered, and said no: the line is fine, what it said is shown where it was asked.
            state = PartState.OK
        errors = {key: value for key, value in self.state.errors.items() if key is not part}
        if error is not None and state is PartState.TROUBLE:
            errors[part] = error
        self.show(replace(self.state, parts={**self.state.parts, part: state}, errors=errors))


def _reader_trouble(view: ReaderView) -> StationError | None:
    """What a tap would meet now: for whoever asks what is wrong with the reader."""
    try:
        tap.uid_of(view)
    except StationError as error:
        return error
    return None


def _trouble(waiting: list[OutboxRow]) -> str:
    """What the first that waits for the gates failed with; empty when it was not tried."""
    gates = (row for row in waiting if service_of(row) is Service.GATE)
    first = next(gates, None)
    return first.facts.error if first is not None and first.facts.attempts else ""
