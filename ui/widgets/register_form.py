"""Registering a resident (一标三实): the platform's form for one house, emptied once sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from station.domain.household import IdentityCard
from station.errors import Code, StationError
from ui.context import Context
from ui.presenters.resident_form import (
    CHOICES,
    FLAGS,
    OPTIONAL,
    TEXTS,
    RegisterPresenter,
    RegisterState,
    Typed,
)
from ui.theme import icons, tokens
from ui.widgets.error_panel import announce
from ui.widgets.field import Field
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.house_words import review_state, value
from ui.widgets.panel import Panel, scrolling
from ui.widgets.texts import Texts, plain_label
from ui.widgets.verdict import Verdict

MAX_TYPED: Final = 120
ORDER: Final = (
    ("name", "mobile"),
    ("id_number", "sex"),
    ("birth", "nation"),
    ("address", "politics"),
    ("job", "company"),
    ("role", "resident_type"),
    ("use", "nature"),
    ("status", "choice"),
)


class RegisterForm(QWidget):
    """Shows a `RegisterPresenter`. `left`: back to the house."""

    left = Signal()

    def __init__(self, context: Context, texts: Texts, presenter: RegisterPresenter) -> None:
        super().__init__()
        self._context, self._texts, self._presenter = context, texts, presenter
        self._sent = presenter.state.sent
        self._house = presenter.state.house
        self.choose_file: Callable[[str], str] = self._choose_file
        self.where = plain_label("title", wrap=True)
        self.back = texts.button("register_back")
        self.read, self.photo = texts.button("read_card"), texts.button("choose_photo")
        self.about_photo = plain_label("dim", wrap=True)
        self.wrong_file = plain_label("warn", wrap=True)
        self.texts_ = {name: QLineEdit() for name in TEXTS}
        self.choices = {name: QComboBox() for name in CHOICES}
        self.fields = {
            name: Field(texts, f"form_{name}", editor)
            for name, editor in {**self.texts_, **self.choices}.items()
        }
        self.flags = {name: texts.check(f"form_{name}") for name in FLAGS}
        self.agreed = QCheckBox()
        self.consent = plain_label(wrap=True)
        self.no_consent = texts.label("consent_needed", "warn", wrap=True)
        self.submit = texts.button("register_do", "primary")
        self.verdict = Verdict(context)
        self.handed_in = plain_label(wrap=True)
        self._build()
        self._connect()
        self._recolour()
        self.retranslate()

    def focus_first(self) -> None:
        """The keyboard where typing begins."""
        self.texts_["name"].setFocus(Qt.FocusReason.OtherFocusReason)

    def typed(self) -> Typed:
        """What stands there now."""
        return Typed(
            {name: editor.text() for name, editor in self.texts_.items()},
            {name: editor.currentData() for name, editor in self.choices.items()},
            frozenset(name for name, box in self.flags.items() if box.isChecked()),
            self.agreed.isChecked(),
        )

    def clear(self) -> None:
        """Nothing of anybody stays on the screen."""
        for editor in self.texts_.values():
            editor.clear()
        for choice in self.choices.values():
            choice.setCurrentIndex(0)
        for box in (*self.flags.values(), self.agreed):
            box.setChecked(False)

    def render_state(self, state: RegisterState) -> None:
        """Show a state; once a form was sent, or for another house, it is empty."""
        if state.sent != self._sent or state.house != self._house:
            self._sent, self._house = state.sent, state.house
            self.clear()
        if state.read is not None:
            self._take(state.read)
        self.where.setText(state.house.full_name if state.house is not None else "")
        for button in (self.read, self.photo, self.submit):
            button.setEnabled(not state.working)
        texts = self._texts
        self.submit.setText(texts("register_working" if state.working else "register_do"))
        self.about_photo.setText(texts("photo_there" if state.photo else "photo_hint"))
        self._render_problem(state.problem)
        self.verdict.show_said(state.said)
        self._render_handed_in(state)

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        texts = self._texts
        for name, choice in self.choices.items():
            for place in range(choice.count()):
                chosen = choice.itemData(place)
                none = texts("form_none" if name in OPTIONAL else "form_choose")
                choice.setItemText(place, value(texts, name, chosen) if chosen else none)
        self.texts_["birth"].setPlaceholderText(texts("birth_hint"))
        self.consent.setText(texts("consent"))
        self.agreed.setAccessibleName(texts("consent"))
        self.render_state(self._presenter.state)

    def _render_problem(self, problem: StationError | None) -> None:
        words, texts = self._context.words, self._texts
        where = str(problem.context.get("field", "")) if problem is not None else ""
        for name, field in self.fields.items():
            said = ""
            if problem is not None and name == where:
                own = {Code.TIME_MALFORMED: "birth_wrong", Code.FIELD_CHOICE: "choose_one"}
                key = own.get(problem.code)
                said = texts(key) if key else words.sentence(problem)
            field.say(said)
        self.no_consent.setVisible(where == "agreed")
        elsewhere = problem is not None and where not in {*self.fields, "agreed"}
        self.wrong_file.setText(words.sentence(problem) if problem and elsewhere else "")
        self.wrong_file.setVisible(elsewhere)
        if problem is not None and where in self.fields:
            self.fields[where].editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if elsewhere:
            announce(self.wrong_file, self.wrong_file.text())

    def _render_handed_in(self, state: RegisterState) -> None:
        """Where nobody knows whether a form arrived: what the platform has."""
        texts, reviews = self._texts, state.handed_in
        lines = []
        if reviews is not None:
            lines = [texts("handed_in" if reviews else "handed_in_none")]
            lines += [
                texts("handed_in_line", where=each.address, state=review_state(texts, each.state))
                for each in reviews
            ]
        self.handed_in.setText("\n".join(lines))
        self.handed_in.setVisible(bool(lines))

    def _take(self, card: IdentityCard) -> None:
        """What was read fills the form; it can be corrected before it is sent."""
        birth = card.birthday.isoformat() if card.birthday is not None else ""
        read = {
            "name": card.name,
            "id_number": card.number,
            "birth": birth,
            "nation": card.nation,
            "address": card.address,
        }
        for name, text in read.items():
            self.texts_[name].setText(text)
        place = self.choices["sex"].findData(card.gender)
        self.choices["sex"].setCurrentIndex(max(place, 0))

    def _pick(self, title: str, go: Callable[[Path], None]) -> None:
        path = self.choose_file(self._texts(title))
        if path:
            go(Path(path))

    def _choose_file(self, title: str) -> str:
        shown = f"{self._texts('pictures')} (*.jpg *.jpeg *.png)"
        return QFileDialog.getOpenFileName(self, title, "", shown)[0]

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.read.setIcon(icons.icon("id-card", colours.text, colours.text_dim))
        self.photo.setIcon(icons.icon("scan-face", colours.text, colours.text_dim))
        self.back.setIcon(icons.icon("chevron-left", colours.text))

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.changed.connect(self.render_state)
        self.back.clicked.connect(self.left)
        self.read.clicked.connect(lambda: self._pick("read_card_title", presenter.read_card))
        self.photo.clicked.connect(lambda: self._pick("photo_title", presenter.choose_photo))
        self.submit.clicked.connect(lambda: presenter.submit(self.typed()))
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)

    def _build(self) -> None:
        for editor in self.texts_.values():
            editor.setMaxLength(MAX_TYPED)
        for name, choice in self.choices.items():
            choice.addItem("", None)
            for chosen in CHOICES[name]:
                choice.addItem("", chosen)
        panel = Panel(self._texts, "register")
        panel.body.addWidget(_flow(self.read, self.photo))
        for widget in (self.about_photo, self.wrong_file):
            panel.body.addWidget(widget)
        self.wrong_file.setMargin(tokens.GRID)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GAP_SMALL)
        for row, names in enumerate(ORDER):
            for column, name in enumerate(names):
                grid.addWidget(self.fields[name], row, column, Qt.AlignmentFlag.AlignTop)
                grid.setColumnStretch(column, 1)
        panel.body.addLayout(grid)
        panel.body.addWidget(_flow(*self.flags.values()))
        consent = QHBoxLayout()
        consent.setSpacing(tokens.GAP_SMALL)
        consent.addWidget(self.agreed, 0, Qt.AlignmentFlag.AlignTop)
        consent.addWidget(self.consent, 1)
        self.consent.setBuddy(self.agreed)
        panel.body.addLayout(consent)
        panel.body.addWidget(self.no_consent)
        self.no_consent.setMargin(tokens.GRID)
        panel.body.addWidget(self.submit, 0, Qt.AlignmentFlag.AlignLeft)
        inside = QWidget()
        column_ = QVBoxLayout(inside)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.addWidget(panel)
        column_.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(self.where, 1)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(tokens.GAP_SMALL)
        layout.addLayout(head)
        layout.addWidget(self.verdict)
        layout.addWidget(self.handed_in)
        layout.addWidget(scrolling(inside), 1)


def _flow(*controls: QWidget) -> QWidget:
    row = QWidget()
    flow = FlowLayout(tokens.GAP_SMALL, row)
    for control in controls:
        flow.addWidget(control)
    return row
