"""Cards that are quicker than the panel: put down before it looks, before it begins to wait."""

import threading
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import State
from station.ports import ReaderState, ReaderView
from tests.ui.card_bench import DEADLINE_MS, CardBench, card_bench
from ui.context import Context
from ui.presenters.card_group import GroupPhase, GroupWork
from ui.presenters.card_next import NextCard, card_there
from ui.presenters.card_state import Action, Lying, Phase, StayInput, Tone


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[CardBench]:
    with card_bench(qtbot, ui_context, simulation) as made:
        yield made


def test_a_card_put_down_before_the_panel_looked_is_written(bench: CardBench) -> None:
    bench.choose("1-301")
    bench.sees(Lying.NOTHING)
    bench.quiet()
    held = threading.Event()
    bench.context.lanes.encoder.submit(lambda: held.wait(DEADLINE_MS / 1000))
    card = bench.put()
    bench.until(lambda: card_there(bench.work.watch.view))
    assert bench.state.seen.lying is Lying.NOTHING, "the panel could not look yet"
    bench.order(Action.ISSUE)
    held.set()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(card, "1-301")


def test_a_next_card_put_down_before_the_panel_waits_is_written(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.sees(Lying.BLANK)
    bench.quiet()
    bench.order(Action.ISSUE, cards="2")
    deadline = monotonic() + DEADLINE_MS / 1000
    while not any(row.state is State.DONE for row in bench.operations()):
        assert monotonic() < deadline  # the first card, while nothing reaches the panel
        sleep(0.01)
    bench.lift()
    other = bench.put()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert len(bench.outcome.made) == 2
    assert bench.opens(other, "1-301")


def test_a_card_put_down_after_the_group_was_opened_begins_it(bench: CardBench) -> None:
    bench.sees(Lying.NOTHING)
    bench.quiet()
    rooms = [bench.row(name).room for name in ("1-301", "1-303")]
    work = GroupWork(bench.context, rooms, bench.state.seen)
    bench.work.paused = True
    card = bench.put()
    bench.until(lambda: card_there(bench.work.watch.view))
    work.submit(StayInput())
    bench.until(lambda: work.state.done == 1)
    assert bench.opens(card, "1-301")
    bench.until(lambda: work.state.phase is GroupPhase.WAIT)
    work.stop()
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    work.close()


def _view(state: ReaderState, uid: str = "", tap: int = 1) -> ReaderView:
    return ReaderView(state=state, uid=uid, tap=tap)


@pytest.mark.parametrize(
    ("view", "there"),
    [
        (None, False),
        (_view(ReaderState.EMPTY), False),
        (_view(ReaderState.CARD, "04AA"), False),
        (_view(ReaderState.CARD_RANDOM, "08BB"), False),
        (_view(ReaderState.CARD, "04BB"), True),
    ],
)
def test_only_another_card_counts_as_the_next(view: ReaderView | None, there: bool) -> None:
    assert NextCard("0001", "04AA", 1).lies_there(view) is there
    assert not NextCard("0001", "", 1).lies_there(view), "whose UID nobody knows"
