"""The table of operations: a window of lines that grows as one scrolls, and never jumps."""

from collections.abc import Sequence
from typing import Final
from weakref import WeakKeyDictionary

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QScrollBar, QTableView, QWidget

from station.domain.operation import Kind, State
from ui.messages import Words
from ui.presenters.history_lines import COLUMNS, STATE_COLUMN, Line, as_table, capital
from ui.theme import tokens
from ui.theme.icons import pixmap
from ui.theme.style import Theme

AHEAD: Final = 60
"""Rows before the end at which the next page is asked for."""
SAMPLES: Final = {
    "time": "2026-00-00 00:00:00",
    "room": "10-1000",
    "card": "04DDBBDDBBDDBB",
    "until": "2026-00-00 00:00",
    "operator": "王王王王",
}
"""What the columns have to hold; the others are as wide as their words."""
MARKS: Final = {
    State.INTENT: ("clock", "accent"),
    State.DONE: ("circle-check", "good"),
    State.WAITING: ("cloud", "warn"),
    State.REFUSED: ("hand", "warn"),
    State.FAILED: ("circle-x", "bad"),
    State.UNKNOWN: ("circle-help", "unresolved_mark"),
    State.MISMATCH: ("triangle-alert", "bad"),
    State.SET_ASIDE: ("pause", "text_dim"),
}
"""Icon and colour of each state; its word stands beside them."""
_chosen: Final[WeakKeyDictionary[Words, dict[str, int]]] = WeakKeyDictionary()
"""Widths of columns that somebody chose, while the program runs."""


