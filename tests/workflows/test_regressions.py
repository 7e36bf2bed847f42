"""What random hotels (`tests/model`) found wrong once, each as the few steps that showed it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from station.domain.card import CardState
from station.domain.operation import Kind, State
from station.domain.stay import current_stay
from station.errors import Code, Refused
from station.simulators.calls import Call
from station.simulators.hardware import CardDefect, CardMemory, SimCard
from station.vendors.door_lock.client import DoorLock
from station.workflows import recover
from station.workflows.copy import copy
from station.workflows.desk import Consent
from station.workflows.extend import extend
from station.workflows.issue import issue
from station.workflows.move import move
from station.workflows.opening import Certainty, openers
from station.workflows.recycle import recycle
from station.workflows.replace import replace
from station.workflows.several import group
from tests.desk_rig import LI, WANG, DeskRig

SURE = Consent(overwrite=True, reason="客人坚持")


class Killed(BaseException):
    """Stands for the program's end."""


def said(rig: DeskRig, room: str = "1-101") -> dict[str, Certainty]:
    return {one.card.card_id: one.certainty for one in openers(rig.desk, rig.room(room))}


def opening(rig: DeskRig, room: str = "1-101") -> set[str]:
    return {card.card_id for card in rig.world.opening_cards(room)}


def current(rig: DeskRig, room: str = "1-101") -> str:
    stay = current_stay(rig.journal.stays(rig.room(room).id))
    return stay.id if stay else ""


def issued(rig: DeskRig, room: str = "1-101", *, days: int = 1) -> SimCard:
    card = rig.put()
    result = issue(rig.desk, LI, rig.stay(room, expires_at=rig.tomorrow(days), consent=SURE))
    assert result.state is State.DONE
    return card


def killed(rig: DeskRig, step: str, state: str, work: Callable[[], object]) -> None:
    def watch(notice: object) -> None:
        if (getattr(notice, "step", ""), getattr(notice, "state", "")) == (step, state):
            raise Killed

    rig.desk = rig.new_desk(watch=watch)
    with pytest.raises(Killed):
        work()
    rig.restart()
    rig.desk = rig.new_desk()
    recover.adopt_interrupted(rig.desk)


def test_a_card_still_opens_in_the_second_of_its_end(rig: DeskRig) -> None:
    card = issued(rig)
    assert card.memory is not None
    rig.tick((card.memory.unvalid - rig.clock.local()).total_seconds())
    assert set(said(rig)) == opening(rig) == {card.card_id}
    rig.tick(1)
    assert said(rig) == {}
    assert opening(rig) == set()


def test_a_newer_start_counts_when_its_card_is_no_longer_outside(rig: DeskRig) -> None:
    older = issued(rig, days=5)
    rig.tick()
    newer = issued(rig)
    assert rig.opens(newer, "1-101")
    assert recycle(rig.desk, WANG).state is State.DONE
    assert said(rig) == {older.card_id: Certainty.UNTIL_NEWER_USED}
    assert opening(rig) == set()


def test_a_card_whose_recycling_is_unknown_is_not_sure_to_open(rig: DeskRig) -> None:
    card = issued(rig)
    rig.sim.inject("drop_after", "ClearRoomCard")
    assert recycle(rig.desk, WANG).state is State.UNKNOWN
    assert said(rig) == {card.card_id: Certainty.PERHAPS}
    (row,) = recover.unresolved(rig.desk)
    recover.set_aside(rig.desk, WANG, row.operation, "卡被客人带走")
    assert said(rig) == {card.card_id: Certainty.PERHAPS}


@pytest.mark.parametrize("aside", [False, True])
def test_an_extension_with_an_unknown_outcome_is_listed_until_its_later_end(
    rig: DeskRig, aside: bool
) -> None:
    card = issued(rig)
    rig.sim.inject("drop_after", "MarkRoomCard")
    result = extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(3))
    assert result.state is State.UNKNOWN
    if aside:
        recover.set_aside(rig.desk, WANG, result.operation, "卡被客人带走")
    rig.tick(2 * 86400)
    assert opening(rig) == {card.card_id}
    assert said(rig) == {card.card_id: Certainty.PERHAPS}


