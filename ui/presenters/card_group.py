"""Group encoding (F11): a card for each of many rooms, one after another, with a list of them all.

What was skipped or failed stays in the list with its reason and can be tried again. The lane waits
for the next card in `WaitingHands`; the reader's taps, Enter or a look at the encoder go on.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal

from station.domain.operation import State
from station.domain.room import Room
from station.errors import InputInvalid, Refused, StationError
from station.ports import ReaderView
from station.workflows.looking import look
from station.workflows.result import CardResult
from station.workflows.several import GroupProgress, group
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.card_form import Place, end_of
from ui.presenters.card_hands import WaitingHands
from ui.presenters.card_next import Follow, NextCard, card_there, reader_there
from ui.presenters.card_state import Action, Lying, Seen, StayInput


class GroupPhase(StrEnum):
    FORM = "form"
    WAIT = "wait"
    WRITING = "writing"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class GroupRoom:
    """One room of the group; `state` is None until its card was tried."""

    room: Room
    state: State | None = None
    error: StationError | None = None

    @property
    def done(self) -> bool:
        return self.state is State.DONE


@dataclass(frozen=True, slots=True)
class GroupState:
    """All that the group's pane shows. `next_room` is whose card is wanted or being made."""

    phase: GroupPhase = GroupPhase.FORM
    rooms: tuple[GroupRoom, ...] = ()
    end: datetime | None = None
    problem: StationError | None = None
    next_room: Room | None = None
    by_itself: bool = False
    error: StationError | None = None
    stopping: bool = False

    @property
    def done(self) -> int:
        return sum(one.done for one in self.rooms)

    @property
    def left(self) -> tuple[Room, ...]:
        """Rooms whose card is still to be made; an unknown one has to be looked at first."""
        return tuple(
            one.room for one in self.rooms if not one.done and one.state is not State.UNKNOWN
        )


