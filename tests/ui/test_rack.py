"""The rack itself: keys, mouse, what is painted again, and what a screen reader hears."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from weakref import ref

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.compose.clock import SystemClock
from station.domain.room import Room, RoomState
from station.domain.stay import Stay
from station.ports import RoomRow
from tests.ui.conftest import settle
from ui.context import Bridge, Context, Session
from ui.lanes import Lanes
from ui.messages import Words
from ui.presenters.rack_tiles import TileMaker
from ui.theme.style import Theme
from ui.theme.tokens import Look
from ui.widgets.rack import Rack

if TYPE_CHECKING:
    from station.compose import Station

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NAMES = [f"{building}-{floor}{door:02d}" for building in (1, 2) for floor in (2, 1)
         for door in range(1, 11)]  # fmt: skip


def row(name: str, now: datetime, state: RoomState = RoomState.VACANT) -> RoomRow:
    """A room in a state at that moment."""
    room = Room(f"id{name}", name)
    ends = {
        RoomState.OCCUPIED: now + timedelta(days=2),
        RoomState.DUE_OUT: now.replace(hour=23, minute=59, second=59),
        RoomState.OVERDUE: now - timedelta(hours=1),
        RoomState.UNRESOLVED: now + timedelta(days=40),
    }
    if state is RoomState.VACANT:
        return RoomRow(room, None, 0, 0)
    stay = Stay(f"s{name}", room.id, now - timedelta(days=2), ends[state])
    return RoomRow(room, stay, 2, int(state is RoomState.UNRESOLVED))


class Watched(Rack):
    """Counts what is painted."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.areas: list[tuple[int, int]] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self.areas.append((event.rect().width(), event.rect().height()))
        super().paintEvent(event)


@pytest.fixture
def ui_context(qapp: QApplication) -> Iterator[Context]:
    """All that the rack itself asks of a desk is the time."""
    desk = SimpleNamespace(clock=SystemClock())
    made = Context(
        words=Words("zh_CN"),
        theme=Theme(qapp, Look.LIGHT),
        lanes=Lanes(),
        bridge=Bridge(),
        session=Session(),
        station=cast("Station", SimpleNamespace(desk=desk)),
    )
    yield made
    assert made.lanes.close()
    settle()
    made.theme.deleteLater()
    settle()


@pytest.fixture
def rack(qtbot: QtBot, ui_context: Context) -> Watched:
    made = Watched(ui_context)
    qtbot.addWidget(made)
    made.resize(620, 400)
    now = ui_context.desk.clock.local()
    states = list(RoomState)
    rows = [row(name, now, states[at % 5]) for at, name in enumerate(NAMES)]
    tiles = TileMaker().make(rows, {}, now)
    made.show_tiles(tiles, tuple(range(len(tiles))))
    with qtbot.waitExposed(made):
        made.show()
    made.setFocus()
    return made


def chosen(rack: Rack) -> list[str]:
    names = {tile.id: tile.row.room.name for tile in rack.tiles}
    return [names[room] for room in rack.selected()]


def middle(rack: Rack, name: str) -> QPoint:
    slot = rack.slot_of(f"id{name}")
    assert slot is not None
    return rack.visual_rect(slot).center()


def click(qtbot: QtBot, rack: Rack, name: str, held: Qt.KeyboardModifier | None = None) -> None:
    QTest.mouseClick(
        rack.viewport(),
        Qt.MouseButton.LeftButton,
        held or Qt.KeyboardModifier.NoModifier,
        middle(rack, name),
    )


def test_arrows_go_through_the_house(qtbot: QtBot, rack: Watched) -> None:
    columns = rack.layout_now.columns
    assert columns == 5
    for key, room in (
        (Key.Key_Home, "1-201"),
        (Key.Key_Right, "1-202"),
        (Key.Key_Down, "1-207"),
        (Key.Key_Down, "1-102"),
        (Key.Key_Left, "1-101"),
        (Key.Key_Left, "1-210"),
        (Key.Key_Up, "1-205"),
        (Key.Key_End, "2-110"),
        (Key.Key_Right, "2-110"),
        (Key.Key_Home, "1-201"),
    ):
        QTest.keyClick(rack, key)
        assert chosen(rack) == [room], key
    slot = rack.slot_of(rack.selection.current)
    assert slot == 0
    QTest.keyClick(rack, Key.Key_PageDown)
    (below,) = rack.selected()
    at = rack.slot_of(below)
    assert at is not None
    assert at > columns
    assert rack.viewport().rect().contains(rack.visual_rect(at)), "the current tile is in sight"
    QTest.keyClick(rack, Key.Key_PageUp)
    assert chosen(rack) == ["1-201"]


