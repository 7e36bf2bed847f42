"""房屋: the tree level by level, searching, fetching all of it, what is owed; over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.house import House, HousePath
from station.errors import Code, Unreachable
from station.simulators.property import money
from station.workflows import house_tree
from tests.ui.conftest import CLERK
from ui.context import Context
from ui.presenters.house_debts import HouseDebts
from ui.presenters.house_fetch import HouseFetch
from ui.presenters.house_index import HouseIndex
from ui.presenters.houses import ROOT, HousesPresenter, HousesState, key_of
from ui.presenters.said import Tone

DEADLINE_MS = 15_000
FIRST = "晨曦家园1栋1单元1楼101号"


class Bench:
    """The tree's presenters and the simulated platform."""

    def __init__(self, qtbot: QtBot, context: Context, simulation: Simulation) -> None:
        self.qtbot, self.context, self.simulation = qtbot, context, simulation
        self.houses, self.fetch = HousesPresenter(context), HouseFetch(context)
        self.debts = HouseDebts(context)

    @property
    def state(self) -> HousesState:
        return self.houses.state

    @property
    def calls(self) -> int:
        return len(self.simulation.property.sim.calls.all())

    def until(self, wanted: object) -> None:
        assert callable(wanted)
        self.qtbot.waitUntil(wanted, timeout=DEADLINE_MS)

    def calm(self) -> None:
        lanes = self.context.lanes
        self.until(lambda: not (lanes.journal.busy or lanes.asking))

    def begin(self) -> None:
        self.houses.begin()
        self.calm()

    def open_first(self) -> HousePath:
        """Down the first branch to its first house."""
        self.begin()
        level = self.state.levels[ROOT]
        while not isinstance(level.nodes[0], House):
            node = level.nodes[0]
            self.houses.open(node)
            self.calm()
            level = self.state.levels[key_of(node)]
        self.calm()
        return next(iter(house_tree.all_houses(self.context.desk)))

    def fetch_all(self) -> None:
        self.fetch.start()
        self.until(lambda: not self.fetch.state.running)
        self.houses.reload()
        self.calm()


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[Bench]:
    ui_context.session.set(CLERK)
    made = Bench(qtbot, ui_context, simulation)
    yield made
    made.calm()
    for presenter in (made.houses, made.fetch, made.debts):
        presenter.close()


def test_levels_are_fetched_as_they_are_opened_and_kept(bench: Bench) -> None:
    path = bench.open_first()
    assert path.full_name == FIRST
    assert [node.name for node in bench.state.levels[ROOT].nodes] == ["晨曦家园", "交运里"]
    level = bench.state.levels[key_of(path.floor)]
    assert [node.name for node in level.nodes] == ["101号", "102号", "103号", "104号"]
    assert level.at is not None
    before = bench.calls
    again = HousesPresenter(bench.context)
    again.begin()
    again.open(path.floor)
    bench.calm()
    assert key_of(path.floor) in again.state.levels
    assert bench.calls == before, "what is kept is not asked for again"
    again.close()


def test_offline_what_is_kept_is_shown_with_its_age_and_the_reason(bench: Bench) -> None:
    path = bench.open_first()
    bench.simulation.property.stop()
    bench.houses.refresh(path.floor)
    bench.calm()
    level = bench.state.levels[key_of(path.floor)]
    assert isinstance(level.error, Unreachable)
    assert len(level.nodes) == 4
    assert level.at is not None
    other = next(node for node in bench.state.levels[ROOT].nodes if node.name == "交运里")
    bench.houses.open(other)
    bench.calm()
    assert bench.state.levels[key_of(other)].at is None, "nothing was kept of it"
    bench.simulation.property.start()
    bench.houses.open(other)
    bench.calm()
    assert bench.state.levels[key_of(other)].nodes, "opened again, it is asked for again"


def test_an_old_level_is_shown_at_once_and_asked_for_again(bench: Bench) -> None:
    path = bench.open_first()
    bench.simulation.clock.ahead += timedelta(days=3).total_seconds()
    before = bench.calls
    again = HousesPresenter(bench.context)
    again.begin()
    bench.until(lambda: ROOT in again.state.levels)
    bench.calm()
    assert bench.calls == before + 1
    again.close()
    bench.simulation.property.stop()
    offline = HousesPresenter(bench.context)
    offline.begin()
    offline.open(path.community)
    bench.calm()
    level = offline.state.levels[key_of(path.community)]
    assert level.at is not None
    assert bench.context.desk.clock.local() - level.at > timedelta(days=2)
    assert isinstance(level.error, Unreachable)
    offline.close()


