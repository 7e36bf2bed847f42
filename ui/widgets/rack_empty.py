"""What stands where the rack would be while there is nothing to show, and what helps then."""

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.context import Context
from ui.theme import icons, tokens


class Emptiness(StrEnum):
    """Why nothing is shown; the values are keys of its words."""

    LOADING = "loading"
    NO_ROOMS = "no_rooms"
    NOTHING_FOUND = "nothing_found"


class RackEmpty(QFrame):
    """A mark, a sentence and one button. `fetch_wanted`, `all_wanted`: the button was pressed."""

    fetch_wanted = Signal()
    all_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._why = Emptiness.LOADING
        self._fetching = False
        self._mark, self._text = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("role", "dim")
        self.button = QPushButton()
        self.button.clicked.connect(self._pressed)
        column = QVBoxLayout(self)
        column.setSpacing(tokens.GAP)
        column.addStretch(2)
        # A text that wraps tells its height only where it has the whole line for itself.
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._text)
        line.addStretch(1)
        self._text.setFixedWidth(tokens.CARD_PANEL_WIDTH)
        column.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(line)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        context.words.changed.connect(self.retranslate)
        context.theme.changed.connect(self._recolour)
        self.retranslate()
        self._recolour()

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text()

    def say(self, why: Emptiness, *, fetching: bool) -> None:
        """Why nothing is shown, and whether the rooms are being fetched."""
        if (why, fetching) != (self._why, self._fetching):
            self._why, self._fetching = why, fetching
            self.retranslate()
            self._recolour()

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        words, why = self._context.words, self._why
        self._text.setText(words(f"rooms.{why.value}"))
        self.button.setVisible(why is not Emptiness.LOADING)
        self.button.setEnabled(not self._fetching)
        key = "fetch" if why is Emptiness.NO_ROOMS else "show_all"
        self.button.setText(words("rooms.fetching" if self._fetching else f"rooms.{key}"))
        self.button.setAccessibleName(self.button.text())
        self.button.setProperty("role", "primary" if why is Emptiness.NO_ROOMS else "")
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)

    def _recolour(self) -> None:
        name = {Emptiness.NOTHING_FOUND: "search", Emptiness.NO_ROOMS: "door-open"}
        icon = name.get(self._why, "clock")
        size, ratio = tokens.BIG_CONTROL_HEIGHT, self.devicePixelRatioF()
        self._mark.setPixmap(
            icons.pixmap(icon, self._context.theme.colours.line_strong, size, ratio)
        )

    def _pressed(self) -> None:
        if self._why is Emptiness.NO_ROOMS:
            self.fetch_wanted.emit()
        else:
            self.all_wanted.emit()
