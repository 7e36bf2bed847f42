"""The search field above the rack: Enter takes the first match, Esc clears, Down goes to it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.context import Context
from ui.theme import icons

MAX_SEARCH = 64


class SearchField(QLineEdit):
    """`taken`: Enter. `left`: the keyboard wants to go on to the rack. `focused`: in or out."""

    taken = Signal()
    left = Signal()
    focused = Signal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setMaxLength(MAX_SEARCH)
        self.setClearButtonEnabled(True)
        self._mark = QAction(self)
        self.addAction(self._mark, QLineEdit.ActionPosition.LeadingPosition)
        context.theme.changed.connect(self._recolour)
        context.words.changed.connect(self.retranslate)
        self._recolour()
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        words = self._context.words
        self.setPlaceholderText(words("rooms.search"))
        self.setToolTip(words("rooms.search_tip"))
        self.setAccessibleName(words("rooms.search_name"))

    def begin(self, text: str = "") -> None:
        """Put the keyboard here; `text` begins a new search."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self.setText(text)
        else:
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.taken.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in {Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_PageDown}:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.focused.emit(False)

    def _recolour(self) -> None:
        self._mark.setIcon(icons.icon("search", self._context.theme.colours.text_dim))
