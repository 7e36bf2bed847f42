"""The rooms page: rack, search, filters and card panel play together, in both languages."""

from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.room import RoomState
from ui.context import Context
from ui.pages.rooms import RoomsPage, build
from ui.presenters.card_state import Lying
from ui.theme.tokens import Look
from ui.widgets.rack_filters import ORDER

Key = Qt.Key
DEADLINE_MS = 15_000


@pytest.fixture
def page(qtbot: QtBot, ui_context: Context) -> Iterator[RoomsPage]:
    made = build(ui_context)
    assert isinstance(made, RoomsPage)
    qtbot.addWidget(made)
    made.resize(1294, 700)
    with qtbot.waitActive(made):
        made.show()
    made.activated()
    qtbot.waitUntil(lambda: ready(made), timeout=DEADLINE_MS)
    yield made
    made.close_page()


def only(page: RoomsPage) -> RoomState | None:
    return page.presenter.state.only


def ready(page: RoomsPage) -> bool:
    return page.presenter.state.loaded and page.presenter.everybody_known


def chosen(page: RoomsPage) -> list[str]:
    return [row.room.name for row in map(page.presenter.row, page.rack.selected()) if row]


def panel_room(page: RoomsPage) -> str:
    facts = page.panel.work.state.room
    return facts.room.name if facts is not None else ""


def test_the_search_has_the_keyboard_and_all_rooms_are_shown(page: RoomsPage) -> None:
    assert page.search.hasFocus()
    assert page.rack.count == 96
    assert page.filters.button(None).text() == "全部 96"
    assert page.filters.button(None).isChecked()


def test_a_number_and_enter_choose_the_room_and_begin(qtbot: QtBot, page: RoomsPage) -> None:
    QTest.keyClicks(page.search, "2-301")
    assert page.rack.count == 1
    assert page.info.text() == "找到 1 间"
    QTest.keyClick(page.search, Key.Key_Return)
    assert chosen(page) == ["2-301"]
    assert panel_room(page) == "2-301"
    assert page.search.text() == ""
    assert page.rack.count == 96
    slot = page.rack.slot_of(page.rack.selection.current)
    assert slot is not None
    assert page.rack.viewport().rect().contains(page.rack.visual_rect(slot))
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus is page.panel or page.panel.isAncestorOf(focus), "the keyboard went on"


def test_escape_clears_and_then_goes_to_the_rack(qtbot: QtBot, page: RoomsPage) -> None:
    QTest.keyClicks(page.search, "30")
    QTest.keyClick(page.search, Key.Key_Escape)
    assert page.search.text() == ""
    assert page.rack.count == 96
    assert page.search.hasFocus()
    QTest.keyClick(page.search, Key.Key_Escape)
    assert page.rack.hasFocus()


