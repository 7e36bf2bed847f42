"""A new PIN, typed twice; optionally after the present one."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.messages import Words
from ui.presenters.operators import OperatorsState
from ui.theme import tokens
from ui.widgets.field import Field
from ui.widgets.texts import Texts

MAX_PIN = 64


class PinForm(QWidget):
    """`pin`, `again` and perhaps `old`."""

    def __init__(self, texts: Texts, *, old: bool = False) -> None:
        super().__init__()
        self._texts = texts
        self.old, self.pin, self.again = (self._line() for _ in range(3))
        self._pin = Field(texts, "pin", self.pin, hint="pin_hint")
        self._again = Field(texts, "pin_again", self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        if old:
            column.addWidget(Field(texts, "pin_old", self.old))
        column.addWidget(self._pin)
        column.addWidget(self._again)

    def render_state(self, state: OperatorsState, words: Words, *, mine: bool) -> None:
        """Show what is wrong with what was typed here, if it was here (`mine`)."""
        error = state.problem if mine else None
        where = error.context.get("field") if error else None
        self._pin.show_problem(error if where == "pin" else None, words)
        self._again.say(self._texts("pin_differs") if mine and state.differs else "")

    def clear(self) -> None:
        """Forget what was typed."""
        for line in (self.old, self.pin, self.again):
            line.clear()

    @staticmethod
    def _line() -> QLineEdit:
        line = QLineEdit()
        line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setMaxLength(MAX_PIN)
        return line
