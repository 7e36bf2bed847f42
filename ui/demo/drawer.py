"""The desk drawer: the cards there are, and the encoder and reader that they are laid on."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from station.compose.drawer import DrawerCard, Spot
from ui.context import Context
from ui.demo import carrying
from ui.theme import icons, tokens
from ui.widgets.texts import plain_label

NUMBER = Qt.ItemDataRole.UserRole
SHORT_TIME = "%m-%d %H:%M"


class CardList(QListWidget):
    """All cards. `key_pressed` with the letter of what is to be done with the chosen one."""

    key_pressed = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._cards: tuple[DrawerCard, ...] = ()
        self.setDragEnabled(True)
        self.setIconSize(QSize(tokens.ICON, tokens.ICON))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        context.words.changed.connect(self._say)
        context.theme.changed.connect(self._say)
        self._say()

    @property
    def number(self) -> str:
        """The chosen card; empty where none is."""
        item = self.currentItem()
        return str(item.data(NUMBER)) if item is not None else ""

    def show_cards(self, cards: tuple[DrawerCard, ...]) -> None:
        """Show these, written ones first; the chosen one stays chosen."""
        if cards == self._cards and self.count():
            return
        self._cards = cards
        chosen = self.number
        self.clear()
        for card in sorted(cards, key=lambda card: (not card.room, card.number)):
            item = QListWidgetItem(self)
            item.setData(NUMBER, card.number)
        self._say()
        numbers = [str(self.item(row).data(NUMBER)) for row in range(self.count())]
        if numbers:
            self.setCurrentRow(numbers.index(chosen) if chosen in numbers else 0)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:  # noqa: N802 - Qt's name
        return carrying.carried(str(items[0].data(NUMBER)) if items else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        letter = event.text().upper()
        if letter and letter in "ERTD":
            self.key_pressed.emit(letter)
        else:
            super().keyPressEvent(event)

    def _say(self) -> None:
        words, colours = self._context.words, self._context.theme.colours
        self.setAccessibleName(words("demo.cards"))
        known = {card.number: card for card in self._cards}
        for row in range(self.count()):
            item = self.item(row)
            card = known[str(item.data(NUMBER))]
            colour = colours.accent if card.room else colours.text_dim
            item.setIcon(icons.icon("credit-card", colour))
            item.setText(describe(context=self._context, card=card))


def describe(context: Context, card: DrawerCard) -> str:
    """A card in one line: its number, what is on it, where it lies."""
    words = context.words
    where = "" if card.spot is Spot.DRAWER else words(f"demo.on_{card.spot.value}")
    if not card.room:
        return words("demo.card_blank", number=card.number, where=where)
    until = card.until.strftime(SHORT_TIME) if card.until is not None else ""
    return words("demo.card_written", number=card.number, room=card.room, until=until, where=where)


class Slot(carrying.Spot):
    """The encoder or the reader, with the card that lies on it."""

    def __init__(self, context: Context, spot: Spot, icon: str) -> None:
        super().__init__()
        self._context, self._spot, self._icon = context, spot, icon
        self._card: DrawerCard | None = None
        self._sign = QLabel()
        self._name, self._what = plain_label("large"), plain_label("dim", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._what)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP_SMALL)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        context.words.changed.connect(self._say)
        context.theme.changed.connect(self._say)
        self._say()

    @property
    def text(self) -> str:
        """What is said about the card on it."""
        return self._what.text()

    def show_cards(self, cards: tuple[DrawerCard, ...]) -> None:
        """Show the card that lies here, if one does."""
        self._card = next((card for card in cards if card.spot is self._spot), None)
        self._say()

    def _say(self) -> None:
        words, colours = self._context.words, self._context.theme.colours
        colour = colours.text_dim if self._card is None else colours.accent
        self._sign.setPixmap(
            icons.pixmap(self._icon, colour, 2 * tokens.ICON, self.devicePixelRatioF())
        )
        self._name.setText(words(f"demo.{self._spot.value}"))
        card = self._card
        if card is None:
            self._what.setText(words("demo.nothing"))
        elif card.room:
            self._what.setText(words("demo.lies_written", number=card.number, room=card.room))
        else:
            self._what.setText(words("demo.lies_blank", number=card.number))
        self.setAccessibleName(f"{self._name.text()} {self._what.text()}")


def row(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side, equally wide."""
    made = QHBoxLayout()
    made.setSpacing(tokens.GAP_SMALL)
    for widget in widgets:
        made.addWidget(widget, 1)
    return made
