"""What tests of the window share: no screen, no Qt warning, and a desk on simulators.

`ui_context` is what a page is given: the real desk of `station demo` in a folder of the test, its
servers on loopback, the supervisor logged in. `simulation` is the world behind it: cards, doors,
servers and the simulated reader. Nothing here waits by sleeping; use `qtbot.waitUntil`.
"""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("QT_SCALE_FACTOR", None)

import gc
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from station.compose.demo import Simulation, simulated
from station.domain.operator import Operator, Role
from station.home import Home
from station.workflows import operators
from ui.context import Bridge, Context, Session
from ui.lanes import Lanes
from ui.messages import Words
from ui.qt import expect_no_fonts, give_fonts
from ui.theme.style import Theme
from ui.theme.tokens import Look

CLERK = Operator("王芳", Role.CLERK)
CLERK_PIN = "7364"
SUPERVISOR = Operator("李主管", Role.SUPERVISOR)
SUPERVISOR_PIN = "8251"
HERE = Path(__file__).parent
expect_no_fonts()
HARMLESS = "This plugin does not support"
"""What the screenless platform says when a window is shown or raised: true, and no fault."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A Qt warning fails the test that it came in."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(HARMLESS))


@pytest.fixture(autouse=True)
def _no_qt_warning_while_clearing_up() -> Iterator[None]:
    """pytest-qt listens during the test; what Qt says while fixtures end is listened to here."""
    said: list[str] = []

    def note(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or HARMLESS in text:
            return
        said.append(text)

    before = qInstallMessageHandler(note)
    yield
    qInstallMessageHandler(before)
    assert said == []


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """No screen: said here as well, since Wine lets no QT_QPA_PLATFORM through."""
    return ["card-station", "-platform", "offscreen"]


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    give_fonts(qapp)
    return qapp


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A desk's home in the test's folder."""
    return Home(tmp_path / "home")


@pytest.fixture
def bridge(qapp: QApplication) -> Bridge:
    """The bridge that the desk of `simulation` tells its steps to."""
    return Bridge()


@pytest.fixture(scope="session")
def desk_with_operators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that each test gets a copy of: its journal made, operators added, rooms known."""
    home = Home(tmp_path_factory.mktemp("desk") / "home")
    with simulated(home) as made:
        desk = made.station.desk
        operators.add(desk, None, SUPERVISOR.name, SUPERVISOR.role, SUPERVISOR_PIN)
        operators.add(desk, SUPERVISOR, CLERK.name, CLERK.role, CLERK_PIN)
        desk.refresh_rooms()
    return home.root


@pytest.fixture
def simulation(desk_with_operators: Path, home: Home, bridge: Bridge) -> Iterator[Simulation]:
    """The desk of the demo: real servers, journal and reader in memory; 96 rooms are known.

    Two operators: 王芳 (clerk, PIN 7364) and 李主管 (supervisor, PIN 8251).
    """
    copytree(desk_with_operators, home.root)
    with simulated(home, watch=bridge.watch) as made:
        yield made


@pytest.fixture
def ui_context(qapp: QApplication, bridge: Bridge, simulation: Simulation) -> Iterator[Context]:
    """What a page is given, Chinese and light, the supervisor logged in; drained at the end."""
    stop = simulation.reader.subscribe(bridge.observe)
    context = Context(
        words=Words("zh_CN"),
        theme=Theme(qapp, Look.LIGHT),
        lanes=Lanes(),
        bridge=bridge,
        session=Session(),
        station=simulation.station,
    )
    context.session.set(SUPERVISOR)
    yield context
    assert context.lanes.close(), "a lane did not end"
    stop()
    settle()
    context.theme.deleteLater()
    settle()


class Ring:
    """Holds itself, as what belongs to a page that is gone."""

    def __init__(self) -> None:
        self.itself = self


def settle() -> None:
    """Deliver what was posted and really delete what `deleteLater` was called for."""
    QCoreApplication.sendPostedEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
