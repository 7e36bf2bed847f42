"""Passcodes, remote opening and the gateway over HTTP, and what the simulated doors make of it."""

import http.client
from base64 import b64encode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.door_lock.endpoint import Endpoint
from station.simulators.door_lock.sim import ENDPOINTS
from station.simulators.hardware import DoorReason
from station.simulators.pictures import sample_face
from station.simulators.room_lock import Kind
from station.simulators.world import World

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp

ROOM, OTHER = "775032240849920", "775032240854017"
NOW = datetime(2024, 1, 24, 15)
START, END, LATER = "2024-01-24 14:20:00", "2024-01-25 12:00:00", "2024-01-26 12:00:00"
OPENED, UNKNOWN = DoorReason.OPENED, DoorReason.UNKNOWN
MILLISECONDS = int(NOW.timestamp()) * 1000
DONE = {"code": 1, "msg": "操作成功", "data": {"ce": 89, "d2": MILLISECONDS}}

OVER_THE_AIR: dict[str, dict[str, object]] = {
    "GatewayUploadOnline": {"m1": 1, "pwd": "123456789", "unValid": END},
    "GatewayStopOnline": {"m1": 1},
    "GatewayOpen": {},
    "GatewayUploadFace": {
        "m1": 1,
        "base64": b64encode(sample_face()).decode(),
        "abkp": START,
        "unValid": END,
    },
    "GatewayStopFace": {"m1": 1},
    "GatewayUploadFinger": {"m1": 1, "hexs": "ab-cd-ef", "abkp": START, "unValid": END},
    "GatewayStopFinger": {"m1": 1},
}


def refused(value: Any) -> bool:
    return bool(value["code"] != 1 and value["msg"] and value["data"] is None)


def make(door_http: "DoorHttp", room: str = ROOM, end: str = END) -> str:
    value = door_http.call("MakeOffline", rm_id=room, unValid=end).value
    assert value["code"] == 1
    code = value["data"]["muid"]
    assert isinstance(code, str)
    return code


def stop(door_http: "DoorHttp", code: str, room: str = ROOM, end: str = END) -> Any:
    return door_http.call("GatewayStopOffline", rm_id=room, muid=code, unValid=end).value


def upload(door_http: "DoorHttp", slot: object = 1, code: object = "123456", **more: object) -> Any:
    fields: dict[str, object] = {"rm_id": ROOM, "m1": slot, "pwd": code, "unValid": END}
    return door_http.call("GatewayUploadOnline", **(fields | more)).value


@pytest.fixture(autouse=True)
def now(world: World) -> None:
    world.clock.set(NOW)


# computed passcodes


def test_a_computed_passcode_opens_its_door_until_it_ends(
    door_http: "DoorHttp", world: World
) -> None:
    code = make(door_http)
    assert len(code) == 7
    assert code.startswith("0"), "like the document's, and lost by whoever reads it as a number"
    assert world.try_passcode("1-101", code).opened
    assert world.try_passcode("1-102", code).reason is UNKNOWN
    assert world.try_passcode(ROOM, code.lstrip("0")).reason is UNKNOWN
    world.clock.set(datetime.fromisoformat(END))
    assert world.try_passcode(ROOM, code).opened
    world.clock.advance(1)
    assert world.try_passcode(ROOM, code).reason is DoorReason.EXPIRED


def test_a_computed_passcode_needs_no_gateway(door_http: "DoorHttp", world: World) -> None:
    world.lock_of(ROOM).reachable = False
    assert world.try_passcode(ROOM, make(door_http)).opened


def test_each_asking_gives_another_and_the_same_in_another_world(
    door_http: "DoorHttp", world: World
) -> None:
    codes = [make(door_http) for _ in range(3)]
    assert len({*codes, make(door_http, end=LATER), make(door_http, room=OTHER)}) == 5
    assert all(world.try_passcode(ROOM, code).opened for code in codes)
    again = World([world.room(ROOM)]).lock_of(ROOM)
    end = datetime.fromisoformat(END)
    assert [again.make_offline(end, repeat=False) for _ in codes] == codes


