"""Unknown outcomes: never guessed, never written twice, settled by one look at the card."""

from collections.abc import Callable

import pytest

from station.domain.card import CardState
from station.domain.operation import Kind, State
from station.errors import Code, InputInvalid, Refused
from station.ports import StepNotice
from station.workflows import recover
from station.workflows.copy import copy
from station.workflows.extend import extend
from station.workflows.issue import issue
from station.workflows.move import move
from station.workflows.opening import Certainty, openers
from station.workflows.read import read
from station.workflows.recycle import recycle
from station.workflows.replace import replace
from station.workflows.result import CardResult
from tests.desk_rig import WANG, DeskRig

DONE_FAULTS = ["drop_after", "half_body", "not_json", "wrong_shape", "gbk", "cut_json"]
NOT_DONE_FAULTS = ["drop_before"]


class Killed(BaseException):
    """Stands for the program's end: no `except Exception` sees it."""


def kill_at(rig: DeskRig, step: str, state: str) -> None:
    def watch(notice: StepNotice) -> None:
        if (notice.step, notice.state) == (step, state):
            raise Killed

    rig.desk = rig.new_desk(watch=watch)


def revive(rig: DeskRig) -> None:
    rig.restart()
    rig.desk = rig.new_desk()


def test_a_lost_answer_leaves_the_operation_unknown_and_one_read_settles_it(
    rig: DeskRig,
) -> None:
    card = rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.UNKNOWN
    assert result.error is not None
    assert result.error.code is Code.OUTCOME_UNKNOWN
    assert rig.writes() == 1, "never written twice by accident"
    (row,) = recover.unresolved(rig.desk)
    assert row.operation == result.operation
    (possible,) = openers(rig.desk, rig.room("1-101"))
    assert possible.certainty is Certainty.PERHAPS
    settled = recover.resolve(rig.desk, WANG)
    assert [(one.operation, one.state) for one in settled] == [(result.operation, State.DONE)]
    assert recover.unresolved(rig.desk) == []
    (opener,) = openers(rig.desk, rig.room("1-101"))
    assert (opener.card.card_id, opener.certainty) == (card.card_id, Certainty.OPENS)
    assert rig.writes() == 1


@pytest.mark.parametrize("fault", [*DONE_FAULTS, *NOT_DONE_FAULTS])
def test_every_bad_answer_ends_done_or_not_written(rig: DeskRig, fault: str) -> None:
    card = rig.put()
    rig.sim.inject(fault, "MarkRoomCard")
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state in {State.UNKNOWN, State.DONE}
    if result.state is State.UNKNOWN:
        (row,) = recover.resolve(rig.desk, WANG)
        assert row.state is (State.DONE if card.memory else State.FAILED)
        assert (row.error == "not_written") == (card.memory is None)
    assert rig.writes() == 1
    assert bool(openers(rig.desk, rig.room("1-101"))) == rig.opens(card, "1-101")


def test_an_answer_after_the_time_out_is_still_one_card(rig: DeskRig) -> None:
    card = rig.put()
    rig.sim.inject("hang_after_effect", "MarkRoomCard")
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.UNKNOWN
    rig.sim.faults.release()
    reading = read(rig.desk, WANG)
    assert reading.result.settled == (result.operation,)
    assert rig.row(result).state is State.DONE
    assert rig.opens(card, "1-101")
    assert rig.writes() == 1


def test_looking_before_the_next_write_settles_the_last_one(rig: DeskRig) -> None:
    """The clerk tries again: the card is there already, and is handed over instead."""
    card = rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    first = issue(rig.desk, WANG, rig.stay("1-101"))
    again = issue(rig.desk, WANG, rig.stay("1-101"))
    assert again.state is State.REFUSED
    assert again.error is not None
    assert again.error.code is Code.ALREADY_WRITTEN
    assert again.settled == (first.operation,)
    assert rig.row(first).state is State.DONE
    assert rig.opens(card, "1-101")
    assert rig.writes() == 1


def test_a_copys_elder_does_not_pass_for_the_copy(rig: DeskRig) -> None:
    elder = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    younger = rig.put()
    rig.sim.inject("drop_before", "MarkRoomCard")
    unknown = copy(rig.desk, WANG, rig.room("1-101"))
    assert unknown.state is State.UNKNOWN
    rig.put(elder)
    assert read(rig.desk, WANG).result.settled == ()
    with pytest.raises(Refused) as caught:
        recover.resolve(rig.desk, WANG)
    assert caught.value.code is Code.WRONG_CARD
    rig.put(younger)
    (row,) = recover.resolve(rig.desk, WANG)
    assert (row.state, row.error) == (State.FAILED, "not_written")


def test_a_read_back_that_fails_is_unknown(rig: DeskRig) -> None:
    card = rig.put()
    rig.sim.inject("hang", "ReadCard", skip=1)
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.UNKNOWN
    assert result.card_id == card.card_id
    rig.sim.faults.release()
    (row,) = recover.resolve(rig.desk, WANG)
    assert row.state is State.DONE


