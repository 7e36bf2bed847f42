"""The filtered list on paper: read on the journal's lane, and journalled as the export it is."""

from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import Signal

from station.domain.stay import format_time
from station.errors import StationError
from station.ports import HistoryFilter
from station.workflows.history import export_rows
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.history_lines import COLUMNS, Line, line_of
from ui.presenters.papers import ROWS, Occasion, list_paper


@dataclass(frozen=True, slots=True)
class PaperState:
    """`busy`: the list is being read."""

    busy: bool = False
    error: StationError | None = None


class PaperList(Presenter[PaperState]):
    """`ready` carries the paper as rich text."""

    ready = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__(PaperState())
        self._context = context

    def occasion(self) -> Occasion:
        """Where, when and by whom something is printed now."""
        station = self._context.station
        if station is None:
            raise AssertionError("the desk is not open yet")
        desk = station.settings.desk
        now = station.clock.local().replace(microsecond=0)
        return Occasion(desk.site, desk.id, self._context.session.need().name, now)

    def make(self, wanted: HistoryFilter) -> None:
        """Read the first operations of a filter and make the paper."""
        station, who = self._context.station, self._context.session.operator
        if self.state.busy or station is None or who is None:
            return
        words, desk, clock = self._context.words.catalogue, station.desk, station.clock
        self.show(PaperState(busy=True))

        def work() -> list[Line]:
            rows = islice(export_rows(desk, who, wanted), ROWS)
            return [line_of(row, words, clock) for row in rows]

        def found(lines: list[Line]) -> None:
            self.show(PaperState())
            self._context.bridge.changed.emit()
            titles = [self._context.words(f"history.column_{name}") for name in COLUMNS]
            self.ready.emit(list_paper(lines, titles, self.occasion(), self._context.words))

        self.later(self._context.lanes.journal, work, found, self._failed)

    def trouble(self, error: StationError) -> None:
        """A paper could not be written."""
        self.show(PaperState(error=error))

    def _failed(self, error: StationError) -> None:
        self.show(PaperState(error=error))


def stamp(text: str) -> str:
    """A time as part of a file's name."""
    return text.replace(":", "").replace(" ", "-")


def file_name(where: Occasion, what: str, form: str) -> str:
    """A name for a file that nobody has to think about: what, desk, time."""
    return f"{what}-{where.desk}-{stamp(format_time(where.now))}.{form}"
