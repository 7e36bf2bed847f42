"""The owner's code (业主核验): nobody sees an owner before the owner's phone has said yes.

The platform tells an owner's number before anybody proved anything. The desk keeps it unseen, has a
code sent to it, and shows the owner only once the code was accepted, for a while, to one operator.
The minute between two codes and the tries are counted in the journal: another program, or another
operator, begins no new count.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from station.domain.event import Event, Payload
from station.domain.house import HousePath
from station.domain.operation import Kind, OperationRow, State, Step
from station.domain.operator import Operator, Permission
from station.domain.owner import CodePurpose, Owner
from station.domain.person import Person
from station.errors import Code, InputInvalid, Refused, VendorRefused
from station.ports import HistoryFilter
from station.workflows.desk import Desk, new_operation_id
from station.workflows.records import Record
from station.workflows.sending import sending

RESEND_AFTER: Final = timedelta(seconds=60)
CODE_LIFE: Final = timedelta(minutes=30)
PROOF_LIFE: Final = timedelta(minutes=30)
TRIES: Final = 5
CODE_LENGTH: Final = (4, 8)


@dataclass(frozen=True, slots=True)
class OwnerAsked:
    """A code is on its way. Times site-local. Only `masked` of the owner may be shown."""

    operation: str
    house: HousePath
    operator: str
    masked: str
    asked_at: datetime
    expires_at: datetime
    tries: int = 0
    owner: Owner = field(repr=False, kw_only=True)
    key: str = field(repr=False, kw_only=True)

    def resend_at(self) -> datetime:
        """When another code may be sent (site-local)."""
        return self.asked_at + RESEND_AFTER


@dataclass(frozen=True, slots=True)
class OwnerProved:
    """The owner said yes: what may be shown and done for this house, until `until` (site-local)."""

    operation: str
    house: HousePath
    operator: str
    until: datetime
    owner: Owner = field(repr=False)

    def require(self, operator: Operator, now: datetime) -> None:
        """Raise `Refused` OWNER_NOT_PROVED for another operator, or once it is over."""
        if operator.name != self.operator or now > self.until:
            raise Refused(Code.OWNER_NOT_PROVED)


def masked_owner(desk: Desk, operator: Operator, house: HousePath) -> str:
    """`138****0001` of the house's owner (property 2.2.2); empty where it has none."""
    operator.require(Permission.HOUSES)
    owner = desk.need_property().owner_of(house.id)
    return owner.masked if owner is not None else ""


def ask(
    desk: Desk, operator: Operator, house: HousePath, *, before: OwnerAsked | None = None
) -> OwnerAsked:
    """Have a code sent to the owner's phone (property 2.2.2, 1.1); `before` is an earlier one.

    Raises `Refused` CODE_TOO_SOON within a minute of the last, `InputInvalid` NO_OWNER for a house
    without one; else as the platform's port.
    """
    operator.require(Permission.HOUSES)
    platform = desk.need_property()
    now = desk.clock.local().replace(microsecond=0)
    _check_pause(desk, house, now, before)
    owner = platform.owner_of(house.id)
    if owner is None or not owner.mobile:
        raise InputInvalid(Code.NO_OWNER, field="house", house=house.full_name)
    record = Record(desk, operator, Kind.OWNER_CHECK, new_operation_id(desk.clock.local()))
    record.intent(data={"house": house.id, "house_name": house.full_name})
    record.begin(Step.SEND)
    with sending(record):
        sent = platform.send_code(owner.mobile, CodePurpose.OWNER, house.full_name)
    return OwnerAsked(
        record.operation,
        house,
        operator.name,
        owner.masked,
        now,
        _end(now, sent.expires_at),
        owner=owner,
        key=sent.key,
    )


