"""Residents' cards: one card per mobile, pushed in order and once, whatever the cloud does."""

import pytest

from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.errors import Code, InputInvalid, Refused, Unreachable
from station.ports import ReaderState
from station.simulators.shankai.switches import CardNoForm
from station.workflows import outbox, resident
from station.workflows.desk import NO_CONSENT, Consent
from station.workflows.gate_too import bind_too, check_before
from station.workflows.issue import issue
from tests.desk_rig import GUEST, WANG, DeskRig

OTHER = Person("李四", "13800000002")
UID = "04A1B2C3D4E5F6"
OTHER_UID = "04A1B2C3D4E5F7"


def cloud_card(rig: DeskRig, mobile: str) -> str | None:
    assert rig.gate_sim is not None
    organization = rig.gate_sim.add_sample()
    card = rig.gate_sim.cloud.card_of(organization, mobile)
    return card.upper().removeprefix("0X") if card else None


def test_a_card_from_the_reader_is_bound_in_registry_and_cloud(gated: DeskRig) -> None:
    gated.reader.put(UID)
    result = resident.bind(gated.desk, WANG, resident.Binding(GUEST))
    assert (result.kind, result.state, result.uid) == (Kind.RESIDENT_BIND, State.DONE, UID)
    assert cloud_card(gated, GUEST.mobile) == UID
    shown = resident.show(gated.desk, WANG, GUEST.mobile)
    assert [row.uid for row in shown.bound] == [UID]
    assert (shown.masked, shown.waiting) == ("张* 138****0001", 0)


def test_one_card_per_mobile(gated: DeskRig) -> None:
    for uid in (UID, OTHER_UID):
        resident.bind(gated.desk, WANG, resident.Binding(GUEST, uid))
    shown = resident.show(gated.desk, WANG, GUEST.mobile)
    assert [row.uid for row in shown.bound] == [OTHER_UID]
    assert cloud_card(gated, GUEST.mobile) == OTHER_UID


def test_a_uid_of_somebody_else_is_asked_about(gated: DeskRig) -> None:
    resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    with pytest.raises(Refused) as caught:
        resident.bind(gated.desk, WANG, resident.Binding(OTHER, UID))
    assert caught.value.code is Code.UID_BOUND_ELSEWHERE
    assert caught.value.context["owner"] == "张* 138****0001"
    assert cloud_card(gated, OTHER.mobile) is None
    moved = resident.bind(gated.desk, WANG, resident.Binding(OTHER, UID, Consent(overwrite=True)))
    assert moved.state is State.DONE
    assert resident.show(gated.desk, WANG, GUEST.mobile).bound == ()


def test_bad_input_and_roles_send_nothing(gated: DeskRig) -> None:
    bad = [
        resident.Binding(Person("", GUEST.mobile), UID),
        resident.Binding(Person("张三", "123"), UID),
        resident.Binding(GUEST, "08A1B2C3"),
        resident.Binding(GUEST, "04A1"),
    ]
    for wanted in bad:
        with pytest.raises(InputInvalid):
            resident.bind(gated.desk, WANG, wanted)
    with pytest.raises(Refused):
        resident.bind(gated.desk, Operator("李工", Role.TECHNICIAN), resident.Binding(GUEST, UID))
    assert gated.gate_sim is not None
    assert gated.gate_sim.calls.all() == []
    assert gated.rows() == []


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ReaderState.EMPTY, Code.PCSC_NO_CARD),
        (ReaderState.NO_READER, Code.PCSC_NO_READER),
        (ReaderState.NO_SERVICE, Code.PCSC_NO_SERVICE),
        (ReaderState.CARD_UNREADABLE, Code.PCSC_CARD_UNREADABLE),
        (ReaderState.CARD_SILENT, Code.PCSC_CARD_SILENT),
        (ReaderState.BUSY, Code.PCSC_READER_BUSY),
        (ReaderState.REMOTE_SESSION, Code.PCSC_REMOTE_SESSION),
    ],
)
def test_a_reader_without_a_card_says_why(gated: DeskRig, state: ReaderState, code: Code) -> None:
    gated.reader.unplug(state)
    with pytest.raises(Unreachable) as caught:
        resident.bind(gated.desk, WANG, resident.Binding(GUEST))
    assert caught.value.code is code


def test_a_random_uid_is_refused_at_the_reader_too(gated: DeskRig) -> None:
    gated.reader.put("08A1B2C3")
    with pytest.raises(InputInvalid) as caught:
        resident.bind(gated.desk, WANG, resident.Binding(GUEST))
    assert caught.value.code is Code.UID_RANDOM


def test_while_the_cloud_is_away_it_waits_and_goes_later_in_order_and_once(
    gated: DeskRig,
) -> None:
    assert gated.gate_server is not None
    assert gated.gate_sim is not None
    gated.gate_server.stop()
    first = resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    second = resident.bind(gated.desk, WANG, resident.Binding(OTHER, OTHER_UID))
    assert (first.state, second.state) == (State.WAITING, State.WAITING)
    assert [row.operation for row in gated.journal.outbox()] == [
        first.operation,
        second.operation,
    ]
    gated.restart()
    gated.gate_server.start()
    assert outbox.sync(gated.desk, WANG) == [], "not due yet"
    gated.tick(3600)
    pushes = outbox.sync(gated.desk, WANG)
    assert [(push.operation, push.state) for push in pushes] == [
        (first.operation, "done"),
        (second.operation, "done"),
    ]
    assert gated.journal.outbox() == []
    assert outbox.sync(gated.desk, WANG, now=True) == []
    assert len(gated.gate_sim.calls.all("set_card_no")) == 2
    assert cloud_card(gated, GUEST.mobile) == UID
    assert gated.row(first).state is State.DONE