@pytest.mark.parametrize(
    ("typed", "best", "count"),
    [
        ("101", FIRST, 12),
        ("1-1-101", FIRST, 2),
        ("cxjy 3d 401", "晨曦家园3栋1单元4楼401号", 2),
        ("cxjy3d2dy4l401", "晨曦家园3栋2单元4楼401号", 1),
        ("jiaoyunli 602", "交运里1栋1单元6楼602号", 4),
        ("ChenXi", FIRST, 192),
        ("晨曦家园10栋2单元6楼604", "晨曦家园10栋2单元6楼604号", 1),
        ("nowhere", None, 0),
    ],
)
def test_houses_are_found(bench: Bench, typed: str, best: str | None, count: int) -> None:
    bench.begin()
    bench.fetch_all()
    assert bench.state.known == 288
    bench.houses.search(typed)
    hits = bench.state.hits
    assert len(hits.houses) == count
    assert (hits.best.full_name if hits.best else None) == best
    bench.houses.take_best()
    assert bench.state.chosen == hits.best


def test_an_empty_search_finds_nothing_and_shows_the_tree() -> None:
    assert HouseIndex().find("  ").houses == ()


def test_fetching_all_tells_how_far_it_is_and_can_be_stopped(bench: Bench) -> None:
    bench.begin()
    bench.simulation.property.sim.inject("late", None, times=None, delay=0.02)
    bench.fetch.start()
    bench.fetch.start()
    bench.until(lambda: bench.fetch.state.done > 2)
    assert bench.fetch.state.total >= bench.fetch.state.done
    bench.fetch.stop()
    assert bench.fetch.state.stopping
    bench.until(lambda: not bench.fetch.state.running)
    said = bench.fetch.state.said
    assert said is not None
    assert said.title == "houses.fetch_stopped"
    bench.simulation.property.sim.faults.clear()
    bench.fetch_all()
    assert bench.fetch.state.said is not None
    assert bench.fetch.state.said.facts == {"count": 288}
    assert bench.state.known == 288


def test_a_fetch_ends_with_the_desk_and_says_why_it_did_not_end_well(bench: Bench) -> None:
    bench.begin()
    bench.simulation.property.sim.inject("late", None, times=None, delay=0.02)
    bench.fetch.start()
    bench.until(lambda: bench.fetch.state.done > 2)
    bench.context.session.ending.emit()
    bench.until(lambda: not bench.fetch.state.running)
    bench.simulation.property.sim.faults.clear()
    bench.simulation.property.stop()
    bench.fetch.start()
    bench.until(lambda: not bench.fetch.state.running)
    said = bench.fetch.state.said
    assert said is not None
    assert said.tone is Tone.WARN
    assert isinstance(said.error, Unreachable)


def test_a_lost_token_is_said_and_forgotten_once_it_is_well(bench: Bench) -> None:
    path = bench.open_first()
    sim = bench.simulation.property.sim
    sim.lose_tokens()
    bench.houses.refresh(path.floor)
    bench.calm()
    assert bench.state.trouble is not None
    assert bench.state.trouble.code is Code.PROPERTY_TOKEN_LOST
    bench.debts.answered.connect(bench.houses.heard)
    bench.houses.heard(None)
    assert bench.state.trouble is None


def test_what_a_house_owes_is_known_without_a_name(bench: Bench) -> None:
    path = bench.open_first()
    bench.debts.choose(path)
    bench.debts.ask()
    bench.calm()
    arrears = bench.debts.state.arrears
    assert arrears is not None
    assert arrears.total == Decimal("256.50")
    debt = bench.context.house.debt
    assert debt is not None
    assert (debt.house, debt.total, debt.count) == (FIRST, Decimal("256.50"), 2)
    bench.debts.ask_payments()
    bench.calm()
    assert bench.debts.state.payments is not None
    assert len(bench.debts.state.payments) == 19
    bench.debts.ask_payments()
    assert bench.debts.state.payments is None
    money.set_arrears(bench.simulation.property.sim.estate, 1, [])
    bench.debts.ask()
    bench.calm()
    assert bench.debts.state.arrears is not None
    assert not bench.debts.state.arrears
    assert bench.context.house.debt is None


def test_an_answer_about_a_house_that_was_left_is_dropped(bench: Bench) -> None:
    path = bench.open_first()
    other = house_tree.all_houses(bench.context.desk)[1]
    bench.debts.choose(path)
    bench.debts.ask()
    bench.debts.choose(other)
    bench.calm()
    assert bench.debts.state.arrears is None
    assert bench.context.house.debt is None


def test_a_debt_is_forgotten_with_the_operator(bench: Bench) -> None:
    bench.debts.choose(bench.open_first())
    bench.debts.ask()
    bench.calm()
    assert bench.context.house.debt is not None
    bench.context.session.set(None)
    assert bench.context.house.debt is None
    bench.context.session.set(CLERK)
    bench.debts.remind()
    assert bench.context.house.debt is not None
