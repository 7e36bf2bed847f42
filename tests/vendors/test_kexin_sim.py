"""The Kexin client against the simulated cloud: what it does at the simulated locks."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from station.domain.kexin import STATUS_CODES
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.simulators.faults import Fault
from station.simulators.kexin import KexinSim, Switches
from station.simulators.kexin.sample import (
    FIRST_LOCK_ID,
    SAMPLE_FACE,
    SAMPLE_ID_NUM,
    SAMPLE_PERSON,
)
from station.simulators.kexin.switches import HttpStatus, StateOffline
from station.simulators.options import NumberForm
from station.simulators.pictures import sample_face
from station.simulators.server import SimServer
from station.vendors.kexin import Kexin, signer_from
from tests.vendors.kexin_calls import KEXIN_CALLS, KexinCall

LOCK, MAC, USER = FIRST_LOCK_ID, "72:00:03:16:7d:f0", 100001
NOW = datetime(2024, 1, 24, 15)
SINCE = NOW.astimezone(UTC)
FUNCTION = "station.simulators.kexin.demo_signer:sign"
Service = SimServer[KexinSim]


def client(service: Service, signer: str = FUNCTION, **more: object) -> Kexin:
    settings: dict[str, object] = {
        "read_timeout_s": 0.4,
        "deadline_s": 0.8,
        "backoff_s": 0.01,
        **more,
    }
    sim = service.sim
    return Kexin(service.url, sim.app_id, signer_from(signer), **settings)  # type: ignore[arg-type]


@pytest.fixture
def service() -> Iterator[Service]:
    with SimServer(KexinSim()) as server:
        server.sim.cloud.clock.set(NOW)
        server.sim.add_sample()
        yield server


def whole_round(service: Service, kexin: Kexin) -> None:
    """Every call, and at each step what the lock makes of it."""
    cloud = service.sim.cloud
    lock = cloud.named(LOCK)

    def opens(code: str) -> bool:
        return cloud.try_password(LOCK, code).opened

    found = kexin.lock(LOCK)
    assert (found.lock_id, found.mac, found.is_bound, found.is_deleted) == (LOCK, MAC, True, False)
    assert kexin.lock_by_mac(MAC.upper()) == found
    state = kexin.state(LOCK)
    assert (state.lock_id, state.online) == (LOCK, True)
    kexin.open(LOCK)
    assert lock.opened == 1
    kexin.open_by_face(LOCK, SAMPLE_PERSON, SAMPLE_ID_NUM, SAMPLE_FACE)
    assert lock.opened == 2
    assert opens(kexin.password(LOCK, SINCE))
    sync = kexin.time_sync_start(LOCK)
    assert cloud.bring_keys(LOCK, sync.key1, sync.key2)
    kexin.time_sync_result(LOCK, sync.seq, True)
    code = kexin.put_password(LOCK, USER, SINCE, 3600)
    assert opens(code)
    opened = lock.opened
    kexin.open_with_password(LOCK, code)
    assert lock.opened == opened + 1
    kexin.delete_password(LOCK, USER)
    assert not opens(code)


@pytest.mark.parametrize("numbers", NumberForm)
@pytest.mark.parametrize("line", HttpStatus)
def test_every_call_in_every_reading_of_the_paper(
    service: Service, numbers: NumberForm, line: HttpStatus
) -> None:
    service.sim.switches = Switches(code=numbers, http_status=line)
    kexin = client(service)
    whole_round(service, kexin)
    with pytest.raises(VendorRefused) as info:
        kexin.lock(LOCK + 100_000)
    assert info.value.code is Code.KEXIN_LOCK_MISSING
    with pytest.raises(VendorRefused) as info:
        kexin.open_by_face(LOCK, SAMPLE_PERSON, SAMPLE_ID_NUM, sample_face(7))
    assert info.value.code is Code.KEXIN_FACE_MISMATCH
    with pytest.raises(VendorRefused) as info:
        kexin.delete_password(LOCK, USER)
    assert info.value.code is Code.KEXIN_USER_MISSING
    service.sim.cloud.named(LOCK).jams = 1
    with pytest.raises(VendorRefused) as info:
        kexin.open(LOCK)
    assert info.value.code is Code.KEXIN_OPEN_FAILED


def test_the_demonstrations_signer_as_a_program(service: Service) -> None:
    command = [sys.executable, "-m", "station.simulators.kexin.demo_signer"]
    kexin = Kexin(service.url, service.sim.app_id, signer_from("", 20, command=command))
    kexin.open(LOCK)
    kexin.open_by_face(LOCK, SAMPLE_PERSON, SAMPLE_ID_NUM, SAMPLE_FACE)
    assert service.sim.cloud.named(LOCK).opened == 2


@pytest.mark.parametrize(
    ("status", "code"), [(401, "KEXIN_UNAUTHORISED"), (400, "KEXIN_BAD_REQUEST")]
)
def test_another_signature_is_refused(service: Service, status: int, code: str) -> None:
    service.sim.switches = Switches(wrong_signature=status)
    wrong = Kexin(service.url, service.sim.app_id, lambda fields: "a6b5986b23d42b4f")
    with pytest.raises(VendorRefused) as info:
        wrong.open(LOCK)
    assert info.value.code is Code[code]
    assert service.sim.cloud.named(LOCK).opened == 0


@pytest.mark.parametrize("answer", StateOffline)
def test_a_lock_that_is_not_online(service: Service, answer: StateOffline) -> None:
    service.sim.switches = Switches(state_offline=answer)
    service.sim.cloud.named(LOCK).online = False
    kexin = client(service)
    with pytest.raises(VendorRefused) as info:
        kexin.open(LOCK)
    assert info.value.code is Code.KEXIN_LOCK_OFFLINE
    if answer is StateOffline.REPORTED:
        assert not kexin.state(LOCK).online
        return
    with pytest.raises(VendorRefused) as info:
        kexin.state(LOCK)
    assert info.value.code is Code.KEXIN_LOCK_OFFLINE


@pytest.mark.parametrize("status", [each for each in STATUS_CODES if each >= 310])
def test_every_status_that_the_cloud_can_give(service: Service, status: int) -> None:
    kexin = client(service)
    service.sim.inject(Fault.REFUSE, "lock/open", code=status)
    with pytest.raises(VendorRefused) as info:
        kexin.open(LOCK)
    assert info.value.code is STATUS_CODES[status]
    assert info.value.context["vendor_msg"]


FAULTS = [
    (Fault.HANG, Code.SERVICE_TIMEOUT),
    (Fault.HANG_AFTER_EFFECT, Code.SERVICE_TIMEOUT),
    (Fault.DROP_BEFORE, Code.SERVICE_DROPPED),
    (Fault.DROP_AFTER, Code.SERVICE_DROPPED),
    (Fault.CUT_JSON, Code.REPLY_NOT_JSON),
    (Fault.WRONG_SHAPE, Code.REPLY_SHAPE),
    (Fault.HTTP_500, Code.SERVICE_HTTP_STATUS),
    (Fault.CAPTIVE_PORTAL, Code.CAPTIVE_PORTAL),
    (Fault.HTTP_503, Code.SERVICE_BUSY),
]


@pytest.mark.parametrize("call", KEXIN_CALLS, ids=lambda call: call.path)
@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[fault.value for fault, _ in FAULTS])
def test_every_call_in_trouble(service: Service, call: KexinCall, fault: Fault, code: Code) -> None:
    kexin = client(service)
    service.sim.inject(fault, f"/third/{call.path}", times=None)
    with pytest.raises(StationError) as info:
        call.make(kexin)
    again = call.again and code in (Code.SERVICE_DROPPED, Code.SERVICE_HTTP_STATUS)
    assert service.sim.calls.count == (3 if again else 1)
    if call.writes:
        assert type(info.value) is OutcomeUnknown
        assert info.value.context["cause"] == code.value
    else:
        assert type(info.value) is Unreachable
        assert info.value.code is code


def test_a_cloud_that_goes_and_comes_back(service: Service) -> None:
    kexin = client(service)
    kexin.state(LOCK)
    service.stop()
    for call in KEXIN_CALLS:
        with pytest.raises(Unreachable) as info:
            call.make(kexin)
        assert info.value.code is Code.SERVICE_NOT_RUNNING
    service.start()
    whole_round(service, kexin)