def test_switch_asking_again_gives_the_same(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.switch(offline_repeats=True)
    code = make(door_http)
    assert make(door_http) == code
    assert make(door_http, end=LATER) != code
    stop(door_http, code)
    assert make(door_http) == code
    assert door.world.try_passcode(ROOM, code).reason is DoorReason.STOPPED


def test_switch_a_passcode_as_a_number_loses_its_zero(
    door_http: "DoorHttp", door: DoorLockSim
) -> None:
    door.switch(muid="number")
    value = door_http.call("MakeOffline", rm_id=ROOM, unValid=END).value["data"]["muid"]
    assert isinstance(value, int)
    assert door.world.try_passcode(ROOM, f"{value:07d}").opened
    assert not door.world.try_passcode(ROOM, str(value)).opened


def test_a_stopped_passcode_opens_no_more(door_http: "DoorHttp", world: World) -> None:
    code, other = make(door_http), make(door_http)
    assert stop(door_http, code) == {"code": 1, "msg": "操作成功", "data": {}}
    assert world.try_passcode(ROOM, code).reason is DoorReason.STOPPED
    assert world.try_passcode(ROOM, other).opened
    assert stop(door_http, code)["code"] == 1, "again is harmless"


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": LATER},
        {"room": OTHER},
        {"code": "0000000"},
        {"code": ""},
        {"end": ""},
        {"room": "775032240849921"},
    ],
)
def test_stopping_wants_room_code_and_the_end_that_made_it(
    door_http: "DoorHttp", world: World, wrong: dict[str, str]
) -> None:
    code = make(door_http)
    assert refused(stop(door_http, **({"code": code} | wrong)))
    assert world.try_passcode(ROOM, code).opened


def test_a_passcode_sent_as_a_number_is_another_one(door_http: "DoorHttp", world: World) -> None:
    code = make(door_http)
    fields = {"rm_id": ROOM, "muid": int(code), "unValid": END}
    assert refused(door_http.call_json("GatewayStopOffline", **fields).value)
    assert world.try_passcode(ROOM, code).opened


def test_switch_another_end_stops_nothing_and_says_so_not(
    door_http: "DoorHttp", door: DoorLockSim
) -> None:
    door.switch(stop_checks_end=False)
    code = make(door_http)
    assert stop(door_http, code, end=LATER)["code"] == 1
    assert door.world.try_passcode(ROOM, code).opened
    assert stop(door_http, code)["code"] == 1
    assert not door.world.try_passcode(ROOM, code).opened


