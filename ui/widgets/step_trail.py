"""The steps of a write as they happen, and the request for the next card."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.messages import Words
from ui.presenters.card_state import Action, Mark, Phase, Progress
from ui.theme import icons, tokens
from ui.theme.style import Theme
from ui.widgets.card_parts import KeyButton, label, problem_label, say

_KEYS = ("card.step_record", "card.step_look", "card.step_write", "card.step_check")
_COLOURS = {Mark.AHEAD: "line_strong", Mark.NOW: "accent", Mark.DONE: "good", Mark.FAILED: "bad"}
_ICONS = {Mark.DONE: "check", Mark.FAILED: "x"}
AHEAD = (Mark.AHEAD, Mark.AHEAD, Mark.AHEAD, Mark.AHEAD)


class StepTrail(QWidget):
    """Four numbered marks in a row: ahead, under way, done, failed."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._marks: tuple[Mark, ...] = AHEAD
        self._clears = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def render_marks(self, marks: tuple[Mark, ...], *, clears: bool) -> None:
        self._marks, self._clears = marks, clears
        now = next((i for i, mark in enumerate(marks) if mark is Mark.NOW), None)
        self.setAccessibleName(self._words("card.steps"))
        self.setAccessibleDescription(self._names()[now] if now is not None else "")
        self.update()

    def _names(self) -> list[str]:
        names = [self._words(key) for key in _KEYS]
        if self._clears:
            names[2] = self._words("card.step_clear")
        return names

    def sizeHint(self) -> QSize:  # noqa: N802
        height = QFontMetricsF(self.font()).height()
        return QSize(tokens.CARD_PANEL_WIDTH // 2, round(height) + 9 * tokens.GRID)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self._marks)
        side = 7 * tokens.GRID
        colours = self._theme.colours
        for place, (mark, name) in enumerate(zip(self._marks, self._names(), strict=True)):
            colour = QColor(getattr(colours, _COLOURS[mark]))
            middle = width * (place + 0.5)
            box = QRectF(middle - side / 2, tokens.GRID / 2, side, side)
            if place:
                painter.setPen(QPen(QColor(colours.line_strong), 1))
                line = box.center().y()
                painter.drawLine(
                    round(middle - width + side / 2 + tokens.GRID),
                    round(line),
                    round(middle - side / 2 - tokens.GRID),
                    round(line),
                )
            painter.setPen(QPen(colour, 2))
            painter.setBrush(QColor(colours.surface))
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
            painter.setPen(colour if mark is not Mark.AHEAD else QColor(colours.text_dim))
            if mark in _ICONS:
                inner = side - 3 * tokens.GRID
                shown = icons.pixmap(_ICONS[mark], colour.name(), inner, self.devicePixelRatioF())
                painter.drawPixmap(
                    round(middle - inner / 2), round(box.center().y() - inner / 2), shown
                )
            else:
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(place + 1))
            below = QRectF(width * place, box.bottom(), width, self.height() - box.bottom())
            painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), name)
        painter.end()


class ProgressPane(QWidget):
    """A write under way, or the wait for the next card."""

    go_on = Signal()
    stop = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._title = label("title")
        self._count = label("dim")
        self.trail = StepTrail(words, theme)
        self._hint = label("large")
        self._why = problem_label()
        self.next = KeyButton("primary")
        self.next.clicked.connect(self.go_on)
        self.end = KeyButton(tall=True)
        self.end.clicked.connect(self.stop)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.GAP_SMALL)
        buttons.addWidget(self.next, 2)
        buttons.addWidget(self.end, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GAP)
        for part in (self._title, self._count, self.trail, self._hint, self._why):
            box.addWidget(part)
        box.addLayout(buttons)
        box.addStretch(1)

    def render_progress(self, phase: Phase, progress: Progress | None, end: str) -> None:
        """`end` is the end of stay as it is said."""
        words = self._words
        waiting = phase is Phase.WAIT
        self.next.setVisible(waiting)
        self.end.setVisible(waiting)
        self.trail.setVisible(progress is not None and not waiting)
        if progress is None:
            say(self._title, words("card.reading"))
            for part in (self._count, self._hint, self._why):
                say(part, "")
            return
        clears = progress.action in {Action.RECYCLE, Action.CHECK_OUT}
        self.trail.render_marks(progress.marks, clears=clears)
        say(self._title, self._asks(progress) if waiting else self._does(progress))
        say(self._count, self._about(progress, end))
        say(self._hint, self._how(progress) if waiting else self._meanwhile(progress))
        refused = progress.hint
        say(self._why, words.sentence(refused) if waiting and refused is not None else "")
        self.next.say(words("card.put_go"), words("card.key_enter"))
        self.end.say(words("card.put_stop" if progress.number > 1 else "card.cancel"), "Esc")

    def _asks(self, progress: Progress) -> str:
        if progress.total > 1:
            return self._words("card.put_next", number=progress.number)
        return self._words("card.put_first")

    def _does(self, progress: Progress) -> str:
        return self._words("card.writing", action=self._words(f"card.{progress.action}"))

    def _about(self, progress: Progress, end: str) -> str:
        parts = []
        if progress.room is not None:
            room = progress.room.name
            parts.append(self._words("card.room_until", room=room, end=end) if end else room)
        if progress.total > 1:
            number, total = progress.number, progress.total
            parts.append(self._words("card.number_of", number=number, total=total))
        return " · ".join(parts)

    def _how(self, progress: Progress) -> str:
        if progress.same_again:
            return self._words("card.put_same")
        if progress.by_itself:
            return self._words("card.put_by_itself")
        return self._words("card.put_lifted" if progress.lifted else "card.put_key")

    def _meanwhile(self, progress: Progress) -> str:
        return self._words("card.stopping" if progress.stopping else "card.dont_lift")
