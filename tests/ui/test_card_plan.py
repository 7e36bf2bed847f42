"""Pure parts of the card panel: the fitting action, the next card, the steps, consent, the form."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from station.domain.card import CardContent
from station.domain.operation import Kind
from station.domain.operator import Operator, Role
from station.domain.room import Room, RoomState
from station.domain.stay import Stay, StayRules
from station.errors import Code, InputInvalid, Refused
from station.ports import ReaderState, ReaderView, StepNotice
from station.workflows.desk import Consent
from station.workflows.read import Standing
from ui.presenters.card_consent import asked
from ui.presenters.card_form import Place, end_of, order_of, target_of
from ui.presenters.card_next import Follow, NextCard, reader_there
from ui.presenters.card_plan import fitting
from ui.presenters.card_state import (
    Action,
    AskKind,
    Lying,
    Mark,
    Progress,
    RoomFacts,
    Seen,
    StayInput,
    Unit,
)
from ui.presenters.card_steps import advance, was_sent

NOW = datetime(2026, 3, 1, 14, 0)
NOON = datetime(2026, 3, 2, 12, 0)
HERE, THERE = Room("1", "1-301"), Room("2", "1-305")
STAY = Stay("s1", "1", NOW, NOON)
CARD = CardContent("0A", "1", NOW, NOON)
BLANK = Seen(Lying.BLANK)
OWN = Seen(Lying.CARD, CARD, Standing.CURRENT, HERE)
OTHERS = Seen(Lying.CARD, replace(CARD, room_id="2"), Standing.CURRENT, THERE)


def lived(state: RoomState) -> RoomFacts:
    stay = None if state is RoomState.VACANT else STAY
    return RoomFacts(HERE, state, stay, cards_out=1 if stay else 0)


def lying(standing: Standing, *, wrong: bool = False, in_doubt: bool = False) -> Seen:
    content = replace(CARD, authorised_at=NOW - timedelta(days=3))
    return Seen(Lying.CARD, content, standing, HERE, wrong=wrong, in_doubt=in_doubt)


@pytest.mark.parametrize(
    ("seen", "state", "action"),
    [
        (BLANK, RoomState.VACANT, Action.ISSUE),
        (Seen(Lying.NOTHING), RoomState.VACANT, Action.ISSUE),
        (Seen(), RoomState.VACANT, Action.ISSUE),
        (Seen(Lying.UNREACHABLE), RoomState.VACANT, Action.ISSUE),
        (BLANK, RoomState.OCCUPIED, Action.COPY),
        (BLANK, RoomState.DUE_OUT, Action.COPY),
        (BLANK, RoomState.OVERDUE, Action.ISSUE),
        (OWN, RoomState.OCCUPIED, Action.EXTEND),
        (OWN, RoomState.DUE_OUT, Action.RECYCLE),
        (OWN, RoomState.OVERDUE, Action.RECYCLE),
        (lying(Standing.EARLIER), RoomState.VACANT, Action.RECYCLE),
        (lying(Standing.EARLIER), RoomState.OCCUPIED, Action.RECYCLE),
        (lying(Standing.FOREIGN), RoomState.VACANT, Action.RECYCLE),
        (lying(Standing.ENDED), RoomState.VACANT, Action.ISSUE),
        (lying(Standing.ENDED), RoomState.OCCUPIED, Action.COPY),
        (lying(Standing.EARLIER, in_doubt=True), RoomState.VACANT, Action.READ),
        (lying(Standing.EARLIER, wrong=True), RoomState.VACANT, Action.ISSUE),
        (OTHERS, RoomState.VACANT, Action.MOVE),
        (OTHERS, RoomState.OCCUPIED, Action.READ),
    ],
)
def test_the_action_that_fits_card_and_room(seen: Seen, state: RoomState, action: Action) -> None:
    offer = fitting(seen, lived(state))
    assert offer.primary is action
    assert action in offer.possible


def test_without_a_room_only_the_card_counts() -> None:
    assert fitting(BLANK, None).primary is None
    assert fitting(lying(Standing.FOREIGN), None).primary is Action.RECYCLE
    assert fitting(lying(Standing.FOREIGN), None).possible == {Action.READ, Action.RECYCLE}


def test_several_rooms_are_a_group() -> None:
    assert fitting(BLANK, lived(RoomState.VACANT), grouped=True).primary is Action.GROUP


def test_a_vacant_room_offers_nothing_that_needs_a_stay() -> None:
    possible = fitting(BLANK, lived(RoomState.VACANT)).possible
    assert possible == {Action.READ, Action.RECYCLE, Action.ISSUE}


# the next card


def view(state: ReaderState, uid: str = "", tap: int = 1) -> ReaderView:
    return ReaderView(state, "reader", uid, tap)


def test_a_tap_of_another_card_goes_on_and_of_the_same_does_not() -> None:
    waiting = NextCard("0A", "04AA", tap=1)
    assert waiting.reader(view(ReaderState.CARD, "04AA", 1)) is Follow.WAIT
    assert waiting.reader(view(ReaderState.EMPTY, tap=1)) is Follow.WAIT
    assert waiting.reader(view(ReaderState.CARD_SEEN, tap=2)) is Follow.WAIT
    assert waiting.reader(view(ReaderState.CARD, "04AA", 2)) is Follow.SAME
    assert waiting.reader(view(ReaderState.CARD, "04BB", 3)) is Follow.GO


def test_the_encoder_alone_tells_lifted_and_another_written_card() -> None:
    waiting = NextCard("0A")
    assert waiting.looked(CARD) is Follow.WAIT
    assert waiting.looked(None) is Follow.LIFTED
    assert waiting.looked(None) is Follow.WAIT
    assert waiting.looked(CARD) is Follow.SAME
    assert waiting.looked(replace(CARD, card_id="0B")) is Follow.GO


def test_a_refused_card_that_stays_is_not_tried_for_ever() -> None:
    waiting = NextCard(tap=1, learn=True)
    for _ in range(3):
        assert waiting.looked(CARD) is Follow.WAIT
    assert waiting.looked(None) is Follow.LIFTED
    assert waiting.looked(replace(CARD, card_id="0B")) is Follow.GO


@pytest.mark.parametrize("state", list(ReaderState))
def test_which_reader_can_tell(state: ReaderState) -> None:
    gone = {"starting", "no_service", "no_reader", "remote_session"}
    assert reader_there(view(state)) is (state.value not in gone)
    assert not reader_there(None)


# steps


def notice(step: str, state: str) -> StepNotice:
    return StepNotice("op", Kind.ISSUE, step, state)


def after(*notices: tuple[str, str]) -> Progress:
    progress = Progress(Action.ISSUE, HERE)
    for step, state in notices:
        progress = advance(progress, notice(step, state))
    return progress


def test_the_steps_light_up_one_after_another() -> None:
    begun = after(("record", "begin"))
    assert begun.marks == (Mark.NOW, Mark.AHEAD, Mark.AHEAD, Mark.AHEAD)
    written = after(
        ("record", "begin"), ("record", "done"), ("look", "begin"), ("look", "done"),
        ("write", "begin"), ("write", "done"), ("read_back", "begin"), ("read_back", "done"),
    )  # fmt: skip
    assert written.marks == (Mark.DONE, Mark.DONE, Mark.DONE, Mark.NOW)
    done = advance(advance(written, notice("compare", "done")), notice("outcome", "done"))
    assert set(done.marks) == {Mark.DONE}


def test_a_failure_marks_the_step_it_came_in() -> None:
    failed = after(
        ("record", "begin"), ("record", "done"), ("look", "begin"), ("look", "done"),
        ("write", "begin"), ("outcome", "begin"), ("outcome", "failed"),
    )  # fmt: skip
    assert failed.marks[2] is Mark.FAILED
    assert was_sent(failed)
    assert not was_sent(after(("record", "begin"), ("record", "done"), ("look", "begin")))
    assert advance(failed, notice("push", "begin")) == failed
    assert advance(failed, notice("unheard_of", "begin")) == failed


# consent


@pytest.mark.parametrize(
    ("code", "role", "kind"),
    [
        (Code.CARD_IN_USE, Role.CLERK, AskKind.CONFIRM),
        (Code.ROOM_OCCUPIED, Role.CLERK, None),
        (Code.ROOM_OCCUPIED, Role.SUPERVISOR, AskKind.REASON),
        (Code.CARD_OF_OCCUPIED_ROOM, Role.SUPERVISOR, AskKind.REASON),
        (Code.CLOCK_WENT_BACK, Role.SUPERVISOR, AskKind.REASON),
        (Code.STALE_STAY, Role.SUPERVISOR, AskKind.REASON),
        (Code.STALE_STAY, Role.TECHNICIAN, None),
        (Code.NO_STAY, Role.SUPERVISOR, None),
    ],
)
def test_what_a_refusal_asks_of_whom(code: Code, role: Role, kind: AskKind | None) -> None:
    ask = asked(Refused(code), Operator("张三", role), Consent())
    assert (ask.kind if ask else None) is kind
    assert asked(Refused(code), Operator("张三", role), Consent(True, "因为")) is None


# the form


def place(facts: RoomFacts | None = None, rooms: tuple[Room, ...] = ()) -> Place:
    return Place(facts, NOW, StayRules(), rooms)


def test_ends_by_nights_hours_and_time() -> None:
    assert end_of(Action.ISSUE, StayInput(), place()) == NOON
    assert end_of(Action.ISSUE, StayInput(Unit.HOURS, "3"), place()) == NOW + timedelta(hours=3)
    until = StayInput(Unit.UNTIL, "2026-03-05 09:30")
    assert end_of(Action.ISSUE, until, place()) == datetime(2026, 3, 5, 9, 30)
    extended = end_of(Action.EXTEND, StayInput(), place(lived(RoomState.OCCUPIED)))
    assert extended == NOON + timedelta(days=1)
    assert end_of(Action.COPY, StayInput(), place(lived(RoomState.OCCUPIED))) == NOON


def test_an_extension_of_a_stay_that_has_ended_counts_from_now() -> None:
    over = replace(STAY, authorised_at=NOW - timedelta(days=9), expires_at=NOW - timedelta(days=3))
    facts = replace(lived(RoomState.OVERDUE), stay=over)
    assert end_of(Action.EXTEND, StayInput(), place(facts)) == NOON


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        (StayInput(amount=""), "nights", Code.FIELD_EMPTY),
        (StayInput(amount="zwei"), "nights", Code.FIELD_NOT_A_NUMBER),
        (StayInput(amount="1000000000"), "nights", Code.FIELD_TOO_LONG),
        (StayInput(amount="100000000"), "nights", Code.FIELD_OUT_OF_RANGE),
        (StayInput(amount="0"), "nights", Code.FIELD_OUT_OF_RANGE),
        (StayInput(amount="3000"), "until", Code.END_TOO_FAR),
        (StayInput(Unit.UNTIL, "tomorrow"), "until", Code.TIME_MALFORMED),
        (StayInput(cards="0"), "cards", Code.FIELD_OUT_OF_RANGE),
        (StayInput(cards="21"), "cards", Code.FIELD_OUT_OF_RANGE),
        (StayInput(name="\u202e张三"), "guest", Code.FIELD_CHARACTERS),
        (StayInput(name="张" * 33), "guest", Code.FIELD_TOO_LONG),
        (StayInput(mobile="12"), "mobile", Code.MOBILE_MALFORMED),
    ],
)
def test_bad_input_names_the_field(typed: StayInput, field: str, code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        order_of(Action.ISSUE, typed, place(lived(RoomState.VACANT)))
    assert caught.value.code is code
    assert caught.value.context["field"] == field


def test_a_move_needs_another_room() -> None:
    facts = lived(RoomState.OCCUPIED)
    rooms = (HERE, THERE)
    assert target_of(StayInput(target="305"), place(facts, rooms)) is THERE
    with pytest.raises(InputInvalid) as caught:
        target_of(StayInput(target="301"), place(facts, rooms))
    assert caught.value.code is Code.SAME_ROOM


def test_an_order_never_shows_the_guest() -> None:
    order = order_of(Action.ISSUE, StayInput(name="张三"), place(lived(RoomState.VACANT)))
    assert order.guest.name == "张三"
    assert "张三" not in repr(order)
