"""还能开门的: everything that opens a room's door, and for the chosen line stop and show again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from station.workflows.opening import Certainty
from station.workflows.ways_in import Revoking
from ui.context import Context
from ui.presenters.locks import LocksPresenter, LocksState
from ui.theme import icons, tokens
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.lock_list import Entry, LockList
from ui.widgets.lock_words import way_lines
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label

ICONS = {
    "card": "credit-card",
    "face": "scan-face",
    "fingerprint": "fingerprint-pattern",
}
PASSCODE_ICON = "rectangle-ellipsis"


class WaysPanel(Panel):
    """`card_wanted`: the chosen line is a card, to be taken back where cards are made."""

    card_wanted = Signal()

    def __init__(self, context: Context, texts: Texts, presenter: LocksPresenter) -> None:
        super().__init__(texts, "ways")
        self._context, self._texts, self._presenter = context, texts, presenter
        self.list = LockList(context)
        texts.name(self.list, "ways")
        self.none = plain_label("dim", wrap=True)
        self.stop = texts.button("stop", "danger")
        self.show_code = texts.button("show_code")
        self.card = texts.button("to_card")
        self._build()
        self.list.picked.connect(presenter.choose_way)
        self.stop.clicked.connect(presenter.stop_chosen)
        self.show_code.clicked.connect(presenter.show_chosen)
        self.card.clicked.connect(self.card_wanted)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        words, now = self._context.words, self._context.desk.clock.local()
        ways, way = (state.room.ways if state.room else ()), state.way
        entries = [
            Entry(
                one.key,
                way_lines(words, one, now),
                ICONS.get(one.kind, PASSCODE_ICON),
                _colour(one.certainty, one.revoking),
            )
            for one in ways
        ]
        self.list.show_entries(entries, state.chosen)
        self.list.setVisible(bool(ways))
        key = "no_ways" if state.room is not None else "loading"
        self.none.setText(self._texts(key))
        self.none.setVisible(not ways)
        stoppable = way is not None and self._presenter.may_stop(way)
        waits = way is not None and way.revoking is Revoking.STOPPING
        self.stop.setText(self._texts("stop_again" if waits else "stop"))
        self.stop.setAccessibleName(self.stop.text())
        self.stop.setVisible(stoppable)
        self.show_code.setVisible(stoppable and way is not None and way.has_code)
        self.card.setVisible(way is not None and bool(way.number))
        for button in (self.stop, self.show_code):
            button.setEnabled(not state.working)

    def _recolour(self) -> None:
        self.show_code.setIcon(icons.icon("eye", self._context.theme.colours.text))

    def _build(self) -> None:
        self.body.addWidget(self.none)
        self.body.addWidget(self.list, 1)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.stop, self.show_code, self.card):
            flow.addWidget(button)
        self.body.addWidget(buttons)
        self.body.addStretch(0)


def _colour(certainty: Certainty, revoking: Revoking) -> str:
    if revoking is Revoking.STOPPING:
        return "warn"
    return "text_dim" if certainty is Certainty.OPENS else "unresolved_mark"
