"""Opening from afar, a lock's state and clock: once, asked why, by whoever may; lost answers."""

from dataclasses import replace

import pytest

from station.domain.credential import CredentialKind
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.outbox import Service
from station.errors import Code, InputInvalid, Refused, StationError, Unreachable, VendorRefused
from station.simulators.faults import Fault, Injection
from station.simulators.kexin.sample import SAMPLE_FACE, SAMPLE_ID_NUM, SAMPLE_PERSON
from station.simulators.pictures import sample_face
from station.workflows.interrupted import adopt
from station.workflows.network_locks import (
    Face,
    begin_time_sync,
    look,
    open_by_face,
    open_with_password,
    report_time_sync,
)
from station.workflows.remote import Opened, open_door, service_for
from tests.desk_rig import LI, WANG, DeskRig
from tests.workflows.leaving import ROOM, give

WHY = "客人忘带卡"
TECHNICIAN = Operator("老周", Role.TECHNICIAN)
BY = [Service.GATEWAY, Service.NETWORK_LOCKS]


def opened(rig: DeskRig, by: Service) -> int:
    assert rig.kexin_sim is not None
    kexin = by is Service.NETWORK_LOCKS
    return rig.kexin_sim.cloud.named(ROOM).opened if kexin else rig.world.lock_of(ROOM).opened


def break_it(rig: DeskRig, by: Service, fault: Fault, times: int | None = 1) -> None:
    assert rig.kexin_sim is not None
    kexin = by is Service.NETWORK_LOCKS
    code = 354 if kexin and fault is Fault.REFUSE else None
    sim = rig.kexin_sim if kexin else rig.sim
    sim.faults.inject(Injection(fault, times=times, code=code))


def open_it(rig: DeskRig, by: Service) -> Opened:
    return open_door(rig.desk, WANG, rig.room(ROOM), WHY, by)


@pytest.mark.parametrize("by", BY)
def test_a_door_opens_once_and_the_journal_says_why(whole: DeskRig, by: Service) -> None:
    result = open_it(whole, by)
    assert (result.state, result.service) == (State.DONE, by)
    assert opened(whole, by) == 1
    row = whole.row(result.operation)
    assert (row.kind, row.reason, row.operator) == (Kind.REMOTE_OPEN, WHY, WANG.name)


def test_a_room_with_a_networked_lock_is_opened_by_it(whole: DeskRig) -> None:
    assert service_for(whole.desk, whole.room(ROOM)) is Service.NETWORK_LOCKS
    assert service_for(replace(whole.desk, network_locks=None), whole.room(ROOM)) is Service.GATEWAY
    nothing = replace(whole.desk, network_locks=None, gateway=None)
    with pytest.raises(InputInvalid) as caught:
        service_for(nothing, whole.room(ROOM))
    assert caught.value.code is Code.PART_NOT_SET_UP


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize(
    ("fault", "state", "times"),
    [
        (Fault.DROP_AFTER, State.UNKNOWN, 1),
        (Fault.HALF_BODY, State.UNKNOWN, 1),
        (Fault.NOT_JSON, State.UNKNOWN, 1),
        (Fault.REFUSE, State.REFUSED, 0),
    ],
)
def test_a_lost_answer_is_unknown_and_never_sent_twice(
    whole: DeskRig, by: Service, fault: Fault, state: State, times: int
) -> None:
    break_it(whole, by, fault)
    result = open_it(whole, by)
    assert result.state is state
    assert opened(whole, by) == times
    row = whole.row(result.operation)
    assert row.state is state
    assert row.error
    if state is State.REFUSED:
        assert row.vendor_msg


@pytest.mark.parametrize("by", BY)
def test_without_a_reason_or_the_right_nothing_is_sent(whole: DeskRig, by: Service) -> None:
    room, before = whole.room(ROOM), len(whole.rows())
    with pytest.raises(StationError) as caught:
        open_door(whole.desk, WANG, room, "  ", by)
    assert caught.value.code in {Code.REASON_NEEDED, Code.FIELD_EMPTY}
    with pytest.raises(Refused) as refused:
        open_door(whole.desk, TECHNICIAN, room, WHY, by)
    assert refused.value.code is Code.NOT_ALLOWED
    assert opened(whole, by) == 0
    assert len(whole.rows()) == before


def test_a_door_that_another_program_is_busy_at_is_not_begun(whole: DeskRig) -> None:
    def busy(_: float) -> object:
        raise Unreachable(Code.SERVICE_BUSY, service="door_lock")

    whole.desk = replace(whole.desk, slots_turn=busy)  # type: ignore[arg-type]
    before = len(whole.rows())
    with pytest.raises(Unreachable):
        open_it(whole, Service.GATEWAY)
    assert len(whole.rows()) == before


