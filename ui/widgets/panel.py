"""A framed part of a page with its title; and a column that scrolls where the screen is low."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.theme import tokens
from ui.widgets.texts import Texts


class Panel(QFrame):
    """`body` takes the contents; `title` is a key of the page's texts."""

    def __init__(self, texts: Texts, title: str = "") -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        self.body.setSpacing(tokens.GAP_SMALL)
        if title:
            self.body.addWidget(texts.label(title, "large"))


def scrolling(inside: QWidget) -> QScrollArea:
    """The widget in an area without a frame that scrolls where it has to."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area