def test_a_service_that_is_not_there_writes_nothing(rig: DeskRig) -> None:
    rig.put()
    rig.lock_server.stop()
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.FAILED
    assert result.error is not None
    assert result.error.exit_status == 5
    assert recover.unresolved(rig.desk) == []
    rig.lock_server.start()
    assert issue(rig.desk, WANG, rig.stay("1-101")).state is State.DONE


Work = Callable[[DeskRig], CardResult]


def vacant(rig: DeskRig) -> str:
    return next(row.room.name for row in rig.journal.rack() if row.stay is None)


WORK: dict[str, Work] = {
    "issue": lambda rig: issue(rig.desk, WANG, rig.stay(vacant(rig))),
    "copy": lambda rig: copy(rig.desk, WANG, rig.room("1-101")),
    "extend": lambda rig: extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(3)),
    "move": lambda rig: move(rig.desk, WANG, rig.room("1-101"), rig.room("1-103")),
    "replace": lambda rig: replace(rig.desk, WANG, rig.room("1-101")),
    "recycle": lambda rig: recycle(rig.desk, WANG),
}
BOUNDARIES = [
    (step, state)
    for step in ("record", "look", "write", "clear", "read_back", "compare", "outcome")
    for state in ("begin", "done")
]


@pytest.mark.parametrize("work", sorted(WORK))
def test_cut_at_every_boundary_one_read_settles_it(rig: DeskRig, work: str) -> None:
    stays_card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    for step, state in BOUNDARIES:
        revive(rig)
        rig.tick(5)
        card = stays_card if work in {"extend", "recycle", "move"} else rig.world.new_card()
        rig.put(card)
        before = card.memory
        kill_at(rig, step, state)
        try:
            WORK[work](rig)
        except Killed:
            pass
        else:
            continue  # this work has no such boundary
        revive(rig)
        open_before = recover.unresolved(rig.desk)
        if open_before:
            (row,) = recover.resolve(rig.desk, WANG)
            wrote = card.memory != before
            assert row.state is (State.DONE if wrote else State.FAILED), (step, state)
        assert recover.unresolved(rig.desk) == []
        opening = {one.card_id for one in rig.world.opening_cards("1-101")}
        said = {one.card.card_id for one in openers(rig.desk, rig.room("1-101"))}
        assert opening == said, (step, state)
        assert rig.journal.verify().ok
        if rig.journal.stays(rig.room("1-101").id)[0].closed:
            return  # moved or returned: nothing left to cut


def test_setting_aside_keeps_the_card_listed_as_possible(rig: DeskRig) -> None:
    rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    with pytest.raises(InputInvalid):
        recover.set_aside(rig.desk, WANG, result.operation, " ")
    row = recover.set_aside(rig.desk, WANG, result.operation, "卡被客人带走")
    assert (row.state, row.reason) == (State.SET_ASIDE, "卡被客人带走")
    assert recover.unresolved(rig.desk) == []
    (row_of_card,) = rig.journal.live_cards(rig.room("1-101").id)
    assert row_of_card.state is CardState.POSSIBLE
    with pytest.raises(Refused) as caught:
        recover.set_aside(rig.desk, WANG, result.operation, "再来一次")
    assert caught.value.code is Code.NOT_UNRESOLVED


def test_set_aside_and_resolve_name_what_they_do_not_know(rig: DeskRig) -> None:
    with pytest.raises(InputInvalid) as unknown:
        recover.set_aside(rig.desk, WANG, "260101000000-abcdef", "不知道")
    assert unknown.value.code is Code.OPERATION_UNKNOWN
    with pytest.raises(Refused) as caught:
        recover.resolve(rig.desk, WANG, "260101000000-abcdef")
    assert caught.value.code is Code.NOT_UNRESOLVED
    assert recover.resolve(rig.desk, WANG) == []


def test_several_unresolved_need_a_name_when_the_card_fits_none(rig: DeskRig) -> None:
    names, cards = [], []
    for room in ("1-101", "1-102"):
        cards.append(rig.put())
        rig.sim.inject("drop_before", "MarkRoomCard")
        names.append(issue(rig.desk, WANG, rig.stay(room)).operation)
    with pytest.raises(Refused) as caught:
        recover.resolve(rig.desk, WANG)
    assert caught.value.code is Code.WHICH_OPERATION
    assert all(name in str(caught.value.context["operations"]) for name in names)
    rig.put(cards[0])
    (row,) = recover.resolve(rig.desk, WANG, names[0])
    assert row.operation == names[0]
    (left,) = recover.unresolved(rig.desk)
    assert left.operation == names[1]


def test_what_a_live_program_does_is_left_alone(rig: DeskRig) -> None:
    rig.put()
    kill_at(rig, "write", "begin")
    with pytest.raises(Killed):
        issue(rig.desk, WANG, rig.stay("1-101"))
    revive(rig)
    with rig.encoder.exclusive():
        assert recover.adopt_interrupted(rig.desk) == []
    (operation,) = recover.adopt_interrupted(rig.desk)
    assert rig.row(operation).kind is Kind.ISSUE
    assert rig.row(operation).state is State.UNKNOWN
