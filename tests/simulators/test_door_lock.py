"""Rooms and cards of the door-lock document over HTTP: success, each refusal, each switch."""

from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.hardware import CardDefect
from station.simulators.world import World

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp

ROOM = "775032240849920"
OTHER = "775032240854017"
CALLS = [
    "GetRoomList",
    "MarkRoomCard",
    "ClearRoomCard",
    "ReadCard",
    "MakeOffline",
    "GatewayStopOffline",
    "GatewayUploadOnline",
    "GatewayStopOnline",
    "GatewayOpen",
    "GatewayUploadFace",
    "GatewayStopFace",
    "GatewayUploadFinger",
    "GatewayStopFinger",
]
ABKP, END = "2022-07-23 14:20:00", "2022-07-24 12:00:00"


def refused(value: Any) -> bool:
    return bool(value["code"] != 1 and value["msg"] and value["data"] is None)


def test_get_room_list(door_http: "DoorHttp") -> None:
    value = door_http.call("GetRoomList").value
    assert value == {
        "code": 1,
        "msg": "",
        "data": [
            {"rm_id": ROOM, "rm_name": "1-101"},
            {"rm_id": OTHER, "rm_name": "1-102"},
            {"rm_id": "775032240858114", "rm_name": "1-103"},
        ],
    }


def test_mark_read_and_clear(door_http: "DoorHttp", world: World) -> None:
    card = world.put(world.new_card("03F56240"))
    assert door_http.mark(ROOM, ABKP, END) == {
        "code": 1,
        "msg": "操作成功",
        "data": {"card_id": "03F56240"},
    }
    assert door_http.read() == {
        "code": 1,
        "msg": "操作成功",
        "data": {"card_id": "03F56240", "rm_id": ROOM, "valid": ABKP, "unvalid": END},
    }
    assert door_http.call("ClearRoomCard", rm_id=ROOM, card_id="03F56240").value == {
        "code": 1,
        "msg": "操作成功",
        "data": {"card_id": "03F56240", "rm_id": ROOM},
    }
    assert card.memory is None
    assert refused(door_http.read())


def test_marking_again_overwrites(door_http: "DoorHttp", world: World) -> None:
    world.put(world.new_card())
    door_http.mark(ROOM, ABKP, END)
    door_http.mark(OTHER, "2022-07-23 15:00:00", END)
    assert door_http.read()["data"]["rm_id"] == OTHER


def test_the_documents_calls_are_all_there(door: DoorLockSim) -> None:
    assert [path.removeprefix("/Api/") for path in door.paths] == CALLS


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "wrong", [{"appid": "0"}, {"appsecret": "0"}, {"appid": ""}, {"appsecret": ""}]
)
def test_every_call_wants_the_right_app(
    door_http: "DoorHttp", world: World, call: str, wrong: dict[str, str]
) -> None:
    card = world.put(world.new_card())
    fields = {"rm_id": ROOM, "abkp": ABKP, "unValid": END} | wrong
    value = door_http.call(call, **fields).value
    assert refused(value)
    assert "appid" in value["msg"]
    assert card.memory is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"rm_id": ""},
        {"rm_id": "775032240849921"},
        {"rm_id": "1-101"},
        {"abkp": ""},
        {"abkp": "2022-07-23"},
        {"abkp": "2022-7-23 14:20:00"},
        {"abkp": "2022-07-23T14:20:00"},
        {"abkp": "2022-02-30 14:20:00"},
        {"unValid": ""},
        {"unValid": "1658635200"},
        {"unValid": "2022-07-24 24:00:00"},
        {"unValid": "2022-07-24 12:00:00 "},
    ],
)
def test_mark_checks_its_parameters(
    door_http: "DoorHttp", world: World, wrong: dict[str, str]
) -> None:
    card = world.put(world.new_card())
    fields = {"rm_id": ROOM, "abkp": ABKP, "unValid": END} | wrong
    assert refused(door_http.call("MarkRoomCard", **fields).value)
    assert card.memory is None


def test_without_a_card_nothing_is_written_or_read(door_http: "DoorHttp") -> None:
    assert refused(door_http.mark(ROOM, ABKP, END))
    assert refused(door_http.read())
    assert refused(door_http.call("ClearRoomCard", card_id="03F56240").value)


def test_a_card_that_takes_no_write_is_refused(door_http: "DoorHttp", world: World) -> None:
    card = world.put(world.new_card(defect=CardDefect.UNWRITABLE))
    assert refused(door_http.mark(ROOM, ABKP, END))
    card.defect = CardDefect.NONE
    door_http.mark(ROOM, ABKP, END)
    card.defect = CardDefect.UNWRITABLE
    assert refused(door_http.call("ClearRoomCard", rm_id=ROOM).value)
    assert card.memory is not None


