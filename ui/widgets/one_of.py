"""One of several panes at a time, as high as the one that is shown, scrolled only where it must."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class OneOf(QScrollArea):
    """Unlike a `QStackedWidget` it never asks for the room of its tallest pane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes: list[QWidget] = []
        self._shown: QWidget | None = None
        inner = QWidget()
        inner.setProperty("role", "surface")
        self._box = QVBoxLayout(inner)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def add(self, pane: QWidget) -> None:
        """A further pane, hidden until it is shown."""
        pane.hide()
        self._panes.append(pane)
        self._box.addWidget(pane)

    def show_pane(self, pane: QWidget) -> None:
        """Show this one and hide the others."""
        if pane is self._shown:
            return
        self._shown = pane
        for other in self._panes:
            other.setVisible(other is pane)
        self.verticalScrollBar().setValue(0)

    @property
    def shown(self) -> QWidget | None:
        return self._shown
