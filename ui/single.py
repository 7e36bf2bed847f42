"""One window for each home: a second start shows the first one and ends.

A lock file says who is first; it is free again when that program was killed. A local socket
carries the wish to be shown. QtNetwork is imported only when the socket is needed.
"""

import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

LOCK: Final = "window.lock"
WAIT_MS: Final = 8000
"""How long a second start tries to reach the first one, which may be starting or quitting."""
TRY_MS: Final = 200
_SHOW: Final = b"show\n"
_SHOWN: Final = b"shown\n"


class Answer(Enum):
    """What became of asking the first window to show itself."""

    SHOWN = "shown"
    GONE = "gone"
    """It has ended in the meantime: this program is the first now."""
    SILENT = "silent"


class Single(QObject):
    """This program's claim to be the one window of a home."""

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self._lock = QLockFile(str(home / LOCK))
        self._lock.setStaleLockTime(0)  # never by age: a window stays open for weeks
        self._server: QLocalServer | None = None

    def claim(self, wait_ms: int = 0) -> bool:
        """Whether this is the first (ms). A folder that takes no lock file never stops the desk."""
        if self._lock.tryLock(wait_ms):
            return True
        return self._lock.error() is not QLockFile.LockError.LockFailedError

    def serve(self, show: Callable[[], None]) -> bool:
        """Call `show` whenever a second start asks for it; whether that can be heard."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # The lock is ours, so a socket of that name is what a killed program left behind.
        QLocalServer.removeServer(self._name())
        server.newConnection.connect(lambda: self._answer(show))
        self._server = server
        return server.listen(self._name())

    def ask_first(self, wait_ms: int = WAIT_MS) -> Answer:
        """Ask the first window to show itself. It may still be starting, or be about to end."""
        from PySide6.QtNetwork import QLocalSocket

        self._let_it_come_to_the_front()
        deadline = QDeadlineTimer(wait_ms)
        while not deadline.hasExpired():
            socket = QLocalSocket()
            socket.connectToServer(self._name())
            if socket.waitForConnected(TRY_MS):
                socket.write(_SHOW)
                heard = socket.waitForReadyRead(max(TRY_MS, deadline.remainingTime()))
                if heard and bytes(socket.readAll().data()) == _SHOWN:
                    return Answer.SHOWN
            if self.claim(TRY_MS):
                return Answer.GONE
        return Answer.SILENT

    def release(self) -> None:
        """Let another program be the first; no wish is heard any more."""
        self.stop_serving()
        self._lock.unlock()

    def stop_serving(self) -> None:
        """The window is closing and cannot be shown any more."""
        if self._server is not None:
            self._server.close()

    def _answer(self, show: Callable[[], None]) -> None:
        """Somebody has connected. The socket belongs to the server and goes with it."""
        socket = self._server.nextPendingConnection() if self._server is not None else None
        if socket is None:
            return
        socket.readyRead.connect(lambda: self._read(socket, show))
        self._read(socket, show)

    def _read(self, socket: "QLocalSocket", show: Callable[[], None]) -> None:
        if socket.bytesAvailable() and bytes(socket.readAll().data()).startswith(_SHOW):
            show()
            socket.write(_SHOWN)
            socket.flush()

    def _name(self) -> str:
        import hashlib

        return "card-station-" + hashlib.sha256(str(self._home).encode()).hexdigest()[:24]

    def _let_it_come_to_the_front(self) -> None:
        """Windows gives the foreground only to whom the program in front gives it."""
        if sys.platform == "win32":
            import ctypes

            pid, _, _ = self._lock.getLockInfo()  # type: ignore[misc]
            if pid:
                ctypes.windll.user32.AllowSetForegroundWindow(pid)
