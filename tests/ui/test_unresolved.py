"""待确认: real writes whose answers were dropped, settled by real looks at the card."""

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import Kind, State
from station.errors import Code
from station.simulators.hardware import SimCard
from tests.ui.card_bench import CardBench, card_bench
from tests.ui.conftest import CLERK
from ui.context import Context
from ui.pages.unresolved import UnresolvedPage, build
from ui.presenters.said import Tone
from ui.presenters.unresolved import UnresolvedPresenter, UnresolvedState
from ui.theme.tokens import Look

WRITTEN, LOST = "drop_after", "drop_before"


class Bench:
    """The presenter, and hands that make writes which nobody sees the end of."""

    def __init__(self, desk: CardBench, presenter: UnresolvedPresenter) -> None:
        self.desk, self.presenter = desk, presenter

    @property
    def state(self) -> UnresolvedState:
        return self.presenter.state

    def unknown(self, room: str, fault: str = WRITTEN) -> SimCard:
        card = self.desk.put()
        self.desk.fault(fault, "MarkRoomCard")
        assert self.desk.issue(room).state is State.UNKNOWN
        return card

    def listed(self, count: int) -> None:
        self.presenter.refresh()
        self.desk.until(lambda: self.state.loaded and len(self.state.lines) == count)

    def resolve(self) -> None:
        self.presenter.resolve()
        assert self.state.working
        self.desk.until(lambda: not self.state.working)

    def choose(self, room: str) -> None:
        line = next(line for line in self.state.lines if line.room == room)
        self.presenter.choose(line.operation)


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[Bench]:
    ui_context.session.set(CLERK)
    with card_bench(qtbot, ui_context, simulation) as desk:
        desk.work.watch.stop()
        desk.quiet()
        presenter = UnresolvedPresenter(ui_context)
        yield Bench(desk, presenter)
        desk.until(lambda: not presenter.busy)
        presenter.close()


@pytest.fixture
def page(qtbot: QtBot, ui_context: Context, bench: Bench) -> Iterator[UnresolvedPage]:
    made = build(ui_context)
    assert isinstance(made, UnresolvedPage)
    qtbot.addWidget(made)
    made.show()
    yield made
    bench.desk.until(lambda: not made.presenter.busy)
    made.close_page()


def test_it_says_what_was_meant_and_that_it_was_written(bench: Bench) -> None:
    card = bench.unknown("1-301")
    bench.listed(1)
    line = bench.state.line
    assert line is not None
    assert (line.kind, line.room) == (Kind.ISSUE, "1-301")
    assert line.expires_at == bench.desk.end(2)
    assert line.uid == card.uid
    bench.resolve()
    assert bench.state.said is not None
    assert (bench.state.said.tone, bench.state.said.title) == (Tone.GOOD, "unresolved.write_done")
    bench.desk.until(lambda: not bench.state.lines)
    assert bench.desk.operations()[0].state is State.DONE
    assert bench.desk.opens(card, "1-301")


def test_a_write_that_never_arrived_is_told_so(bench: Bench) -> None:
    bench.unknown("1-301", LOST)
    bench.listed(1)
    bench.resolve()
    assert bench.state.said is not None
    assert bench.state.said.title == "unresolved.write_not"
    bench.desk.until(lambda: not bench.state.lines)
    assert bench.desk.operations()[0].state is State.FAILED


def test_another_card_settles_nothing(bench: Bench) -> None:
    bench.unknown("1-301")
    bench.desk.put()
    bench.listed(1)
    bench.resolve()
    assert bench.state.said is not None
    assert bench.state.said.title == "unresolved.other_card"
    assert bench.state.said.error is not None
    assert bench.state.said.error.code is Code.WRONG_CARD
    assert len(bench.state.lines) == 1


def test_two_presses_are_one_look(bench: Bench) -> None:
    bench.unknown("1-301")
    bench.listed(1)
    looks = bench.desk.looks()
    for _ in range(3):
        bench.presenter.resolve()
    bench.desk.until(lambda: not bench.state.working)
    assert bench.desk.looks() == looks + 1


def test_the_chosen_one_stays_chosen_while_the_list_changes(bench: Bench) -> None:
    bench.unknown("1-301")
    second = bench.unknown("1-302")
    bench.listed(2)
    bench.choose("1-302")
    bench.desk.put(second)
    bench.unknown("1-303")
    bench.listed(3)
    assert bench.state.line is not None
    assert bench.state.line.room == "1-302"


def test_set_aside_needs_a_reason_and_leaves_the_list(bench: Bench) -> None:
    bench.unknown("1-301")
    bench.listed(1)
    bench.presenter.set_aside("")
    bench.desk.until(lambda: not bench.state.working)
    assert bench.state.problem is not None
    assert bench.state.problem.code is Code.FIELD_EMPTY
    bench.presenter.set_aside("卡被客人带走")
    bench.desk.until(lambda: bench.state.said is not None)
    bench.desk.until(lambda: not bench.state.lines)
    row = bench.desk.operations()[0]
    assert (row.state, row.reason) == (State.SET_ASIDE, "卡被客人带走")


def test_the_list_follows_what_other_pages_write(bench: Bench) -> None:
    bench.listed(0)
    bench.unknown("1-301")
    bench.desk.context.bridge.changed.emit()
    bench.desk.until(lambda: len(bench.state.lines) == 1)


def test_nothing_unresolved_is_a_calm_page(page: UnresolvedPage, bench: Bench) -> None:
    page.activated()
    bench.desk.until(lambda: page.presenter.state.loaded)
    assert page.empty.isVisible()
    assert not page.function_key(3)


def test_f3_reads_and_the_page_says_it_large(page: UnresolvedPage, bench: Bench) -> None:
    bench.unknown("1-301")
    page.activated()
    bench.desk.until(lambda: bool(page.presenter.state.lines))
    assert page.room.text() == "1-301"
    assert "1-301" in page.facts.value("meant")
    assert page.function_key(3)
    bench.desk.until(lambda: page.verdict.said is not None)
    assert page.verdict.isVisible()
    assert "写上了" in page.verdict.text
    page._context.words.switch("en")
    assert "Written" in page.verdict.text
    bench.desk.until(lambda: page.empty.isVisible())


def test_the_reason_is_typed_in_place(page: UnresolvedPage, bench: Bench) -> None:
    bench.unknown("1-301")
    page.activated()
    bench.desk.until(lambda: page.open_aside.isVisible())
    page.open_aside.click()
    QTest.keyClicks(page.reason, "x")
    page.aside.click()
    bench.desk.until(lambda: page.error.isVisible())
    QTest.keyClicks(page.reason, "yz")
    page.aside.click()
    bench.desk.until(lambda: page.empty.isVisible())
    assert page.verdict.said is not None
    assert page.verdict.said.title == "unresolved.aside"


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_every_text_is_there_in_both_languages(
    page: UnresolvedPage, bench: Bench, look: Look
) -> None:
    bench.unknown("1-301")
    page._context.theme.choose(look)
    page.activated()
    bench.desk.until(lambda: bool(page.presenter.state.lines))
    for language, read in (("en", "Read the card"), ("zh_CN", "读卡确认")):
        page._context.words.switch(language)
        assert page.read.text().startswith(read)
        assert page.list.item(0).text().count("1-301") == 1
        assert not page.grab().isNull()
