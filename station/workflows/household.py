"""Who belongs to a house (住户成员) and what it owes: members only once the owner has said yes.

The platform would show and change anybody's membership: before each change the desk looks whether
member and application are of the house whose owner said so.
"""

from collections.abc import Callable
from itertools import islice
from typing import TypeVar

from station.domain.bill import Arrears, Bill
from station.domain.event import Payload
from station.domain.household import HouseDetail, Member, ReviewDetail
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.errors import Code, InputInvalid
from station.workflows.desk import Desk, new_operation_id
from station.workflows.owner_check import OwnerProved
from station.workflows.records import Record
from station.workflows.sending import sending

_Answer = TypeVar("_Answer")


def arrears(desk: Desk, operator: Operator, house_id: str) -> Arrears:
    """What a house owes (property 4.1.1); no names. Asked before a card is issued."""
    operator.require(Permission.HOUSES)
    return Arrears.of(desk.need_property().orders(paid=False, house_id=house_id))


def payments(desk: Desk, operator: Operator, house_id: str, *, limit: int = 20) -> list[Bill]:
    """The newest payments of a house (property 4.1.2)."""
    operator.require(Permission.HOUSES)
    return list(islice(desk.need_property().bills(house_id=house_id), limit))


def detail(desk: Desk, operator: Operator, proved: OwnerProved) -> HouseDetail:
    """A house, its members and who asks to be one (property 3.1.2).

    Raises `Refused` OWNER_NOT_PROVED.
    """
    _check(desk, operator, proved)
    return desk.need_property().house_detail(proved.house.id)


def review(desk: Desk, operator: Operator, proved: OwnerProved, review_id: str) -> ReviewDetail:
    """An application for this house as it was handed in (property 3.1.3).

    Raises `InputInvalid` REVIEW_UNKNOWN for one of another house.
    """
    _check(desk, operator, proved)
    _need_review(desk, proved, review_id)
    return desk.need_property().review(review_id)


def delete_review(desk: Desk, operator: Operator, proved: OwnerProved, review_id: str) -> None:
    """Take an application back (property 3.1.4), once. Raises as `review`, with nothing changed."""
    _check(desk, operator, proved)
    _need_review(desk, proved, review_id)
    send = lambda: desk.need_property().delete_review(review_id)  # noqa: E731
    _changing(desk, operator, proved, "delete_review", review_id, send)


def switch_managing(desk: Desk, operator: Operator, proved: OwnerProved, member: Member) -> bool:
    """Switch whether a member may bind others (property 3.2.1), once; whether it may now.

    Raises `InputInvalid` MEMBER_UNKNOWN, with nothing changed, where the house has no such member,
    or one who may do something else by now than the operator has seen.
    """
    _check(desk, operator, proved)
    found = _need_member(desk, proved, member)
    if found.grant is not member.grant:
        raise InputInvalid(Code.MEMBER_UNKNOWN, field="binding")
    key = member.binding_id
    send = lambda: desk.need_property().toggle_managing(key)  # noqa: E731
    return _changing(desk, operator, proved, "managing", key, send)


def switch_paying(desk: Desk, operator: Operator, proved: OwnerProved, member: Member) -> bool:
    """Switch whether a member may pay (property 3.2.3), once; whether it may now.

    Raises `InputInvalid` MEMBER_UNKNOWN, with nothing changed.
    """
    _check(desk, operator, proved)
    key = _need_member(desk, proved, member).binding_id
    send = lambda: desk.need_property().toggle_paying(key)  # noqa: E731
    return _changing(desk, operator, proved, "paying", key, send)


def unbind(desk: Desk, operator: Operator, proved: OwnerProved, member: Member) -> None:
    """Take a member out of the house (property 3.2.2), once. Raises as `switch_paying`."""
    _check(desk, operator, proved)
    key = _need_member(desk, proved, member).binding_id
    _changing(desk, operator, proved, "unbind", key, lambda: desk.need_property().unbind(key))


def _check(desk: Desk, operator: Operator, proved: OwnerProved) -> None:
    operator.require(Permission.HOUSES)
    proved.require(operator, desk.clock.local())


def _need_member(desk: Desk, proved: OwnerProved, member: Member) -> Member:
    """The member as the house has them now. Raises `InputInvalid` MEMBER_UNKNOWN."""
    for found in desk.need_property().house_detail(proved.house.id).members:
        if found.binding_id and found.binding_id == member.binding_id:
            return found
    raise InputInvalid(Code.MEMBER_UNKNOWN, field="binding")


def _need_review(desk: Desk, proved: OwnerProved, review_id: str) -> None:
    """Raise `InputInvalid` REVIEW_UNKNOWN unless somebody asks this house for it."""
    known = desk.need_property().house_detail(proved.house.id).reviews
    if review_id not in {each.id for each in known}:
        raise InputInvalid(Code.REVIEW_UNKNOWN, field="review", value=review_id[:32])


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
    record = Record(desk, operator, Kind.HOUSEHOLD, new_operation_id(desk.clock.local()))
    record.intent(data={"what": what, "house": proved.house.id, "key": key})
    record.begin(Step.SEND)
    with sending(record):
        answer = send()
    record.outcome(Payload(state=State.DONE))
    return answer
