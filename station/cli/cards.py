"""Cards of a room: issue, copy, extend, move, replace."""

from typing import Annotated

from station.cli.consent import consent_of, with_consent
from station.cli.declare import (
    Call,
    Cards,
    Gate,
    Guest,
    Hours,
    Mobile,
    Nights,
    Reason,
    RoomText,
    Until,
    Yes,
    argument,
    command,
    option,
)
from station.cli.hands import CardHands
from station.cli.houses import warn_of_arrears
from station.cli.parsing import check_end_options, check_room_text, end_of_stay, whole_number
from station.cli.results import tell
from station.cli.session import opened
from station.domain.person import Person, parse_mobile, parse_name
from station.workflows import gate_too
from station.workflows.issue import NewStay
from station.workflows.move import move
from station.workflows.several import (
    check_count,
    copy_cards,
    extend_cards,
    issue_cards,
    replace_cards,
)


@command("issue")
def issue_command(
    call: Call,
    room: RoomText,
    until: Until = None,
    nights: Nights = None,
    hours: Hours = None,
    guest: Guest = None,
    mobile: Mobile = None,
    cards: Cards = "1",
    gate: Gate = False,
    house: Annotated[str | None, option("--house", metavar="HOUSE")] = None,
    yes: Yes = False,
    reason: Reason = None,
) -> int:
    check_room_text(room)
    check_end_options(until, nights, hours)
    count = check_count(whole_number(cards, field="cards"))
    consent = consent_of(yes=yes, reason=reason)
    person = Person(
        "" if guest is None else parse_name(guest, field="guest"),
        "" if mobile is None else parse_mobile(mobile),
    )
    known = house is not None
    with opened(call, encoder=True, gate=gate, reader=gate, houses=known) as session:
        desk = session.desk
        end = end_of_stay(desk, until, nights, hours)
        if gate:
            person = gate_too.check_before(desk, session.operator, person)
        found = desk.room(room)
        hands = CardHands(call, desk.need_encoder())
        owed = warn_of_arrears(session, house)
        result = with_consent(
            session,
            consent,
            lambda agreed: issue_cards(
                desk, session.operator, NewStay(found, end, person, agreed), count, hands
            ),
        )
        if gate:
            result = gate_too.bind_too(desk, session.operator, result, person, consent)
    return tell(call, result, **owed)


@command("copy")
def copy_command(
    call: Call, room: RoomText, cards: Cards = "1", yes: Yes = False, reason: Reason = None
) -> int:
    check_room_text(room)
    count = check_count(whole_number(cards, field="cards"))
    consent = consent_of(yes=yes, reason=reason)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = desk.room(room)
        hands = CardHands(call, desk.need_encoder())
        result = with_consent(
            session,
            consent,
            lambda agreed: copy_cards(desk, session.operator, found, count, hands, agreed),
        )
    return tell(call, result)


@command("extend")
def extend_command(
    call: Call,
    room: RoomText,
    until: Until = None,
    nights: Nights = None,
    hours: Hours = None,
    cards: Cards = "1",
    reason: Reason = None,
) -> int:
    check_room_text(room)
    check_end_options(until, nights, hours)
    count = check_count(whole_number(cards, field="cards"))
    consent = consent_of(yes=False, reason=reason)
    with opened(call, encoder=True) as session:
        desk = session.desk
        end = end_of_stay(desk, until, nights, hours)
        found = desk.room(room)
        hands = CardHands(call, desk.need_encoder())
        result = with_consent(
            session,
            consent,
            lambda agreed: extend_cards(desk, session.operator, found, end, count, hands, agreed),
        )
    return tell(call, result)


@command("move")
def move_command(
    call: Call,
    room: RoomText,
    to_room: Annotated[str, argument("TO_ROOM")],
    yes: Yes = False,
    reason: Reason = None,
) -> int:
    check_room_text(room)
    check_room_text(to_room, field="to_room")
    consent = consent_of(yes=yes, reason=reason)
    with opened(call, encoder=True) as session:
        desk = session.desk
        here, there = desk.room(room), desk.room(to_room, field="to_room")
        result = with_consent(
            session, consent, lambda agreed: move(desk, session.operator, here, there, agreed)
        )
    return tell(call, result)


@command("replace")
def replace_command(call: Call, room: RoomText, yes: Yes = False, reason: Reason = None) -> int:
    check_room_text(room)
    consent = consent_of(yes=yes, reason=reason)
    with opened(call, encoder=True) as session:
        desk = session.desk
        found = desk.room(room)
        # The others may never come back: nobody waits for them without being told to.
        hands = CardHands(call, desk.need_encoder(), go_on=False)
        result = with_consent(
            session,
            consent,
            lambda agreed: replace_cards(desk, session.operator, found, hands, agreed),
        )
    return tell(call, result)