class GroupWork(Presenter[GroupState]):
    """Encodes a group. `ended` when a run is over, with whether every card was written."""

    ended = Signal(bool)
    _asked = Signal(str, object)
    _progressed = Signal(object)

    def __init__(
        self, context: Context, rooms: Sequence[Room], seen: Seen, parent: QObject | None = None
    ) -> None:
        super().__init__(GroupState(rooms=tuple(GroupRoom(room) for room in rooms)), parent)
        self._context = context
        self._seen = seen
        self._hands: WaitingHands | None = None
        self._next: NextCard | None = None
        self._run: tuple[Room, ...] = ()
        queued = Qt.ConnectionType.QueuedConnection
        self._asked.connect(self._wanted, queued)
        self._progressed.connect(self._came, queued)
        context.bridge.reader.connect(self._tapped)
        context.session.changed.connect(self._operator_changed)
        self.edit(StayInput())

    @property
    def under_way(self) -> bool:
        return self.state.phase in {GroupPhase.WAIT, GroupPhase.WRITING}

    def edit(self, typed: StayInput) -> None:
        """Show what the typed end means."""
        if self.under_way:
            return
        try:
            end = end_of(Action.GROUP, typed, self._place())
        except InputInvalid as error:
            self.show(replace(self.state, end=None, problem=error))
            return
        self.show(replace(self.state, end=end, problem=None))

    def submit(self, typed: StayInput) -> None:
        """Enter: make the cards that are still to be made."""
        if self.under_way:
            return
        self.edit(typed)
        if self.state.end is None:
            return
        self.again()

    def again(self) -> None:
        """Try what was skipped or failed once more, with the same end."""
        rooms, end = self.state.left, self.state.end
        if self.under_way or not rooms or end is None:
            return
        try:
            operator = self._context.session.need()
        except Refused as error:
            self.show(replace(self.state, error=error))
            return
        desk = self._context.desk
        hands = WaitingHands(
            lambda number, _, made: self._ask(rooms[number - 1].id, made), self._poll
        )
        self._hands, self._run = hands, rooms
        self.show(
            replace(self.state, phase=GroupPhase.WRITING, error=None, stopping=False, problem=None)
        )
        self.later(
            self._context.lanes.encoder,
            lambda: group(desk, operator, rooms, end, hands, progress=self._tell),
            self._over,
            self._broke,
        )

    def go_on(self) -> None:
        """Enter or space: the next card lies there."""
        if self.state.phase is GroupPhase.WAIT and self._hands is not None:
            self.show(replace(self.state, phase=GroupPhase.WRITING))
            self._next = None
            self._hands.go()

    def stop(self) -> None:
        """Esc: no further card; what is being written finishes."""
        if self._hands is not None and self.under_way:
            self.show(replace(self.state, stopping=True))
            self._hands.stop()

    def close(self) -> None:
        if self._hands is not None:
            self._hands.stop()
        self._context.bridge.reader.disconnect(self._tapped)
        self._context.session.changed.disconnect(self._operator_changed)
        super().close()

    def _operator_changed(self) -> None:
        """Log-out or lock: no further card is made in somebody's name."""
        self.stop()

    def _ask(self, room_id: str, made: CardResult | None) -> None:
        """On the lane. Once the window is gone nobody is told, and the work goes on."""
        with suppress(RuntimeError):
            self._asked.emit(room_id, made)

    def _tell(self, progress: GroupProgress) -> None:
        """On the lane, as `_ask`."""
        with suppress(RuntimeError):
            self._progressed.emit(progress)

    def _place(self) -> Place:
        desk = self._context.desk
        return Place(None, desk.clock.local(), desk.site.stay_rules)

    def _wanted(self, room_id: str, made: CardResult | None) -> None:
        """The lane waits for a card (delivered on the UI thread)."""
        if self._hands is None or self.state.stopping:
            return
        room = next(room for room in self._run if room.id == room_id)
        reader = self._context.desk.reader
        view = reader.view() if reader is not None else None
        follows = reader_there(view)
        self.show(replace(self.state, phase=GroupPhase.WAIT, next_room=room, by_itself=follows))
        if made is None and self._lies_there(view):
            self.go_on()
        elif made is not None and made.state is State.DONE:
            self._next = NextCard(made.card_id, made.uid, view.tap if view else None)
        elif made is not None:
            self._next = NextCard(tap=view.tap if view else None, learn=True)
        else:
            self._next = NextCard(tap=view.tap if view else None)

    def _lies_there(self, view: ReaderView | None) -> bool:
        """Enter was pressed just now: without a reader that says otherwise, begin."""
        return not reader_there(view) or card_there(view) or self._seen.lying is not Lying.NOTHING

    def _tapped(self, view: ReaderView) -> None:
        waiting = self._next
        if waiting is not None and waiting.reader(view) is Follow.GO:
            self.go_on()

    def _poll(self) -> bool:
        """On the lane: where no reader tells, look whether another card lies there."""
        waiting, reader = self._next, self._context.desk.reader
        if waiting is None or reader_there(reader.view() if reader is not None else None):
            return False
        try:
            with self._context.desk.need_encoder().exclusive():
                content = look(self._context.desk)
        except StationError:
            return False
        return waiting.looked(content) is Follow.GO

    def _came(self, progress: GroupProgress) -> None:
        """One room's card was tried."""
        result = progress.result
        if result is None:
            return
        rooms = tuple(
            replace(one, state=result.state, error=result.error)
            if one.room.id == progress.room.id
            else one
            for one in self.state.rooms
        )
        self.show(replace(self.state, rooms=rooms))
        self._context.bridge.changed.emit()

    def _over(self, result: CardResult) -> None:
        self._end(None)
        self.ended.emit(result.state is State.DONE)

    def _broke(self, error: StationError) -> None:
        self._end(error)
        self.ended.emit(False)

    def _end(self, error: StationError | None) -> None:
        self._hands = self._next = None
        self.show(
            replace(
                self.state, phase=GroupPhase.RESULT, next_room=None, error=error, stopping=False
            )
        )
        self._context.bridge.changed.emit()
