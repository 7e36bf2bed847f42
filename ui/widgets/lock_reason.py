"""Why a door is opened: a field, and the reasons of lately as buttons."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from station.errors import StationError
from ui.context import Context
from ui.theme import tokens
from ui.widgets.field import Field
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.texts import Texts

MAX_REASON = 200
_SHOWN = 16


class ReasonField(QWidget):
    """`entered`: Enter in the field."""

    entered = Signal()

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__()
        self._context = context
        self.editor = QLineEdit()
        self.editor.setMaxLength(MAX_REASON)
        texts.say("reason_hint", self.editor.setPlaceholderText)
        self.field = Field(texts, "reason", self.editor)
        self._recent = QWidget()
        self._flow = FlowLayout(tokens.GRID, self._recent)
        self._buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GRID)
        column.addWidget(self.field)
        column.addWidget(self._recent)
        self.editor.returnPressed.connect(self.entered)

    @property
    def text(self) -> str:
        return self.editor.text()

    def show_reasons(self, reasons: Sequence[str]) -> None:
        """What doors were opened for lately; one press writes it into the field."""
        if [button.toolTip() for button in self._buttons] == list(reasons):
            return
        for button in self._buttons:
            self._flow.removeWidget(button)
            button.deleteLater()
        self._buttons = [self._button(reason) for reason in reasons]
        self._recent.setVisible(bool(reasons))
        self.updateGeometry()

    def show_problem(self, error: StationError | None) -> None:
        """What is wrong with the reason."""
        self.field.show_problem(error, self._context.words)

    def _button(self, reason: str) -> QPushButton:
        short = reason if len(reason) <= _SHOWN else reason[: _SHOWN - 1] + "…"
        button = QPushButton(short.replace("&", "&&"), self._recent)
        button.setAutoDefault(False)
        button.setToolTip(reason)
        button.setAccessibleName(reason)
        button.clicked.connect(lambda: self._take(reason))
        self._flow.addWidget(button)
        button.show()
        return button

    def _take(self, reason: str) -> None:
        self.editor.setText(reason)
        self.editor.setFocus()
