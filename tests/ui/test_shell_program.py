"""The program behind the window: lock, idle lock, orderly quit, reopening, memory, crashes."""

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from station.compose import Station, build
from station.compose.demo import Simulation
from station.errors import StationError
from station.home import Home
from station.ports import Watcher
from tests.systems import WINDOWS
from tests.ui.conftest import (
    CLERK,
    CLERK_PIN,
    HARMLESS,
    SUPERVISOR,
    SUPERVISOR_PIN,
    settle,
)
from ui import main_window
from ui.context import Context
from ui.idle import IdleWatch
from ui.memory import Memory
from ui.messages import Words
from ui.pages.login import LoginView
from ui.pages.registry import PageSpec
from ui.presenters.login import LoginPresenter, Phase
from ui.program import Parts, Program
from ui.single import Single
from ui.theme.style import Theme
from ui.theme.tokens import Look
from ui.top_window import TopWindow


class QuietPage(QWidget):
    """A page that does nothing."""

    def activated(self) -> None:
        self.setFocus()

    def function_key(self, _: int) -> bool:
        return False

    def close_page(self) -> None:
        pass


class Run:
    """One run of the program on the desk of `simulation`, without its process."""

    def __init__(self, app: QApplication, home: Home, simulation: Simulation) -> None:
        self.memory = Memory(home.root)
        self.words = Words(self.memory.language or "zh_CN")
        self.theme = Theme(app, self.memory.look)
        self.view = LoginView(self.words, self.theme)
        self.login = LoginPresenter(self.memory.names, self.memory.operator)
        self.window = TopWindow(self.words, self.memory, self.view)
        self.login.changed.connect(self.view.render_state)
        self.view.submitted.connect(self.login.submit)
        self.opened = 0
        self.single = Single(home.root)
        assert self.single.claim()

        def opener(_: Home, __: Watcher) -> Station:
            self.opened += 1
            if self.opened == 1:
                return simulation.station
            return build(home, settings=simulation.station.settings, with_encoder=False)

        self.program = Program(
            Parts(
                home,
                self.words,
                self.theme,
                self.memory,
                self.window,
                self.login,
                self.single,
                opener=opener,
            )
        )
        self.window.show()

    @property
    def context(self) -> Context:
        return self.program.context

    @property
    def is_locked(self) -> bool:
        return self.window.currentWidget() is self.view

    def enter(self, qtbot: QtBot, name: str = SUPERVISOR.name, pin: str = SUPERVISOR_PIN) -> None:
        """Log in with keys, as an operator does."""
        qtbot.waitUntil(lambda: self.login.state.phase is Phase.READY)
        self.view._form.operator.setCurrentText(name)
        QTest.keyClicks(self.view._form.pin, pin)
        QTest.keyClick(self.view._form.pin, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not self.is_locked)

    def end(self) -> None:
        self.program.finish()
        self.window.close()
        self.window.deleteLater()
        self.theme.deleteLater()
        settle()


@pytest.fixture
def run(
    qapp: QApplication, home: Home, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Run]:
    monkeypatch.setattr(PageSpec, "build", lambda *_: QuietPage())
    monkeypatch.setattr(main_window, "find_spec", lambda _: True)
    made = Run(qapp, home, simulation)
    made.program.begin()
    yield made
    made.end()
    said = (home.logs / "station.log").read_text("utf-8").splitlines()
    assert [line for line in said if "station.qt" in line and HARMLESS not in line] == []


def lanes_left() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("lane-")]


