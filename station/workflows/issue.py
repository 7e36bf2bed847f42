"""Issue (发卡): a new stay for a room, and its first card."""

from dataclasses import dataclass
from datetime import datetime

from station.domain.card import CardContent
from station.domain.operation import Kind
from station.domain.operator import Operator, Permission
from station.domain.person import Person
from station.domain.room import Room
from station.domain.stay import Stay, check_end, current_stay, format_time, next_authorised_at
from station.errors import ClockWentBack, Code, Refused
from station.ports import PersonRef
from station.workflows.desk import (
    NO_CONSENT,
    Consent,
    Desk,
    new_operation_id,
    new_stay_id,
    override,
)
from station.workflows.looking import may_overwrite
from station.workflows.records import OUTSIDE, Record
from station.workflows.result import CardResult
from station.workflows.writing import WritePlan, write_card

NOBODY = Person()


@dataclass(frozen=True, slots=True)
class NewStay:
    """What the operator wants: a room until a time (site-local), for a guest who may be unnamed."""

    room: Room
    expires_at: datetime
    guest: Person = NOBODY
    consent: Consent = NO_CONSENT


def issue(desk: Desk, operator: Operator, wanted: NewStay, *, parent: str = "") -> CardResult:
    """Encode the first card of a new stay (door lock 2.1).

    Raises, with nothing begun: `Refused` ROOM_OCCUPIED, CLOCK_WENT_BACK, NOT_ALLOWED;
    `InputInvalid` for the end; `JournalUnsafe`; ENCODER_BUSY. A supervisor's reason passes the
    first two.
    """
    operator.require(Permission.CARDS)
    with desk.need_encoder().exclusive():  # rules hold only while nobody else writes
        return _issue(desk, operator, wanted, parent)


def _issue(desk: Desk, operator: Operator, wanted: NewStay, parent: str) -> CardResult:
    room = wanted.room
    overrides: list[str] = []
    before = current_stay(desk.journal.stays(room.id))
    if before is not None and is_occupied(desk, before):
        refusal = Refused(Code.ROOM_OCCUPIED, room=room.name, until=format_time(before.expires_at))
        overrides.append(override(operator, wanted.consent, refusal))
    authorised_at, forced = start_of_stay(desk, operator, room, wanted.consent)
    overrides += forced
    check_end(desk.clock.local(), authorised_at, wanted.expires_at, desk.site.stay_rules)
    person = remember(desk, wanted.guest)
    stay = Stay(
        id=new_stay_id(desk.clock.local()),
        room_id=room.id,
        authorised_at=authorised_at,
        expires_at=wanted.expires_at,
        holder=person.id if person else None,
    )
    record = Record(
        desk,
        operator,
        Kind.ISSUE,
        new_operation_id(desk.clock.local()),
        room=room,
        parent=parent,
        person=person,
        reason=wanted.consent.reason,
        overrides=tuple(overrides),
    )
    return write_card(
        WritePlan(
            record,
            room,
            stay,
            rule=may_overwrite(desk, operator, wanted.consent),
            closes=(before.id,) if before else (),
            restart=RestartRule(desk, operator, room, stay, wanted.consent),
        )
    )


def is_occupied(desk: Desk, stay: Stay) -> bool:
    """Whether a stay still counts: it has not ended, and something of it opens the door."""
    now = desk.clock.local()
    if stay.expires_at <= now:
        return False
    if any(card.state in OUTSIDE for card in desk.journal.cards(stay.id)):
        return True
    return any(each.may_open(now) for each in desk.journal.credentials_of_stay(stay.id))


def start_of_stay(
    desk: Desk, operator: Operator, room: Room, consent: Consent, *seen: datetime
) -> tuple[datetime, list[str]]:
    """Rule 2: the new start, and the rules overridden for it."""
    latest = desk.journal.latest_authorised_at(room.id)
    known = [moment for moment in (latest, *seen) if moment is not None]
    now = desk.clock.local()
    try:
        return next_authorised_at(now, known, room=room.name), []
    except ClockWentBack as refusal:
        code = override(operator, consent, refusal)
        return next_authorised_at(now, known, room=room.name, forced=True), [code]


@dataclass(frozen=True, slots=True)
class RestartRule:
    """Rule 2 once more, with what was read from a card of the room."""

    desk: Desk
    operator: Operator
    room: Room
    stay: Stay
    consent: Consent

    def __call__(self, content: CardContent) -> Stay:
        start, _ = start_of_stay(
            self.desk, self.operator, self.room, self.consent, content.authorised_at
        )
        check_end(self.desk.clock.local(), start, self.stay.expires_at, self.desk.site.stay_rules)
        return Stay(self.stay.id, self.stay.room_id, start, self.stay.expires_at, self.stay.holder)


def remember(desk: Desk, guest: Person) -> PersonRef | None:
    """Store who the card is for; None where nobody was named."""
    return desk.journal.remember_person(guest) if guest.name or guest.mobile else None
