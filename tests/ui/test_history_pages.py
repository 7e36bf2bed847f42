"""The history's list: every operation once, to the very end and back, in flat memory; filters."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.compose import Station
from station.domain.event import Entry, Payload
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.errors import Code
from station.ports import HistoryFilter
from station.workflows import operators
from tests.bench import journal_data
from tests.ui.history_rig import LI, big_journal, context_over
from ui.context import Context
from ui.presenters.history import AT_ONCE, HistoryPresenter
from ui.presenters.history_filters import Filters, Period
from ui.presenters.history_lines import COLUMNS, Line
from ui.presenters.history_pages import COUNTED, PAGE, WINDOW

OPERATIONS = 2350


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with big_journal(tmp_path_factory.mktemp("history"), OPERATIONS) as made:
        yield made


@pytest.fixture
def context(qapp: QApplication, station: Station) -> Iterator[Context]:
    with context_over(qapp, station) as made:
        yield made


class Held:
    """What a table would hold: the presenter's batches put together."""

    def __init__(self, presenter: HistoryPresenter) -> None:
        self.lines: list[Line] = []
        self.seen: list[int] = []
        self.most = 0
        presenter.reset.connect(self._reset)
        presenter.appended.connect(self._appended)
        presenter.prepended.connect(self._prepended)
        presenter.dropped.connect(self._dropped)

    @property
    def numbers(self) -> list[int]:
        return [line.row.number for line in self.lines]

    def _reset(self, lines: list[Line]) -> None:
        self.lines = list(lines)
        self.seen = [line.row.number for line in lines]

    def _appended(self, lines: list[Line]) -> None:
        self.lines += lines
        self.seen += [line.row.number for line in lines]
        self.most = max(self.most, len(self.lines))

    def _prepended(self, lines: list[Line]) -> None:
        self.lines[:0] = lines

    def _dropped(self, top: int, bottom: int) -> None:
        self.lines = self.lines[top : len(self.lines) - bottom]


def settle(qtbot: QtBot, presenter: HistoryPresenter) -> None:
    qtbot.waitUntil(lambda: not presenter.state.loading and not presenter.busy)


@pytest.fixture
def presenter(qtbot: QtBot, context: Context) -> Iterator[HistoryPresenter]:
    made = HistoryPresenter(context)
    yield made
    made.close()