def test_switch_stopping_twice_is_refused(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.switch(stop_empty_ok=False, stop_offline_data="null")
    code = make(door_http)
    assert stop(door_http, code) == {"code": 1, "msg": "操作成功", "data": None}
    assert refused(stop(door_http, code))


@pytest.mark.parametrize(
    "wrong",
    [{"rm_id": ""}, {"rm_id": "775032240849921"}, {"unValid": ""}, {"unValid": "2024-01-25"}],
)
def test_make_offline_checks_its_parameters(
    door_http: "DoorHttp", world: World, wrong: dict[str, str]
) -> None:
    fields = {"rm_id": ROOM, "unValid": END} | wrong
    assert refused(door_http.call("MakeOffline", **fields).value)
    assert world.openers(ROOM) == []


# sent passcodes


def test_a_sent_passcode_opens_until_it_ends_or_is_stopped(
    door_http: "DoorHttp", world: World
) -> None:
    assert upload(door_http) == DONE
    assert world.try_passcode(ROOM, "123456").opened
    assert world.try_passcode(OTHER, "123456").reason is UNKNOWN
    upload(door_http, 2, "1234567890", unValid="2024-01-24 16:00:00")
    world.clock.set(NOW + timedelta(hours=2))
    assert world.try_passcode(ROOM, "1234567890").reason is DoorReason.EXPIRED
    assert door_http.call("GatewayStopOnline", rm_id=ROOM, m1=1).value["code"] == 1
    assert world.try_passcode(ROOM, "123456").reason is UNKNOWN


def test_the_same_slot_silently_replaces_and_stopping_takes_whatever_lies_there(
    door_http: "DoorHttp", world: World
) -> None:
    upload(door_http, 1, "111111")
    upload(door_http, 2, "222222")
    assert upload(door_http, 1, "333333")["code"] == 1
    opens = {code: world.try_passcode(ROOM, code).opened for code in ("111111", "222222", "333333")}
    assert opens == {"111111": False, "222222": True, "333333": True}
    door_http.call("GatewayStopOnline", rm_id=ROOM, m1=2)
    assert [(each.ref, each.slot) for each in world.openers(ROOM)] == [("333333", 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"pwd": "12345"},
        {"pwd": "12345678901"},
        {"pwd": "12345a"},
        {"pwd": "１２３４５６"},
        {"pwd": ""},
        {"m1": "0"},
        {"m1": "50"},
        {"m1": "-1"},
        {"m1": "one"},
        {"m1": "1.0"},
        {"m1": ""},
        {"unValid": ""},
        {"rm_id": ""},
        {"rm_id": "775032240849921"},
    ],
)
def test_upload_online_checks_its_parameters(
    door_http: "DoorHttp", world: World, wrong: dict[str, str]
) -> None:
    before = world.lock_of(ROOM).battery
    fields = {"rm_id": ROOM, "m1": "1", "pwd": "123456", "unValid": END} | wrong
    assert refused(door_http.call("GatewayUploadOnline", **fields).value)
    assert world.openers(ROOM) == []
    assert world.lock_of(ROOM).battery == before, "nothing went over the air"


