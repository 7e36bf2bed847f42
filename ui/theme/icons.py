"""Icons by name, drawn from SVG in the colour that is asked for, sharp at every scaling."""

from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (resources.files("resources") / "icons" / f"{name}.svg").read_text("utf-8")


def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = _source(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(text.encode()))


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon of `size` logical pixels for a screen of this device pixel ratio."""
    made = QPixmap(QSize(size, size) * ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, colour).render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def program_icon() -> QIcon:
    """The program's own icon, in its own colours: for title bars and the task bar."""
    return QIcon(_Engine("app", "", ""))


class _Engine(QIconEngine):
    """Draws the SVG at whatever size is wanted, dimmed where the control is disabled."""

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._name, self._colour, self._disabled = name, colour, disabled

    def paint(self, painter: QPainter, rect, mode, state) -> None:  # type: ignore[no-untyped-def]  # noqa: ARG002
        colour = self._disabled if mode == QIcon.Mode.Disabled else self._colour
        place = QRectF(rect)
        side = min(place.width(), place.height())
        # What is wider than high keeps the rest free: the air before a button's words.
        place.setRect(place.x(), place.center().y() - side / 2, side, side)
        _renderer(self._name, colour).render(painter, place)

    def pixmap(self, size, mode, state):  # type: ignore[no-untyped-def]
        made = QPixmap(size)
        if size.isEmpty():
            return made
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, made.rect(), mode, state)
        painter.end()
        return made

    def clone(self) -> "_Engine":
        return _Engine(self._name, self._colour, self._disabled)


def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """An icon for a button or a tab."""
    return QIcon(_Engine(name, colour, disabled or colour))
