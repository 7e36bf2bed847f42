"""The property platform as a server: how it writes its answers, its faults, its state file."""

import http.client
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from station.errors import InputInvalid
from station.simulators.faults import Fault
from station.simulators.property import PropertySim
from station.simulators.server import SimServer
from tests.simulators.test_property_examples import SUCCESSES

if TYPE_CHECKING:
    from tests.simulators.conftest import PropertyHttp

OWNER = "13800000001"
UNANSWERED = {"hang", "hang_after_effect", "drop_before", "drop_after", "half_body"}
EFFECTS = {
    "hang_after_effect", "late", "late_effect", "drop_after", "half_body", "cut_json", "not_json",
    "wrong_shape", "code_string", "data_null", "gbk", "huge_body", "slow",
}  # fmt: skip


# how answers are written


def forms(value: dict[str, Any]) -> tuple[object, object]:
    return value["code"], value.get("token_expired")


def test_the_examples_write_code_in_two_ways(estate_http: "PropertyHttp") -> None:
    assert forms(estate_http.call("houses", id=1)) == (0, "1")
    assert forms(estate_http.call("house/detail", id=1)) == ("0", "1")
    assert forms(estate_http.call("orders/list")) == (0, 1)
    assert forms(estate_http.call("verificationCodes/phone", phone=OWNER, type="login")) == (
        "0",
        None,
    )


@pytest.mark.parametrize(
    ("code", "expired", "houses", "detail"),
    [
        ("number", "number", (0, 1), (0, 1)),
        ("string", "string", ("0", "1"), ("0", "1")),
        ("example", "missing", (0, None), ("0", None)),
    ],
)
def test_switches_code_and_token_expired(
    estate_http: "PropertyHttp",
    estate_sim: PropertySim,
    code: str,
    expired: str,
    houses: tuple[object, object],
    detail: tuple[object, object],
) -> None:
    estate_sim.switch(code=code, token_expired=expired)
    assert forms(estate_http.call("houses", id=1)) == houses
    assert forms(estate_http.call("house/detail", id=1)) == detail


@pytest.mark.parametrize(
    ("lost", "shown"), [("both", ("9", "0")), ("code", ("9", None)), ("flag", ("1", "0"))]
)
def test_switch_lost_token(
    estate_http: "PropertyHttp",
    estate_sim: PropertySim,
    lost: str,
    shown: tuple[object, object],
) -> None:
    estate_sim.switch(lost_token=lost)
    estate_http.token = "lost"
    assert forms(estate_http.call("houses", id=1)) == shown
    assert forms(estate_http.call("people/permissions")) == shown


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        ("example", (1, "10002", 10002)),
        ("number", (1, 10002, 10002)),
        ("string", ("1", "10002", "10002")),
    ],
)
def test_switch_ids(
    estate_http: "PropertyHttp", estate_sim: PropertySim, ids: str, shown: tuple[object, ...]
) -> None:
    estate_sim.switch(ids=ids)
    community = estate_http.call("communities")["data"][0]
    house = estate_http.call("houses", id=1)["data"][0]
    seen = (community["id"], community["community_identifier"], house["community_identifier"])
    assert seen == shown
    bill = estate_http.call("payments/list")["data"][0]["orders"][0]
    assert isinstance(bill["id"], str) is (ids == "string")
    assert isinstance(bill["number"], str), "too long for a number"


def test_switch_optional(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_sim.switch(optional="null")
    order = estate_http.call("orders/list")["data"][-1]
    assert (order["remark"], order["extra"], order["house"]) == (None, None, None)
    assert estate_http.call("user/housesList")["data"][0]["not_register"] is None
    estate_sim.switch(optional="missing")
    order = estate_http.call("orders/list")["data"][-1]
    assert not {"remark", "extra", "house"} & set(order)
    house = estate_http.call("houses", id=1)["data"][0]
    assert not {"deleted_at", "house_value1"} & set(house)
    code = estate_http.control("POST", "/wechat", {"phone": OWNER})["code"]
    came = estate_http.call("weapp/authorizations", code=code)
    assert came["access_token"]
    assert not {"name", "avatar"} & set(came)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_in": -1},
        {"lost_token": "flag", "token_expired": "missing"},
        {"code": "word"},
        {"nonsense": 1},
    ],
)
def test_switches_refuse_nonsense(estate_sim: PropertySim, changes: dict[str, object]) -> None:
    before = estate_sim.switches
    with pytest.raises(ValueError):
        estate_sim.switch(**changes)
    assert estate_sim.switches is before


