"""The desk, its window and the demo's, on which tests of all pages look at every state."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from station.compose.demo import Simulation, simulated
from station.compose.drawer import Drawer
from station.home import Home
from ui.context import Bridge, Context, Session
from ui.demo import scene
from ui.demo.banner import Banner
from ui.demo.people import PEOPLE, READY, make_ready
from ui.demo.presenter import DemoPresenter
from ui.demo.window import WIDTH, DemoWindow
from ui.lanes import Lanes
from ui.main_window import MainWindow
from ui.messages import Words
from ui.pages.login import LoginView
from ui.sounds import sounds
from ui.theme.style import Theme
from ui.theme.tokens import Look

SCREEN: Final = (1366, 768)
LANGUAGES: Final = ("zh_CN", "en")
DEADLINE_MS: Final = 20_000
CALM_LOOKS: Final = 3
SITE: Final = "Demo 演示"


class Stage:
    """A desk that has seen something, its window and the demo's, shown off screen."""

    def __init__(self, simulation: Simulation, context: Context, drawer: Drawer) -> None:
        self.simulation, self.context, self.drawer = simulation, context, drawer
        self.names = {person.key: Words("zh_CN")(f"demo.{person.key}") for person in READY}
        ratio = float(os.environ.get("QT_SCALE_FACTOR") or 1)
        self.width, self.height = (round(side / ratio) for side in SCREEN)
        self.view = LoginView(context.words, context.theme)
        self.main = MainWindow(context)
        self.main.outer.insertWidget(0, Banner(context))
        self.main.enter(context.session.need())
        self.hands = DemoPresenter(drawer, context.bridge)
        self.demo = DemoWindow(context, self.hands, self.names)
        self.view.resize(self.width, self.height)
        self.main.resize(self.width, self.height)
        self.demo.resize(WIDTH, self.height)

    def calm(self) -> None:
        """Wait until nothing is under way, a few looks in a row."""
        lanes, looks = self.context.lanes, [0]

        def look() -> bool:
            every = (lanes.encoder, lanes.journal, lanes.cloud, lanes.locks, self.hands)
            busy = lanes.asking or any(one.busy for one in every)
            looks[0] = 0 if busy else looks[0] + 1
            return looks[0] >= CALM_LOOKS

        until(look)

    def bring(self, widget: QWidget) -> None:
        """Show a window with the keyboard in it, and no other."""
        for top in (self.view, self.main, self.demo):
            if top is not widget:
                top.hide()
        widget.show()
        widget.activateWindow()
        self.calm()
        if QApplication.focusWidget() is None:
            widget.setFocus()

    def close(self) -> None:
        self.hands.close()
        self.main.close_window()
        for widget in (self.view, self.main, self.demo):
            widget.close()
            widget.deleteLater()

    def put(self) -> None:
        """Another blank card on encoder and reader."""
        self.drawer.to_encoder(self.drawer.blank())
        self.calm()


def until(ready: Callable[[], bool]) -> None:
    """Let events happen until it is so. Raises TimeoutError."""
    deadline = QDeadlineTimer(DEADLINE_MS)
    while not ready():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if deadline.hasExpired():
            raise TimeoutError("a page was not ready in time")
        QTest.qWait(2)


@contextmanager
def staged(app: QApplication, place: Path) -> Iterator[Stage]:
    """A stage in a folder of its own, taken down again."""
    sounds().switch(on=False)
    words, theme, bridge = Words(LANGUAGES[0]), Theme(app, Look.LIGHT), Bridge()
    names = {person.key: words(f"demo.{person.key}") for person in READY}
    english = Words("en")  # their names stand in the names of controls, in both languages
    people = {key: english(f"demo.{key}") for key in PEOPLE}
    home = Home(place / "home")
    with simulated(home, site=SITE, watch=bridge.watch, read_timeout_s=1.0) as simulation:
        boss = make_ready(simulation.station.desk, names)
        drawer = scene.play(simulation, boss, people)
        simulation.reader.subscribe(bridge.observe)
        context = Context(words, theme, Lanes(), bridge, Session(), simulation.station)
        context.session.set(boss)
        stage = Stage(simulation, context, drawer)
        try:
            yield stage
        finally:
            stage.close()
            context.lanes.close()
            QCoreApplication.sendPostedEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            theme.deleteLater()
            gc.collect()
