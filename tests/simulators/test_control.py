"""The control address `/_sim/…`: what a person with curl can do to a simulator."""

from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from station.simulators.door_lock import DoorLockSim
from station.simulators.pictures import digest_of, sample_face
from station.simulators.room_lock import Held
from station.simulators.shankai import ShankaiSim
from station.simulators.world import World

if TYPE_CHECKING:
    from tests.simulators.conftest import DoorHttp, ShankaiHttp

ROOM = "775032240849920"
ABKP, END = "2022-07-23 14:20:00", "2022-07-24 12:00:00"


def test_a_card_from_blank_to_the_door(door_http: "DoorHttp") -> None:
    made = door_http.control("POST", "/cards", {})
    assert made["memory"] is None
    number = made["card_id"]
    assert door_http.control("PUT", "/encoder", {"card_id": number})["card"] == made
    assert door_http.control("GET", "/encoder")["card"] == made
    door_http.control("PUT", "/clock", {"now": "2022-07-23 15:00:00"})
    door_http.mark(ROOM, ABKP, END)
    assert door_http.control("GET", "/cards") == [
        made | {"memory": {"rm_id": ROOM, "abkp": ABKP, "unvalid": END}}
    ]
    assert door_http.control("GET", "/doors/1-101")["opened_by"] == [number]
    door_http.control("DELETE", "/encoder")
    assert door_http.control("GET", "/encoder")["card"] is None
    opened = door_http.control("POST", "/doors/1-101/present", {"card_id": number})
    assert opened == {"opened": True, "reason": "opened", "msg": "开门"}
    assert door_http.control("GET", f"/doors/{ROOM}")["newest"] == ABKP
    assert door_http.control("GET", "/rooms")[0]["newest"] == ABKP
    door_http.control("POST", "/clock/advance", {"seconds": 86400})
    late = door_http.control("POST", f"/doors/{ROOM}/present", {"card_id": number})
    assert late["reason"] == "expired"


def test_an_old_card_is_told_why(door_http: "DoorHttp", world: World) -> None:
    door_http.control("PUT", "/clock", {"now": "2022-07-23 15:00:00"})
    old, new = (door_http.control("POST", "/cards", {})["card_id"] for _ in range(2))
    for number, stamp in ((old, ABKP), (new, "2022-07-23 14:20:01")):
        door_http.control("PUT", "/encoder", {"card_id": number, "swap": True})
        door_http.mark(ROOM, stamp, END)
    assert world.encoder.card is world.card(new)
    assert door_http.control("POST", "/doors/1-101/present", {"card_id": new})["opened"]
    answer = door_http.control("POST", "/doors/1-101/present", {"card_id": old})
    assert answer == {"opened": False, "reason": "superseded", "msg": "旧卡已被新卡顶替"}


def test_whatever_opens_a_door_can_be_held_to_it(door_http: "DoorHttp", world: World) -> None:
    door_http.control("PUT", "/clock", {"now": "2022-07-23 15:00:00"})
    card = world.put(world.new_card())
    door_http.mark(ROOM, ABKP, END)
    lock, until, face = world.lock_of(ROOM), datetime.fromisoformat(END), sample_face()
    lock.online[2] = Held("123456", until)
    lock.faces[1] = Held(digest_of(face), until)
    lock.fingers[1] = Held(digest_of(b"\xab\xcd"), until)
    code = lock.make_offline(until, repeat=False)
    opened = {"opened": True, "reason": "opened", "msg": "开门"}
    unknown = {"opened": False, "reason": "unknown", "msg": "门锁不认识"}
    for kind, right, wrong in (
        ("passcode", {"code": code}, {"code": "000000"}),
        ("passcode", {"code": "123456"}, {"code": "12345"}),
        ("face", {"sha256": digest_of(face)}, {"sha256": "0" * 64}),
        ("face", {"base64": b64encode(face).decode()}, {"sha256": digest_of(b"")}),
        ("fingerprint", {"hexs": "ab-cd"}, {"hexs": "ab-ce"}),
        ("fingerprint", {"sha256": digest_of(b"\xab\xcd")}, {"hexs": "ab"}),
    ):
        assert door_http.control("POST", f"/doors/1-101/{kind}", right) == opened
        assert door_http.control("POST", f"/doors/1-101/{kind}", wrong) == unknown
        assert door_http.control("POST", f"/doors/1-102/{kind}", right) == unknown
    door = door_http.control("GET", "/doors/1-101")
    assert door["opened_by"] == [card.card_id]
    assert [(each["kind"], each["slot"]) for each in door["openers"]] == [
        ("card", None),
        ("offline_passcode", None),
        ("online_passcode", 2),
        ("face", 1),
        ("fingerprint", 1),
    ]
    assert {each["until"] for each in door["openers"]} == {END}
    shown = door_http.control("GET", "/locks/1-101")
    assert (shown["rm_id"], shown["opened"], shown["opened_with"]) == (ROOM, 6, "fingerprint")
    changes = {"battery": 19, "reachable": False, "busy": 3}
    assert door_http.control("PATCH", "/locks/1-101", changes).items() >= changes.items()
    lock.stop_offline(code)
    stopped = door_http.control("POST", "/doors/1-101/passcode", {"code": code})
    assert stopped == {"opened": False, "reason": "stopped", "msg": "已停用"}


