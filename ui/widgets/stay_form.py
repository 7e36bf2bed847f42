"""The panel's form: nights or hours with the end shown live, guest, cards; a target for a move."""

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from station.domain.person import MAX_PERSON_NAME
from station.errors import StationError
from ui.messages import Words
from ui.presenters.card_form import COUNTED, DATED
from ui.presenters.card_state import Action, Form, RoomFacts, StayInput, Unit
from ui.theme import tokens
from ui.widgets.card_parts import ENTER, Field, KeyButton, label, problem_label, say
from ui.widgets.card_words import card_line, moment
from ui.widgets.check_out_words import others_text
from ui.widgets.instead_pane import InsteadPane

if TYPE_CHECKING:
    from ui.chosen_house import Debt

_FIELDS = {
    "nights": "amount",
    "hours": "amount",
    "until": "amount",
    "guest": "name",
    "name": "name",
    "mobile": "mobile",
    "cards": "cards",
    "to_room": "target",
}
"""Which of the form's fields an error's field is."""


class StayForm(QWidget):
    """`edited` and `submitted` with a `StayInput`; `cancelled`; `unit_chosen` with a `Unit`."""

    edited = Signal(object)
    submitted = Signal(object)
    cancelled = Signal()
    unit_chosen = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._action: Action | None = None
        self._filling = False
        self._compact = False
        self.fields = {name: Field() for name in ("amount", "name", "mobile", "cards", "target")}
        self.fields["name"].setMaxLength(4 * MAX_PERSON_NAME)
        self.unit = QComboBox()
        self.unit.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for unit in Unit:
            self.unit.addItem("", unit)
        self.clear, self.gate = QCheckBox(), QCheckBox()
        self._debt_line = label("warn")
        self._debt: Debt | None = None
        self.instead = InsteadPane(words)
        self._labels: dict[str, QLabel] = {name: label("dim", wrap=False) for name in self.fields}
        self._title = label("title")
        self._end = label("large")
        self._note = label()
        self._problem = problem_label()
        self.go = KeyButton("primary")
        self.back = KeyButton(tall=True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GAP_SMALL)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(("target", "amount", "name", "mobile", "cards")):
            grid.addWidget(self._labels[name], row, 0)
            self._labels[name].setBuddy(self.fields[name])
            if name == "amount":
                grid.addWidget(self.fields[name], row, 1)
                grid.addWidget(self.unit, row, 2)
            else:
                grid.addWidget(self.fields[name], row, 1, 1, 2)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.GAP_SMALL)
        buttons.addWidget(self.go, 2)
        buttons.addWidget(self.back, 1)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GAP_SMALL)
        for part in (self._title, self._end):
            box.addWidget(part)
        box.addLayout(grid)
        for choice in (self.clear, self.gate, self._debt_line):
            box.addWidget(choice)
        for below in (self._note, self._problem, self.instead):
            box.addWidget(below)
        box.addLayout(buttons)
        box.addStretch(1)
        order = [
            self.fields["target"],
            self.fields["amount"],
            self.unit,
            self.fields["name"],
            self.fields["mobile"],
            self.fields["cards"],
            self.clear,
            self.gate,
            self.instead.passcode,
            self.instead.open,
            self.go,
            self.back,
        ]
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)

    def _connect(self) -> None:
        for name, field in self.fields.items():
            field.textEdited.connect(self._edited)
            field.entered.connect(lambda name=name: self._forward(name))
        self.unit.activated.connect(self._unit_chosen)
        self.clear.toggled.connect(self._edited)
        self.gate.toggled.connect(self._edited)
        self.gate.toggled.connect(self._say_debt)
        self.go.clicked.connect(lambda: self.submitted.emit(self.typed()))
        self.back.clicked.connect(self.cancelled)

    # in and out

    def typed(self) -> StayInput:
        """What stands there now."""
        texts = {name: field.text() for name, field in self.fields.items()}
        clear, gate = self.clear.isChecked(), self.gate.isChecked()
        return StayInput(unit=self._unit(), gate=gate, clear=clear, **texts)

    def open(self, form: Form) -> None:
        """A form is opened: its first values, and the focus where typing begins."""
        self._action, self._filling = form.action, True
        start = form.start
        for name, field in self.fields.items():
            field.setText(getattr(start, name))
        self.unit.setCurrentIndex(list(Unit).index(start.unit))
        self.gate.setChecked(start.gate)
        self.clear.setChecked(start.clear)
        self._filling = False

    def set_compact(self, compact: bool) -> None:
        """A small screen: the button says what is done, so no title; less space between."""
        self._compact = compact
        self._grid.setVerticalSpacing(tokens.GRID if compact else tokens.GAP_SMALL)
        self._box.setSpacing(tokens.GRID if compact else tokens.GAP_SMALL)
        for button in (self.go, self.back):
            button.set_tall(not compact)

    def start(self) -> None:
        """The focus into the first field, or onto the button where there is none."""
        for name in ("target", "amount", "cards"):
            if not self.fields[name].isHidden():
                self._into(name)
                return
        self.go.setFocus()

    def set_amount(self, text: str) -> None:
        """Another unit was chosen: its usual value, ready to be overwritten."""
        self.fields["amount"].setText(text)
        self._into("amount")
        self._edited()

    def render_form(self, form: Form, facts: RoomFacts | None, now: datetime) -> None:
        """Texts, fields that belong to the action, live end and problem; `now` site-local."""
        words, action = self._words, form.action
        say(self._title, "" if self._compact else words(f"card.{action}"))
        end = moment(words, form.end, now)
        target = form.target.name if form.target is not None else "…"
        if action is Action.MOVE and facts is not None:
            move = words("card.move_shown", room=facts.room.name, target=target)
            say(self._end, f"{move}  {words('card.until', end=end)}" if end else move)
        elif action is Action.CHECK_OUT:
            say(self._end, "")
        else:
            say(self._end, words("card.end_shown", end=end or "…"))
        self._show_fields(action)
        self.gate.setVisible(form.gate_offered)
        self.clear.setVisible(form.clear_offered)
        self._debt = form.debt
        self._say_debt()
        say(self._note, self._note_of(action, facts, now))
        shown = form.problem if form.action is not Action.MOVE or form.target is None else None
        say(self._problem, self._said_of(shown) if shown is not None else "")
        self.go.say(words(f"card.{action}"), words("card.key_enter"))
        self.back.say(words("card.cancel"), "Esc")
        self._retranslate(action)

    def point_out(self, field: str) -> None:
        """Put the focus into the field that an error names."""
        name = _FIELDS.get(field)
        if name is not None and not self.fields[name].isHidden():
            self._into(name)

    # inside

    def _said_of(self, problem: StationError) -> str:
        """On a small screen the next step is left to the cause, which names the rule."""
        words = self._words
        return words.cause(problem) if self._compact else words.sentence(problem)

    def _show_fields(self, action: Action) -> None:
        shown = {
            "target": action is Action.MOVE,
            "amount": action in DATED,
            "name": action is Action.ISSUE,
            "mobile": action is Action.ISSUE,
            "cards": action in COUNTED,
        }
        for name, visible in shown.items():
            self.fields[name].setVisible(visible)
            self._labels[name].setVisible(visible)
        self.unit.setVisible(shown["amount"])

    def _retranslate(self, action: Action) -> None:
        words = self._words
        names = {
            "target": words("card.target"),
            "amount": words(
                "card.amount_extend" if action is Action.EXTEND else "card.amount_issue"
            ),
            "name": words("card.name"),
            "mobile": words("card.mobile"),
            "cards": words("card.cards"),
        }
        for name, text in names.items():
            self._labels[name].setText(text)
            self.fields[name].setAccessibleName(text)
        self.fields["name"].setPlaceholderText(words("card.name_hint"))
        self.fields["mobile"].setPlaceholderText(words("card.mobile_hint"))
        self.fields["target"].setPlaceholderText(words("card.target_hint"))
        for index, key in enumerate(("card.nights", "card.hours", "card.until_unit")):
            self.unit.setItemText(index, words(key))
        self.unit.setAccessibleName(words("card.unit"))
        leaves = action is Action.CHECK_OUT
        for box, key in ((self.gate, "gate_back" if leaves else "gate"), (self.clear, "clear")):
            box.setText(words(f"card.{key}"))
            box.setAccessibleName(words(f"card.{key}"))
        self.instead.retranslate()

    def _say_debt(self, *_: object) -> None:
        """What the chosen house owes: a reminder, and no more. The card is issued all the same."""
        debt, text = self._debt, ""
        if debt is not None and self.gate.isChecked():
            total = f"{debt.total:,.2f}"
            text = self._words("card.house_owes", house=debt.house, total=total, count=debt.count)
        say(self._debt_line, text)

    def _note_of(self, action: Action, facts: RoomFacts | None, now: datetime) -> str:
        words = self._words
        if action is Action.REPLACE:
            return words("card.replace_note")
        if action is not Action.CHECK_OUT or facts is None:
            return ""
        count = len(facts.to_collect)
        first = words("card.check_out_note", count=count) if count else words("card.check_out_none")
        out = [card_line(words, card, now) for card in facts.to_collect]
        lost = [card_line(words, card, now, lost=True) for card in facts.lost]
        others = others_text(words, facts.others)
        also = [words("card.also_stopped", what=others)] if others else []
        return "\n".join([first, *out[:6], *lost[:4], *also])

    def _unit(self) -> Unit:
        return list(Unit)[max(self.unit.currentIndex(), 0)]

    def _unit_chosen(self, _: int) -> None:
        self.unit_chosen.emit(self._unit())

    def _edited(self, *_: object) -> None:
        if not self._filling:
            self.edited.emit(self.typed())

    def _forward(self, name: str) -> None:
        """Enter: the next field of the quick way, or the write."""
        quick = [one for one in ("target", "amount", "name", "cards") if self._is_shown(one)]
        if name == "mobile":
            self._into("cards")
        elif name == quick[-1]:
            self.submitted.emit(self.typed())
        else:
            self._into(quick[quick.index(name) + 1])

    def _is_shown(self, name: str) -> bool:
        return not self.fields[name].isHidden()

    def _into(self, name: str) -> None:
        self.fields[name].setFocus()
        self.fields[name].selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter on the unit or the box goes on as in the field before it."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self._forward("amount" if self.unit.hasFocus() else "mobile")
            event.accept()
            return
        super().keyPressEvent(event)
