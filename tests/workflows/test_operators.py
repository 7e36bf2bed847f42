"""Operators and what they see: log-in, lock-out, the first supervisor, history by role."""

from datetime import timedelta

import pytest

from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.errors import Code, InputInvalid, Refused
from station.ports import HistoryFilter
from station.workflows import history, operators, people
from station.workflows.issue import issue
from station.workflows.recycle import recycle
from tests.desk_rig import GUEST, LI, WANG, DeskRig

PIN = "8251"


@pytest.fixture
def staffed(rig: DeskRig) -> DeskRig:
    operators.add(rig.desk, None, LI.name, Role.SUPERVISOR, PIN)
    operators.add(rig.desk, LI, WANG.name, Role.CLERK, "7364")
    return rig


def test_the_first_operator_is_a_supervisor_and_needs_nobody_exactly_once(rig: DeskRig) -> None:
    with pytest.raises(Refused) as caught:
        operators.log_in(rig.desk, LI.name, PIN)
    assert caught.value.code is Code.NO_OPERATOR_YET
    with pytest.raises(Refused):
        operators.add(rig.desk, None, WANG.name, Role.CLERK, PIN)
    operators.add(rig.desk, None, LI.name, Role.SUPERVISOR, PIN)
    with pytest.raises(Refused) as again:
        operators.add(rig.desk, None, "赵", Role.SUPERVISOR, PIN)
    assert again.value.code is Code.NOT_LOGGED_IN
    assert operators.log_in(rig.desk, LI.name, PIN) == LI


def test_five_wrong_pins_lock_for_a_while(staffed: DeskRig) -> None:
    for attempt in range(1, 6):
        with pytest.raises(Refused) as caught:
            operators.log_in(staffed.desk, WANG.name, "0000")
        assert caught.value.code is (Code.PIN_WRONG if attempt < 5 else Code.OPERATOR_LOCKED)
    with pytest.raises(Refused) as locked:
        operators.log_in(staffed.desk, WANG.name, "7364")
    assert locked.value.code is Code.OPERATOR_LOCKED
    refused = [row for row in staffed.rows() if row.kind is Kind.LOGIN]
    assert [row.state for row in refused] == [State.REFUSED] * 6
    operators.reset(staffed.desk, LI, WANG.name, "9182")
    assert operators.log_in(staffed.desk, WANG.name, "9182") == WANG


def test_an_unknown_name_is_a_wrong_pin_and_is_not_written_down(staffed: DeskRig) -> None:
    with pytest.raises(Refused) as caught:
        operators.log_in(staffed.desk, "7364", "7364")
    assert caught.value.code is Code.PIN_WRONG
    (row,) = [row for row in staffed.rows() if row.kind is Kind.LOGIN]
    assert row.operator == "-"


def test_operators_are_disabled_and_never_deleted(staffed: DeskRig) -> None:
    operators.disable(staffed.desk, LI, WANG.name)
    with pytest.raises(Refused) as caught:
        operators.log_in(staffed.desk, WANG.name, "7364")
    assert caught.value.code is Code.OPERATOR_DISABLED
    assert {row.name for row in operators.listed(staffed.desk, LI)} == {LI.name, WANG.name}
    with pytest.raises(Refused) as last:
        operators.disable(staffed.desk, LI, LI.name)
    assert last.value.code is Code.LAST_SUPERVISOR


def test_only_a_supervisor_manages_operators(staffed: DeskRig) -> None:
    with pytest.raises(Refused):
        operators.add(staffed.desk, WANG, "赵", Role.CLERK, PIN)
    with pytest.raises(Refused):
        operators.reset(staffed.desk, WANG, LI.name, PIN)
    with pytest.raises(Refused):
        operators.listed(staffed.desk, WANG)
    operators.reset(staffed.desk, WANG, WANG.name, "5150")
    with pytest.raises(InputInvalid) as unknown:
        operators.reset(staffed.desk, LI, "赵", PIN)
    assert unknown.value.code is Code.OPERATOR_UNKNOWN
    with pytest.raises(InputInvalid) as exists:
        operators.add(staffed.desk, LI, WANG.name, Role.CLERK, PIN)
    assert exists.value.code is Code.OPERATOR_EXISTS


