"""Small parts of the card panel: a tinted frame, big words, buttons and fields that take Enter."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import icons, tokens
from ui.theme.style import Theme

ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


def label(role: str = "", *, wrap: bool = True) -> QLabel:
    """A label of one of the style's roles."""
    made = QLabel()
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made


def restyle(where: QWidget, role: str) -> None:
    """Give a widget another of the style's roles."""
    where.setProperty("role", role)
    where.style().unpolish(where)
    where.style().polish(where)


def topped(pane: QWidget) -> QWidget:
    """The same pane as high as what it says, with the rest of the room below it."""
    whole = QWidget()
    box = QVBoxLayout(whole)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(pane)
    box.addStretch(1)
    return whole


def problem_label(role: str = "bad") -> QLabel:
    """What is wrong, in the role's colour."""
    made = label(role)
    made.setContentsMargins(tokens.GAP_SMALL, tokens.GRID, tokens.GAP_SMALL, tokens.GRID)
    return made


def say(where: QLabel, text: str) -> None:
    """Show a text; an empty one takes no room."""
    where.setText(text)
    where.setVisible(bool(text))


class KeyButton(QPushButton):
    """A button that Enter presses too, once for each press of the key."""

    def __init__(self, role: str = "", *, tall: bool = False) -> None:
        super().__init__()
        self._tall = tall or role == "primary"
        if role:
            self.setProperty("role", role)

    def set_tall(self, tall: bool) -> None:
        """As high as large buttons are, or as others."""
        self._tall = tall
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        hint = super().sizeHint()
        return hint.expandedTo(QSize(0, tokens.BIG_CONTROL_HEIGHT)) if self._tall else hint

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def say(self, text: str, key: str = "") -> None:
        """Its words, the key beside them, and the same as its accessible name."""
        self.setText(f"{text}  {key}" if key else text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(key)


class Field(QLineEdit):
    """A line that keeps Enter to itself: `entered` once for each press of the key."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.entered.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class Tinted(QFrame):
    """A frame in two colours of the tokens, with rounded corners."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fill, self._edge = "surface", "line"

    def tint(self, fill: str, edge: str) -> None:
        """Names of the tokens' colours."""
        self._fill, self._edge = fill, edge
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(getattr(colours, self._edge)), 1))
        painter.setBrush(QColor(getattr(colours, self._fill)))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, tokens.RADIUS, tokens.RADIUS)
        painter.end()


class BigWord(QWidget):
    """One word, as large as the room's number, with an icon before it, in a colour of the look."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text, self._icon, self._colour = "", "", "text"
        self._points = tokens.TEXT_ROOM_PT
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, text: str, icon: str, colour: str) -> None:
        self._text, self._icon, self._colour = text, icon, colour
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """As large as a title only."""
        self._points = tokens.TEXT_TITLE_PT if compact else tokens.TEXT_ROOM_PT
        self.updateGeometry()

    def _font(self, points: float) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(points)
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetricsF(self._font(self._points))
        width = metrics.horizontalAdvance(self._text) + metrics.height() + tokens.GAP
        return QSize(round(width), round(metrics.height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(tokens.BIG_CONTROL_HEIGHT, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        colour = getattr(self._theme.colours, self._colour)
        painter = QPainter(self)
        side = round(self.height() * 0.7)
        mark = icons.pixmap(self._icon, colour, side, self.devicePixelRatioF())
        painter.drawPixmap(0, (self.height() - side) // 2, mark)
        left = side + tokens.GAP_SMALL
        points = self._points
        room = self.width() - left
        wide = QFontMetricsF(self._font(points)).horizontalAdvance(self._text)
        painter.setFont(self._font(points * min(1.0, room / max(wide, 1.0))))
        painter.setPen(QColor(colour))
        where = QRectF(left, 0, room, self.height())
        painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter), self._text)
        painter.end()


class StateChip(Tinted):
    """A room's state by colour, mark and word."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._word = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, state: str, word: str) -> None:
        """`state` is a `RoomState`, whose colours have its name."""
        self._word = word
        self.setAccessibleName(word)
        self.tint(state, f"{state}_mark")
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = QFontMetricsF(self.font())
        return QSize(
            round(metrics.horizontalAdvance(self._word)) + 2 * tokens.GAP + tokens.GAP_SMALL,
            round(metrics.height()) + tokens.GAP_SMALL,
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._theme.colours, self._edge)))
        middle = self.height() / 2
        painter.drawEllipse(
            QRectF(tokens.GAP_SMALL, middle - tokens.GRID, 2 * tokens.GRID, 2 * tokens.GRID)
        )
        painter.setPen(QColor(self._theme.colours.text))
        box = QRectF(self.rect()).adjusted(2 * tokens.GAP_SMALL + tokens.GRID, 0, 0, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self._word)
        painter.end()
