"""The room whose lock is looked at: number, state, guest; what the lock says, and ask it now."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.context import Context
from ui.presenters.locks import LocksPresenter, LocksState
from ui.theme import icons, tokens
from ui.widgets.card_parts import StateChip
from ui.widgets.lock_words import health_line, stay_line
from ui.widgets.texts import Texts, plain_label, sentence


class LockHead(QWidget):
    """Shows the presenter's room."""

    def __init__(self, context: Context, texts: Texts, presenter: LocksPresenter) -> None:
        super().__init__()
        self._context, self._texts = context, texts
        self._state = LocksState()
        self.number = plain_label("title")
        self.chip = StateChip(context.theme)
        self.stay = plain_label("dim", wrap=True)
        self._mark, self.health = QLabel(), plain_label(wrap=True)
        self.look = texts.button("look")
        self.look.clicked.connect(presenter.look)
        self._build()
        context.theme.changed.connect(self._recolour)

    def render_state(self, state: LocksState) -> None:
        """Show a state."""
        self._state = state
        view, words, texts = state.room, self._context.words, self._texts
        colours = self._context.theme.colours
        self.look.setIcon(icons.icon("refresh-cw", colours.text, colours.text_dim))
        self.number.setText(view.room.name if view else "")
        self.chip.setVisible(view is not None)
        self.look.setVisible(view is not None and self._can_ask(state))
        self.look.setEnabled(not state.looking)
        self.look.setText(texts("looking" if state.looking else "look"))
        if view is None:
            self.stay.setText("")
            self.health.setText("")
            return
        now = self._context.desk.clock.local()
        self.chip.say(view.state.value, sentence(words.word("room_state", view.state)))
        self.stay.setText(stay_line(words, view, now))
        self.health.setText(health_line(words, view.health, now))
        health = view.health
        bad = health.low or health.abnormal or health.online is False
        icon, colour = ("battery-warning", colours.warn) if bad else ("info", colours.text_dim)
        ratio = self.devicePixelRatioF()
        self._mark.setPixmap(icons.pixmap(icon, colour, tokens.ICON, ratio))

    def _recolour(self) -> None:
        self.render_state(self._state)

    def _can_ask(self, state: LocksState) -> bool:
        networked = self._context.desk.network_locks is not None
        return networked and state.room is not None and state.room.lock_id is not None

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(tokens.GAP)
        first.addWidget(self.number)
        first.addWidget(self.chip)
        first.addWidget(self.stay, 1)
        second = QHBoxLayout()
        second.setSpacing(tokens.GAP_SMALL)
        second.addWidget(self._mark)
        second.addWidget(self.health, 1)
        second.addWidget(self.look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        column.addLayout(first)
        column.addLayout(second)
