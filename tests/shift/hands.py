"""The hands and eyes of whoever sits at the desk: keys, clicks, cards laid down, waiting.

Work is written as generators that yield conditions; the event loop looks whether one has come true
(`Driver`). Whatever is done outside the program is done on a thread of its own, since no clerk's
hand stops the event loop.
"""

import random
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from station.ports import ReaderState
from tests.shift.desk import PINS, SUPERVISOR, Opened
from ui.context import Context
from ui.main_window import MainWindow
from ui.top_window import TopWindow

if TYPE_CHECKING:
    from ui.pages.history import HistoryPage
    from ui.pages.locks import LocksPage
    from ui.pages.residents import ResidentsPage
    from ui.pages.rooms import RoomsPage
    from ui.pages.unresolved import UnresolvedPage

T = TypeVar("T")
Steps = Generator[Callable[[], bool], None, T]
LOOK_MS: Final = 2
PATIENCE_S: Final = 90.0
ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape


class StuckError(Exception):
    """Something that has to come true did not."""


class Hands:
    """What every kind of work shares; see the module."""

    def __init__(
        self, opened: Opened, context: Context, main: MainWindow, chance: random.Random
    ) -> None:
        self.opened, self.context, self.main, self.chance = opened, context, main, chance
        self.window = next(
            top for top in QApplication.topLevelWidgets() if isinstance(top, TopWindow)
        )
        self.stock: list[str] = []
        """Blank cards."""
        self.given: dict[str, list[str]] = {}
        """Cards in guests' hands, by the room id that stands on them."""
        self.lying = ""
        self._other_hand = ThreadPoolExecutor(1, "hands")
        self._other_hand.submit(bool).result()

    def close(self) -> None:
        self._other_hand.shutdown()

    # outside

    def outside(self, what: str, *given: object) -> Steps[Any]:
        """Something that is no part of the program."""
        future = self._other_hand.submit(self.opened.outside.ask, what, *given)
        yield future.done
        return future.result()

    def time_goes_by(self, seconds: float) -> Steps[None]:
        future = self._other_hand.submit(self.opened.advance, seconds)
        yield future.done
        future.result()

    def put(self, card: str = "") -> Steps[str]:
        """Lay a card (a blank one) on encoder and reader."""
        yield from self.lift()
        wanted = card or (self.stock.pop() if self.stock else "")
        laid = yield from self.outside("put", wanted)
        self.lying = laid["card"]
        for cards in self.given.values():
            if self.lying in cards:
                cards.remove(self.lying)
        if self.opened.reader.view().state is not ReaderState.NO_READER:
            self.opened.reader.put(laid["uid"])
        yield self.calm
        return self.lying

    def lift(self) -> Steps[None]:
        """Take the card away: a blank one into the drawer, another one to its guest."""
        if not self.lying:
            return
        card, on = yield from self.outside("lift")
        self.lying = ""
        if self.opened.reader.view().state is not ReaderState.NO_READER:
            self.opened.reader.lift()
        if on is None:
            self.stock.append(card)
        else:
            self.given.setdefault(on[0], []).append(card)

    # keys and clicks

    def press(self, key: Qt.Key, at: QWidget | None = None) -> None:
        """A key, into whatever has the keyboard unless it is said where."""
        QTest.keyClick(at or QApplication.focusWidget() or self.main, key)

    def type(self, field: QLineEdit, text: str) -> Steps[None]:
        """In place of what stands there, one key in each turn of the event loop."""
        field.setFocus()
        field.selectAll()
        for key in text:
            QTest.keyClicks(field, key)
            yield _at_once

    def click(self, button: QAbstractButton) -> bool:
        """Whether there was anything to click."""
        if button.isVisible() and button.isEnabled():
            button.click()
            return True
        return False

    # pages

    def show(self, key: str) -> Steps[QWidget]:
        """A page by its entry in the navigation, which not every page has."""
        if self.main.current != key:
            if not self.click(self.main.navigation.button(key)):
                self.main.show_page(key)
            yield self.calm
        page = self.main.page(key)
        assert page is not None, key
        return page

    def come_back(self) -> Steps[None]:
        """The window has the keyboard again, as a window manager sees to after a menu."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            yield self.window.isActiveWindow

    def rooms(self) -> "Steps[RoomsPage]":
        page = yield from self.show("rooms")
        return cast("RoomsPage", page)

    def residents(self) -> "Steps[ResidentsPage]":
        page = yield from self.show("residents")
        return cast("ResidentsPage", page)

    def locks(self) -> "Steps[LocksPage]":
        page = yield from self.show("locks")
        return cast("LocksPage", page)

    def history(self) -> "Steps[HistoryPage]":
        page = yield from self.show("history")
        return cast("HistoryPage", page)

    def unresolved(self) -> "Steps[UnresolvedPage]":
        page = yield from self.show("unresolved")
        return cast("UnresolvedPage", page)

    def lock_and_unlock(self, name: str = "") -> Steps[None]:
        """F9; then `name` logs in, or whoever has not sat there."""
        view, sat = self.window._login, self.context.session.operator
        name = name or next(other for other in PINS if sat is None or other != sat.name)
        QTest.keyClick(self.main, Qt.Key.Key_F9)
        yield lambda: self.window.currentWidget() is view
        form = view._form
        yield lambda: form.operator.findText(name) >= 0 and not form.pin.isReadOnly()
        form.operator.setCurrentText(name)
        yield from self.type(form.pin, PINS[name])
        self.press(ENTER, at=form.pin)
        yield lambda: self.window.currentWidget() is self.main
        yield self.calm

    @property
    def is_supervisor(self) -> bool:
        return self.context.session.operator == SUPERVISOR

    # waiting

    def calm(self) -> bool:
        """Nothing is under way that the screen waits for."""
        lanes = self.context.lanes
        return not (lanes.encoder.busy or lanes.journal.busy)

    def all_calm(self) -> bool:
        lanes = self.context.lanes
        others = (lanes.cloud, lanes.locks, lanes.property, lanes.houses)
        return self.calm() and not any(lane.busy for lane in others)


def _at_once() -> bool:
    """Nothing to wait for but the next turn."""
    return True


class Driver(QObject):
    """Works through one generator while the event loop runs. `failed` keeps what ended it."""

    def __init__(self, steps: Steps[None], ended: Callable[[BaseException | None], None]) -> None:
        super().__init__()
        self._steps, self._ended = steps, ended
        self._wanted: Callable[[], bool] = lambda: True
        self._until = monotonic() + PATIENCE_S
        self._inside = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        if self._inside:  # an event loop within a click
            return
        self._inside = True
        try:
            if self._wanted():
                self._wanted = next(self._steps)
                self._until = monotonic() + PATIENCE_S
            elif monotonic() > self._until:
                self._steps.throw(StuckError())
        except StopIteration:
            self._end(None)
        except BaseException as error:  # told to whoever runs the shift, not to the window
            self._end(error)
        finally:
            self._inside = False

    def _end(self, error: BaseException | None) -> None:
        self._timer.stop()
        self._ended(error)
