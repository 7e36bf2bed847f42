"""An empty state: an icon and two quiet lines in the middle of where a list would be."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.context import Context
from ui.theme import icons, tokens
from ui.widgets.texts import Texts, plain_label

PICTURE = 3 * tokens.ICON


class Calm(QWidget):
    """`title` and `hint` are keys of the page's texts, `colour` a name of the tokens."""

    def __init__(
        self, context: Context, texts: Texts, icon: str, title: str, hint: str, colour: str
    ) -> None:
        super().__init__()
        self._theme, self._icon, self._colour = context.theme, icon, colour
        self._picture = QLabel()
        self._title, self._hint = plain_label("title", wrap=True), plain_label("dim", wrap=True)
        texts.say(title, self._title.setText, self.setAccessibleName)
        texts.say(hint, self._hint.setText)
        column = QVBoxLayout()
        column.setSpacing(tokens.GAP)
        column.addStretch(2)
        for label in (self._picture, self._title, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(column, 2)
        layout.addStretch(1)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        colour = getattr(self._theme.colours, self._colour)
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap(self._icon, colour, PICTURE, ratio))
