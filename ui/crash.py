"""What nobody expected: written down without anything secret, and told to the operator once.

Installed before the desk is opened. The program goes on: a page that failed is one page.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from station import logs
from station.errors import Code, InputInvalid, StationError
from ui.details import program

TAIL: Final = 200
"""Lines of the log that go into a report."""
MOST_REPORTS: Final = 20
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashWatch(QObject):
    """Takes what no one caught. `happened` carries the report's text and path (or None)."""

    happened = Signal(str, object)
    _met = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._before = (sys.excepthook, threading.excepthook)
        self._met.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> Callable[[], None]:
        """Catch from now on; returns how to stop."""
        # Records of the window go where the desk's go, through the same redaction.
        logging.getLogger("ui").parent = logging.getLogger(logs.ROOT)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        before = qInstallMessageHandler(_qt_said)

        def stop() -> None:
            sys.excepthook, threading.excepthook = self._before
            qInstallMessageHandler(before)

        return stop

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logs.get("ui").error("unforeseen", exc_info=(kind, error, trace))
        self._met.emit(error)

    def _thread_hook(self, met: threading.ExceptHookArgs) -> None:
        if met.exc_value is not None:
            self._hook(met.exc_type, met.exc_value, met.exc_traceback)

    def _tell(self, error: BaseException) -> None:
        text = report(error, self._folder)
        self.happened.emit(text, save(text, self._folder))


def report(error: BaseException, folder: Path) -> str:
    """What happened, for support: no secret, no PIN, no mobile number."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    said = _said(error)
    tail = _log_tail(folder / logs.LOG_FILE)
    text = "\n".join([*program(), "", said, frames, "log:", tail])
    return logs.redact_text(text)


def save(text: str, folder: Path) -> Path | None:
    """Keep a report in the log folder, where the newest ones stay; None where it cannot be."""
    from datetime import datetime

    from station.files import write_atomically

    path = folder / f"crash-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
    try:
        write_atomically(path, text.encode("utf-8", "replace"))
        for old in sorted(folder.glob("crash-*.txt"))[:-MOST_REPORTS]:
            old.unlink(missing_ok=True)
    except (InputInvalid, OSError):
        return None
    return path


def as_station_error(error: BaseException | None = None) -> StationError:
    """The unforeseen as an error that the catalogue has words for."""
    return StationError(Code.INTERNAL, detail=type(error).__name__ if error else "")


def _said(error: BaseException) -> str:
    if isinstance(error, StationError):
        # Its facts may hold a guest's name: only the harmless ones are shown.
        return f"{type(error).__name__}: {error.code.value} {logs.redact(error.context)}"
    return "".join(traceback.format_exception_only(error)).strip()


def _log_tail(path: Path) -> str:
    try:
        return "\n".join(path.read_text("utf-8", "replace").splitlines()[-TAIL:])
    except OSError:
        return ""


def _qt_said(kind: QtMsgType, _: object, text: str) -> None:
    logs.get("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", text)
