"""Who comes in to the property platform: SMS codes, registering, tokens, renewal, the role."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.property import PropertySim

if TYPE_CHECKING:
    from tests.simulators.conftest import PropertyHttp

OWNER, NEW = "13800000001", "13900000001"
NOON = datetime(2024, 1, 24, 12)


def ask(http: "PropertyHttp", phone: str = OWNER, kind: str = "yezhu", **more: str) -> Any:
    return http.call("verificationCodes/phone", phone=phone, type=kind, **more)


def check(http: "PropertyHttp", fields: dict[str, str]) -> Any:
    return http.call("security/yezhu-code", **fields)


def alive(http: "PropertyHttp") -> bool:
    return bool(http.call("houses", id=1)["code"] == 0)


def renew(http: "PropertyHttp") -> Any:
    return http.call("authorizations/current", "PUT")


# SMS codes


def test_a_code_is_on_the_phone_and_nowhere_else(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    house = "晨曦家园1栋1单元1楼101号"
    value = ask(estate_http, community_house_name=house)
    assert value["msg"] == "验证码获取成功,30分钟内有效"
    assert value["expired_at"] == "2024-01-24 12:30:00"
    [sent] = estate_http.control("GET", f"/sms?phone={OWNER}")
    assert sent["key"] == value["key"]
    assert sent["house"] == house
    assert (sent["sent_at"], sent["ends_at"]) == ("2024-01-24 12:00:00", value["expired_at"])
    assert len(sent["code"]) == 6
    assert sent["code"] not in str(value)
    assert [each.code for each in estate_sim.sms(OWNER)] == [sent["code"]]
    assert estate_sim.sms(NEW) == []


@pytest.mark.parametrize(
    ("kind", "phone", "minutes"), [("register", NEW, 5), ("login", OWNER, 5), ("verify", NEW, 5)]
)
def test_other_codes_live_five_minutes(
    estate_http: "PropertyHttp", kind: str, phone: str, minutes: int
) -> None:
    ends = NOON + timedelta(minutes=minutes)
    assert ask(estate_http, phone, kind)["expired_at"] == f"{ends:%Y-%m-%d %H:%M:%S}"


def test_only_the_right_code_is_taken_and_once(estate_http: "PropertyHttp") -> None:
    fields = estate_http.code(OWNER, "yezhu")
    wrong = str(int(fields["verification_code"]) % 999_999 + 1)
    for bad in ({"verification_code": wrong}, {"verification_key": "x"}, {"verification_code": ""}):
        assert check(estate_http, fields | bad)["msg"] == "验证码错误"
    assert check(estate_http, fields)["code"] == "0"
    assert check(estate_http, fields)["code"] == "1", "used up"


def test_switch_code_once(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_sim.switch(code_once=False)
    fields = estate_http.code(OWNER, "yezhu")
    assert [check(estate_http, fields)["code"] for _ in range(2)] == ["0", "0"]


@pytest.mark.parametrize("apart", [False, True])
def test_a_code_ends_with_its_time(
    estate_http: "PropertyHttp", estate_sim: PropertySim, apart: bool
) -> None:
    estate_sim.switch(codes_apart=apart)
    fields = estate_http.code(OWNER, "yezhu")
    estate_http.token = estate_sim.give_token()
    estate_sim.clock.advance(30 * 60 - 1)
    wrong = fields | {"verification_code": "0"}
    assert check(estate_http, wrong)["msg"] == "验证码错误"
    estate_sim.clock.advance(1)
    value = check(estate_http, fields)
    assert (value["code"], value["msg"]) == ("1", "验证码已失效" if apart else "验证码错误")


def test_codes_come_once_a_minute_and_the_newest_counts(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    first = estate_http.code(OWNER, "yezhu")
    estate_sim.clock.advance(59)
    assert ask(estate_http)["msg"] == "验证码发送过于频繁，请稍后再试"
    assert len(estate_sim.sms()) == 1
    assert ask(estate_http, NEW)["code"] == "0", "another number"
    estate_sim.clock.advance(1)
    second = estate_http.code(OWNER, "yezhu")
    assert check(estate_http, first)["code"] == "1"
    assert check(estate_http, second)["code"] == "0"


def test_switch_sms_interval(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_sim.switch(sms_interval=0)
    assert [ask(estate_http)["code"] for _ in range(3)] == ["0", "0", "0"]


@pytest.mark.parametrize("checked", [True, False])
def test_an_owner_is_proven_by_an_owners_code(
    estate_http: "PropertyHttp", estate_sim: PropertySim, checked: bool
) -> None:
    estate_sim.switch(code_types=checked)
    value = check(estate_http, estate_http.code(NEW, "verify"))
    assert value["code"] == ("1" if checked else "0")


# registering


def enter(http: "PropertyHttp", phone: str, **more: object) -> Any:
    visit = http.control("POST", "/wechat", {"phone": phone})
    came = http.call("weapp/code", code=visit["code"])
    fields = {"openid": came["openid"], "session_key": came["session_key"], "name": "张三"}
    if more.get("type") == "weixin":
        fields |= {"encryptedData": visit["encrypted_data"], "iv": visit["iv"]}
    return http.call("weapp/users", **fields | {"avatar": "avatar"} | more)


@pytest.mark.parametrize("kind", ["weixin", "selfPhone"])
def test_registering_and_logging_in(
    estate_http: "PropertyHttp", estate_sim: PropertySim, kind: str
) -> None:
    estate_sim.switch(sms_interval=0)
    for code_type, greeting in (("register", "您注册成功！"), ("login", "您登陆成功！")):
        fields = estate_http.code(NEW, code_type) if kind == "selfPhone" else {}
        value = enter(estate_http, NEW, type=kind, **fields)
        assert value["msg"] == greeting
        assert value["permissions"] == ["NewMember"]
        estate_http.token = value["access_token"]
        assert alive(estate_http)
    assert estate_sim.estate.user_of(NEW) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "weixin", "iv": "x"},
        {"type": "weixin", "encryptedData": ""},
        {"type": "weixin", "session_key": "x"},
        {"type": "weixin", "openid": "x"},
        {"type": "telephone"},
        {"type": "selfPhone"},
    ],
)
def test_a_stranger_is_not_registered(
    estate_http: "PropertyHttp", estate_sim: PropertySim, changes: dict[str, str]
) -> None:
    assert enter(estate_http, NEW, **changes)["code"] == "1"
    assert estate_sim.estate.user_of(NEW) is None


def test_a_wechat_code_is_good_once(estate_http: "PropertyHttp") -> None:
    code = estate_http.control("POST", "/wechat", {"phone": OWNER})["code"]
    assert estate_http.call("weapp/authorizations", code=code)["code"] == "0"
    again = estate_http.call("weapp/authorizations", code=code)
    assert again["message"] == "小程序code不正确，请传递新code值"


def test_switch_log_in_code_in_the_header(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    estate_sim.switch(log_in_code="header")
    code = estate_http.control("POST", "/wechat", {"phone": OWNER})["code"]
    assert estate_http.call("weapp/authorizations", code=code)["code"] == "1"
    estate_http.token = code
    assert estate_http.call("weapp/authorizations")["code"] == "0"


# tokens


def test_a_token_lives_an_hour_and_is_renewed(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    old = estate_http.token
    estate_sim.clock.advance(3599)
    assert alive(estate_http)
    estate_sim.clock.advance(1)
    assert not alive(estate_http)
    value = renew(estate_http)
    assert value["expires_in"] == 3600
    estate_http.token = value["access_token"]
    assert estate_http.token != old
    assert alive(estate_http)


def test_renewing_ends_the_old_token(estate_http: "PropertyHttp") -> None:
    old = estate_http.token
    estate_http.token = renew(estate_http)["access_token"]
    assert alive(estate_http)
    estate_http.token = old
    assert not alive(estate_http)
    assert renew(estate_http)["message"] == "刷新token值失败,message编码Au335"


def test_switch_renewal_ends_old(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_sim.switch(renewal_ends_old=False)
    assert renew(estate_http)["access_token"] != estate_http.token
    assert alive(estate_http)


@pytest.mark.parametrize(("seconds", "code"), [(-1, "0"), (0, "1")])
def test_a_token_can_be_renewed_for_14_days(
    estate_http: "PropertyHttp", estate_sim: PropertySim, seconds: int, code: str
) -> None:
    estate_sim.clock.advance(14 * 86400 + seconds)
    assert renew(estate_http)["code"] == code


def test_each_renewal_begins_the_14_days_anew(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    for _ in range(3):
        estate_sim.clock.advance(13 * 86400)
        estate_http.token = renew(estate_http)["access_token"]
    assert alive(estate_http)


@pytest.mark.parametrize("path", ["/tokens/expire", "/tokens"])
def test_an_ended_token_is_renewable_and_a_lost_one_is_not(
    estate_http: "PropertyHttp", path: str
) -> None:
    lost = path == "/tokens"
    estate_http.control("DELETE" if lost else "POST", path)
    assert not alive(estate_http)
    assert (renew(estate_http)["code"] == "1") is lost


def test_the_demonstrations_token(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    given = estate_http.control("POST", "/tokens", {})
    assert given["renewable_until"] == "2024-02-07 12:00:00"
    estate_http.token = given["access_token"]
    assert alive(estate_http)
    shown = estate_sim.facts()
    assert shown["base_path"] == "/api/v1"
    estate_http.token = shown["access_token"]
    assert alive(estate_http)
    assert estate_sim.facts() == shown, "asking makes no other"
    reply = estate_http.json("POST", "/_sim/tokens", {"phone": NEW})
    assert reply.status == 404


@pytest.mark.parametrize("life", ["example", "table"])
def test_switch_life(estate_http: "PropertyHttp", estate_sim: PropertySim, life: str) -> None:
    estate_sim.switch(life=life, expires_in=60)
    value = renew(estate_http)
    names = {"expires_in": value.get("expires_in"), "expired_in": value.get("expired_in")}
    expected = {"expires_in": 60, "expired_in": None}
    assert names == (expected if life == "example" else {"expires_in": None, "expired_in": "60"})


def test_switch_token_life_shorter_than_announced(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    estate_sim.switch(token_life=10)
    value = renew(estate_http)
    assert value["expires_in"] == 3600
    estate_http.token = value["access_token"]
    estate_sim.clock.advance(10)
    assert not alive(estate_http)


@pytest.mark.parametrize("wanted", [True, False])
def test_switch_community_token(
    estate_http: "PropertyHttp", estate_sim: PropertySim, wanted: bool
) -> None:
    estate_sim.switch(community_token=wanted)
    estate_http.token = ""
    assert estate_http.call("communities")["code"] == ("9" if wanted else 0)


# the role


@pytest.mark.parametrize(("phone", "role"), [(OWNER, "HouseMember"), ("13800000005", "Shenheing")])
def test_roles(estate_http: "PropertyHttp", estate_sim: PropertySim, phone: str, role: str) -> None:
    estate_http.token = estate_sim.give_token(phone)
    assert estate_http.call("people/permissions")["data"] == [role]


def test_taking_over_what_is_on_file(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    estate_http.token = enter(estate_http, NEW, type="weixin")["access_token"]
    estate_sim.switch(sms_interval=0)

    def take(phone: str, community: int) -> Any:
        fields = estate_http.code(phone, "verify")
        return estate_http.call("security/phone", id=community, **fields)

    assert take("13800000003", 10001)["code"] == "2", "of another community"
    assert take("13800000003", 10002)["code"] == 0
    assert estate_http.call("people/permissions")["data"] == ["HouseMember"]
    again = take("13800000003", 10002)
    assert (again["code"], again["msg"]) == ("0", "已绑定个人信息，无需二次录入")
    [house] = estate_http.call("user/housesList")["data"]
    assert (house["house_id"], house["role"], house["not_register"]) == (1, "父亲", 0)
