"""记录 History: who did what, filtered, page by page; an operation in full; files and papers."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from station.ports import ReaderState, ReaderView
from ui.context import Context
from ui.presenters.card_life import CardLifePresenter
from ui.presenters.history import HistoryPresenter, HistoryState
from ui.presenters.history_export import WorkPresenter
from ui.presenters.history_filters import Filters
from ui.presenters.history_pages import COUNTED, PAGE
from ui.presenters.operation_details import DetailsPresenter, DetailsState
from ui.theme import tokens
from ui.theme.icons import icon
from ui.widgets.card_life import CardLifeBox
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.filter_bar import FilterBar
from ui.widgets.history_actions import HistoryActions
from ui.widgets.history_table import HistoryTable
from ui.widgets.operation_details import OperationDetails
from ui.widgets.work_bar import WorkBar


def build(context: Context) -> QWidget:
    """The page, for the navigation."""
    return HistoryPage(context)


class HistoryPage(QWidget):
    """The list with its filters; at the right what was chosen, when something was."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        words, theme = context.words, context.theme
        self.presenter = HistoryPresenter(context)
        self.details = DetailsPresenter(context)
        self.life = CardLifePresenter(context)
        self.work = WorkPresenter(context)
        self._operator = context.session.operator
        self._tap = 0
        self.filters = FilterBar(words, theme, self._today)
        self.table = HistoryTable(words, theme)
        self.panel = OperationDetails(words, theme)
        self.life_box = CardLifeBox(words)
        self.error = ErrorPanel(words)
        self.bar = WorkBar(words)
        self.title, self.scope, self.count = QLabel(), QLabel(), QLabel()
        self.fresh, self.all = QPushButton(), QPushButton()
        self.empty, self.empty_more = QLabel(), QLabel()
        self.actions_bar = HistoryActions(context, self.presenter, self.work)
        self._build()
        self._connect()
        self.retranslate()
        self._recolour()
        self.render_state(self.presenter.state)

    # what the main window asks for

    def activated(self) -> None:
        """The page is shown: the newest operations, the keyboard in the list."""
        self.presenter.watch(True)
        if not self.presenter.state.operator:
            self.presenter.recall()
        else:
            self.presenter.look_again()
        self.table.setFocus()

    def function_key(self, number: int) -> bool:
        """F2 room, F3 card, F5 the list anew."""
        if number == 2:
            self._focus(self.filters.room)
        elif number == 3:
            self._focus(self.filters.card)
        elif number == 5:
            self.presenter.refresh()
        else:
            return False
        return True

    def close_page(self) -> None:
        """Nothing that is awaited arrives any more, and no child is left at work."""
        for presenter in (self.presenter, self.details, self.life, self.work):
            presenter.close()
        self.actions_bar.close_papers()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.presenter.watch(True)
        # Only what is put down from now on is meant for this page.
        reader = self._context.desk.reader
        self._tap = reader.view().tap if reader is not None else 0

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.presenter.watch(False)

    # showing

    def render_state(self, state: HistoryState) -> None:
        """Show a state."""
        words = self._context.words
        own = state.operator if state.own_only else ""
        self.filters.show_filters(state.filters, own, state.operators)
        self.error.show_error(state.error or self.actions_bar.papers.state.error)
        self.scope.setText(words("history.scope_own" if state.own_only else "history.scope_all"))
        self.count.setText(self._count_text(state))
        self.fresh.setVisible(bool(state.fresh) and state.error is None)
        self.fresh.setText(words("history.fresh", count=_capped(state.fresh, PAGE - 1)))
        self.fresh.setAccessibleName(self.fresh.text())
        self.actions_bar.render_state(state)
        nothing = not state.rows and not state.loading and state.error is None
        self._stack.setCurrentIndex(1 if nothing and state.count == 0 else 0)
        self.all.setVisible(not state.filters.empty)
        self.empty.setText(words("history.nothing" if state.filters.empty else "history.no_match"))
        self.empty_more.setText(
            words("history.nothing_next" if state.filters.empty else "history.no_match_next")
        )
        if not state.loading:
            self.table.ask()

    def _count_text(self, state: HistoryState) -> str:
        words = self._context.words
        if state.error is not None:
            return ""
        if state.loading and not state.rows:
            return words("history.loading")
        if state.count < 0:
            return ""
        return words("history.count", count=_capped(state.count, COUNTED))

    def retranslate(self) -> None:
        """Everything in the language of the moment; the same operations stay in sight."""
        words = self._context.words
        self.title.setText(words("history.title"))
        self.all.setText(words("history.show_all"))
        self.all.setAccessibleName(words("history.show_all"))
        self.filters.retranslate()
        self.table.retranslate()
        self.actions_bar.retranslate()
        self.bar.retranslate()
        self.presenter.reword()
        self.details.look_again()
        self.life.look_again()
        self.panel.retranslate()
        self.life_box.retranslate()
        self._side.setAccessibleName(words("history.side_name"))
        self.render_state(self.presenter.state)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.fresh.setIcon(icon("refresh-cw", colours.accent_text))
        self.filters.recolour()
        self.table.recolour()
        self.actions_bar.recolour()
        self.panel.retranslate()

    # what happens

    def _filtered(self, filters: Filters) -> None:
        self.presenter.filter(filters)
        self.life.look_at(filters.card)
        self.details.look_at("")
        self._show_side()

    def _picked(self, operation: str) -> None:
        self.details.look_at(operation)

    def _opened(self, operation: str) -> None:
        self.details.look_at(operation)
        self._focus(self.panel)

    def _details_changed(self, state: DetailsState) -> None:
        self.panel.render_state(state)
        self._show_side()

    def _life_changed(self, _: object) -> None:
        self._show_side()

    def _paper_changed(self, _: object) -> None:
        self.render_state(self.presenter.state)

    def _show_side(self) -> None:
        """The panel at the right is there only while it has something to say."""
        chosen = self.details.state.details is not None
        self.panel.setVisible(chosen)
        self._side.setVisible(chosen or bool(self.life.state.card))

    def _leave_details(self) -> None:
        self.details.look_at("")
        self.table.setFocus()

    def _seated(self) -> None:
        """Somebody sits down or leaves: nothing in full stays on the screen."""
        self.details.hide()
        who = self._context.session.operator
        if who is None or who == self._operator:
            return
        self._operator = who
        self.details.look_at("")
        self.life.look_at("")
        self.work.dismiss()
        self.presenter.recall()
        self.life.look_at(self.presenter.state.filters.card)

    def _tapped(self, view: ReaderView) -> None:
        """A card put on the reader while the history is in sight is looked up."""
        if not self.isVisible() or view.state is not ReaderState.CARD or view.tap <= self._tap:
            return
        self._tap = view.tap
        if view.uid and self._context.session.operator is not None:
            self.filters.narrow(card=view.uid)

    def _written(self) -> None:
        """Something was written to the journal, by whatever part of the program."""
        if self.isVisible():
            self.details.look_again()
            self.life.look_again()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self.details.for_support())

    def _today(self) -> date:
        """The site's day."""
        return self._context.desk.clock.local().date()

    def _focus(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # making

    def _build(self) -> None:
        self.title.setProperty("role", "title")
        self.scope.setProperty("role", "dim")
        self.count.setProperty("role", "dim")
        self.fresh.setProperty("role", "primary")
        self.fresh.hide()
        head = QHBoxLayout()
        head.setSpacing(tokens.GAP)
        for widget in (self.title, self.scope, self.count):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.actions_bar)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._emptiness())
        self._side = self._make_side()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self._side)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(tokens.GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        column.setSpacing(tokens.GAP_SMALL)
        column.addLayout(head)
        column.addWidget(self.filters)
        column.addWidget(self.error)
        column.addWidget(self.bar)
        column.addWidget(self.fresh, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._splitter, 1)

    def _make_side(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        column.addWidget(self.life_box)
        column.addWidget(self.panel)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(tokens.CARD_PANEL_WIDTH)
        area.hide()
        return area

    def _emptiness(self) -> QWidget:
        found = QWidget()
        self.empty.setProperty("role", "large")
        self.empty_more.setProperty("role", "dim")
        column = QVBoxLayout(found)
        column.addStretch(1)
        for label in (self.empty, self.empty_more):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return found

    def _connect(self) -> None:
        self.presenter.changed.connect(self.render_state)
        self.presenter.reset.connect(self.table.set_lines)
        self.presenter.appended.connect(self.table.add_below)
        self.presenter.prepended.connect(self.table.add_above)
        self.presenter.dropped.connect(self.table.drop)
        self.presenter.updated.connect(self.table.change)
        self.table.end_near.connect(self.presenter.load_more)
        self.table.top_near.connect(self.presenter.load_back)
        self.table.sight.connect(self.presenter.sight)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self._opened)
        self.filters.wanted.connect(self._filtered)
        self.fresh.clicked.connect(self.presenter.refresh)
        self.all.clicked.connect(self.filters.clear.click)
        self.details.changed.connect(self._details_changed)
        self.details.written.connect(self._context.bridge.changed)
        self.panel.reveal.connect(self.details.reveal)
        self.panel.hide_again.connect(self.details.hide)
        self.panel.look_at.connect(self.details.look_at)
        self.panel.copy.connect(self._copy_details)
        self.panel.narrow.connect(lambda part, text: self.filters.narrow(**{part: text}))
        self.panel.left.connect(self._leave_details)
        self.life.changed.connect(self.life_box.render_state)
        # Methods and no lambdas: a presenter has no parent, so what it holds holds it for good.
        self.life.changed.connect(self._life_changed)
        self.work.changed.connect(self.bar.render_state)
        self.actions_bar.papers.changed.connect(self._paper_changed)
        self.bar.open_folder.connect(self.actions_bar.open_folder)
        self.bar.cancelled.connect(self.work.cancel)
        self.bar.dismissed.connect(self.work.dismiss)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)
        self._context.session.changed.connect(self._seated)
        self._context.bridge.reader.connect(self._tapped)
        self._context.bridge.changed.connect(self._written)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._leave_details)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(lambda: self._focus(self.filters.text))


def _capped(count: int, most: int) -> str:
    """`1000+` where nobody counted further."""
    return f"{most}+" if count > most else str(count)
