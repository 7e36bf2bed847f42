"""Python's search for garbage, on the UI thread only.

By itself Python searches on whatever thread happens to make objects, a lane as well as this one.
What it finds may be Qt's (a page that was closed and its presenters hold each other), and Qt's
objects must end on the thread they live on. So it is switched off, and a timer does it here.
"""

import gc

from PySide6.QtCore import QObject, QTimer

TURN_MS = 1000


class Collector(QObject):
    """Between `start` and `stop` nothing is collected on any other thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = False
        self._timer = QTimer(self, interval=TURN_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """From now on here."""
        self._before = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """As it was before."""
        self._timer.stop()
        if self._before:
            gc.enable()

    def look(self) -> None:
        """Search the oldest generation that is due by Python's own rule, or none."""
        counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(counts) if count > most]
        if due:
            gc.collect(due[-1])
