"""The outcome at arm's length: one word, room and end; cause and next step where it went wrong."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.details import details_of
from ui.messages import Words
from ui.presenters.card_consent import bound_elsewhere
from ui.presenters.card_state import Outcome, Tone
from ui.theme import tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import BigWord, KeyButton, Tinted, label, problem_label, restyle, say
from ui.widgets.card_words import (
    announcement,
    big_word,
    cause,
    code_line,
    count_line,
    gate_line,
    more_lines,
    risk_line,
    what_line,
)
from ui.widgets.check_out_words import line_texts, remaining_texts

_LOOKS = {
    Tone.GOOD: ("good_soft", "good", "circle-check"),
    Tone.PART: ("warn_soft", "warn", "pause"),
    Tone.BAD: ("bad_soft", "bad", "circle-x"),
    Tone.DOUBT: ("unresolved", "unresolved_mark", "circle-help"),
    Tone.INFO: ("accent_soft", "accent", "info"),
}


class ResultBanner(Tinted):
    """`finished`, `again`, `read_again`, `unresolved_wanted`, `gate_wanted` are its buttons."""

    finished = Signal()
    again = Signal()
    read_again = Signal()
    unresolved_wanted = Signal()
    gate_wanted = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._words = words
        self._outcome: Outcome | None = None
        self._copied = False
        self._word = BigWord(theme)
        self._what = label("title")
        self._count = label("large")
        self._cause = label("title")
        self._next = label("large")
        self._gate = label()
        self._risk = problem_label("warn")
        self._more = label()
        self._code = label("small")
        self.primary = KeyButton("primary")
        self.close_button = KeyButton(tall=True)
        self.copy = QPushButton()
        self.unresolved = QPushButton()
        self.gate_anyway = KeyButton("danger")
        self._lay_out()
        self.primary.clicked.connect(self._primary_clicked)
        self.close_button.clicked.connect(self.finished)
        self.unresolved.clicked.connect(self.unresolved_wanted)
        self.gate_anyway.clicked.connect(self.gate_wanted)
        self.copy.clicked.connect(self._copy)

    def _lay_out(self) -> None:
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        box.setSpacing(tokens.GAP_SMALL)
        parts = (self._word, self._what, self._count, self._cause, self._next, self._gate)
        for part in (*parts, self.gate_anyway, self._risk, self._more, self._code):
            box.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.GAP_SMALL)
        buttons.addWidget(self.primary, 2)
        buttons.addWidget(self.close_button, 1)
        box.addLayout(buttons)
        more = QHBoxLayout()
        more.setSpacing(tokens.GAP_SMALL)
        more.addWidget(self.unresolved)
        more.addWidget(self.copy)
        more.addStretch(1)
        box.addLayout(more)

    def set_compact(self, compact: bool) -> None:
        """A small screen: the word as large as a title, and all closer together."""
        side, above = (tokens.GAP_SMALL, tokens.GRID) if compact else (tokens.GAP, tokens.GAP)
        self._box.setContentsMargins(side, above, side, above)
        self._box.setSpacing(tokens.GRID if compact else tokens.GAP_SMALL)
        self._word.set_compact(compact)
        for button in (self.primary, self.close_button):
            button.set_tall(not compact)
        restyle(self._what, "large" if compact else "title")
        restyle(self._cause, "large" if compact else "title")
        restyle(self._next, "" if compact else "large")

    def render_outcome(self, outcome: Outcome, now: datetime) -> None:
        """Say it all; `now` site-local."""
        words = self._words
        self._copied = self._copied and outcome is self._outcome
        self.copy.setText(words("card.copied" if self._copied else "card.copy_details"))
        self._outcome = outcome
        fill, edge, icon = _LOOKS[outcome.tone]
        self.tint(fill, edge)
        self._word.say(big_word(words, outcome), icon, edge)
        say(self._what, what_line(words, outcome, now))
        say(self._count, count_line(words, outcome))
        error = outcome.error
        grave = outcome.tone is not Tone.INFO
        say(self._cause, cause(words, error, now) if error is not None and grave else "")
        say(self._next, words.next_step(error) if error is not None else "")
        say(self._gate, gate_line(words, outcome))
        say(self._risk, risk_line(words, outcome, now))
        more = more_lines(words, outcome, now)
        more += line_texts(words, outcome.lines)
        more += remaining_texts(words, outcome.remaining, now)
        say(self._more, "\n".join(more))
        say(self._code, code_line(words, error) if error is not None else "")
        self._show_buttons(outcome)
        self.setAccessibleName(announcement(words, outcome, now))

    def _show_buttons(self, outcome: Outcome) -> None:
        words, doubt = self._words, outcome.tone is Tone.DOUBT
        if doubt:
            self.primary.say(words("card.read_again"), "F3")
        elif outcome.again:
            self.primary.say(words("card.again"), words("card.key_enter"))
        else:
            self.primary.say(words("card.finish"), words("card.key_enter"))
        self.close_button.setVisible(doubt or outcome.again)
        self.close_button.say(words("card.close"), "Esc")
        self.copy.setVisible(outcome.error is not None)
        self.copy.setAccessibleName(words("card.copy_details"))
        self.gate_anyway.setVisible(outcome.gate is not None and bound_elsewhere(outcome.gate))
        self.gate_anyway.say(words("card.gate_anyway"))
        self.unresolved.setVisible(doubt)
        self.unresolved.setText(words("card.to_unresolved"))
        self.unresolved.setAccessibleName(words("card.to_unresolved"))

    def announce(self, outcome: Outcome, now: datetime) -> None:
        """Let a screen reader say it, wherever the focus is."""
        event = QAccessibleAnnouncementEvent(self, announcement(self._words, outcome, now))
        QAccessible.updateAccessibility(event)

    def start(self) -> None:
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _primary_clicked(self) -> None:
        outcome = self._outcome
        if outcome is None:
            return
        if outcome.tone is Tone.DOUBT:
            self.read_again.emit()
        elif outcome.again:
            self.again.emit()
        else:
            self.finished.emit()

    def _copy(self) -> None:
        outcome = self._outcome
        if outcome is None or outcome.error is None:
            return
        operation = outcome.last.operation if outcome.last is not None else ""
        lines = [f"action: {outcome.action}", f"operation: {operation}"]
        text = "\n".join((*lines, details_of(outcome.error)))
        QGuiApplication.clipboard().setText(text)
        self._copied = True
        self.copy.setText(self._words("card.copied"))