def test_cards_may_be_made_as_wished(door_http: "DoorHttp") -> None:
    wish = {"card_id": "0a0b0c0d", "uid": "08AABBCC", "defect": "forgets"}
    made = door_http.control("POST", "/cards", wish)
    assert made == {"card_id": "0A0B0C0D", "uid": "08AABBCC", "defect": "forgets", "memory": None}
    assert door_http.control("GET", "/cards/0a0b0c0d") == made


@pytest.mark.parametrize(
    ("method", "path", "value", "status"),
    [
        ("POST", "/cards", {"card_id": "xyz"}, 400),
        ("POST", "/cards", {"defect": "xyz"}, 400),
        ("POST", "/cards", [], 400),
        ("GET", "/cards/00000000", None, 404),
        ("PUT", "/encoder", {}, 400),
        ("PUT", "/encoder", {"card_id": "00000000"}, 404),
        ("POST", "/doors/9-999/present", {"card_id": "03F56240"}, 404),
        ("POST", "/doors/9-999/passcode", {"code": "123456"}, 404),
        ("POST", "/doors/1-101/passcode", {"code": 123456}, 400),
        ("POST", "/doors/1-101/face", {}, 400),
        ("POST", "/doors/1-101/face", {"base64": "xxxx"}, 400),
        ("POST", "/doors/1-101/face", {"base64": "xxxx", "sha256": "0"}, 400),
        ("POST", "/doors/1-101/fingerprint", {"hexs": "abc"}, 400),
        ("PATCH", "/locks/1-101", {"battery": 101}, 400),
        ("PATCH", "/locks/1-101", {"battery": True}, 400),
        ("PATCH", "/locks/1-101", {"busy": -1}, 400),
        ("PATCH", "/locks/1-101", {"reachable": 1}, 400),
        ("PATCH", "/locks/1-101", {"newest": 1}, 400),
        ("GET", "/locks/9-999", None, 404),
        ("POST", "/faults", {"fault": "hang", "code": 5}, 400),
        ("PUT", "/clock", {"now": "today"}, 400),
        ("POST", "/clock/advance", {"seconds": "1"}, 400),
        ("POST", "/clock/advance", {"seconds": 1e300}, 400),
        ("POST", "/faults", {"fault": "nonsense"}, 400),
        ("PATCH", "/switches", {"nonsense": 1}, 400),
    ],
)
def test_mistakes_are_told(
    door_http: "DoorHttp", world: World, method: str, path: str, value: object, status: int
) -> None:
    world.new_card("03F56240")
    reply = door_http.json(method, "/_sim" + path, value)
    assert reply.status == status
    assert reply.value["error"] == ("not_found" if status == 404 else "bad_request")


def test_a_second_card_does_not_fit_on_the_encoder(door_http: "DoorHttp", world: World) -> None:
    world.put(world.new_card())
    second = world.new_card()
    reply = door_http.json("PUT", "/_sim/encoder", {"card_id": second.card_id})
    assert reply.status == 400
    assert world.encoder.card is not second