class HistoryTable(QTableView):
    """`end_near` and `top_near`: more lines are wanted. `sight`: rows in sight. `picked`: an
    operation (empty: none). `opened`: it was chosen by Enter or a double click.
    """

    end_near = Signal()
    top_near = Signal()
    sight = Signal(int, int)
    picked = Signal(str)
    opened = Signal(str)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._lines: list[Line] = []
        self._icons: dict[State, QIcon] = {}
        self._fitting = self._changing = False
        self._model = QStandardItemModel(0, len(COLUMNS), self)
        self.setModel(self._model)
        # Made here: of one that Qt made PySide keeps what has been connected, for good.
        bar, header = QScrollBar(self), QHeaderView(Qt.Orientation.Horizontal, self)
        chosen = QItemSelectionModel(self._model, self)
        self.setVerticalScrollBar(bar)
        self.setHorizontalHeader(header)
        self.setSelectionModel(chosen)
        self._set_up()
        bar.valueChanged.connect(self._moved)
        bar.rangeChanged.connect(self._moved)
        chosen.currentRowChanged.connect(self._current_changed)
        header.sectionResized.connect(self._resized)
        self.doubleClicked.connect(self._open)
        self.recolour()
        self.retranslate()

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        height = max(tokens.CONTROL_HEIGHT, self.fontMetrics().height() + tokens.GAP)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(self.fontMetrics().horizontalAdvance("王王王王"))

    # words and colours

    def retranslate(self) -> None:
        """Titles and names in the language of the moment; widths that nobody chose follow."""
        titles = self.titles()
        self._model.setHorizontalHeaderLabels(titles)
        self.setAccessibleName(self._words("history.table_name"))
        self._fit(titles)

    def titles(self) -> list[str]:
        """The words above the columns."""
        return [self._words(f"history.column_{name}") for name in COLUMNS]

    def _fit(self, titles: Sequence[str]) -> None:
        metrics = self.fontMetrics()
        words = {
            "kind": [capital(self._words.word("kind", kind)) for kind in Kind],
            "state": [capital(self._words.word("state", state)) for state in MARKS],
        }
        chosen = _chosen.get(self._words, {})
        self._fitting = True
        for column, name in enumerate(COLUMNS[:-1]):
            samples = [titles[column], SAMPLES.get(name, ""), *words.get(name, [])]
            width = max(metrics.horizontalAdvance(text) for text in samples) + 2 * tokens.GAP
            mark = tokens.ICON if column == STATE_COLUMN else 0
            self.setColumnWidth(column, chosen.get(name, width + mark))
        self._fitting = False

    def _resized(self, column: int, _: int, width: int) -> None:
        """Somebody chose a width: it stays so while the program runs."""
        if not self._fitting and column < len(COLUMNS) - 1:
            _chosen.setdefault(self._words, {})[COLUMNS[column]] = width

    def recolour(self) -> None:
        """Marks and words of the states in the colours of the look."""
        colours, ratio = self._theme.colours, self.devicePixelRatioF()
        size = self.fontMetrics().height()
        self._icons = {
            state: QIcon(pixmap(name, getattr(colours, colour), size, ratio))
            for state, (name, colour) in MARKS.items()
        }
        for row, line in enumerate(self._lines):
            self._mark(self._model.item(row, STATE_COLUMN), line.row.state)

    # lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Another list, from its beginning."""
        self._changing = True
        self._lines = []
        self._model.removeRows(0, self._model.rowCount())
        self._changing = False
        self.add_below(lines)
        self.scrollToTop()

    def add_below(self, lines: Sequence[Line]) -> None:
        """Older operations at the end."""
        self._lines += lines
        for line in lines:
            self._model.appendRow(self._items(line))

    def add_above(self, lines: Sequence[Line]) -> None:
        """Newer operations at the beginning; what is in sight stays where it is."""
        self._lines[:0] = lines
        bar = self.verticalScrollBar()
        place = bar.value()
        for row, line in enumerate(lines):
            self._model.insertRow(row, self._items(line))
        self._stay_at(place + len(lines))

    def drop(self, top: int, bottom: int) -> None:
        """Forget lines at either end; what is in sight stays where it is."""
        current = self.currentIndex().row()
        self._changing = True
        if bottom:
            del self._lines[len(self._lines) - bottom :]
            self._model.removeRows(self._model.rowCount() - bottom, bottom)
        if top:
            del self._lines[:top]
            place = self.verticalScrollBar().value()
            self._model.removeRows(0, top)
            self._stay_at(place - top)
        if current < top or current >= top + len(self._lines):
            self.selectionModel().clear()
        self._changing = False

    def change(self, lines: Sequence[Line]) -> None:
        """Operations as they are now, each in its place."""
        places = {line.row.number: row for row, line in enumerate(self._lines)}
        for line in lines:
            row = places.get(line.row.number)
            if row is None:
                continue
            self._lines[row] = line
            for column, text in enumerate(line.cells):
                item = self._model.item(row, column)
                if item.text() != text:
                    item.setText(text)
            self._mark(self._model.item(row, STATE_COLUMN), line.row.state)

    @property
    def lines(self) -> Sequence[Line]:
        """What is held, newest first."""
        return self._lines

    def pick(self, operation: str) -> bool:
        """Select an operation's row if it is held; whether it is."""
        for row, line in enumerate(self._lines):
            if line.row.operation == operation:
                self.selectRow(row)
                return True
        return False

    def selected_lines(self) -> list[Line]:
        """The chosen rows, from top to bottom."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self._lines[row] for row in rows if row < len(self._lines)]

    def copy(self) -> int:
        """The chosen rows with their titles onto the clipboard; how many."""
        lines = self.selected_lines()
        if lines:
            QGuiApplication.clipboard().setText(as_table(self.titles(), lines))
        return len(lines)

    # keys and scrolling

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _items(self, line: Line) -> list[QStandardItem]:
        items = [QStandardItem(text) for text in line.cells]
        self._mark(items[STATE_COLUMN], line.row.state)
        if line.cells[-1]:
            items[-1].setToolTip(line.cells[-1])
        return items

    def _mark(self, item: QStandardItem, state: State) -> None:
        colour = MARKS.get(state, ("", "text"))[1]
        item.setForeground(QColor(getattr(self._theme.colours, colour)))
        icon = self._icons.get(state)
        if icon is not None:
            item.setIcon(icon)

    def _stay_at(self, place: int) -> None:
        self.updateGeometries()
        self.verticalScrollBar().setValue(max(0, place))

    def ask(self) -> None:
        """Say again what is in sight, and whether more is wanted."""
        self._moved()

    def _moved(self, *_: int) -> None:
        bar = self.verticalScrollBar()
        shown = max(1, self.viewport().height() // self.verticalHeader().defaultSectionSize())
        first = bar.value()
        self.sight.emit(first, first + shown)
        if first + shown + AHEAD >= len(self._lines):
            self.end_near.emit()
        if first <= AHEAD:
            self.top_near.emit()

    def _current_changed(self, index: QModelIndex, _: QModelIndex) -> None:
        if self._changing:
            return
        row = index.row()
        self.picked.emit(self._lines[row].row.operation if 0 <= row < len(self._lines) else "")

    def _open(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._lines):
            self.opened.emit(self._lines[index.row()].row.operation)
