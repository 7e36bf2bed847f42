"""待确认 Unresolved: the list, what the chosen one meant to write, one big button, set aside."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.unresolved import Open, UnresolvedPresenter, UnresolvedState
from ui.theme import icons, tokens
from ui.widgets.calm import Calm
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.facts import Facts
from ui.widgets.panel import scrolling
from ui.widgets.texts import Texts, plain_label, sentence
from ui.widgets.verdict import Verdict

LIST_WIDTH = 80 * tokens.GRID
DETAIL_WIDTH = 180 * tokens.GRID
MAX_TYPED = 300
_ID = Qt.ItemDataRole.UserRole


def build(context: Context) -> QWidget:
    """The page, for the navigation."""
    return UnresolvedPage(context)


class UnresolvedPage(QWidget):
    """See the module. `page_wanted`: another page, by its key."""

    page_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.presenter = UnresolvedPresenter(context)
        self.presenter.setParent(self)
        self.texts = texts = Texts(context.words, "unresolved", self)
        self.list = QListWidget()
        self.room = plain_label("room", wrap=True)
        self.facts = Facts(texts, ("what", "when", "operator", "meant", "card"))
        self.put = texts.label("put", "large", wrap=True)
        self.read = texts.button("read", "primary")
        self.verdict, self.error = Verdict(context), ErrorPanel(context.words)
        self.open_aside = texts.button("aside_open")
        self.reason = QLineEdit()
        self.aside = texts.button("aside_do", "danger")
        self.note = texts.label("aside_note", "dim", wrap=True)
        self.empty = Calm(context, texts, "circle-check", "empty", "empty_hint", "good")
        self.loading = Calm(context, texts, "clock", "loading", "loading_hint", "text_dim")
        self.locks = QPushButton()
        self.locks.setAutoDefault(False)
        self._build()
        self._connect()
        self._recolour()
        self.render_state(self.presenter.state)

    def activated(self) -> None:
        """The page is shown: ask the journal, the keyboard on the big button."""
        self.presenter.refresh()
        (self.read if self.presenter.state.lines else self).setFocus()

    def function_key(self, number: int) -> bool:
        """F3 looks at the card."""
        if number == 3 and self.presenter.state.line is not None:
            self.presenter.resolve()
            return True
        return False

    def close_page(self) -> None:
        self.presenter.close()

    def render_state(self, state: UnresolvedState) -> None:
        """Show a state."""
        if state.lines:
            self._stack.setCurrentWidget(self._work)
        else:
            self._stack.setCurrentWidget(self.empty if state.loaded else self.loading)
        self.locks.setVisible(bool(state.doubtful))
        self.locks.setText(self.texts("locks", count=state.doubtful))
        self.locks.setAccessibleName(self.locks.text())
        self.verdict.show_said(state.said)
        self.error.show_error(state.problem)
        if state.problem is not None:
            QTimer.singleShot(0, self, lambda: self._area.ensureWidgetVisible(self.error))
        self._render_list(state)
        if state.line is not None:
            self._render_line(state.line)
        self.read.setEnabled(not state.working)
        self.read.setText(self.texts("reading" if state.working else "read"))
        self.aside.setEnabled(not state.working)

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        self.render_state(self.presenter.state)

    def _render_list(self, state: UnresolvedState) -> None:
        with QSignalBlocker(self.list):
            while self.list.count() > len(state.lines):
                self.list.takeItem(self.list.count() - 1)
            for place, line in enumerate(state.lines):
                item = self.list.item(place) or QListWidgetItem(self.list)
                item.setText(
                    self.texts.sentence(
                        "line",
                        kind=line.kind,
                        room=line.room or self.texts("no_room"),
                        at=format_time(line.at)[:16],
                        operator=line.operator,
                    )
                )
                item.setData(_ID, line.operation)
                if line.operation == state.chosen:
                    self.list.setCurrentItem(item)

    def _render_line(self, line: Open) -> None:
        texts = self.texts
        changed = self.room.property("operation") not in (None, line.operation)
        self.room.setProperty("operation", line.operation)
        if changed:
            self._close_aside()
        self.room.setText(line.room or texts("no_room"))
        meant = texts("meant_clear")
        if line.authorised_at is not None and line.expires_at is not None:
            start, end = format_time(line.authorised_at), format_time(line.expires_at)
            meant = texts("meant_stay", room=line.room, start=start[:16], end=end[:16])
        card = texts("card_unknown")
        if line.card_id:
            card = texts("card_id", card_id=line.card_id)
        elif line.uid:
            card = texts("card_uid", uid=line.uid)
        self.facts.show_facts(
            {
                "what": sentence(self._context.words.word("kind", line.kind)),
                "when": format_time(line.at),
                "operator": line.operator,
                "meant": meant,
                "card": card,
            }
        )

    def _choose(self, row: int) -> None:
        item = self.list.item(row)
        if item is not None:
            self.presenter.choose(item.data(_ID))

    def _show_aside(self) -> None:
        for widget in (self.reason, self.aside, self.note):
            widget.show()
        self.open_aside.hide()
        self.reason.setFocus()

    def _close_aside(self) -> None:
        for widget in (self.reason, self.aside, self.note):
            widget.hide()
        self.reason.clear()
        self.open_aside.show()

    def _set_aside(self) -> None:
        self.presenter.set_aside(self.reason.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and not self.reason.isHidden():
            self._close_aside()
            self.open_aside.setFocus()
        else:
            super().keyPressEvent(event)

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.read.setIcon(icons.icon("scan-line", colours.accent_text, colours.text_dim))
        self.locks.setIcon(icons.icon("lock-keyhole", colours.text))

    def _connect(self) -> None:
        self.presenter.changed.connect(self.render_state)
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemActivated.connect(lambda _: self.presenter.resolve())
        self.read.clicked.connect(self.presenter.resolve)
        self.locks.clicked.connect(lambda: self.page_wanted.emit("locks"))
        self.open_aside.clicked.connect(self._show_aside)
        self.aside.clicked.connect(self._set_aside)
        self.reason.returnPressed.connect(self._set_aside)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)

    def _build(self) -> None:
        texts = self.texts
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        texts.name(self.list, "list")
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setSpacing(tokens.GRID)
        self.reason.setMaxLength(MAX_TYPED)
        texts.say("aside_why", self.reason.setPlaceholderText, self.reason.setAccessibleName)
        self.read.setProperty("tall", "most")
        body = QHBoxLayout()
        body.setSpacing(tokens.GAP)
        body.addWidget(self.list)
        self._area = scrolling(self._details())
        self._close_aside()
        body.addWidget(self._area, 1)
        self._work = QWidget()
        work = QVBoxLayout(self._work)
        work.setContentsMargins(0, 0, 0, 0)
        work.setSpacing(tokens.GAP)
        work.addWidget(texts.label("intro", "dim", wrap=True))
        work.addLayout(body, 1)
        self._stack = QStackedWidget()
        for widget in (self._work, self.empty, self.loading):
            self._stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.GAP_LARGE, tokens.GAP, tokens.GAP_LARGE, tokens.GAP_LARGE)
        layout.setSpacing(tokens.GAP)
        head = QHBoxLayout()
        head.setSpacing(tokens.GAP)
        head.addWidget(texts.label("title", "title"), 1)
        head.addWidget(self.locks)
        layout.addLayout(head)
        layout.addWidget(self.verdict)
        layout.addWidget(self._stack, 1)

    @staticmethod
    def _line() -> QFrame:
        line = QFrame()
        line.setProperty("role", "line")
        line.setFixedHeight(1)
        return line

    def _details(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("role", "panel")
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(*[tokens.GAP_LARGE] * 4)
        inner.setSpacing(tokens.GAP)
        column = QWidget()
        column.setMaximumWidth(DETAIL_WIDTH)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(tokens.GAP)
        for widget in (self.room, self.facts, self._line(), self.put, self.read):
            rows.addWidget(widget)
        rows.addSpacing(tokens.GAP)
        rows.addWidget(self.open_aside, 0, Qt.AlignmentFlag.AlignLeft)
        typed = QHBoxLayout()
        typed.addWidget(self.reason, 1)
        typed.addWidget(self.aside)
        rows.addLayout(typed)
        rows.addWidget(self.note)
        rows.addWidget(self.error)
        inner.addWidget(column)
        inner.addStretch(1)
        return panel
