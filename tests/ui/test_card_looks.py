"""The looks of the card panel: every state in both languages, looks and heights; names and Tab."""

import re
import tomllib
from collections.abc import Iterator
from importlib import resources

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from tests.ui.card_panel_bench import ENTER, HEIGHT, TAB, PanelBench, children, panel_bench
from ui.context import Context
from ui.presenters.card_state import Action, Lying, Phase
from ui.theme import tokens
from ui.theme.tokens import Look


@pytest.fixture
def desk(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[PanelBench]:
    with panel_bench(qtbot, ui_context, simulation) as made:
        yield made


def test_every_control_has_a_name_and_tab_reaches_it(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    for opened in (None, Action.ISSUE, Action.MOVE, Action.REPLACE):
        if opened is None:
            desk.choose("1-301")
        else:
            desk.lived_in("1-304") if opened is Action.MOVE else None
            desk.choose("1-304" if opened is not Action.ISSUE else "1-301")
            desk.work.begin(opened)
        desk.quiet()
        controls: list[QWidget] = [
            *children(desk.panel, QAbstractButton),
            *children(desk.panel, QLineEdit),
            *children(desk.panel, QComboBox),
        ]
        wanted = {one for one in controls if one.isEnabled()}
        assert all(one.accessibleName() for one in wanted)
        reached: set[QWidget] = set()
        for _ in range(3 * len(wanted)):
            desk.press(TAB)
            focus = QApplication.focusWidget()
            assert focus is not None
            reached.add(focus)
        assert wanted <= reached
        desk.work.cancel()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("height", [HEIGHT, 450])
def test_every_state_fits_in_both_languages_and_looks(
    desk: PanelBench, language: str, height: int
) -> None:
    desk.context.words.switch(language)
    desk.panel.resize(tokens.CARD_PANEL_WIDTH, height)

    def nothing_is_cut() -> None:
        for label in children(desk.panel, QLabel):
            if label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()

    def fits() -> None:
        for look in (Look.LIGHT, Look.DARK, Look.CONTRAST):
            desk.context.theme.choose(look)
            QApplication.processEvents()
            assert not desk.panel.grab().isNull()
        assert desk.panel.width() == tokens.CARD_PANEL_WIDTH
        assert "ui_card" not in desk.texts()
        bar = desk.panel.panes.verticalScrollBar()
        assert bar.maximum() == 0, (desk.state.phase, desk.state.form)
        for one in children(desk.panel, QAbstractButton):
            assert one.width() >= one.sizeHint().width(), one.text()
        # words of a lane's answer may have come in the same turn: they are laid out in the next
        desk.qtbot.waitUntil(nothing_is_cut)

    fits()
    desk.put()
    desk.sees(Lying.BLANK)
    desk.choose("1-301")
    fits()
    for action in (Action.ISSUE,):
        desk.work.begin(action)
        fits()
    desk.press(ENTER, ENTER)
    desk.panel.form.fields["mobile"].setText("12")
    desk.press(ENTER)
    fits()
    desk.work.cancel()
    desk.order(Action.ISSUE, cards="2", name="张三", mobile="13800000001")
    desk.phase(Phase.WAIT)
    fits()
    desk.work.cancel()
    fits()
    for action in (Action.EXTEND, Action.MOVE, Action.REPLACE, Action.CHECK_OUT):
        desk.work.begin(action)
        desk.phase(Phase.FORM)
        fits()
        desk.work.cancel()
    desk.choose("1-302")
    desk.put()
    desk.sees(Lying.BLANK)
    desk.fault("drop_after", "MarkRoomCard")
    desk.order(Action.ISSUE)
    desk.phase(Phase.RESULT)
    fits()
    desk.choose("1-301")
    desk.put()
    desk.sees(Lying.BLANK)
    desk.order(Action.ISSUE)
    desk.phase(Phase.ASK)
    desk.work.agree("x")
    fits()
    desk.work.cancel()
    desk.panel.set_group([desk.row(room) for room in ("1-301", "1-303", "1-304")])
    fits()
    desk.panel.function_key(11)
    fits()


def _keys(language: str) -> dict[str, str]:
    file = resources.files("resources") / "i18n" / "ui" / f"card.{language}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def test_both_languages_say_the_same_things() -> None:
    chinese, english = _keys("zh_CN"), _keys("en")
    assert list(chinese) == list(english)
    for key, text in chinese.items():
        places = re.compile(r"\{\w+\}")
        assert sorted(places.findall(text)) == sorted(places.findall(english[key])), key
        assert english[key].isascii() or all(
            char in "→…·" for char in english[key] if not char.isascii()
        ), key