def test_switch_slots_of_passcodes(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.switch(online_slots=100)
    assert upload(door_http, 100)["code"] == 1
    assert refused(upload(door_http, 101))


@pytest.mark.parametrize("call", ["GatewayStopOnline", "GatewayStopFace", "GatewayStopFinger"])
def test_switch_stopping_an_empty_slot(door_http: "DoorHttp", door: DoorLockSim, call: str) -> None:
    assert door_http.call(call, rm_id=ROOM, m1=7).value == DONE
    door.switch(stop_empty_ok=False)
    assert refused(door_http.call(call, rm_id=ROOM, m1=7).value)
    assert refused(door_http.call(call, rm_id=ROOM, m1=50).value)


# remote opening


def test_remote_opening_opens_each_time(door_http: "DoorHttp", world: World) -> None:
    lock = world.lock_of(ROOM)
    for count in (1, 2):
        assert door_http.call("GatewayOpen", rm_id=ROOM).value == DONE
        assert (lock.opened, lock.opened_at, lock.opened_with) == (count, NOW, Kind.REMOTE)
    assert refused(door_http.call("GatewayOpen", rm_id="775032240849921").value)
    assert world.lock_of(OTHER).opened == 0


# the gateway


def test_every_gateway_call_is_listed_here() -> None:
    over_the_air = [each for each in ENDPOINTS if each.radio]
    assert {_name(each) for each in over_the_air} == {*OVER_THE_AIR, "GatewayStopOffline"}


@pytest.mark.parametrize("call", OVER_THE_AIR)
def test_a_lock_out_of_reach_is_refused_without_effect(
    door_http: "DoorHttp", world: World, call: str
) -> None:
    upload(door_http)
    world.lock_of(ROOM).reachable = False
    before = door_http.control("GET", f"/locks/{ROOM}")
    value = door_http.call(call, rm_id=ROOM, **OVER_THE_AIR[call]).value
    assert refused(value)
    assert value["msg"] == "门锁不在线"
    assert door_http.control("GET", f"/locks/{ROOM}") == before


@pytest.mark.parametrize("call", OVER_THE_AIR)
def test_a_busy_gateway_refuses_as_often_as_said(
    door_http: "DoorHttp", world: World, call: str
) -> None:
    door_http.control("PATCH", "/locks/1-101", {"busy": 2})
    for _ in range(2):
        value = door_http.call(call, rm_id=ROOM, **OVER_THE_AIR[call]).value
        assert refused(value)
        assert value["msg"] == "网关忙,请稍后再试"
        assert world.openers(ROOM) == []
        assert world.lock_of(ROOM).opened == 0
    assert door_http.call(call, rm_id=ROOM, **OVER_THE_AIR[call]).value == DONE


def test_a_computed_passcode_is_not_stopped_out_of_reach(
    door_http: "DoorHttp", world: World
) -> None:
    code = make(door_http)
    world.lock_of(ROOM).reachable = False
    assert refused(stop(door_http, code))
    assert world.try_passcode(ROOM, code).opened


def test_a_slow_radio_takes_its_time_before_anything_happens(
    door_http: "DoorHttp", door: DoorLockSim
) -> None:
    door.switch(radio_ms=3_600_000)
    assert make(door_http), "no radio in it"
    server = door_http.server
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    before = door.calls.count
    form = "application/x-www-form-urlencoded"
    connection.request("POST", "/Api/GatewayOpen", f"rm_id={ROOM}", {"Content-Type": form})
    assert door.calls.wait(before + 1, 20)
    server.stop()
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()
    connection.close()
    assert door.world.lock_of(ROOM).opened == 0


def test_a_little_slow_radio_is_waited_for(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.switch(radio_ms=1)
    assert door_http.call("GatewayOpen", rm_id=ROOM).value == DONE


def test_the_battery_sinks_slowly_and_can_be_set(door_http: "DoorHttp", world: World) -> None:
    levels = [door_http.call("GatewayOpen", rm_id=ROOM).value["data"]["ce"] for _ in range(60)]
    assert levels[0] == 89
    assert levels[-1] == 88
    assert levels == sorted(levels, reverse=True)
    assert door_http.control("PATCH", "/locks/1-101", {"battery": 0})["battery"] == 0
    assert door_http.call("GatewayOpen", rm_id=ROOM).value["data"]["ce"] == 0
    assert world.lock_of(OTHER).percent == 89


@pytest.mark.parametrize(
    ("changes", "data"),
    [
        ({"ce_reply": "string"}, {"ce": "89", "d2": MILLISECONDS}),
        ({"d2_reply": "string"}, {"ce": 89, "d2": str(MILLISECONDS)}),
        ({"ce_reply": "missing"}, {"d2": MILLISECONDS}),
        ({"ce_reply": "missing", "d2_reply": "missing"}, {}),
    ],
)
def test_switch_the_shape_of_battery_and_time(
    door_http: "DoorHttp", door: DoorLockSim, changes: dict[str, str], data: dict[str, object]
) -> None:
    door.switch(**changes)
    assert door_http.call("GatewayOpen", rm_id=ROOM).value["data"] == data


@pytest.mark.parametrize("changes", [{"radio_ms": -1}, {"online_slots": 0}, {"muid": "float"}])
def test_switches_refuse_nonsense(door: DoorLockSim, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        door.switch(**changes)


# faults


@pytest.mark.parametrize(("fault", "effect"), [("drop_after", True), ("drop_before", False)])
def test_done_without_an_answer_is_done(
    door_http: "DoorHttp", door: DoorLockSim, fault: str, effect: bool
) -> None:
    world = door.world
    code = make(door_http)
    for call, fields in OVER_THE_AIR.items():
        if call.startswith("GatewayStop"):
            continue
        door.inject(fault, call)
        with pytest.raises(http.client.RemoteDisconnected):
            door_http.call(call, rm_id=ROOM, **fields)
    door.inject(fault, "GatewayStopOffline")
    with pytest.raises(http.client.RemoteDisconnected):
        stop(door_http, code)
    assert (world.lock_of(ROOM).opened == 1) is effect
    assert world.try_passcode(ROOM, "123456789").opened is effect
    assert world.try_face(ROOM, sample_face()).opened is effect
    assert world.try_fingerprint(ROOM, "ab-cd-ef").opened is effect
    assert world.try_passcode(ROOM, code).opened is not effect


def _name(endpoint: Endpoint) -> str:
    return endpoint.path.rsplit("/", 1)[-1]
