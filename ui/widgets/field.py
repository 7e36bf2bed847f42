"""A form's field: its name above, the control, and below it what is wrong with the value."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from station.errors import StationError
from ui.messages import Words
from ui.theme import tokens
from ui.widgets.texts import Texts, plain_label


class Field(QWidget):
    """`key` is the field's name among the page's texts; `hint` one more line below it."""

    def __init__(self, texts: Texts, key: str, editor: QWidget, *, hint: str = "") -> None:
        super().__init__()
        self.editor = editor
        self.problem = plain_label("warn", wrap=True)
        self._error: StationError | None = None
        label = QLabel()
        texts.say(key, label.setText, editor.setAccessibleName)
        label.setBuddy(editor)
        self._label = label
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.GRID)
        layout.addWidget(label)
        layout.addWidget(editor)
        if hint:
            layout.addWidget(texts.label(hint, "small", wrap=True))
        layout.addWidget(self.problem)
        self.problem.setMargin(tokens.GRID)
        self.problem.hide()

    def show_problem(self, error: StationError | None, words: Words) -> None:
        """Say what is wrong, or nothing."""
        self.say(words.sentence(error) if error is not None else "")

    def say(self, text: str) -> None:
        """Show a problem in words; empty hides it."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.editor.setAccessibleDescription(text)
