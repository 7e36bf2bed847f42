"""Each of the 27 calls answers like the document's own examples: their fields, types, sentences."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.pictures import sample_face
from station.simulators.property import PropertySim
from station.simulators.property.sim import BASE_PATH, ENDPOINTS

if TYPE_CHECKING:
    from tests.simulators.conftest import PropertyHttp

EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("property_examples.json").read_text("utf-8")
)
OWNER, STRANGER, NOBODY = "13800000001", "13900000001", "13900000002"
PLACE = {
    "community_identifier": 10002,
    "building_number": 1,
    "unit_number": 1,
    "floor_number": 1,
    "house_number": 101,
}
FORM = {
    "phone": OWNER,
    "idcard": "000000199001010000",
    "name": "张三",
    "photo": "https://pictures.invalid/face.png",
    "sex": "男",
    "nation": "汉族",
    "address": "某省某市某区",
    "zzmm": "群众",
    "tyjr": 0,
    "dibao": 0,
    "shangfang": 0,
    "job": "程序员",
    "company": "万家灯火",
    "house_id": 1,
}
PICTURE = base64.b64encode(sample_face()).decode()

Ask = Callable[["PropertyHttp"], Any]


def visit(http: "PropertyHttp", phone: str) -> Any:
    return http.control("POST", "/wechat", {"phone": phone})


def session(http: "PropertyHttp", phone: str) -> Any:
    return http.call("weapp/code", code=visit(http, phone)["code"])


def register(http: "PropertyHttp", phone: str = OWNER, **changes: object) -> Any:
    came = session(http, phone)
    fields = {"openid": came["openid"], "session_key": came["session_key"], "type": "selfPhone"}
    fields |= {"name": "张三", "avatar": "avatar"} | changes
    return http.call("weapp/users", **{k: v for k, v in fields.items() if v is not None})


def check_phone(http: "PropertyHttp", phone: str, community: str = "10002") -> Any:
    http.token = http.control("POST", "/tokens", {"phone": "13800000005"})["access_token"]
    return http.call("security/phone", id=community, **http.code(phone, "verify"))


def payment(http: "PropertyHttp") -> Any:
    session(http, OWNER)
    return http.call("weapp/payment", ids="22A23")


SUCCESSES: dict[str, Ask] = {
    "1.1": lambda http: http.call("verificationCodes/phone", phone=NOBODY, type="register"),
    "1.2.1": lambda http: session(http, NOBODY),
    "1.2.2": lambda http: register(http, **http.code(OWNER, "login")),
    "1.4.1": lambda http: http.call("weapp/authorizations", code=visit(http, OWNER)["code"]),
    "1.4.2": lambda http: http.call("authorizations/current", "PUT"),
    "1.5.1": lambda http: http.call("people/permissions"),
    "2.1.1": lambda http: http.call("communities"),
    "2.1.2": lambda http: http.call("buildings", id=10002),
    "2.1.3": lambda http: http.call("units", id=1),
    "2.1.4": lambda http: http.call("floors", id=1),
    "2.1.5": lambda http: http.call("houses", id=1),
    "2.2.1": lambda http: check_phone(http, "13800000003"),
    "2.2.2": lambda http: http.call("security/yezhu", id=1),
    "2.2.3": lambda http: http.call("security/yezhu-code", **http.code(OWNER, "yezhu")),
    "2.3.1": lambda http: http.upload(sample_face(), **PLACE),
    "2.3.2": lambda http: http.call("idcard/photo", image=PICTURE),
    "2.4.1": lambda http: http.call("weapp/yibiaosanshi", **FORM),
    "3.1.1": lambda http: http.call("user/housesList"),
    "3.1.2": lambda http: http.call("house/detail", id=1),
    "3.1.3": lambda http: http.call("shenhe/detail", id=3),
    "3.1.4": lambda http: http.call("shenhe/detail", "DELETE", id=3),
    "3.2.1": lambda http: http.call("house/shouquan", "PUT", id=2),
    "3.2.2": lambda http: http.call("house/shouquan", "DELETE", id=2),
    "3.2.3": lambda http: http.call("house/charge", "PUT", id=2),
    "4.1.1": lambda http: http.call("orders/list"),
    "4.1.2": lambda http: http.call("payments/list"),
    "4.2.1": payment,
}

REFUSALS: dict[tuple[str, int], Ask] = {
    ("1.1", 0): lambda http: http.call("verificationCodes/phone", phone="138000", type="login"),
    ("1.1", 1): lambda http: http.call("verificationCodes/phone", phone=OWNER, type="x"),
    ("1.1", 2): lambda http: http.call(
        "verificationCodes/phone", phone="13800000002", type="register"
    ),
    ("1.1", 3): lambda http: http.call(
        "verificationCodes/phone", phone="13800000003", type="login"
    ),
    ("1.2.2", 0): lambda http: register(http, name=None, **http.code(OWNER, "login")),
    ("1.2.2", 1): lambda http: register(http, verification_key="x", verification_code="1"),
    ("1.4.1", 0): lambda http: http.call("weapp/authorizations", code="unknown"),
    ("1.4.1", 1): lambda http: http.call(
        "weapp/authorizations", code=visit(http, STRANGER)["code"]
    ),
    ("1.4.2", 1): lambda http: (
        http.control("DELETE", "/tokens"),
        http.call("authorizations/current", "PUT"),
    )[1],
    ("1.5.1", 0): lambda http: http.json("POST", f"{BASE_PATH}/people/permissions", {}).value,
    ("2.2.1", 0): lambda http: check_phone(http, STRANGER),
    ("2.2.1", 1): lambda http: trouble(http, "security_down", "2.2.1"),
    ("2.2.1", 2): lambda http: trouble(http, "security_call", "2.2.1"),
    ("2.2.1", 3): lambda http: http.call(
        "security/phone", id=10002, verification_key="x", verification_code=1
    ),
    ("2.2.2", 0): lambda http: http.call("security/yezhu", id=2),
    ("2.2.2", 1): lambda http: trouble(http, "security_down", "2.2.2"),
    ("2.2.2", 2): lambda http: trouble(http, "security_call", "2.2.2"),
    ("2.2.3", 0): lambda http: http.call(
        "security/yezhu-code", **http.code(OWNER, "yezhu") | {"verification_code": "0"}
    ),
    ("2.3.1", 0): lambda http: http.upload(b"", **PLACE),
    ("2.3.1", 1): lambda http: trouble(http, "picture_store", "2.3.1"),
    ("2.3.2", 0): lambda http: http.call("idcard/photo"),
    ("2.3.2", 1): lambda http: trouble(http, "scanner", "2.3.2"),
    ("2.4.1", 0): lambda http: http.call("weapp/yibiaosanshi", **FORM | {"name": ""}),
    ("3.1.3", 0): lambda http: http.call("shenhe/detail", id=99),
    ("3.1.4", 0): lambda http: http.call("shenhe/detail", "DELETE", id=99),
}


def trouble(http: "PropertyHttp", kind: str, section: str) -> Any:
    http.control("PATCH", "/switches", {"trouble": kind})
    return SUCCESSES[section](http)


def assert_like(example: Any, actual: Any, where: str = "") -> None:
    """The same fields with values of the same types; null in an example may be anything."""
    if isinstance(example, dict):
        assert isinstance(actual, dict), where
        assert set(actual) == set(example), where
        for name, value in example.items():
            assert_like(value, actual[name], f"{where}.{name}")
    elif isinstance(example, list):
        assert actual, where
        for each in actual:
            fitting = [one for one in example if not isinstance(one, dict) or set(one) == set(each)]
            assert fitting, f"{where}: {each}"
            assert_like(fitting[0], each, f"{where}[]")
    elif example is not None and actual is not None:
        assert type(actual) is type(example), f"{where}: {actual!r}"


def test_there_are_27_calls_and_each_has_its_success_here() -> None:
    assert len(ENDPOINTS) == 27
    assert [each.section for each in ENDPOINTS] == list(SUCCESSES) == list(EXAMPLES)


@pytest.mark.parametrize("section", SUCCESSES)
def test_success_is_like_the_example(estate_http: "PropertyHttp", section: str) -> None:
    example, actual = EXAMPLES[section]["success"], SUCCESSES[section](estate_http)
    assert_like(example, actual)
    assert actual["code"] == example["code"]
    assert actual.get("token_expired") == example.get("token_expired")
    assert actual["msg"] == example["msg"]


def test_every_documented_refusal_is_here_but_one() -> None:
    documented = {
        (section, number)
        for section, found in EXAMPLES.items()
        for number in range(len(found["refusals"]))
    }
    # 1.4.2 repeats 1.4.1's refusal of a WeChat code, which it does not take.
    assert documented - set(REFUSALS) == {("1.4.2", 0)}
    assert set(REFUSALS) <= documented


@pytest.mark.parametrize(("section", "number"), REFUSALS)
def test_refusal_is_the_examples(estate_http: "PropertyHttp", section: str, number: int) -> None:
    example = EXAMPLES[section]["refusals"][number]
    actual = REFUSALS[section, number](estate_http)
    assert actual == example


@pytest.mark.parametrize(
    "endpoint",
    [each for each in ENDPOINTS if each.access.value in ("token", "guest")],
    ids=lambda each: each.section,
)
def test_a_lost_token_is_code_9(estate_http: "PropertyHttp", endpoint: Any) -> None:
    estate_http.token = "unknown"
    value = estate_http.call(endpoint.path, endpoint.method, id=1)
    assert value == {
        "code": "9",
        "token_expired": "0",
        "msg": "请重新建立智慧平台鉴权连接",
        "message": "token值因各种原因而失效，请重新调用接口获取token",
    }


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.section)
def test_another_method_or_path_is_none_of_its_calls(
    estate_http: "PropertyHttp", endpoint: Any
) -> None:
    path = f"{BASE_PATH}/{endpoint.path}"
    assert estate_http.send("GET", path).status == 405
    assert estate_http.send("POST", f"{path}/more", b"{}").status == 404


def test_forms_and_json_are_the_same(estate_http: "PropertyHttp") -> None:
    assert estate_http.form("houses", id=1) == estate_http.call("houses", id="1")
    by_address = estate_http.raw("houses?id=1", b"", "")
    assert by_address == estate_http.call("houses", id=1)


@pytest.mark.parametrize(("body", "refused"), [("form", "call"), ("json", "form")])
def test_switch_body(
    estate_http: "PropertyHttp", estate_sim: PropertySim, body: str, refused: str
) -> None:
    estate_sim.switch(body=body)
    for way in ("call", "form"):
        value = getattr(estate_http, way)("houses", id=1)
        assert (value["code"] == "1") is (way == refused)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("buildings", {}),
        ("units", {"id": "x"}),
        ("floors", {"id": -1}),
        ("houses", {"id": []}),
        ("houses", {"id": 10**30}),
        ("security/yezhu", {"id": True}),
        ("house/detail", {"id": 1.5}),
        ("orders/list", {"page": 0}),
        ("orders/list", {"per_page": "many"}),
        ("orders/list", {"paied": "perhaps"}),
        ("weapp/payment", {"ids": "1,2"}),
        ("weapp/yibiaosanshi", FORM | {"role": "2"}),
        ("weapp/yibiaosanshi", FORM | {"idcard": "1"}),
        ("weapp/yibiaosanshi", FORM | {"phone": "1"}),
        ("weapp/yibiaosanshi", FORM | {"house_id": 9999}),
    ],
)
def test_a_wrong_field_is_code_1(
    estate_http: "PropertyHttp", estate_sim: PropertySim, path: str, fields: dict[str, object]
) -> None:
    before = len(estate_sim.estate.records.reviews)
    assert estate_http.call(path, **fields)["code"] == "1"
    assert len(estate_sim.estate.records.reviews) == before


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_brings_no_fields(
    estate_http: "PropertyHttp", body: bytes
) -> None:
    assert estate_http.raw("houses", body, "application/json")["code"] == "1"
    assert estate_http.raw("communities", body, "application/json")["code"] == 0