def test_log_in_lock_and_go_on_where_one_was(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    assert run.program.main is not None
    run.program.main.show_page("history")
    page = run.program.main.page("history")
    QTest.keyClick(run.program.main, Qt.Key.Key_F9)
    assert run.is_locked
    assert run.context.session.operator is None
    assert run.login.state.locked
    assert run.view._form.operator.currentText() == SUPERVISOR.name
    assert run.view._form.pin.hasFocus()
    run.enter(qtbot)
    assert run.program.main.page("history") is page
    assert run.program.main.current == "history"


def test_another_operator_after_the_lock_starts_afresh(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    assert run.program.main is not None
    run.program.main.show_page("settings")
    run.program.lock()
    run.enter(qtbot, CLERK.name, CLERK_PIN)
    assert run.program.main.current == "rooms"
    assert run.program.main.page("settings") is None
    assert run.context.session.need() == CLERK


def test_no_key_reaches_a_locked_desk(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    assert run.program.main is not None
    run.program.lock()
    QTest.keyClick(run.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(run.window, Qt.Key.Key_F1)
    assert run.program.main.current == "rooms"
    assert run.is_locked
    assert not run.program.main.help.isVisible()


def test_a_dialog_does_not_stay_over_a_locked_desk(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    dialog = QDialog(run.window)
    dialog.open()
    run.program.lock()
    assert not dialog.isVisible()


def test_the_lock_waits_for_a_card_that_is_being_written(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    assert run.program.main is not None
    gate = threading.Event()
    run.context.lanes.encoder.submit(gate.wait)
    run.program.lock()
    assert not run.is_locked
    assert run.program.main.messages.text == "正在写卡，写完就锁定。"
    gate.set()
    qtbot.waitUntil(lambda: run.is_locked)
    assert not run.context.lanes.writing


def test_the_window_closes_only_once_the_card_is_written(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    assert run.program.main is not None
    gate, written = threading.Event(), list[bool]()
    run.context.lanes.encoder.submit(lambda: written.append(gate.wait()))
    assert not run.window.close()
    assert run.window.isVisible()
    assert run.program.main.messages.text == "正在写卡，写完就退出。"
    assert not run.window.close()
    gate.set()
    qtbot.waitUntil(lambda: not run.window.isVisible())
    assert written == [True]


def test_the_end_drains_every_lane_and_frees_the_home(run: Run, home: Home, qtbot: QtBot) -> None:
    run.enter(qtbot)
    done: list[str] = []
    for name in ("encoder", "journal", "cloud"):
        lane = getattr(run.context.lanes, name)
        for number in range(3):
            lane.submit(lambda text=f"{name}{number}": done.append(text))
    run.program.finish()
    assert len(done) == 9
    assert lanes_left() == []
    other = Single(home.root)
    assert other.claim()
    other.release()


def test_closing_while_the_desk_is_being_opened_closes_it_again(
    qapp: QApplication, home: Home, simulation: Simulation
) -> None:
    made = Run(qapp, home, simulation)
    made.program.begin()
    made.program.finish()
    assert made.opened == 1
    assert lanes_left() == []
    with pytest.raises(StationError):
        simulation.station.desk.journal.rack()
    made.end()


def test_nobody_there_locks_the_desk(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    assert run.program._idle is not None
    assert run.program._idle.running
    run.program._idle.idle.emit()
    assert run.is_locked
    assert not run.program._idle.running


def test_keys_and_the_pointer_count_as_use(qtbot: QtBot) -> None:
    window = QWindow()
    window.show()
    watch = IdleWatch(250)
    watch.watch(window)
    idle: list[bool] = []
    watch.idle.connect(lambda: idle.append(True))
    watch.start()
    watch._since.invalidate()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert watch._since.isValid()
    watch._since.invalidate()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton)
    assert watch._since.isValid()
    assert idle == []
    qtbot.waitUntil(lambda: bool(idle))
    assert not watch.running
    window.close()


def test_settings_that_changed_open_the_desk_anew(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)
    first = run.program.main
    run.context.ask_restart()
    qtbot.waitUntil(lambda: run.is_locked)
    qtbot.waitUntil(lambda: run.opened == 2)
    qtbot.waitUntil(lambda: run.login.state.phase is Phase.READY)
    assert run.program.main is not first


# what is remembered


def test_look_language_operator_and_names_are_remembered(
    run: Run, home: Home, qtbot: QtBot
) -> None:
    run.enter(qtbot, CLERK.name, CLERK_PIN)
    run.words.switch("en")
    run.theme.choose(Look.DARK)
    run.window.close()
    qtbot.waitUntil(lambda: not run.window.isVisible())
    run.program.finish()
    found = Memory(home.root)
    assert (found.language, found.look, found.operator) == ("en", Look.DARK, CLERK.name)
    assert set(found.names) == {CLERK.name, SUPERVISOR.name}


def test_the_window_comes_back_where_it_was(run: Run, home: Home, qtbot: QtBot) -> None:
    run.window.resize(700, 600)
    run.window.close()
    qtbot.waitUntil(lambda: not run.window.isVisible())
    run.memory.sync()
    other = TopWindow(run.words, Memory(home.root), LoginView(run.words, run.theme))
    qtbot.addWidget(other)
    assert (other.width(), other.height()) == (700, 600)


def test_a_damaged_memory_costs_a_choice_and_no_more(home: Home) -> None:
    home.create()
    (home.root / "window.ini").write_bytes(b"\x00\xff[[[\nlook=chartreuse\ngeometry=17\n")
    memory = Memory(home.root)
    assert memory.look is Look.SYSTEM
    assert memory.language == ""
    assert memory.geometry.isEmpty()
    assert memory.sound


# what nobody expected


@pytest.fixture
def hooks() -> Iterator[None]:
    before = (sys.excepthook, threading.excepthook)
    yield
    assert (sys.excepthook, threading.excepthook) == before


def _raise(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as met:
        return met


@pytest.mark.usefixtures("hooks")
def test_a_crash_is_reported_once_without_secrets(run: Run, home: Home, qtbot: QtBot) -> None:
    run.enter(qtbot)
    error = _raise(ValueError("pin=7364 of 13800000001"))
    sys.excepthook(type(error), error, error.__traceback__)
    sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: run.program._crash_dialog is not None)
    dialog = run.program._crash_dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: len(list(home.logs.glob("crash-*.txt"))) == 2)
    report = next(home.logs.glob("crash-*.txt")).read_text("utf-8")
    assert "test_shell_program.py" in report
    assert "ValueError" in report
    for secret in ("7364", "13800000001"):
        assert secret not in report
        assert secret not in (home.logs / "station.log").read_text("utf-8")
    if not WINDOWS:  # where the folder says who reads
        assert (next(home.logs.glob("crash-*.txt")).stat().st_mode & 0o077) == 0
    dialog.copy.click()
    assert "ValueError" in QGuiApplication.clipboard().text()
    dialog.go_on.click()
    assert run.window.isVisible()
    assert run.program._crash_dialog is None


@pytest.mark.usefixtures("hooks")
def test_a_crash_in_a_thread_is_told_too_and_one_may_quit(run: Run, qtbot: QtBot) -> None:
    run.enter(qtbot)

    def fail() -> None:
        raise KeyError("card")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: run.program._crash_dialog is not None)
    assert run.program._crash_dialog is not None
    run.program._crash_dialog.quit.click()
    qtbot.waitUntil(lambda: not run.window.isVisible())