def test_typing_on_the_rack_searches(qtbot: QtBot, page: RoomsPage) -> None:
    page.rack.setFocus()
    QTest.keyClicks(page.rack, "3")
    assert page.search.hasFocus()
    QTest.keyClicks(page.search, "-30")
    assert page.search.text() == "3-30"
    assert page.rack.count == 8
    QTest.keyClick(page.search, Key.Key_Down)
    assert page.rack.hasFocus()
    assert chosen(page) == ["3-301"]
    QTest.keyClick(page.rack, Key.Key_Right)
    qtbot.waitUntil(lambda: panel_room(page) == "3-302", timeout=DEADLINE_MS)
    QTest.keyClick(page.rack, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.hasFocus()
    assert page.search.selectedText() == "3-30"


def test_a_range_selects_all_of_it_for_a_group(qtbot: QtBot, page: RoomsPage) -> None:
    QTest.keyClicks(page.search, "1-301-304")
    assert page.info.text() == "4 间，回车全选"
    QTest.keyClick(page.search, Key.Key_Return)
    assert chosen(page) == ["1-301", "1-302", "1-303", "1-304"]
    assert [room.name for room in page.panel.work.state.group] == chosen(page)
    assert page.panel.group_work is not None, "the group's form is open"
    assert page.info.text() == "已选 4 间"
    page.panel._end_group()
    QTest.mouseClick(page.fewer, Qt.MouseButton.LeftButton)
    assert chosen(page) == []
    qtbot.waitUntil(lambda: page.panel.work.state.group == ())
    assert not page.fewer.isVisible()


def test_filters_have_keys_and_say_their_count(qtbot: QtBot, page: RoomsPage) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(page.search, Key.Key_6, alt)
    assert only(page) is RoomState.VACANT
    assert page.filters.button(RoomState.VACANT).isChecked()
    QTest.keyClick(page.search, Key.Key_2, alt)
    assert only(page) is RoomState.OCCUPIED
    assert page.rack.count == 0
    assert page.empty.isVisible()
    assert page.empty.text == "没有符合的房间。"
    QTest.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert page.rack.isVisible()
    assert page.rack.count == 96
    assert page.search.hasFocus()


def test_function_keys_reach_the_search_and_the_panel(qtbot: QtBot, page: RoomsPage) -> None:
    page.rack.setFocus()
    assert page.function_key(2)
    assert page.search.hasFocus()
    room = page.presenter.state.tiles[4]
    page.rack.select([room.id], room.id)
    assert page.function_key(5), "new: the panel knows the room although it was chosen just now"
    assert panel_room(page) == room.row.room.name
    assert page.panel.work.state.form is not None
    assert not page.function_key(12)


def test_the_panel_can_ask_for_a_room_or_for_the_search(page: RoomsPage) -> None:
    page.presenter.filter(RoomState.OCCUPIED)
    page.panel.room_wanted.emit("3-108")
    assert chosen(page) == ["3-108"]
    assert page.rack.slot_of(page.rack.selection.current) is not None, "the filter gave way"
    page.rack.setFocus()
    page.panel.room_wanted.emit("")
    assert page.search.hasFocus()


def test_a_card_that_was_written_shows_on_the_rack(
    qtbot: QtBot, page: RoomsPage, simulation: Simulation
) -> None:
    work = page.panel.work
    simulation.world.put(simulation.world.new_card(), swap=True)
    qtbot.waitUntil(lambda: work.state.seen.lying is Lying.BLANK, timeout=DEADLINE_MS)
    QTest.keyClicks(page.search, "1-402")
    QTest.keyClick(page.search, Key.Key_Return)
    assert work.state.form is not None
    work.submit(work.state.form.start)
    qtbot.waitUntil(
        lambda: page.presenter.state.counts[RoomState.VACANT] == 95, timeout=DEADLINE_MS
    )
    tile = next(one for one in page.rack.tiles if one.row.room.name == "1-402")
    assert tile.row.cards_out == 1
    qtbot.waitUntil(
        lambda: page._given[0].cards_out == 1, timeout=DEADLINE_MS
    )  # the panel was told


def test_without_rooms_one_button_fetches_them(
    qtbot: QtBot, ui_context: Context, simulation: Simulation
) -> None:
    desk = ui_context.desk
    desk.journal.save_rooms([], desk.clock.utc())
    page = RoomsPage(ui_context)
    qtbot.addWidget(page)
    page.show()
    page.activated()
    assert page.empty.text == "正在打开房态图…"
    qtbot.waitUntil(lambda: page.presenter.state.loaded, timeout=DEADLINE_MS)
    assert page.empty.text == "还没有房间：点“刷新房间”从门锁平台读取。"
    simulation.door_lock.sim.inject("drop_before", "GetRoomList", times=None)
    QTest.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert page.progress.isVisible()
    assert not page.empty.button.isEnabled()
    qtbot.waitUntil(page.error.isVisible, timeout=DEADLINE_MS)
    assert not page.progress.isVisible()
    simulation.door_lock.sim.faults.clear()
    QTest.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.rack.count == 96, timeout=DEADLINE_MS)
    assert page.rack.isVisible()
    assert not page.error.isVisible()
    qtbot.waitUntil(lambda: not page.presenter.busy, timeout=DEADLINE_MS)
    page.close_page()


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_state_is_rendered_in_both_languages_and_looks(
    qtbot: QtBot, page: RoomsPage, ui_context: Context, language: str, look: Look
) -> None:
    ui_context.words.switch(language)
    ui_context.theme.choose(look)
    for text, only in (("", None), ("301", None), ("1-301-304", None), ("", RoomState.OVERDUE)):
        page.search.setText(text)
        page.presenter.filter(only)
        picture = page.grab().toImage()
        assert picture.pixelColor(2, 200).name() == ui_context.theme.colours.window
        assert not any("rooms." in text for text in texts(page))
        qtbot.waitUntil(lambda: cut_off(page) == [])


def cut_off(page: RoomsPage) -> list[str]:
    """Texts that are wider than their place."""
    return [
        widget.text()
        for widget in said(page)
        if widget.isVisible() and widget.width() < widget.minimumSizeHint().width()
    ]


def texts(page: RoomsPage) -> list[str]:
    return [widget.text() for widget in said(page)]


def said(page: RoomsPage) -> list[QLabel | QAbstractButton]:
    """Whatever of the page shows a text."""
    labels = [widget for widget in own(page) if isinstance(widget, QLabel)]
    return [*labels, *(part for part in own(page) if isinstance(part, QAbstractButton))]


def own(page: RoomsPage) -> list[QWidget]:
    """The page's widgets; the panel has tests of its own."""
    others = page.panel, page.search
    widgets = cast("list[QWidget]", page.findChildren(QWidget))
    return [
        widget
        for widget in widgets
        if not any(part is widget or part.isAncestorOf(widget) for part in others)
    ]


def test_every_control_has_a_name_and_can_be_reached(page: RoomsPage) -> None:
    controls = [page.search, page.refresh, page.rack, page.fewer, page.empty.button]
    controls += [page.filters.button(state) for state in ORDER]
    for control in controls:
        assert control.accessibleName(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_tab_goes_from_the_search_to_filters_rack_and_panel(qtbot: QtBot, page: RoomsPage) -> None:
    stops: list[QWidget] = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus is page.panel or page.panel.isAncestorOf(focus):
            break
        stops.append(focus)
        QTest.keyClick(focus, Key.Key_Tab)
    order = [page.search, page.refresh, page.filters.button(None), page.rack]
    assert [widget for widget in stops if widget in order] == order
