"""Reading the panel's form: what was typed, held against the desk's rules. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from station.domain.person import Person, parse_mobile, parse_name
from station.domain.room import Room, find_room
from station.domain.stay import (
    StayRules,
    check_end,
    check_extension,
    end_after_hours,
    end_after_nights,
    format_time,
    parse_time,
)
from station.errors import Code, InputInvalid
from station.workflows.several import check_count
from ui.presenters.card_state import Action, RoomFacts, StayInput, Unit

MAX_DIGITS = 9
DATED = frozenset({Action.ISSUE, Action.EXTEND, Action.GROUP})
GATED = frozenset({Action.ISSUE, Action.CHECK_OUT})
COUNTED = frozenset({Action.ISSUE, Action.COPY, Action.EXTEND})


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, checked. The guest is never shown by `repr`."""

    action: Action
    room: Room | None = None
    end: datetime | None = None
    guest: Person = field(default=Person(), repr=False)
    cards: int = 1
    target: Room | None = None
    gate: bool = False
    clear: bool = False
    card_id: str = ""
    old_stay: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What the form is about: the room, the moment (site-local), the rules, all rooms."""

    facts: RoomFacts | None
    now: datetime
    rules: StayRules
    rooms: Sequence[Room] = ()


def end_of(action: Action, typed: StayInput, place: Place) -> datetime | None:
    """The end that the form means; None where the action has none. Raises `InputInvalid`.

    An extension counts from the stay's present end, or from now once that has passed.
    """
    facts = place.facts
    stay = facts.stay if facts else None
    if action not in DATED:
        return stay.expires_at if stay else None
    extended = stay if action is Action.EXTEND else None
    start = max(place.now, extended.expires_at) if extended else place.now
    if typed.unit is Unit.UNTIL:
        end = parse_time(typed.amount, field="until")
    else:
        amount = whole_number(typed.amount, field=typed.unit.value)
        if typed.unit is Unit.HOURS:
            end = end_after_hours(start, amount)
        else:
            end = end_after_nights(start, amount, place.rules)
    check_end(place.now, extended.authorised_at if extended else place.now, end, place.rules)
    return check_extension(extended, end) if extended else end


def target_of(typed: StayInput, place: Place) -> Room:
    """The room to move to. Raises `InputInvalid`."""
    target = find_room(place.rooms, typed.target, field="to_room")
    if place.facts is not None and target.id == place.facts.room.id:
        raise InputInvalid(Code.SAME_ROOM, field="to_room", room=target.name)
    return target


def order_of(action: Action, typed: StayInput, place: Place) -> Order:
    """The whole form, checked. Raises `InputInvalid` with the field that is wrong."""
    facts = place.facts
    return Order(
        action,
        room=facts.room if facts else None,
        end=end_of(action, typed, place),
        guest=guest_of(typed) if action is Action.ISSUE else Person(),
        cards=count_of(typed) if action in COUNTED else 1,
        target=target_of(typed, place) if action is Action.MOVE else None,
        gate=typed.gate and action in GATED,
        clear=typed.clear and action is Action.CHECK_OUT,
        old_stay=facts.stay.id if facts and facts.stay else "",
    )


def guest_of(typed: StayInput) -> Person:
    """Name and mobile are optional, each by itself. Raises `InputInvalid`."""
    return Person(
        parse_name(typed.name, field="guest") if typed.name.strip() else "",
        parse_mobile(typed.mobile) if typed.mobile.strip() else "",
    )


def count_of(typed: StayInput) -> int:
    return check_count(whole_number(typed.cards, field="cards"))


def whole_number(text: str, *, field: str) -> int:
    """A whole number as typed. Raises `InputInvalid` FIELD_NOT_A_NUMBER, FIELD_TOO_LONG."""
    wanted = text.strip()
    if not wanted:
        raise InputInvalid(Code.FIELD_EMPTY, field=field)
    digits = wanted.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise InputInvalid(Code.FIELD_NOT_A_NUMBER, field=field, value=wanted[:40])
    if len(digits) > MAX_DIGITS:
        raise InputInvalid(Code.FIELD_TOO_LONG, field=field, limit=MAX_DIGITS)
    return int(wanted)


def until_text(moment: datetime) -> str:
    """A moment as the form's third unit is typed: `2026-01-31 12:00`."""
    return format_time(moment)[:16]
