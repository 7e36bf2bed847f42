"""The card panel in a window over the simulated desk, with fingers on the keyboard."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from tests.ui.card_bench import CardBench
from ui.context import Context
from ui.theme import tokens
from ui.widgets.card_panel import CardPanel

ENTER, ESC, TAB = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab
HEIGHT, LOW = 690, 450
"""Of the panel on a small screen at 100 and at 150 %."""


Child = TypeVar("Child", bound=QWidget)


def children(panel: QWidget, kind: type[Child]) -> list[Child]:
    """The panel's children of a kind that can be seen."""
    found = cast("Iterable[Child]", panel.findChildren(kind))
    return [one for one in found if one.isVisible()]


class PanelBench(CardBench):
    """With the panel in a window, and fingers."""

    panel: CardPanel

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClick(focus, key)

    def type(self, text: str) -> None:
        focus = QApplication.focusWidget()
        assert isinstance(focus, QLineEdit)
        if text.isascii():
            QTest.keyClicks(focus, text)
            return
        typed = QInputMethodEvent()  # as an input method hands Chinese over
        typed.setCommitString(text)
        QApplication.sendEvent(focus, typed)

    def rack_enter(self, room: str) -> None:
        """What the rack does at Enter."""
        self.panel.choose_room(self.row(room))
        self.panel.start_fitting()

    def texts(self) -> str:
        said: list[str] = [label.text() for label in children(self.panel, QLabel)]
        said += [button.text() for button in children(self.panel, QAbstractButton)]
        return "\n".join(said)


@contextmanager
def panel_bench(qtbot: QtBot, context: Context, simulation: Simulation) -> Iterator[PanelBench]:
    """The panel in a window that has the keyboard."""
    panel = CardPanel(context)
    qtbot.addWidget(panel)
    panel.resize(tokens.CARD_PANEL_WIDTH, HEIGHT)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    panel.setFocus()
    qtbot.waitUntil(panel.hasFocus)
    bench = PanelBench(qtbot, context, simulation, panel.work)
    bench.panel = panel
    panel.activated()
    bench.quiet()
    yield bench
    panel.close_page()