def test_a_card_that_may_have_been_written_over_is_not_sure_to_open_its_old_room(
    rig: DeskRig,
) -> None:
    card = issued(rig)
    rig.sim.inject("drop_after", "MarkRoomCard")
    assert issue(rig.desk, LI, rig.stay("1-102", consent=SURE)).state is State.UNKNOWN
    assert said(rig) == {card.card_id: Certainty.PERHAPS}
    assert opening(rig) == set()


def test_a_stay_that_turns_out_to_have_begun_has_its_room(rig: DeskRig) -> None:
    rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    unknown = issue(rig.desk, WANG, rig.stay("1-101"))
    assert current(rig) == "", "nobody lives there yet"
    assert [row.state for row in recover.resolve(rig.desk, WANG)] == [State.DONE]
    assert current(rig) == unknown.stay_id
    rig.put()
    with pytest.raises(Refused) as caught:
        issue(rig.desk, WANG, rig.stay("1-101"))
    assert caught.value.code is Code.ROOM_OCCUPIED


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_unknown_stays_of_a_room_leave_the_newer_one_open(
    rig: DeskRig, order: tuple[int, int]
) -> None:
    cards, stays = [], []
    for _ in range(2):
        cards.append(rig.put())
        rig.sim.inject("drop_after", "MarkRoomCard")
        stays.append(issue(rig.desk, WANG, rig.stay("1-101")).stay_id)
        rig.tick()
    for place in order:
        rig.put(cards[place])
        recover.resolve(rig.desk, WANG)
    assert [one.id for one in rig.journal.stays(rig.room("1-101").id) if not one.closed] == [
        stays[1]
    ]


def test_another_blank_card_does_not_pass_for_the_one_that_was_written(rig: DeskRig) -> None:
    written = rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    for other in (rig.world.new_card(), None):
        rig.lift()
        if other is not None:
            rig.put(other)
        with pytest.raises(Refused) as caught:
            recover.resolve(rig.desk, WANG, result.operation)
        assert caught.value.code is Code.WRONG_CARD
    rig.put(written)
    assert [row.state for row in recover.resolve(rig.desk, WANG)] == [State.DONE]
    assert opening(rig) == set(said(rig)) == {written.card_id}


@pytest.mark.parametrize("boundary", [("record", "done"), ("clear", "begin")])
def test_another_blank_card_does_not_pass_for_the_one_that_was_to_be_cleared(
    rig: DeskRig, boundary: tuple[str, str]
) -> None:
    card = issued(rig)
    killed(rig, *boundary, lambda: recycle(rig.desk, WANG))
    rig.put()
    with pytest.raises(Refused) as caught:
        recover.resolve(rig.desk, WANG)
    assert caught.value.code is Code.WRONG_CARD
    rig.put(card)
    assert [row.state for row in recover.resolve(rig.desk, WANG)] == [State.FAILED]
    assert said(rig) == {card.card_id: Certainty.OPENS}


def test_a_card_of_the_stay_does_not_pass_for_its_copy_with_another_uid(rig: DeskRig) -> None:
    """Two copies with unknown outcomes: each card settles its own."""
    issued(rig)
    copies, operations = [], []
    for _ in range(2):
        copies.append(rig.put())
        rig.sim.inject("drop_after", "MarkRoomCard")
        operations.append(copy(rig.desk, WANG, rig.room("1-101")).operation)
    for card, operation in reversed(list(zip(copies, operations, strict=True))):
        rig.put(card)
        assert [row.operation for row in recover.resolve(rig.desk, WANG)] == [operation]
    assert {card.card_id for card in copies} < set(said(rig)) == opening(rig)


