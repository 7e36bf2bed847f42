"""A list as high as its lines, so that what is said about the chosen one stands right below it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QListView, QListWidget, QSizePolicy

from ui.theme import tokens


class HuggingList(QListWidget):
    """Never scrolls by itself: what it stands in does."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        rects = (self.visualItemRect(self.item(row)) for row in range(self.count()))
        lines = sum(rect.height() + 2 * self.spacing() for rect in rects)
        return QSize(super().sizeHint().width(), lines + 2 * self.frameWidth() + tokens.GRID)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Its lines, no fewer and no more."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # lines wrap otherwise now
