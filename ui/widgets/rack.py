"""The rack: all rooms by building and floor, painted by itself so that 10,000 scroll smoothly.

It shows tiles and reports what the hand does; what follows from that is the page's business.
Only tiles that are visible are painted, and after a change only those that are another object.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from itertools import compress, count
from operator import is_not
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from ui.context import Context
from ui.presenters.rack_tiles import Tile
from ui.widgets import rack_hands, rack_paint
from ui.widgets.rack_accessible import announce, make_accessible
from ui.widgets.rack_layout import Measures, Placed, RackLayout, Run, runs_of
from ui.widgets.rack_paint import LEFT, PAD, Marking, TilePainter
from ui.widgets.rack_selection import Selection

if TYPE_CHECKING:
    from station.domain.place import Block

BAND_STRENGTH: Final = 0.15
HALO: Final = 4
"""How far a current tile's ring reaches over its edge, generously."""


class Rack(QAbstractScrollArea):
    """Tiles in a scroll area.

    `chosen`: the selection is another one (room ids in the rack's order). `started`: Enter or a
    double click on a room (its id). `typed`: text that belongs into the search field.
    """

    chosen = Signal(list)
    started = Signal(str)
    typed = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._tiles: tuple[Tile, ...] = ()
        self._shown: tuple[int, ...] = ()
        self._positions: dict[str, int] = {}
        self._blocks: list[Block] = []
        self._runs: list[Run] = []
        self._painter: TilePainter | None = None
        self._layout = RackLayout((), 1, self._measures())
        self.selection = Selection()
        self._day: date | None = None
        self._hovered: int | None = None
        self._pointed = False
        self.hands = rack_hands.Hands(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        context.theme.changed.connect(self._look_changed)
        context.words.changed.connect(self._look_changed)
        make_accessible()

    # what is shown

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return self._tiles

    @property
    def count(self) -> int:
        """How many tiles are shown."""
        return len(self._shown)

    def tile(self, slot: int) -> Tile:
        """The tile in a slot."""
        return self._tiles[self._shown[slot]]

    def slot_of(self, room: str | None) -> int | None:
        """Where a room is shown; None while it is not."""
        at = self._positions.get(room) if room is not None else None
        if at is None:
            return None
        slot = bisect_left(self._shown, at)
        return slot if slot < self.count and self._shown[slot] == at else None

    def show_tiles(
        self, tiles: tuple[Tile, ...], shown: tuple[int, ...], day: date | None = None
    ) -> None:
        """Show the tiles at these positions; only what differs is painted again.

        On another `day` everything is, because `today` and `tomorrow` are said by it.
        """
        before, self._tiles = self._tiles, tiles
        if day != self._day:
            self._day = day
            self.viewport().update()
        if shown == self._shown and len(before) == len(tiles):
            changed = list(compress(count(), map(is_not, before, tiles)))
            if all(before[at].place is tiles[at].place for at in changed):
                for at in changed:
                    slot = bisect_left(shown, at)
                    if slot < len(shown) and shown[slot] == at:
                        self._refresh(slot)
                return
        self._shown, self._hovered = shown, None
        if before is not tiles:
            self._positions = {tile.id: at for at, tile in enumerate(tiles)}
            self._blocks = [tile.place.block for tile in tiles]
        self._runs = runs_of(map(self._blocks.__getitem__, shown))
        if before is not tiles and self.selection.keep(tile.id for tile in tiles):
            self.chosen.emit(self.selected())
        self._lay_out()

    def selected(self) -> list[str]:
        """The selected rooms in the rack's order, shown or not."""
        wanted = self.selection.selected
        if len(wanted) <= 1:
            return list(wanted)
        return [tile.id for tile in self._tiles if tile.id in wanted]

    # selecting

    def select(self, rooms: Iterable[str], current: str) -> None:
        """Select these rooms and go to one of them."""
        self.selection.only(current)
        self.selection.span(rooms, current)
        self.selection_changed()
        self.show_room(current)

    def select_none(self) -> None:
        """No room is selected; the keyboard stays where it is."""
        self.selection.selected = set()
        self.selection_changed()

    def point_at(self, room: str | None) -> None:
        """Mark what Enter in the search field would take; None ends that."""
        if (room is not None) == self._pointed and room in (None, self.selection.current):
            return
        self._pointed = room is not None
        if room is not None:
            self.selection.current = room
            self.show_room(room)
        self.viewport().update()

    def show_room(self, room: str) -> None:
        """Scroll as little as it takes to see a room, with its heading if it is in a first row."""
        slot = self.slot_of(room)
        if slot is None:
            return
        rect, bar = self._layout.rect(slot), self.verticalScrollBar()
        above = rect.top() - self._layout.measures.heading - self._layout.measures.margin
        below = rect.bottom() + self._layout.measures.margin - self.viewport().height()
        if bar.value() > above:
            bar.setValue(above)
        elif bar.value() < below:
            bar.setValue(below)

    def selection_changed(self) -> None:
        """The hand chose: tell whoever listens, and a screen reader."""
        self.viewport().update()
        self.chosen.emit(self.selected())
        announce(self)

    def describe(self, slot: int) -> str:
        """A tile in words, for a screen reader and the tool tip."""
        tile, words = self.tile(slot), self._context.words
        stay = tile.row.stay
        parts = [tile.row.room.name, words.word("room_state", tile.state)]
        if stay is not None and not stay.closed:
            parts.append(words("rooms.tip_until", until=f"{stay.expires_at:%Y-%m-%d %H:%M}"))
        if tile.guest:
            parts.append(tile.guest)
        if tile.row.cards_out:
            parts.append(words("rooms.tip_cards", cards=tile.row.cards_out))
        if tile.id in self.selection.selected:
            parts.append(words("rooms.tip_selected"))
        return words("rooms.comma").join(parts)

    # geometry

    @property
    def layout_now(self) -> RackLayout:
        """Where everything stands at the present width."""
        return self._layout

    def offset(self) -> int:
        """How far it is scrolled down."""
        return self.verticalScrollBar().value()

    def slot_at(self, point: QPoint) -> int | None:
        """The slot under a point of the viewport."""
        return self._layout.at(point.x(), point.y() + self.offset()) if self._shown else None

    def visual_rect(self, slot: int) -> QRect:
        """A tile's rectangle in the viewport."""
        return self._layout.rect(slot).translated(0, -self.offset())

    def hover(self, slot: int | None) -> None:
        """The mouse is over this tile, or over none."""
        if slot != self._hovered:
            before, self._hovered = self._hovered, slot
            for changed in (before, slot):
                if changed is not None and changed < self.count:
                    self._refresh(changed)

    def _refresh(self, slot: int) -> None:
        rect = self.visual_rect(slot).adjusted(-HALO, -HALO, HALO, HALO)
        self.viewport().update(rect)

    def _measures(self) -> Measures:
        floors = {run.block.floor for run in self._runs}
        longest = max((self._floor_label(floor) for floor in floors), key=len, default="")
        return rack_paint.measures(self.font(), self._context.words, longest)

    def _floor_label(self, floor: str) -> str:
        return self._context.words("rooms.floor", floor=floor) if floor else ""

    def _lay_out(self) -> None:
        width = self.viewport().width()
        layout = self._layout = RackLayout(self._runs, width, self._measures())
        size = layout.tile_width, layout.measures.tile_height
        ratio, painter = self.devicePixelRatioF(), self._painter
        if painter is None or (painter.width, painter.height, painter.ratio) != (*size, ratio):
            colours, words = self._context.theme.colours, self._context.words
            self._painter = TilePainter(colours, words, self.font(), size, ratio)
        self._set_range()
        self.viewport().update()

    def _set_range(self) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setPageStep(height)
        bar.setSingleStep((self._layout.measures.tile_height + self._layout.measures.gap) // 2)
        bar.setRange(0, max(0, self._layout.height - height))

    def _look_changed(self) -> None:
        self._painter = None
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        top = self.slot_at(QPoint(self._layout.left, self._layout.measures.gap * 2))
        super().resizeEvent(event)
        if event.size().width() == event.oldSize().width():
            self._set_range()
            return
        offset = self.visual_rect(top).top() if top is not None and self.offset() else None
        self._lay_out()
        if top is not None and offset is not None:
            self.verticalScrollBar().setValue(self._layout.rect(top).top() - offset)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        # Moving what is painted is exact only where a logical pixel is a whole number of real ones.
        if self.devicePixelRatioF().is_integer() and not self.hands.band:
            self.viewport().scroll(dx, dy)
        else:
            self.viewport().update()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._context.theme.colours
        painter.fillRect(event.rect(), QColor(colours.window))
        if not self._shown or self._painter is None:
            return
        if self._painter.ratio != self.devicePixelRatioF():
            self._lay_out()  # moved to another screen
        offset = self.offset()
        area = event.rect().translated(0, offset)
        now = self._context.desk.clock.local()
        current = self.slot_of(self.selection.current) if self._shows_current() else None
        for placed in self._layout.between(area.top() - HALO, area.bottom() + HALO):
            self._paint_labels(painter, placed, offset)
            for slot in self._layout.slots(placed, area.top() - HALO, area.bottom() + HALO):
                tile = self.tile(slot)
                corner = self._layout.rect(slot).topLeft() - QPoint(0, offset)
                marking = Marking(
                    tile.id in self.selection.selected, slot == current, slot == self._hovered
                )
                self._painter.paint(painter, corner, tile, now, marking)
        if self.hands.band:
            self._paint_band(painter, self.hands.band.translated(0, -offset))

    def _shows_current(self) -> bool:
        return self._pointed or self.hasFocus()

    def _paint_labels(self, painter: QPainter, placed: Placed, offset: int) -> None:
        m = self._layout.measures
        painter.setPen(QColor(self._context.theme.colours.text))
        painter.setFont(self.font())
        if placed.heading_y is not None:
            where = QRect(
                m.margin, placed.heading_y - offset, self.viewport().width(), m.heading - PAD
            )
            painter.drawText(where, LEFT, self._heading(placed.run))
        if placed.run.block.floor and self._painter is not None:
            painter.setPen(QColor(self._context.theme.colours.text_dim))
            painter.setFont(self._painter.small_font)
            height = QFontMetrics(self._painter.small_font).height() + PAD
            where = QRect(m.margin, placed.y - offset, m.gutter, height)
            painter.drawText(where, LEFT, self._floor_label(placed.run.block.floor))

    def _heading(self, run: Run) -> str:
        words, block = self._context.words, run.block
        if not block.numbered:
            return words("rooms.without_number")
        if not block.building:
            return words("rooms.without_building")
        if block.building.isdigit():
            return words("rooms.building", building=block.building)
        return block.building

    def _paint_band(self, painter: QPainter, band: QRect) -> None:
        colour = QColor(self._context.theme.colours.accent)
        painter.setPen(QPen(colour, 1))
        colour.setAlphaF(BAND_STRENGTH)
        painter.setBrush(colour)
        painter.drawRect(band)

    # events that the hands are for

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            slot = self.slot_at(event.pos())
            if slot is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.describe(slot), self.viewport())
            return True
        if self.hands.viewport_event(event):
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        if self.hands.key_event(event):
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        if self.slot_of(self.selection.current) is None and self.count:
            self.selection.current = self.tile(0).id
        self.viewport().update()
        announce(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.viewport().update()
