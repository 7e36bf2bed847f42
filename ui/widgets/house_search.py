"""The search above the houses: Enter takes the best, Esc clears, Down goes on to the list."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ui.context import Context
from ui.theme import icons
from ui.widgets.texts import Texts

MAX_SEARCH = 64


class HouseSearch(QLineEdit):
    """`taken`: Enter. `left`: the keyboard wants to go on to the list."""

    taken = Signal()
    left = Signal()

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__()
        self._context = context
        self.setMaxLength(MAX_SEARCH)
        self.setClearButtonEnabled(True)
        self._mark = QAction(self)
        self.addAction(self._mark, QLineEdit.ActionPosition.LeadingPosition)
        texts.say("search", self.setPlaceholderText, self.setAccessibleName)
        texts.say("search_tip", self.setToolTip)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.taken.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_PageDown}:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _recolour(self) -> None:
        self._mark.setIcon(icons.icon("search", self._context.theme.colours.text_dim))