def test_the_clock_goes_back_to_real(door_http: "DoorHttp") -> None:
    stopped = door_http.control("PUT", "/clock", {"now": "2000-01-01 00:00:00"})
    assert stopped == door_http.control("GET", "/clock") == {"now": "2000-01-01 00:00:00"}
    assert door_http.control("PUT", "/clock", {"now": "real"})["now"] > "2024"


def test_faults_over_http(door_http: "DoorHttp") -> None:
    wish = {"fault": "http_500", "path": "ReadCard", "times": 2}
    assert door_http.control("POST", "/faults", wish)["effect"] is None
    assert door_http.call("ReadCard").status == 500
    pending = door_http.control("GET", "/faults")
    assert [each["fault"] for each in pending["pending"]] == ["http_500"]
    assert pending["pending"][0]["times"] == 1
    assert pending["hanging"] == 0
    door_http.control("DELETE", "/faults")
    assert door_http.call("ReadCard").status == 200


def test_calls_are_listed_without_secrets(door_http: "DoorHttp", door: DoorLockSim) -> None:
    door.inject("http_500", "ReadCard")
    door_http.call("ReadCard", extra="x" * 1000)
    door_http.call_json("GetRoomList")
    listed = door_http.control("GET", "/calls")
    assert [each["path"] for each in listed] == ["/Api/ReadCard", "/Api/GetRoomList"]
    assert [each["number"] for each in listed] == [1, 2]
    assert [each["fault"] for each in listed] == ["http_500", None]
    assert [each["body"] for each in listed] == ["form", "json"]
    assert all(each["fields"]["appsecret"] == "***" for each in listed)
    assert listed[0]["fields"]["appid"] == door.appid
    assert listed[0]["fields"]["extra"].endswith("… (1000)")
    assert door.appsecret not in str(listed)
    assert len(door_http.control("GET", "/calls?name=ReadCard")) == 1
    assert door_http.control("DELETE", "/calls") == []
    assert door_http.control("GET", "/calls") == []


def test_tokens_and_passwords_are_not_listed(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    org_id = shankai.add_sample()
    shankai_http.call("set_admin_user", org_id=org_id, login="desk", **{"pass": "demonstration"})
    listed = str(shankai_http.control("GET", "/calls"))
    assert "'login': 'desk'" in listed
    for secret in (shankai_http.token, shankai.secret, "demonstration"):
        assert secret not in listed


def test_switches_over_http(door_http: "DoorHttp") -> None:
    assert door_http.control("GET", "/switches")["code"] == "number"
    assert door_http.control("PATCH", "/switches", {"code": "string"})["code"] == "string"
    assert door_http.call("GetRoomList").value["code"] == "1"


def test_about(door_http: "DoorHttp", shankai_http: "ShankaiHttp") -> None:
    about = door_http.control("GET", "/")
    assert about["simulator"] == "door-lock"
    assert about["facts"]["appid"]
    assert "/Api/MarkRoomCard" in about["calls"]
    cloud = shankai_http.control("GET", "/")
    assert cloud["simulator"] == "shankai"
    assert len(cloud["calls"]) == 9


def test_the_cloud_over_its_control_address(shankai_http: "ShankaiHttp") -> None:
    org_id = shankai_http.control("POST", "/organizations", {"name": "桃花园小区"})["org_id"]
    mobile = {"mobile": "13800000001"}
    denied = shankai_http.control("POST", f"/organizations/{org_id}/denied", mobile)
    assert denied == ["13800000001"]
    fields = {"org_id": org_id, "name": "张三", "card_no": 1} | mobile
    assert shankai_http.call("set_card_no", **fields)["errcode"] == 4011
    again = mobile | {"denied": False}
    assert shankai_http.control("POST", f"/organizations/{org_id}/denied", again) == []
    assert shankai_http.call("set_card_no", **fields)["errcode"] == 0
    listed = shankai_http.control("GET", "/organizations")
    assert listed[0]["users"]["13800000001"]["card_no"] == "1"
    shankai_http.control("DELETE", "/tokens")
    assert shankai_http.call("get_organization")["errcode"] == 4002
