"""The demo's second window: who may log in, the drawer, the door, time and trouble."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from station.compose.drawer import Spot, Trouble
from ui.context import Context
from ui.demo.banner import Banner
from ui.demo.doors import Door
from ui.demo.drawer import CardList, Slot, row
from ui.demo.people import READY
from ui.demo.phone import Phone
from ui.demo.presenter import DemoPresenter, DemoState
from ui.theme import tokens
from ui.widgets.panel import scrolling
from ui.widgets.texts import plain_label

WIDTH = 84 * tokens.GRID
DAY_H = 24.0


class DemoWindow(QWidget):
    """Stands beside the desk's window and closes with it, never by itself."""

    def __init__(
        self, context: Context, presenter: DemoPresenter, names: Mapping[str, str]
    ) -> None:
        super().__init__(None, Qt.WindowType.Tool)
        self._context, self._presenter, self._names = context, presenter, names
        self.banner = Banner(context)
        self.people = plain_label(wrap=True)
        self.cards = CardList(context)
        self.hint = plain_label("small", wrap=True)
        self.encoder = Slot(context, Spot.ENCODER, "hard-drive")
        self.reader = Slot(context, Spot.READER, "nfc")
        self.door = Door(context)
        self.phone = Phone(context)
        self.clock = plain_label()
        self.fault = QComboBox()
        self._said: list[tuple[str, QPushButton]] = []
        chosen = self._chosen
        self._buttons = {
            "E": self._button("to_encoder", lambda: chosen(presenter.to_encoder)),
            "R": self._button("to_reader", lambda: chosen(presenter.to_reader)),
            "T": self._button("take_away", presenter.take_away),
        }
        self.blank = self._button("blank", presenter.blank)
        self.hour = self._button("hour", lambda: presenter.advance(1.0))
        self.day = self._button("day", lambda: presenter.advance(DAY_H))
        self.cloud = self._button("cloud_away", self._switch_cloud)
        self._build()
        self._connect()
        self.retranslate()
        self.render_state(presenter.state)

    def render_state(self, state: DemoState) -> None:
        """Show a state."""
        drawer, words = state.drawer, self._context.words
        self.cards.show_cards(drawer.cards)
        self.encoder.show_cards(drawer.cards)
        self.reader.show_cards(drawer.cards)
        self.door.show_rooms(drawer.rooms)
        self.door.show_held(state.held)
        self.phone.show_message(drawer.message)
        now = drawer.now.strftime("%Y-%m-%d %H:%M") if drawer.now is not None else ""
        self.clock.setText(words("demo.clock", now=now))
        cloud = words("demo.cloud_back" if drawer.cloud_away else "demo.cloud_away")
        self.cloud.setText(cloud)
        self.cloud.setAccessibleName(cloud)
        if not drawer.trouble:
            self.fault.setCurrentIndex(0)

    def retranslate(self) -> None:
        """Say it all in the language of the moment."""
        words = self._context.words
        self.setWindowTitle(words("demo.title"))
        people = [words("demo.person", name=self._names[who.key], pin=who.pin) for who in READY]
        self.people.setText("\n".join([words("demo.people"), *people]))
        self.hint.setText(words("demo.hint"))
        for key, button in self._said:
            button.setText(words(f"demo.{key}"))
            button.setAccessibleName(words(f"demo.{key}"))
        self.fault.setAccessibleName(words("demo.fault"))
        for place, key in enumerate(("none", *Trouble)):
            self.fault.setItemText(place, words(f"demo.fault_{key}"))
        self.render_state(self._presenter.state)

    def stand_beside(self, top: QWidget) -> None:
        """Place this window at the right of the other one, which makes room if it has to."""
        self.winId()
        self.windowHandle().setTransientParent(top.windowHandle())
        room = top.screen().availableGeometry()
        frame = top.frameGeometry()
        left = room.width() - WIDTH
        if frame.width() > left:
            width = max(left, top.minimumSizeHint().width())
            top.resize(width, min(top.height(), room.height()))
            frame.setWidth(width)
        spare = max(0, left - frame.width()) // 2
        top.move(room.left() + spare, room.top() + max(0, (room.height() - frame.height()) // 2))
        self.resize(WIDTH, min(frame.height(), room.height()))
        self.move(min(top.x() + frame.width(), room.right() - WIDTH), top.y())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Without drawer nothing can be tried: the desk's window is what ends the demo."""
        if event.spontaneous():
            event.ignore()
        else:
            event.accept()

    def _chosen(self, act: Callable[[str], None]) -> None:
        if self.cards.number:
            act(self.cards.number)

    def _letter(self, letter: str) -> None:
        if letter == "D":
            self._hold()
        else:
            self._buttons[letter].click()

    def _hold(self) -> None:
        self._chosen(lambda number: self._presenter.hold(number, self.door.room.currentText()))

    def _switch_cloud(self) -> None:
        self._presenter.cloud(not self._presenter.state.drawer.cloud_away)

    def _meet(self, place: int) -> None:
        if place > 0:
            self._presenter.trouble(list(Trouble)[place - 1])

    def _button(self, key: str, act: Callable[[], object]) -> QPushButton:
        made = QPushButton()
        made.clicked.connect(lambda: act())
        self._said.append((key, made))
        return made

    def _connect(self) -> None:
        presenter = self._presenter
        presenter.changed.connect(self.render_state)
        self._context.words.changed.connect(self.retranslate)
        self.cards.key_pressed.connect(self._letter)
        self.encoder.dropped.connect(presenter.to_encoder)
        self.reader.dropped.connect(presenter.to_reader)
        self.door.dropped.connect(
            lambda number: presenter.hold(number, self.door.room.currentText())
        )
        self.door.hold_wanted.connect(self._hold)
        self.fault.activated.connect(self._meet)

    def _build(self) -> None:
        self.fault.addItems([""] * (len(Trouble) + 1))
        inside = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inside))
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(tokens.GAP, tokens.GAP, tokens.GAP, tokens.GAP)
        layout.setSpacing(tokens.GAP_SMALL)
        for widget in (self.banner, self.people, self.hint):
            layout.addWidget(widget)
        layout.addWidget(self.cards, 1)
        layout.addLayout(row(*self._buttons.values()))
        layout.addLayout(row(self.encoder, self.reader))
        layout.addWidget(self.door)
        layout.addWidget(self.phone)
        layout.addWidget(self.clock)
        layout.addLayout(row(self.blank, self.hour, self.day))
        layout.addLayout(row(self.fault, self.cloud))
