"""Issuing: a new stay, its first card, and everything that stops it before anything is written."""

from datetime import timedelta

import pytest

from station.domain.card import Authorisation, CardState
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.errors import ClockWentBack, Code, InputInvalid, Refused, StationError
from station.workflows.copy import copy
from station.workflows.desk import Consent
from station.workflows.issue import issue
from station.workflows.several import issue_cards
from tests.desk_rig import GUEST, LI, WANG, DeskRig

BECAUSE = Consent(reason="客人坚持")


def test_a_card_is_written_opens_its_door_and_is_in_the_journal(rig: DeskRig) -> None:
    card = rig.put()
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.DONE
    assert result.card_id == card.card_id
    assert result.uid == card.uid
    assert rig.opens(card, "1-101")
    assert not rig.opens(card, "1-102")
    row = rig.row(result)
    assert (row.kind, row.state, row.operator, row.room_name) == (
        Kind.ISSUE,
        State.DONE,
        "王芳",
        "1-101",
    )
    assert row.card_id == card.card_id
    (stay,) = [stay for stay in rig.journal.stays(rig.room("1-101").id) if not stay.closed]
    assert stay.holder is not None
    assert rig.journal.person(stay.holder) == GUEST
    (row_of_card,) = rig.journal.cards(stay.id)
    assert row_of_card.state is CardState.OUT
    assert rig.journal.verify().ok


def test_the_steps_are_shown_in_order_as_they_happen(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    shown = [(notice.step, notice.state) for notice in rig.notices]
    steps = ["record", "look", "write", "read_back", "compare", "outcome"]
    assert shown == [(step, state) for step in steps for state in ("begin", "done")]


def test_rule_1_every_card_of_a_stay_carries_the_same_start(rig: DeskRig) -> None:
    cards = [rig.put()]
    issue(rig.desk, WANG, rig.stay("1-101"))
    for _ in range(3):
        rig.tick(3600)
        cards.append(rig.put())
        assert copy(rig.desk, WANG, rig.room("1-101")).state is State.DONE
    starts = {card.memory.abkp for card in cards if card.memory}
    assert len(starts) == 1
    assert all(rig.opens(card, "1-101") for card in cards)
    assert rig.opens(cards[0], "1-101"), "the second key must not kill the first guest's"


def test_rule_2_the_next_stay_starts_later_even_within_a_second(rig: DeskRig) -> None:
    first = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    second = rig.put()
    result = issue(rig.desk, LI, rig.stay("1-101", consent=BECAUSE))
    assert result.state is State.DONE
    assert first.memory is not None
    assert second.memory is not None
    assert second.memory.abkp == first.memory.abkp + timedelta(seconds=1)
    assert rig.opens(second, "1-101")
    assert not rig.opens(first, "1-101")


def test_rule_2_a_clock_that_went_back_is_refused_and_a_supervisor_may_go_on(
    rig: DeskRig,
) -> None:
    first = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.lift()
    rig.tick(-3600)
    second = rig.put()
    with pytest.raises(Refused) as occupied:
        issue(rig.desk, WANG, rig.stay("1-101"))
    assert occupied.value.code is Code.ROOM_OCCUPIED
    with pytest.raises(Refused) as caught:
        issue(rig.desk, WANG, rig.stay("1-101", consent=BECAUSE))
    assert caught.value.code is Code.NOT_ALLOWED
    assert rig.writes() == 1
    result = issue(rig.desk, LI, rig.stay("1-101", consent=BECAUSE))
    assert result.state is State.DONE
    assert rig.opens(second, "1-101")
    assert not rig.opens(first, "1-101")
    row = rig.row(result)
    assert row.reason == "客人坚持"
    (intent, *_) = rig.journal.events(result.operation)
    assert set(intent.payload.overrides) == {"room_occupied", "clock_went_back"}


def test_rule_2_on_a_vacant_room_the_clock_alone_refuses(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400 * 3)
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400 * 3)
    rig.tick(-86400 * 3 - 7)
    with pytest.raises(Refused):
        issue(rig.desk, WANG, rig.stay("1-101"))
    assert rig.writes() == 2


def test_rule_2_counts_a_later_start_that_was_read_from_a_card_of_the_room(
    rig: DeskRig,
) -> None:
    card = rig.put()
    room = rig.room("1-101")
    foreign = rig.clock.local() + timedelta(seconds=3)
    rig.encoder.write(Authorisation(room.id, foreign, rig.tomorrow()))
    result = issue(rig.desk, WANG, rig.stay("1-101", consent=Consent(overwrite=True)))
    assert result.state is State.DONE
    assert card.memory is not None
    assert card.memory.abkp == foreign + timedelta(seconds=1)


def test_rule_2_an_intent_counts_even_when_its_outcome_is_unknown(rig: DeskRig) -> None:
    card = rig.put()
    rig.sim.inject("drop_after", "MarkRoomCard")
    unknown = issue(rig.desk, WANG, rig.stay("1-101"))
    assert unknown.state is State.UNKNOWN
    other = rig.put()
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.DONE
    assert card.memory is not None
    assert other.memory is not None
    assert other.memory.abkp > card.memory.abkp


