"""All locks at once: what needs attention, low batteries; each leads to its room."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station.domain.credential import CredentialState
from station.workflows.credentials import permission_for
from ui.context import Context
from ui.presenters.lock_state import Doubt
from ui.presenters.locks import LocksPresenter, LocksState
from ui.theme import tokens
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.lock_list import Entry, LockList
from ui.widgets.lock_words import doubt_lines, health_line
from ui.widgets.panel import Panel
from ui.widgets.texts import Texts, plain_label


class Attention(Panel):
    """要处理: doubtful and stopping credentials of all rooms. `room_wanted`: look at its room."""

    room_wanted = Signal(str)

    def __init__(self, context: Context, texts: Texts, presenter: LocksPresenter) -> None:
        super().__init__(texts, "attention")
        self._context, self._texts, self._presenter = context, texts, presenter
        self._state = LocksState()
        self.none = plain_label("dim", wrap=True)
        self.list = LockList(context)
        texts.name(self.list, "attention")
        self.stop = texts.button("stop", "danger")
        self.go = texts.button("to_room")
        self.body.addWidget(self.none)
        self.body.addWidget(self.list, 1)
        buttons = QWidget()
        flow = FlowLayout(tokens.GAP_SMALL, buttons)
        for button in (self.stop, self.go):
            flow.addWidget(button)
        self.body.addWidget(buttons)
        self.list.picked.connect(lambda _: self._render_buttons())
        self.list.entered.connect(lambda _: self._go())
        self.stop.clicked.connect(self._stop)
        self.go.clicked.connect(self._go)

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        self._state = state
        words, now = self._context.words, self._context.desk.clock.local()
        doubts = state.house.doubts
        entries = [
            Entry(
                doubt.key,
                doubt_lines(words, doubt, now),
                "clock" if doubt.state is CredentialState.STOPPING else "circle-help",
                "warn" if doubt.state is CredentialState.STOPPING else "unresolved_mark",
            )
            for doubt in doubts
        ]
        keys = [doubt.key for doubt in doubts]
        chosen = self.list.key()
        self.list.show_entries(entries, chosen if chosen in keys else next(iter(keys), ""))
        self.list.setVisible(bool(doubts))
        self.none.setText(self._texts("no_attention" if state.loaded else "loading"))
        self.none.setVisible(not doubts)
        self._render_buttons()

    def _render_buttons(self) -> None:
        doubt = self._doubt()
        may = doubt is not None and self._presenter.may(permission_for(doubt.kind))
        waits = doubt is not None and doubt.state is CredentialState.STOPPING
        self.stop.setText(self._texts("stop_again" if waits else "stop"))
        self.stop.setAccessibleName(self.stop.text())
        self.stop.setVisible(may)
        self.stop.setEnabled(not self._state.working)
        self.go.setVisible(doubt is not None)

    def _doubt(self) -> Doubt | None:
        key = self.list.key()
        return next((doubt for doubt in self._state.house.doubts if doubt.key == key), None)

    def _stop(self) -> None:
        doubt = self._doubt()
        if doubt is not None:
            self._presenter.stop(doubt.key, doubt.room, doubt.kind.value)

    def _go(self) -> None:
        doubt = self._doubt()
        if doubt is not None:
            self.room_wanted.emit(doubt.room.id)


class Batteries(Panel):
    """电量低: every lock whose battery wants changing. `room_wanted`: look at its room."""

    room_wanted = Signal(str)

    def __init__(self, context: Context, texts: Texts) -> None:
        super().__init__(texts, "batteries")
        self._context, self._texts = context, texts
        self.none = plain_label("dim", wrap=True)
        self.list = LockList(context)
        texts.name(self.list, "batteries")
        self.body.addWidget(self.none)
        self.body.addWidget(self.list, 1)
        self.list.entered.connect(self.room_wanted)

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        words, now = self._context.words, self._context.desk.clock.local()
        weak = state.house.weak
        entries = [
            Entry(
                each.room.id,
                f"{each.room.name}\n{health_line(words, each.health, now)}",
                "battery-warning",
                "warn",
            )
            for each in weak
        ]
        self.list.show_entries(entries, self.list.key() or (weak[0].room.id if weak else ""))
        self.list.setVisible(bool(weak))
        self.none.setText(self._texts("no_batteries" if state.loaded else "loading"))
        self.none.setVisible(not weak)


class HousePane(QWidget):
    """Attention at the left; batteries and (for those who keep it) the lock table at the right."""

    room_wanted = Signal(str)

    def __init__(
        self, context: Context, texts: Texts, presenter: LocksPresenter, table: QWidget | None
    ) -> None:
        super().__init__()
        self.attention = Attention(context, texts, presenter)
        self.batteries = Batteries(context, texts)
        for panel in (self.attention, self.batteries):
            panel.room_wanted.connect(self.room_wanted)
        right = QVBoxLayout()
        right.setSpacing(tokens.GAP)
        right.addWidget(self.batteries, 1)
        if table is not None:
            right.addWidget(table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.GAP)
        row.addWidget(self.attention, 1)
        row.addLayout(right, 1)

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        self.attention.render_state(state)
        self.batteries.render_state(state)
