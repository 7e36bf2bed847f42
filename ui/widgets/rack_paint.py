"""How a tile of the rack looks: colour, word and mark for its state, drawn sharp at every scaling.

Occupied and vacant are plain; due out has a corner, overdue has stripes, unresolved a border and
an exclamation mark. So each state is told by more than its colour.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QStaticText,
    QTransform,
)

from station.domain.room import RoomState
from ui.messages import Words
from ui.presenters.rack_tiles import Tile
from ui.theme import tokens
from ui.theme.tokens import Colours
from ui.widgets.rack_layout import Measures

PAD: Final = 2 * tokens.GRID
BAR: Final = tokens.GRID
TEXT_LEFT: Final = 10
TEXT_RIGHT: Final = 6
CORNER: Final = 4 * tokens.GRID
STRIPE: Final = 2 * tokens.GRID
STRIPE_STRENGTH: Final = 0.16
SHORT_NUMBER: Final = 5
"""A longer number leaves no place for the guest beside it."""
MAX_PICTURES: Final = 64
MAX_TEXTS: Final = 2000
CARD_MARK: Final = (9, 7)
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Marking:
    """How a tile stands out beside its state."""

    selected: bool = False
    current: bool = False
    """The keyboard is here."""
    hovered: bool = False


PLAIN: Final = Marking()


def fonts(base: QFont) -> tuple[QFont, QFont]:
    """(number, small) for the rack's tiles, made from the program's font."""
    number, small = QFont(base), QFont(base)
    number.setPointSizeF(tokens.TEXT_LARGE_PT)
    number.setWeight(QFont.Weight.DemiBold)
    small.setPointSizeF(tokens.TEXT_SMALL_PT)
    return number, small


def state_words(words: Words) -> dict[RoomState, str]:
    """The word of each state, as it begins a line."""
    said = {state: words.word("room_state", state) for state in RoomState}
    return {state: word[:1].upper() + word[1:] for state, word in said.items()}


def measures(base: QFont, words: Words, floors: str) -> Measures:
    """Sizes for this font and language; `floors` is the longest floor label that is shown."""
    number, small = (QFontMetrics(font) for font in fonts(base))
    word = max(small.horizontalAdvance(word) for word in state_words(words).values())
    cards = CARD_MARK[0] + tokens.GRID + small.horizontalAdvance("0")
    height = number.height() + 2 * small.height() + PAD
    return Measures(
        tile_width=max(tokens.TILE_WIDTH, TEXT_LEFT + word + cards + TEXT_RIGHT),
        tile_height=max(height, tokens.TILE_HEIGHT),
        gap=tokens.GAP_SMALL,
        margin=tokens.GAP,
        gutter=small.horizontalAdvance(floors) + tokens.GAP_SMALL if floors else 0,
        heading=QFontMetrics(base).height() + tokens.GAP,
        floor_gap=tokens.GAP,
    )


def end_text(words: Words, end: datetime, now: datetime) -> str:
    """`今天 12:00`, `周一 12:00`, `12-31 12:00`, with the year where it is another one."""
    days = (end.date() - now.date()).days
    time = f"{end:%H:%M}"
    if days in (-1, 0, 1):
        return words(f"rooms.day_{('before', 'today', 'tomorrow')[days + 1]}", time=time)
    if 1 < days < 7:
        return words(f"rooms.weekday_{end.isoweekday()}", time=time)
    return f"{end:%m-%d} {time}" if end.year == now.year else f"{end:%Y-%m-%d}"


class TilePainter:
    """Draws tiles of one size in one look and language; made anew when any of these changes.

    What tiles of one state share is drawn once and kept as a picture, and so is the shape of each
    text: a frame is a few calls a tile, which also keeps it short while other threads compute.
    """

    def __init__(
        self, colours: Colours, words: Words, base: QFont, size: tuple[int, int], ratio: float
    ) -> None:
        """`size` in logical pixels; `ratio` real pixels to each of them."""
        self._words = words
        self.width, self.height = size
        self.ratio = ratio
        self.number_font, self.small_font = fonts(base)
        self._number_metrics = QFontMetrics(self.number_font)
        self._small_metrics = QFontMetrics(self.small_font)
        self._set_colours(colours)
        self._set_shapes()
        self._set_lines()
        self._state_words = state_words(words)
        self._pictures: dict[tuple[RoomState, int, bool, bool], QPixmap] = {}
        self._numbers: dict[str, QStaticText] = {}
        self._texts: dict[str, QStaticText] = {}
        self._ends: dict[datetime, str] = {}
        self._today = datetime.min.date()

    def paint(
        self, painter: QPainter, where: QPoint, tile: Tile, now: datetime, marking: Marking = PLAIN
    ) -> None:
        """One tile with its top left corner at `where` (`now` site-local)."""
        row, state, corner = tile.row, tile.state, QPointF(where)
        painter.drawPixmap(
            where, self._picture((state, row.cards_out, marking.selected, marking.hovered))
        )
        painter.setPen(self._text)
        painter.setFont(self.number_font)
        painter.drawStaticText(corner + self._number_at, self._number(tile.place.number))
        vacant = state is RoomState.VACANT
        if not vacant and row.stay is not None:
            painter.setPen(self._small_pen[state])
            painter.setFont(self.small_font)
            end = self._end(row.stay.expires_at, now)
            painter.drawStaticText(corner + self._end_at, self._small(end))
            if tile.guest and len(tile.place.number) <= SHORT_NUMBER:
                guest = self._small(tile.guest)
                left = self._guest_right - guest.size().width()
                painter.drawStaticText(corner + QPointF(left, self._guest_top), guest)
        if marking.current:
            painter.setPen(self._focus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = self._ring.translated(where)
            painter.drawRoundedRect(ring, tokens.RADIUS + 2, tokens.RADIUS + 2)

    def _set_colours(self, colours: Colours) -> None:
        self._fill = {state: QColor(getattr(colours, state.value)) for state in RoomState}
        self._mark = {state: QColor(getattr(colours, f"{state.value}_mark")) for state in RoomState}
        self._text = QPen(QColor(colours.text))
        dim = QPen(QColor(colours.text_dim))
        # On stripes dim text would be hard to read.
        self._small_pen = {
            state: self._text if state is RoomState.OVERDUE else dim for state in RoomState
        }
        self._ground = QColor(colours.window)
        self._stripe = QColor(self._mark[RoomState.OVERDUE])
        self._stripe.setAlphaF(STRIPE_STRENGTH)
        self._on_mark = QColor(colours.surface)
        self._edge = {False: QPen(QColor(colours.line)), True: QPen(QColor(colours.line_strong))}
        self._chosen = QPen(QColor(colours.accent), 2)
        self._focus = QPen(QColor(colours.focus), 2)
        self._doubt = QPen(self._mark[RoomState.UNRESOLVED], 2)

    def _set_shapes(self) -> None:
        size = QRectF(0, 0, self.width, self.height)
        self._box = size.adjusted(0.5, 0.5, -0.5, -0.5)
        self._inner = size.adjusted(1, 1, -1, -1)
        self._ring = size.adjusted(-2, -2, 2, 2)
        self._outline = QPainterPath()
        self._outline.addRoundedRect(self._box, tokens.RADIUS, tokens.RADIUS)
        self._bar = QRectF(BAR - 1, PAD, BAR, self.height - 2 * PAD)
        self._sign = QRectF(self.width - CORNER - 2, 2 + BAR / 2, CORNER - BAR, CORNER - BAR)

    def _set_lines(self) -> None:
        number, small = self._number_metrics.height(), self._small_metrics.height()
        top = (self.height - number - 2 * small) // 2
        width = self.width - TEXT_LEFT - TEXT_RIGHT
        self._number_at = QPointF(TEXT_LEFT, top)
        self._number_width = width - CORNER
        self._guest_right = self.width - CORNER - tokens.GRID
        self._guest_top = top + (number - small) / 2
        self._word_line = QRect(TEXT_LEFT, top + number, width, small)
        self._end_at = QPointF(TEXT_LEFT, top + number + small)

    # pictures

    def _picture(self, key: tuple[RoomState, int, bool, bool]) -> QPixmap:
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= MAX_PICTURES:
                self._pictures.clear()
            picture = self._pictures[key] = self._draw(*key)
        return picture

    def _draw(self, state: RoomState, cards: int, selected: bool, hovered: bool) -> QPixmap:
        """All that tiles in one state with so many cards outside share."""
        made = QPixmap(QSize(self.width, self.height) * self.ratio)
        made.setDevicePixelRatio(self.ratio)
        made.fill(self._ground)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._edge[hovered])
        painter.setBrush(self._fill[state])
        painter.drawPath(self._outline)
        self._draw_mark(painter, state)
        painter.setPen(self._text)
        painter.setFont(self.small_font)
        painter.drawText(self._word_line, LEFT, self._state_words[state])
        if cards:
            self._draw_cards(painter, state, cards)
        if selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._chosen)
            painter.drawRoundedRect(self._inner, tokens.RADIUS, tokens.RADIUS)
        painter.end()
        return made

    def _draw_mark(self, painter: QPainter, state: RoomState) -> None:
        mark = self._mark[state]
        if state is RoomState.OVERDUE:
            painter.fillPath(self._stripes().intersected(self._outline), self._stripe)
        elif state is RoomState.DUE_OUT:
            painter.fillPath(self._corner().intersected(self._outline), mark)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark)
        painter.drawRoundedRect(self._bar, BAR / 2, BAR / 2)
        if state is RoomState.UNRESOLVED:
            painter.drawEllipse(self._sign)
            painter.setPen(self._on_mark)
            painter.setFont(self.small_font)
            painter.drawText(self._sign, Qt.AlignmentFlag.AlignCenter, "!")
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._doubt)
            painter.drawRoundedRect(self._inner, tokens.RADIUS, tokens.RADIUS)

    def _corner(self) -> QPainterPath:
        right, path = float(self.width), QPainterPath()
        path.addPolygon(
            QPolygonF([QPointF(right - CORNER, 0), QPointF(right, 0), QPointF(right, CORNER)])
        )
        return path

    def _stripes(self) -> QPainterPath:
        path, over = QPainterPath(), QPointF(STRIPE, 0)
        for x in range(-self.height, self.width, 2 * STRIPE):
            lower, upper = QPointF(x, self.height), QPointF(x + self.height, 0)
            path.addPolygon(QPolygonF([lower, upper, upper + over, lower + over]))
            path.closeSubpath()
        return path

    def _draw_cards(self, painter: QPainter, state: RoomState, cards: int) -> None:
        """A little card and how many are outside; ten and more may leave no place for the card."""
        count, word = str(cards), self._state_words[state]
        painter.drawText(self._word_line, RIGHT, count)
        width, height = CARD_MARK
        x = self._word_line.right() - self._small_metrics.horizontalAdvance(count) - width - 2
        if x < self._word_line.left() + self._small_metrics.horizontalAdvance(word) + 1:
            return
        y = self._word_line.center().y() - height // 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(x + 0.5, y + 0.5, width - 1, height - 1), 1.5, 1.5)
        painter.drawLine(QPointF(x + 1, y + 2.5), QPointF(x + width - 1, y + 2.5))

    # texts

    def _number(self, number: str) -> QStaticText:
        text = self._numbers.get(number)
        if text is None:
            metrics, width = self._number_metrics, self._number_width
            elided = metrics.elidedText(number, Qt.TextElideMode.ElideRight, width)
            text = _prepared(self._numbers, number, elided, self.number_font)
        return text

    def _small(self, text: str) -> QStaticText:
        return self._texts.get(text) or _prepared(self._texts, text, text, self.small_font)

    def _end(self, end: datetime, now: datetime) -> str:
        if now.date() != self._today:
            self._today = now.date()
            self._ends.clear()
        text = self._ends.get(end)
        if text is None:
            text = self._ends[end] = end_text(self._words, end, now)
        return text


def _prepared(kept: dict[str, QStaticText], key: str, text: str, font: QFont) -> QStaticText:
    if len(kept) >= MAX_TEXTS:
        kept.clear()
    made = kept[key] = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.prepare(QTransform(), font)
    return made
