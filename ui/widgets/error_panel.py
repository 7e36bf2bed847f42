"""An error as an operator reads it: cause, next step, the code small below, "copy details"."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from station.errors import StationError
from ui.messages import Words
from ui.theme import tokens


class ErrorPanel(QFrame):
    """Shows one error, or is hidden. It listens to a change of language by itself."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._error: StationError | None = None
        self.setProperty("role", "bad")
        self._cause, self._next, self._code = QLabel(), QLabel(), QLabel()
        self._code.setProperty("role", "small")
        for label in (self._cause, self._next):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._copy = QToolButton()
        self._copy.clicked.connect(self._copy_details)
        last = QHBoxLayout()
        last.addWidget(self._code, 1)
        last.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP_SMALL)
        layout.setSpacing(tokens.GRID)
        layout.addWidget(self._cause)
        layout.addWidget(self._next)
        layout.addLayout(last)
        self.hide()
        words.changed.connect(self._retranslate)

    @property
    def error(self) -> StationError | None:
        return self._error

    def show_error(self, error: StationError | None) -> None:
        """Show an error; None hides the panel."""
        if error is not self._error:
            self._error = error
            self._retranslate()
        self.setVisible(error is not None)

    def _retranslate(self) -> None:
        words, error = self._words, self._error
        self._copy.setText(words("shell.copy_details"))
        self._copy.setAccessibleName(words("shell.copy_details"))
        self._copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if error is None:
            return
        self._cause.setText(words.cause(error))
        self._next.setText(words.next_step(error))
        self._code.setText(words("shell.code", code=error.code.value))
        self.setAccessibleName(words.sentence(error))
        announce(self, words.sentence(error))

    def _copy_details(self) -> None:
        from ui.details import details_of

        if self._error is not None:
            QGuiApplication.clipboard().setText(details_of(self._error))
            self._copy.setText(self._words("shell.copied"))


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say a text, for outcomes that appear where the focus is not."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
