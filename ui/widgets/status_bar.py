"""The line at the foot: the devices, what waits, who sits there, the time, and the lock."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ui.messages import Words
from ui.presenters.status import Part, PartState, StatusState
from ui.theme import icons, tokens
from ui.theme.style import Theme

_MARKS: Final = {
    PartState.OK: ("circle-check", "good"),
    PartState.BUSY: ("clock", "accent"),
    PartState.TROUBLE: ("circle-x", "bad"),
    PartState.UNKNOWN: ("circle-help", "text_dim"),
    PartState.NONE: ("minus", "text_dim"),
}
SIZE: Final = 4 * tokens.GRID


class StatusBar(QFrame):
    """Shows a `StatusState`. Signals say what the operator wants to see or do."""

    part_wanted = Signal(object)
    """A device was clicked (`Part`)."""
    waiting_wanted = Signal()
    unresolved_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._state = StatusState()
        self._row = QHBoxLayout(self)
        self._least = self._full = 0
        self.parts = {part: _item() for part in Part}
        self.waiting, self.unresolved, self.lock = _item(), _item(), _item()
        self.operator, self.clock = QLabel(), QLabel()
        self.setProperty("role", "surface")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build()
        words.changed.connect(self.retranslate)
        theme.changed.connect(self.retranslate)
        self.retranslate()

    def render_state(self, state: StatusState) -> None:
        """Show a state."""
        self._state = state
        self.retranslate()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as it can be said in short."""
        return QSize(self._least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._say_parts(short=self.width() < self._full)

    def retranslate(self) -> None:
        """Say and colour everything anew; how the devices are only where there is room for it."""
        self._say_rest()
        self._say_parts(short=True)
        self._least = self._row.minimumSize().width()
        self._say_parts(short=False)
        self._full = self._row.minimumSize().width()
        if self.width() < self._full:
            self._say_parts(short=True)
        self.updateGeometry()

    def _say_parts(self, *, short: bool) -> None:
        for part, item in self.parts.items():
            self._show_part(part, item, short=short)

    def _say_rest(self) -> None:
        words, state = self._words, self._state
        stopped = bool(state.stopped)
        self.waiting.setText(
            words("shell.stopped", count=state.stopped)
            if stopped
            else words("shell.waiting", count=state.waiting)
        )
        hint = words("shell.waiting_hint", count=state.waiting, stopped=state.stopped)
        self._mark(self.waiting, "upload", "bad" if stopped else _counted(state.waiting), hint)
        self.unresolved.setText(words("shell.unresolved", count=state.unresolved))
        hint = words("shell.unresolved_hint", count=state.unresolved)
        colour = "unresolved_mark" if state.unresolved else "text_dim"
        self._mark(self.unresolved, "triangle-alert", colour, hint)
        role = words.word("role", state.role)
        named = words("shell.operator", name=state.operator, role=role)
        self.operator.setText(named if state.operator else "")
        self.clock.setText(state.time)
        self.clock.setToolTip(state.date)
        self.lock.setText(words("shell.lock"))
        self._mark(self.lock, "lock", "text", words("shell.lock_hint"))
        self.setAccessibleName(words("shell.status"))

    def _show_part(self, part: Part, item: QToolButton, *, short: bool) -> None:
        words, state = self._words, self._state
        found = state.parts[part]
        name = words(f"shell.status_{part.value}")
        said = words(f"shell.part_{found.value}")
        if part is Part.READER and state.reader is not None:
            said = words.word("reader_state", state.reader)
        line = words("shell.status_line", part=name, state=said)
        item.setVisible(found is not PartState.NONE or part is Part.ENCODER)
        item.setText(name if short else line)
        icon, colour = _MARKS[found]
        error = state.errors.get(part)
        self._mark(item, icon, colour, words.sentence(error) if error else line)
        item.setAccessibleName(line)

    def _mark(self, item: QToolButton, icon: str, colour: str, hint: str) -> None:
        item.setIcon(icons.icon(icon, getattr(self._theme.colours, colour)))
        item.setToolTip(hint)
        text = item.text()
        item.setAccessibleName(text)
        item.setAccessibleDescription("" if hint == text else hint)

    def _build(self) -> None:
        for part, item in self.parts.items():
            item.clicked.connect(lambda _=False, wanted=part: self.part_wanted.emit(wanted))
        self.waiting.clicked.connect(self.waiting_wanted)
        self.unresolved.clicked.connect(self.unresolved_wanted)
        self.lock.clicked.connect(self.lock_wanted)
        self.operator.setTextFormat(Qt.TextFormat.PlainText)
        self.clock.setMinimumWidth(self.clock.fontMetrics().horizontalAdvance("00:00"))
        row = self._row
        row.setContentsMargins(
            tokens.GAP_SMALL, tokens.GRID // 2, tokens.GAP_SMALL, tokens.GRID // 2
        )
        row.setSpacing(tokens.GAP_SMALL)
        for item in self.parts.values():
            row.addWidget(item)
        row.addWidget(_line())
        row.addWidget(self.waiting)
        row.addWidget(self.unresolved)
        row.addStretch(1)
        row.addWidget(self.operator)
        row.addWidget(_line())
        row.addWidget(self.clock)
        row.addWidget(_line())
        row.addWidget(self.lock)


def _item() -> QToolButton:
    item = QToolButton()
    item.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    item.setIconSize(QSize(SIZE, SIZE))
    item.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return item


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedWidth(1)
    return line


def _counted(count: int) -> str:
    return "warn" if count else "text_dim"
