"""What a start costs, written down once the first frame is painted: modules and seconds, as JSON.

`CardStation --loaded FILE` writes it for the window and ends. An empty window for comparison, made
of Qt alone, does the same: `python -m ui.start_report FILE [-platform NAME]`.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_TO_1970_S: Final = 11_644_473_600
"""From the year that Windows counts from."""


def write(path: Path) -> None:
    """The modules that are loaded, and the moment (UTC seconds since 1970). Raises OSError."""
    painted, cpu = time.time(), time.process_time()
    modules = sorted(sys.modules)
    begun = started_at()
    import json

    report = {
        "started_at": begun,
        "painted_at": painted,
        "painted_s": painted - begun,
        "cpu_s": cpu,
        "modules": modules,
    }
    path.write_text(json.dumps(report, indent=1), "utf-8")


def started_at() -> float:
    """When the system began this process, UTC seconds since 1970; to 0.01 s on Linux."""
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        times = [wintypes.FILETIME() for _ in range(4)]
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.GetProcessTimes.argtypes = [
            wintypes.HANDLE,
            *[ctypes.POINTER(wintypes.FILETIME)] * 4,
        ]
        kernel.GetProcessTimes(kernel.GetCurrentProcess(), *times)
        ticks = (times[0].dwHighDateTime << 32) + times[0].dwLowDateTime
        return ticks / 1e7 - _TO_1970_S
    import os

    fields = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    up = time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.time() - up + int(fields[19]) / os.sysconf("SC_CLK_TCK")


def main(argv: Sequence[str] | None = None) -> int:
    """An empty window until it is painted; 0, or 2 for arguments that mean nothing."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) not in {1, 3} or arguments[1:2] not in ([], ["-platform"]):
        sys.stderr.write("python -m ui.start_report FILE [-platform NAME]\n")
        return 2
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLineEdit

    class Empty(QLineEdit):
        seen = False

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            if not self.seen:
                self.seen = True
                QTimer.singleShot(0, painted)

    def painted() -> None:
        write(Path(arguments[0]))
        app.quit()

    app = QApplication(["empty", *arguments[1:]])
    window = Empty()
    window.resize(1280, 768)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
