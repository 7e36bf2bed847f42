"""What the chosen house owes: a reminder, no till. What it has paid is shown when it is wanted."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from station.domain.bill import Bill, Order
from station.domain.stay import format_time
from ui.context import Context
from ui.presenters.house_debts import DebtsState, HouseDebts
from ui.presenters.houses import NO_TOKEN
from ui.theme import tokens
from ui.widgets.card_parts import restyle
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.house_words import yuan
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

MOST_LINES = 12


class HouseMoney(Panel):
    """Shows a `HouseDebts`."""

    def __init__(self, context: Context, texts: Texts, presenter: HouseDebts) -> None:
        super().__init__(texts, "arrears")
        self._context, self._texts, self._presenter = context, texts, presenter
        self.total = plain_label("large", wrap=True)
        self.error = plain_label("warn", wrap=True)
        self.orders, self.bills = _Lines(), _Lines()
        self.note = texts.label("arrears_note", "small", wrap=True)
        self.again, self.payments = texts.button("ask_again"), texts.button("payments")
        self.error.setMargin(tokens.GRID)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        flow.addWidget(self.payments)
        flow.addWidget(self.again)
        for widget in (self.total, self.error, self.orders, self.note, buttons, self.bills):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.again.clicked.connect(presenter.ask)
        self.payments.clicked.connect(presenter.ask_payments)
        presenter.changed.connect(self.render_state)
        context.words.changed.connect(self.retranslate)
        self.render_state(presenter.state)

    def retranslate(self) -> None:
        """Say it in the language of the moment."""
        self.render_state(self._presenter.state)

    def render_state(self, state: DebtsState) -> None:
        """Show a state."""
        texts, arrears = self._texts, state.arrears
        role = "warn" if arrears else "large"
        if arrears is None:
            said = texts("arrears_asking" if state.asking else "arrears_unknown")
            role = "dim"
        elif arrears:
            count = len(arrears.orders)
            said = texts("arrears_total", total=yuan(arrears.total), count=count)
        else:
            said, role = texts("arrears_none"), "good"
        self.total.setText(said)
        if self.total.property("role") != role:
            restyle(self.total, role)
            self.total.setMargin(tokens.GRID if role == "warn" else 0)
        self._say_error(state)
        orders = arrears.orders if arrears is not None else ()
        self.orders.show_lines([self._order(order) for order in orders[:MOST_LINES]])
        self.note.setVisible(bool(arrears))
        self.again.setEnabled(not state.asking)
        key = "payments_hide" if state.payments is not None else "payments"
        self.payments.setText(texts("asking" if state.asking_payments else key))
        self.payments.setAccessibleName(texts(key))
        self.payments.setEnabled(not state.asking_payments)
        bills = state.payments or ()
        lines = [self._bill(bill) for bill in bills[:MOST_LINES]]
        if state.payments is not None and not bills:
            lines = [("", texts("payments_none"), "")]
        self.bills.show_lines(lines)

    def _say_error(self, state: DebtsState) -> None:
        error = state.error or state.payments_error
        if error is not None and error.code in NO_TOKEN:
            error = None  # said above the houses, and true of everything here
        self.error.setText(self._context.words.sentence(error) if error is not None else "")
        self.error.setVisible(error is not None)

    def _order(self, order: Order) -> tuple[str, str, str]:
        return (order.title, order.remark, self._texts("yuan", amount=yuan(order.amount)))

    def _bill(self, bill: Bill) -> tuple[str, str, str]:
        titles = self._texts("and").join(dict.fromkeys(order.title for order in bill.orders))
        paid = self._texts("yuan", amount=yuan(bill.total))
        return (format_time(bill.paid_at)[:10], titles, paid)


class _Lines(QWidget):
    """Lines of three: what, more about it, and how much at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.GAP)
        self._grid.setVerticalSpacing(tokens.GRID)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[tuple[QLabel, QLabel, QLabel]] = []

    def show_lines(self, lines: list[tuple[str, str, str]]) -> None:
        while len(self._labels) < len(lines):
            row = len(self._labels)
            one, two, three = plain_label(), plain_label("dim", wrap=True), plain_label()
            two.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            for column, made in enumerate((one, two, three)):
                self._grid.addWidget(made, row, column, Qt.AlignmentFlag.AlignTop)
            three.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._labels.append((one, two, three))
        for place, labels in enumerate(self._labels):
            texts = lines[place] if place < len(lines) else ("", "", "")
            for made, text in zip(labels, texts, strict=True):
                made.setText(text)
                made.setVisible(place < len(lines))
        self.setVisible(bool(lines))
