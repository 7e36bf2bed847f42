"""Bind a card: name, mobile number, and the card that lies on the reader or a typed number."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit

from ui.context import Context
from ui.presenters.residents import ResidentsState
from ui.theme import icons, tokens
from ui.widgets.field import Field
from ui.widgets.house_words import yuan
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

MAX_TYPED = 64


class BindForm(Panel):
    """`wanted` with name, mobile and the typed number (empty: the card on the reader)."""

    wanted = Signal(str, str, str)

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__(texts, "bind")
        self._context, self._texts = context, texts
        self._state = ResidentsState()
        self.name, self.mobile, self.uid = QLineEdit(), QLineEdit(), QLineEdit()
        self.fields = {
            "name": Field(texts, "name", self.name),
            "mobile": Field(texts, "mobile", self.mobile),
            "uid": Field(texts, "uid", self.uid),
        }
        texts.say("uid_hint", self.uid.setPlaceholderText)
        self.house = plain_label("warn", wrap=True)
        self._prefilled = False
        self.mark, self.number = QLabel(), plain_label("large")
        self.about = plain_label("dim", wrap=True)
        self.button = texts.button("bind_do", "primary")
        self._build()
        for editor in (self.name, self.mobile, self.uid):
            editor.setMaxLength(MAX_TYPED)
            editor.returnPressed.connect(self._send)
        self.uid.textChanged.connect(lambda _: self._render_card())
        self.button.clicked.connect(self._send)
        context.theme.changed.connect(self._render_card)
        context.words.changed.connect(self._render_house)
        context.house.changed.connect(self._render_house)

    def render_state(self, state: ResidentsState) -> None:
        """Show a state; after a card was bound the form is empty for the next one."""
        if state.bound != self._state.bound:
            self.empty()
            self.name.setFocus()
        self._state = state
        where = str(state.problem.context.get("field", "uid")) if state.problem else ""
        for name, field in self.fields.items():
            mine = name == where or (name == "uid" and where not in self.fields)
            field.show_problem(state.problem if mine else None, self._context.words)
        self.button.setEnabled(not state.working)
        self.button.setText(self._texts("working" if state.working else "bind_do"))
        self._render_card()

    def prefill(self, name: str, mobile: str) -> None:
        """Somebody of a house is to get the card: what is not known yet is typed."""
        self.empty()
        self._prefilled = True
        self.name.setText(name)
        self.mobile.setText(mobile)
        empty = next((one for one in (self.name, self.mobile) if not one.text()), self.button)
        empty.setFocus()
        self._render_house()

    def empty(self) -> None:
        """For the next card."""
        self._prefilled = False
        for editor in (self.name, self.mobile, self.uid):
            editor.clear()
        self._render_house()

    def forget(self) -> None:
        """The page is left: what was filled in here out of somebody's house goes."""
        if self._prefilled:
            self.empty()

    def focus_problem(self) -> None:
        """Put the keyboard into the field that is wrong."""
        problem = self._state.problem
        if problem is not None:
            where = str(problem.context.get("field", "uid"))
            field = self.fields.get(where, self.fields["uid"])
            field.editor.setFocus()

    def _render_house(self) -> None:
        """What the house owes that the card is for; it keeps nobody from a card."""
        debt = self._context.house.debt if self._prefilled else None
        text = ""
        if debt is not None:
            facts = {"house": debt.house, "total": yuan(debt.total), "count": debt.count}
            text = self._texts("house_owes", **facts)
        self.house.setText(text)
        self.house.setVisible(bool(text))

    def _render_card(self) -> None:
        """The card on the reader, in hex and decimal, or why there is none to register."""
        state, texts = self._state, self._texts
        words, colours = self._context.words, self._context.theme.colours
        typed = bool(self.uid.text().strip())
        lying = None if typed else state.lying
        self.number.setText(lying.uid if lying else "")
        self.number.setVisible(lying is not None)
        role, colour = "dim", colours.text_dim
        if typed:
            text = texts("typed")
        elif lying is not None:
            text = texts("decimal", decimal=lying.decimal) if lying.decimal else texts("no_decimal")
            colour = colours.good
        elif state.refused is not None:
            text, role, colour = words.sentence(state.refused), "warn", colours.warn
            if state.refused is state.problem:
                text = ""  # its field says so above
        elif state.reader is not None:
            text = texts("reader_hint", reader_state=words.word("reader_state", state.reader))
        else:
            text = texts("no_reader")
        self.about.setText(text)
        for part in (self.mark, self.about):
            part.setVisible(bool(text))
        if self.about.property("role") != role:
            self.about.setProperty("role", role)
            self.about.setMargin(tokens.GRID if role == "warn" else 0)
            self.about.style().unpolish(self.about)
            self.about.style().polish(self.about)
        ratio = self.devicePixelRatioF()
        self.mark.setPixmap(icons.pixmap("nfc", colour, tokens.GAP_LARGE, ratio))

    def _send(self) -> None:
        if self.button.isEnabled():
            self.wanted.emit(self.name.text(), self.mobile.text(), self.uid.text())

    def _build(self) -> None:
        self.house.setMargin(tokens.GRID)
        self.house.hide()
        self.body.addWidget(self.house)
        for field in self.fields.values():
            self.body.addWidget(field)
        row = QHBoxLayout()
        row.setSpacing(tokens.GAP_SMALL)
        row.addWidget(self.mark)
        row.addWidget(self.number)
        row.addWidget(self.about, 1)
        self.body.addLayout(row)
        self.button.setProperty("tall", "big")
        self.body.addWidget(self.button)
