"""Copy, extend, move, replace, recycle and read, against real doors."""

from datetime import timedelta

import pytest

from station.domain.card import Authorisation, CardState
from station.domain.operation import Kind, State
from station.errors import Code, InputInvalid, Refused, StaleStay
from station.simulators.hardware import CardDefect
from station.workflows.copy import copy
from station.workflows.desk import Consent
from station.workflows.extend import extend
from station.workflows.issue import issue
from station.workflows.move import move
from station.workflows.opening import Certainty, openers
from station.workflows.read import Standing, read
from station.workflows.recycle import recycle
from station.workflows.replace import replace
from station.workflows.several import replace_cards
from tests.desk_rig import LI, WANG, DeskRig

BECAUSE = Consent(reason="客人坚持")


def code_of(result: object) -> Code:
    error = result.error  # type: ignore[attr-defined]
    assert error is not None
    return Code(error.code)


def test_rule_4_copy_needs_a_current_stay(rig: DeskRig) -> None:
    rig.put()
    with pytest.raises(Refused) as caught:
        copy(rig.desk, WANG, rig.room("1-101"))
    assert caught.value.code is Code.NO_STAY
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400)
    with pytest.raises(Refused) as caught:
        copy(rig.desk, WANG, rig.room("1-101"))
    assert caught.value.code is Code.STAY_ENDED
    assert rig.writes() == 1


def test_rule_4_an_extension_keeps_the_start_and_moves_the_end(rig: DeskRig) -> None:
    card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    before = card.memory
    rig.tick(3600)
    result = extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(3))
    assert result.state is State.DONE
    assert before is not None
    assert card.memory is not None
    assert card.memory.abkp == before.abkp
    assert card.memory.unvalid == rig.tomorrow(3)
    rig.tick(86400 * 2)
    assert rig.opens(card, "1-101")


def test_rule_4_each_card_is_extended_by_itself(rig: DeskRig) -> None:
    first = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    second = rig.put()
    copy(rig.desk, WANG, rig.room("1-101"))
    end = rig.tomorrow(3)
    assert extend(rig.desk, WANG, rig.room("1-101"), end).state is State.DONE
    again = extend(rig.desk, WANG, rig.room("1-101"), end)
    assert code_of(again) is Code.END_NOT_LATER
    rig.put(first)
    assert extend(rig.desk, WANG, rig.room("1-101"), end).state is State.DONE
    rig.tick(86400 * 2)
    assert rig.opens(first, "1-101")
    assert rig.opens(second, "1-101")


def test_rule_4_an_overdue_guest_may_be_extended(rig: DeskRig) -> None:
    card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400)
    assert not rig.opens(card, "1-101")
    assert extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow()).state is State.DONE
    assert rig.opens(card, "1-101")


def test_rule_4_a_former_guests_card_is_never_revived(rig: DeskRig) -> None:
    """Real hotels were robbed this way."""
    former = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400)
    present = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    assert rig.opens(present, "1-101")
    rig.put(former)
    result = extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(2))
    assert result.state is State.REFUSED
    assert isinstance(result.error, StaleStay)
    assert not rig.opens(former, "1-101")
    with pytest.raises(Refused) as caught:
        extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(2), BECAUSE)
    assert caught.value.code is Code.NOT_ALLOWED


def test_rule_4_a_supervisors_reason_starts_a_new_stay_instead(rig: DeskRig) -> None:
    former = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400)
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.put(former)
    result = extend(rig.desk, LI, rig.room("1-101"), rig.tomorrow(2), BECAUSE)
    assert (result.kind, result.state) == (Kind.ISSUE, State.DONE)
    assert rig.opens(former, "1-101")
    stays = [stay for stay in rig.journal.stays(rig.room("1-101").id) if not stay.closed]
    assert [stay.id for stay in stays] == [result.stay_id]


@pytest.mark.parametrize("what", ["blank", "other room"])
def test_extend_wants_a_card_of_the_stay(rig: DeskRig, what: str) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.put()
    if what == "other room":
        issue(rig.desk, WANG, rig.stay("1-102"))
    result = extend(rig.desk, WANG, rig.room("1-101"), rig.tomorrow(2))
    assert result.state is State.REFUSED
    assert code_of(result) is (Code.CARD_BLANK if what == "blank" else Code.WRONG_CARD)