def test_paging_to_the_end_and_back_shows_every_operation_once(
    qtbot: QtBot, presenter: HistoryPresenter, station: Station
) -> None:
    held = Held(presenter)
    presenter.recall()
    settle(qtbot, presenter)
    everything = [row.number for row in station.store.walk_history(HistoryFilter())]
    assert len(everything) == OPERATIONS + 1  # and the supervisor's own beginning
    for _ in range(OPERATIONS // PAGE + 2):
        presenter.load_more()
        settle(qtbot, presenter)
    assert held.seen == everything
    assert held.most <= (WINDOW + 1) * PAGE, "memory does not stay flat"
    assert held.numbers == everything[-len(held.numbers) :]
    for _ in range(OPERATIONS // PAGE + 2):
        presenter.load_back()
        settle(qtbot, presenter)
        assert held.numbers == sorted(held.numbers, reverse=True)
        assert len(set(held.numbers)) == len(held.numbers)
    assert held.numbers == everything[: len(held.numbers)]


def test_another_list_comes_in_portions_too(qtbot: QtBot, presenter: HistoryPresenter) -> None:
    portions: list[int] = []
    presenter.reset.connect(lambda lines: portions.append(len(lines)))
    presenter.appended.connect(lambda lines: portions.append(len(lines)))
    presenter.recall()
    settle(qtbot, presenter)
    presenter.filter(Filters(operator="clerk3"))
    settle(qtbot, presenter)
    assert max(portions) == AT_ONCE
    assert sum(portions) == 2 * PAGE
    assert presenter.state.rows == PAGE


def test_another_language_while_the_list_comes_in_is_said_throughout(
    qtbot: QtBot, presenter: HistoryPresenter, context: Context
) -> None:
    held = Held(presenter)
    spoken: list[int] = []

    def switch(lines: list[Line]) -> None:
        if lines and not spoken:
            spoken.append(len(lines))
            context.words.switch("en")
            QTimer.singleShot(0, presenter.reword)

    presenter.reset.connect(switch)
    presenter.recall()
    settle(qtbot, presenter)
    assert spoken == [AT_ONCE]
    assert len(held.lines) == PAGE
    state = COLUMNS.index("state")
    assert all(line.cells[state].isascii() for line in held.lines)


def test_counts_stop_at_a_thousand_and_narrow_ones_are_exact(
    qtbot: QtBot, presenter: HistoryPresenter, station: Station
) -> None:
    presenter.recall()
    settle(qtbot, presenter)
    assert presenter.state.count == COUNTED + 1
    presenter.filter(Filters(operator="clerk3", kind=Kind.COPY))
    settle(qtbot, presenter)
    exact = station.store.count(HistoryFilter(operator="clerk3", kind=Kind.COPY))
    assert 0 < presenter.state.count == exact < COUNTED


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        (Filters(kind=Kind.RECYCLE), lambda row: row.kind is Kind.RECYCLE),
        (Filters(state=State.FAILED), lambda row: row.state is State.FAILED),
        (Filters(operator="clerk7"), lambda row: row.operator == "clerk7"),
        (Filters(text="夜审"), lambda row: "夜审" in row.reason),
        (
            Filters(kind=Kind.ISSUE, state=State.FAILED, text="发卡失败"),
            lambda row: (row.kind, row.state) == (Kind.ISSUE, State.FAILED),
        ),
    ],
)
def test_each_filter_finds_all_that_fits_and_nothing_else(
    qtbot: QtBot,
    presenter: HistoryPresenter,
    station: Station,
    filters: Filters,
    fits: Callable[[object], bool],
) -> None:
    held = Held(presenter)
    presenter.recall()
    presenter.filter(filters)
    settle(qtbot, presenter)
    while held.lines and presenter._pages[-1].behind is not None:
        presenter.load_more()
        settle(qtbot, presenter)
    wanted = [row.number for row in station.store.walk_history(HistoryFilter()) if fits(row)]
    assert held.seen == wanted
    assert wanted
    presenter.filter(Filters())
    settle(qtbot, presenter)


def test_room_and_card_are_found_by_what_people_type(
    qtbot: QtBot, presenter: HistoryPresenter, station: Station
) -> None:
    held = Held(presenter)
    one = next(row for row in station.store.walk_history(HistoryFilter()) if row.card_id)
    for card in (one.card_id, one.card_id.lower(), one.uid, f"0x{one.uid}"):
        presenter.filter(Filters(card=card))
        settle(qtbot, presenter)
        assert one.number in held.numbers, card
        assert {line.row.card_id for line in held.lines} == {one.card_id}
    presenter.filter(Filters(room=one.room_id))
    settle(qtbot, presenter)
    assert {line.row.room_id for line in held.lines} == {one.room_id}


def test_times_are_the_sites_and_asked_for_in_utc(
    qtbot: QtBot, presenter: HistoryPresenter, station: Station
) -> None:
    held = Held(presenter)
    first = journal_data.START + journal_data.STEP * 100
    since = station.clock.to_local(first)
    until = station.clock.to_local(first + journal_data.STEP * 50)
    presenter.filter(Filters(period=Period.CUSTOM, since=since, until=until))
    settle(qtbot, presenter)
    assert len(held.lines) == 50
    assert held.lines[-1].cells[0] == since.strftime("%Y-%m-%d %H:%M:%S")
    before = held.numbers
    presenter.filter(Filters(period=Period.CUSTOM, since=until, until=since))
    settle(qtbot, presenter)
    assert presenter.state.filters.wrong_way_round
    assert held.numbers == before


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        (Filters(room="没有的房"), Code.ROOM_UNKNOWN),
        (Filters(card="!!"), Code.UID_MALFORMED),
        (Filters(text="a\u202eb"), Code.FIELD_CHARACTERS),
    ],
)
def test_a_filter_that_means_nothing_says_so_and_shows_nothing(
    qtbot: QtBot, presenter: HistoryPresenter, filters: Filters, code: Code
) -> None:
    held = Held(presenter)
    presenter.recall()
    presenter.filter(filters)
    settle(qtbot, presenter)
    assert presenter.state.error is not None
    assert presenter.state.error.code is code
    assert held.lines == []
    presenter.filter(Filters())
    settle(qtbot, presenter)
    assert presenter.state.error is None
    assert len(held.lines) == PAGE


