"""The chosen room: its number big, its state, guest, end and what is out."""

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from station.domain.person import Person
from station.domain.room import RoomState
from ui.messages import Words
from ui.presenters.card_state import CardWorkState, RoomFacts
from ui.theme import icons, tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import StateChip, label, restyle, say
from ui.widgets.card_words import moment, place_of
from ui.widgets.check_out_words import others_text
from ui.widgets.texts import sentence


class RoomHead(QWidget):
    """`reveal_clicked`: the guest's name is wanted in full, or hidden again.

    `lock_clicked`: what opens the door beside cards is to be looked at.
    """

    reveal_clicked = Signal()
    lock_clicked = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._number = label("room", wrap=False)
        self._chip = StateChip(theme)
        self._place = label("dim", wrap=False)
        self._stay = label("large")
        self._guest = label()
        self._facts = label("small")
        self._compact = False
        self.eye = QToolButton()
        self.eye.clicked.connect(self.reveal_clicked)
        self.lock = QToolButton()
        self.lock.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.lock.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lock.setIconSize(QSize(tokens.MARK + tokens.MARK_GAP, tokens.MARK))
        self.lock.clicked.connect(self.lock_clicked)
        side = QVBoxLayout()
        side.setSpacing(tokens.GRID)
        side.addWidget(self._chip)
        side.addWidget(self._place)
        top = QHBoxLayout()
        top.setSpacing(tokens.GAP)
        top.addWidget(self._number)
        top.addLayout(side)
        top.addStretch(1)
        who = QHBoxLayout()
        who.setSpacing(tokens.GRID)
        who.addWidget(self._guest)
        who.addWidget(self.eye)
        who.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GRID)
        box.addLayout(top)
        box.addWidget(self._stay)
        box.addLayout(who)
        box.addWidget(self._facts)
        box.addWidget(self.lock, 0, Qt.AlignmentFlag.AlignLeft)

    def set_compact(self, compact: bool) -> None:
        """A small screen: number, state and end in one line."""
        self._compact = compact
        restyle(self._number, "title" if compact else "room")
        restyle(self._stay, "" if compact else "large")

    def render_room(self, state: CardWorkState, now: datetime) -> None:
        """Show the chosen room, or what to do to choose one; `now` site-local."""
        words, facts = self._words, state.room
        grouped = bool(state.group)
        say(self._number, facts.room.name if facts and not grouped else "")
        self._chip.setVisible(facts is not None and not grouped)
        self._place.setVisible(facts is not None and not grouped and not self._compact)
        self.eye.setVisible(False)
        self._show_lock(None if grouped else facts)
        if grouped or facts is None:
            count = len(state.group)
            title = words("card.group_chosen", count=count) if grouped else ""
            say(self._stay, title or words("card.choose_room"))
            say(self._guest, "")
            names = "、" if words.language == "zh_CN" else ", "
            rooms = names.join(room.name for room in state.group[:12])
            more = " …" if count > 12 else ""
            hint = "" if self._compact else words("card.choose_room_hint")
            say(self._facts, (hint if self._compact else rooms + more) if grouped else hint)
            return
        self._chip.say(facts.state.value, sentence(words.word("room_state", facts.state)))
        self._place.setText(place_of(words, facts.room))
        say(self._stay, self._end(facts, now))
        self._show_guest(facts, state.revealed)
        parts = []
        if facts.cards_out:
            parts.append(words("card.cards_out", count=facts.cards_out))
        if facts.unresolved:
            parts.append(words("card.unresolved", count=facts.unresolved))
        say(self._facts, "" if self._compact else sentence(" · ".join(parts)))
        if self._compact:
            self._stay.setText(" · ".join(part for part in (self._stay.text(), *parts) if part))

    def _show_lock(self, facts: RoomFacts | None) -> None:
        words = self._words
        others = others_text(words, facts.others) if facts is not None else ""
        text = sentence(words("card.others", what=others))
        self.lock.setVisible(bool(others))
        self.lock.setText(text)
        self.lock.setAccessibleName(text)
        self.lock.setIcon(icons.icon("lock-keyhole", self._theme.colours.text))

    def _end(self, facts: RoomFacts, now: datetime) -> str:
        if facts.stay is None or facts.by_stay is RoomState.VACANT:
            return ""
        key = "card.ended" if facts.by_stay is RoomState.OVERDUE else "card.until"
        return self._words(key, end=moment(self._words, facts.stay.expires_at, now))

    def _show_guest(self, facts: RoomFacts, revealed: Person | None) -> None:
        words = self._words
        lives = facts.stay is not None and facts.by_stay is not RoomState.VACANT
        full = f"{revealed.name} {revealed.mobile}".strip() if revealed else ""
        guest = full or facts.guest
        say(self._guest, guest or (words("card.guest_none") if lives and facts.complete else ""))
        self._guest.setAccessibleName(f"{words('card.guest')} {guest}")
        self.eye.setVisible(bool(guest) and lives)
        name = words("card.hide" if revealed else "card.reveal")
        self.eye.setAccessibleName(name)
        self.eye.setToolTip(name)
        colour = self._theme.colours.text_dim
        self.eye.setIcon(icons.icon("eye-off" if revealed else "eye", colour))
        self.eye.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
