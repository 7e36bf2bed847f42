"""The gateway's client against the simulated platform: what it does at the simulated doors."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from station.domain.lock import LockReading
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.simulators.door_lock import DoorLockSim
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.simulators.door_lock.switches import BodyForm, EmptyData, ReplyForm, Switches
from station.simulators.faults import Fault
from station.simulators.options import NumberForm
from station.simulators.pictures import sample_face, sample_finger
from station.simulators.server import SimServer
from station.vendors.door_lock import DoorLock, DoorLockGateway
from tests.vendors.lock_calls import GATEWAY_CALLS, GatewayCall
from tests.vendors.pictures import jpg

ROOM = "775032240849920"
NOW, END, LATER = datetime(2022, 7, 23, 15), datetime(2022, 7, 24, 12), datetime(2022, 7, 25, 12)
FINGER = bytes.fromhex(sample_finger().replace("-", ""))
Service = SimServer[DoorLockSim]
by_name = pytest.mark.parametrize("call", GATEWAY_CALLS, ids=lambda call: call.name)


def client(service: Service, **more: object) -> DoorLockGateway:
    settings: dict[str, object] = {
        "read_timeout_s": 0.4,
        "gateway_timeout_s": 0.4,
        "deadline_s": 0.8,
        **more,
    }
    lock = DoorLock(service.url, APPID, APPSECRET, **settings)  # type: ignore[arg-type]
    lock.rooms()
    return DoorLockGateway(lock)


@pytest.fixture
def service() -> Iterator[Service]:
    with SimServer(DoorLockSim()) as server:
        server.sim.world.clock.set(NOW)
        yield server


def whole_round(service: Service, gate: DoorLockGateway) -> list[LockReading]:
    """Every call, and at each step what the door makes of it. The readings, in order."""
    world = service.sim.world

    def opens(code: str) -> bool:
        return world.try_passcode(ROOM, code).opened

    code = gate.make_offline(ROOM, END)
    assert opens(code)
    gate.stop_offline(ROOM, code, END)
    assert not opens(code)
    readings = [gate.put_online(ROOM, 1, "123456789", END), gate.put_online(ROOM, 2, "222333", END)]
    assert (opens("123456789"), opens("222333")) == (True, True)
    readings.append(gate.put_online(ROOM, 1, "987654", LATER))
    assert (opens("123456789"), opens("987654")) == (False, True)
    readings.append(gate.stop_online(ROOM, 1))
    assert (opens("987654"), opens("222333")) == (False, True)
    opened = world.lock_of(ROOM).opened
    readings.append(gate.open(ROOM))
    assert world.lock_of(ROOM).opened == opened + 1
    readings.append(gate.put_face(ROOM, 49, sample_face(), NOW, END))
    assert world.try_face(ROOM, sample_face()).opened
    readings.append(gate.stop_face(ROOM, 49))
    assert not world.try_face(ROOM, sample_face()).opened
    readings.append(gate.put_face(ROOM, 1, jpg(), NOW, END))
    assert world.try_face(ROOM, jpg()).opened
    readings.append(gate.put_fingerprint(ROOM, 1, FINGER, NOW, END))
    assert world.try_fingerprint(ROOM, sample_finger()).opened
    readings.append(gate.stop_fingerprint(ROOM, 1))
    assert not world.try_fingerprint(ROOM, sample_finger()).opened
    return readings


READINGS = [
    Switches(),
    Switches(body=BodyForm.FORM),
    Switches(body=BodyForm.JSON, code=NumberForm.STRING),
    Switches(ce_reply=ReplyForm.STRING, d2_reply=ReplyForm.STRING),
    Switches(offline_repeats=True, stop_offline_data=EmptyData.NULL),
    Switches(stop_checks_end=False, stop_empty_ok=False),
]


@pytest.mark.parametrize("switches", READINGS, ids=range(len(READINGS)))
def test_every_call_in_every_reading_of_the_paper(service: Service, switches: Switches) -> None:
    service.sim.switches = switches
    readings = whole_round(service, client(service))
    moment = NOW.astimezone()
    assert all(each.battery in range(80, 90) for each in readings)
    assert all(each.read_at == moment for each in readings)


@pytest.mark.parametrize("missing", ["ce_reply", "d2_reply"])
def test_a_reading_that_does_not_come_spoils_nothing(service: Service, missing: str) -> None:
    service.sim.switches = Switches(**{missing: ReplyForm.MISSING})  # type: ignore[arg-type]
    readings = whole_round(service, client(service))
    assert all((each.battery is None) is (missing == "ce_reply") for each in readings)
    assert all((each.read_at is None) is (missing == "d2_reply") for each in readings)


def test_a_passcode_that_came_as_a_number_is_not_handed_out(service: Service) -> None:
    """Its leading zeros may be gone: such a code would leave the guest before the door."""
    service.sim.switches = Switches(muid=NumberForm.NUMBER)
    with pytest.raises(Unreachable) as info:
        client(service).make_offline(ROOM, END)
    assert (info.value.code, info.value.context["field"]) == (Code.REPLY_SHAPE, "muid")


def test_another_end_stops_nothing(service: Service) -> None:
    gate = client(service)
    code = gate.make_offline(ROOM, END)
    with pytest.raises(VendorRefused):
        gate.stop_offline(ROOM, code, LATER)
    assert service.sim.world.try_passcode(ROOM, code).opened


def test_a_lock_that_cannot_be_reached_is_refused_and_a_made_passcode_still_works(
    service: Service,
) -> None:
    world, gate = service.sim.world, client(service)
    world.lock_of(ROOM).reachable = False
    for call in GATEWAY_CALLS[2:]:
        with pytest.raises(VendorRefused) as info:
            call.make(gate)
        assert info.value.code is Code.GATEWAY_REFUSED
        assert info.value.context["vendor_msg"]
    assert world.try_passcode(ROOM, gate.make_offline(ROOM, END)).opened


def test_radio_that_takes_its_time(service: Service) -> None:
    service.sim.switches = Switches(radio_ms=700)
    gate = client(service, gateway_timeout_s=20, deadline_s=40)
    assert gate.open(ROOM).battery is not None
    with pytest.raises(OutcomeUnknown):
        client(service).open(ROOM)


FAULTS = [
    (Fault.REFUSE, Code.GATEWAY_REFUSED),
    (Fault.HANG, Code.SERVICE_TIMEOUT),
    (Fault.HANG_AFTER_EFFECT, Code.SERVICE_TIMEOUT),
    (Fault.DROP_BEFORE, Code.SERVICE_DROPPED),
    (Fault.DROP_AFTER, Code.SERVICE_DROPPED),
    (Fault.CUT_JSON, Code.REPLY_NOT_JSON),
    (Fault.WRONG_SHAPE, Code.REPLY_SHAPE),
    (Fault.HTTP_500, Code.SERVICE_HTTP_STATUS),
]


@by_name
@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[fault.value for fault, _ in FAULTS])
def test_every_call_in_trouble_is_sent_once(
    service: Service, call: GatewayCall, fault: Fault, code: Code
) -> None:
    gate = client(service)
    service.sim.inject(fault, call.name, times=None)
    with pytest.raises(StationError) as info:
        call.make(gate)
    assert len(service.sim.calls.all(call.name)) == 1
    if fault is Fault.REFUSE:
        assert type(info.value) is VendorRefused
    elif call.writes:
        assert type(info.value) is OutcomeUnknown
        assert info.value.code is Code.LOCK_OUTCOME_UNKNOWN
        assert info.value.context["cause"] == code.value
    else:
        assert type(info.value) is Unreachable
        assert info.value.code is code