def test_new_operations_are_counted_and_never_make_the_list_jump(
    qtbot: QtBot, presenter: HistoryPresenter, context: Context, station: Station
) -> None:
    held = Held(presenter)
    presenter.recall()
    settle(qtbot, presenter)
    presenter.watch(True)
    before = held.numbers
    for number in range(3):
        payload = Payload(state=State.DONE, data={"events": number})
        station.desk.journal.append(Entry(Kind.BACKUP, f"new-{number}", LI.name, payload))
    context.bridge.changed.emit()
    qtbot.waitUntil(lambda: presenter.state.fresh == 3)
    assert held.numbers == before
    presenter.load_more()
    settle(qtbot, presenter)
    assert held.numbers[:PAGE] == before
    assert len(set(held.numbers)) == 2 * PAGE
    presenter.refresh()
    settle(qtbot, presenter)
    assert presenter.state.fresh == 0
    assert [line.row.operation for line in held.lines[:3]] == ["new-2", "new-1", "new-0"]


def test_an_operation_that_ends_meanwhile_changes_in_its_place(
    qtbot: QtBot, presenter: HistoryPresenter, context: Context, station: Station
) -> None:
    journal = station.desk.journal
    journal.append(Entry(Kind.ISSUE, "under-way", LI.name, Payload(state=State.INTENT)))
    Held(presenter)
    changed: list[Line] = []
    presenter.updated.connect(changed.extend)
    presenter.recall()
    presenter.filter(Filters(state=State.INTENT))
    settle(qtbot, presenter)
    presenter.watch(True)
    presenter.sight(0, 20)
    journal.append(Entry(Kind.ISSUE, "under-way", LI.name, Payload(state=State.DONE)))
    context.bridge.changed.emit()
    qtbot.waitUntil(lambda: bool(changed))
    assert [line.row.state for line in changed] == [State.DONE]


def test_a_clerk_sees_only_their_own_last_day_and_the_page_says_so(
    qtbot: QtBot, presenter: HistoryPresenter, context: Context, station: Station
) -> None:
    clerk = Operator("clerk0", Role.CLERK)
    operators.add(station.desk, LI, clerk.name, clerk.role, "7364")
    held = Held(presenter)
    context.session.set(clerk)
    presenter.recall()
    settle(qtbot, presenter)
    # the made journal is years old, so nothing of it is of the last day
    assert held.lines == []
    assert presenter.state.own_only
    assert not presenter.state.may_export
    done = Payload(state=State.DONE)
    station.desk.journal.append(Entry(Kind.READ, "mine", clerk.name, done))
    station.desk.journal.append(Entry(Kind.READ, "not-mine", LI.name, done))
    presenter.refresh()
    settle(qtbot, presenter)
    assert [line.row.operation for line in held.lines] == ["mine"]


def test_filters_are_remembered_for_each_operator_while_the_program_runs(
    qtbot: QtBot, context: Context, tmp_path: Path
) -> None:
    presenter = HistoryPresenter(context)
    presenter.filter(Filters(text="夜审"))
    settle(qtbot, presenter)
    presenter.close()
    again = HistoryPresenter(context)
    assert again.state.filters.text == "夜审"
    context.session.set(Operator("赵经理", Role.SUPERVISOR))
    other = HistoryPresenter(context)
    assert other.state.filters == Filters()
    again.close()
    other.close()
