"""The rack for screen readers: a list whose items are the tiles that are shown.

The rack paints itself, so that Qt knows of no items; these interfaces tell it. They are made when
an assistive program asks, and ask the rack again each time, so none of them is ever out of date.
"""

from typing import TYPE_CHECKING
from weakref import ref

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from ui.widgets.rack import Rack

_factory_installed = False
_interfaces: dict[int, "RackInterface"] = {}
"""Qt holds bare pointers; Python has to keep these alive as long as their rack.

PySide keeps what a factory made for good. So an interface holds its rack weakly, or every rack that
there ever was would stay in memory with all of its tiles.
"""


class TileInterface(QAccessibleInterface):
    """One slot of the rack."""

    def __init__(self, rack: "Rack", slot: int) -> None:
        super().__init__()
        self._kept = ref(rack)
        self.slot = slot

    @property
    def _rack(self) -> "Rack | None":
        return _alive(self._kept)

    def isValid(self) -> bool:  # noqa: N802
        rack = self._rack
        return rack is not None and self.slot < rack.count

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        rack = self._rack
        return None if rack is None else QAccessible.queryAccessibleInterface(rack)

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
        rack = self._rack
        if kind != QAccessible.Text.Name or rack is None or not self.isValid():
            return ""
        return rack.describe(self.slot)

    def setText(self, kind: QAccessible.Text, text: str) -> None:  # noqa: N802
        """A tile's name is not the reader's to change."""

    def rect(self) -> QRect:
        rack = self._rack
        if rack is None or not self.isValid():
            return QRect()
        where = rack.visual_rect(self.slot)
        return QRect(rack.viewport().mapToGlobal(where.topLeft()), where.size())

    def state(self) -> QAccessible.State:
        state, rack = QAccessible.State(), self._rack
        if rack is None or not self.isValid():
            state.invalid = 1  # type: ignore[attr-defined]
            return state
        selection, room = rack.selection, rack.tile(self.slot).id
        state.selectable = state.focusable = state.multiSelectable = 1  # type: ignore[attr-defined]
        state.selected = int(room in selection.selected)  # type: ignore[attr-defined]
        state.focused = int(rack.hasFocus() and room == selection.current)  # type: ignore[attr-defined]
        visible = rack.viewport().rect().intersects(rack.visual_rect(self.slot))
        state.offscreen = int(not visible)  # type: ignore[attr-defined]
        return state


class RackInterface(QAccessibleWidget):
    """The rack itself: a list."""

    def __init__(self, rack: "Rack") -> None:
        super().__init__(rack, QAccessible.Role.List)
        self._kept = ref(rack)
        self._items: dict[int, TileInterface] = {}

    @property
    def _rack(self) -> "Rack | None":
        return _alive(self._kept)

    def childCount(self) -> int:  # noqa: N802
        rack = self._rack
        return rack.count if rack is not None else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        rack = self._rack
        if rack is None or not 0 <= index < rack.count:
            return None
        item = self._items.get(index)
        if item is None:
            item = self._items[index] = TileInterface(rack, index)
            QAccessible.registerAccessibleInterface(item)
        return item

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        rack = self._rack
        if rack is None:
            return None
        slot = rack.slot_at(rack.viewport().mapFromGlobal(QRect(x, y, 1, 1).topLeft()))
        return None if slot is None else self.child(slot)

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: N802
        return child.slot if isinstance(child, TileInterface) else -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # noqa: N802
        rack = self._rack
        slot = None if rack is None else rack.slot_of(rack.selection.current)
        return None if slot is None else self.child(slot)


def _alive(kept: "ref[Rack]") -> "Rack | None":
    """The rack, unless it is gone, for Python or for Qt."""
    rack = kept()
    return rack if rack is not None and isValid(rack) else None


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
