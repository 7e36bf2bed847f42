"""What is imported ahead, a little in each turn of the event loop, so that no key has to wait.

PySide makes a class of Qt's when it is first named, and must not do so on two threads at once (the
program crashed). So whatever names Qt is imported here, on the UI thread; the rest of the program's
Python is imported by a thread meanwhile.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

TURN_S: Final = 0.004
WITHOUT_QT: Final = ("station.ports", "station.compose", "station.domain.search")
PROGRAM: Final = (
    *("ui.lanes", "ui.presenters.rack_source", "ui.context", "ui.crash", "ui.sounds"),
    *("ui.theme.icons", "ui.widgets.status_bar", "ui.widgets.navigation", "ui.presenters.status"),
    *("ui.widgets.message_bar", "ui.main_window", "ui.program"),
)
FIRST_PAGE: Final = (
    *("ui.presenters.rooms", "ui.widgets.rack_paint", "ui.widgets.rack", "ui.widgets.rack_filters"),
    *("ui.presenters.card_work", "ui.widgets.stay_form", "ui.widgets.group_pane"),
    *("ui.widgets.step_trail", "ui.widgets.result_banner", "ui.widgets.card_panel"),
    "ui.pages.rooms",
)


def program() -> Iterator[object]:
    """Everything behind the log-in page; `Qt` alone, with its hundred enumerations, takes 20 ms."""
    without_qt = threading.Thread(target=_import_without_qt, name="imports")
    without_qt.start()
    from PySide6 import QtCore

    yield QtCore.Qt
    while without_qt.is_alive():
        without_qt.join(TURN_S / 4)
        yield None
    for name in PROGRAM:
        yield import_module(name)


def first_page() -> Iterator[object]:
    """What the first page needs.

    The first widget that Qt hands to Python makes every class of widgets: here one by one.
    """
    from PySide6 import QtWidgets

    for name in dir(QtWidgets):
        yield getattr(QtWidgets, name)
    for name in FIRST_PAGE:
        yield import_module(name)


def _import_without_qt() -> None:
    # What fails here fails again where it is used, and is seen there.
    with suppress(Exception):
        for name in WITHOUT_QT:
            import_module(name)


class Warming(QObject):
    """Goes on with its steps whenever the event loop has nothing better to do."""

    done = Signal()

    def __init__(self, steps: Iterator[object], parent: QObject) -> None:
        super().__init__(parent)
        self._steps = steps
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        """Begin; repeating is harmless."""
        self._timer.start()

    def stop(self) -> None:
        """Nobody needs the rest any more."""
        self._timer.stop()

    def _turn(self) -> None:
        end = time.perf_counter() + TURN_S
        with suppress(ImportError):  # said where it is really needed
            for _ in self._steps:
                if time.perf_counter() >= end:
                    return
        self._timer.stop()
        self.done.emit()
