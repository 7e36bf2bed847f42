"""The panel beside the list: one operation in full, its steps, and what belongs to it."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from station.domain.operation import State
from ui.messages import Words
from ui.presenters.history_lines import capital
from ui.presenters.operation_details import Details, DetailsState, Related
from ui.theme import tokens
from ui.theme.icons import icon, pixmap
from ui.theme.style import Theme
from ui.widgets.history_table import MARKS

_STEP: Final = ("check", "text_dim")


class OperationDetails(QFrame):
    """`reveal` and `hide_again`: the guest. `look_at`: another operation. `copy`: for support.
    `narrow`: filter the list by room or card. `left`: the panel is closed.
    """

    reveal = Signal()
    hide_again = Signal()
    look_at = Signal(str)
    copy = Signal()
    narrow = Signal(str, str)
    left = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._words, self._theme = words, theme
        self._state = DetailsState()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*(4 * [tokens.GAP]))
        self._column.setSpacing(tokens.GAP_SMALL)
        self._inner: QWidget | None = None

    def render_state(self, state: DetailsState) -> None:
        """Show an operation, or nothing."""
        if state != self._state or self._inner is None:
            self._state = state
            self.retranslate()

    def retranslate(self) -> None:
        """Everything anew, in the language and look of the moment."""
        focus = self._focused()
        if self._inner is not None:
            self._inner.hide()
            self._column.removeWidget(self._inner)
            self._inner.deleteLater()
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        details = self._state.details
        self._head(column, details)
        if details is not None:
            self._outcome(column, details)
            self._facts(column, details)
            self._guest(column, details)
            self._steps(column, details)
            self._family(column, details)
            self._buttons(column, details)
        self._column.addWidget(self._inner)
        self._inner.show()
        if focus:
            again = self._inner.findChild(QWidget, focus)
            if again is not None:
                again.setFocus()

    def _focused(self) -> str:
        found = self.focusWidget() if self._inner is not None else None
        return found.objectName() if found is not None and found.hasFocus() else ""

    def _head(self, column: QVBoxLayout, details: Details | None) -> None:
        line = QHBoxLayout()
        title = QLabel()
        title.setProperty("role", "large")
        title.setWordWrap(True)
        if details is None:
            title.setText(self._words("history.not_found"))
        else:
            kind = capital(self._words.word("kind", details.row.kind))
            title.setText(" · ".join(part for part in (kind, details.row.room_name) if part))
        line.addWidget(title, 1)
        close = QToolButton()
        close.setObjectName("history_close_details")
        close.setFixedSize(tokens.CONTROL_HEIGHT, tokens.CONTROL_HEIGHT)
        close.setIcon(icon("x", self._theme.colours.text_dim))
        close.setAccessibleName(self._words("history.close_details"))
        close.setToolTip(self._words("history.close_details"))
        close.clicked.connect(self.left)
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)

    def _outcome(self, column: QVBoxLayout, details: Details) -> None:
        state = details.row.state
        line = QHBoxLayout()
        line.addWidget(self._mark(state, tokens.ICON))
        word = QLabel(capital(self._words.word("state", state)))
        word.setProperty("role", "large")
        line.addWidget(word, 1)
        column.addLayout(line)
        if details.cause:
            box = QFrame()
            box.setProperty("role", "warn" if state in (State.WAITING, State.REFUSED) else "bad")
            inner = QVBoxLayout(box)
            inner.setContentsMargins(*(4 * [tokens.GAP_SMALL]))
            inner.setSpacing(tokens.GRID)
            inner.addWidget(self._text(details.cause))
            inner.addWidget(self._text(details.next_step))
            inner.addWidget(self._text(details.row.error, "small"))
            column.addWidget(box)
        if self._state.error is not None:
            column.addWidget(self._text(self._words.sentence(self._state.error), "warn"))

    def _facts(self, column: QVBoxLayout, details: Details) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GRID)
        grid.setColumnStretch(1, 1)
        for row, (name, text) in enumerate(details.facts):
            title = self._text(self._words(f"history.fact_{name}"), "dim", wrap=False)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._text(text), row, 1)
        column.addLayout(grid)

    def _guest(self, column: QVBoxLayout, details: Details) -> None:
        if not details.person:
            return
        line = QHBoxLayout()
        title = self._text(self._words("history.fact_guest"), "dim", wrap=False)
        line.addWidget(title)
        shown = self._state.revealed or details.guest or self._words("history.erased")
        line.addWidget(self._text(shown), 1)
        if details.guest and self._state.may_reveal:
            hidden = not self._state.revealed
            name = "history.reveal" if hidden else "history.hide"
            button = self._button("reveal", name, "eye" if hidden else "eye-off")
            button.setToolTip(self._words("history.reveal_tip") if hidden else "")
            button.clicked.connect(self.reveal if hidden else self.hide_again)
            line.addWidget(button)
        column.addLayout(line)

    def _steps(self, column: QVBoxLayout, details: Details) -> None:
        column.addWidget(self._section("history.steps"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.GAP_SMALL)
        grid.setVerticalSpacing(tokens.GRID)
        grid.setColumnStretch(2, 1)
        for row, step in enumerate(details.steps):
            grid.addWidget(self._text(step.at, "small", wrap=False), 2 * row, 0)
            grid.addWidget(self._mark(step.state, tokens.ICON - tokens.GRID), 2 * row, 1)
            grid.addWidget(self._text(step.what), 2 * row, 2)
            if step.more:
                grid.addWidget(self._text(step.more, "small"), 2 * row + 1, 2)
        column.addLayout(grid)

    def _family(self, column: QVBoxLayout, details: Details) -> None:
        if details.parent is not None:
            column.addWidget(self._section("history.parent"))
            column.addWidget(self._link(details.parent))
        if details.children:
            column.addWidget(self._section("history.children"))
            for child in details.children:
                column.addWidget(self._link(child))

    def _buttons(self, column: QVBoxLayout, details: Details) -> None:
        row = details.row
        card, room = row.card_id or row.uid, row.room_name or row.room_id
        if card:
            button = self._button("by_card", "history.by_card", "credit-card")
            button.clicked.connect(lambda: self.narrow.emit("card", card))
            column.addWidget(button)
        if room:
            button = self._button("by_room", "history.by_room", "bed-double")
            button.clicked.connect(lambda: self.narrow.emit("room", row.room_id or room))
            column.addWidget(button)
        copy = self._button("copy", "history.copy_details", "copy")
        copy.clicked.connect(self.copy)
        column.addWidget(copy)

    # parts

    def _text(self, text: str, role: str = "", *, wrap: bool = True) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(wrap)
        if wrap:
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            label.setProperty("role", role)
        return label

    def _section(self, key: str) -> QLabel:
        label = QLabel(self._words(key))
        label.setProperty("role", "dim")
        label.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        return label

    def _mark(self, state: State, size: int) -> QLabel:
        name, colour = MARKS.get(state, _STEP)
        label = QLabel()
        colours = self._theme.colours
        label.setPixmap(pixmap(name, getattr(colours, colour), size, self.devicePixelRatioF()))
        return label

    def _button(self, name: str, key: str, picture: str) -> QPushButton:
        button = QPushButton(self._words(key))
        button.setObjectName(f"history_{name}")
        button.setAccessibleName(self._words(key))
        button.setIcon(icon(picture, self._theme.colours.text))
        return button

    def _link(self, related: Related) -> QPushButton:
        button = QPushButton(related.label)
        button.setObjectName(f"history_link_{related.operation}")
        button.setAccessibleName(related.label)
        button.clicked.connect(lambda: self.look_at.emit(related.operation))
        return button
