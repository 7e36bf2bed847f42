"""The line at the foot: the devices, what waits, who sits there, the time, and the lock.

It says as much as there is room for (`Room`); nothing is ever elided. What is left out stands in
tool tips and is what a screen reader says, always whole.
"""

from enum import IntEnum
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from station.errors import Code
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
_TOKEN: Final = frozenset({Code.PROPERTY_TOKEN_LOST, Code.SECRET_MISSING})
_QUIET: Final = frozenset({Part.PROPERTY})
"""Shown while it is in trouble only."""
SIZE: Final = 4 * tokens.GRID


class Room(IntEnum):
    """How much is said; the first for which there is room."""

    ALL = 0
    """Every device with its state, every count with its word."""
    NEWS = 1
    """A device that is ready says its name only: its mark says the rest."""
    COUNTS = 2
    """Counts beside their marks, without words."""
    NAMES = 3
    """Every device says its name only."""
    MARKS = 4
    """Marks and counts, and the operator without the role."""


class StatusBar(QFrame):
    """Shows a `StatusState`. Signals say what the operator wants to see or do."""

    part_wanted = Signal(object)
    """A device was clicked (`Part`)."""
    waiting_wanted = Signal()
    unresolved_wanted = Signal()
    doubtful_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._state = StatusState()
        self._row = QHBoxLayout(self)
        self._wants = dict.fromkeys(Room, 0)
        self._said = Room.ALL
        self.parts = {part: _item() for part in Part}
        self.waiting, self.unresolved, self.lock = _item(), _item(), _item()
        self.doubtful = _item()
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
        return QSize(self._wants[Room.MARKS], super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._say_what_fits()

    def retranslate(self) -> None:
        """Say and colour everything anew."""
        self._mark_all()
        for room in reversed(Room):
            self._say(room)
            self._wants[room] = self._row.minimumSize().width()
        self._say_what_fits()
        self.updateGeometry()

    def _say_what_fits(self) -> None:
        fits = (room for room in Room if self._wants[room] <= self.width())
        fitting = next(fits, Room.MARKS)
        if fitting is not self._said:
            self._say(fitting)

    def _say(self, room: Room) -> None:
        """The texts; everything else does not hang on the room."""
        self._said = room
        words, state = self._words, self._state
        for part, item in self.parts.items():
            fine = state.parts[part] is PartState.OK
            bare = room is Room.NAMES or (room >= Room.NEWS and fine)
            name = words(f"shell.status_{part.value}")
            said = name if bare else item.accessibleName()
            item.setText("" if room is Room.MARKS else said)
        counts = (self.waiting, state.stopped or state.waiting), (self.unresolved, state.unresolved)
        for item, count in (*counts, (self.doubtful, state.doubtful)):
            item.setText(item.accessibleName() if room < Room.COUNTS else str(count))
        named = self.operator.accessibleName()
        self.operator.setText(named if room < Room.MARKS else state.operator)
        self.operator.setToolTip(named if room is Room.MARKS else "")

    def _mark_all(self) -> None:
        """Marks, colours, tool tips and names."""
        words, state = self._words, self._state
        for part, item in self.parts.items():
            self._mark_part(part, item)
        key, count = ("stopped", state.stopped) if state.stopped else ("waiting", state.waiting)
        colour = "bad" if state.stopped else _counted(state.waiting)
        hint = words("shell.waiting_hint", count=state.waiting, stopped=state.stopped)
        self._mark(self.waiting, "upload", colour, words(f"shell.{key}", count=count), hint)
        name = words("shell.unresolved", count=state.unresolved)
        hint = words("shell.unresolved_hint", count=state.unresolved)
        colour = "unresolved_mark" if state.unresolved else "text_dim"
        self._mark(self.unresolved, "triangle-alert", colour, name, hint)
        self.doubtful.setVisible(bool(state.doubtful))
        name = words("shell.doubtful", count=state.doubtful)
        hint = words("shell.doubtful_hint", count=state.doubtful)
        self._mark(self.doubtful, "lock-keyhole", "unresolved_mark", name, hint)
        role = words.word("role", state.role)
        named = words("shell.operator", name=state.operator, role=role)
        self.operator.setAccessibleName(named if state.operator else "")
        self.clock.setText(state.time)
        self.clock.setToolTip(state.date)
        self.lock.setText(words("shell.lock"))
        self._mark(self.lock, "lock", "text", self.lock.text(), words("shell.lock_hint"))
        self.setAccessibleName(words("shell.status"))

    def _mark_part(self, part: Part, item: QToolButton) -> None:
        words, state = self._words, self._state
        found = state.parts[part]
        name = words(f"shell.status_{part.value}")
        said = words(f"shell.part_{found.value}")
        if part is Part.READER and state.reader is not None:
            said = words.word("reader_state", state.reader)
        error = state.errors.get(part)
        if error is not None and error.code in _TOKEN:
            said = words("shell.part_token")
        line = words("shell.status_line", part=name, state=said)
        if part in _QUIET:
            item.setVisible(found is PartState.TROUBLE)
        else:
            item.setVisible(found is not PartState.NONE or part is Part.ENCODER)
        icon, colour = _MARKS[found]
        self._mark(item, icon, colour, line, words.sentence(error) if error else line)

    def _mark(self, item: QToolButton, icon: str, colour: str, name: str, hint: str) -> None:
        item.setIcon(icons.icon(icon, getattr(self._theme.colours, colour)))
        item.setToolTip(hint)
        item.setAccessibleName(name)
        item.setAccessibleDescription("" if hint == name else hint)

    def _build(self) -> None:
        for part, item in self.parts.items():
            item.clicked.connect(lambda _=False, wanted=part: self.part_wanted.emit(wanted))
        self.waiting.clicked.connect(self.waiting_wanted)
        self.unresolved.clicked.connect(self.unresolved_wanted)
        self.doubtful.clicked.connect(self.doubtful_wanted)
        self.lock.clicked.connect(self.lock_wanted)
        self.operator.setTextFormat(Qt.TextFormat.PlainText)
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
        row.addWidget(self.doubtful)
        row.addStretch(1)
        row.addWidget(self.operator)
        row.addWidget(_line())
        row.addWidget(self.clock)
        row.addWidget(_line())
        row.addWidget(self.lock)


def _item() -> QToolButton:
    item = QToolButton()
    item.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    item.setIconSize(QSize(SIZE + tokens.MARK_GAP, SIZE))
    item.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return item


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedWidth(1)
    return line


def _counted(count: int) -> str:
    return "warn" if count else "text_dim"
