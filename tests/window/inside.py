"""The program in the tests' own process, to read what it says: the same window, pages and desk.

A fault is met on a simulated desk; then the sentence has to be on the screen in both languages, and
a picture of it is left among the artefacts: `faults/<fault>-<language>.png`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, TypeVar, cast

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from station.catalogue import LANGUAGES, Catalogue
from station.compose import Station
from station.compose.demo import Simulation, simulated
from station.errors import Code
from station.home import Home
from station.ports import Watcher
from tests.ui.card_bench import CardBench
from tests.ui.conftest import SUPERVISOR, SUPERVISOR_PIN, settle
from tests.window.window import artefacts
from ui.main_window import MainWindow
from ui.memory import Memory
from ui.messages import Words
from ui.opening import Opener
from ui.pages.login import LoginView
from ui.pages.rooms import RoomsPage
from ui.presenters.login import LoginPresenter, Phase
from ui.program import Parts, Program
from ui.single import Single
from ui.theme.style import Theme
from ui.theme.tokens import Look
from ui.top_window import TopWindow
from ui.widgets.card_parts import BigWord

DEADLINE_MS: Final = 10_000
LAYERS: Final = 8
SIZE: Final = (1366, 768)
POINTER: Final = (0, 790)
"""Below the window: nothing is pictured as pointed at."""
READ_TIMEOUT_S: Final = 0.5
_GAPS: Final = re.compile(r"<[^<>]*>|\{\w+\}")

Child = TypeVar("Child", bound=QWidget)


def fixed_parts(text: str) -> list[str]:
    """What a text of the catalogue says whatever its facts are."""
    parts = (part.strip().casefold() for part in _GAPS.split(text))
    return [part for part in parts if part]


def expected(code: Code, language: str) -> list[str]:
    """Cause and next step of an error."""
    words = Catalogue(language)._section("error")[code.value]
    return fixed_parts(words["cause"]) + fixed_parts(words["next"])


def expected_rule(code: Code, language: str) -> list[str]:
    """The one sentence that a form's field says: the field and the rule."""
    return fixed_parts(Catalogue(language)._section("error")[code.value]["cause"])


def page_text(key: str, language: str) -> list[str]:
    """A text of a page's own: `shell.quit_later`."""
    page, _, name = key.partition(".")
    return fixed_parts(Catalogue(language)._section(f"ui_{page}")[name])


class Inside:
    """One run of the program without its process; `opener` opens another than the simulated."""

    def __init__(self, app: QApplication, home: Home, opener: Opener | None = None) -> None:
        QCursor.setPos(*POINTER)
        self._ends = ExitStack()
        self.home = home
        self.simulation: Simulation | None = None
        memory = Memory(home.root)
        memory.look = Look.LIGHT
        self.words = Words("zh_CN")
        self.theme = Theme(app, Look.LIGHT)
        self.view = LoginView(self.words, self.theme)
        self.login = LoginPresenter((), SUPERVISOR.name)
        self.window = TopWindow(self.words, memory, self.view)
        self.window.resize(*SIZE)
        self.login.changed.connect(self.view.render_state)
        self.view.submitted.connect(self.login.submit)
        self.view.retried.connect(self.login.retry)
        self.view.render_state(self.login.state)
        single = Single(home.root)
        assert single.claim()
        parts = (home, self.words, self.theme, memory, self.window, self.login, single)
        self.program = Program(Parts(*parts, language_given=True, opener=opener or self._simulated))
        self.window.show()
        self.view.decorate()
        self.program.begin()

    def _simulated(self, home: Home, watch: Watcher) -> Station:
        made = simulated(home, watch=watch, read_timeout_s=READ_TIMEOUT_S)
        self.simulation = self._ends.enter_context(made)
        return self.simulation.station

    # who sits there

    def opened(self, qtbot: QtBot, phase: Phase = Phase.READY) -> None:
        """The desk is open, or it is said why not."""
        qtbot.waitUntil(lambda: self.login.state.phase is phase, timeout=DEADLINE_MS)

    def enter(self, qtbot: QtBot, pin: str = SUPERVISOR_PIN) -> None:
        """Log in with keys."""
        self.opened(qtbot)
        QTest.keyClicks(self.view._form.pin, pin)
        QTest.keyClick(self.view._form.pin, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: self.window.currentWidget() is not self.view, timeout=DEADLINE_MS)

    @property
    def main(self) -> MainWindow:
        main = self.program.main
        assert main is not None
        return main

    def bench(self, qtbot: QtBot) -> CardBench:
        """Hands on the card panel of the rooms' page."""
        page = self.main.page("rooms")
        assert isinstance(page, RoomsPage)
        assert self.simulation is not None
        return CardBench(qtbot, self.program.context, self.simulation, page.panel.work)

    # what is seen

    def texts(self) -> str:
        """Everything that can be read in the window, and what a screen reader calls buttons."""
        said = [label.text() for label in self._seen(QLabel)]
        for button in self._seen(QAbstractButton):
            said += [button.text(), button.accessibleName()]
        said += [field.text() for field in self._seen(QLineEdit)]
        said += [word.accessibleName() for word in self._seen(BigWord)]
        for one in self._seen(QListWidget):
            said += [one.item(row).text() for row in range(one.count())]
        return "\n".join(said).casefold()

    def picture(self, fault: str, qtbot: QtBot, wanted: Callable[[str], list[str]]) -> None:
        """The sentence is there in each language; a picture of each is kept."""
        for language in LANGUAGES:
            self.words.switch(language)
            parts = wanted(language)
            assert parts

            def said(parts: list[str] = parts) -> None:
                assert all(part in self.texts() for part in parts), (parts, self.texts())

            qtbot.waitUntil(said, timeout=DEADLINE_MS)
            for _ in range(LAYERS):
                QCoreApplication.sendPostedEvents()  # one layer of what is laid out anew
            path = artefacts() / "faults" / f"{fault}-{language}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            assert self.window.grab().save(str(path)), path
        self.words.switch(LANGUAGES[0])

    def _seen(self, kind: type[Child]) -> list[Child]:
        found = cast("Iterable[Child]", self.window.findChildren(kind))
        return [one for one in found if one.isVisible()]

    def end(self) -> None:
        self.program.finish()
        self.window.close()
        self.window.deleteLater()
        self.theme.deleteLater()
        settle()
        self._ends.close()


@contextmanager
def inside(app: QApplication, root: Path, opener: Opener | None = None) -> Iterator[Inside]:
    """The program on the desk of a home."""
    made = Inside(app, Home(root), opener)
    try:
        yield made
    finally:
        made.end()
