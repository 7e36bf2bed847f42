"""The way out when no card can be written: a passcode instead, or the door opened from here."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.messages import Words
from ui.theme import tokens
from ui.widgets.card_parts import KeyButton, label
from ui.widgets.flow_layout import FlowLayout


class InsteadPane(QFrame):
    """`passcode_wanted`, `open_wanted`: what is to be done in the card's place."""

    passcode_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.setProperty("role", "warn")
        self._why = label()
        self.passcode, self.open = KeyButton(), KeyButton()
        self.passcode.clicked.connect(self.passcode_wanted)
        self.open.clicked.connect(self.open_wanted)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        flow.addWidget(self.passcode)
        flow.addWidget(self.open)
        box = QVBoxLayout(self)
        box.setContentsMargins(*[tokens.GAP_SMALL] * 4)
        box.setSpacing(tokens.GRID)
        box.addWidget(self._why)
        box.addWidget(buttons)
        self.hide()

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        words = self._words
        self._why.setText(words("card.instead"))
        self.passcode.say(words("card.instead_passcode"))
        self.open.say(words("card.instead_open"))