def test_shift_and_ctrl_select_several(qtbot: QtBot, rack: Watched) -> None:
    QTest.keyClick(rack, Key.Key_Home)
    QTest.keyClick(rack, Key.Key_Right, SHIFT)
    QTest.keyClick(rack, Key.Key_Right, SHIFT)
    assert chosen(rack) == ["1-201", "1-202", "1-203"]
    QTest.keyClick(rack, Key.Key_Left, SHIFT)
    assert chosen(rack) == ["1-201", "1-202"]
    QTest.keyClick(rack, Key.Key_Down, CTRL)
    assert chosen(rack) == ["1-201", "1-202"], "Ctrl only goes there"
    QTest.keyClick(rack, Key.Key_Space)
    assert chosen(rack) == ["1-201", "1-202", "1-207"]
    QTest.keyClick(rack, Key.Key_Escape)
    assert chosen(rack) == ["1-207"]
    QTest.keyClick(rack, Key.Key_A, CTRL)
    assert len(chosen(rack)) == len(NAMES)


def test_the_mouse_selects_one_some_and_a_row(qtbot: QtBot, rack: Watched) -> None:
    click(qtbot, rack, "1-202")
    assert chosen(rack) == ["1-202"]
    click(qtbot, rack, "1-204", SHIFT)
    assert chosen(rack) == ["1-202", "1-203", "1-204"]
    click(qtbot, rack, "1-207", CTRL)
    click(qtbot, rack, "1-203", CTRL)
    assert chosen(rack) == ["1-202", "1-204", "1-207"]
    click(qtbot, rack, "1-201")
    assert chosen(rack) == ["1-201"]


