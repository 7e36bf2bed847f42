"""The clients against the simulated vendors: two readings of a paper, each checking the other."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import product

import pytest

from station.domain.card import Authorisation
from station.domain.person import Person
from station.errors import Code, OutcomeUnknown, StationError, Unreachable, VendorRefused
from station.simulators.door_lock import DoorLockSim
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.simulators.door_lock.switches import (
    BodyForm,
    LetterCase,
    Switches,
    WrongBody,
)
from station.simulators.faults import Fault
from station.simulators.options import NumberForm
from station.simulators.server import SimServer
from station.simulators.shankai import ShankaiSim
from station.simulators.shankai import switches as gates
from station.vendors.door_lock import DoorLock
from station.vendors.shankai import Shankai, ShankaiGate
from station.vendors.shankai.wire import CardMode

START, END = datetime(2026, 7, 23, 14, 20), datetime(2026, 7, 24, 12)


def lock_client(server: SimServer[DoorLockSim], **more: object) -> DoorLock:
    settings: dict[str, object] = {"read_timeout_s": 0.4, "deadline_s": 0.8, **more}
    return DoorLock(server.url, APPID, APPSECRET, **settings)  # type: ignore[arg-type]


@pytest.fixture
def service() -> Iterator[SimServer[DoorLockSim]]:
    with SimServer(DoorLockSim()) as server:
        server.sim.world.put(server.sim.world.new_card())
        yield server


def round_trip(server: SimServer[DoorLockSim], lock: DoorLock) -> None:
    """Rooms, write, read back, clear, and blank again."""
    room = lock.rooms()[0]
    stay = Authorisation(room.id, START, END)
    laid = server.sim.world.encoder.card
    assert laid is not None
    assert lock.write(stay) == laid.card_id
    found = lock.read()
    assert (found.card_id, found.room_id) == (laid.card_id, room.id)
    assert (found.authorised_at, found.expires_at) == (START, END)
    lock.clear(card_id=found.card_id)
    with pytest.raises(VendorRefused) as info:
        lock.read()
    assert info.value.code is Code.CARD_UNREADABLE
    lock.write(stay)
    lock.clear(room_id=room.id)


@pytest.mark.parametrize(
    ("body", "wrong", "numbers", "case"),
    list(product(BodyForm, WrongBody, NumberForm, LetterCase)),
)
def test_every_reading_of_the_door_lock_paper(
    body: BodyForm, wrong: WrongBody, numbers: NumberForm, case: LetterCase
) -> None:
    switches = Switches(
        body=body, wrong_body=wrong, code=numbers, rm_id_reply=numbers, card_id_case=case
    )
    found: list[str] = []
    with SimServer(DoorLockSim(switches=switches)) as server:
        server.sim.world.put(server.sim.world.new_card())
        with closing(lock_client(server, remember_body=found.append)) as lock:
            round_trip(server, lock)
        assert len(server.sim.calls.all("MarkRoomCard")) == 2
    assert found == ["json" if body is BodyForm.JSON else "form"]


def test_a_card_without_a_start_is_not_taken_for_a_good_one(
    service: SimServer[DoorLockSim],
) -> None:
    service.sim.switches = Switches(read_gives_valid=False)
    with closing(lock_client(service)) as lock:
        lock.write(Authorisation(lock.rooms()[0].id, START, END))
        with pytest.raises(Unreachable) as info:
            lock.read()
    assert info.value.code is Code.REPLY_SHAPE
    assert info.value.context["field"] == "valid"


WRITES = [
    (Fault.REFUSE, Code.DOOR_LOCK_REFUSED),
    (Fault.HANG, Code.SERVICE_TIMEOUT),
    (Fault.HANG_AFTER_EFFECT, Code.SERVICE_TIMEOUT),
    (Fault.LATE, Code.SERVICE_TIMEOUT),
    (Fault.LATE_EFFECT, Code.SERVICE_TIMEOUT),
    (Fault.DROP_BEFORE, Code.SERVICE_DROPPED),
    (Fault.DROP_AFTER, Code.SERVICE_DROPPED),
    (Fault.HALF_BODY, Code.SERVICE_DROPPED),
    (Fault.CUT_JSON, Code.REPLY_NOT_JSON),
    (Fault.NOT_JSON, Code.REPLY_NOT_JSON),
    (Fault.WRONG_SHAPE, Code.REPLY_SHAPE),
    (Fault.HTTP_500, Code.SERVICE_HTTP_STATUS),
    (Fault.REDIRECT_302, Code.SERVICE_HTTP_STATUS),
    (Fault.CAPTIVE_PORTAL, Code.REPLY_NOT_JSON),
    (Fault.HTTP_503, Code.SERVICE_BUSY),
    (Fault.HUGE_BODY, Code.REPLY_TOO_LARGE),
    (Fault.SLOW, Code.SERVICE_TIMEOUT),
]


@pytest.mark.parametrize(("fault", "code"), WRITES, ids=[fault.value for fault, _ in WRITES])
def test_a_faulty_write_reaches_the_encoder_once_at_most(
    service: SimServer[DoorLockSim], fault: Fault, code: Code
) -> None:
    with closing(lock_client(service)) as lock:
        room = lock.rooms()[0]
        service.sim.inject(fault, "MarkRoomCard", times=None)
        with pytest.raises(StationError) as info:
            lock.write(Authorisation(room.id, START, END))
        assert len(service.sim.calls.all("MarkRoomCard")) == 1
    if fault is Fault.REFUSE:
        assert info.value.code is code
    else:
        assert type(info.value) is OutcomeUnknown
        assert info.value.context["cause"] == code.value


@pytest.mark.parametrize("fault", [Fault.CODE_STRING, Fault.DATA_NULL, Fault.GBK])
def test_a_harmless_fault_of_a_write_is_none(service: SimServer[DoorLockSim], fault: Fault) -> None:
    with closing(lock_client(service)) as lock:
        room = lock.rooms()[0]
        service.sim.inject(fault, "MarkRoomCard")
        lock.write(Authorisation(room.id, START, END))
        assert lock.read().room_id == room.id


def test_a_service_that_goes_and_comes_back(service: SimServer[DoorLockSim]) -> None:
    with closing(lock_client(service)) as lock:
        stay = Authorisation(lock.rooms()[0].id, START, END)
        service.stop()
        for call in (lock.rooms, lock.read, lambda: lock.write(stay)):
            with pytest.raises(Unreachable) as info:
                call()
            assert info.value.code is Code.SERVICE_NOT_RUNNING
        service.start()
        lock.write(stay)
        assert lock.read().room_id == stay.room_id


def cloud_client(server: SimServer[ShankaiSim], **more: object) -> Shankai:
    settings: dict[str, object] = {
        "read_timeout_s": 0.4,
        "deadline_s": 0.8,
        "backoff_s": 0.01,
        **more,
    }
    sim = server.sim
    return Shankai(f"{server.url}/1.0", sim.app_id, sim.secret, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("numbers", NumberForm)
@pytest.mark.parametrize("card_no", gates.CardNoForm)
@pytest.mark.parametrize("registered", [10001, 1001])
def test_every_reading_of_the_shankai_paper(
    numbers: NumberForm, card_no: gates.CardNoForm, registered: int
) -> None:
    switches = gates.Switches(errcode=numbers, card_no=card_no, already_registered=registered)
    with SimServer(ShankaiSim(switches)) as server:
        with closing(cloud_client(server, card_no_reply="decimal")) as api:
            org = api.create_organization("桃花园小区", CardMode.IC, contact="0755-1234567")
            assert api.get_organization("桃花园小区") == org
            with pytest.raises(VendorRefused) as info:
                api.create_organization("桃花园小区", CardMode.IC)
            assert info.value.code is Code.SHANKAI_ALREADY_REGISTERED
            api.update_organization(org, "桃花园", CardMode.IC, city="深圳")
            gate, person = ShankaiGate(api, org), Person("张三", "13800000001")
            gate.set_card(person, "1A3D5B79")
            gate.set_card(person, "1A3D5B79")
            assert gate.get_card(person).card_no == "1A3D5B79"
            assert not gate.get_card(person).is_new
            api.set_admin_user(org, "admin", "demo-password")
            with pytest.raises(VendorRefused) as info:
                api.set_admin_user(org, "admin", "demo-password")
            assert info.value.code is Code.SHANKAI_ACCOUNT_EXISTS
            gate.remove_user(person.mobile)
            api.del_organization(org)
            with pytest.raises(VendorRefused) as info:
                gate.set_card(person, "1A3D5B79")
            assert info.value.code is Code.SHANKAI_NO_COMMUNITY
        assert len(server.sim.calls.all("get_access_token")) == 1


def test_id_mode_allocates_and_refuses_numbers() -> None:
    with SimServer(ShankaiSim()) as server, closing(cloud_client(server)) as api:
        gate = ShankaiGate(api, api.create_organization("桃花园小区", CardMode.ID))
        person = Person("张三", "13800000002")
        assert gate.get_card(person).is_new
        assert not gate.get_card(person).is_new
        with pytest.raises(VendorRefused) as info:
            gate.set_card(person, "1A3D5B79")
        assert info.value.code is Code.SHANKAI_ID_CARD_MODE


def test_a_token_that_ends_in_mid_flight_costs_nothing() -> None:
    with SimServer(ShankaiSim()) as server, closing(cloud_client(server)) as api:
        gate = ShankaiGate(api, server.sim.add_sample())
        gate.set_card(Person("张三", "13800000001"), "1A3D5B79")
        server.sim.inject(Fault.EXPIRED_TOKEN, "set_card_no")
        gate.set_card(Person("张三", "13800000001"), "04A1B2C3")
        server.sim.expire_tokens()
        gate.set_card(Person("张三", "13800000001"), "04A1B2C3")
        assert len(server.sim.calls.all("get_access_token")) == 3


def test_a_long_uid_fits_both_readings_of_22() -> None:
    for limit in gates.HexLimit:
        with SimServer(ShankaiSim(gates.Switches(hex_limit=limit))) as server:
            api = cloud_client(server)
            with closing(api):
                gate = ShankaiGate(api, server.sim.add_sample())
                gate.set_card(Person("张三", "13800000001"), "04A1B2C3D4E5F6071829")


CLOUD_FAULTS = [
    (Fault.HANG, Code.SERVICE_TIMEOUT, 1),
    (Fault.DROP_BEFORE, Code.SERVICE_DROPPED, 3),
    (Fault.HALF_BODY, Code.SERVICE_DROPPED, 3),
    (Fault.HTTP_500, Code.SERVICE_HTTP_STATUS, 3),
    (Fault.REFUSE, Code.SHANKAI_SYSTEM, 3),
    (Fault.CAPTIVE_PORTAL, Code.CAPTIVE_PORTAL, 1),
    (Fault.HTTP_429, Code.SERVICE_BUSY, 1),
    (Fault.HTTP_503, Code.SERVICE_BUSY, 1),
    (Fault.SLOW, Code.SERVICE_TIMEOUT, 1),
    (Fault.WRONG_SHAPE, Code.REPLY_SHAPE, 1),
]


@pytest.mark.parametrize(("fault", "code", "tries"), CLOUD_FAULTS)
def test_a_cloud_in_trouble_then_well_again(fault: Fault, code: Code, tries: int) -> None:
    with SimServer(ShankaiSim()) as server, closing(cloud_client(server)) as api:
        gate, person = ShankaiGate(api, server.sim.add_sample()), Person("张三", "13800000001")
        server.sim.inject(fault, "set_card_no", times=tries)
        with pytest.raises(StationError) as info:
            gate.set_card(person, "1A3D5B79")
        assert info.value.code is code
        assert len(server.sim.calls.all("set_card_no")) == tries
        gate.set_card(person, "1A3D5B79")
