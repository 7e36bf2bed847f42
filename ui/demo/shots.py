"""`python -m ui.demo.shots DIR [LOOK]`: a picture of every page, both languages and looks, as PNG.

Made of a desk of its own on simulators, off screen; LOOK is `light` or `dark` alone. Exit status 0,
or 1 with one line on stderr: also for a picture that shows nothing.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from station.compose import Station
from station.compose.demo import simulated
from station.compose.drawer import Drawer
from station.home import Home
from ui.context import Bridge, Context, Session
from ui.demo import scene
from ui.demo.people import PEOPLE, make_ready
from ui.demo.presenter import DemoPresenter
from ui.demo.window import WIDTH, DemoWindow
from ui.lanes import Lanes
from ui.main_window import MainWindow, pages_for
from ui.messages import Words
from ui.opening import Opening
from ui.pages.locks import LocksPage
from ui.pages.login import LoginView
from ui.pages.rooms import RoomsPage
from ui.presenters.lock_state import Wish
from ui.presenters.login import LoginPresenter
from ui.qt import application
from ui.sounds import sounds
from ui.theme.style import Theme
from ui.theme.tokens import Look

SIZE = (1366, 768)
"""The smallest screen that the window is made for, in logical pixels."""
LANGUAGES = ("zh_CN", "en")
LOOKS = (Look.LIGHT.value, Look.DARK.value)
POINTER = (0, 790)
"""Below every window: nothing is pictured as pointed at."""
POLL_MS = 40
CALM_LOOKS = 4
PATIENCE_MS = 20_000


def main(argv: Sequence[str] | None = None) -> int:
    """Take the pictures; see the module."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) not in {1, 2} or not set(arguments[1:]) <= set(LOOKS):
        sys.stderr.write("python -m ui.demo.shots DIR [light|dark]\n")
        return 2
    folder, looks = Path(arguments[0]), [Look(name) for name in arguments[1:] or LOOKS]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in shoot(folder, looks):
            sys.stdout.write(f"{path.name}\n")
    except Exception as error:  # whoever asked for pictures is told in one line what is missing
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


def shoot(folder: Path, looks: Sequence[Look]) -> Iterator[Path]:
    """Each picture as it is made. Raises `StationError`, OSError, TimeoutError, ValueError."""
    app = application(os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    sounds().switch(on=False)
    QCursor.setPos(*POINTER)
    for language in LANGUAGES:
        yield from _in_language(app, language, folder, looks)


def _in_language(
    app: QApplication, language: str, folder: Path, looks: Sequence[Look]
) -> Iterator[Path]:
    """A desk whose people have names of this language."""
    words, theme, bridge = Words(language), Theme(app, Look.LIGHT), Bridge()
    names = {key: words(f"demo.{key}") for key in PEOPLE}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place,
        simulated(
            Home(Path(place) / "home"),
            language=language,
            site=words("demo.site"),
            watch=bridge.watch,
            read_timeout_s=1.0,
        ) as simulation,
    ):
        boss = make_ready(simulation.station.desk, names)
        drawer = scene.play(simulation, boss, names)
        simulation.reader.subscribe(bridge.observe)
        context = Context(words, theme, Lanes(), bridge, Session(), simulation.station)
        context.session.set(boss)
        studio = Studio(context, drawer, names, folder)
        try:
            for look in looks:
                theme.choose(look)
                yield from studio.round(f"{language}.{look.value}")
        finally:
            studio.close()
            context.lanes.close()


class Studio:
    """The widgets that are pictured, and how one waits for them."""

    def __init__(
        self, context: Context, drawer: Drawer, names: Mapping[str, str], folder: Path
    ) -> None:

        self._context, self._folder = context, folder
        station = context.station
        if station is None:
            raise ValueError("the desk is not open")
        self._login = LoginPresenter((), context.session.need().name)
        self._view = LoginView(context.words, context.theme)
        self._login.changed.connect(self._view.render_state)
        self._login.start(context.lanes.journal, lambda: _opening(station))
        self._main = MainWindow(context)
        self._main.enter(context.session.need())
        self._hands = DemoPresenter(drawer, context.bridge)
        self._drawer = DemoWindow(context, self._hands, names)
        self._hands.hold(drawer.state().cards[0].number, drawer.state().rooms[0])
        for widget, width in ((self._view, SIZE[0]), (self._main, SIZE[0]), (self._drawer, WIDTH)):
            widget.resize(width, SIZE[1])
            widget.show()

    def round(self, suffix: str) -> Iterator[Path]:
        """Every page once."""

        self._view.decorate()
        yield self._take(self._view, f"login.{suffix}")
        for spec in pages_for(self._context.session.need()):
            self._main.show_page(spec.key)
            self._wait()
            self._choose(spec.key)
            yield self._take(self._main, f"{spec.key}.{suffix}")
        yield self._take(self._drawer, f"demo.{suffix}")

    def close(self) -> None:
        """Nothing that is awaited arrives any more."""
        self._hands.close()
        self._login.close()
        self._main.close_window()
        for widget in (self._view, self._main, self._drawer):
            widget.close()
            widget.deleteLater()

    def _choose(self, key: str) -> None:
        """A page shows more once something on it is chosen."""
        page = self._main.page(key)
        if key == "rooms" and isinstance(page, RoomsPage):
            row = self._context.desk.journal.rack()[1]
            page.rack.select([row.room.id], row.room.id)
        if key == "locks" and isinstance(page, LocksPage):
            row = self._context.desk.journal.rack()[1]
            page.come_for(Wish(row.room.id))

    def _take(self, widget: QWidget, name: str) -> Path:
        self._wait()
        path, picture = self._folder / f"{name}.png", widget.grab().toImage()
        if is_blank(picture):
            raise ValueError(f"{path.name} shows nothing")
        if not picture.save(str(path)):
            raise OSError(str(path))
        return path

    def _wait(self) -> None:
        """Until nothing is under way, a few looks in a row. Raises TimeoutError."""
        lanes = (self._context.lanes.encoder, self._context.lanes.journal)
        _until(lambda: not any(lane.busy for lane in lanes) and not self._hands.busy)


def is_blank(picture: QImage) -> bool:
    """Whether a picture is of one colour."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    raw = bytes(plain.constBits())
    return raw == raw[:4] * (len(raw) // 4)


def _opening(station: Station) -> Opening:

    people = tuple(row.name for row in station.desk.need_operators().list())
    return Opening(station, people, empty=False)


def _until(calm: Callable[[], bool]) -> None:

    loop, looks = QEventLoop(), [0, 0]

    def look() -> None:
        looks[0] = looks[0] + 1 if calm() else 0
        looks[1] += 1
        if looks[0] >= CALM_LOOKS:
            loop.exit(0)
        elif looks[1] * POLL_MS > PATIENCE_MS:
            loop.exit(1)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(POLL_MS)
    if loop.exec():
        raise TimeoutError("a page was not ready in time")


if __name__ == "__main__":
    sys.exit(main())
