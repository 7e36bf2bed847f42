"""What lies on the encoder now, and what it still opens."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from station.workflows.read import Standing
from ui.messages import Words
from ui.presenters.card_state import Lying, Seen
from ui.theme import icons, tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import Tinted, label, restyle, say
from ui.widgets.card_words import face_lines

_LIVE = frozenset({Standing.EARLIER, Standing.FOREIGN})


class CardFace(Tinted):
    """Always shown, whatever else the panel does."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._words = words
        self._icon = QLabel()
        self._title = label("title")
        self._until = label()
        self._whose = label("dim")
        texts = QVBoxLayout()
        texts.setSpacing(tokens.GRID // 2)
        for part in (self._title, self._until, self._whose):
            texts.addWidget(part)
        self._compact = False
        box = QHBoxLayout(self)
        box.setContentsMargins(tokens.GAP, tokens.GAP_SMALL, tokens.GAP, tokens.GAP_SMALL)
        box.setSpacing(tokens.GAP)
        box.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(texts, 1)

    def set_compact(self, compact: bool) -> None:
        """A small screen: the same in less height."""
        self._compact = compact
        restyle(self._title, "large" if compact else "title")
        edge = tokens.GRID if compact else tokens.GAP_SMALL
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(tokens.GAP, edge, tokens.GAP, edge)

    def render_card(self, seen: Seen, now: datetime) -> None:
        """Show what was seen; `now` site-local."""
        title, until, whose = face_lines(self._words, seen, now)
        say(self._title, title)
        together = " · ".join(part for part in (until, whose) if part)
        say(self._until, together if self._compact else until)
        say(self._whose, "" if self._compact else whose)
        self.setAccessibleName(self._words("card.face"))
        self.setAccessibleDescription(" ".join(part for part in (title, until, whose) if part))
        fill, edge, icon = _look(seen)
        self.tint(fill, edge)
        colour = getattr(self._theme.colours, edge if edge != "line" else "text_dim")
        side = tokens.ICON + tokens.GAP_SMALL
        self._icon.setPixmap(icons.pixmap(icon, colour, side, self.devicePixelRatioF()))


def _look(seen: Seen) -> tuple[str, str, str]:
    if seen.lying is Lying.UNREACHABLE:
        return "bad_soft", "bad", "plug"
    if seen.lying is Lying.CARD:
        if seen.standing in _LIVE:
            return "warn_soft", "warn", "triangle-alert"
        return "accent_soft", "accent", "key-round"
    if seen.lying is Lying.BLANK:
        return "raised", "line_strong", "credit-card"
    return "window", "line", "nfc"
