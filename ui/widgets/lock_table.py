"""门锁对照表: choose a CSV, see every line that is wrong and why, ask the cloud, make it count."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from ui.context import Context
from ui.presenters.lock_table import LockTableWork, TableState, Wrong
from ui.theme import icons, tokens
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.lock_list import Entry, LockList
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

if TYPE_CHECKING:
    from collections.abc import Callable

FILL = 100
"""The list takes what is free; while it is hidden the rest stays together at the top."""


class TablePanel(Panel):
    """Works a `LockTableWork`. `choose` asks for the file."""

    def __init__(self, context: Context, texts: Texts, work: LockTableWork) -> None:
        super().__init__(texts, "table")
        self._context, self._texts, self._work = context, texts, work
        self._mapped = 0
        self.choose: Callable[[], str] = self._choose
        self.about = plain_label("dim", wrap=True)
        self.found = plain_label(wrap=True)
        self.list = LockList(context)
        texts.name(self.list, "table_wrong")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        texts.name(self.progress, "table_checking")
        self.pick = texts.button("table_pick")
        self.check, self.stop = texts.button("table_check"), texts.button("table_stop")
        self.use, self.drop = texts.button("table_use", "primary"), texts.button("table_drop")
        for widget in (self.about, self.found, self.list, self.progress):
            self.body.addWidget(widget, FILL * int(widget is self.list))
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.pick, self.use, self.check, self.stop, self.drop):
            flow.addWidget(button)
        self.body.addWidget(buttons)
        self.body.addStretch(1)
        self.pick.clicked.connect(self._pick)
        self.check.clicked.connect(work.check)
        self.stop.clicked.connect(work.stop)
        self.use.clicked.connect(work.use)
        self.drop.clicked.connect(work.drop)
        work.changed.connect(self.render_state)
        context.theme.changed.connect(self._recolour)
        self._recolour()
        self.render_state(work.state)

    def show_mapped(self, count: int) -> None:
        """How many rooms the table names now."""
        self._mapped = count
        self.about.setText(self._texts("table_about", count=count))

    def render_state(self, state: TableState) -> None:
        """Show a state."""
        words, texts = self._context.words, self._texts
        self.show_mapped(self._mapped)
        loaded = bool(state.file) and not state.reading
        self.found.setText(self._found(state))
        self.found.setVisible(bool(state.file))
        self.list.show_entries([self._entry(each) for each in state.wrong])
        self.list.setVisible(bool(state.wrong))
        self.progress.setVisible(state.checking)
        self.progress.setRange(0, max(state.entries, 1))
        self.progress.setValue(state.asked)
        self.pick.setVisible(not state.file)
        self.check.setVisible(loaded and not state.checking and bool(state.entries))
        self.stop.setVisible(state.checking)
        self.use.setVisible(loaded and bool(state.entries))
        self.use.setEnabled(state.can_import)
        self.drop.setVisible(bool(state.file) and not state.checking)
        if state.problem is not None:
            self.found.setText(texts("table_bad", file=state.file, why=words.cause(state.problem)))

    def _found(self, state: TableState) -> str:
        texts = self._texts
        if state.reading:
            return texts("table_reading", file=state.file)
        if state.checking:
            return texts("table_asked", asked=state.asked, count=state.entries)
        wrong = len(state.wrong)
        asked = state.asked if state.asked == state.entries and state.entries else None
        key = "table_wrong_lines" if wrong else "table_right"
        return texts(key, file=state.file, count=state.entries, wrong=wrong, asked=asked)

    def _entry(self, wrong: Wrong) -> Entry:
        where = (
            self._texts("table_line", line=wrong.line)
            if wrong.line
            else self._texts("table_room", room=wrong.room)
        )
        text = f"{where}\n{self._context.words.cause(wrong.error)}"
        return Entry(f"{wrong.line} {wrong.room}", text, "circle-alert", "bad")

    def _pick(self) -> None:
        path = self.choose()
        if path:
            self._work.read(Path(path))

    def _choose(self) -> str:
        texts = self._texts
        shown = f"{texts('table_files')} (*.csv)"
        return QFileDialog.getOpenFileName(self, texts("table_pick"), "", shown)[0]

    def _recolour(self) -> None:
        self.pick.setIcon(icons.icon("upload", self._context.theme.colours.text))
