"""Runs the demo: opens the simulated desk for the real window and furnishes it."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtWidgets import QApplication

from station.catalogue import choose_language
from station.compose import Station
from station.compose.demo import Simulation, simulated
from station.compose.drawer import Drawer
from station.home import Home
from station.ports import Watcher
from ui import app
from ui.context import Context
from ui.demo.banner import Banner
from ui.demo.people import READY, SUPERVISOR, make_ready
from ui.demo.presenter import DemoPresenter
from ui.demo.window import DemoWindow
from ui.main_window import MainWindow
from ui.messages import Words
from ui.top_window import TopWindow


def show(home: Path | None, lang: str | None, operator: str | None, platform: str = "") -> int:
    """See `ui.demo.run`."""
    language = choose_language(lang or "", {})
    with ExitStack() as ends:
        if home is None:
            # Windows keeps a file that somebody still has open; the demo has ended all the same.
            place = tempfile.TemporaryDirectory(
                prefix="card-station-demo-", ignore_cleanup_errors=True
            )
            home = Path(ends.enter_context(place))
        demo = Demo(Words(language), ends)
        status = app.run(
            home,
            language,
            operator or demo.names[SUPERVISOR.key],
            platform=platform,
            opener=demo.open,
            furnish=demo.furnish,
        )
        demo.close()
    return status


class Demo:
    """One run of the demo. `open` is called on a lane, `furnish` on the UI thread."""

    def __init__(self, words: Words, ends: ExitStack) -> None:
        self._words, self._ends = words, ends
        self.names = {person.key: words(f"demo.{person.key}") for person in READY}
        self._simulation: Simulation | None = None
        self._drawer: Drawer | None = None
        self.presenter: DemoPresenter | None = None
        self.window: DemoWindow | None = None

    def open(self, home: Home, watch: Watcher) -> Station:
        """The simulated desk; again after its settings changed."""
        if self._simulation is not None:
            return self._simulation.reopen(watch)
        words = self._words
        self._simulation = self._ends.enter_context(
            simulated(
                home,
                language=words.language,
                site=words("demo.site"),
                watch=watch,
                keep_world=True,
            )
        )
        station = self._simulation.station
        make_ready(station.desk, self.names)
        station.desk.refresh_rooms()
        self._drawer = Drawer(self._simulation)
        return station

    def furnish(self, context: Context, main: MainWindow) -> None:
        """The banner above the desk, the drawer beside the window."""
        if self._drawer is None:
            return
        main.outer.insertWidget(0, Banner(context))
        if self.window is not None:
            return
        self.presenter = DemoPresenter(self._drawer, context.bridge)
        self.window = DemoWindow(context, self.presenter, self.names)
        for top in QApplication.topLevelWidgets():
            if isinstance(top, TopWindow):
                self.window.stand_beside(top)
        self.window.show()

    def close(self) -> None:
        """The window has closed: no hand moves any more."""
        if self.presenter is not None:
            self.presenter.close()
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
