"""The summary of one card above its operations: rooms, guests (masked), makers, failures."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from station.domain.stay import format_time
from ui.messages import Words
from ui.presenters.card_life import CardLife, CardLifeState, StayLine
from ui.theme import tokens


class CardLifeBox(QFrame):
    """Hidden while no card is looked for."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._words = words
        self._state = CardLifeState()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*(4 * [tokens.GAP]))
        self._inner: QWidget | None = None
        self.hide()

    def render_state(self, state: CardLifeState) -> None:
        """Show a card's life, or nothing."""
        if state == self._state:
            return
        self._state = state
        self.retranslate()
        self.setVisible(bool(state.card))

    def retranslate(self) -> None:
        """Everything anew, in the language of the moment."""
        if self._inner is not None:
            self._inner.hide()
            self._column.removeWidget(self._inner)
            self._inner.deleteLater()
        self._inner = QWidget()
        grid = QGridLayout(self._inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.GAP)
        grid.setVerticalSpacing(tokens.GRID)
        grid.setColumnStretch(1, 1)
        state, life = self._state, self._state.life
        title = self._text(self._words("history.life"))
        title.setProperty("role", "large")
        grid.addWidget(title, 0, 0, 1, 2)
        if state.error is not None:
            grid.addWidget(self._text(self._words.sentence(state.error), "warn"), 1, 0, 1, 2)
        elif life is None:
            grid.addWidget(self._text(self._words("history.loading"), "dim"), 1, 0, 1, 2)
        elif not life.operations and not life.resident:
            grid.addWidget(self._text(self._words("history.life_unknown"), "dim"), 1, 0, 1, 2)
        else:
            self._fill(grid, life)
        self._column.addWidget(self._inner)
        self._inner.show()
        self.setAccessibleName(self._words("history.life"))

    def _fill(self, grid: QGridLayout, life: CardLife) -> None:
        words = self._words
        count = f"{life.operations}+" if life.capped else life.operations
        rows = [
            ("card_id", ", ".join(life.card_ids)),
            ("uid", ", ".join(life.uids)),
            ("resident", life.resident),
            ("made_by", ", ".join(life.made_by)),
            ("last_word", life.last_word),
            ("counted", words("history.life_counted", count=count, failures=life.failures)),
            ("seen", _between(life)),
        ]
        place = 1
        for name, text in rows:
            if text:
                key = "title_counted" if name == "counted" else name
                grid.addWidget(self._title(f"history.life_{key}"), place, 0)
                role = "warn" if name == "counted" and life.failures else ""
                grid.addWidget(self._text(text, role), place, 1)
                place += 1
        if life.stays:
            grid.addWidget(self._title("history.life_stays"), place, 0)
        for stay in life.stays:
            grid.addWidget(self._text(self._stay(stay)), place, 1)
            place += 1
        if life.more_stays:
            more = words("history.life_more", count=life.more_stays)
            grid.addWidget(self._text(more, "small"), place, 1)

    def _stay(self, stay: StayLine) -> str:
        state = self._words.word("card_state", stay.state) if stay.state else ""
        first = " · ".join(part for part in (stay.room, stay.guest, state) if part)
        return f"{first}\n{stay.since} → {stay.until}"

    def _title(self, key: str) -> QLabel:
        label = self._text(self._words(key), "dim")
        label.setWordWrap(False)
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        return label

    def _text(self, text: str, role: str = "") -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if role:
            label.setProperty("role", role)
        return label


def _between(life: CardLife) -> str:
    if life.first is None or life.last is None:
        return ""
    return f"{format_time(life.first)[:16]} → {format_time(life.last)[:16]}"
