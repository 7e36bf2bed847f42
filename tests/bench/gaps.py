"""How long the event loop was away, and how long painting took; for any benchmark of the window.

A timer is due each millisecond; how much later it comes is a gap. Painting (`UpdateRequest` of a
watched window, which paints all that is due) is timed by itself and taken out of the gap that it
falls into, so that both can be judged; and so is the time in which the machine gave this thread no
CPU though it wanted one, where Linux tells (`schedstat`), since that is the machine's load.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from tests.bench.table import Line

DUE_S = 0.001
_OURS = Path("/proc/thread-self/schedstat")


class Gaps(QObject):
    """Seconds. `gaps`: with painting; `quiet`: without; `frames`: what each painting took."""

    def __init__(self, *windows: QWidget) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.quiet: list[float] = []
        self.frames: list[float] = []
        self._painted = self._last = self._waited = 0.0
        self._inside = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        for window in windows:
            window.installEventFilter(self)

    def start(self) -> None:
        """Forget what was found and measure."""
        self.gaps, self.quiet, self.frames = [], [], []
        self._painted = 0.0
        self._last, self._waited = time.perf_counter(), waited_s()
        self._timer.start()

    def stop(self) -> None:
        """Enough."""
        self._timer.stop()

    def _tick(self) -> None:
        now, waited = time.perf_counter(), waited_s()
        gap = max(0.0, now - self._last - DUE_S - (waited - self._waited))
        self.gaps.append(gap)
        self.quiet.append(max(0.0, gap - self._painted))
        self._last, self._waited, self._painted = now, waited, 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() != QEvent.Type.UpdateRequest or self._inside:
            return False
        self._inside = True
        begun, waited = time.perf_counter(), waited_s()
        watched.event(event)
        took = max(0.0, time.perf_counter() - begun - (waited_s() - waited))
        self._inside = False
        self._painted += took
        if self._timer.isActive():
            self.frames.append(took)
        return True

    def lines(self, during: str) -> "list[Line]":
        """What was found, as lines of a table."""
        found = [
            _line(f"gap when not painting, {during}, p99.9", self.quiet, 0.999, "<= 5 ms"),
            _line(f"gap when not painting, {during}, largest", self.quiet, 1, "<= 50 ms"),
            _line(f"gap, painting included, {during}, largest", self.gaps, 1, "<= 50 ms"),
        ]
        if self.frames:
            found.append(_line(f"frame, {during}, p95", self.frames, 0.95, "<= 12 ms"))
        return found


def _line(what: str, samples: Sequence[float], share: float, goal: str) -> "Line":
    # Not before it is wanted: what is measured may be a start.
    from tests.bench.table import Line, ms, percentile

    limit = float(goal.split()[1]) / 1000
    found = percentile(samples, share)
    middle = f"p50 {ms(percentile(samples, 0.5))}, n = {len(samples):,}"
    return Line(what, ms(found), middle, found / limit, f"{goal} (ratio: share of it)")


def waited_s() -> float:
    """How long the main thread was ready to run and another one ran; 0 where nobody tells."""
    try:
        with _OURS.open("rb", 0) as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def memory_mb(process: int | str = "self") -> float:
    """A process's share of the memory (PSS), in MB. Raises OSError once it has ended."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    [line] = [line for line in text.splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) / 1024