def test_a_card_that_was_readable_and_is_blank_now_was_not_simply_not_written(
    rig: DeskRig,
) -> None:
    card = issued(rig)
    killed(rig, "write", "begin", lambda: issue(rig.desk, LI, rig.stay("1-102", consent=SURE)))
    (row,) = recover.unresolved(rig.desk)
    card.defect = CardDefect.DEAD
    with pytest.raises(Refused) as caught:
        recover.resolve(rig.desk, WANG, row.operation)
    assert caught.value.code is Code.WRONG_CARD


def test_a_card_that_lay_there_when_the_program_ended_settles_what_never_looked(
    rig: DeskRig,
) -> None:
    """Even a card of another room that the look would have refused."""
    issued(rig)
    card = issued(rig, "1-102")
    work = lambda: move(rig.desk, WANG, rig.room("1-101"), rig.room("1-103"))  # noqa: E731
    killed(rig, "record", "done", work)
    assert [row.state for row in recover.resolve(rig.desk, WANG)] == [State.FAILED]
    assert said(rig, "1-102") == {card.card_id: Certainty.OPENS}


def test_the_newer_of_two_operations_on_one_card_is_the_one_that_wrote_it(rig: DeskRig) -> None:
    issued(rig)
    card = rig.put()
    killed(rig, "record", "done", lambda: copy(rig.desk, WANG, rig.room("1-101")))
    rig.sim.inject("drop_after", "MarkRoomCard")
    unknown = copy(rig.desk, WANG, rig.room("1-101"))
    never_looked, written = recover.unresolved(rig.desk)
    assert [row.operation for row in recover.resolve(rig.desk, WANG)] == [unknown.operation]
    assert written.operation == unknown.operation
    (left,) = recover.resolve(rig.desk, WANG)
    assert (left.operation, left.state) == (never_looked.operation, State.FAILED)
    assert rig.row(unknown).state is State.DONE
    assert card.card_id in said(rig)


def test_a_replacement_settled_late_does_not_take_back_what_happened_since(rig: DeskRig) -> None:
    returned, kept = issued(rig), rig.put()
    copy(rig.desk, WANG, rig.room("1-101"))
    new = rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    assert replace(rig.desk, WANG, rig.room("1-101")).state is State.UNKNOWN
    rig.put(returned)
    assert recycle(rig.desk, WANG).state is State.DONE
    rig.put(kept)
    assert extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(3)).state is State.DONE
    rig.put(new)
    assert [row.state for row in recover.resolve(rig.desk, WANG)] == [State.DONE]
    rows = {row.card_id: row for row in rig.journal.live_cards(rig.room("1-101").id)}
    assert set(rows) == {kept.card_id, new.card_id}
    assert (rows[kept.card_id].state, rows[kept.card_id].expires_at) == (
        CardState.LOST,
        rig.tomorrow(3),
    )


def test_a_copy_settled_late_does_not_shorten_the_stay(rig: DeskRig) -> None:
    first, second = issued(rig), rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    assert copy(rig.desk, WANG, rig.room("1-101")).state is State.UNKNOWN
    rig.put(first)
    end = rig.tomorrow(3)
    assert extend(rig.desk, WANG, rig.room("1-101"), end).state is State.DONE
    rig.put(second)
    recover.resolve(rig.desk, WANG)
    (stay,) = rig.journal.stays(rig.room("1-101").id)
    assert stay.expires_at == end


def test_only_cards_that_are_outside_for_certain_become_lost(rig: DeskRig) -> None:
    issued(rig)
    rig.put()
    rig.sim.inject("drop_before", "MarkRoomCard")
    assert copy(rig.desk, WANG, rig.room("1-101")).state is State.UNKNOWN
    rig.put()
    assert replace(rig.desk, WANG, rig.room("1-101")).state is State.DONE
    states = sorted(row.state for row in rig.journal.live_cards(rig.room("1-101").id))
    assert states == [CardState.LOST, CardState.OUT, CardState.POSSIBLE]


