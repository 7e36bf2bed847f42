"""The filters above the rack: all rooms, or those in one state, each with its count and mark.

They are the rack's legend too: each shows the colour and the mark that its tiles carry.
"""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap, QPolygonF, QShortcut
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from station.domain.room import RoomState
from ui.context import Context
from ui.theme import tokens
from ui.theme.tokens import Colours
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.rack_paint import state_words

ORDER: Final[tuple[RoomState | None, ...]] = (
    None,
    RoomState.OCCUPIED,
    RoomState.DUE_OUT,
    RoomState.OVERDUE,
    RoomState.UNRESOLVED,
    RoomState.VACANT,
)
"""Alt+1 to Alt+6; None stands for all rooms."""
SWATCH: Final = 4 * tokens.GRID


class RackFilters(QWidget):
    """One button a state. `wanted` carries a `RoomState`, or None for all rooms."""

    wanted = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._counts: Mapping[RoomState, int] = {}
        self._group = QButtonGroup(self)
        self._buttons: dict[RoomState | None, QToolButton] = {}
        flow = FlowLayout(tokens.GRID, self)
        for number, state in enumerate(ORDER, start=1):
            button = QToolButton()
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(SWATCH + tokens.GRID, SWATCH))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            # A button's own shortcut would answer a tenth of a second later.
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            # Not `button.click` itself: PySide keeps a trace of each connection to a slot of Qt's.
            shortcut.activated.connect(lambda wanted=button: wanted.click())
            button.clicked.connect(lambda _=False, chosen=state: self.wanted.emit(chosen))
            self._group.addButton(button)
            self._buttons[state] = button
            flow.addWidget(button)
        self._buttons[None].setChecked(True)
        context.words.changed.connect(self.retranslate)
        context.theme.changed.connect(self._recolour)
        self.retranslate()
        self._recolour()

    def button(self, state: RoomState | None) -> QToolButton:
        """The button of a state, or of all rooms."""
        return self._buttons[state]

    def render_counts(self, counts: Mapping[RoomState, int], only: RoomState | None) -> None:
        """How many rooms there are in each state, and which filter holds."""
        self._buttons[only].setChecked(True)
        if counts != self._counts:
            self._counts = counts
            self.retranslate()

    def retranslate(self) -> None:
        """Say it all in the language of the moment."""
        words = self._context.words
        named = state_words(words)
        for number, (state, button) in enumerate(self._buttons.items(), start=1):
            count = self._counts.get(state, 0) if state else sum(self._counts.values())
            name = named[state] if state else words("rooms.all")
            button.setText(words("rooms.filter", name=name, count=str(count)))
            button.setAccessibleName(words("rooms.filter_name", name=name, count=str(count)))
            button.setToolTip(words("rooms.filter_tip", name=name, keys=f"Alt+{number}"))
        self.updateGeometry()

    def _recolour(self) -> None:
        ratio = self.devicePixelRatioF()
        for state, button in self._buttons.items():
            if state is not None:
                button.setIcon(QIcon(swatch(state, self._context.theme.colours, ratio)))


def swatch(state: RoomState, colours: Colours, ratio: float) -> QPixmap:
    """A small tile with the state's colour and mark."""
    made = QPixmap(QSize(SWATCH + tokens.GRID, SWATCH) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    mark, side = QColor(getattr(colours, f"{state.value}_mark")), float(SWATCH)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(mark)
    painter.setBrush(QColor(getattr(colours, state.value)))
    painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), 3, 3)
    painter.setBrush(mark)
    if state is RoomState.DUE_OUT:
        half = side / 2
        painter.drawPolygon(
            QPolygonF([QPointF(half, 1), QPointF(side - 1, 1), QPointF(side - 1, half)])
        )
    elif state is RoomState.OVERDUE:
        painter.setClipRect(QRectF(1, 1, side - 2, side - 2))
        for shift in (-5.0, 0.0, 5.0):
            painter.drawLine(QPointF(3 + shift, side - 3), QPointF(side - 3 + shift, 3))
    elif state is RoomState.UNRESOLVED:
        painter.drawEllipse(QRectF(side / 4, side / 4, side / 2, side / 2))
    else:
        painter.drawRoundedRect(QRectF(3, 3, 3, side - 6), 1.5, 1.5)
    painter.end()
    return made