def drag(qtbot: QtBot, rack: Watched, begin: QPoint, end: QPoint, held: object = None) -> None:
    """Press, move and let go; a move needs the button held, which qtbot's cannot say."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    keys = held if isinstance(held, Qt.KeyboardModifier) else Qt.KeyboardModifier.NoModifier
    view = rack.viewport()
    for kind, point, button, buttons in (
        (QEvent.Type.MouseButtonPress, begin, left, left),
        (
            QEvent.Type.MouseMove,
            QPoint((begin.x() + end.x()) // 2, (begin.y() + end.y()) // 2),
            none,
            left,
        ),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        where = QPointF(point.x(), point.y())
        event = QMouseEvent(kind, where, view.mapToGlobal(where), button, buttons, keys)
        QApplication.sendEvent(view, event)


def test_a_rubber_band_takes_what_it_touches(qtbot: QtBot, rack: Watched) -> None:
    drag(qtbot, rack, middle(rack, "1-202"), middle(rack, "1-208"))
    assert chosen(rack) == ["1-202", "1-203", "1-207", "1-208"]
    assert not rack.hands.band
    click(qtbot, rack, "1-201")
    drag(qtbot, rack, middle(rack, "1-209"), middle(rack, "1-210"), CTRL)
    assert chosen(rack) == ["1-201", "1-209", "1-210"]


def test_enter_and_a_double_click_start_with_the_room(qtbot: QtBot, rack: Watched) -> None:
    QTest.keyClick(rack, Key.Key_Home)
    with qtbot.waitSignal(rack.started) as told:
        QTest.keyClick(rack, Key.Key_Return)
    assert told.args == ["id1-201"]
    with qtbot.waitSignal(rack.started) as told:
        QTest.mouseDClick(
            rack.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            middle(rack, "1-206"),
        )
    assert told.args == ["id1-206"]
    assert chosen(rack) == ["1-206"]


def test_what_is_typed_goes_to_the_search(qtbot: QtBot, rack: Watched) -> None:
    with qtbot.waitSignal(rack.typed) as told:
        QTest.keyClick(rack, Key.Key_3)
    assert told.args == ["3"]
    with qtbot.assertNotEmitted(rack.typed):
        QTest.keyClick(rack, Key.Key_F, CTRL)
        QTest.keyClick(rack, Key.Key_Space)
        QTest.keyClick(rack, Key.Key_F3)


def test_a_change_paints_one_tile_and_not_the_rack(qtbot: QtBot, rack: Watched) -> None:
    tile = rack.tile(3)
    other = replace(tile, state=RoomState.OCCUPIED, row=replace(tile.row, cards_out=1))
    tiles = (*rack.tiles[:3], other, *rack.tiles[4:])
    qtbot.waitUntil(lambda: bool(rack.areas))
    rack.areas.clear()
    rack.show_tiles(tiles, tuple(range(len(tiles))))
    qtbot.waitUntil(lambda: bool(rack.areas))
    layout = rack.layout_now
    assert max(rack.areas) <= (layout.tile_width + 10, layout.measures.tile_height + 10)
    rack.areas.clear()
    rack.show_tiles((*tiles,), tuple(range(len(tiles))))
    rack.viewport().repaint(0, 0, 1, 1)
    assert rack.areas == [(1, 1)], "the same tiles: nothing else was asked to be painted"


def test_a_selection_outlives_a_filter_but_not_its_room(qtbot: QtBot, rack: Watched) -> None:
    tiles = rack.tiles
    rack.select(["id1-202", "id2-203"], "id1-202")
    rack.show_tiles(tiles, (5, 6, 7))
    assert chosen(rack) == ["1-202", "2-203"]
    without = tuple(tile for tile in tiles if tile.row.room.name != "2-203")
    with qtbot.waitSignal(rack.chosen):
        rack.show_tiles(without, tuple(range(len(without))))
    assert chosen(rack) == ["1-202"]


def test_scrolling_stays_with_the_tile_when_the_width_changes(qtbot: QtBot, rack: Watched) -> None:
    rack.verticalScrollBar().setValue(rack.verticalScrollBar().maximum())
    middle_left = QPoint(rack.layout_now.left + 5, 20)
    before = rack.slot_at(middle_left)
    assert before is not None
    rack.resize(380, 400)
    assert rack.layout_now.columns < 5
    assert rack.viewport().rect().intersects(rack.visual_rect(before))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK, Look.CONTRAST])
def test_every_state_is_told_by_colour_word_and_mark(
    qtbot: QtBot, rack: Watched, ui_context: Context, language: str, look: Look
) -> None:
    ui_context.words.switch(language)
    ui_context.theme.choose(look)
    pictures = set()
    for slot in range(5):
        rect = rack.visual_rect(slot)
        number = rect.adjusted(0, 0, 0, 0)
        pictures.add(bytes(rack.viewport().grab(number).toImage().constBits()))
        word = ui_context.words.word("room_state", rack.tile(slot).state)
        assert word in rack.describe(slot)
    assert {rack.tile(slot).state for slot in range(5)} == set(RoomState)
    assert len(pictures) == 5


def test_words_fit_their_tiles(rack: Watched, ui_context: Context) -> None:
    from PySide6.QtGui import QFontMetrics

    from ui.widgets.rack_paint import TEXT_LEFT, TEXT_RIGHT, end_text, fonts, state_words

    for language in ("zh_CN", "en"):
        ui_context.words.switch(language)
        small = QFontMetrics(fonts(rack.font())[1])
        room = rack.layout_now.tile_width - TEXT_LEFT - TEXT_RIGHT
        now = datetime(2026, 5, 20, 12)
        ends = [
            end_text(ui_context.words, now + timedelta(days=day), now) for day in range(-2, 400)
        ]
        for text in [*state_words(ui_context.words).values(), *ends]:
            assert small.horizontalAdvance(text) <= room, text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (-1, "昨天 12:30"),
        (0, "今天 12:30"),
        (1, "明天 12:30"),
        (2, "周五 12:30"),
        (6, "周二 12:30"),
        (7, "05-27 12:30"),
        (-2, "05-18 12:30"),
        (300, "2027-03-16"),
    ],
)
def test_ends_are_said_as_people_do(ui_context: Context, days: int, text: str) -> None:
    from ui.widgets.rack_paint import end_text

    now = datetime(2026, 5, 20, 9, 0)
    assert end_text(ui_context.words, datetime(2026, 5, 20, 12, 30) + timedelta(days), now) == text


def test_a_screen_reader_finds_a_list_with_a_name_for_each_room(rack: Watched) -> None:
    interface = QAccessible.queryAccessibleInterface(rack)
    assert interface.role() == QAccessible.Role.List
    assert interface.childCount() == len(NAMES)
    rack.select(["id1-202"], "id1-202")
    item = interface.child(1)
    assert item.role() == QAccessible.Role.ListItem
    name = item.text(QAccessible.Text.Name)
    assert name.startswith("1-202，在住，到 ")
    assert name.endswith("在外 2 张卡，已选")
    assert interface.indexOfChild(item) == 1
    assert item.parent() is not None
    corner = rack.viewport().mapToGlobal(rack.visual_rect(1).topLeft())
    assert item.rect().topLeft() == corner
    rack.show_tiles(rack.tiles, (0,))
    assert not item.isValid()
    assert interface.childCount() == 1
    assert item.text(QAccessible.Text.Name) == ""


def test_racks_come_and_go_with_their_interfaces(qtbot: QtBot, ui_context: Context) -> None:
    from ui.widgets import rack_accessible

    before = len(rack_accessible._interfaces)
    gone = []
    for _ in range(20):
        rack = Rack(ui_context)
        assert QAccessible.queryAccessibleInterface(rack).childCount() == 0
        gone.append(ref(rack))
        rack.deleteLater()
        del rack
    settle()
    gc.collect()
    assert len(rack_accessible._interfaces) == before
    assert [rack() for rack in gone] == [None] * len(gone)


def test_a_tile_is_described_with_what_is_known(rack: Watched) -> None:
    tile = replace(rack.tile(1), guest="张*")
    rack.show_tiles((rack.tile(0), tile), (0, 1))
    assert "，张*，" in rack.describe(1)
    assert rack.describe(0) == "1-201，空净"