def test_a_card_that_reads_back_wrong_is_listed_for_what_it_carries(rig: DeskRig) -> None:
    card = issued(rig, "1-102")
    card.defect = CardDefect.GARBLES  # the end is a day later than was sent
    result = move(rig.desk, WANG, rig.room("1-102"), rig.room("1-101"))
    assert result.state is State.MISMATCH
    assert said(rig, "1-102") == {}, "the desk has seen that it carries another room now"
    rig.tick(86400)
    assert opening(rig) == {card.card_id}
    assert said(rig) == {card.card_id: Certainty.PERHAPS}


def test_a_card_swapped_half_way_leaves_the_written_one_in_doubt(rig: DeskRig) -> None:
    other, card = issued(rig, "1-103"), issued(rig)

    def swap(call: Call) -> None:
        if call.name == "MarkRoomCard":
            rig.put(other)

    rig.sim.after_effect = swap
    result = issue(rig.desk, LI, rig.stay("1-102", consent=SURE))
    rig.sim.after_effect = None
    assert result.state is State.MISMATCH
    assert said(rig) == {card.card_id: Certainty.PERHAPS}
    assert said(rig, "1-102") == {card.card_id: Certainty.PERHAPS}
    assert said(rig, "1-103") == {other.card_id: Certainty.OPENS}


def test_a_card_cleared_by_its_room_is_counted_down_by_its_uid(rig: DeskRig) -> None:
    card = issued(rig)
    rig.sim.inject("refuse", "ReadCard")
    result = recycle(rig.desk, WANG, room=rig.room("1-101"))
    assert (result.state, result.card_id) == (State.DONE, card.card_id)
    assert said(rig) == {}


def test_a_group_cut_short_is_closed_after_a_while(rig: DeskRig) -> None:
    class Hands:
        def next_card(self, number: int, total: int, made: object) -> bool:
            rig.put()
            return True

    rooms = [rig.room("1-101"), rig.room("1-102")]
    killed(rig, "look", "begin", lambda: group(rig.desk, WANG, rooms, rig.tomorrow(), Hands()))
    (row,) = [row for row in rig.rows() if row.kind is Kind.GROUP]
    assert row.state is State.INTENT, "perhaps the operator is fetching the next card"
    rig.tick(11 * 60)
    recover.adopt_interrupted(rig.desk)
    after = rig.journal.operation(row.operation)
    assert after is not None
    assert (after.state, after.error) == (State.FAILED, "interrupted")


class Waiting:
    """An encoder that another program has until just now."""

    def __init__(self, inner: DoorLock, meanwhile: Callable[[], object]) -> None:
        self.inner, self.meanwhile = inner, meanwhile

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        self.meanwhile()
        with self.inner.exclusive():
            yield


def test_rules_hold_for_what_another_program_did_while_this_one_waited(rig: DeskRig) -> None:
    cards = [rig.put()]

    def other_program() -> None:
        assert issue(rig.desk, WANG, rig.stay("1-101")).state is State.DONE
        cards.append(rig.put())
        rig.tick(-3)

    encoder = Waiting(rig.encoder, other_program)
    with pytest.raises(Refused) as caught:
        issue(rig.new_desk(encoder=encoder), WANG, rig.stay("1-101"))
    assert caught.value.code is Code.ROOM_OCCUPIED
    assert rig.writes() == 1
    assert opening(rig) == set(said(rig)) == {cards[0].card_id}


def test_an_end_that_a_later_start_overtakes_is_refused_and_not_left_open(rig: DeskRig) -> None:
    card = rig.put()
    start = rig.clock.local() + timedelta(days=30)
    card.memory = CardMemory(rig.room("1-101").id, start, start + timedelta(days=1))
    result = issue(rig.desk, LI, rig.stay("1-101", consent=SURE))
    assert result.state is State.REFUSED
    assert result.error is not None
    assert result.error.code is Code.END_BEFORE_START
    assert rig.writes() == 0
    assert recover.unresolved(rig.desk) == []
