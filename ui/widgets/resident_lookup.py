"""Look a resident up by mobile number: cards, what waits; reveal, take back, ask the cloud."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.context import Context
from ui.presenters.residents import Card, ResidentsState
from ui.theme import icons, tokens
from ui.widgets.bind_form import MAX_TYPED
from ui.widgets.field import Field
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label


class ResidentLookup(Panel):
    """Signals carry the mobile number as it was typed."""

    looked_up = Signal(str)
    unbind_wanted = Signal(str)
    cloud_wanted = Signal(str)
    reveal_wanted = Signal()

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__(texts, "look_up")
        self._context, self._texts = context, texts
        self._state = ResidentsState()
        self.mobile = QLineEdit()
        self.mobile.setMaxLength(MAX_TYPED)
        self.field = Field(texts, "mobile", self.mobile)
        texts.name(self.mobile, "look_up_mobile")
        self.search = texts.button("find")
        self.unbind, self.cloud = texts.button("unbind", "danger"), texts.button("cloud")
        self.reveal = texts.button("reveal")
        self.who, self.cards = plain_label("large"), plain_label(wrap=True)
        self.cards.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._build()
        self.mobile.returnPressed.connect(self.search.click)
        self.search.clicked.connect(lambda: self.looked_up.emit(self.mobile.text()))
        self.unbind.clicked.connect(lambda: self.unbind_wanted.emit(self.mobile.text()))
        self.cloud.clicked.connect(lambda: self.cloud_wanted.emit(self.mobile.text()))
        self.reveal.clicked.connect(self.reveal_wanted)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def render_state(self, state: ResidentsState) -> None:
        """Show who was found."""
        self._state = state
        texts, found = self._texts, state.found
        self.field.show_problem(state.look_up_problem, self._context.words)
        for button in (self.search, self.unbind, self.cloud, self.reveal):
            button.setEnabled(not state.working)
        self._who.setVisible(found is not None)
        self.cards.setVisible(found is not None)
        if found is None:
            return
        person = state.revealed
        shown = f"{person.name} {person.mobile}".strip() if person else found.masked
        self.who.setText(shown or texts("nameless"))
        self.reveal.setText(texts("hide" if person else "reveal"))
        self.reveal.setAccessibleName(self.reveal.text())
        lines = [self._number("card", card) for card in found.cards] or [texts("no_card")]
        if found.waiting:
            lines.append(texts("also_waiting", count=found.waiting))
        if found.cloud is not None:
            lines.append(self._number("cloud_new" if found.is_new else "cloud_card", found.cloud))
        self.cards.setText("\n".join(lines))

    def _number(self, key: str, card: Card) -> str:
        return self._texts(key, uid=card.uid, decimal=card.decimal)

    def _recolour(self) -> None:
        self.reveal.setIcon(icons.icon("eye", self._context.theme.colours.text))

    def _build(self) -> None:
        self.body.addWidget(self.field)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.search, self.cloud, self.unbind):
            flow.addWidget(button)
        self.body.addWidget(buttons)
        self._who = QWidget()
        row = QHBoxLayout(self._who)
        row.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        row.addWidget(self.who, 1)
        row.addWidget(self.reveal)
        self.body.addWidget(self._who)
        self.body.addWidget(self.cards)
