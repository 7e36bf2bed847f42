"""A list of two-line entries that keeps its choice while it is filled anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from ui.context import Context
from ui.theme import icons, tokens

_KEY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `colour` is a name of the tokens."""

    key: str
    text: str
    icon: str
    colour: str = "text_dim"


class LockList(QListWidget):
    """`picked`: another entry is chosen. `entered`: Enter or a double click on one."""

    picked = Signal(str)
    entered = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._theme = context.theme
        self.setSpacing(tokens.GRID)
        self.setWordWrap(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentRowChanged.connect(lambda _: self.picked.emit(self.key()))
        self.itemDoubleClicked.connect(lambda _: self.entered.emit(self.key()))

    def show_entries(self, entries: Sequence[Entry], chosen: str = "") -> None:
        """Show these, with this one chosen."""
        colours = self._theme.colours
        with QSignalBlocker(self):
            while self.count() > len(entries):
                self.takeItem(self.count() - 1)
            for place, entry in enumerate(entries):
                item = self.item(place) or QListWidgetItem(self)
                item.setText(entry.text)
                item.setData(_KEY, entry.key)
                item.setIcon(icons.icon(entry.icon, getattr(colours, entry.colour)))
                if entry.key == chosen:
                    self.setCurrentItem(item)
        self.scheduleDelayedItemsLayout()

    def key(self) -> str:
        """The key of the chosen entry; empty without one."""
        item = self.currentItem()
        return str(item.data(_KEY)) if item is not None else ""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # lines wrap otherwise now

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.key() and not event.isAutoRepeat():
                self.entered.emit(self.key())
            event.accept()
            return
        super().keyPressEvent(event)
