"""The nine calls of the Shankai document over HTTP: success, each refusal, each switch."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.shankai import ShankaiSim

if TYPE_CHECKING:
    from tests.simulators.conftest import ShankaiHttp

MOBILE, OTHER = "13800000001", "13800000002"
OK = {"errcode": 0, "errmsg": "ok"}
ORG_CALLS = ["update_organization", "del_organization", "set_card_no", "get_card_no", "del_user"]


def register(http: "ShankaiHttp", mode: str = "1", name: str = "桃花园小区") -> str:
    value = http.call("create_organization", name=name, ic_id_mode=mode)
    assert value["errcode"] == 0
    return str(value["data"]["org_id"])


def set_card(http: "ShankaiHttp", org_id: str, card_no: object, mobile: str = MOBILE) -> Any:
    return http.call("set_card_no", org_id=org_id, mobile=mobile, name="张三", card_no=card_no)


# tokens


def test_get_access_token(shankai_http: "ShankaiHttp") -> None:
    value = shankai_http.get_token()
    assert value["errcode"] == 0
    assert value["errmsg"] == "ok"
    assert value["data"]["expires_in"] == 7200
    assert value["data"]["access_token"]


@pytest.mark.parametrize(("app_id", "secret"), [("x", "sim-secret"), ("sim-app", "x"), ("", "")])
def test_wrong_credentials_are_4001(shankai_http: "ShankaiHttp", app_id: str, secret: str) -> None:
    assert shankai_http.get_token(app_id, secret)["errcode"] == 4001


@pytest.mark.parametrize("call", [*ORG_CALLS, "create_organization", "get_organization"])
@pytest.mark.parametrize("query", ["", "?access_token=", "?access_token=unknown"])
def test_every_call_wants_a_token(shankai_http: "ShankaiHttp", call: str, query: str) -> None:
    assert shankai_http.json("POST", f"/1.0/{call}{query}", {}).value["errcode"] == 4002


def test_a_token_ends_with_its_time(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    shankai.clock.set(datetime(2024, 1, 24, 12))
    shankai.switch(expires_in=60)
    assert shankai_http.get_token()["data"]["expires_in"] == 60
    shankai.clock.advance(59)
    register(shankai_http)
    shankai.clock.advance(1)
    assert shankai_http.call("get_organization")["errcode"] == 4002


def test_switch_token_life_shorter_than_announced(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    shankai.clock.set(datetime(2024, 1, 24, 12))
    shankai.switch(token_life=10)
    assert shankai_http.get_token()["data"]["expires_in"] == 7200
    shankai.clock.advance(10)
    assert shankai_http.call("get_organization")["errcode"] == 4002


@pytest.mark.parametrize("ends", [True, False])
def test_switch_new_token_ends_old(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim, ends: bool
) -> None:
    shankai.switch(new_token_ends_old=ends)
    shankai_http.get_token()
    old = shankai_http.token
    shankai_http.get_token()
    assert shankai_http.token != old
    shankai_http.token = old
    assert shankai_http.call("get_organization")["errcode"] == (4002 if ends else 4005)


# communities


def test_create_and_get_organization(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    value = shankai_http.call(
        "create_organization", name="桃花园小区", address="地址", contact="电话", ic_id_mode="1"
    )
    org_id = value["data"]["org_id"]
    assert value == OK | {"data": {"org_id": org_id}}
    assert len(org_id) == 28
    assert shankai_http.call("get_organization", name="桃花园小区") == value
    assert shankai_http.call("get_organization") == value
    stored = shankai.cloud.organizations[org_id]
    assert (stored.address, stored.contact, stored.ic_mode) == ("地址", "电话", True)


@pytest.mark.parametrize("number", [10001, 1001])
def test_already_registered(shankai_http: "ShankaiHttp", shankai: ShankaiSim, number: int) -> None:
    shankai.switch(already_registered=number)
    register(shankai_http)
    again = shankai_http.call("create_organization", name="桃花园小区", ic_id_mode="1")
    assert again["errcode"] == number
    other = register(shankai_http, name="另一小区")
    renamed = shankai_http.call(
        "update_organization", org_id=other, name="桃花园小区", ic_id_mode="1"
    )
    assert renamed["errcode"] == number


@pytest.mark.parametrize(
    "fields", [{}, {"name": "小区"}, {"ic_id_mode": "1"}, {"name": "小区", "ic_id_mode": "2"}]
)
def test_create_organization_checks_its_fields(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim, fields: dict[str, str]
) -> None:
    assert shankai_http.call("create_organization", **fields)["errcode"] == -1
    assert shankai.cloud.organizations == {}


def test_update_organization(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    org_id = register(shankai_http)
    stored = shankai.cloud.organizations[org_id]
    stored.address = "地址"
    value = shankai_http.call(
        "update_organization", org_id=org_id, name="新名", city="深圳", ic_id_mode=0
    )
    assert value == OK
    assert (stored.name, stored.city, stored.address) == ("新名", "深圳", "地址")
    assert not stored.ic_mode
    incomplete = shankai_http.call("update_organization", org_id=org_id, name="新名")
    assert incomplete["errcode"] == -1


def test_del_organization(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    org_id = register(shankai_http)
    shankai_http.call("set_admin_user", org_id=org_id, login="desk", **{"pass": "demonstration"})
    assert shankai_http.call("del_organization", org_id=org_id) == OK
    assert shankai.cloud.organizations == {}
    assert shankai.cloud.admins == {}
    assert shankai_http.call("get_organization", name="桃花园小区")["errcode"] == 4005
    assert shankai_http.call("get_organization")["errcode"] == 4005


@pytest.mark.parametrize("call", [*ORG_CALLS, "set_admin_user"])
def test_an_unknown_community_is_4005(shankai_http: "ShankaiHttp", call: str) -> None:
    fields = {"name": "张三", "mobile": MOBILE, "card_no": 1, "login": "a", "pass": "b"}
    assert shankai_http.call(call, org_id="unknown", **fields)["errcode"] == 4005
    assert shankai_http.call(call, **fields)["errcode"] == -1


# cards


@pytest.mark.parametrize(
    ("card_no", "stored"),
    [
        (123456, "1E240"),
        ("123456", "1E240"),
        (2147483647, "7FFFFFFF"),
        ("0x1A3D5B79", "1A3D5B79"),
        ("0X04a1b2c3d4e5f6", "04A1B2C3D4E5F6"),
        ("0x" + "AB" * 22, "AB" * 22),
    ],
)
def test_set_card_no(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim, card_no: object, stored: str
) -> None:
    org_id = register(shankai_http)
    assert set_card(shankai_http, org_id, card_no) == OK
    assert shankai.cloud.card_of(org_id, MOBILE) == stored
    assert shankai.cloud.holders(org_id, stored.lower()) == [MOBILE]


@pytest.mark.parametrize(
    "card_no",
    [
        2147483648,
        "2147483648",
        pytest.param("9" * 5000, id="long"),
        -1,
        "0x",
        "0xXY",
        "1A3D5B79",
        "",
        None,
        1.5,
        True,
        [],
        "0x" + "AB" * 22 + "C",
        "１２３",
    ],
)
def test_a_bad_card_number_is_4006(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim, card_no: object
) -> None:
    org_id = register(shankai_http)
    assert set_card(shankai_http, org_id, card_no)["errcode"] == 4006
    assert shankai.cloud.card_of(org_id, MOBILE) is None


def test_switch_22_characters_of_hex(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    shankai.switch(hex_limit="characters")
    org_id = register(shankai_http)
    assert set_card(shankai_http, org_id, "0x" + "AB" * 11) == OK
    assert set_card(shankai_http, org_id, "0x" + "AB" * 12)["errcode"] == 4006


def test_setting_again_is_harmless_and_replaces(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    org_id = register(shankai_http)
    for card_no in ("0x01", "0x01", "0x02"):
        assert set_card(shankai_http, org_id, card_no) == OK
    assert shankai.cloud.card_of(org_id, MOBILE) == "02"
    assert shankai.cloud.holders(org_id, "01") == []
    assert len(shankai.cloud.organizations[org_id].users) == 1


def test_id_mode_refuses_set_card_no_with_4007(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    org_id = register(shankai_http, mode="0")
    assert set_card(shankai_http, org_id, 1)["errcode"] == 4007
    assert shankai.cloud.organizations[org_id].users == {}


@pytest.mark.parametrize("missing", ["mobile", "name"])
def test_set_card_no_wants_its_fields(shankai_http: "ShankaiHttp", missing: str) -> None:
    org_id = register(shankai_http)
    fields = {"org_id": org_id, "mobile": MOBILE, "name": "张三", "card_no": 1}
    del fields[missing]
    assert shankai_http.call("set_card_no", **fields)["errcode"] == -1


def test_switch_set_card_no_knows_only_users(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    org_id = register(shankai_http)
    shankai.switch(set_creates_user=False)
    assert set_card(shankai_http, org_id, 1)["errcode"] == 4004
    assert shankai.cloud.organizations[org_id].users == {}


def test_get_card_no_in_ic_mode(shankai_http: "ShankaiHttp") -> None:
    org_id = register(shankai_http)
    unknown = shankai_http.call("get_card_no", org_id=org_id, mobile=MOBILE)
    assert unknown["errcode"] == 4004
    set_card(shankai_http, org_id, 123456)
    known = shankai_http.call("get_card_no", org_id=org_id, mobile=MOBILE)
    assert known == OK | {"data": {"card_no": 123456, "is_new": "false"}}


def test_get_card_no_allocates_for_a_user_without_one(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    shankai.switch(del_removes_user=False)
    org_id = register(shankai_http)
    set_card(shankai_http, org_id, "0x01")
    assert shankai_http.call("del_user", org_id=org_id, mobile=MOBILE) == OK
    first = shankai_http.call("get_card_no", org_id=org_id, mobile=MOBILE)["data"]
    assert first == {"card_no": 123456, "is_new": "true"}
    again = shankai_http.call("get_card_no", org_id=org_id, mobile=MOBILE)["data"]
    assert again == {"card_no": 123456, "is_new": "false"}


def test_get_card_no_in_id_mode_adds_the_user(
    shankai_http: "ShankaiHttp", shankai: ShankaiSim
) -> None:
    org_id = register(shankai_http, mode="0")
    value = shankai_http.call("get_card_no", org_id=org_id, mobile=MOBILE, name="张三")
    assert value["data"]["is_new"] == "true"
    assert shankai.cloud.organizations[org_id].users[MOBILE].name == "张三"
    other = shankai_http.call("get_card_no", org_id=org_id, mobile=OTHER)
    assert other["data"]["card_no"] != value["data"]["card_no"]


def test_switch_card_no_as_hex(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    shankai.switch(card_no="hex")
    org_id = register(shankai_http)
    set_card(shankai_http, org_id, "0x04a1b2c3")
    value = shankai_http.call("get_card_no", org_id=org_id, mobile=MOBILE)
    assert value["data"]["card_no"] == "0x04A1B2C3"


def test_del_user(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    org_id = register(shankai_http)
    set_card(shankai_http, org_id, 1)
    assert shankai_http.call("del_user", org_id=org_id, mobile=MOBILE) == OK
    assert shankai.cloud.organizations[org_id].users == {}
    assert shankai_http.call("del_user", org_id=org_id, mobile=MOBILE)["errcode"] == 4004


def test_without_permission_it_is_4011(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    org_id = register(shankai_http)
    set_card(shankai_http, org_id, 1)
    shankai.cloud.deny(org_id, MOBILE)
    assert set_card(shankai_http, org_id, 2)["errcode"] == 4011
    for call in ("get_card_no", "del_user"):
        assert shankai_http.call(call, org_id=org_id, mobile=MOBILE)["errcode"] == 4011
    assert shankai.cloud.card_of(org_id, MOBILE) == "1"
    shankai.cloud.deny(org_id, MOBILE, denied=False)
    assert set_card(shankai_http, org_id, 2) == OK


def test_set_admin_user(shankai_http: "ShankaiHttp") -> None:
    org_id = register(shankai_http)
    fields = {"org_id": org_id, "login": "desk", "pass": "demonstration"}
    assert shankai_http.call("set_admin_user", **fields) == OK
    assert shankai_http.call("set_admin_user", **fields)["errcode"] == 4008
    assert shankai_http.call("set_admin_user", org_id=org_id, login="b")["errcode"] == -1


def test_switch_errcode_as_string(shankai_http: "ShankaiHttp", shankai: ShankaiSim) -> None:
    shankai.switch(errcode="string")
    assert shankai_http.get_token()["errcode"] == "0"
    assert shankai_http.call("get_organization")["errcode"] == "4005"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b""])
def test_a_body_that_is_no_object_is_a_system_error(
    shankai_http: "ShankaiHttp", body: bytes
) -> None:
    shankai_http.get_token()
    path = f"/1.0/get_organization?access_token={shankai_http.token}"
    reply = shankai_http.send("POST", path, body, "application/json")
    assert reply.value["errcode"] == -1


def test_the_vendors_typographic_quotes_are_not_json(shankai_http: "ShankaiHttp") -> None:
    shankai_http.get_token()
    path = f"/1.0/set_card_no?access_token={shankai_http.token}"
    body = '{"org_id":"x","mobile":"13800000001","name":"张三",”card_no”:123456}'.encode()
    assert shankai_http.send("POST", path, body, "application/json").value["errcode"] == -1


@pytest.mark.parametrize("changes", [{"already_registered": 5}, {"expires_in": -1}])
def test_switches_refuse_nonsense(shankai: ShankaiSim, changes: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        shankai.switch(**changes)
