"""What keyboard and mouse do on the rack: moving, selecting, rubber band, starting, typing."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBasicTimer, QEvent, QPoint, QRect, Qt, QTimerEvent
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from ui.widgets.rack_accessible import announce

if TYPE_CHECKING:
    from ui.widgets.rack import Rack

Key = Qt.Key
CTRL: Final = Qt.KeyboardModifier.ControlModifier
SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
MOVES: Final = frozenset(
    {
        Key.Key_Left,
        Key.Key_Right,
        Key.Key_Up,
        Key.Key_Down,
        Key.Key_Home,
        Key.Key_End,
        Key.Key_PageUp,
        Key.Key_PageDown,
    }
)
SCROLL_MS: Final = 30


class Hands:
    """The rack's events; the rack keeps what is shown and selected."""

    def __init__(self, rack: "Rack") -> None:
        self._rack = rack
        self.band = QRect()
        """The rubber band, in the whole rack's pixels; empty while there is none."""
        self._from: QPoint | None = None
        self._kept: set[str] = set()
        self._timer = QBasicTimer()

    # keyboard

    def key_event(self, event: QEvent) -> bool:
        """Whether the event was a key that the rack knows."""
        if event.type() == QEvent.Type.Timer:
            return self._scrolled(event)
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key, held = Key(event.key()), event.modifiers()
        if key in MOVES:
            return self._move(key, ctrl=bool(held & CTRL), shift=bool(held & SHIFT))
        if key in {Key.Key_Return, Key.Key_Enter}:
            return self._start()
        if key == Key.Key_Space:
            return self._toggle()
        if key == Key.Key_A and held & CTRL:
            return self._all()
        if key == Key.Key_Escape:
            return self._fewer()
        text = event.text()
        if text and text.isprintable() and not held & (CTRL | Qt.KeyboardModifier.AltModifier):
            self._rack.typed.emit(text)
            return True
        return False

    def _move(self, key: Key, *, ctrl: bool, shift: bool) -> bool:
        rack = self._rack
        if not rack.count:
            return False
        slot = rack.slot_of(rack.selection.current)
        target = 0 if slot is None else self._target(key, slot)
        room = rack.tile(target).id
        if shift:
            self._span(target)
        elif ctrl:
            rack.selection.current = room
            rack.viewport().update()
            announce(rack)
        else:
            rack.selection.only(room)
            rack.selection_changed()
        rack.show_room(room)
        return True

    def _target(self, key: Key, slot: int) -> int:
        layout, last = self._rack.layout_now, self._rack.count - 1
        page = max(self._rack.viewport().height() - layout.measures.tile_height, 1)
        if key == Key.Key_Left:
            return max(slot - 1, 0)
        if key == Key.Key_Right:
            return min(slot + 1, last)
        if key == Key.Key_Up:
            return layout.vertical(slot, -1)
        if key == Key.Key_Down:
            return layout.vertical(slot, 1)
        if key == Key.Key_Home:
            return 0
        if key == Key.Key_End:
            return last
        return layout.page(slot, page if key == Key.Key_PageDown else -page)

    def _start(self) -> bool:
        rack = self._rack
        current = rack.selection.current
        if current is None or rack.slot_of(current) is None:
            return False
        if current not in rack.selection.selected:
            rack.selection.only(current)
            rack.selection_changed()
        rack.started.emit(current)
        return True

    def _toggle(self) -> bool:
        rack = self._rack
        current = rack.selection.current
        if current is not None and rack.slot_of(current) is not None:
            rack.selection.toggle(current)
            rack.selection_changed()
        return True

    def _all(self) -> bool:
        rack = self._rack
        if rack.count:
            current = rack.selection.current or rack.tile(0).id
            rack.selection.span([rack.tile(slot).id for slot in range(rack.count)], current)
            rack.selection_changed()
        return True

    def _fewer(self) -> bool:
        """Esc: of several rooms only the current one; another Esc is somebody else's."""
        rack = self._rack
        if self._from is not None:
            self._end_band()
            return True
        current = rack.selection.current
        if len(rack.selection.selected) > 1 and current is not None:
            rack.selection.only(current)
            rack.selection_changed()
            return True
        return False

    def _span(self, target: int) -> None:
        rack = self._rack
        anchor = rack.slot_of(rack.selection.anchor)
        if anchor is None:
            anchor = rack.slot_of(rack.selection.current)
            anchor = target if anchor is None else anchor
            rack.selection.anchor = rack.tile(anchor).id
        low, high = sorted((anchor, target))
        rooms = (rack.tile(slot).id for slot in range(low, high + 1))
        rack.selection.span(rooms, rack.tile(target).id)
        rack.selection_changed()

    # mouse

    def viewport_event(self, event: QEvent) -> bool:
        """Whether the event was one of the mouse that the rack knows."""
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self._rack.hover(None)
            return False
        if not isinstance(event, QMouseEvent):
            return False
        if kind == QEvent.Type.MouseMove:
            self._moved(event)
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._pressed(event)
            return True
        if kind == QEvent.Type.MouseButtonRelease:
            self._end_band()
            return True
        if kind == QEvent.Type.MouseButtonDblClick:
            slot = self._rack.slot_at(event.position().toPoint())
            if slot is not None:
                self._rack.selection.only(self._rack.tile(slot).id)
                self._rack.selection_changed()
                self._start()
            return True
        return False

    def _pressed(self, event: QMouseEvent) -> None:
        rack, point = self._rack, event.position().toPoint()
        slot, held = rack.slot_at(point), event.modifiers()
        self._from = point + QPoint(0, rack.offset())
        self._kept = set(rack.selection.selected) if held & CTRL else set()
        if slot is None:
            return
        room = rack.tile(slot).id
        if held & SHIFT:
            self._span(slot)
        elif held & CTRL:
            rack.selection.toggle(room)
            rack.selection_changed()
            self._kept = set(rack.selection.selected)
        else:
            rack.selection.only(room)
            rack.selection_changed()

    def _moved(self, event: QMouseEvent) -> None:
        rack, point = self._rack, event.position().toPoint()
        if self._from is None or not event.buttons() & Qt.MouseButton.LeftButton:
            rack.hover(rack.slot_at(point))
            return
        far = (point + QPoint(0, rack.offset()) - self._from).manhattanLength()
        if not self.band and far < QApplication.startDragDistance():
            return
        if not self._timer.isActive():
            self._timer.start(SCROLL_MS, rack)
        self._draw_band(point)

    def _draw_band(self, point: QPoint) -> None:
        rack = self._rack
        if self._from is None:
            return
        self.band = QRect(self._from, point + QPoint(0, rack.offset())).normalized()
        inside = [rack.tile(slot).id for slot in rack.layout_now.inside(self.band)]
        rooms = self._kept.union(inside)
        if rooms != rack.selection.selected:
            rack.selection.selected = rooms
            if inside:
                rack.selection.current = rack.selection.anchor = inside[0]
            rack.selection_changed()
        rack.viewport().update()

    def _scrolled(self, event: QEvent) -> bool:
        """While the band is held beyond an edge, the rack moves along."""
        ours = isinstance(event, QTimerEvent) and event.timerId() == self._timer.timerId()
        if not ours or not self._timer.isActive() or self._from is None:
            return False
        rack = self._rack
        point = rack.viewport().mapFromGlobal(rack.cursor().pos())
        over = min(point.y(), 0) + max(point.y() - rack.viewport().height(), 0)
        if over:
            bar = rack.verticalScrollBar()
            bar.setValue(bar.value() + over // 2)
            self._draw_band(point)
        return True

    def _end_band(self) -> None:
        self._timer.stop()
        self._from = None
        if self.band:
            self.band = QRect()
            self._rack.viewport().update()
