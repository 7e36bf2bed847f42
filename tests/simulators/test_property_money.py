"""Orders, bills, arrears and payment of the property platform, page by page."""

from typing import TYPE_CHECKING, Any

import pytest

from station.simulators.property import PropertySim, money

if TYPE_CHECKING:
    from tests.simulators.conftest import PropertyHttp

OWNER, SON = "13800000001", "13800000004"


def orders(http: "PropertyHttp", **fields: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.call("orders/list", per_page=100, **fields)["data"]
    return found


def titles(http: "PropertyHttp", **fields: object) -> set[str]:
    return {each["title"] for each in orders(http, **fields)}


def session(http: "PropertyHttp", phone: str = OWNER) -> None:
    visit = http.control("POST", "/wechat", {"phone": phone})
    assert http.call("weapp/code", code=visit["code"])["code"] == "0"


# pages


def test_pages_follow_each_other(estate_http: "PropertyHttp") -> None:
    seen: list[int] = []
    page, path = 1, f"{estate_http.server.url}/api/v1/orders/list"
    while True:
        value = estate_http.call("orders/list", page=page, per_page=10)
        pages = value["pages"]
        seen += [each["id"] for each in value["data"]]
        assert (pages["current_page"], pages["per_page"], pages["total"]) == (page, 10, 24)
        assert (pages["from"], pages["to"]) == (page * 10 - 9, len(seen))
        assert pages["path"] == path
        if pages["next_page_url"] is None:
            break
        page += 1
        assert pages["next_page_url"] == f"{path}?page={page}"
    assert pages["prev_page_url"] == f"{path}?page=2"
    assert page == pages["last_page"] == 3
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 24


def test_fifteen_a_page_unless_asked(estate_http: "PropertyHttp") -> None:
    value = estate_http.call("orders/list")
    assert len(value["data"]) == value["pages"]["per_page"] == 15
    by_address = estate_http.raw("orders/list?page=2", b"", "")
    assert by_address["pages"]["current_page"] == 2


def test_behind_the_last_page_there_is_nothing(estate_http: "PropertyHttp") -> None:
    value = estate_http.call("orders/list", page=99)
    assert value["data"] == []
    assert (value["pages"]["from"], value["pages"]["to"]) == (None, None)
    nothing = estate_http.call("orders/list", title="无")
    assert (nothing["pages"]["total"], nothing["pages"]["last_page"]) == (0, 1)


@pytest.mark.parametrize("own", [True, False])
def test_switch_bill_addresses(
    estate_http: "PropertyHttp", estate_sim: PropertySim, own: bool
) -> None:
    estate_sim.switch(bill_addresses=not own)
    pages = estate_http.call("payments/list")["pages"]
    assert pages["path"].endswith("/payments/list" if own else "/orders/list")


TABLE = {"current_page", "from", "last_page", "path", "per_page", "to", "total"}


def test_switch_pages(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    for form in ("table", "string"):
        estate_sim.switch(pages=form)
        pages = estate_http.call("orders/list", page=2)["pages"]
        assert set(pages) == TABLE
        assert pages["total"] == (24 if form == "table" else "24")
    estate_sim.switch(pages="none")
    value = estate_http.call("orders/list", page=2)
    assert "pages" not in value
    assert len(value["data"]) == 24


# who sees what


def test_filters(estate_http: "PropertyHttp") -> None:
    assert titles(estate_http, paied=0, house_id=1) == {"物业费", "水费", "旧费用"}
    assert titles(estate_http, paied=True, house_id=1) == {"物业费", "测试费1", "测试费2"}
    assert titles(estate_http, title="水费") == {"水费"}
    assert "门禁卡工本费" in titles(estate_http)
    assert "门禁卡工本费" not in titles(estate_http, house_id=1)
    [personal] = orders(estate_http, title="门禁卡工本费")
    assert "house" not in personal


def test_the_right_to_pay_is_the_right_to_see(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    estate_http.token = estate_sim.give_token(SON)
    assert orders(estate_http) == []
    estate_http.call("house/charge", "PUT", id=4)
    assert len(orders(estate_http)) == 23
    estate_http.call("house/charge", "PUT", id=4)
    assert len(orders(estate_http, house_id=1)) == 23
    estate_sim.switch(own_houses_only=True)
    assert orders(estate_http, house_id=1) == []


def test_arrears_of_any_house(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    def owed(house: int) -> list[str]:
        found = orders(estate_http, house_id=house, paied=0)
        return [each["amount"] for each in found if each["status"] == "进行中"]

    assert owed(1) == ["16.50元", "240.00元"]
    assert money.arrears(estate_sim.estate, 1) == 25_650
    assert owed(11) == ["111.00元"]
    assert owed(9) == []
    for amounts in (["12.00", "0.05"], ["7"], []):
        state = {"amounts": amounts, "title": "电费"}
        shown = estate_http.control("PUT", "/houses/11/arrears", state)
        assert len(owed(11)) == len(amounts)
        assert shown["arrears"] == {2: "12.05", 1: "7.00", 0: "0.00"}[len(amounts)]
    assert owed(1) == ["16.50元", "240.00元"], "the other house's stay"


@pytest.mark.parametrize("amounts", [["0"], ["-1"], [12], ["1.5"], "12.00", None, ["1e3"]])
def test_arrears_are_amounts(estate_http: "PropertyHttp", amounts: object) -> None:
    reply = estate_http.json("PUT", "/_sim/houses/11/arrears", {"amounts": amounts})
    assert reply.status == 400
    assert len(orders(estate_http, house_id=11)) == 1


# bills


def test_bills(estate_http: "PropertyHttp") -> None:
    first, second, *_ = estate_http.call("payments/list")["data"]
    assert [each["title"] for each in first["orders"]] == ["测试费1", "测试费2"]
    assert (first["total_amount"], first["orders"][0]["amount"]) == ("0.02", "0.01元")
    assert second["paid_at"] == "2024-06-05 10:30:00"
    only = estate_http.call("payments/list", title="测试费1")
    assert [each["id"] for each in only["data"]] == [first["id"]]
    assert estate_http.call("payments/list", paied=0)["data"] == []
    assert estate_http.call("payments/list", paied=1)["pages"]["total"] == 19


@pytest.mark.parametrize(
    ("switch", "value", "shown"),
    [
        ("amount", "number", (240.0, 0.02)),
        ("amount", "string", ("240.00", "0.02")),
        ("amount", "example", ("240.00元", "0.02")),
    ],
)
def test_switch_amount(
    estate_http: "PropertyHttp",
    estate_sim: PropertySim,
    switch: str,
    value: str,
    shown: tuple[object, object],
) -> None:
    estate_sim.switch(**{switch: value})
    [order] = orders(estate_http, paied=0, title="物业费", house_id=1)
    assert (order["amount"], estate_http.call("payments/list")["data"][0]["total_amount"]) == shown


def test_switches_paid_and_extra(estate_http: "PropertyHttp", estate_sim: PropertySim) -> None:
    [order] = orders(estate_http, paied=0, title="物业费", house_id=1)
    assert (order["paied"], order["extra"]) == ("未付款", "{'单价':'2.4元/平米'}")
    estate_sim.switch(paid="boolean", extra="object")
    [order] = orders(estate_http, paied=0, title="物业费", house_id=1)
    assert (order["paied"], order["extra"]) == (False, {"单价": "2.4元/平米"})


# payment


def test_paying_needs_a_session(estate_http: "PropertyHttp") -> None:
    assert estate_http.call("weapp/payment", ids="22")["msg"] == "请在微信小程序中支付"
    session(estate_http)
    data = estate_http.call("weapp/payment", ids="22A23")["data"]
    assert data["package"].startswith("prepay_id=wx")
    assert len(orders(estate_http, paied=0, house_id=1)) == 3, "nothing is paid yet"


def test_paid_when_wechat_says_so(estate_http: "PropertyHttp") -> None:
    bill = estate_http.control("POST", "/payments", {"ids": [22, 23]})
    newest = estate_http.call("payments/list")["data"][0]
    assert newest["id"] == bill["id"]
    assert newest["total_amount"] == "256.50"
    assert newest["paid_at"] == bill["paid_at"] == "2024-01-24 12:00:00"
    assert titles(estate_http, paied=0, house_id=1) == {"旧费用"}
    session(estate_http)
    assert estate_http.call("weapp/payment", ids="22")["msg"] == "订单已支付或已关闭"
    assert estate_http.json("POST", "/_sim/payments", {"ids": [22]}).status == 400
    assert estate_http.json("POST", "/_sim/payments", {"ids": [999]}).status == 404


@pytest.mark.parametrize("ids", ["999", "21", "22A999", "1"])
def test_what_cannot_be_paid(estate_http: "PropertyHttp", ids: str) -> None:
    session(estate_http)
    assert estate_http.call("weapp/payment", ids=ids)["code"] == "1"


def test_nobody_pays_for_others_with_own_houses_only(
    estate_http: "PropertyHttp", estate_sim: PropertySim
) -> None:
    session(estate_http)
    [other] = orders(estate_http, house_id=11)
    assert estate_http.call("weapp/payment", ids=str(other["id"]))["code"] == 0
    estate_sim.switch(own_houses_only=True)
    assert estate_http.call("weapp/payment", ids=str(other["id"]))["msg"] == "订单不存在"
    assert estate_http.call("weapp/payment", ids="22A24")["code"] == 0