def test_opening_with_a_password_of_kexins(whole: DeskRig) -> None:
    given = give(whole, CredentialKind.KEXIN_PASSWORD)
    result = open_with_password(whole.desk, WANG, whole.room(ROOM), given.code, WHY)
    assert result.state is State.DONE
    assert opened(whole, Service.NETWORK_LOCKS) == 1
    wrong = "000000" if given.code != "000000" else "000001"
    result = open_with_password(whole.desk, WANG, whole.room(ROOM), wrong, WHY)
    assert result.state is State.REFUSED
    with pytest.raises(InputInvalid):
        open_with_password(whole.desk, WANG, whole.room(ROOM), "12a", WHY)
    assert opened(whole, Service.NETWORK_LOCKS) == 1


PERSON = Face(SAMPLE_PERSON, SAMPLE_ID_NUM, SAMPLE_FACE)


def test_opening_by_a_face(whole: DeskRig) -> None:
    room = whole.room(ROOM)
    result = open_by_face(whole.desk, WANG, room, PERSON, WHY, agreed=True)
    assert result.state is State.DONE, result
    assert opened(whole, Service.NETWORK_LOCKS) == 1
    other = replace(PERSON, picture=sample_face(2))
    result = open_by_face(whole.desk, WANG, room, other, WHY, agreed=True)
    assert result.state is State.REFUSED
    assert isinstance(result.error, VendorRefused)
    assert result.error.code is Code.KEXIN_FACE_MISMATCH
    with pytest.raises(InputInvalid) as unasked:
        open_by_face(whole.desk, WANG, room, PERSON, WHY, agreed=False)
    assert unasked.value.code is Code.CONSENT_NEEDED
    whole.desk = replace(whole.desk, site=replace(whole.desk.site, faces=False))
    with pytest.raises(Refused) as off:
        open_by_face(whole.desk, WANG, room, PERSON, WHY, agreed=True)
    assert off.value.code is Code.FACES_OFF
    assert opened(whole, Service.NETWORK_LOCKS) == 1


def test_a_face_is_in_no_words_of_the_program() -> None:
    assert SAMPLE_ID_NUM not in repr(PERSON)
    assert SAMPLE_PERSON not in repr(PERSON)


def test_a_look_at_a_lock_keeps_what_it_said(whole: DeskRig) -> None:
    assert whole.kexin_sim is not None
    whole.kexin_sim.cloud.named(ROOM).low_voltage = True
    seen = look(whole.desk, TECHNICIAN, whole.room(ROOM), details=True)
    assert seen.state.low_voltage
    assert seen.lock is not None
    assert seen.lock.lock_id == seen.lock_id
    [facts] = whole.journal.lock_facts(seen.room.id)
    assert facts.low
    assert [each.room_id for each in whole.journal.low_batteries()] == [seen.room.id]
    whole.kexin_sim.cloud.named(ROOM).low_voltage = False
    break_it(whole, Service.NETWORK_LOCKS, Fault.REFUSE)
    with pytest.raises(VendorRefused):
        look(whole.desk, TECHNICIAN, whole.room(ROOM))


def test_a_clock_is_set_in_two_steps(whole: DeskRig) -> None:
    assert whole.kexin_sim is not None
    lock = whole.kexin_sim.cloud.named(ROOM)
    lock.clock_offset_s = 90
    with pytest.raises(Refused):
        begin_time_sync(whole.desk, WANG, whole.room(ROOM))
    begun = begin_time_sync(whole.desk, TECHNICIAN, whole.room(ROOM))
    assert str(begun.keys.key1) not in repr(begun)
    assert whole.row(begun.operation).state is State.INTENT
    # the technician is on the way to the door while another program starts
    whole.tick(9 * 60)
    assert adopt(whole.desk) == []
    assert report_time_sync(whole.desk, TECHNICIAN, begun, ok=True) is State.DONE
    assert lock.clock_offset_s == 0
    assert whole.row(begun.operation).state is State.DONE


def test_a_clock_that_nobody_reports_is_unknown_in_the_end(whole: DeskRig) -> None:
    begun = begin_time_sync(whole.desk, LI, whole.room(ROOM))
    whole.tick(20 * 60)
    assert adopt(whole.desk) == [begun.operation]
    assert whole.row(begun.operation).state is State.UNKNOWN


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.DROP_BEFORE, Fault.NOT_JSON])
def test_a_clock_whose_sequence_is_not_given_has_failed(whole: DeskRig, fault: Fault) -> None:
    break_it(whole, Service.NETWORK_LOCKS, fault, times=None)
    with pytest.raises(StationError):
        begin_time_sync(whole.desk, LI, whole.room(ROOM))
    [row] = [row for row in whole.rows() if row.kind is Kind.TIME_SYNC]
    assert row.state in {State.REFUSED, State.FAILED, State.UNKNOWN}
