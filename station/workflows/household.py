"""Who belongs to a house (住户成员) and what it owes: members only once the owner has said yes."""

from collections.abc import Callable
from typing import TypeVar

from station.domain.bill import Arrears, Bill
from station.domain.event import Payload
from station.domain.household import HouseDetail, Member, ReviewDetail
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.errors import OutcomeUnknown, StationError, VendorRefused
from station.workflows.desk import Desk, new_operation_id
from station.workflows.owner_check import OwnerProved
from station.workflows.records import Record

_Answer = TypeVar("_Answer")


def arrears(desk: Desk, operator: Operator, house_id: str) -> Arrears:
    """What a house owes (property 4.1.1); no names. Asked before a card is issued."""
    operator.require(Permission.HOUSES)
    return Arrears.of(desk.need_property().orders(paid=False, house_id=house_id))


def payments(desk: Desk, operator: Operator, house_id: str, *, limit: int = 20) -> list[Bill]:
    """The newest payments of a house (property 4.1.2)."""
    operator.require(Permission.HOUSES)
    found: list[Bill] = []
    for bill in desk.need_property().bills(house_id=house_id):
        found.append(bill)
        if len(found) >= limit:
            break
    return found


def detail(desk: Desk, operator: Operator, proved: OwnerProved) -> HouseDetail:
    """A house, its members and who asks to be one (property 3.1.2).

    Raises `Refused` OWNER_NOT_PROVED.
    """
    _check(desk, operator, proved)
    return desk.need_property().house_detail(proved.house.id)


def review(desk: Desk, operator: Operator, proved: OwnerProved, review_id: str) -> ReviewDetail:
    """An application as it was handed in (property 3.1.3)."""
    _check(desk, operator, proved)
    return desk.need_property().review(review_id)


def delete_review(desk: Desk, operator: Operator, proved: OwnerProved, review_id: str) -> None:
    """Take an application back (property 3.1.4), once."""
    platform = desk.need_property()
    _changing(
        desk,
        operator,
        proved,
        "delete_review",
        review_id,
        lambda: platform.delete_review(review_id),
    )


def switch_managing(desk: Desk, operator: Operator, proved: OwnerProved, member: Member) -> bool:
    """Switch whether a member may bind others (property 3.2.1), once; whether it may now."""
    platform, key = desk.need_property(), member.binding_id
    return _changing(desk, operator, proved, "managing", key, lambda: platform.toggle_managing(key))


def switch_paying(desk: Desk, operator: Operator, proved: OwnerProved, member: Member) -> bool:
    """Switch whether a member may pay (property 3.2.3), once; whether it may now."""
    platform, key = desk.need_property(), member.binding_id
    return _changing(desk, operator, proved, "paying", key, lambda: platform.toggle_paying(key))


def unbind(desk: Desk, operator: Operator, proved: OwnerProved, member: Member) -> None:
    """Take a member out of the house (property 3.2.2), once."""
    platform, key = desk.need_property(), member.binding_id
    _changing(desk, operator, proved, "unbind", key, lambda: platform.unbind(key))


def _check(desk: Desk, operator: Operator, proved: OwnerProved) -> None:
    operator.require(Permission.HOUSES)
    proved.require(operator, desk.clock.local())


def _changing(
    desk: Desk,
    operator: Operator,
    proved: OwnerProved,
    what: str,
    key: str,
    send: Callable[[], _Answer],
) -> _Answer:
    """One change at the platform, journalled before and after; sent once.

    An unknown outcome is journalled as such: `detail` shows what is so now.
    """
    _check(desk, operator, proved)
    record = Record(desk, operator, Kind.HOUSEHOLD, new_operation_id(desk.clock.local()))
    record.intent(data={"what": what, "house": proved.house.id, "key": key})
    record.begin(Step.SEND)
    try:
        answer = send()
    except StationError as error:
        record.failure(_state_of(error), error)
        raise
    record.outcome(Payload(state=State.DONE))
    return answer


def _state_of(error: StationError) -> State:
    if isinstance(error, OutcomeUnknown):
        return State.UNKNOWN
    return State.REFUSED if isinstance(error, VendorRefused) else State.FAILED
