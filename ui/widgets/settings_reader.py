"""读卡器: which reader, and with a card in the hand which byte order and relation are right."""

from typing import cast

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from station.domain.card import CardIdRelation, UidOrder
from ui.context import Context
from ui.presenters.reader_check import ReaderCheckPresenter, ReaderCheckState
from ui.presenters.settings import SettingsPresenter, SettingsState
from ui.theme import icons, tokens
from ui.widgets.panel import Panel
from ui.widgets.setting_fields import SettingFields
from ui.widgets.texts import Texts, plain_label, sentence
from ui.widgets.verdict import Verdict


class ReaderTab(QWidget):
    """What is set at the left, what the card in the hand says at the right."""

    def __init__(
        self,
        context: Context,
        texts: Texts,
        presenter: SettingsPresenter,
        check: ReaderCheckPresenter,
    ) -> None:
        super().__init__()
        self._context, self._texts = context, texts
        self._presenter, self._check = presenter, check
        self.fields = SettingFields(context, texts, presenter, self)
        self.there = texts.check("reader_there")
        self.refresh = texts.button("readers_refresh")
        self.compare, self.use_relation = texts.button("compare"), texts.button("use_this")
        self.use = {order: texts.button("use_this") for order in UidOrder}
        self.numbers = {order: plain_label("large") for order in UidOrder}
        self.decimals = {order: plain_label("dim") for order in UidOrder}
        self.live = plain_label("dim", wrap=True)
        self.verdict, self.listed = Verdict(context), Verdict(context)
        self._build()
        self._connect()

    def activated(self) -> None:
        """The tab is shown."""
        self._check.list_readers()

    def render_state(self, state: SettingsState) -> None:
        """Show the settings."""
        with QSignalBlocker(self.there):
            self.there.setChecked("reader" in state.parts)
        self.there.setEnabled(state.may)
        self.fields.render_state(state)
        for order, button in self.use.items():
            chosen = state.values.get("reader.uid_order") == order.value
            button.setVisible(not chosen)
            button.setEnabled(state.may and "reader" in state.parts)
        self.render_check(self._check.state)

    def render_check(self, state: ReaderCheckState) -> None:
        """Show the card."""
        texts, words = self._texts, self._context.words
        name = cast("QComboBox", self.name.editor)
        with QSignalBlocker(name):
            if [name.itemText(place) for place in range(name.count())] != list(state.names):
                text = name.currentText()
                name.clear()
                name.addItems(list(state.names))
                name.setEditText(text)
        self.refresh.setEnabled(not state.listing)
        if not state.there:
            self.live.setText(texts("reader_not_open"))
        elif state.state is not None:
            reader = words.word("reader_state", state.state)
            key = "tap_hint" if state.numbers is None else "tap_seen"
            self.live.setText(sentence(texts(key, reader_state=reader)))
        for order in UidOrder:
            number = state.numbers[order] if state.numbers else None
            self.numbers[order].setText(number.uid if number else "—")
            decimal = number.decimal if number else None
            self.decimals[order].setText(texts("decimal", decimal=decimal) if decimal else "")
            self.decimals[order].setVisible(bool(decimal))
        self.compare.setEnabled(state.numbers is not None and not state.comparing)
        current = self._presenter.state.values.get("reader.compare_card_id")
        settled = state.relation is None or state.relation.value == current
        self.use_relation.setVisible(not settled)
        self.verdict.show_said(state.said)
        self.listed.show_said(state.listed)

    def retranslate(self) -> None:
        """Say what changes with the state in the language of the moment."""
        self.render_check(self._check.state)

    def _order(self) -> UidOrder:
        return UidOrder(self._presenter.state.values["reader.uid_order"])

    def _use_relation(self) -> None:
        how = self._check.state.relation
        if how is not None:
            self._presenter.edit("reader.compare_card_id", how.value)

    def _connect(self) -> None:
        presenter, check = self._presenter, self._check
        self.there.toggled.connect(lambda on: presenter.switch("reader", on))
        self.refresh.clicked.connect(check.list_readers)
        self.compare.clicked.connect(lambda: check.compare(self._order()))
        self.use_relation.clicked.connect(self._use_relation)
        for order, button in self.use.items():
            button.clicked.connect(
                lambda _=False, wanted=order: presenter.edit("reader.uid_order", wanted.value)
            )
        check.changed.connect(self.render_check)
        self._context.words.changed.connect(self.retranslate)
        self._context.theme.changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.refresh.setIcon(icons.icon("refresh-cw", colours.text, colours.line_strong))

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, tokens.GAP, 0, 0)
        row.setSpacing(tokens.GAP)
        for panel in (self._chooser(), self._live()):
            column = QVBoxLayout()
            column.addWidget(panel)
            column.addStretch(1)
            row.addLayout(column, 1)

    def _chooser(self) -> Panel:
        texts, words, fields = self._texts, self._context.words, self.fields
        panel = Panel(texts, "reader")
        self.name = fields.typed_choice("reader.name", hint="reader_name_hint")
        orders = {
            order.value: lambda o=order: sentence(words.word("uid_order", o)) for order in UidOrder
        }
        relations = {
            how.value: lambda h=how: sentence(words.word("card_id_relation", h))
            for how in CardIdRelation
        }
        panel.body.addWidget(self.there)
        panel.body.addWidget(self.name)
        line = QHBoxLayout()
        line.addWidget(self.refresh)
        line.addStretch(1)
        panel.body.addLayout(line)
        panel.body.addWidget(self.listed)
        panel.body.addWidget(fields.choice("reader.uid_order", orders))
        panel.body.addWidget(fields.choice("reader.compare_card_id", relations))
        return panel

    def _live(self) -> Panel:
        texts = self._texts
        panel = Panel(texts, "tap")
        panel.body.addWidget(self.live)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GRID)
        grid.setColumnStretch(0, 1)
        for place, order in enumerate(UidOrder):
            first = 3 * place
            grid.addWidget(texts.label(f"order_{order.value}", "small"), first, 0)
            grid.addWidget(self.numbers[order], first + 1, 0)
            grid.addWidget(self.decimals[order], first + 2, 0)
            grid.addWidget(self.use[order], first + 1, 1)
        panel.body.addLayout(grid)
        panel.body.addWidget(texts.label("order_hint", "small", wrap=True))
        panel.body.addSpacing(tokens.GAP)
        panel.body.addWidget(texts.label("compare_hint", wrap=True))
        line = QHBoxLayout()
        line.addWidget(self.compare)
        line.addWidget(self.use_relation)
        line.addStretch(1)
        panel.body.addLayout(line)
        panel.body.addWidget(self.verdict)
        return panel
