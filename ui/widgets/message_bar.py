"""A message above the page that stays until it is dismissed: an error, a warning or good news."""

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from station.errors import StationError
from ui.messages import Words
from ui.theme import icons, tokens
from ui.theme.style import Theme
from ui.widgets.error_panel import announce


class Tone(StrEnum):
    """What kind of message it is; the names are the roles of the style sheet."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


_ICONS = {Tone.GOOD: "circle-check", Tone.WARN: "triangle-alert", Tone.BAD: "circle-x"}


class MessageBar(QWidget):
    """One message at a time. It speaks the language of the moment and follows the look."""

    dismissed = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._error: StationError | None = None
        self._key, self._facts = "", dict[str, object]()
        self._tone = Tone.WARN
        self._frame = QFrame()
        self._mark, self._text, self._code = QLabel(), QLabel(), QLabel()
        self._copy, self._close = QToolButton(), QToolButton()
        self._build()
        self.hide()
        words.changed.connect(self._retranslate)
        theme.changed.connect(self._recolour)

    @property
    def text(self) -> str:
        """What is said; empty while the bar is hidden."""
        return "" if self.isHidden() else self._text.text()

    def show_error(self, error: StationError, tone: Tone = Tone.BAD) -> None:
        """Cause and next step, the code small, and "copy details"."""
        self._error, self._key = error, ""
        self._show(tone)

    def show_text(self, key: str, tone: Tone = Tone.WARN, **facts: object) -> None:
        """A text by its key (`shell.lock_later`)."""
        self._error, self._key, self._facts = None, key, facts
        self._show(tone)

    def clear(self) -> None:
        """No message."""
        self._error, self._key = None, ""
        self.hide()

    def _show(self, tone: Tone) -> None:
        self._tone = tone
        self._frame.setProperty("role", tone.value)
        self._frame.style().unpolish(self._frame)
        self._frame.style().polish(self._frame)
        self._retranslate()
        self._recolour()
        self.show()
        announce(self, self._text.text())

    def _retranslate(self) -> None:
        words, error = self._words, self._error
        if error is not None:
            self._text.setText(words.sentence(error))
            self._code.setText(words("shell.code", code=error.code.value))
        elif self._key:
            self._text.setText(words(self._key, **self._facts))
        self._code.setVisible(error is not None)
        self._copy.setVisible(error is not None)
        self._copy.setText(words("shell.copy_details"))
        self._close.setToolTip(words("shell.dismiss"))
        for button, name in ((self._copy, "shell.copy_details"), (self._close, "shell.dismiss")):
            button.setAccessibleName(words(name))
        self.setAccessibleName(self._text.text())

    def _recolour(self) -> None:
        colours = self._theme.colours
        colour = getattr(colours, self._tone.value)
        ratio = self.devicePixelRatioF()
        self._mark.setPixmap(icons.pixmap(_ICONS[self._tone], colour, tokens.ICON, ratio))
        self._close.setIcon(icons.icon("x", colours.text))

    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()

    def _copy_details(self) -> None:
        from ui.details import details_of

        if self._error is not None:
            QGuiApplication.clipboard().setText(details_of(self._error))
            self._copy.setText(self._words("shell.copied"))

    def _build(self) -> None:
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._code.setProperty("role", "small")
        self._copy.clicked.connect(self._copy_details)
        self._close.clicked.connect(self._dismiss)
        for button in (self._copy, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._text)
        words.addWidget(self._code)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, 0)
        outer.addWidget(self._frame)
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP_SMALL, tokens.GAP_SMALL)
        row.setSpacing(tokens.GAP)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._copy)
        row.addWidget(self._close)
