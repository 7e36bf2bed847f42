"""The rack for screen readers: a list whose items are the tiles that are shown.

The rack paints itself, so that Qt knows of no items; these interfaces tell it. They are made when
an assistive program asks, and ask the rack again each time, so none of them is ever out of date.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from ui.widgets.rack import Rack

_factory_installed = False
_interfaces: dict[int, "RackInterface"] = {}
"""Qt holds bare pointers; Python has to keep these alive as long as their rack."""


class TileInterface(QAccessibleInterface):
    """One slot of the rack."""

    def __init__(self, rack: "Rack", slot: int) -> None:
        super().__init__()
        self._rack = rack
        self.slot = slot

    def isValid(self) -> bool:  # noqa: N802
        return isValid(self._rack) and self.slot < self._rack.count

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return QAccessible.queryAccessibleInterface(self._rack)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: ARG002
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: ARG002, N802
        return None

    def childCount(self) -> int:  # noqa: N802
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: ARG002, N802
        return -1

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def text(self, kind: QAccessible.Text) -> str:
        if kind != QAccessible.Text.Name or not self.isValid():
            return ""
        return self._rack.describe(self.slot)

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """A tile's name is not the reader's to change."""

    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        where = self._rack.visual_rect(self.slot)
        return QRect(self._rack.viewport().mapToGlobal(where.topLeft()), where.size())

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if not self.isValid():
            state.invalid = 1  # type: ignore[attr-defined]
            return state
        selection, room = self._rack.selection, self._rack.tile(self.slot).id
        state.selectable = state.focusable = state.multiSelectable = 1  # type: ignore[attr-defined]
        state.selected = int(room in selection.selected)  # type: ignore[attr-defined]
        state.focused = int(self._rack.hasFocus() and room == selection.current)  # type: ignore[attr-defined]
        visible = self._rack.viewport().rect().intersects(self._rack.visual_rect(self.slot))
        state.offscreen = int(not visible)  # type: ignore[attr-defined]
        return state


class RackInterface(QAccessibleWidget):
    """The rack itself: a list."""

    def __init__(self, rack: "Rack") -> None:
        super().__init__(rack, QAccessible.Role.List)
        self._rack = rack
        self._items: dict[int, TileInterface] = {}

    def childCount(self) -> int:  # noqa: N802
        return self._rack.count if isValid(self._rack) else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        if not 0 <= index < self.childCount():
            return None
        item = self._items.get(index)
        if item is None:
            item = self._items[index] = TileInterface(self._rack, index)
            QAccessible.registerAccessibleInterface(item)
        return item

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        slot = self._rack.slot_at(self._rack.viewport().mapFromGlobal(QRect(x, y, 1, 1).topLeft()))
        return None if slot is None else self.child(slot)

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        return child.slot if isinstance(child, TileInterface) else -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        slot = self._rack.slot_of(self._rack.selection.current)
        return None if slot is None else self.child(slot)


def make_accessible() -> None:
    """Teach Qt the rack's interface, once in a program."""
    global _factory_installed
    if not _factory_installed:
        _factory_installed = True
        QAccessible.installFactory(_interface_for)


def _interface_for(_: str, thing: QObject) -> QAccessibleInterface | None:
    from ui.widgets.rack import Rack

    if not isinstance(thing, Rack):
        return None
    made = RackInterface(thing)
    key = id(thing)
    _interfaces[key] = made
    thing.destroyed.connect(lambda: _interfaces.pop(key, None))
    return made


def announce(rack: "Rack") -> None:
    """Tell an assistive program, if one listens, where the keyboard is and what is selected."""
    if not QAccessible.isActive():
        return
    slot = rack.slot_of(rack.selection.current)
    if slot is None:
        return
    kinds = [QAccessible.Event.Selection]
    if rack.hasFocus():
        kinds.append(QAccessible.Event.Focus)
    for kind in kinds:
        event = QAccessibleEvent(rack, kind)
        event.setChild(slot)
        QAccessible.updateAccessibility(event)