def test_extend_to_an_earlier_end_is_refused(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    with pytest.raises(InputInvalid) as caught:
        extend(rig.desk, WANG, rig.room("1-101"), rig.clock.local() + timedelta(hours=1))
    assert caught.value.code is Code.END_NOT_LATER


def test_rule_5_a_lost_card_opens_until_the_new_one_is_used(rig: DeskRig) -> None:
    lost = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick()
    new = rig.put()
    result = replace(rig.desk, WANG, rig.room("1-101"))
    assert result.state is State.DONE
    assert result.risk is not None
    assert (result.risk.room.name, result.risk.cards) == ("1-101", 1)
    assert result.risk.until == "2026-03-02 12:00:00"
    assert rig.opens(lost, "1-101"), "the platform has no deny list"
    certain = {one.card.card_id: one.certainty for one in openers(rig.desk, rig.room("1-101"))}
    assert certain == {
        new.card_id: Certainty.OPENS,
        lost.card_id: Certainty.UNTIL_NEWER_USED,
    }
    assert rig.opens(new, "1-101")
    assert not rig.opens(lost, "1-101")


def test_rule_5_every_other_card_is_encoded_again(rig: DeskRig) -> None:
    lost, kept, blank = rig.put(), rig.world.new_card(), rig.world.new_card()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.put(kept)
    copy(rig.desk, WANG, rig.room("1-101"))
    rig.tick()
    rig.put(blank)

    class Hands:
        def next_card(self, number: int, total: int, made: object) -> bool:
            assert (number, total) == (2, 2)
            rig.put(kept)
            return True

    result = replace_cards(rig.desk, WANG, rig.room("1-101"), Hands())
    assert [(card.kind, card.state) for card in result.cards] == [
        (Kind.REPLACE, State.DONE),
        (Kind.REENCODE, State.DONE),
    ]
    assert rig.opens(blank, "1-101")
    assert rig.opens(kept, "1-101")
    assert not rig.opens(lost, "1-101")
    states = {row.card_id: row.state for row in rig.journal.live_cards(rig.room("1-101").id)}
    assert states == {
        lost.card_id: CardState.LOST,
        kept.card_id: CardState.OUT,
        blank.card_id: CardState.OUT,
    }


def test_rule_6_a_move_encodes_the_new_room_and_closes_the_old(rig: DeskRig) -> None:
    card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick()
    result = move(rig.desk, WANG, rig.room("1-101"), rig.room("1-102"))
    assert result.state is State.DONE
    assert result.risk is None
    assert rig.opens(card, "1-102")
    assert not rig.opens(card, "1-101")
    assert all(stay.closed for stay in rig.journal.stays(rig.room("1-101").id))
    assert rig.row(result).room_name == "1-102"


def test_rule_6_cards_not_presented_stay_listed_with_their_end(rig: DeskRig) -> None:
    first = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.put()
    copy(rig.desk, WANG, rig.room("1-101"))
    rig.tick()
    result = move(rig.desk, WANG, rig.room("1-101"), rig.room("1-102"))
    assert result.risk is not None
    assert result.risk.cards == 1
    assert rig.opens(first, "1-101")
    (left,) = openers(rig.desk, rig.room("1-101"))
    assert left.card.card_id == first.card_id
    assert left.until == rig.tomorrow()


def test_rule_6_an_unknown_move_leaves_the_old_stay_open(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick()
    rig.sim.inject("drop_before", "MarkRoomCard")
    assert move(rig.desk, WANG, rig.room("1-101"), rig.room("1-102")).state is State.UNKNOWN
    assert [stay.closed for stay in rig.journal.stays(rig.room("1-101").id)] == [False]


def test_a_move_to_an_occupied_or_the_same_room_is_refused(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-102"))
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    with pytest.raises(Refused) as caught:
        move(rig.desk, WANG, rig.room("1-101"), rig.room("1-102"))
    assert caught.value.code is Code.ROOM_OCCUPIED
    with pytest.raises(InputInvalid) as same:
        move(rig.desk, WANG, rig.room("1-101"), rig.room("1-101"))
    assert same.value.code is Code.SAME_ROOM
    assert rig.writes() == 2


def test_rule_7_recycling_clears_reads_back_and_counts_down(rig: DeskRig) -> None:
    first = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    second = rig.put()
    copy(rig.desk, WANG, rig.room("1-101"))
    result = recycle(rig.desk, WANG)
    assert result.state is State.DONE
    assert result.found is not None
    assert result.room is not None
    assert result.room.name == "1-101"
    assert second.memory is None
    assert [stay.closed for stay in rig.journal.stays(rig.room("1-101").id)] == [False]
    rig.put(first)
    assert recycle(rig.desk, WANG).state is State.DONE
    assert [stay.closed for stay in rig.journal.stays(rig.room("1-101").id)] == [True]
    assert not rig.opens(first, "1-101")


def test_rule_7_a_blank_card_needs_no_clearing(rig: DeskRig) -> None:
    rig.put()
    result = recycle(rig.desk, WANG)
    assert result.state is State.REFUSED
    assert code_of(result) is Code.CARD_ALREADY_BLANK
    assert rig.writes() == 0


def test_rule_7_another_card_than_the_named_one_is_not_cleared(rig: DeskRig) -> None:
    card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    for result in (
        recycle(rig.desk, WANG, card_id="FFFFFFFF"),
        recycle(rig.desk, WANG, room=rig.room("1-102")),
    ):
        assert result.state is State.REFUSED
        assert code_of(result) is Code.WRONG_CARD
    assert rig.opens(card, "1-101")


def test_rule_7_a_card_that_still_reads_is_a_mismatch(rig: DeskRig) -> None:
    card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    card.defect = CardDefect.FORGETS
    result = recycle(rig.desk, WANG)
    assert result.state is State.MISMATCH
    assert [row.state for row in rig.journal.live_cards(rig.room("1-101").id)] == [CardState.OUT]


@pytest.mark.parametrize("defect", [CardDefect.FORGETS, CardDefect.GARBLES])
def test_compare_what_reads_back_differently_must_be_made_again(
    rig: DeskRig, defect: CardDefect
) -> None:
    bad = rig.put()
    issue(rig.desk, WANG, rig.stay("1-102"))
    rig.tick(86400)
    bad.defect = defect
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.MISMATCH
    (row,) = rig.journal.live_cards(rig.room("1-101").id)
    assert row.state is CardState.WRONG
    assert [stay.closed for stay in rig.journal.stays(rig.room("1-101").id)] == [True]
    rig.tick()
    bad.defect = CardDefect.NONE
    again = issue(rig.desk, WANG, rig.stay("1-101"))
    assert again.state is State.DONE
    (row,) = rig.journal.live_cards(rig.room("1-101").id)
    assert row.state is CardState.OUT


def test_a_card_swapped_half_way_is_caught(rig: DeskRig) -> None:
    rig.put()
    blank = rig.world.new_card()

    def swap(call: object) -> None:
        if "MarkRoomCard" in str(getattr(call, "name", call)):
            rig.reader.put(blank.uid)

    rig.sim.after_effect = swap
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.MISMATCH


def test_read_says_what_the_card_is_to_the_desk(rig: DeskRig) -> None:
    card = rig.put()
    blank = read(rig.desk, WANG)
    assert blank.result.state is State.REFUSED
    assert code_of(blank.result) is Code.CARD_UNREADABLE
    issue(rig.desk, WANG, rig.stay("1-101"))
    current = read(rig.desk, WANG)
    assert current.standing is Standing.CURRENT
    assert current.holder
    rig.tick(86400)
    assert read(rig.desk, WANG).standing is Standing.ENDED
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101", expires_at=rig.tomorrow(5)))
    rig.put(card)
    rig.encoder.write(Authorisation(rig.room("1-105").id, rig.clock.local(), rig.tomorrow()))
    assert read(rig.desk, WANG).standing is Standing.FOREIGN
