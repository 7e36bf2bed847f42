"""操作员: who may log in; add, disable, a new PIN. Nobody is deleted: the journal names them."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from station.domain.operator import MAX_OPERATOR_NAME, Role
from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.operators import OperatorsPresenter, OperatorsState, Person
from ui.theme import icons, tokens
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.pin_form import PinForm
from ui.widgets.texts import Texts, plain_label, sentence
from ui.widgets.verdict import Verdict

_NAME = Qt.ItemDataRole.UserRole


class OperatorsTab(QWidget):
    """The list, the chosen one, and a new one."""

    def __init__(self, context: Context, texts: Texts, presenter: OperatorsPresenter) -> None:
        super().__init__()
        self._context, self._texts, self._presenter = context, texts, presenter
        self._done, self._adding = presenter.state.done, False
        self.list = QListWidget()
        self.list.setSpacing(tokens.GRID)
        texts.name(self.list, "operators")
        self.chosen = plain_label("large")
        self.chosen_role = plain_label("dim")
        self.pin, self.new_pin = PinForm(texts), PinForm(texts)
        self.reset, self.disable = texts.button("reset_pin"), texts.button("disable", "danger")
        self.name, self.role = QLineEdit(), QComboBox()
        self.name.setMaxLength(2 * MAX_OPERATOR_NAME)
        for role in Role:
            self.role.addItem("", role.value)
        self._name_field = Field(texts, "operator_name", self.name)
        self.add = texts.button("add", "primary")
        self.verdict = Verdict(context)
        self._build()
        self._connect()
        self.retranslate()

    def activated(self) -> None:
        """The tab is shown."""
        self._presenter.refresh()

    def render_state(self, state: OperatorsState) -> None:
        """Show a state."""
        words, line = self._context.words, state.line
        if state.done != self._done:
            self._done = state.done
            for form in (self.pin, self.new_pin):
                form.clear()
            self.name.clear()
        self._render_list(state)
        self.chosen.setText(line.name if line else "")
        self.chosen_role.setText(self._about(line) if line else "")
        mine = self._context.session.operator
        self.disable.setEnabled(
            not state.working
            and line is not None
            and not line.disabled
            and (mine is None or mine.name != line.name)
        )
        self.reset.setEnabled(not state.working and line is not None)
        self.add.setEnabled(not state.working)
        self.pin.render_state(state, words, mine=not self._adding)
        self.new_pin.render_state(state, words, mine=self._adding)
        wrong = state.problem if self._adding else None
        named = wrong is not None and wrong.context.get("field") != "pin"
        self._name_field.show_problem(wrong if named else None, words)
        self.verdict.show_said(state.said)

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        for place, role in enumerate(Role):
            self.role.setItemText(place, sentence(self._context.words.word("role", role)))
        self.render_state(self._presenter.state)

    def _render_list(self, state: OperatorsState) -> None:
        colours = self._context.theme.colours
        with QSignalBlocker(self.list):
            while self.list.count() > len(state.lines):
                self.list.takeItem(self.list.count() - 1)
            for place, line in enumerate(state.lines):
                item = self.list.item(place) or QListWidgetItem(self.list)
                item.setText(f"{line.name}\n{self._about(line)}")
                item.setData(_NAME, line.name)
                off = line.disabled or line.locked_until is not None
                icon, colour = ("lock", colours.text_dim) if off else ("user", colours.accent)
                item.setIcon(icons.icon(icon, colour))
                if line.name == state.chosen:
                    self.list.setCurrentItem(item)

    def _about(self, line: Person) -> str:
        role = sentence(self._context.words.word("role", line.role))
        if line.disabled:
            return self._texts("operator_off", role_=role)
        until = format_time(line.locked_until) if line.locked_until else None
        return self._texts("operator_on", role_=role, until=until)

    def _choose(self, row: int) -> None:
        item = self.list.item(row)
        if item is not None:
            self._presenter.choose(item.data(_NAME))

    def _add(self) -> None:
        self._adding = True
        role = Role(self.role.currentData())
        form = self.new_pin
        self._presenter.add(self.name.text(), role, form.pin.text(), form.again.text())

    def _reset(self) -> None:
        self._adding = False
        self._presenter.reset(self.pin.pin.text(), self.pin.again.text())

    def _connect(self) -> None:
        self._presenter.changed.connect(self.render_state)
        self.list.currentRowChanged.connect(self._choose)
        self.add.clicked.connect(self._add)
        self.reset.clicked.connect(self._reset)
        self.disable.clicked.connect(self._presenter.disable)
        self.pin.again.returnPressed.connect(self.reset.click)
        self.new_pin.again.returnPressed.connect(self.add.click)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self.retranslate)

    def _build(self) -> None:
        texts = self._texts
        everybody = Panel(texts, "operators")
        everybody.body.addWidget(self.list, 1)
        everybody.body.addWidget(texts.label("never_deleted", "small", wrap=True))
        one = Panel(texts)
        for widget in (self.chosen, self.chosen_role, self.pin, self.reset, self.disable):
            one.body.addWidget(widget)
        new = Panel(texts, "new_operator")
        for part in (self._name_field, Field(texts, "role", self.role), self.new_pin, self.add):
            new.body.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(tokens.GAP)
        row.addWidget(everybody, 1)
        for panel in (one, new):
            column = QVBoxLayout()
            column.addWidget(panel)
            column.addStretch(1)
            row.addLayout(column, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, tokens.GAP, 0, 0)
        whole.setSpacing(tokens.GAP)
        whole.addWidget(self.verdict)
        whole.addLayout(row, 1)
