"""The card panel's presenter when something is in the way: rules, faults, gates, who sits there."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.event import Entry, Event
from station.domain.operation import Kind, State
from station.domain.room import RoomState
from station.errors import Code, JournalUnsafe
from station.simulators.hardware import CardDefect
from station.workflows.read import Standing
from tests.ui.card_bench import CardBench, card_bench
from tests.ui.conftest import CLERK, SUPERVISOR
from ui.context import Context
from ui.presenters.card_state import Action, AskKind, Lying, Mark, Phase, Tone
from ui.presenters.card_work import CardWork


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[CardBench]:
    with card_bench(qtbot, ui_context, simulation) as made:
        yield made


# rules


def test_a_live_foreign_card_is_asked_about_and_a_yes_goes_on(bench: CardBench) -> None:
    card = bench.foreign("1-302")
    bench.choose("1-301")
    bench.work.watch.look()
    bench.sees(Lying.CARD)
    assert bench.state.seen.standing is Standing.FOREIGN
    assert bench.state.offer.primary is Action.RECYCLE
    writes = bench.writes()
    bench.order(Action.ISSUE)
    bench.phase(Phase.ASK)
    ask = bench.state.ask
    assert ask is not None
    assert ask.kind is AskKind.CONFIRM
    assert ask.error.context["room"] == "1-302"
    assert bench.writes() == writes
    bench.work.agree()
    bench.work.agree()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(card, "1-301")
    assert bench.writes() == writes + 1


def test_declining_writes_nothing(bench: CardBench) -> None:
    bench.foreign("1-302")
    bench.choose("1-301")
    writes = bench.writes()
    bench.order(Action.ISSUE)
    bench.phase(Phase.ASK)
    assert bench.work.cancel()
    assert bench.outcome.tone is Tone.BAD
    assert bench.outcome.error is not None
    assert bench.outcome.error.code is Code.CARD_IN_USE
    assert bench.writes() == writes


def test_a_clerk_reads_the_rule_and_a_supervisor_gives_a_reason(bench: CardBench) -> None:
    first = bench.lived_in("1-301")
    card = bench.put()
    bench.choose("1-301")
    bench.context.session.set(CLERK)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.error is not None
    assert bench.outcome.error.code is Code.ROOM_OCCUPIED
    bench.context.session.set(SUPERVISOR)
    bench.order(Action.ISSUE)
    bench.phase(Phase.ASK)
    assert bench.state.ask is not None
    assert bench.state.ask.kind is AskKind.REASON
    bench.work.agree(" ")
    assert bench.state.ask.problem is not None
    assert bench.state.phase is Phase.ASK
    bench.work.agree("客人坚持换人")
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(card, "1-301")
    assert not bench.opens(first, "1-301")
    assert bench.operations()[0].reason == "客人坚持换人"


# faults


@pytest.mark.parametrize(
    ("fault", "path", "tone", "state", "again"),
    [
        ("refuse", "MarkRoomCard", Tone.BAD, State.REFUSED, True),
        ("http_500", "ReadCard", Tone.BAD, State.FAILED, True),
        ("drop_after", "MarkRoomCard", Tone.DOUBT, State.UNKNOWN, False),
        ("hang_after_effect", "MarkRoomCard", Tone.DOUBT, State.UNKNOWN, False),
        ("not_json", "MarkRoomCard", Tone.DOUBT, State.UNKNOWN, False),
    ],
)
def test_each_kind_of_fault_says_what_became_of_the_card(
    bench: CardBench, fault: str, path: str, tone: Tone, state: State, again: bool
) -> None:
    bench.put()
    bench.choose("1-301")
    bench.fault(fault, path, times=1)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is tone
    assert bench.outcome.again is again
    assert bench.outcome.last is not None
    assert bench.outcome.last.state is state
    assert bench.outcome.error is not None
    assert bench.state.progress is not None
    assert Mark.FAILED in bench.state.progress.marks
    assert bench.writes("MarkRoomCard") <= 1


def test_what_was_unknown_is_settled_by_reading(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    bench.fault("drop_after", "MarkRoomCard")
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    bench.until(lambda: bench.state.room is not None and bench.state.room.unresolved == 1)
    assert bench.state.room is not None
    assert bench.state.room.state is RoomState.UNRESOLVED
    bench.work.dismiss()
    bench.work.watch.look()
    bench.sees(Lying.CARD)
    assert bench.state.offer.primary is Action.READ
    bench.work.begin(Action.READ)
    bench.phase(Phase.RESULT)
    assert [row.state for row in bench.outcome.settled] == [State.DONE]
    bench.until(lambda: bench.state.room is not None and bench.state.room.unresolved == 0)
    assert bench.opens(card, "1-301")


def test_a_card_that_reads_back_wrong_is_a_mismatch(bench: CardBench) -> None:
    bench.put(defect=CardDefect.GARBLES)
    bench.choose("1-301")
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.BAD
    assert bench.outcome.last is not None
    assert bench.outcome.last.state is State.MISMATCH
    assert not bench.outcome.again


def test_no_card_is_refused_by_the_platform_and_may_be_tried_again(bench: CardBench) -> None:
    bench.unplug_reader()
    bench.choose("1-301")
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.BAD
    assert bench.outcome.again
    card = bench.put()
    bench.work.again()
    bench.until(lambda: bench.state.outcome is not None and bench.outcome.made != ())
    assert bench.opens(card, "1-301")


def test_the_encoder_goes_away_and_comes_back(bench: CardBench) -> None:
    bench.quiet()
    bench.fault("http_500", "ReadCard", times=2)
    bench.work.watch.look()
    bench.sees(Lying.UNREACHABLE)
    bench.sees(Lying.NOTHING)  # asked again by itself, until it answers
    bench.quiet()
    looks = bench.looks()
    bench.put()
    bench.sees(Lying.BLANK)
    assert bench.looks() > looks


def test_with_a_reader_the_encoder_is_not_asked_while_nothing_happens(bench: CardBench) -> None:
    bench.quiet()
    assert not bench.work.watch._timer.isActive()


def test_without_a_reader_a_card_is_noticed_by_asking(bench: CardBench) -> None:
    card = bench.lived_in("1-301")
    bench.unplug_reader()
    bench.work.watch.look()
    bench.sees(Lying.BLANK_OR_NOTHING)
    bench.simulation.world.put(card)
    bench.sees(Lying.CARD)
    bench.work.watch.stop()
    assert not bench.work.watch._timer.isActive()


# the gates


def test_one_card_for_room_and_gates_shows_both_outcomes(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, gate=True, name="张三", mobile="13800000001")
    bench.phase(Phase.RESULT)
    assert bench.outcome.made
    bench.until(lambda: bench.state.outcome is not None and not bench.outcome.gate_pending)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.outcome.gate is not None
    kinds = [row.kind for row in bench.operations()]
    assert kinds[:2] == [Kind.RESIDENT_BIND, Kind.ISSUE]


def test_for_the_gates_a_name_and_a_mobile_are_needed_before_anything(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, gate=True)
    assert bench.state.phase is Phase.FORM
    assert bench.state.form is not None
    assert bench.state.form.problem is not None
    assert bench.writes() == 0


def test_the_cloud_failing_never_hides_the_rooms_card(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.simulation.shankai.sim.inject("http_500", None, times=None)
    bench.order(Action.ISSUE, gate=True, name="张三", mobile="13800000001")
    bench.phase(Phase.RESULT)
    bench.until(lambda: not bench.outcome.gate_pending)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.outcome.gate is not None
    assert bench.outcome.gate.state is State.WAITING


# who sits there


def test_locking_the_desk_ends_a_row_and_hides_names(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, cards="2", name="张三")
    bench.phase(Phase.WAIT)
    bench.until(lambda: bench.state.room is not None and bench.state.room.guest != "")
    bench.work.reveal()
    bench.until(lambda: bench.state.revealed is not None)
    bench.context.session.set(None)
    assert bench.state.phase is Phase.RESULT
    assert bench.state.revealed is None
    assert bench.opens(card, "1-301")


def test_nobody_logged_in_writes_nothing(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.context.session.set(None)
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.error is not None
    assert bench.outcome.error.code is Code.NOT_LOGGED_IN
    assert bench.writes() == 0


def test_esc_while_asked_about_a_later_card_keeps_the_first(bench: CardBench) -> None:
    foreign = bench.foreign("1-302")
    bench.lift()
    first = bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, cards="2")
    bench.phase(Phase.WAIT)
    bench.put(foreign)
    bench.phase(Phase.ASK)
    assert bench.work.cancel()
    assert (len(bench.outcome.made), bench.outcome.total) == (1, 2)
    assert bench.opens(first, "1-301")
    assert bench.opens(foreign, "1-302")


def test_a_later_card_that_is_refused_only_asks_for_another(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.fault("refuse", "MarkRoomCard", skip=1)
    bench.order(Action.ISSUE, cards="2")
    bench.phase(Phase.WAIT)
    bench.put()
    bench.until(lambda: bench.state.progress is not None and bench.state.progress.hint is not None)
    bench.quiet()
    assert bench.writes("MarkRoomCard") == 2, "not tried again by itself"
    assert bench.state.phase is Phase.WAIT
    last = bench.put()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(last, "1-301")


def test_a_journal_that_fails_after_the_write_leaves_it_in_doubt(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    journal = bench.context.desk.journal
    append = journal.append

    def fails(entry: Entry, *, durable: bool = True) -> Event:
        if entry.payload.state is State.DONE and entry.kind is Kind.ISSUE:
            raise JournalUnsafe(Code.JOURNAL_FULL)
        return append(entry, durable=durable)

    journal.append = fails  # type: ignore[method-assign]
    bench.order(Action.ISSUE)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.DOUBT
    assert bench.outcome.error is not None
    assert bench.outcome.error.code is Code.JOURNAL_FULL
    assert not bench.outcome.again


def test_closing_the_page_in_mid_write_finishes_the_card(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    bench.fault("late", "MarkRoomCard", delay=0.3)
    bench.order(Action.ISSUE)
    bench.until(lambda: bench.writes("MarkRoomCard") == 1)
    lane = bench.context.lanes.encoder
    bench.work.close()
    bench.until(lambda: not lane.busy)
    assert bench.opens(card, "1-301")
    assert bench.operations()[0].state is State.DONE
    bench.work = CardWork(bench.context)


def test_what_lies_there_is_never_asked_for_while_a_card_is_written(bench: CardBench) -> None:
    bench.unplug_reader()
    bench.put()
    bench.choose("1-301")
    bench.fault("late", "MarkRoomCard", delay=1.5)
    bench.quiet()
    bench.order(Action.ISSUE)
    bench.until(lambda: bench.writes("MarkRoomCard") == 1)
    looks = bench.looks()
    bench.work.watch.look()
    bench.work.watch.look()
    assert bench.work.watch._task is None, "nothing waits behind the write"
    assert bench.looks() == looks
    bench.phase(Phase.RESULT)