# faults


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.HANG, Fault.HANG_AFTER_EFFECT}))
def test_every_fault_and_whether_the_right_was_turned_over(
    estate_http: "PropertyHttp", estate_sim: PropertySim, fault: str
) -> None:
    options: dict[str, Any] = {"huge_body": {"size": 100_000}, "slow": {"delay": 0.0001}}
    late = {"delay": 0.01} if fault.startswith("late") else {}
    estate_sim.inject(fault, "house/charge", **options.get(fault, late))
    member = estate_sim.estate.records.members[4]
    if fault in UNANSWERED:
        with pytest.raises(http.client.HTTPException):
            estate_http.call("house/charge", "PUT", id=4)
    else:
        body = json.dumps({"id": 4}).encode()
        path = "/api/v1/house/charge"
        reply = estate_http.send("PUT", path, body, "application/json", estate_http.token)
        assert reply.raw
    assert member.pay is (fault in EFFECTS)
    if fault == "expired_token":
        assert estate_http.call("house/charge", "PUT", id=4)["code"] == "9"
        estate_http.token = estate_http.call("authorizations/current", "PUT")["access_token"]
    assert estate_http.call("house/charge", "PUT", id=4)["code"] == 0, "the next call is well"
    assert member.pay is (fault not in EFFECTS)


