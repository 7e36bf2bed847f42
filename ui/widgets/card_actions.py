"""The one action that fits, large, and the others below it with their keys, each in its place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ui.messages import Words
from ui.presenters.card_state import FUNCTION_KEYS, Action, Offer
from ui.theme import icons, tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import KeyButton

ICONS = {
    Action.READ: "scan-line",
    Action.RECYCLE: "rotate-ccw",
    Action.ISSUE: "key-round",
    Action.COPY: "copy",
    Action.CHECK_OUT: "log-out",
    Action.EXTEND: "calendar",
    Action.MOVE: "arrow-right-left",
    Action.REPLACE: "shield-check",
    Action.GROUP: "layers",
}
_GRID = (
    (Action.READ, Action.RECYCLE),
    (Action.ISSUE, Action.COPY),
    (Action.CHECK_OUT, Action.EXTEND),
    (Action.MOVE, Action.REPLACE),
)
_KEYS = {action: f"F{number}" for number, action in FUNCTION_KEYS.items()}


class ActionPane(QWidget):
    """`chosen` with an `Action`; `fitting` for the large button."""

    chosen = Signal(object)
    fitting = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self.primary = KeyButton("primary")
        self.primary.clicked.connect(self.fitting)
        self.buttons: dict[Action, KeyButton] = {}
        self._grid = grid = QGridLayout()
        grid.setSpacing(tokens.GAP_SMALL)
        for row, actions in enumerate(_GRID):
            for column, action in enumerate(actions):
                button = KeyButton()
                button.clicked.connect(lambda _=False, action=action: self.chosen.emit(action))
                self.buttons[action] = button
                grid.addWidget(button, row, column)
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GAP)
        box.addWidget(self.primary)
        box.addLayout(grid)
        box.addStretch(1)

    def set_compact(self, compact: bool) -> None:
        """A small screen: less space between."""
        self.primary.set_tall(not compact)
        self._grid.setSpacing(tokens.GRID if compact else tokens.GAP_SMALL)
        self._box.setSpacing(tokens.GRID if compact else tokens.GAP)

    def render_offer(self, offer: Offer) -> None:
        """Show what fits; what makes no sense now is dimmed and keeps its place."""
        words, colours = self._words, self._theme.colours
        self.setAccessibleName(words("card.actions"))
        if offer.primary is None:
            self.primary.say(words("card.find_room"), "F2")
            self.primary.setIcon(icons.icon("search", colours.accent_text))
        else:
            self.primary.say(words(f"card.{offer.primary}"), words("card.key_enter"))
            self.primary.setIcon(icons.icon(ICONS[offer.primary], colours.accent_text))
        for action, button in self.buttons.items():
            key = _KEYS.get(action, words("card.key_move"))
            button.say(words(f"card.{action}"), key)
            button.setIcon(icons.icon(ICONS[action], colours.text, colours.text_dim))
            button.setEnabled(action in offer.possible)