def test_rule_3_bad_ends_send_nothing(rig: DeskRig) -> None:
    rig.put()
    for end, code in (
        (rig.clock.local(), Code.END_IN_PAST),
        (rig.clock.local() + timedelta(days=401), Code.END_TOO_FAR),
    ):
        with pytest.raises(InputInvalid) as caught:
            issue(rig.desk, WANG, rig.stay("1-101", expires_at=end))
        assert caught.value.code is code
    assert rig.writes("MarkRoomCard") == 0
    assert rig.rows() == []


def test_an_occupied_room_needs_a_supervisors_reason(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick()
    rig.put()
    for operator, consent, code in (
        (WANG, Consent(), Code.ROOM_OCCUPIED),
        (LI, Consent(overwrite=True), Code.ROOM_OCCUPIED),
        (WANG, BECAUSE, Code.NOT_ALLOWED),
    ):
        with pytest.raises(Refused) as caught:
            issue(rig.desk, operator, rig.stay("1-101", consent=consent))
        assert caught.value.code is code
    assert rig.writes() == 1


def test_a_room_whose_stay_has_ended_is_free_for_the_next_guest(rig: DeskRig) -> None:
    first = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400)
    second = rig.put()
    assert issue(rig.desk, WANG, rig.stay("1-101")).state is State.DONE
    assert rig.opens(second, "1-101")
    assert not rig.opens(first, "1-101")
    open_stays = [stay for stay in rig.journal.stays(rig.room("1-101").id) if not stay.closed]
    assert len(open_stays) == 1


def test_look_first_a_card_of_an_occupied_room_needs_a_supervisor(rig: DeskRig) -> None:
    card = rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick()
    for consent in (Consent(), Consent(overwrite=True)):
        result = issue(rig.desk, WANG, rig.stay("1-102", consent=consent))
        assert result.state is State.REFUSED
        assert result.error is not None
        assert result.error.code is Code.CARD_OF_OCCUPIED_ROOM
        assert result.error.context["room"] == "1-101"
    assert rig.opens(card, "1-101")
    result = issue(rig.desk, LI, rig.stay("1-102", consent=BECAUSE))
    assert result.state is State.DONE
    assert rig.opens(card, "1-102")
    assert not rig.opens(card, "1-101")


def test_look_first_a_live_foreign_card_is_asked_about(rig: DeskRig) -> None:
    card = rig.put()
    other = rig.room("1-102")
    rig.encoder.write(Authorisation(other.id, rig.clock.local(), rig.tomorrow()))
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.REFUSED
    assert result.error is not None
    assert result.error.code is Code.CARD_IN_USE
    assert rig.opens(card, "1-102")
    result = issue(rig.desk, WANG, rig.stay("1-101", consent=Consent(overwrite=True)))
    assert result.state is State.DONE


def test_look_first_an_expired_card_is_written_without_asking(rig: DeskRig) -> None:
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(86400 * 2)
    assert issue(rig.desk, WANG, rig.stay("1-102")).state is State.DONE


@pytest.mark.parametrize("role", [Role.TECHNICIAN])
def test_who_may_not_make_keys_sends_nothing(rig: DeskRig, role: Role) -> None:
    rig.put()
    with pytest.raises(Refused) as caught:
        issue(rig.desk, Operator("李工", role), rig.stay("1-101"))
    assert caught.value.code is Code.NOT_ALLOWED
    assert rig.writes("ReadCard") == 0


def test_the_vendors_no_is_kept_with_its_words(rig: DeskRig) -> None:
    rig.lift()
    result = issue(rig.desk, WANG, rig.stay("1-101"))
    assert result.state is State.REFUSED
    row = rig.row(result)
    assert row.vendor_msg
    assert row.error == "door_lock_refused"
    assert rig.journal.stays(rig.room("1-101").id) == []


def test_several_cards_follow_by_themselves(rig: DeskRig) -> None:
    cards = [rig.put()]

    class Hands:
        def next_card(self, number: int, total: int, made: object) -> bool:
            cards.append(rig.put())
            return True

    result = issue_cards(rig.desk, WANG, rig.stay("1-101"), 3, Hands())
    assert [card.state for card in result.cards] == [State.DONE] * 3
    assert [card.kind for card in result.cards] == [Kind.ISSUE, Kind.COPY, Kind.COPY]
    assert all(rig.opens(card, "1-101") for card in cards)
    assert [row.parent for row in rig.journal.children(result.operation)] == [
        result.operation,
        result.operation,
    ]


def test_a_card_left_on_the_encoder_is_not_counted_twice(rig: DeskRig) -> None:
    rig.put()

    class StillThere:
        def next_card(self, number: int, total: int, made: object) -> bool:
            return True

    result = issue_cards(rig.desk, WANG, rig.stay("1-101"), 2, StillThere())
    assert [card.state for card in result.cards] == [State.DONE, State.REFUSED]
    error = result.cards[1].error
    assert isinstance(error, StationError)
    assert error.code is Code.CARD_ALREADY_OF_STAY
    assert rig.writes() == 1


def test_a_clock_a_year_ahead_and_back_is_not_silent(rig: DeskRig) -> None:
    rig.tick(86400 * 365)
    rig.put()
    issue(rig.desk, WANG, rig.stay("1-101"))
    rig.tick(-86400 * 365)
    stays = rig.journal.stays(rig.room("1-101").id)
    assert len(stays) == 1
    rig.put()
    with pytest.raises((ClockWentBack, Refused)):
        issue(rig.desk, WANG, rig.stay("1-101"))
