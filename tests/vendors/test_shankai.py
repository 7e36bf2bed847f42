"""The Shankai client: what the nine calls send, and what of the replies is read."""

from collections.abc import Callable
from contextlib import closing

import pytest

from station.domain.person import Person
from station.errors import Code, InputInvalid, StationError, Unreachable
from station.ports import Gate, GateCard
from station.vendors.shankai import Shankai, ShankaiGate
from station.vendors.shankai.wire import CardMode, card_no_field
from tests.vendors.servers import Line, RawServer, Seen, says

ORG = "oDF3iY9ffA-hqb2vVvbr7qxf6A0Q"
MOBILE = "13800000001"
UID = "04A1B2C3"


class Cloud:
    """Answers each call as the document's example does, or with `data` where it is given."""

    def __init__(self, data: object = None, **more: object) -> None:
        self.reply = {"errcode": 0, "errmsg": "ok", "data": data, **more}

    def __call__(self, line: Line, seen: Seen) -> None:
        if seen.call == "get_access_token":
            data = {"access_token": "ACCESS_TOKEN", "expires_in": 7200}
            says({"errcode": 0, "errmsg": "ok", "data": data})(line, seen)
        else:
            says(self.reply)(line, seen)


def client(url: str, **more: str) -> Shankai:
    return Shankai(f"{url}/1.0", "APPID", "APPSECRET", **more)  # type: ignore[arg-type]


def number(sent: object, base: str) -> GateCard:
    """What is read of a number sent."""
    with RawServer(Cloud({"card_no": sent})) as server:
        api = client(server.url, card_no_reply=base)
        with closing(api):
            return api.get_card_no(ORG, MOBILE)


