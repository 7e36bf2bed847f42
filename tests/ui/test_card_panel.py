"""The card panel in a window, by keyboard alone."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from tests.ui.card_panel_bench import ENTER, ESC, LOW, TAB, PanelBench, panel_bench
from tests.ui.conftest import CLERK
from ui.context import Context
from ui.presenters.card_group import GroupPhase
from ui.presenters.card_state import Action, Lying, Phase, Tone, Unit
from ui.sounds import FAILURE, SUCCESS, sounds


@pytest.fixture
def desk(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[PanelBench]:
    with panel_bench(qtbot, ui_context, simulation) as made:
        yield made


def test_issue_with_defaults_by_seven_keys(desk: PanelBench) -> None:
    """`301` and Enter in the rack are four; then nights, name, cards: Enter each."""
    card = desk.put()
    desk.sees(Lying.BLANK)
    desk.rack_enter("1-301")
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.RESULT)
    assert desk.outcome.tone is Tone.GOOD
    assert desk.opens(card, "1-301")
    assert "发好了" in desk.panel.banner.accessibleName()
    desk.press(ENTER)
    assert desk.state.phase is Phase.REST
    assert desk.writes() == 1


def test_nights_name_and_cards_as_typed(desk: PanelBench) -> None:
    cards = [desk.put()]
    desk.sees(Lying.BLANK)
    desk.rack_enter("1-301")
    desk.type("3")
    assert desk.state.form is not None
    assert desk.state.form.end == desk.end(3)
    desk.press(ENTER)
    desk.type("张三")
    desk.press(ENTER)
    desk.type("2")
    desk.press(ENTER)
    desk.phase(Phase.WAIT)
    assert "放第 2 张卡" in desk.texts()
    cards.append(desk.put())
    desk.phase(Phase.RESULT)
    assert all(desk.opens(card, "1-301") for card in cards)
    desk.until(lambda: "张*" in desk.texts())
    assert "张三" not in desk.texts()


def test_a_time_that_is_none_says_how_it_is_written(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    desk.rack_enter("1-301")
    form = desk.panel.form
    form.unit.setCurrentIndex(list(Unit).index(Unit.UNTIL))
    form.unit.activated.emit(form.unit.currentIndex())
    form.fields["amount"].setFocus()
    form.fields["amount"].selectAll()
    desk.type("noon")
    cause = "到期时间看不懂：“noon”，要写成 2026-01-31 12:00 这样。"
    assert f"{cause}改好再试一次。" in desk.texts()
    desk.panel.resize(desk.panel.width(), LOW)
    desk.until(lambda: f"{cause}\n" in desk.texts())


def test_a_question_says_times_as_people_do(desk: PanelBench) -> None:
    desk.lived_in("1-301")
    desk.put()
    desk.choose("1-301")
    desk.order(Action.ISSUE)
    desk.phase(Phase.ASK)
    said = desk.texts()
    assert "1-301 还有客人，住到 " in said
    assert " 12:00。" in said
    assert "12:00:00" not in said


def test_holding_or_doubling_enter_is_one_write(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    desk.rack_enter("1-301")
    desk.press(ENTER, ENTER, ENTER, ENTER, ENTER, ENTER)
    desk.phase(Phase.RESULT)
    desk.press(ENTER, ENTER)  # leaves the result, then opens the form of an extension
    desk.quiet()
    assert desk.state.phase is Phase.FORM
    assert desk.writes() == 1


def test_a_double_click_is_one_write(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    desk.rack_enter("1-301")
    go = desk.panel.form.go
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(go, Qt.MouseButton.LeftButton)
    desk.phase(Phase.RESULT)
    assert desk.writes() == 1


def test_esc_leaves_the_form_and_nothing_is_written(desk: PanelBench) -> None:
    desk.put()
    desk.rack_enter("1-301")
    desk.press(ENTER, ESC)
    assert desk.state.phase is Phase.REST
    assert desk.writes() == 0


def test_a_wrong_field_is_named_and_focused(desk: PanelBench) -> None:
    desk.put()
    desk.rack_enter("1-301")
    desk.press(ENTER, ENTER)
    desk.panel.form.fields["mobile"].setText("12")
    desk.press(ENTER)
    assert desk.state.phase is Phase.FORM
    assert "手机号不对" in desk.texts()
    assert desk.panel.form.fields["mobile"].hasFocus()


def test_hours_by_the_unit_box(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    desk.rack_enter("1-301")
    desk.press(TAB)
    assert isinstance(QApplication.focusWidget(), QComboBox)
    desk.press(Qt.Key.Key_Down)
    assert desk.panel.form.fields["amount"].text() == "3"
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.RESULT)
    assert desk.outcome.tone is Tone.GOOD


def test_copy_extend_replace_and_recycle_by_their_keys(desk: PanelBench) -> None:
    first = desk.lived_in("1-301")
    desk.choose("1-301")
    second = desk.put()
    desk.sees(Lying.BLANK)
    assert desk.panel.function_key(6)
    desk.press(ENTER)
    desk.phase(Phase.RESULT)
    assert desk.opens(second, "1-301")
    assert desk.panel.function_key(8)
    desk.press(ENTER)
    desk.type("1")
    desk.press(ENTER)
    desk.phase(Phase.RESULT)
    assert second.memory is not None
    assert second.memory.unvalid == desk.end(3)
    desk.put()
    desk.sees(Lying.BLANK)
    assert desk.panel.function_key(10)
    desk.press(ENTER)
    desk.phase(Phase.WAIT)
    desk.press(ESC)
    assert "仍能开 1-301" in desk.texts()
    desk.put(first)
    desk.until(lambda: desk.state.seen.uid == first.uid)
    assert desk.panel.function_key(4)
    desk.phase(Phase.RESULT)
    assert first.memory is None


def test_move_by_typing_the_room(desk: PanelBench) -> None:
    card = desk.lived_in("1-301")
    desk.put(card)
    desk.until(lambda: desk.state.room is not None)
    wanted: list[str] = []
    desk.panel.room_wanted.connect(wanted.append)
    desk.work.begin(Action.MOVE)
    desk.quiet()
    desk.type("305")
    assert desk.state.form is not None
    desk.until(lambda: desk.state.form is not None and desk.state.form.target is None)
    for _ in range(3):
        desk.press(Qt.Key.Key_Backspace)
    desk.type("1-305")
    assert "1-301 → 1-305" in desk.texts()
    desk.press(ENTER)
    desk.phase(Phase.RESULT)
    assert desk.opens(card, "1-305")
    assert wanted == ["1-305"]


def test_overwriting_needs_more_than_another_enter(desk: PanelBench) -> None:
    card = desk.foreign("1-302")
    desk.panel.choose_room(desk.row("1-301"))
    desk.work.watch.look()
    desk.sees(Lying.CARD)
    writes = desk.writes()
    desk.panel.function_key(5)
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.ASK)
    assert "1-302" in desk.texts()
    desk.press(ENTER)
    assert desk.state.phase is Phase.RESULT
    assert desk.writes() == writes
    desk.press(ESC)
    desk.panel.function_key(5)
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.ASK)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_Backtab)
    desk.press(ENTER)
    desk.phase(Phase.RESULT)
    assert desk.outcome.tone is Tone.GOOD
    assert desk.opens(card, "1-301")


def test_a_supervisor_types_the_reason_and_a_clerk_sees_no_field(desk: PanelBench) -> None:
    desk.lived_in("1-301")
    desk.put()
    desk.choose("1-301")
    desk.panel.function_key(5)
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.ASK)
    desk.type("客人坚持")
    desk.press(ENTER)
    desk.phase(Phase.RESULT)
    assert desk.outcome.tone is Tone.GOOD
    desk.press(ENTER)
    desk.context.session.set(CLERK)
    desk.put()
    desk.sees(Lying.BLANK)
    desk.panel.function_key(5)
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.RESULT)
    assert "还有客人" in desk.texts()
    assert not desk.panel.ask.reason.isVisible()


def test_unknown_is_violet_offers_reading_and_the_way_to_unresolved(desk: PanelBench) -> None:
    card = desk.put()
    desk.sees(Lying.BLANK)
    desk.fault("drop_after", "MarkRoomCard")
    pages: list[str] = []
    desk.panel.page_wanted.connect(pages.append)
    desk.rack_enter("1-301")
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.RESULT)
    assert "不确定" in desk.panel.banner.accessibleName()
    desk.panel.banner.unresolved.click()
    assert pages == ["unresolved"]
    desk.panel.banner.primary.setFocus()
    desk.press(ENTER)
    desk.until(lambda: desk.state.outcome is not None and desk.outcome.tone is Tone.INFO)
    assert "其实写好了" in desk.texts()
    assert desk.opens(card, "1-301")


def test_sounds_details_and_the_vendors_words(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    sounds().played.clear()
    desk.fault("refuse", "MarkRoomCard")
    desk.rack_enter("1-301")
    desk.press(ENTER, ENTER, ENTER)
    desk.phase(Phase.RESULT)
    assert sounds().played == [FAILURE]
    assert "代码 door_lock_refused" in desk.texts()
    desk.panel.banner.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "code: door_lock_refused" in copied
    assert desk.outcome.last is not None
    assert desk.outcome.last.operation in copied
    desk.panel.banner.primary.setFocus()
    desk.press(ENTER)
    desk.until(lambda: desk.state.outcome is not None and desk.outcome.tone is Tone.GOOD)
    assert sounds().played == [FAILURE, SUCCESS]


def test_the_panel_does_not_take_the_focus_from_the_rack(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    elsewhere = QLineEdit()
    desk.qtbot.addWidget(elsewhere)
    desk.rack_enter("1-301")
    desk.fault("late", "MarkRoomCard", delay=0.3)
    desk.press(ENTER, ENTER, ENTER)
    elsewhere.show()
    elsewhere.activateWindow()
    elsewhere.setFocus()
    desk.until(elsewhere.hasFocus)
    desk.phase(Phase.RESULT)
    assert elsewhere.hasFocus()


def test_a_group_by_keyboard(desk: PanelBench) -> None:
    desk.lived_in("1-302")
    card = desk.put()
    desk.until(lambda: desk.state.seen.uid == card.uid)
    desk.panel.set_group([desk.row(room) for room in ("1-301", "1-302", "1-303")])
    assert "已选 3 间房" in desk.texts()
    assert desk.panel.function_key(11)
    work = desk.panel.group_work
    assert work is not None
    desk.press(ENTER)
    for room in ("1-302", "1-303"):
        desk.until(
            lambda room=room: (  # type: ignore[misc]
                work.state.phase is GroupPhase.WAIT
                and work.state.next_room is not None
                and work.state.next_room.name == room
            )
        )
        assert not desk.panel.function_key(2)
        desk.put()
    desk.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert work.state.done == 2
    assert "1 间没做好" in desk.texts()
    desk.press(ESC)
    assert desk.panel.group_work is None
    assert desk.state.phase is Phase.REST


def test_locking_the_desk_ends_a_group(desk: PanelBench) -> None:
    card = desk.put()
    desk.until(lambda: desk.state.seen.uid == card.uid)
    desk.panel.set_group([desk.row(room) for room in ("1-301", "1-303")])
    desk.panel.function_key(11)
    work = desk.panel.group_work
    assert work is not None
    desk.press(ENTER)
    desk.until(lambda: work.state.phase is GroupPhase.WAIT and work.state.done == 1)
    desk.context.session.set(None)
    desk.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert work.state.done == 1
