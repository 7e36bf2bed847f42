"""The buttons of the history: a file, the chain, papers. They ask where to and start the work."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton, QWidget

from station.compose.worker import Done
from station.ports import HistoryFilter
from ui.context import Context
from ui.presenters.history import HistoryPresenter, HistoryState
from ui.presenters.history_export import FORMS, Form, WorkPresenter
from ui.presenters.history_filters import bounds, sees_all
from ui.presenters.paper_list import PaperList, file_name
from ui.presenters.papers import Shift, handover_paper
from ui.theme import tokens
from ui.theme.icons import icon

if TYPE_CHECKING:
    from ui.widgets.printing import PdfWriting

Place = Callable[[str, str, str], str]
"""(title, proposed path, what files are shown) → the chosen path, empty for none."""
_PAPERS = ("print_list", "pdf_list", "print_handover", "pdf_handover")
_LISTS = ("print_list", "pdf_list")


class HistoryActions(QWidget):
    """Export, verify, print; each shown only to whom it is for."""

    def __init__(
        self,
        context: Context,
        presenter: HistoryPresenter,
        work: WorkPresenter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._presenter = context, presenter
        self._work = work
        self.ask: Place = self._ask
        self.print_html: Callable[[str, bool], None] = self._print_html
        self.papers = PaperList(context)
        self.export, self.verify, self.print = QPushButton(), QPushButton(), QPushButton()
        self.exports: dict[Form, QAction] = {}
        self.prints: dict[str, QAction] = {}
        self._shift = Shift(None, None, "")
        self._pdf = ""
        self._writing: PdfWriting | None = None
        self._make()
        # Methods and no lambdas: a presenter has no parent, so what it holds holds it for good.
        work.tallied.connect(self._tallied)
        work.changed.connect(self._working)
        self.papers.ready.connect(self._made)

    def render_state(self, state: HistoryState) -> None:
        """What this operator may do, and not while something runs."""
        busy = self._work.state.running
        self.export.setVisible(state.may_export)
        self.export.setEnabled(not busy)
        self.verify.setVisible(state.may_verify)
        self.verify.setEnabled(not busy)
        self.print.setEnabled(not busy)
        for name in _LISTS:
            self.prints[name].setVisible(state.may_export)

    def retranslate(self) -> None:
        """In the language of the moment."""
        words = self._context.words
        for button, key in (
            (self.export, "export"),
            (self.verify, "verify"),
            (self.print, "print"),
        ):
            button.setText(words(f"history.{key}"))
            button.setAccessibleName(words(f"history.{key}"))
            button.setToolTip(words(f"history.{key}_tip"))
        for form, action in self.exports.items():
            action.setText(words(f"history.form_{form}"))
        for name, action in self.prints.items():
            action.setText(words(f"history.{name}"))

    def recolour(self) -> None:
        """Icons in the colours of the look."""
        colours = self._context.theme.colours
        for button, name in (
            (self.export, "file-down"),
            (self.verify, "shield-check"),
            (self.print, "printer"),
        ):
            button.setIcon(icon(name, colours.text, colours.text_dim))

    def save(self, form: Form) -> None:
        """Ask where to, and write what is filtered."""
        path = self._where("file_history", form)
        if path:
            self._work.export(self._presenter.wanted, Path(path), form)

    def paper(self, name: str) -> None:
        """Print the list or the handover sheet, or write it as PDF."""
        what, _, kind = name.partition("_")
        self._pdf = ""
        if what == "pdf":
            self._pdf = self._where(f"file_{kind}", "pdf")
            if not self._pdf:
                return
        if name in _LISTS:
            self.papers.make(self._presenter.wanted)
        else:
            self._count_shift()

    def open_folder(self, path: str) -> None:
        """Show the folder of a file that was written."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))

    def _count_shift(self) -> None:
        """The filter's times and operator; today where no time is chosen."""
        station, who = self._context.station, self._context.session.operator
        if station is None or who is None:
            return
        clock, filters = station.clock, self._presenter.state.filters
        since, until = bounds(filters, clock)
        if since is None:
            now = clock.local()
            since = now.replace(hour=0, minute=0, second=0, microsecond=0)
        operator = filters.operator if sees_all(who) else who.name
        self._shift = Shift(since, until, operator)
        self._work.tally(
            HistoryFilter(
                since=clock.to_utc(since),
                until=clock.to_utc(until) if until else None,
                operator=operator,
            )
        )

    def _working(self, _: object) -> None:
        self.render_state(self._presenter.state)

    def _made(self, html: str) -> None:
        self._put(html, wide=True)

    def _tallied(self, found: Done) -> None:
        where = self.papers.occasion()
        self._put(handover_paper(found, self._shift, where, self._context.words), wide=False)

    def _put(self, html: str, *, wide: bool) -> None:
        if not self._pdf:
            self.print_html(html, wide)
            return
        from ui.widgets.printing import PdfWriting

        writing = PdfWriting(html, Path(self._pdf), self, wide=wide)
        self._writing = writing
        writing.finished.connect(self._written)
        writing.start()

    def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is None:
            return
        writing.deleteLater()
        if writing.error is not None:
            self.papers.trouble(writing.error)
        else:
            self._work.written(self._pdf)

    def close_papers(self) -> None:
        """Nothing that is awaited arrives any more; a paper that is being written is finished."""
        self.papers.close()
        if self._writing is not None:
            self._writing.wait()
            self._writing = None

    def _print_html(self, html: str, wide: bool) -> None:
        from ui.widgets.printing import to_printer

        to_printer(html, self, wide=wide)

    def _where(self, what: str, form: str) -> str:
        words = self._context.words
        name = file_name(self.papers.occasion(), words(f"history.{what}"), form)
        places = QStandardPaths.StandardLocation.DocumentsLocation
        folder = QStandardPaths.writableLocation(places)
        shown = f"{words(f'history.form_{form}')} (*.{form})"
        path = self.ask(words("history.save_as"), str(Path(folder) / name), shown)
        return path if not path or path.endswith(f".{form}") else f"{path}.{form}"

    def _ask(self, title: str, proposed: str, shown: str) -> str:
        return QFileDialog.getSaveFileName(self, title, proposed, shown)[0]

    def _make(self) -> None:
        menu = QMenu(self.export)
        for form in FORMS:
            self.exports[form] = self._action(menu, partial(self.save, form))
        self.export.setMenu(menu)
        self.export.setProperty("role", "menu")
        papers = QMenu(self.print)
        for name in _PAPERS:
            self.prints[name] = self._action(papers, partial(self.paper, name))
        self.print.setMenu(papers)
        self.print.setProperty("role", "menu")
        self.verify.clicked.connect(self._work.verify)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.GAP_SMALL)
        for button in (self.export, self.print, self.verify):
            row.addWidget(button)

    @staticmethod
    def _action(menu: QMenu, chosen: Callable[[], None]) -> QAction:
        action = QAction(menu)
        action.triggered.connect(lambda _: chosen())
        menu.addAction(action)
        return action
