"""What the drawer shows, and what hands do with it, on a lane of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Qt, Signal

from station.compose.drawer import Drawer, DrawerState, Held, Trouble
from station.errors import StationError
from station.ports import ReaderView
from ui.context import Bridge
from ui.lanes import Lane
from ui.presenters.base import Presenter


@dataclass(frozen=True, slots=True)
class DemoState:
    """The drawer, and what the last door answered."""

    drawer: DrawerState = field(default_factory=DrawerState)
    held: Held | None = None
    holds: int = 0
    """How often a card was held to a door: the same answer again is news too."""


class DemoPresenter(Presenter[DemoState]):
    """The drawer's hands."""

    _noticed = Signal()

    def __init__(self, drawer: Drawer, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(DemoState(), parent)
        self._drawer, self._bridge = drawer, bridge
        self._lane = Lane("drawer")
        self._looking = self._again = self._closed = False
        self._noticed.connect(self.look, Qt.ConnectionType.QueuedConnection)
        drawer.watch(self._noticed.emit)
        bridge.reader.connect(self._reader_moved)
        self.look()

    def look(self) -> None:
        """See how things lie; a change in the meantime is looked at once more."""
        if self._closed:
            return
        if self._looking:
            self._again = True
            return
        self._looking = True
        self.later(self._lane, self._drawer.state, self._looked, self._failed)

    def blank(self) -> None:
        """One more blank card."""
        self._do(self._drawer.blank)

    def to_encoder(self, number: str) -> None:
        self._do(lambda: self._drawer.to_encoder(number))

    def to_reader(self, number: str) -> None:
        self._do(lambda: self._drawer.to_reader(number))

    def take_away(self) -> None:
        self._do(self._drawer.take_away)

    def hold(self, number: str, room: str) -> None:
        """Hold a card to a door."""
        if not self._closed and room:
            self.later(
                self._lane, lambda: self._drawer.hold(number, room), self._answered, self._failed
            )

    def advance(self, hours: float) -> None:
        """Move the demo's clocks on (hours); what shows rooms asks again."""
        self._do(lambda: self._drawer.advance(hours), self._bridge.changed.emit)

    def trouble(self, kind: Trouble) -> None:
        """The next write meets this."""
        self._do(lambda: self._drawer.trouble(kind))

    def cloud(self, away: bool) -> None:
        self._do(lambda: self._drawer.cloud(away=away))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._bridge.reader.disconnect(self._reader_moved)
        super().close()
        self._lane.close()

    def _do(self, work: Callable[[], object], after: Callable[[], None] | None = None) -> None:
        def done(_: object) -> None:
            if after is not None:
                after()
            self.look()

        if not self._closed:
            self.later(self._lane, work, done, self._failed)

    def _looked(self, drawer: DrawerState) -> None:
        self._looking = False
        self.show(replace(self.state, drawer=drawer))
        if self._again:
            self._again = False
            self.look()

    def _answered(self, held: Held) -> None:
        self.show(replace(self.state, held=held, holds=self.state.holds + 1))
        self.look()

    def _failed(self, _: StationError) -> None:
        self._looking = False
        self.look()

    def _reader_moved(self, _: ReaderView) -> None:
        self.look()