def test_an_error_that_no_retry_mends_stops_at_once(gated: DeskRig) -> None:
    assert gated.gate_sim is not None
    organization = gated.gate_sim.add_sample()
    gated.gate_sim.cloud.deny(organization, GUEST.mobile)
    result = resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    assert result.state is State.REFUSED
    assert result.error is not None
    assert result.error.code is Code.SHANKAI_NO_PERMISSION
    assert gated.journal.outbox() == []
    (stopped,) = gated.journal.outbox(stopped=True)
    assert stopped.facts.error == "shankai_no_permission"
    assert resident.show(gated.desk, WANG, GUEST.mobile).bound == ()


def test_what_was_given_up_can_be_tried_again(gated: DeskRig) -> None:
    assert gated.gate_sim is not None
    organization = gated.gate_sim.add_sample()
    gated.gate_sim.cloud.deny(organization, GUEST.mobile)
    result = resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    gated.gate_sim.cloud.deny(organization, GUEST.mobile, denied=False)
    outbox.retry(gated.desk, WANG, result.operation)
    (push,) = outbox.sync(gated.desk, WANG, now=True)
    assert push.state == "done"
    assert gated.row(result).state is State.DONE
    assert [row.uid for row in resident.show(gated.desk, WANG, GUEST.mobile).bound] == [UID]


def test_back_off_grows_to_a_quarter_of_an_hour() -> None:
    pauses = [outbox.pause_after(attempts).total_seconds() for attempts in range(1, 12)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses[-1] == outbox.pause_after(10_000).total_seconds() == 900


def test_unbinding_takes_the_card_back_everywhere(gated: DeskRig) -> None:
    resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    result = resident.unbind(gated.desk, WANG, GUEST.mobile)
    assert (result.state, result.uid) == (State.DONE, UID)
    assert cloud_card(gated, GUEST.mobile) is None
    assert resident.show(gated.desk, WANG, GUEST.mobile).bound == ()


def test_unbinding_twice_over_a_lost_answer_is_done(gated: DeskRig) -> None:
    assert gated.gate_sim is not None
    resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    gated.gate_sim.inject("drop_after", "del_user")
    waiting = resident.unbind(gated.desk, WANG, GUEST.mobile)
    assert waiting.state is State.WAITING
    (push,) = outbox.sync(gated.desk, WANG, now=True)
    assert push.state == "done"


def test_asking_the_cloud_allocates_and_is_an_operation(gated: DeskRig) -> None:
    assert gated.gate_sim is not None
    gated.gate_sim.switch(card_no=CardNoForm.HEX)
    resident.bind(gated.desk, WANG, resident.Binding(GUEST, UID))
    answer = resident.ask_cloud(gated.desk, WANG, GUEST)
    assert answer.cloud is not None
    assert (answer.cloud.card_no.upper(), answer.cloud.is_new) == (UID, False)
    assert gated.row(answer.operation).kind is Kind.RESIDENT_ALLOCATE


def test_an_unknown_resident_is_one_clear_error(gated: DeskRig) -> None:
    with pytest.raises(InputInvalid) as caught:
        resident.show(gated.desk, WANG, "13800000003")
    assert caught.value.code is Code.RESIDENT_UNKNOWN


def test_one_tap_does_both_and_the_outcomes_stand_apart(gated: DeskRig) -> None:
    card = gated.put()
    check_before(gated.desk, WANG, GUEST)
    result = issue(gated.desk, WANG, gated.stay("1-101"))
    result = bind_too(gated.desk, WANG, result, GUEST, NO_CONSENT)
    assert result.state is State.DONE
    assert result.gate is not None
    assert result.gate.state is State.DONE
    assert cloud_card(gated, GUEST.mobile) == card.uid
    assert gated.row(result.gate).parent == result.operation


def test_one_failing_never_hides_the_other(gated: DeskRig) -> None:
    assert gated.gate_server is not None
    card = gated.put()
    gated.gate_server.stop()
    result = issue(gated.desk, WANG, gated.stay("1-101"))
    result = bind_too(gated.desk, WANG, result, GUEST, NO_CONSENT)
    assert result.state is State.DONE
    assert result.gate is not None
    assert result.gate.state is State.WAITING
    assert gated.opens(card, "1-101")
    gated.put()
    gated.reader.unplug()
    result = issue(gated.desk, WANG, gated.stay("1-102"))
    result = bind_too(gated.desk, WANG, result, OTHER, NO_CONSENT)
    assert result.state is State.DONE
    assert result.gate is not None
    assert result.gate.state is State.REFUSED
    assert result.gate.error is not None
    assert result.gate.error.code is Code.PCSC_NO_READER
