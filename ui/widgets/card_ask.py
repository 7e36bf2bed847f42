"""A rule wants consent: a yes that names room and end, or a supervisor's reason."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.messages import Words
from ui.presenters.card_state import Ask, AskKind
from ui.theme import tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import Field, KeyButton, Tinted, label, problem_label, restyle, say
from ui.widgets.card_words import cause, said


class AskPane(Tinted):
    """`agreed` with the reason (empty for a yes); `declined`."""

    agreed = Signal(str)
    declined = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._words = words
        self._kind: AskKind | None = None
        self._compact = False
        self.tint("warn_soft", "warn")
        self._title = label("title")
        self._cause = label("large")
        self._next = label()
        self.reason = Field()
        self._problem = problem_label()
        self.no = KeyButton(tall=True)
        self.yes = KeyButton("danger", tall=True)
        self.no.clicked.connect(self.declined)
        self.yes.clicked.connect(lambda: self.agreed.emit(self.reason.text()))
        self.reason.entered.connect(self.yes.click)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.GAP_SMALL)
        buttons.addWidget(self.yes, 1)
        buttons.addWidget(self.no, 1)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        box.setSpacing(tokens.GAP)
        for part in (self._title, self._cause, self._next, self.reason, self._problem):
            box.addWidget(part)
        box.addLayout(buttons)

    def render_ask(self, ask: Ask | None, now: datetime) -> None:
        """`now` site-local."""
        words = self._words
        kind = ask.kind if ask is not None else None
        if kind is not self._kind:
            self.reason.clear()
            self._kind = kind
        if ask is None:
            return
        wants_reason = ask.kind is AskKind.REASON
        say(self._title, words("card.ask_reason" if wants_reason else "card.ask_confirm"))
        if wants_reason:
            say(self._cause, cause(words, ask.error, now))
            say(self._next, "" if self._compact else words.next_step(ask.error))
        else:
            say(self._cause, words("card.ask_confirm_facts", **said(words, ask.error, now)))
            say(self._next, "")
        self.reason.setVisible(wants_reason)
        self.reason.setAccessibleName(words("card.reason"))
        self.reason.setPlaceholderText(words("card.reason_hint"))
        say(self._problem, words.cause(ask.problem) if ask.problem is not None else "")
        self.yes.say(words("card.ask_go_on" if wants_reason else "card.ask_yes"))
        self.no.say(words("card.cancel" if wants_reason else "card.ask_no"), "Esc")

    def set_compact(self, compact: bool) -> None:
        """A small screen: smaller words, and the next step left to the cause."""
        self._compact = compact
        restyle(self._title, "large" if compact else "title")
        restyle(self._cause, "" if compact else "large")
        self._box.setSpacing(tokens.GRID if compact else tokens.GAP)
        for button in (self.yes, self.no):
            button.set_tall(not compact)

    def start(self) -> None:
        """Put the focus where nothing is written by accident."""
        (self.reason if self._kind is AskKind.REASON else self.no).setFocus()
