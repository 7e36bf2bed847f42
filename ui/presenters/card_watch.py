"""Notices which card lies there: the reader reports taps by itself, the encoder has to be asked.

Without a reader the encoder is asked every 0.7 s while the page is shown and nothing else uses it;
an encoder that cannot be reached is asked ever more rarely, until it answers again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from station.errors import StationError
from station.ports import ReaderView
from ui.context import Context
from ui.presenters.card_facts import glance
from ui.presenters.card_next import reader_there
from ui.presenters.card_state import Lying, Seen

if TYPE_CHECKING:
    from ui.lanes import Task

POLL_MS = 700
MOST_DOUBLINGS = 4


class CardWatch(QObject):
    """`seen` with each look at the encoder, `tapped` with each view of the reader."""

    seen = Signal(object)
    tapped = Signal(object)

    def __init__(
        self, context: Context, may_look: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._may_look = may_look
        self._active = False
        self._poll_anyway = False
        self._failures = 0
        self._due = False
        self._task: Task[Seen | None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        context.bridge.reader.connect(self._view)

    @property
    def view(self) -> ReaderView | None:
        """The reader just now."""
        reader = self._context.desk.reader
        return reader.view() if reader is not None else None

    def start(self) -> None:
        """The page is shown."""
        self._active = True
        self.look()

    def stop(self) -> None:
        """The page is hidden."""
        self._active = False
        self._timer.stop()

    def poll_anyway(self, wanted: bool) -> None:
        """Ask the encoder although a reader is there: it does not see the encoder's card."""
        self._poll_anyway = wanted
        self._arm()

    def look(self) -> None:
        """Ask the encoder now, or as soon as it is free."""
        if self._task is not None or self._context.desk.encoder is None:
            self._due = self._task is not None
            return
        if not self._may_look() or self._context.lanes.encoder.busy:
            self._arm()
            return
        desk = self._context.desk
        self._due = False
        self._task = self._context.lanes.encoder.submit(
            lambda: glance(desk), self._looked, self._failed
        )

    def close(self) -> None:
        self._active = False
        self._timer.stop()
        self._context.bridge.reader.disconnect(self._view)
        if self._task is not None:
            self._task.forget()

    def _view(self, view: ReaderView) -> None:
        self.tapped.emit(view)
        if self._active:
            self.look()

    def _looked(self, seen: Seen | None) -> None:
        self._task = None
        if seen is not None:
            failed = seen.lying is Lying.UNREACHABLE
            self._failures = min(self._failures + 1, MOST_DOUBLINGS) if failed else 0
            self.seen.emit(seen)
        if self._due:
            self.look()
        self._arm()

    def _failed(self, error: StationError) -> None:
        self._looked(Seen(Lying.UNREACHABLE, error=error))

    def _arm(self) -> None:
        """Set the timer where somebody has to keep asking; idle otherwise."""
        blind = self._poll_anyway or not reader_there(self.view) or self._failures > 0
        if self._active and blind:
            if not self._timer.isActive():
                self._timer.start(POLL_MS * 2**self._failures)
        else:
            self._timer.stop()
