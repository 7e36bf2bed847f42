"""A framed part of a page with its title; and a column that scrolls where the screen is low."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.theme import tokens

if TYPE_CHECKING:
    from ui.widgets.texts import Texts

NO_FOCUS: Final = 0
"""`Qt.FocusPolicy.NoFocus`: the log-in page is painted before `Qt` is imported (20 ms)."""


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


def scrolling(inside: QWidget, *, see_through: bool = False) -> QScrollArea:
    """The widget in an area without a frame that scrolls where it has to."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setProperty("focusPolicy", NO_FOCUS)
    if see_through:
        # To be handed the area's own viewport makes Python classes of all widgets (10 ms).
        area.setViewport(QWidget())
    area.setWidget(inside)
    if see_through:
        inside.setAutoFillBackground(False)
    return area
