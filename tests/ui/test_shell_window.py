"""The window's frame: pages by role, keys, status bar, messages, help, look and language."""

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from station.compose.demo import Simulation
from station.domain.operator import PERMISSIONS, Operator, Role
from station.domain.stay import end_after_nights
from station.errors import Code, Unreachable
from station.ports import ReaderState
from station.simulators.faults import Fault, Injection
from station.workflows.issue import NewStay, issue
from tests.ui.conftest import CLERK, SUPERVISOR
from ui import main_window
from ui.context import Context
from ui.main_window import MainWindow
from ui.pages.registry import PAGES, PageSpec
from ui.presenters.status import Part, PartState, StatusState
from ui.sounds import sounds
from ui.theme import tokens
from ui.theme.tokens import Look
from ui.widgets.look_menu import look_menu
from ui.widgets.message_bar import Tone
from ui.widgets.status_bar import Room, StatusBar

SMALLEST = (1366 * 2 // 3, 768 * 2 // 3)
"""A small screen at 150 %, in logical pixels."""
TECHNICIAN = Operator("赵工", Role.TECHNICIAN)


class StubPage(QWidget):
    """A page that notes what the window asks of it and takes F5."""

    page_wanted = Signal(str)

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key, self.calls = key, list[str]()
        self.takes = {5}
        self.field = QLineEdit()
        self.field.setAccessibleName(key)
        QVBoxLayout(self).addWidget(self.field)

    def activated(self) -> None:
        self.calls.append("activated")
        self.field.setFocus()

    def function_key(self, number: int) -> bool:
        self.calls.append(f"F{number}")
        return number in self.takes

    def close_page(self) -> None:
        self.calls.append("closed")


def buttons(widget: QWidget) -> list[QAbstractButton]:
    """Every button that can be seen."""
    found = cast("list[QWidget]", widget.findChildren(QWidget))
    return [item for item in found if isinstance(item, QAbstractButton) and item.isVisible()]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> dict[str, StubPage]:
    """Stub pages in place of the real ones, by key, once they were built."""
    made: dict[str, StubPage] = {}

    def build(spec: PageSpec, _: Context) -> QWidget:
        made[spec.key] = StubPage(spec.key)
        return made[spec.key]

    monkeypatch.setattr(PageSpec, "build", build)
    monkeypatch.setattr(main_window, "find_spec", lambda _: True)
    return made


@pytest.fixture
def window(ui_context: Context, built: dict[str, StubPage], qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(ui_context)
    qtbot.addWidget(made)
    made.resize(1366, 728)
    made.show()
    made.enter(SUPERVISOR)
    yield made
    made.close_window()


def test_every_page_can_be_imported() -> None:
    from importlib import import_module

    for spec in PAGES:
        assert callable(import_module(spec.module).build), spec.key


@pytest.mark.parametrize("operator", [CLERK, SUPERVISOR, TECHNICIAN])
def test_an_operator_sees_the_pages_of_their_role(
    window: MainWindow, built: dict[str, StubPage], operator: Operator
) -> None:
    window.enter(operator)
    window.navigation.show_count("unresolved", 1)
    allowed = [spec.key for spec in PAGES if spec.permission in PERMISSIONS[operator.role]]
    assert window.navigation.shown == allowed
    for spec in PAGES:
        assert window.show_page(spec.key) is (spec.key in allowed)
    assert set(built) == set(allowed)


def test_pages_are_built_when_first_shown_and_stay(
    window: MainWindow, built: dict[str, StubPage]
) -> None:
    assert list(built) == ["rooms"]
    window.show_page("history")
    history = built["history"]
    window.show_page("rooms")
    window.show_page("history")
    assert built["history"] is history
    assert history.calls == ["activated", "activated"]
    assert window.stack.currentWidget() is history


def test_a_page_may_want_another_page(window: MainWindow, built: dict[str, StubPage]) -> None:
    built["rooms"].page_wanted.emit("unresolved")
    assert window.current == "unresolved"


def test_the_same_operator_finds_everything_as_it_was(
    window: MainWindow, built: dict[str, StubPage]
) -> None:
    window.show_page("history")
    history = built["history"]
    window.enter(SUPERVISOR)
    assert window.current == "history"
    assert "closed" not in history.calls


def test_another_operator_gets_pages_of_their_own(
    window: MainWindow, built: dict[str, StubPage]
) -> None:
    rooms = built["rooms"]
    window.enter(CLERK)
    assert rooms.calls[-1] == "closed"
    assert built["rooms"] is not rooms


def test_another_operator_leaves_nothing_of_the_pages_before(
    window: MainWindow,
    built: dict[str, StubPage],
    ui_context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stood: list[bool] = []
    rooms = built["rooms"]
    monkeypatch.setattr(ui_context.theme, "forget_gone", lambda: stood.append(isValid(rooms)))
    window.enter(SUPERVISOR)
    assert stood == []
    window.enter(CLERK)
    assert stood == [False], "Qt is to forget what it keeps once the pages are really gone"


def test_function_keys_go_to_the_page_and_else_to_the_rooms(
    window: MainWindow, built: dict[str, StubPage], qtbot: QtBot
) -> None:
    window.show_page("history")
    history, rooms = built["history"], built["rooms"]
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert history.calls[-1] == "F5"
    assert "F5" not in rooms.calls
    rooms.takes = {3}
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert history.calls[-1] == "F3"
    assert rooms.calls[-2:] == ["activated", "F3"]
    assert window.current == "rooms"
    locked: list[bool] = []
    window.lock_wanted.connect(lambda: locked.append(True))
    QTest.keyClick(window, Qt.Key.Key_F9)
    assert locked == [True]
    assert "F9" not in rooms.calls


def test_control_and_a_number_open_pages(window: MainWindow, qtbot: QtBot) -> None:
    for number, spec in enumerate(PAGES, start=1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.current == spec.key


def test_help_is_laid_over_and_gives_the_focus_back(
    window: MainWindow, built: dict[str, StubPage], qtbot: QtBot
) -> None:
    built["rooms"].field.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible()
    assert window.help.size() == window.size()
    inside = window.focusWidget()
    QTest.keyClick(inside, Qt.Key.Key_Tab)
    assert window.help.isAncestorOf(window.focusWidget())
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    assert window.focusWidget() is built["rooms"].field


def test_unresolved_is_offered_when_there_is_something(
    window: MainWindow, ui_context: Context, simulation: Simulation, qtbot: QtBot
) -> None:
    assert "unresolved" not in window.navigation.shown
    desk = simulation.station.desk
    simulation.world.put(simulation.world.new_card())
    simulation.door_lock.sim.faults.inject(Injection(Fault.DROP_AFTER, "MarkRoomCard"))
    until = end_after_nights(desk.clock.local(), 1, desk.site.stay_rules)
    stay = NewStay(desk.room("1-101"), until)
    ui_context.lanes.encoder.submit(lambda: issue(desk, SUPERVISOR, stay))
    qtbot.waitUntil(lambda: not ui_context.lanes.writing, timeout=20_000)
    ui_context.bridge.changed.emit()
    qtbot.waitUntil(lambda: window.status.state.unresolved == 1)
    assert "unresolved" in window.navigation.shown
    assert window.navigation.button("unresolved").count == 1
    assert "1" in window.status_bar.unresolved.text()
    window.status_bar.unresolved.click()
    assert window.current == "unresolved"


def test_the_encoder_is_watched_without_touching_a_card(
    window: MainWindow, simulation: Simulation, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: window.status.state.parts[Part.ENCODER] is PartState.OK)
    assert simulation.door_lock.sim.calls.all("ReadCard") == []
    simulation.door_lock.stop()
    window.status._ask()
    qtbot.waitUntil(lambda: window.status.state.parts[Part.ENCODER] is PartState.TROUBLE)
    window.status_bar.parts[Part.ENCODER].click()
    assert window.messages.isVisible()
    assert "门锁平台" in window.messages.text


def test_the_reader_shows_what_it_sees(
    window: MainWindow, simulation: Simulation, qtbot: QtBot
) -> None:
    item = window.status_bar.parts[Part.READER]
    assert item.text() == "读卡器：没有卡"
    simulation.reader.unplug()
    qtbot.waitUntil(lambda: item.text() == "读卡器：没有读卡器")
    assert window.status.state.parts[Part.READER] is PartState.TROUBLE
    simulation.reader.put("04A1B2C3")
    qtbot.waitUntil(lambda: window.status.state.reader is ReaderState.CARD)
    assert window.status.state.parts[Part.READER] is PartState.OK


def test_who_and_when_stand_in_the_status_bar(window: MainWindow, ui_context: Context) -> None:
    assert window.status_bar.operator.text() == "李主管（主管）"
    ui_context.session.set(CLERK)
    assert window.status_bar.operator.text() == "王芳（前台）"
    assert ui_context.station is not None
    now = ui_context.station.clock.local()
    assert window.status.state.date == f"{now:%Y-%m-%d}"
    assert len(window.status.state.time) == 5


def test_a_message_says_cause_and_next_step_in_both_languages(
    window: MainWindow, ui_context: Context
) -> None:
    window.messages.show_error(Unreachable(Code.SERVICE_TIMEOUT, service="door_lock"))
    assert ui_context.words.sentence(Unreachable(Code.SERVICE_TIMEOUT, service="door_lock")) == (
        window.messages.text
    )
    ui_context.words.switch("en")
    assert window.messages.text.startswith("No answer from: door-lock platform.")
    window.messages._copy.click()
    assert "service_timeout" in QGuiApplication.clipboard().text()
    window.messages._close.click()
    assert window.messages.text == ""
    window.messages.show_text("shell.quit_later", Tone.WARN)
    ui_context.words.switch("zh_CN")
    assert window.messages.text == "正在写卡，写完就退出。"


def test_language_and_look_switch_while_it_runs(
    window: MainWindow, ui_context: Context, qtbot: QtBot
) -> None:
    entry = window.navigation.button("rooms")
    menu = look_menu(ui_context.words, ui_context.theme, sounds(), window.help.toggle, window)
    by_text = {action.text(): action for action in menu.actions()}
    by_text["English"].trigger()
    assert entry.text() == "Rooms"
    assert window.status_bar.lock.text() == "Lock F9"
    before = window.grab().toImage().pixelColor(700, 400).name()
    by_text["深色"].trigger()
    assert ui_context.theme.look is Look.DARK
    after = window.grab().toImage().pixelColor(700, 400).name()
    assert (before, after) == (tokens.LIGHT.window, tokens.DARK.window)
    was = sounds().on
    by_text["操作完成时发声"].toggle()
    assert sounds().on is not was
    sounds().switch(was)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK, Look.CONTRAST])
def test_nothing_is_cut_off_and_everything_has_a_name(
    window: MainWindow, ui_context: Context, language: str, look: Look
) -> None:
    ui_context.words.switch(language)
    ui_context.theme.choose(look)
    window.navigation.show_count("unresolved", 120)
    QCoreApplication.sendPostedEvents()
    for button in buttons(window):
        assert button.accessibleName(), button.text()
        assert button.width() >= button.sizeHint().width(), button.text()
        assert button.height() >= button.sizeHint().height(), button.text()
    assert window.minimumSizeHint().width() <= SMALLEST[0]
    assert window.minimumSizeHint().height() <= SMALLEST[1]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_where_room_is_short_the_devices_are_said_in_short(
    window: MainWindow, ui_context: Context, language: str
) -> None:
    ui_context.words.switch(language)
    item = window.status_bar.parts[Part.READER]
    whole = item.accessibleName()
    assert item.text() == whole
    window.resize(window.minimumSizeHint())
    QCoreApplication.sendPostedEvents()
    assert len(item.text()) < len(whole)
    assert item.accessibleName() == whole
    assert window.width() <= SMALLEST[0]
    for button in buttons(window.status_bar):
        assert button.width() >= button.sizeHint().width(), button.text()
    window.resize(1366, 728)
    assert item.text() == whole


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_with_everything_in_trouble_nothing_is_elided_at_any_width(
    ui_context: Context, qtbot: QtBot, language: str
) -> None:
    ui_context.words.switch(language)
    bar = StatusBar(ui_context.words, ui_context.theme)
    qtbot.addWidget(bar)
    bar.show()
    state = StatusState(
        parts=dict.fromkeys(Part, PartState.TROUBLE),
        reader=ReaderState.REMOTE_SESSION,
        waiting=120,
        stopped=11,
        unresolved=120,
        doubtful=120,
        operator="李主管",
        role="supervisor",
        time="12:00",
    )
    bar.render_state(state)
    assert bar.minimumSizeHint().width() <= SMALLEST[0]
    whole = [item.accessibleName() for item in buttons(bar)]
    said = []
    for width in range(bar.minimumSizeHint().width(), 2000, 20):
        bar.resize(width, bar.height())
        QCoreApplication.sendPostedEvents()
        for item in buttons(bar):
            assert item.width() >= item.sizeHint().width(), (width, item.accessibleName())
        assert bar.operator.width() >= bar.operator.sizeHint().width(), width
        assert [item.accessibleName() for item in buttons(bar)] == whole
        said.append(sum(len(item.text()) for item in buttons(bar)))
    assert said == sorted(said)
    assert [item.text() for item in buttons(bar)] == whole


def test_where_room_is_short_what_is_wrong_keeps_its_words(
    ui_context: Context, qtbot: QtBot
) -> None:
    ui_context.words.switch("en")
    bar = StatusBar(ui_context.words, ui_context.theme)
    qtbot.addWidget(bar)
    bar.show()
    parts = dict.fromkeys(Part, PartState.OK) | {Part.CLOUD: PartState.TROUBLE}
    bar.render_state(StatusState(parts=parts, operator="李主管", role="supervisor"))
    bar.resize(bar._wants[Room.ALL] - 1, bar.height())
    assert bar.parts[Part.ENCODER].text() == "Encoder"
    assert bar.parts[Part.CLOUD].text() == "Shankai: no connection"
