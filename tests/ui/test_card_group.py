"""Group encoding over the simulated desk: rooms one after another, and those that fail."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import Kind, State
from station.errors import Code
from tests.ui.card_bench import CardBench, card_bench
from ui.context import Context
from ui.presenters.card_group import GroupPhase, GroupWork
from ui.presenters.card_state import StayInput


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[CardBench]:
    with card_bench(qtbot, ui_context, simulation) as made:
        yield made


def group_of(bench: CardBench, *names: str) -> GroupWork:
    bench.quiet()
    rooms = [bench.context.desk.room(name) for name in names]
    return GroupWork(bench.context, rooms, bench.state.seen)


def waits_for(bench: CardBench, work: GroupWork, room: str) -> None:
    bench.until(
        lambda: (
            work.state.phase is GroupPhase.WAIT
            and work.state.next_room is not None
            and work.state.next_room.name == room
        )
    )


def test_cards_follow_one_another_and_each_opens_its_room(bench: CardBench) -> None:
    cards = [bench.put()]
    bench.until(lambda: bench.state.seen.uid == cards[0].uid)
    work = group_of(bench, "1-301", "1-302", "1-303")
    assert work.state.end == bench.end(1)
    work.submit(StayInput())
    for room in ("1-302", "1-303"):
        waits_for(bench, work, room)
        cards.append(bench.put())
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert work.state.done == 3
    assert work.state.left == ()
    for card, room in zip(cards, ("1-301", "1-302", "1-303"), strict=True):
        assert bench.opens(card, room)
    assert {row.kind for row in bench.operations()} == {Kind.GROUP, Kind.ISSUE}
    work.close()


def test_a_failing_room_stays_in_the_list_and_is_tried_again(bench: CardBench) -> None:
    bench.lived_in("1-302")
    cards = [bench.put()]
    bench.until(lambda: bench.state.seen.uid == cards[0].uid)
    work = group_of(bench, "1-301", "1-302", "1-303")
    bench.fault("refuse", "MarkRoomCard", skip=1)
    work.submit(StayInput())
    for room in ("1-302", "1-303"):
        waits_for(bench, work, room)
        cards.append(bench.put())
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert [one.state for one in work.state.rooms] == [State.DONE, State.REFUSED, State.REFUSED]
    codes = [one.error.code for one in work.state.rooms if one.error is not None]
    assert codes == [Code.ROOM_OCCUPIED, Code.DOOR_LOCK_REFUSED]
    assert [room.name for room in work.state.left] == ["1-302", "1-303"]
    work.again()
    bench.until(lambda: work.state.phase is not GroupPhase.RESULT)
    waits_for(bench, work, "1-303")
    cards.append(bench.put())
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert [one.state for one in work.state.rooms] == [State.DONE, State.REFUSED, State.DONE]
    assert bench.opens(cards[-1], "1-303")
    work.close()


def test_esc_ends_the_row_and_keeps_what_was_written(bench: CardBench) -> None:
    card = bench.put()
    bench.until(lambda: bench.state.seen.uid == card.uid)
    work = group_of(bench, "1-301", "1-302")
    work.submit(StayInput())
    waits_for(bench, work, "1-302")
    work.stop()
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert [one.state for one in work.state.rooms] == [State.DONE, None]
    assert bench.opens(card, "1-301")
    work.close()


def test_an_unknown_outcome_ends_the_row_and_is_not_tried_again(bench: CardBench) -> None:
    card = bench.put()
    bench.until(lambda: bench.state.seen.uid == card.uid)
    work = group_of(bench, "1-301", "1-302")
    bench.fault("drop_after", "MarkRoomCard")
    work.submit(StayInput())
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert [one.state for one in work.state.rooms] == [State.UNKNOWN, None]
    assert [room.name for room in work.state.left] == ["1-302"]
    work.close()


def test_without_a_reader_enter_goes_on(bench: CardBench) -> None:
    bench.unplug_reader()
    first = bench.put()
    work = group_of(bench, "1-301", "1-302")
    work.submit(StayInput())
    waits_for(bench, work, "1-302")
    second = bench.put()
    work.go_on()
    work.go_on()
    bench.until(lambda: work.state.phase is GroupPhase.RESULT)
    assert bench.opens(first, "1-301")
    assert bench.opens(second, "1-302")
    assert bench.writes("MarkRoomCard") == 2
    work.close()


def test_closing_the_window_lets_the_lane_go(bench: CardBench) -> None:
    card = bench.put()
    bench.until(lambda: bench.state.seen.uid == card.uid)
    work = group_of(bench, "1-301", "1-302")
    work.submit(StayInput())
    waits_for(bench, work, "1-302")
    work.close()
    bench.until(lambda: not bench.context.lanes.encoder.busy)