def test_a_lost_token_in_mid_flight_is_worded_as_documented(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    estate_sim.inject("expired_token")
    assert estate_http.call("communities")["code"] == 0, "which takes no token"
    value = estate_http.call("orders/list")
    assert forms(value) == ("9", "0")
    assert value == estate_http.call("houses", id=1), "and the token stays dead"


def test_refusals_with_a_code(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_sim.inject("refuse")
    assert forms(estate_http.call("houses", id=1)) == ("1", "1")
    estate_sim.inject("refuse", code=9)
    assert forms(estate_http.call("houses", id=1)) == ("9", "0")


def test_a_renewal_whose_answer_is_lost_costs_the_token(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    estate_sim.inject("drop_after", "authorizations/current")
    with pytest.raises(http.client.RemoteDisconnected):
        estate_http.call("authorizations/current", "PUT")
    assert estate_http.call("authorizations/current", "PUT")["message"].endswith("Au335")


# the log of calls


def test_no_personal_value_is_in_the_log(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    fields = estate_http.code(OWNER, "yezhu")
    estate_http.call("security/yezhu-code", **fields)
    estate_http.form("weapp/yibiaosanshi", name="张三", idcard="000000199001010000")
    shown = json.dumps(estate_http.control("GET", "/calls"), ensure_ascii=False)
    secrets = (OWNER, fields["verification_code"], "张三", "000000199001010000", estate_http.token)
    assert not any(each in shown for each in secrets)
    assert [call.name for call in estate_sim.calls.all()][-1] == "yibiaosanshi"


# control


@pytest.mark.parametrize(
    ("method", "path", "value", "status"),
    [
        ("GET", "/houses/9999", None, 404),
        ("GET", "/houses/x", None, 400),
        ("PUT", "/houses/9999/arrears", {"amounts": []}, 404),
        ("POST", "/houses/1/members", {"name": "张三", "phone": OWNER, "role": "国王"}, 400),
        ("POST", "/houses/9999/members", {"name": "张三", "phone": OWNER, "role": "儿子"}, 404),
        ("POST", "/reviews/9999", {"accept": True}, 404),
        ("POST", "/reviews/1", {}, 400),
        ("POST", "/payments", {"ids": "1"}, 400),
        ("POST", "/payments", {"ids": []}, 400),
        ("POST", "/wechat", {}, 400),
    ],
)
def test_mistakes_are_told(
    estate_http: "PropertyHttp", method: str, path: str, value: object, status: int
) -> None:
    assert estate_http.json(method, "/_sim" + path, value).status == status


def test_the_control_address_shows_and_binds(estate_http: "PropertyHttp") -> None:
    about = estate_http.control("GET", "/")
    assert about["simulator"] == "property"
    assert len(about["calls"]) == 25, "two paths take two methods each"
    found = estate_http.control("GET", "/houses?name=" + "1%E6%A0%8B1%E5%8D%95%E5%85%83")
    assert len(found) == 2 * 24
    new = {"name": "李四", "phone": "13900000001", "role": "租客"}
    made = estate_http.control("POST", "/houses/9/members", new)
    detail = estate_http.call("house/detail", id=9)["data"]
    assert made["id"] in {each["id"] for each in detail["yibangding"]}
    assert estate_http.control("GET", "/reviews")[0]["type"] == "租客绑定"


# the state file


def test_everything_comes_back(
    estate_http: "PropertyHttp", estate_sim: PropertySim, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    estate_sim.keep_state(file)
    code = estate_http.code("13800000011", "yezhu")
    estate_http.call("house/charge", "PUT", id=4)
    estate_http.control("PUT", "/houses/9/arrears", {"amounts": ["5.00"]})
    estate_http.control("POST", "/reviews/1", {"accept": False, "reason": "无"})
    visit = estate_http.control("POST", "/wechat", {"phone": OWNER})
    back = PropertySim(sample=False)
    assert back.keep_state(file)
    assert back.estate.records == estate_sim.estate.records
    assert back.clock.now() == estate_sim.clock.now()
    old_token = estate_http.token
    with SimServer(back) as server:
        http = type(estate_http)(server)
        http.token = old_token
        assert http.call("security/yezhu-code", **code)["code"] == "0"
        assert http.call("weapp/code", code=visit["code"])["code"] == "0"
        assert http.call("orders/list", house_id=9)["pages"]["total"] == 1


def test_each_effect_is_in_the_file_at_once(
    estate_http: "PropertyHttp", estate_sim: PropertySim, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    estate_sim.keep_state(file)
    reading = {"1.5.1", "2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.1.5", "2.2.2", "2.3.2"}
    reading |= {"3.1.1", "3.1.2", "3.1.3", "4.1.1", "4.1.2"}
    last = "3.2.2"  # unbinds the one whose rights others turn over
    for section in sorted(SUCCESSES, key=lambda each: each == last):
        before = file.read_bytes()
        token = estate_http.token
        SUCCESSES[section](estate_http)
        estate_http.token = token
        changed = file.read_bytes() != before
        assert changed is (section not in reading), section
        kept = json.loads(file.read_text("utf-8"))["state"]["records"]
        assert kept == json.loads(json.dumps(estate_sim.dump_state()["records"])), section
        estate_sim.clock.advance(61)
        if section == "1.4.2":
            estate_http.token = estate_sim.give_token()


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"records": {}, "clock": {"stopped_at": None, "offset_s": 0}},
        {"records": None, "clock": None},
        None,
    ],
)
def test_a_damaged_state_is_refused(tmp_path: Path, state: object) -> None:
    file = tmp_path / "state.json"
    text = json.dumps({"kind": "property", "version": 1, "state": state})
    file.write_text(text, "utf-8")
    sim = PropertySim()
    before = sim.dump_state()
    with pytest.raises(InputInvalid):
        sim.keep_state(file)
    assert file.read_text("utf-8") == text
    assert sim.dump_state() == before


def test_a_sound_state_with_one_wrong_record_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    PropertySim().keep_state(file)
    value = json.loads(file.read_text("utf-8"))
    value["state"]["records"]["houses"]["1"]["floor_id"] = "ground"
    file.write_text(json.dumps(value), "utf-8")
    with pytest.raises(InputInvalid):
        PropertySim().keep_state(file)
