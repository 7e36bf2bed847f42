"""The history's page over real operations: list, details, a card's life, roles, words, looks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.ports import HistoryFilter
from station.workflows.desk import Desk
from station.workflows.issue import NewStay, issue
from station.workflows.read import read
from station.workflows.recycle import recycle
from ui.context import Context
from ui.pages.history import HistoryPage, build
from ui.presenters.history_lines import COLUMNS
from ui.theme.tokens import Look

CLERK = Operator("王芳", Role.CLERK)
SUPERVISOR = Operator("李主管", Role.SUPERVISOR)
GUEST = Person("张三", "13800000001")


def stay_of(desk: Desk, place: int) -> NewStay:
    room = desk.journal.rooms()[place]
    until = desk.clock.local().replace(microsecond=0) + timedelta(days=1)
    return NewStay(room, until, GUEST)


@pytest.fixture
def cards(simulation: Simulation) -> list[str]:
    """Two cards issued (by the clerk, by the supervisor), one of them recycled and issued again."""
    desk, world = simulation.station.desk, simulation.world
    one, other = world.new_card(), world.new_card()
    world.put(one)
    issue(desk, CLERK, stay_of(desk, 0))
    world.lift()
    world.put(other)
    issue(desk, SUPERVISOR, stay_of(desk, 1))
    world.lift()
    world.put(one)
    recycle(desk, SUPERVISOR)
    issue(desk, SUPERVISOR, stay_of(desk, 2))
    world.lift()
    read(desk, CLERK)  # nothing lies there
    return [one.uid, other.uid]


@pytest.fixture
def page(qtbot: QtBot, ui_context: Context, cards: list[str]) -> Iterator[HistoryPage]:
    made = build(ui_context)
    assert isinstance(made, HistoryPage)
    qtbot.addWidget(made)
    made.resize(1294, 700)
    made.show()
    made.activated()
    settle(qtbot, made)
    yield made
    made.close_page()
    made.hide()


def settle(qtbot: QtBot, page: HistoryPage) -> None:
    parts = (page.presenter, page.details, page.life)
    qtbot.waitUntil(
        lambda: not page.presenter.state.loading and not any(part.busy for part in parts)
    )


def texts(widget: QWidget) -> str:
    labels = cast("list[QLabel]", widget.findChildren(QLabel))
    return "\n".join(label.text() for label in labels if label.isVisibleTo(widget))


def pick(qtbot: QtBot, page: HistoryPage, kind: Kind, state: State = State.DONE) -> None:
    row = next(
        place
        for place, line in enumerate(page.table.lines)
        if (line.row.kind, line.row.state) == (kind, state)
    )
    page.table.selectRow(row)
    qtbot.waitUntil(lambda: page.details.state.details is not None)
    settle(qtbot, page)


def test_operations_are_listed_newest_first_with_word_colour_and_mark(
    page: HistoryPage, ui_context: Context
) -> None:
    found = ui_context.desk.journal.history(HistoryFilter())
    assert [line.row.operation for line in page.table.lines] == [row.operation for row in found]
    model = page.table.model()
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(len(COLUMNS))]
    assert titles == ["时间", "类型", "房间", "结果", "操作员", "卡", "到期", "说明"]
    done = next(row for row, line in enumerate(page.table.lines) if line.row.state is State.DONE)
    cell = model.index(done, COLUMNS.index("state"))
    assert cell.data() == "完成"
    assert not cell.data(Qt.ItemDataRole.DecorationRole).isNull()
    colour = cell.data(Qt.ItemDataRole.ForegroundRole).color().name()
    assert colour == ui_context.theme.colours.good
    refused = next(line for line in page.table.lines if line.row.state is State.REFUSED)
    assert "读不出" in refused.cells[-1]
    assert "张" not in "".join(
        "".join(line.cells) for line in page.table.lines if not line.row.error
    )


def test_the_details_show_every_step_and_mask_the_guest_until_revealed(
    qtbot: QtBot, page: HistoryPage, ui_context: Context
) -> None:
    pick(qtbot, page, Kind.ISSUE)
    said = texts(page.panel)
    for word in ("开始，已记录", "看卡", "写卡", "读回", "完成", "张* 138****0001", "李主管"):
        assert word in said, word
    assert "13800000001" not in said
    button = page.panel.findChild(QPushButton, "history_reveal")
    assert button is not None
    with qtbot.waitSignal(ui_context.bridge.changed):
        button.click()
    settle(qtbot, page)
    assert "张三 13800000001" in texts(page.panel)
    [newest] = ui_context.desk.journal.history(HistoryFilter(limit=1))
    assert (newest.kind, newest.operator) == (Kind.PERSON_REVEAL, SUPERVISOR.name)
    qtbot.waitUntil(lambda: page.presenter.state.fresh == 1)
    ui_context.session.set(None)  # the desk is locked
    assert "13800000001" not in texts(page.panel)
    page.panel.copy.emit()
    copied = QGuiApplication.clipboard().text()
    assert "张三" not in copied
    assert "13800000001" not in copied
    assert "kind: issue" in copied


def test_a_tapped_card_shows_its_life_and_only_its_operations(
    qtbot: QtBot, page: HistoryPage, simulation: Simulation, cards: list[str]
) -> None:
    simulation.reader.put(cards[0])
    qtbot.waitUntil(lambda: page.life.state.life is not None)
    settle(qtbot, page)
    assert {line.row.uid for line in page.table.lines} == {cards[0]}
    life = page.life.state.life
    assert life is not None
    rooms = [room.name for room in simulation.station.desk.journal.rooms()[:3]]
    assert [stay.room for stay in life.stays] == [rooms[2], rooms[0]]
    assert [stay.state for stay in life.stays] == ["out", "returned"]
    assert life.made_by == ("李主管", "王芳")
    said = texts(page.life_box)
    assert "张* 138****0001" in said
    assert "13800000001" not in said
    page.filters.clear.click()
    settle(qtbot, page)
    assert not page.life_box.isVisible()
    assert len(page.table.lines) > 4


def test_a_clerk_sees_their_own_and_follows_a_card_no_further(
    qtbot: QtBot, page: HistoryPage, ui_context: Context, cards: list[str]
) -> None:
    ui_context.session.set(CLERK)
    settle(qtbot, page)
    assert {line.row.operator for line in page.table.lines} == {CLERK.name}
    assert "24" in page.scope.text()
    assert not page.actions_bar.export.isVisible()
    assert not page.actions_bar.verify.isVisible()
    assert not page.filters.operator.isEnabled()
    page.filters.narrow(card=cards[0])
    qtbot.waitUntil(lambda: page.life.state.life is not None)
    settle(qtbot, page)
    life = page.life.state.life
    assert life is not None
    assert len(life.stays) == 1
    assert life.made_by == (CLERK.name,)
    theirs = ui_context.desk.journal.history(HistoryFilter(operator=SUPERVISOR.name, limit=1))
    page.details.look_at(theirs[0].operation)
    settle(qtbot, page)
    assert page.details.state.details is None


def test_chosen_rows_are_copied_with_titles(page: HistoryPage, qtbot: QtBot) -> None:
    page.table.selectAll()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["时间", "类型", "房间"]
    assert len(lines) == len(page.table.lines) + 1


def test_typing_filters_after_a_moment_and_each_part_can_be_cleared(
    qtbot: QtBot, page: HistoryPage
) -> None:
    everything = len(page.table.lines)
    page.function_key(2)
    assert page.filters.room.hasFocus()
    room = next(line for line in page.table.lines if line.row.kind is Kind.ISSUE).row.room_name
    QTest.keyClicks(page.filters.room, room)
    qtbot.waitUntil(lambda: page.presenter.state.filters.room == room)
    settle(qtbot, page)
    assert {line.row.room_name for line in page.table.lines} == {room}
    page.filters.room.clear()
    settle(qtbot, page)
    assert len(page.table.lines) == everything
    page.filters.kind.setCurrentIndex(page.filters.kind.findData(Kind.RECYCLE.value))
    settle(qtbot, page)
    assert [line.row.kind for line in page.table.lines] == [Kind.RECYCLE]
    page.filters.narrow(text="什么都没有")
    settle(qtbot, page)
    assert page.empty.isVisible()
    assert page.empty.text() == "没有符合的操作"
    page.all.click()
    settle(qtbot, page)
    assert len(page.table.lines) == everything


def test_what_comes_in_is_offered_and_shown_on_demand(
    qtbot: QtBot, page: HistoryPage, simulation: Simulation, ui_context: Context
) -> None:
    top = page.table.lines[0].row.operation
    read(simulation.station.desk, SUPERVISOR)
    ui_context.bridge.changed.emit()
    qtbot.waitUntil(page.fresh.isVisible)
    assert "1" in page.fresh.text()
    assert page.table.lines[0].row.operation == top
    assert page.function_key(5)
    settle(qtbot, page)
    assert page.table.lines[0].row.operation != top
    assert not page.fresh.isVisible()


def test_the_language_switches_in_place(
    qtbot: QtBot, page: HistoryPage, ui_context: Context
) -> None:
    pick(qtbot, page, Kind.ISSUE)
    chosen = page.table.currentIndex().row()
    ui_context.words.switch("en")
    settle(qtbot, page)
    assert page.title.text() == "History"
    assert page.table.model().index(chosen, 1).data() == "Issue"
    assert page.table.currentIndex().row() == chosen
    assert "Begun and written down" in texts(page.panel)
    assert not any("一" <= char <= "鿿" for char in page.actions_bar.export.text())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK, Look.CONTRAST])
def test_every_control_has_a_name_and_no_text_is_cut_off(
    qtbot: QtBot, page: HistoryPage, ui_context: Context, language: str, look: Look
) -> None:
    ui_context.words.switch(language)
    ui_context.theme.choose(look)
    pick(qtbot, page, Kind.ISSUE)
    controls = cast("list[QWidget]", page.findChildren(QWidget))
    for control in controls:
        if not isinstance(control, QAbstractButton | QComboBox | QLineEdit):
            continue
        inside = control.objectName().startswith("qt_") or isinstance(
            control.parentWidget(), QLineEdit | QComboBox
        )
        if not inside and control.isVisible() and control.parentWidget() is not page.table:
            assert control.accessibleName(), (type(control).__name__, control.objectName())
    buttons = cast("list[QPushButton]", page.findChildren(QPushButton))
    for button in buttons:
        if button.isVisible():
            wide = button.fontMetrics().horizontalAdvance(button.text())
            assert wide <= button.width(), button.text()
    assert "history." not in texts(page)
    assert not page.grab().isNull()


@pytest.mark.parametrize("name", ["pdf_list", "pdf_handover"])
def test_a_paper_is_written_where_the_operator_says(
    qtbot: QtBot, page: HistoryPage, tmp_path: Path, name: str
) -> None:
    path = tmp_path / f"{name}.pdf"
    asked: list[str] = []

    def answer(title: str, proposed: str, shown: str) -> str:
        asked.append(proposed)
        return str(path)

    page.actions_bar.ask = answer
    page.actions_bar.prints[name].trigger()
    qtbot.waitUntil(lambda: page.work.state.path == str(path), timeout=60_000)
    assert path.read_bytes().startswith(b"%PDF")
    assert asked[0].endswith(".pdf")
    assert page.bar.isVisible()
    page.bar.dismiss.click()
    assert not page.bar.isVisible()
    page.actions_bar.ask = lambda *_: str(tmp_path / "missing" / "x.pdf")
    page.actions_bar.prints[name].trigger()
    qtbot.waitUntil(page.error.isVisible, timeout=60_000)


def test_nothing_is_awaited_after_the_page_closed(
    qtbot: QtBot, ui_context: Context, cards: list[str], tmp_path: Path
) -> None:
    page = HistoryPage(ui_context)
    qtbot.addWidget(page)
    page.activated()
    page.close_page()
    seen: list[object] = []
    page.presenter.reset.connect(seen.append)
    done: list[object] = []
    ui_context.lanes.journal.submit(lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert seen == []
