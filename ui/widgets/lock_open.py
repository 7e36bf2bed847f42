"""Remote opening: why, and one big button that asks once more."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.context import Context
from ui.presenters.lock_open import LockOpen, OpenState
from ui.presenters.lock_state import RoomView
from ui.theme import icons, tokens
from ui.widgets.lock_reason import ReasonField
from ui.widgets.texts import Texts, plain_label


class OpenForm(QWidget):
    """Works a `LockOpen` for the room that is shown."""

    def __init__(self, context: Context, texts: Texts, work: LockOpen) -> None:
        super().__init__()
        self._context, self._texts, self._work = context, texts, work
        self._view: RoomView | None = None
        self._opened = 0
        self.about = plain_label("dim", wrap=True)
        self.reason = ReasonField(context, texts)
        self.problem = plain_label("warn", wrap=True)
        self.problem.setMargin(tokens.GRID)
        self.go = texts.button("open", "danger")
        self.go.setProperty("tall", "big")
        self.go.clicked.connect(self.send)
        self.reason.entered.connect(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.GAP_SMALL, 0, 0)
        column.setSpacing(tokens.GAP_SMALL)
        for widget in (self.about, self.reason, self.problem, self.go):
            column.addWidget(widget)
        column.addStretch(1)
        work.changed.connect(self.render_open)
        context.theme.changed.connect(self._recolour)
        self._recolour()

    def show_room(self, view: RoomView) -> None:
        """The room that is looked at."""
        if self._view is not None and self._view.room.id != view.room.id:
            self.reason.editor.clear()
        self._view = view
        self.render_open(self._work.state)

    def render_open(self, state: OpenState) -> None:
        """Show a state."""
        if state.opened != self._opened:
            self._opened = state.opened
            self.reason.editor.clear()
        texts, view = self._texts, self._view
        room = view.room.name if view else ""
        way = self._by()
        self.about.setText(texts(f"open_by_{way}"))
        self.reason.show_reasons(state.reasons)
        mine = state.problem if state.by == "remote" else None
        about_reason = mine is not None and mine.context.get("field") == "reason"
        self.reason.show_problem(mine if about_reason else None)
        rest = mine if mine is not None and not about_reason else None
        self.problem.setText(self._context.words.sentence(rest) if rest else "")
        self.problem.setVisible(rest is not None)
        busy = state.working and state.by == "remote"
        self.go.setEnabled(not state.working and way != "nothing")
        self.go.setText(texts("opening") if busy else texts("open_room", room=room))
        self.go.setAccessibleName(self.go.text())

    def begin(self) -> None:
        """The keyboard to where the reason is typed."""
        self.reason.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def send(self) -> None:
        """Ask, then open."""
        if self._view is not None and self.go.isEnabled():
            self._work.open(self._view.room, self.reason.text)

    def _by(self) -> str:
        desk, view = self._context.desk, self._view
        if desk.network_locks is not None and view is not None and view.lock_id is not None:
            return "network"
        return "gateway" if desk.gateway is not None else "nothing"

    def _recolour(self) -> None:
        colours = self._context.theme.colours
        self.go.setIcon(icons.icon("door-open", colours.bad, colours.text_dim))
