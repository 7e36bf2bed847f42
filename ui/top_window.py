"""The window itself: the log-in page, and behind it the desk; painted before anything is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from ui.theme import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from ui.memory import Memory
    from ui.messages import Words
    from ui.pages.login import LoginView

WIDTH: Final = 320 * tokens.GRID
HEIGHT: Final = 192 * tokens.GRID


class TopWindow(QStackedWidget):
    """Shows the log-in page or the desk, remembers its place and asks before it closes."""

    painted = Signal()
    """The first frame is on the screen: now is the time for everything heavy."""

    def __init__(self, words: Words, memory: Memory, login: LoginView) -> None:
        super().__init__()
        self._words, self._memory = words, memory
        self._site = memory.site
        self._login = login
        self._painted = False
        self.may_close: Callable[[], bool] = lambda: True
        self.addWidget(login)
        if memory.geometry.isEmpty() or not self.restoreGeometry(memory.geometry):
            self.resize(self._usual_size())
        words.changed.connect(self._entitle)
        self._entitle()

    def show_login(self) -> None:
        """Only the log-in page is seen."""
        self.setCurrentWidget(self._login)
        self._login.focus()

    def show_desk(self, desk: QWidget) -> None:
        """The desk is seen."""
        if self.indexOf(desk) < 0:
            self.addWidget(desk)
        self.setCurrentWidget(desk)

    def name_site(self, site: str) -> None:
        """Put the site's name into the title."""
        self._site = self._memory.site = site
        self._entitle()

    def come_to_front(self) -> None:
        """Somebody started the program again: here it is."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def remember(self) -> None:
        """Keep size and place for the next time."""
        self._memory.geometry = self.saveGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if self.may_close():
            self.remember()
            event.accept()
        else:
            event.ignore()

    def _usual_size(self) -> QSize:
        room = self.screen().availableGeometry().size()
        return QSize(WIDTH, HEIGHT).boundedTo(room)

    def _entitle(self) -> None:
        words, site = self._words, self._site
        self.setWindowTitle(words("shell.title_site", site=site) if site else words("shell.title"))
