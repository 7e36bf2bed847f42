"""What every page is given: the open desk, lanes, words, look and who is logged in. No global."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Qt, Signal

from station.compose import Station
from station.domain.operator import Operator
from station.errors import Code, Refused
from station.ports import ReaderView, StepNotice
from station.workflows.desk import Desk
from ui.chosen_house import ChosenHouse
from ui.lanes import Lanes
from ui.messages import Words
from ui.presenters.rack_source import RackSource
from ui.theme.style import Theme


class Bridge(QObject):
    """Brings what other threads notice onto the UI thread.

    `step`: a step of a write (`StepNotice`). `reader`: a new view of the PC/SC reader. `changed`:
    something was written to the journal, so that what shows rooms or operations asks again.
    """

    step = Signal(object)
    reader = Signal(object)
    changed = Signal()
    _step = Signal(object)
    _reader = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        queued = Qt.ConnectionType.QueuedConnection
        self._step.connect(self.step, queued)
        self._reader.connect(self.reader, queued)

    def watch(self, notice: StepNotice) -> None:
        """The desk's `watch`: called on a lane."""
        self._step.emit(notice)

    def observe(self, view: ReaderView) -> None:
        """The reader's observer: called on the reader's thread."""
        self._reader.emit(view)


class Session(QObject):
    """Who sits at the desk. `changed` on log-in, lock and log-out.

    `ending`: the desk is about to be closed, so that work that takes minutes stops now.
    """

    changed = Signal()
    ending = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operator: Operator | None = None

    @property
    def operator(self) -> Operator | None:
        return self._operator

    def need(self) -> Operator:
        """Whoever is logged in. Raises `Refused` NOT_LOGGED_IN."""
        if self._operator is None:
            raise Refused(Code.NOT_LOGGED_IN)
        return self._operator

    def set(self, operator: Operator | None) -> None:
        """Somebody logged in, or (None) the desk was locked."""
        if operator != self._operator:
            self._operator = operator
            self.changed.emit()


@dataclass(slots=True)
class Context:
    """Handed to presenters and pages. `station` is None until its journal is open."""

    words: Words
    theme: Theme
    lanes: Lanes
    bridge: Bridge
    session: Session
    station: Station | None = None
    house: ChosenHouse = field(default_factory=ChosenHouse)
    ask_restart: Callable[[], None] = field(default=lambda: None)
    rack: RackSource = field(default_factory=RackSource)
    """Made ready while the PIN is typed; then the rooms page's, on the journal's lane."""

    @property
    def desk(self) -> Desk:
        """The open desk. Raises AssertionError before it is open (no page is shown then)."""
        if self.station is None:
            raise AssertionError("the desk is not open yet")
        return self.station.desk

    def for_page(self) -> "Context":
        """The same for a page, whose widgets follow language and look through objects of its own.

        PySide keeps a record of each connection until its sender ends, not its receiver: a page's
        hundred would stay behind each time another operator sits down. Its echoes end with it: it
        takes them as its children.
        """
        return replace(self, words=self.words.echo(), theme=self.theme.echo())
