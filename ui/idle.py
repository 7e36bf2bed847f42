"""Notices that nobody has used the desk for a while, so that it can be locked.

Key presses and pointer movements are seen on the windows themselves, not on the application: a
filter there would be called for every event of every widget.
"""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_USE: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """`idle` once nobody has touched anything for `limit_ms`; `start` begins anew."""

    idle = Signal()

    def __init__(self, limit_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit = limit_ms
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self.watch)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        """Somebody logged in."""
        self.touched()
        self._timer.start(self._limit)

    def stop(self) -> None:
        """The desk is locked."""
        self._timer.stop()

    def touched(self) -> None:
        """Somebody did something: a key, the pointer, a card."""
        self._since.start()

    def watch(self, window: QWindow | None) -> None:
        """See what is typed and pointed at in a window; each new one is watched by itself.

        Nothing is connected to a window: PySide never frees what is connected to something that Qt
        made. Qt takes a filter once, however often it is installed.
        """
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in _USE:
            self.touched()
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        left = self._limit - self._since.elapsed()
        if left > 0:
            self._timer.start(int(left))
        else:
            self.idle.emit()