def prove(desk: Desk, operator: Operator, asked: OwnerAsked, code: str) -> OwnerProved:
    """Check what the owner read out (property 2.2.3).

    Raises `InputInvalid` SMS_CODE_MALFORMED, `Refused` OWNER_NOT_PROVED (another operator),
    CODE_EXPIRED (by time, by tries, given up or used), and `VendorRefused`
    PROPERTY_SMS_CODE_WRONG: then go on with `again(asked)`.
    """
    operator.require(Permission.HOUSES)
    now = desk.clock.local()
    wanted = code.strip()
    low, high = CODE_LENGTH
    if not low <= len(wanted) <= high or not wanted.isascii() or not wanted.isdigit():
        raise InputInvalid(Code.SMS_CODE_MALFORMED, field="sms_code", low=low, high=high)
    if operator.name != asked.operator:
        raise Refused(Code.OWNER_NOT_PROVED)
    row = desk.journal.operation(asked.operation)
    over = row is None or row.state is not State.INTENT
    if over or now > asked.expires_at or max(asked.tries, _tried(desk, asked)) >= TRIES:
        raise Refused(Code.CODE_EXPIRED)
    record = Record(desk, operator, Kind.OWNER_CHECK, asked.operation)
    try:
        desk.need_property().check_owner_code(asked.key, wanted)
    except VendorRefused as error:
        if error.code is Code.PROPERTY_SMS_CODE_WRONG:
            record.step(Step.CHECK)
        raise
    person = desk.journal.remember_person(Person(mobile=asked.owner.mobile))
    record.outcome(
        Payload(
            state=State.DONE,
            person=person.id,
            person_digests=person.digests,
            data={"house": asked.house.id},
        )
    )
    until = now.replace(microsecond=0) + PROOF_LIFE
    return OwnerProved(asked.operation, asked.house, operator.name, until, asked.owner)


def again(asked: OwnerAsked) -> OwnerAsked:
    """The same code after a wrong try; it ends after `TRIES`."""
    return replace(asked, tries=asked.tries + 1)


def give_up(desk: Desk, operator: Operator, asked: OwnerAsked) -> None:
    """The owner did not say yes: the check ends as refused."""
    row = desk.journal.operation(asked.operation)
    if row is not None and row.state is State.INTENT:
        record = Record(desk, operator, Kind.OWNER_CHECK, asked.operation)
        record.failure(State.REFUSED, Refused(Code.OWNER_NOT_PROVED))


def _check_pause(desk: Desk, house: HousePath, now: datetime, before: OwnerAsked | None) -> None:
    """Raise CODE_TOO_SOON where a code for this house went out less than a minute ago."""
    since = desk.clock.utc() - RESEND_AFTER
    pauses = [
        row.started_at - since
        for row in desk.journal.history(HistoryFilter(kind=Kind.OWNER_CHECK, since=since))
        if _was_sent(row) and _house_of(desk.journal.events(row.operation)) == house.id
    ]
    if before is not None and before.house.id == house.id:
        pauses.append(before.resend_at() - now)
    # What lies ahead of a clock that was put back says nothing of the last minute.
    longest = max((each for each in pauses if each <= RESEND_AFTER), default=timedelta(0))
    if longest > timedelta(0):
        raise Refused(Code.CODE_TOO_SOON, seconds=-(-longest // timedelta(seconds=1)))


def _was_sent(row: OperationRow) -> bool:
    """Whether a code went out, or may have: also one that was given up afterwards."""
    given_up = row.error == Code.OWNER_NOT_PROVED.value
    return row.state in {State.INTENT, State.DONE, State.UNKNOWN} or given_up


def _house_of(events: list[Event]) -> str:
    return str(events[0].payload.data.get("house", "")) if events else ""


def _tried(desk: Desk, asked: OwnerAsked) -> int:
    """How many wrong codes were tried."""
    events = desk.journal.events(asked.operation)
    return sum(event.payload.step == Step.CHECK.value for event in events)


def _end(now: datetime, said: datetime | None) -> datetime:
    """When a code ends. A platform whose clock is far from the site's has said nothing of use."""
    own = now + CODE_LIFE
    return said if said is not None and now < said <= own + RESEND_AFTER else own
