"""Log-in: the desk opens while the PIN is typed; wrong PINs, lock-out, first supervisor, faults."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from station.compose import build
from station.compose.demo import Simulation
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.errors import Code, Refused
from station.home import Home
from station.ports import HistoryFilter
from station.workflows import operators
from tests.ui.conftest import CLERK, CLERK_PIN, SUPERVISOR, SUPERVISOR_PIN
from ui.lanes import Lane
from ui.messages import Words
from ui.opening import Opening, open_desk
from ui.pages.login import LoginView
from ui.presenters.login import LoginPresenter, LoginState, Phase
from ui.theme.style import Theme
from ui.theme.tokens import Look


@pytest.fixture
def lane(qapp: QApplication) -> Iterator[Lane]:
    made = Lane("journal")
    yield made
    assert made.close()
    QCoreApplication.sendPostedEvents()


class Desk:
    """A log-in presenter over a desk, and what it said."""

    def __init__(self, lane: Lane, work: Callable[[], Opening], chosen: str = "") -> None:
        self.presenter = LoginPresenter((), chosen)
        self.opened: list[Opening] = []
        self.people: list[Operator] = []
        self.presenter.opened.connect(self.opened.append)
        self.presenter.logged_in.connect(self.people.append)
        self.lane, self.work = lane, work

    @property
    def state(self) -> LoginState:
        return self.presenter.state

    def start(self) -> "Desk":
        self.presenter.start(self.lane, self.work)
        return self


@pytest.fixture
def desk(lane: Lane, simulation: Simulation) -> Desk:
    station, names = simulation.station, (CLERK.name, SUPERVISOR.name)
    return Desk(lane, lambda: Opening(station, names, empty=False))


def logins(simulation: Simulation) -> list[tuple[str, State]]:
    rows = simulation.station.desk.journal.history(HistoryFilter(kind=Kind.LOGIN))
    return [(row.operator, row.state) for row in reversed(rows)]


def test_the_right_pin_logs_in_and_is_journalled(
    desk: Desk, simulation: Simulation, qtbot: QtBot
) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.READY)
    phases: list[Phase] = []
    desk.presenter.changed.connect(lambda state: phases.append(state.phase))
    desk.presenter.submit(CLERK.name, CLERK_PIN)
    qtbot.waitUntil(lambda: bool(desk.people))
    assert desk.people == [CLERK]
    assert phases == [Phase.CHECKING, Phase.READY]
    assert logins(simulation) == [(CLERK.name, State.DONE)]


def test_a_pin_entered_while_the_desk_opens_is_checked_once_it_is_open(
    lane: Lane, simulation: Simulation, qtbot: QtBot
) -> None:
    gate = threading.Event()

    def slowly() -> Opening:
        gate.wait()
        return Opening(simulation.station, (CLERK.name, SUPERVISOR.name), empty=False)

    desk = Desk(lane, slowly, chosen=SUPERVISOR.name).start()
    desk.presenter.submit(SUPERVISOR.name, SUPERVISOR_PIN)
    assert desk.state.waiting
    assert desk.people == []
    gate.set()
    qtbot.waitUntil(lambda: bool(desk.people))
    assert desk.people == [SUPERVISOR]


def test_wrong_pins_are_counted_and_then_lock_out(
    desk: Desk, simulation: Simulation, qtbot: QtBot
) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.READY)
    codes = []
    for attempt in range(6):
        desk.presenter.submit(CLERK.name, "0000")
        qtbot.waitUntil(lambda wanted=attempt + 1: desk.state.attempts == wanted)  # type: ignore[misc]
        assert desk.state.error is not None
        codes.append(desk.state.error.code)
    assert codes[0] is Code.PIN_WRONG
    assert codes[-1] is Code.OPERATOR_LOCKED
    assert desk.people == []
    desk.presenter.submit(CLERK.name, CLERK_PIN)
    qtbot.waitUntil(lambda: desk.state.attempts == 7)
    assert desk.people == []
    assert all(state is State.REFUSED for _, state in logins(simulation))


def test_a_double_enter_checks_one_pin(desk: Desk, simulation: Simulation, qtbot: QtBot) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.READY)
    desk.presenter.submit(CLERK.name, CLERK_PIN)
    desk.presenter.submit(CLERK.name, CLERK_PIN)
    qtbot.waitUntil(lambda: not desk.lane.busy)
    assert desk.people == [CLERK]
    assert len(logins(simulation)) == 1


def test_the_first_supervisor_is_added_and_logged_in(lane: Lane, home: Home, qtbot: QtBot) -> None:
    station = build(home)
    desk = Desk(lane, lambda: Opening(station, (), empty=True)).start()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.FIRST)
    desk.presenter.submit(SUPERVISOR.name, SUPERVISOR_PIN)
    desk.presenter.add_first(SUPERVISOR.name, SUPERVISOR_PIN, "8252")
    assert desk.state.pins_differ
    desk.presenter.add_first(SUPERVISOR.name, "12", "12")
    qtbot.waitUntil(lambda: desk.state.error is not None)
    assert desk.state.error is not None
    assert desk.state.error.code is Code.PIN_MALFORMED
    assert desk.state.phase is Phase.FIRST
    desk.presenter.add_first(SUPERVISOR.name, SUPERVISOR_PIN, SUPERVISOR_PIN)
    qtbot.waitUntil(lambda: bool(desk.people))
    assert desk.people == [Operator(SUPERVISOR.name, Role.SUPERVISOR)]
    assert not lane.busy
    station.close()


def _damage(home: Home) -> Code:
    build(home).close()
    for beside in home.root.glob("journal.db-*"):
        beside.unlink()
    home.journal().write_bytes(b"not a database " * 400)
    return Code.JOURNAL_DAMAGED


def _wrong_setting(home: Home) -> Code:
    home.create()
    home.settings.write_text("[desk]\ncheckout_time = 'noon'\n", "utf-8")
    return Code.SETTINGS_FIELD


def _newer_settings(home: Home) -> Code:
    home.create()
    home.settings.write_text("version = 99\n", "utf-8")
    return Code.SETTINGS_NEWER


def _lost_key(home: Home) -> Code:
    build(home).close()
    home.journal_key.unlink()
    return Code.JOURNAL_KEY


def _no_home(home: Home) -> Code:
    home.root.write_text("a file, not a folder", "utf-8")
    return Code.FILE_UNWRITABLE


FAULTS = [_damage, _wrong_setting, _newer_settings, _lost_key, _no_home]


@pytest.fixture
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.null import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)


@pytest.mark.usefixtures("_no_keyring")
@pytest.mark.parametrize("spoil", FAULTS)
def test_a_desk_that_cannot_be_opened_says_why_and_is_tried_again(
    spoil: Callable[[Home], Code], lane: Lane, home: Home, qtbot: QtBot
) -> None:
    expected = spoil(home)
    desk = Desk(lane, lambda: open_desk(home, lambda _: None)).start()
    desk.presenter.submit(CLERK.name, CLERK_PIN)
    qtbot.waitUntil(lambda: desk.state.phase is Phase.FAILED)
    assert desk.state.error is not None
    assert desk.state.error.code is expected
    assert desk.opened == []
    before = {path.name: path.read_bytes() for path in _files(home.root)}
    desk.presenter.retry()
    assert desk.state.phase is Phase.OPENING
    qtbot.waitUntil(lambda: desk.state.phase is Phase.FAILED)
    assert {path.name: path.read_bytes() for path in _files(home.root)} == before


def _files(root: Path) -> list[Path]:
    """What must not be touched while the desk cannot be opened."""
    return [path for path in root.rglob("*") if path.suffix in {".db", ".toml", ".key"}]


@pytest.mark.usefixtures("_no_keyring")
def test_once_the_fault_is_mended_the_desk_opens(lane: Lane, home: Home, qtbot: QtBot) -> None:
    _wrong_setting(home)
    desk = Desk(lane, lambda: open_desk(home, lambda _: None)).start()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.FAILED)
    home.settings.unlink()
    desk.presenter.retry()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.FIRST)
    assert desk.state.error is None
    desk.opened[0].station.close()


@pytest.mark.usefixtures("_no_keyring")
def test_a_missing_secret_leaves_out_its_part_and_is_named(home: Home) -> None:
    home.create()
    home.settings.write_text(
        '[door_lock]\nurl = "http://127.0.0.1:9"\nappid = "desk"\n'
        '[shankai]\nurl = "http://127.0.0.1:9/1.0"\napp_id = "desk"\norg_id = "1"\n',
        "utf-8",
    )
    opening = open_desk(home, lambda _: None)
    assert opening.station.desk.encoder is None
    assert opening.station.desk.gate is None
    [trouble] = opening.troubles
    assert trouble.code is Code.SECRET_MISSING
    assert trouble.context["name"] == "door_lock_appsecret, shankai_secret"
    opening.station.close()


# the page


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, Look.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture
def words() -> Words:
    return Words("zh_CN")


@pytest.fixture
def view(words: Words, theme: Theme, qtbot: QtBot) -> LoginView:
    made = LoginView(words, theme)
    qtbot.addWidget(made)
    made.resize(1366, 728)
    made.show()
    made.decorate()
    return made


def children(widget: QWidget) -> list[QWidget]:
    """Every widget inside."""
    return cast("list[QWidget]", widget.findChildren(QWidget))


READY = LoginState(Phase.READY, ("王芳", "李主管"), "王芳")


def test_keys_alone_log_in(view: LoginView, qtbot: QtBot) -> None:
    view.render_state(READY)
    view.focus()
    sent: list[tuple[str, str]] = []
    view.submitted.connect(lambda name, pin: sent.append((name, pin)))
    field = view.focusWidget()
    assert field is view._form.pin
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == []
    QTest.keyClicks(field, "7364")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == [("王芳", "7364")]


def test_what_is_typed_stays_when_the_names_arrive(view: LoginView, qtbot: QtBot) -> None:
    view.render_state(LoginState(names=("李主管",), chosen="李主管"))
    view.focus()
    QTest.keyClicks(view._form.pin, "82")
    view.render_state(LoginState(Phase.READY, ("王芳", "李主管"), "李主管"))
    QTest.keyClicks(view._form.pin, "51")
    assert view._form.pin.text() == "8251"
    assert view._form.operator.currentText() == "李主管"


def test_a_wrong_pin_is_emptied_said_and_can_be_copied(
    view: LoginView, words: Words, qtbot: QtBot
) -> None:
    view.render_state(READY)
    view._form.pin.setText("0000")
    view.render_state(replace(READY, error=Refused(Code.PIN_WRONG, left=3), attempts=1))
    assert view._form.pin.text() == ""
    assert view._error is not None
    assert view._error.isVisible()
    assert "3" in view._error._cause.text()
    words.switch("en")
    assert view._error._cause.text() == "Name or PIN is wrong; 3 tries left."
    view._error._copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "pin_wrong" in copied
    assert "0000" not in copied


@pytest.mark.parametrize("phase", list(Phase))
def test_every_control_has_a_name_and_tab_reaches_it(
    view: LoginView, words: Words, phase: Phase, qtbot: QtBot
) -> None:
    view.render_state(replace(READY, phase=phase))
    for language in ("zh_CN", "en"):
        words.switch(language)
        controls: list[QWidget] = [
            found
            for found in children(view)
            if isinstance(found, (QComboBox, QLineEdit, QPushButton, QToolButton))
            and found.isVisible()
            and found.isEnabled()
        ]
        assert controls
        assert all(control.accessibleName() for control in controls)
    start = controls[0]
    start.setFocus()
    reached = set()
    for _ in range(20):
        reached.add(view.focusWidget())
        QTest.keyClick(view.focusWidget(), Qt.Key.Key_Tab)
    lacking = [c.accessibleName() for c in controls if c not in reached]
    assert lacking == []


def test_the_operator_who_locked_is_kept(desk: Desk, qtbot: QtBot) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.state.phase is Phase.READY)
    operators.disable(desk.opened[0].station.desk, SUPERVISOR, CLERK.name)
    desk.presenter.lock(SUPERVISOR.name)
    assert desk.state.locked
    assert desk.state.chosen == SUPERVISOR.name
    qtbot.waitUntil(lambda: desk.state.names == (SUPERVISOR.name,))
