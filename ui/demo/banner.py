"""The strip that says that nothing is real, above everything else."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.context import Context
from ui.theme import tokens
from ui.widgets.texts import plain_label


class Banner(QFrame):
    """One line, framed in the colour of a warning."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = context.words
        self.setProperty("role", "warn")
        self._line = plain_label("warn")
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tokens.GAP, tokens.GRID, tokens.GAP, tokens.GRID)
        layout.addWidget(self._line)
        context.words.changed.connect(self.retranslate)
        self.retranslate()

    def text(self) -> str:
        """What it says."""
        return self._line.text()

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        self._line.setText(self._words("demo.banner"))
