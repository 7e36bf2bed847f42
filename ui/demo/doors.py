"""A room's door: a card is held to it, and it opens or says why it does not."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from station.compose.drawer import Held
from ui.context import Context
from ui.demo import carrying
from ui.theme import icons, tokens
from ui.widgets.texts import plain_label


class Door(carrying.Spot):
    """`dropped` with a card that was dragged here, `hold_wanted` for the card that is chosen."""

    hold_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._held: Held | None = None
        self._sign = QLabel()
        self.answer = plain_label("dim", wrap=True)
        self._title = plain_label("large")
        self.room = QComboBox()
        self.hold = QPushButton()
        self.hold.clicked.connect(self.hold_wanted)
        self.room.currentTextChanged.connect(self._forget)
        self._build()
        context.words.changed.connect(self._say)
        context.theme.changed.connect(self._say)
        self._say()

    def show_rooms(self, rooms: tuple[str, ...]) -> None:
        """The doors there are; the chosen one stays chosen."""
        if [self.room.itemText(row) for row in range(self.room.count())] != list(rooms):
            chosen = self.room.currentText()
            self.room.clear()
            self.room.addItems(list(rooms))
            self.room.setCurrentIndex(max(0, self.room.findText(chosen)))

    def stand_at(self, room: str) -> None:
        """Go to a room's door."""
        self.room.setCurrentIndex(max(0, self.room.findText(room)))

    def show_held(self, held: Held | None) -> None:
        """What the lock answered."""
        self._held = held
        self._say()

    def _forget(self) -> None:
        """Another door has not answered yet."""
        if self._held is not None and self._held.room != self.room.currentText():
            self.show_held(None)

    def _build(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(tokens.GAP_SMALL)
        above.addWidget(self._title)
        above.addWidget(self.room, 1)
        right = QVBoxLayout()
        right.setSpacing(tokens.GAP_SMALL)
        right.addLayout(above)
        right.addWidget(self.answer)
        inside = QHBoxLayout()
        inside.setSpacing(tokens.GAP)
        inside.addWidget(self._sign)
        inside.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        layout.setSpacing(tokens.GAP_SMALL)
        layout.addLayout(inside)
        layout.addWidget(self.hold)

    def _say(self) -> None:
        words, colours, held = self._context.words, self._context.theme.colours, self._held
        opened = held is not None and held.opened
        colour = colours.text_dim if held is None else colours.good if opened else colours.bad
        sign = icons.pixmap(
            "door-open" if opened else "door-closed",
            colour,
            3 * tokens.ICON,
            self.devicePixelRatioF(),
        )
        self._sign.setPixmap(sign)
        self._title.setText(words("demo.door"))
        self.room.setAccessibleName(words("demo.door_of"))
        self.hold.setText(words("demo.hold"))
        self.hold.setAccessibleName(words("demo.hold"))
        said = words("demo.door_waits")
        if held is not None:
            said = words("demo.answer", room=held.room, said=words(f"demo.said_{held.reason}"))
        self.answer.setText(said)
        role = "dim" if held is None else "good" if opened else "bad"
        if self.answer.property("role") != role:
            self.answer.setProperty("role", role)
            self.answer.style().unpolish(self.answer)
            self.answer.style().polish(self.answer)