def caught(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as info:
        call()
    return info.value


Call = Callable[[Shankai], object]
CALLS: list[tuple[str, Call, dict[str, object]]] = [
    (
        "create_organization",
        lambda api: api.create_organization("桃花园小区", CardMode.IC, address="地址"),
        {"name": "桃花园小区", "address": "地址", "ic_id_mode": "1"},
    ),
    (
        "get_organization",
        lambda api: api.get_organization("桃花园小区"),
        {"name": "桃花园小区"},
    ),
    (
        "update_organization",
        lambda api: api.update_organization(ORG, "桃花园小区", CardMode.ID, city="深圳"),
        {"org_id": ORG, "name": "桃花园小区", "city": "深圳", "ic_id_mode": "0"},
    ),
    ("del_organization", lambda api: api.del_organization(ORG), {"org_id": ORG}),
    (
        "set_card_no",
        lambda api: api.set_card_no(ORG, MOBILE, "张三", "04a1b2c3d4e5f6"),
        {"org_id": ORG, "mobile": MOBILE, "name": "张三", "card_no": "0x04A1B2C3D4E5F6"},
    ),
    (
        "get_card_no",
        lambda api: api.get_card_no(ORG, MOBILE, "张三"),
        {"org_id": ORG, "mobile": MOBILE, "name": "张三"},
    ),
    ("del_user", lambda api: api.del_user(ORG, MOBILE), {"org_id": ORG, "mobile": MOBILE}),
    (
        "set_admin_user",
        lambda api: api.set_admin_user(ORG, "admin", "demo-password"),
        {"org_id": ORG, "login": "admin", "pass": "demo-password"},
    ),
]


@pytest.mark.parametrize(("name", "call", "fields"), CALLS, ids=[name for name, _, _ in CALLS])
def test_what_is_sent(name: str, call: Call, fields: dict[str, object]) -> None:
    behave = Cloud({"org_id": ORG, "card_no": 123456, "is_new": "true"})
    with RawServer(behave) as server, closing(client(server.url)) as api:
        call(api)
        token, sent = server.seen
    assert token.query == {"app_id": "APPID", "secret": "APPSECRET"}
    assert (token.method, token.path) == ("GET", "/1.0/get_access_token")
    assert (sent.method, sent.path) == ("POST", f"/1.0/{name}")
    assert sent.query == {"access_token": "ACCESS_TOKEN"}
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sent.fields == fields


def test_the_gate_is_the_three_calls_of_a_community() -> None:
    behave = Cloud({"card_no": "0x1A3D5B79", "is_new": "true"})
    with RawServer(behave) as server, closing(client(server.url)) as api:
        gate: Gate = ShankaiGate(api, ORG)
        gate.set_card(Person("张三", MOBILE), UID)
        assert gate.get_card(Person("", MOBILE)) == GateCard("1A3D5B79", is_new=True)
        gate.remove_user(MOBILE)
        sent = [seen.fields for seen in server.seen[1:]]
    assert sent == [
        {"org_id": ORG, "mobile": MOBILE, "name": "张三", "card_no": f"0x{UID}"},
        {"org_id": ORG, "mobile": MOBILE},
        {"org_id": ORG, "mobile": MOBILE},
    ]


@pytest.mark.parametrize(
    ("base", "sent", "read"),
    [
        ("hex", "0x1A3D5B79", "1A3D5B79"),
        ("hex", "0X1a3d5b79", "1A3D5B79"),
        ("hex", "1a3d5b79", "1A3D5B79"),
        ("hex", 123456, "00123456"),
        ("hex", "123456", "00123456"),
        ("hex", 123456.0, "00123456"),
        ("hex", "0x04A1B2C3D4E5F6", "04A1B2C3D4E5F6"),
        ("hex", "4A1B2C3D4E5F6", "04A1B2C3D4E5F6"),
        ("hex", "0x" + "AB" * 22, "AB" * 22),
        ("decimal", 123456, "0001E240"),
        ("decimal", "123456", "0001E240"),
        ("decimal", 2147483647, "7FFFFFFF"),
        ("decimal", "0x1A3D5B79", "1A3D5B79"),
        ("decimal", "1A3D5B79", "1A3D5B79"),
    ],
)
def test_card_numbers_in_both_readings(base: str, sent: object, read: str) -> None:
    assert number(sent, base) == GateCard(read, is_new=False)


@pytest.mark.parametrize("base", ["hex", "decimal"])
@pytest.mark.parametrize(
    "sent", [None, "", 0, "0x", "0x0", -5, 1.5, "xyz", "12 34", "0x" + "A" * 45, [], True]
)
def test_card_numbers_that_are_none(base: str, sent: object) -> None:
    error = caught(lambda: number(sent, base))
    assert type(error) is Unreachable
    assert error.code is Code.REPLY_SHAPE


def test_a_decimal_number_has_a_limit() -> None:
    assert caught(lambda: number(2147483648, "decimal")).code is Code.REPLY_SHAPE


@pytest.mark.parametrize(
    ("sent", "read"),
    [("true", True), ("True", True), (True, True), (1, True), ("1", True)]
    + [(odd, False) for odd in ("false", False, 0, "0", None, "", "yes")],
)
def test_is_new(sent: object, read: bool) -> None:
    behave = Cloud({"card_no": "0x1A3D5B79", "is_new": sent})
    with RawServer(behave) as server, closing(client(server.url)) as api:
        assert api.get_card_no(ORG, MOBILE).is_new is read


@pytest.mark.parametrize("data", [None, [], "x", {}, {"org_id": None}, {"org_id": ""}])
def test_a_community_without_an_id(data: object) -> None:
    with RawServer(Cloud(data)) as server, closing(client(server.url)) as api:
        assert caught(lambda: api.get_organization("x")).code is Code.REPLY_SHAPE


@pytest.mark.parametrize("data", [None, {}, [], "", 5])
def test_calls_without_data_need_none(data: object) -> None:
    with RawServer(Cloud(data)) as server, closing(client(server.url)) as api:
        api.set_card_no(ORG, MOBILE, "张三", UID)
        api.del_user(ORG, MOBILE)


def test_what_is_against_a_rule_is_not_sent() -> None:
    with RawServer(Cloud()) as server, closing(client(server.url)) as api:
        calls: list[tuple[Callable[[], object], Code]] = [
            (lambda: api.set_card_no(ORG, MOBILE, "", UID), Code.FIELD_EMPTY),
            (lambda: api.set_card_no(ORG, " ", "张三", UID), Code.FIELD_EMPTY),
            (lambda: api.set_card_no("", MOBILE, "张三", UID), Code.FIELD_EMPTY),
            (lambda: api.set_card_no(ORG, MOBILE, "张三", "0x04A1B2C3"), Code.UID_MALFORMED),
            (lambda: api.set_card_no(ORG, MOBILE, "张三", ""), Code.UID_MALFORMED),
            (lambda: api.set_card_no(ORG, MOBILE, "张三", "A" * 46), Code.UID_MALFORMED),
            (lambda: api.del_user(ORG, ""), Code.FIELD_EMPTY),
            (lambda: api.create_organization("", CardMode.IC), Code.FIELD_EMPTY),
            (lambda: api.set_admin_user(ORG, "", "x"), Code.FIELD_EMPTY),
        ]
        for call, code in calls:
            error = caught(call)
            assert type(error) is InputInvalid
            assert error.code is code
        assert server.seen == []
        lone = caught(lambda: api.set_card_no(ORG, MOBILE, "张\ud800", UID))
        assert lone.code is Code.FIELD_CHARACTERS
        assert server.count("set_card_no") == 0
    assert caught(lambda: client("https://x.example", card_no_reply="x")).code is Code.FIELD_CHOICE


def test_a_card_number_is_always_sent_as_hex() -> None:
    """A UID of digits alone would otherwise be taken for a decimal number."""
    assert card_no_field("12345678") == "0x12345678"
    assert card_no_field("04a1b2c3") == "0x04A1B2C3"
