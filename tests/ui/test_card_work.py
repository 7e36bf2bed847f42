"""The card panel's presenter over the simulated desk: every action as it should go."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.card import CardState
from station.domain.operation import Kind, State
from station.domain.room import RoomState
from station.errors import Code
from station.workflows.read import Standing
from tests.ui.card_bench import GUEST, CardBench, card_bench
from ui.context import Context
from ui.presenters.card_state import Action, Lying, Mark, Phase, StayInput, Tone, Unit


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[CardBench]:
    with card_bench(qtbot, ui_context, simulation) as made:
        yield made


# issue


def test_issue_with_defaults_writes_a_card_that_opens_the_door(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    assert bench.state.offer.primary is Action.ISSUE
    bench.work.start_fitting()
    form = bench.state.form
    assert form is not None
    assert form.end == bench.end(1), "the end is shown before anything is written"
    bench.work.submit(form.start)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(card, "1-301")
    assert bench.outcome.end == bench.end(1)
    progress = bench.state.progress
    assert progress is not None
    assert set(progress.marks) == {Mark.DONE}


def test_the_guest_is_kept_and_shown_masked_and_revealed_in_the_journal(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, name="张三", mobile="13800000001")
    bench.phase(Phase.RESULT)
    bench.until(lambda: bench.state.room is not None and bench.state.room.guest != "")
    assert bench.state.room is not None
    assert bench.state.room.guest == "张* 138****0001"
    assert bench.state.revealed is None
    bench.work.reveal()
    bench.until(lambda: bench.state.revealed is not None)
    assert bench.state.revealed == GUEST
    assert bench.operations()[0].kind is Kind.PERSON_REVEAL
    bench.work.reveal()
    assert bench.state.revealed is None
    assert "张三" not in repr(bench.state)


def test_hours_and_a_given_end_are_shown_live(bench: CardBench) -> None:
    bench.choose("1-301")
    bench.work.begin(Action.ISSUE)
    form = bench.state.form
    assert form is not None
    bench.work.edit(replace(form.start, amount="x"))
    assert bench.state.form is not None
    assert bench.state.form.problem is not None
    assert bench.state.form.problem.code is Code.FIELD_NOT_A_NUMBER
    assert bench.state.form.end is None
    bench.work.edit(replace(form.start, unit=Unit.HOURS, amount="3"))
    assert bench.state.form.end is not None
    bench.work.edit(replace(form.start, unit=Unit.UNTIL, amount="2020-01-01 12:00"))
    assert bench.state.form.problem is not None
    assert bench.state.form.problem.code is Code.END_IN_PAST
    bench.work.submit(replace(form.start, unit=Unit.UNTIL, amount="2020-01-01 12:00"))
    assert bench.state.phase is Phase.FORM
    assert bench.writes() == 0


def test_the_write_begins_as_soon_as_a_card_lies_there(bench: CardBench) -> None:
    bench.choose("1-301")
    bench.sees(Lying.NOTHING)
    bench.order(Action.ISSUE)
    assert bench.state.phase is Phase.WAIT
    assert bench.writes() == 0
    card = bench.put()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(card, "1-301")


def test_two_enters_are_one_write(bench: CardBench) -> None:
    bench.put()
    bench.choose("1-301")
    bench.work.begin(Action.ISSUE)
    assert bench.state.form is not None
    start = bench.state.form.start
    for _ in range(3):
        bench.work.submit(start)
        bench.work.start_fitting()
        bench.work.begin(Action.ISSUE)
        bench.work.go_on()
        bench.work.again()
    bench.phase(Phase.RESULT)
    bench.work.start_fitting(firmly=True)  # the second Enter came late: it only leaves the result
    bench.quiet()
    assert bench.state.phase is Phase.REST
    assert bench.writes() == 1


# several cards


def test_the_next_card_follows_by_itself_with_a_reader(bench: CardBench) -> None:
    cards = [bench.put()]
    bench.choose("1-301")
    bench.order(Action.ISSUE, cards="3")
    for number in (2, 3):
        bench.until(
            lambda number=number: (  # type: ignore[misc]
                bench.state.phase is Phase.WAIT
                and bench.state.progress is not None
                and bench.state.progress.number == number
            )
        )
        bench.lift()
        cards.append(bench.put())
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert len(bench.outcome.made) == 3
    assert all(bench.opens(card, "1-301") for card in cards)
    parents = {row.parent for row in bench.operations() if row.kind is Kind.COPY}
    assert parents == {bench.outcome.made[0].operation}


def test_the_same_card_put_again_is_not_written_again(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, cards="2")
    bench.phase(Phase.WAIT)
    bench.lift()
    bench.put(card)
    bench.until(lambda: bench.state.progress is not None and bench.state.progress.same_again)
    assert bench.writes() == 1
    bench.lift()
    bench.put()
    bench.phase(Phase.RESULT)
    assert bench.writes() == 2


def test_without_a_reader_a_lifted_card_is_noticed_and_a_key_goes_on(bench: CardBench) -> None:
    bench.unplug_reader()
    first = bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, cards="2")
    bench.phase(Phase.WAIT)
    bench.lift()
    bench.until(lambda: bench.state.progress is not None and bench.state.progress.lifted)
    second = bench.put()
    assert bench.state.phase is Phase.WAIT, "a blank card cannot be told from none"
    bench.work.go_on()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(first, "1-301")
    assert bench.opens(second, "1-301")


def test_esc_between_two_cards_keeps_the_first(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    bench.order(Action.ISSUE, cards="3")
    bench.phase(Phase.WAIT)
    assert bench.work.cancel()
    assert bench.state.phase is Phase.RESULT
    assert bench.outcome.tone is Tone.PART
    assert (len(bench.outcome.made), bench.outcome.total) == (1, 3)
    assert bench.opens(card, "1-301")


def test_esc_in_mid_write_lets_the_card_finish_and_ends_the_row(bench: CardBench) -> None:
    card = bench.put()
    bench.choose("1-301")
    bench.fault("late", "MarkRoomCard", delay=0.3)
    bench.order(Action.ISSUE, cards="3")
    bench.until(lambda: bench.writes("MarkRoomCard") == 1)
    assert bench.work.cancel()
    assert bench.state.phase is Phase.WRITING
    assert bench.state.progress is not None
    assert bench.state.progress.stopping
    bench.phase(Phase.RESULT)
    assert len(bench.outcome.made) == 1
    assert bench.outcome.made[0].state is State.DONE
    assert bench.opens(card, "1-301")
    assert bench.writes() == 1


# the other actions


def test_copy_asks_for_another_card_while_one_of_the_stay_lies_there(bench: CardBench) -> None:
    first = bench.lived_in("1-301")
    bench.put(first)
    bench.choose("1-301")
    bench.sees(Lying.CARD)
    assert bench.state.offer.primary is Action.EXTEND
    bench.order(Action.COPY)
    assert bench.state.phase is Phase.WAIT
    second = bench.put()
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(first, "1-301")
    assert bench.opens(second, "1-301")


def test_extend_counts_from_the_present_end(bench: CardBench) -> None:
    card = bench.lived_in("1-301")
    bench.put(card)
    bench.choose("1-301")
    bench.sees(Lying.CARD)
    bench.order(Action.EXTEND)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert card.memory is not None
    assert card.memory.unvalid == bench.end(3)


def test_move_writes_for_the_room_that_was_typed_and_follows_the_guest(bench: CardBench) -> None:
    card = bench.lived_in("1-301")
    wanted: list[str] = []
    bench.work.room_wanted.connect(wanted.append)
    bench.put(card)
    bench.choose("1-301")
    bench.sees(Lying.CARD)
    bench.work.begin(Action.MOVE)
    bench.quiet()
    bench.work.edit(StayInput(target="1-30"))
    assert bench.state.form is not None
    assert bench.state.form.target is None
    bench.work.edit(StayInput(target="1-305"))
    assert bench.state.form.target is not None
    assert bench.state.form.target.name == "1-305"
    assert bench.state.form.end == bench.end(2)
    bench.work.submit(StayInput(target="1-305"))
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.opens(card, "1-305")
    assert wanted[-1] == "1-305"


def test_a_guests_card_and_a_vacant_room_offer_the_move(bench: CardBench) -> None:
    card = bench.lived_in("1-301")
    bench.choose("1-305")
    bench.put(card)
    bench.sees(Lying.CARD)
    assert bench.state.offer.primary is Action.MOVE
    bench.work.start_fitting()
    bench.phase(Phase.FORM)
    bench.quiet()
    form = bench.state.form
    assert form is not None
    assert form.target is not None
    assert (bench.state.room and bench.state.room.room.name) == "1-301"
    assert form.target.name == "1-305"
    bench.work.submit(form.start)
    bench.phase(Phase.RESULT)
    assert bench.opens(card, "1-305")


def test_replace_tells_the_risk_and_asks_for_the_other_cards(bench: CardBench) -> None:
    lost = bench.lived_in("1-301")
    kept = bench.put()
    bench.choose("1-301")
    bench.order(Action.COPY)
    bench.phase(Phase.RESULT)
    bench.lift()
    new = bench.put()
    bench.sees(Lying.BLANK)
    bench.order(Action.REPLACE)
    bench.phase(Phase.WAIT)
    assert bench.state.progress is not None
    assert (bench.state.progress.number, bench.state.progress.total) == (2, 2)
    bench.put(kept)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert bench.outcome.last is not None
    assert bench.outcome.last.risk is not None
    assert bench.outcome.last.risk.cards == 1
    assert bench.opens(lost, "1-301"), "until a newer card is used, as the risk says"
    assert bench.opens(new, "1-301")
    assert bench.opens(kept, "1-301")
    assert not bench.opens(lost, "1-301")


def test_a_due_card_is_recycled_first_and_never_by_the_racks_enter(bench: CardBench) -> None:
    card = bench.lived_in("1-301", days=1)
    bench.put(card)
    bench.choose("1-301")
    bench.sees(Lying.CARD)
    facts = bench.state.room
    assert facts is not None
    bench.work._know(replace(facts, by_stay=RoomState.DUE_OUT))
    assert bench.state.offer.primary is Action.RECYCLE
    bench.work.start_fitting()
    assert bench.state.phase is Phase.REST
    bench.work.start_fitting(firmly=True)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert card.memory is None
    bench.until(lambda: bench.state.room is not None and bench.state.room.stay is None)


def test_check_out_takes_cards_back_one_after_another_and_lists_the_lost(bench: CardBench) -> None:
    lost = bench.lived_in("1-301")
    bench.choose("1-301")
    first = bench.put()
    bench.sees(Lying.BLANK)
    bench.order(Action.REPLACE)
    bench.phase(Phase.RESULT)
    second = bench.put()
    bench.sees(Lying.BLANK)
    bench.order(Action.COPY)
    bench.phase(Phase.RESULT)
    bench.quiet()
    bench.order(Action.CHECK_OUT)
    bench.until(lambda: second.memory is None)
    bench.phase(Phase.WAIT)
    bench.put(first)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.GOOD
    assert first.memory is None
    assert lost.memory is not None


def test_check_out_leaves_a_wrong_card_alone(bench: CardBench) -> None:
    other = bench.lived_in("1-302")
    mine = bench.lived_in("1-301")
    bench.choose("1-301")
    bench.sees(Lying.NOTHING)
    bench.order(Action.CHECK_OUT)
    bench.put(other)
    bench.until(lambda: bench.state.progress is not None and bench.state.progress.hint is not None)
    assert bench.state.progress is not None
    assert bench.state.progress.hint is not None
    assert bench.state.progress.hint.code is Code.WRONG_CARD
    bench.quiet()
    assert bench.writes("ClearRoomCard") == 0
    bench.put(mine)
    bench.phase(Phase.RESULT)
    assert mine.memory is None
    assert other.memory is not None


def test_reading_says_whose_card_it_is_and_is_journalled(bench: CardBench) -> None:
    card = bench.lived_in("1-301")
    before = len(bench.operations())
    bench.put(card)
    bench.sees(Lying.CARD)
    assert bench.state.seen.standing is Standing.CURRENT
    assert bench.state.seen.guest == "张* 138****0001"
    assert len(bench.operations()) == before, "looking is not reading"
    bench.work.function_key(3)
    bench.phase(Phase.RESULT)
    assert bench.outcome.tone is Tone.INFO
    assert bench.outcome.room is not None
    assert bench.outcome.room.name == "1-301"
    assert bench.operations()[0].kind is Kind.READ


def test_a_guests_card_chooses_its_room(bench: CardBench) -> None:
    wanted: list[str] = []
    bench.work.room_wanted.connect(wanted.append)
    card = bench.lived_in("1-301")
    bench.put(card)
    bench.until(lambda: bench.state.room is not None)
    assert wanted == ["1-301"]
    assert bench.state.offer.primary is Action.EXTEND


def test_a_lost_card_stays_listed_after_a_check_out(bench: CardBench) -> None:
    bench.lived_in("1-301")
    bench.choose("1-301")
    bench.sees(Lying.NOTHING)
    bench.order(Action.CHECK_OUT)
    bench.phase(Phase.WAIT)
    assert bench.work.cancel()
    assert bench.state.phase is Phase.REST
    bench.order(Action.CHECK_OUT)
    bench.phase(Phase.WAIT)
    assert bench.state.room is not None
    assert [card.state for card in bench.state.room.to_collect] == [CardState.OUT]
