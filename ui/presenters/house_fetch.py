"""Fetching every level of every community: minutes long, with its progress, and left at will."""

import threading
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QTimer, Signal

from station.workflows import house_tree
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.said import Said, Tone

LOOK_MS: Final = 100


@dataclass(frozen=True, slots=True)
class FetchState:
    """How far it is; `total` grows while levels are found. Both 0 before the first answer."""

    running: bool = False
    stopping: bool = False
    done: int = 0
    total: int = 0
    said: Said | None = None


class _Way:
    """What the lane tells and is told: written there, read on the UI thread."""

    def __init__(self) -> None:
        self.far = (0, 0)
        self.stop = threading.Event()

    def note(self, done: int, total: int) -> None:
        self.far = (done, total)


class HouseFetch(Presenter[FetchState]):
    """On the lane `houses`, so that nobody who stands at the desk waits for it."""

    fetched = Signal()
    """There is something newer to be shown."""

    def __init__(self, context: Context) -> None:
        super().__init__(FetchState())
        self._context = context
        self._way = _Way()
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)
        context.session.ending.connect(self.stop)

    def start(self) -> None:
        """Begin; nothing while it is under way."""
        if self.state.running:
            return
        desk, operator = self._context.desk, self._context.session.need()
        way = self._way = _Way()
        self.show(FetchState(running=True))
        self._looking.start()
        self.later(
            self._context.lanes.houses,
            lambda: house_tree.refresh_all(desk, operator, way.note, way.stop.is_set),
            lambda count: self._ended(self._said(count)),
            lambda error: self._ended(Said(Tone.WARN, "houses.not_fetched", error=error)),
        )

    def stop(self) -> None:
        """After the answer that is awaited; what was fetched stays."""
        self._way.stop.set()
        if self.state.running:
            self.show(replace(self.state, stopping=True))

    def dismiss(self) -> None:
        """What came of it was read."""
        self.show(replace(self.state, said=None))

    def close(self) -> None:
        self._context.session.ending.disconnect(self.stop)
        self._way.stop.set()
        self._looking.stop()
        super().close()

    def _said(self, count: int) -> Said:
        title = "fetch_stopped" if self._way.stop.is_set() else "all_fetched"
        tone = Tone.WARN if self._way.stop.is_set() else Tone.GOOD
        return Said(tone, f"houses.{title}", facts={"count": count})

    def _look(self) -> None:
        done, total = self._way.far
        self.show(replace(self.state, done=done, total=total))

    def _ended(self, said: Said) -> None:
        self._looking.stop()
        self.show(FetchState(said=said))
        self.fetched.emit()
