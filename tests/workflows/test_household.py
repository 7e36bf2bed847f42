"""Members and applications: only with the owner's yes, each change once; arrears and payments."""

from dataclasses import replace
from decimal import Decimal

import pytest

from station.domain.household import Grant, Member, ReviewState
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.errors import (
    Code,
    InputInvalid,
    OutcomeUnknown,
    Refused,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.ports import HistoryFilter
from station.simulators.faults import Fault
from station.simulators.property import money
from station.workflows import household
from station.workflows.interrupted import adopt
from station.workflows.owner_check import OwnerProved
from station.workflows.records import Record
from tests.desk_rig import LI, WANG, DeskRig
from tests.workflows.houses import NUMBERS, calls, open_path, prove, sim_of, written_down

NAMES = ("张三", "李四", "王五", "赵六", "孙七")
CHANGES = ("house/shouquan", "house/charge")


def member(rig: DeskRig, proved: OwnerProved, name: str) -> Member:
    found = household.detail(rig.desk, WANG, proved).members
    return next(each for each in found if each.name == name)


def of_house(rig: DeskRig, house_id: int = 1) -> set[str]:
    return {each.name for each in sim_of(rig).estate.members(house_id)}


def states(rig: DeskRig) -> list[tuple[State, str]]:
    rows = rig.journal.history(HistoryFilter(kind=Kind.HOUSEHOLD))
    return [(row.state, row.error) for row in rows]


def caught(call: object, *args: object) -> StationError:
    with pytest.raises(StationError) as info:
        call(*args)  # type: ignore[operator]
    return info.value


def test_members_and_applications_of_the_house(housed: DeskRig) -> None:
    proved = prove(housed)
    detail = household.detail(housed.desk, WANG, proved)
    assert {each.name for each in detail.members} == {"张三", "李四", "王五", "赵六"}
    assert [each.state for each in detail.reviews] == [ReviewState.WAITING, ReviewState.REFUSED]
    found = household.review(housed.desk, WANG, proved, detail.reviews[0].id)
    assert (found.name, found.role) == ("孙七", "租客")
    assert states(housed) == [], "looking changes nothing"


def test_without_a_proof_of_this_operator_nothing_is_asked(housed: DeskRig) -> None:
    proved = prove(housed)
    someone = member(housed, proved, "赵六")
    before = calls(housed)
    for operator in (LI, Operator("陈工", Role.TECHNICIAN)):
        for work in (
            lambda by: household.detail(housed.desk, by, proved),
            lambda by: household.review(housed.desk, by, proved, "1"),
            lambda by: household.delete_review(housed.desk, by, proved, "1"),
            lambda by: household.switch_managing(housed.desk, by, proved, someone),
            lambda by: household.switch_paying(housed.desk, by, proved, someone),
            lambda by: household.unbind(housed.desk, by, proved, someone),
        ):
            assert isinstance(caught(work, operator), Refused)
    assert calls(housed) == before
    assert states(housed) == []


def test_rights_are_switched_over_once_each(housed: DeskRig) -> None:
    proved = prove(housed)
    someone = member(housed, proved, "赵六")
    assert someone.grant is Grant.DENIED
    assert household.switch_managing(housed.desk, WANG, proved, someone) is True
    now = member(housed, proved, "赵六")
    assert now.grant is Grant.ALLOWED
    assert household.switch_managing(housed.desk, WANG, proved, now) is False
    first = household.switch_paying(housed.desk, WANG, proved, someone)
    assert household.switch_paying(housed.desk, WANG, proved, someone) is not first
    assert calls(housed, *CHANGES) == 4
    assert [state for state, _ in states(housed)] == [State.DONE] * 4


def test_a_switch_that_somebody_else_pressed_meanwhile_is_not_pressed_back(housed: DeskRig) -> None:
    proved = prove(housed)
    seen = member(housed, proved, "赵六")
    household.switch_managing(housed.desk, WANG, proved, seen)
    error = caught(household.switch_managing, housed.desk, WANG, proved, seen)
    assert error.code is Code.MEMBER_UNKNOWN
    assert calls(housed, *CHANGES) == 1
    assert member(housed, proved, "赵六").grant is Grant.ALLOWED


def test_a_member_leaves_once(housed: DeskRig) -> None:
    proved = prove(housed)
    someone = member(housed, proved, "赵六")
    household.unbind(housed.desk, WANG, proved, someone)
    assert of_house(housed) == {"张三", "李四", "王五"}
    error = caught(household.unbind, housed.desk, WANG, proved, someone)
    assert (type(error), error.code) == (InputInvalid, Code.MEMBER_UNKNOWN)
    assert calls(housed, "house/shouquan") == 1
    (row,) = housed.journal.history(HistoryFilter(kind=Kind.HOUSEHOLD))
    (intent, *_) = housed.journal.events(row.operation)
    assert intent.payload.data == {"what": "unbind", "house": "1", "key": someone.binding_id}


def test_one_owners_yes_changes_nothing_in_another_house(housed: DeskRig) -> None:
    proved = prove(housed)
    third = prove(housed, open_path(housed, 0, 0, 0, 0, 2))
    stranger = household.detail(housed.desk, WANG, third).members[0]
    for work in (household.unbind, household.switch_managing, household.switch_paying):
        assert caught(work, housed.desk, WANG, proved, stranger).code is Code.MEMBER_UNKNOWN
    nobody = replace(stranger, binding_id="")
    assert caught(household.unbind, housed.desk, WANG, third, nobody).code is Code.MEMBER_UNKNOWN
    for review_id in ("3", "999"):
        for look in (household.review, household.delete_review):
            error = caught(look, housed.desk, WANG, proved, review_id)
            assert error.code is Code.REVIEW_UNKNOWN
    assert calls(housed, *CHANGES, "shenhe/detail") == 0
    assert states(housed) == []


def test_an_application_is_taken_back_once(housed: DeskRig) -> None:
    proved = prove(housed)
    household.delete_review(housed.desk, WANG, proved, "1")
    assert sorted(sim_of(housed).estate.records.reviews) == [2, 3]
    error = caught(household.delete_review, housed.desk, WANG, proved, "1")
    assert error.code is Code.REVIEW_UNKNOWN
    assert calls(housed, "shenhe/detail") == 1
    assert states(housed) == [(State.DONE, "")]


@pytest.mark.parametrize(
    "fault", [Fault.DROP_AFTER, Fault.HANG_AFTER_EFFECT, Fault.NOT_JSON, Fault.HTTP_500]
)
def test_an_unknown_outcome_is_journalled_and_seen_by_looking(
    housed: DeskRig, fault: Fault
) -> None:
    proved = prove(housed)
    someone = member(housed, proved, "赵六")
    sim_of(housed).inject(fault, "house/shouquan")
    error = caught(household.unbind, housed.desk, WANG, proved, someone)
    sim_of(housed).faults.release()
    assert (type(error), error.code) == (OutcomeUnknown, Code.PROPERTY_OUTCOME_UNKNOWN)
    [(state, cause)] = states(housed)
    assert state is State.UNKNOWN
    assert cause.startswith("property_outcome_unknown")
    assert calls(housed, "house/shouquan") == 1, "never sent twice"
    gone = fault is not Fault.HTTP_500
    members = {each.name for each in household.detail(housed.desk, WANG, proved).members}
    assert ("赵六" in members) is not gone


def test_what_was_not_sent_has_failed(housed: DeskRig) -> None:
    proved = prove(housed)
    someone = member(housed, proved, "赵六")
    sim_of(housed).inject(Fault.HTTP_503, "house/charge")
    assert isinstance(
        caught(household.switch_paying, housed.desk, WANG, proved, someone),
        OutcomeUnknown | Unreachable,
    )
    sim_of(housed).inject(Fault.REFUSE, "house/charge")
    error = caught(household.switch_paying, housed.desk, WANG, proved, someone)
    assert isinstance(error, VendorRefused)
    assert states(housed)[0][0] is State.REFUSED
    assert housed.property_server is not None
    housed.property_server.stop()
    error = caught(household.unbind, housed.desk, WANG, proved, someone)
    assert isinstance(error, Unreachable)
    assert len(states(housed)) == 2, "who could not look has begun nothing"
    assert of_house(housed) == {"张三", "李四", "王五", "赵六"}


def test_a_token_that_ends_before_a_change_is_renewed_and_the_change_done_once(
    housed: DeskRig,
) -> None:
    proved = prove(housed)
    someone = member(housed, proved, "赵六")
    sim_of(housed).inject(Fault.EXPIRED_TOKEN, "house/shouquan")
    household.unbind(housed.desk, WANG, proved, someone)
    assert of_house(housed) == {"张三", "李四", "王五"}
    sim_of(housed).lose_tokens()
    error = caught(household.detail, housed.desk, WANG, proved)
    assert error.code is Code.PROPERTY_TOKEN_LOST


def test_a_killed_programs_change_is_unknown(housed: DeskRig) -> None:
    proved = prove(housed)
    record = Record(housed.desk, WANG, Kind.HOUSEHOLD, "killed")
    record.intent(data={"what": "unbind", "house": proved.house.id, "key": "4"})
    housed.restart()
    housed.tick(24 * 3600)
    assert "killed" in adopt(housed.desk)
    assert states(housed) == [(State.UNKNOWN, "interrupted")]


def test_nobodys_name_is_written_down(housed: DeskRig) -> None:
    proved = prove(housed)
    household.unbind(housed.desk, WANG, proved, member(housed, proved, "赵六"))
    household.review(housed.desk, WANG, proved, "1")
    household.delete_review(housed.desk, WANG, proved, "1")
    household.payments(housed.desk, WANG, proved.house.id)
    kept = written_down(housed)
    for needle in (*NUMBERS, *NAMES, "000000199001010000", "某省某市某区"):
        assert needle.encode() not in kept, needle


def test_what_a_house_owes(housed: DeskRig) -> None:
    house = open_path(housed)
    found = household.arrears(housed.desk, WANG, house.id)
    assert found.total == Decimal("256.50")
    assert {order.title for order in found.orders} == {"物业费", "水费"}
    assert all(order.owed for order in found.orders), "a closed order is owed no more"
    money.set_arrears(sim_of(housed).estate, 1, [1, 10, 29])
    exact = household.arrears(housed.desk, WANG, house.id)
    assert (exact.total, len(exact.orders)) == (Decimal("0.40"), 3)
    money.set_arrears(sim_of(housed).estate, 1, [])
    nothing = household.arrears(housed.desk, WANG, house.id)
    assert not nothing
    assert nothing.total == 0
    assert states(housed) == []


def test_more_arrears_than_a_page_holds(housed: DeskRig) -> None:
    money.set_arrears(sim_of(housed).estate, 1, [1] * 120)
    found = household.arrears(housed.desk, WANG, "1")
    assert (len(found.orders), found.total) == (120, Decimal("1.20"))


def test_the_newest_payments_and_no_more_pages_than_needed(housed: DeskRig) -> None:
    found = household.payments(housed.desk, WANG, "1", limit=3)
    assert [bill.paid_at.year for bill in found][1:] == [2024, 2024]
    assert found == household.payments(housed.desk, WANG, "1")[:3]
    assert len(household.payments(housed.desk, WANG, "1", limit=1000)) == 19
    assert household.payments(housed.desk, WANG, "1", limit=0) == []
    assert household.payments(housed.desk, WANG, "2") == []


def test_money_is_for_who_looks_after_houses(housed: DeskRig) -> None:
    technician = Operator("陈工", Role.TECHNICIAN)
    for work in (household.arrears, household.payments):
        assert isinstance(caught(work, housed.desk, technician, "1"), Refused)
    assert calls(housed) == 0
    assert housed.property_server is not None
    housed.property_server.stop()
    assert isinstance(caught(household.arrears, housed.desk, WANG, "1"), Unreachable)