def test_a_clerk_sees_their_own_last_day(staffed: DeskRig) -> None:
    staffed.put()
    issue(staffed.desk, WANG, staffed.stay("1-101"))
    staffed.put()
    issue(staffed.desk, LI, staffed.stay("1-102"))
    own = history.history(staffed.desk, WANG, HistoryFilter())
    assert {row.operator for row in own} == {WANG.name}
    assert {row.operator for row in history.history(staffed.desk, LI, HistoryFilter())} == {
        WANG.name,
        LI.name,
    }
    with pytest.raises(Refused):
        history.history(staffed.desk, WANG, HistoryFilter(operator=LI.name))
    staffed.tick(timedelta(days=2).total_seconds())
    assert history.history(staffed.desk, WANG, HistoryFilter()) == []
    with pytest.raises(Refused):
        history.history(staffed.desk, Operator("李工", Role.TECHNICIAN), HistoryFilter())


def test_exports_are_journalled_and_only_for_supervisors(staffed: DeskRig) -> None:
    staffed.put()
    issue(staffed.desk, WANG, staffed.stay("1-101"))
    with pytest.raises(Refused):
        history.export_rows(staffed.desk, WANG, HistoryFilter())
    rows = list(history.export_rows(staffed.desk, LI, HistoryFilter(text=GUEST.name)))
    assert [row.kind for row in rows] == [Kind.ISSUE]
    (exported,) = [row for row in staffed.rows() if row.kind is Kind.EXPORT]
    assert exported.operator == LI.name
    (event,) = staffed.journal.events(exported.operation)
    assert GUEST.name not in str(event)


def test_seeing_a_person_in_full_is_written_down_and_erasing_is_for_good(
    staffed: DeskRig,
) -> None:
    staffed.put()
    result = issue(staffed.desk, WANG, staffed.stay("1-101"))
    stay = staffed.journal.stay(result.stay_id)
    assert stay is not None
    assert stay.holder
    assert people.reveal(staffed.desk, WANG, stay.holder) == GUEST
    with pytest.raises(Refused):
        people.erase(staffed.desk, WANG, GUEST.mobile)
    people.erase(staffed.desk, LI, GUEST.mobile)
    assert staffed.journal.person(stay.holder).name == ""
    assert staffed.journal.verify().ok
    kinds = [row.kind for row in staffed.rows()]
    assert kinds.count(Kind.PERSON_REVEAL) == 1
    assert kinds.count(Kind.PERSON_ERASE) == 1
    with pytest.raises(InputInvalid):
        people.erase(staffed.desk, LI, GUEST.mobile)


def test_people_are_forgotten_after_the_retention_period_but_not_while_they_stay(
    staffed: DeskRig,
) -> None:
    staffed.put()
    long = staffed.stay("1-101", expires_at=staffed.tomorrow(399))
    staying = issue(staffed.desk, WANG, long)
    card = staffed.put()
    short = staffed.stay("1-102", guest=Person("李四", "13800000002"))
    left = issue(staffed.desk, WANG, short)
    recycle(staffed.desk, WANG)
    assert card.memory is None
    assert people.forget_old(staffed.desk) == 0
    staffed.tick(timedelta(days=181).total_seconds())
    assert people.forget_old(staffed.desk) == 1
    assert people.forget_old(staffed.desk) == 0
    holders = [staffed.journal.stay(result.stay_id) for result in (staying, left)]
    names = [staffed.journal.person(stay.holder or "").name for stay in holders if stay]
    assert names == [GUEST.name, ""]
    assert staffed.journal.verify().ok
    erased = [row for row in staffed.rows() if row.kind is Kind.PERSON_ERASE]
    assert [row.operator for row in erased] == ["-"]