@pytest.mark.parametrize(
    "fields", [{"rm_id": ROOM}, {"card_id": "03F56240"}, {"card_id": "03f56240"}]
)
def test_clear_by_either(door_http: "DoorHttp", world: World, fields: dict[str, str]) -> None:
    card = world.put(world.new_card("03F56240"))
    door_http.mark(ROOM, ABKP, END)
    assert door_http.call("ClearRoomCard", **fields).value["code"] == 1
    assert card.memory is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"rm_id": "", "card_id": ""},
        {"card_id": "03F56341"},
        {"rm_id": OTHER},
        {"rm_id": "775032240849921"},
        {"rm_id": ROOM, "card_id": "03F56341"},
        {"rm_id": OTHER, "card_id": "03F56240"},
    ],
)
def test_clear_refuses(door_http: "DoorHttp", world: World, fields: dict[str, str]) -> None:
    card = world.put(world.new_card("03F56240"))
    door_http.mark(ROOM, ABKP, END)
    assert refused(door_http.call("ClearRoomCard", **fields).value)
    assert card.memory is not None


def test_clear_leaves_cards_that_are_not_on_the_encoder(
    door_http: "DoorHttp", world: World
) -> None:
    first = world.put(world.new_card())
    door_http.mark(ROOM, ABKP, END)
    world.put(world.new_card(), swap=True)
    door_http.mark(ROOM, ABKP, END)
    door_http.call("ClearRoomCard", rm_id=ROOM)
    assert first.memory is not None


def test_other_methods_are_not_allowed(door_http: "DoorHttp") -> None:
    assert door_http.send("GET", "/Api/GetRoomList").status == 405


# switches


@pytest.mark.parametrize(
    ("body", "form_works", "json_works"),
    [("form", True, False), ("json", False, True), ("both", True, True)],
)
def test_switch_body(
    door_http: "DoorHttp", door: DoorLockSim, body: str, form_works: bool, json_works: bool
) -> None:
    door.switch(body=body)
    for call, works in ((door_http.call, form_works), (door_http.call_json, json_works)):
        value = call("GetRoomList").value
        assert (value["code"] == 1) is works
        assert works or refused(value)


def test_switch_wrong_body_415(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.switch(body="json", wrong_body="415")
    assert door_http.call("GetRoomList").status == 415
    assert door_http.call_json("GetRoomList").status == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b""])
def test_a_body_that_is_no_object_is_refused(door_http: "DoorHttp", body: bytes) -> None:
    assert refused(door_http.send("POST", "/Api/GetRoomList", body, "application/json").value)


def test_rm_id_may_come_as_a_number(door_http: "DoorHttp", world: World) -> None:
    card = world.put(world.new_card())
    fields = {"rm_id": int(ROOM), "abkp": ABKP, "unValid": END}
    assert door_http.call_json("MarkRoomCard", **fields).value["code"] == 1
    assert card.memory is not None
    assert card.memory.rm_id == ROOM
    assert refused(door_http.call_json("MarkRoomCard", **(fields | {"rm_id": [1]})).value)


def test_switch_code_as_string(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.switch(code="string")
    assert door_http.call("GetRoomList").value["code"] == "1"
    assert door_http.read()["code"] == "5"


def test_switch_rm_id_as_number(door_http: "DoorHttp", door: DoorLockSim, world: World) -> None:
    door.switch(rm_id_reply="number")
    world.put(world.new_card())
    door_http.mark(ROOM, ABKP, END)
    assert door_http.call("GetRoomList").value["data"][0]["rm_id"] == int(ROOM)
    assert door_http.read()["data"]["rm_id"] == int(ROOM)
    assert door_http.call("ClearRoomCard", rm_id=ROOM).value["data"]["rm_id"] == int(ROOM)


def test_switch_read_without_valid(door_http: "DoorHttp", door: DoorLockSim, world: World) -> None:
    door.switch(read_gives_valid=False)
    world.put(world.new_card("03F56240"))
    door_http.mark(ROOM, ABKP, END)
    assert door_http.read()["data"] == {"card_id": "03F56240", "rm_id": ROOM, "unvalid": END}


def test_switch_card_id_in_lower_case(
    door_http: "DoorHttp", door: DoorLockSim, world: World
) -> None:
    door.switch(card_id_case="lower")
    world.put(world.new_card("03F56240"))
    assert door_http.mark(ROOM, ABKP, END)["data"]["card_id"] == "03f56240"
    assert door_http.read()["data"]["card_id"] == "03f56240"


def test_switch_clear_by_any_room(door_http: "DoorHttp", door: DoorLockSim, world: World) -> None:
    door.switch(clear_checks_room=False)
    card = world.put(world.new_card())
    door_http.mark(ROOM, ABKP, END)
    assert door_http.call("ClearRoomCard", rm_id=OTHER).value["data"]["rm_id"] == ROOM
    assert card.memory is None


def test_switch_clear_a_blank_card(door_http: "DoorHttp", door: DoorLockSim, world: World) -> None:
    world.put(world.new_card("03F56240"))
    assert refused(door_http.call("ClearRoomCard", card_id="03F56240").value)
    door.switch(clear_blank_ok=True)
    value = door_http.call("ClearRoomCard", card_id="03F56240").value
    assert value["data"] == {"card_id": "03F56240", "rm_id": ""}
    assert refused(door_http.call("ClearRoomCard", rm_id=ROOM).value)


@pytest.mark.parametrize(
    "changes", [{"nonsense": 1}, {"body": "xml"}, {"read_gives_valid": "yes"}, {"code": 1}]
)
def test_switches_refuse_nonsense(door: DoorLockSim, changes: dict[str, object]) -> None:
    before = door.switches
    with pytest.raises(ValueError):
        door.switch(**changes)
    assert door.switches == before
