"""The settings page itself: tabs by role, values checked as typed, what changes at once."""

import re
import tomllib
from collections.abc import Callable, Iterator
from importlib import resources
from typing import TypeVar

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from station.domain.operator import Operator, Role
from tests.ui.conftest import CLERK, SUPERVISOR
from ui.context import Context
from ui.pages.settings import SettingsPage, build
from ui.sounds import sounds
from ui.theme.tokens import Look
from ui.widgets.settings_look import LookTab
from ui.widgets.settings_operators import OperatorsTab

DEADLINE_MS = 20_000
TECHNICIAN = Operator("赵工", Role.TECHNICIAN)
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    return lambda wanted: qtbot.waitUntil(wanted, timeout=DEADLINE_MS)


@pytest.fixture
def page(qtbot: QtBot, ui_context: Context, until: Until) -> Iterator[SettingsPage]:
    made = _page(qtbot, ui_context)
    yield made
    _quiet(ui_context, until)
    made.close_page()


def _page(qtbot: QtBot, context: Context) -> SettingsPage:
    made = build(context)
    assert isinstance(made, SettingsPage)
    qtbot.addWidget(made)
    made.resize(1294, 736)
    made.show()
    made.activated()
    return made


def _quiet(context: Context, until: Until) -> None:
    lanes = context.lanes
    until(lambda: not any(lane.busy for lane in (lanes.encoder, lanes.journal, lanes.cloud)))


def test_each_role_sees_its_own_tabs(qtbot: QtBot, ui_context: Context, until: Until) -> None:
    everything = ["services", "reader", "desk", "operators", "look", "backup", "about"]
    expected = {
        SUPERVISOR: everything,
        TECHNICIAN: [key for key in everything if key != "operators"],
        CLERK: ["look", "about"],
    }
    for operator, keys in expected.items():
        ui_context.session.set(operator)
        made = _page(qtbot, ui_context)
        assert list(made.inside) == keys
        assert made.footer.isVisible() == (operator is not CLERK)
        _quiet(ui_context, until)
        made.close_page()


def test_what_is_typed_is_checked_and_can_be_undone(page: SettingsPage) -> None:
    services = page.inside["services"]
    url = _first(services, QLineEdit)
    before = url.text()
    url.setText("http://example.com")
    url.textEdited.emit(url.text())
    assert not page.save.isEnabled()
    assert any(
        "https" in bound.field.problem.text()
        for bound in services.fields._bound  # type: ignore[attr-defined]
    )
    page.undo.click()
    assert url.text() == before
    assert not page.undo.isEnabled()


def test_the_wheel_over_a_number_scrolls_and_does_not_change_it(
    page: SettingsPage, qapp: QApplication
) -> None:
    page.show_tab("desk")
    spin = _first(page.inside["desk"], QSpinBox)
    before = spin.value()
    at = QPointF(spin.rect().center())
    turn = QWheelEvent(
        at,
        spin.mapToGlobal(at),
        QPointF(0, 0).toPoint(),
        QPointF(0, 120).toPoint(),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    qapp.sendEvent(spin, turn)
    assert spin.value() == before


def test_look_language_and_sound_change_at_once(page: SettingsPage) -> None:
    page.show_tab("look")
    tab = page.inside["look"]
    assert isinstance(tab, LookTab)
    tab.languages["en"].click()
    assert page._context.words.language == "en"
    assert page.tabs.tabText(0) == "Services"
    tab.looks[Look.DARK].click()
    assert page._context.theme.look is Look.DARK
    before = sounds().on
    tab.sound.click()
    assert sounds().on is not before
    tab.sound.click()


def test_an_operator_is_added_on_the_page(page: SettingsPage, until: Until) -> None:
    page.show_tab("operators")
    tab = page.inside["operators"]
    assert isinstance(tab, OperatorsTab)
    until(lambda: tab.list.count() == 2)
    tab.name.setText("赵工")
    tab.new_pin.pin.setText("12")
    tab.new_pin.again.setText("12")
    tab.add.click()
    until(lambda: tab._presenter.state.problem is not None)
    tab.new_pin.pin.setText("1234")
    tab.new_pin.again.setText("1234")
    tab.add.click()
    until(lambda: tab.list.count() == 3)
    assert tab.name.text() == tab.new_pin.pin.text() == ""
    assert "赵工" in tab.verdict.text


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_tab_in_both_languages_and_looks(
    page: SettingsPage, until: Until, look: Look, language: str
) -> None:
    page._context.theme.choose(look)
    page._context.words.switch(language)
    for key in page.inside:
        page.show_tab(key)
        _quiet(page._context, until)
        assert not page.grab().isNull()
        assert not any("settings." in label for label in _said(page))


def _said(page: SettingsPage) -> list[str]:
    buttons: list[QAbstractButton] = list(page.findChildren(QAbstractButton))
    labels: list[QLabel] = list(page.findChildren(QLabel))
    return [button.text() for button in buttons] + [label.text() for label in labels]


Control = TypeVar("Control", bound=QWidget)


def _first(inside: QWidget, kind: type[Control]) -> Control:
    found: list[Control] = list(inside.findChildren(kind))
    return found[0]


@pytest.mark.parametrize("name", ["settings", "residents", "unresolved"])
def test_both_languages_say_everything_with_the_same_facts(name: str) -> None:
    folder = resources.files("resources") / "i18n" / "ui"
    words = [
        tomllib.loads((folder / f"{name}.{language}.toml").read_text("utf-8"))
        for language in ("zh_CN", "en")
    ]
    facts = [
        {key: sorted(set(re.findall(r"{(\w+)}", text))) for key, text in one.items()}
        for one in words
    ]
    assert facts[0] == facts[1]
