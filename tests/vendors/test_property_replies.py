"""The property client: what is read of the document's examples, and of what strays from them."""

from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from station.domain.bill import Arrears, Bill, Order
from station.domain.house import Building, Community, Floor, House, Unit
from station.domain.household import Grant, ReviewState
from station.domain.owner import CodePurpose, Owner, PhoneBinding
from station.errors import Code, OutcomeUnknown, Unreachable, VendorRefused
from tests.vendors.property_calls import BY_PARAGRAPH, HOUSE, MOBILE, PICTURE
from tests.vendors.property_examples import EXAMPLES, ID_NUMBER, OWNER_MOBILE
from tests.vendors.property_server import Platform, client
from tests.vendors.servers import RawServer


def answered(paragraph: str, reply: object = None, **fields: Any) -> Any:
    """What the client makes of the example, with some fields of its `data` or another reply."""
    call = BY_PARAGRAPH[paragraph]
    if reply is None:
        reply = dict(call.example)
        if fields:
            assert isinstance(reply["data"], dict)
            reply["data"] = {**reply["data"], **fields}
    with RawServer(Platform({call.name: reply})) as server, closing(client(server.url)) as api:
        return call.ask(api)


def refused_shape(paragraph: str, reply: object = None, **fields: Any) -> str:
    with pytest.raises((Unreachable, OutcomeUnknown)) as info:
        answered(paragraph, reply, **fields)
    call = BY_PARAGRAPH[paragraph]
    assert isinstance(info.value, Unreachable) is (call.reads or call.checks)
    assert info.value.context.get("cause", info.value.code.value) == Code.REPLY_SHAPE.value
    assert info.value.context["call"] == BY_PARAGRAPH[paragraph].name
    return str(info.value.context["field"])


def test_a_sent_code() -> None:
    found = answered("1.1")
    assert found.key == "verificationCode_qaFUTv8034G29I5"
    assert found.expires_at == datetime(2020, 11, 19, 13, 34, 38)
    assert answered("1.1", {"code": 0, "key": "k", "expired_at": "soon"}).expires_at is None
    assert refused_shape("1.1", {"code": 0}) == "key"


def test_who_visits_and_who_logs_in() -> None:
    visitor = answered("1.2.1")
    assert (visitor.openid, visitor.session_key) == ("oRNfs4txH2QmXzewt234", "gF3i6PSBHFMu2Xqr==")
    found = answered("1.4.1")
    assert (found.token.life_s, found.permissions, found.name) == (3600, ("NewMember",), "xiaoming")
    table = {"code": 0, "access_token": "T-1", "expired_in": "7200"}
    assert answered("1.2.2", table).token.life_s == 7200
    for wrong in ({"access_token": "a b"}, {"access_token": None}, {"expires_in": 0}):
        refused_shape("1.4.1", {**EXAMPLES["1.4.1"], **wrong})


def test_the_permissions() -> None:
    assert answered("1.5.1") == ("HouseMember",)
    assert refused_shape("1.5.1", {"code": 0, "data": None}) == "data"


def test_the_tree_of_houses() -> None:
    assert answered("2.1.1") == [Community("10002", "晨曦家园", "ChenXiJiaYuan")]
    assert answered("2.1.2")[1] == Building("10", "10002", "10", "10栋")
    assert answered("2.1.3") == [Unit("1", "7", "1", "1单元")]
    assert answered("2.1.4") == [Floor("1", "8", "1", "1楼")]
    assert answered("2.1.5") == [House("101", "9", "101", "101号", "单元楼")]
    assert HOUSE.full_name == "晨曦家园1栋1单元1楼101号"
    assert HOUSE.id == "5"


def test_deleted_rows_are_left_out_and_text_is_a_number_too() -> None:
    rows = [
        {"id": "1", "building_name": "1栋", "deleted_at": "2020-11-20 10:00:00"},
        {"id": "2", "building_number": None, "building_name": " 2栋\n", "more": [1]},
    ]
    reply = {"code": "0", "data": rows}
    assert answered("2.1.2", reply) == [Building("2", "10002", "", "2栋")]
    assert answered("2.1.2", {"code": 0, "data": []}) == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "data"),
        ({}, "data"),
        ("x", "data"),
        ([7], "data"),
        ([{}], "id"),
        ([{"id": None, "building_name": "1栋"}], "id"),
        ([{"id": True, "building_name": "1栋"}], "id"),
        ([{"id": 1.5, "building_name": "1栋"}], "id"),
        ([{"id": "a b", "building_name": "1栋"}], "id"),
        ([{"id": [1], "building_name": "1栋"}], "id"),
        ([{"id": 1, "building_name": ""}], "building_name"),
        ([{"id": 1, "building_name": None}], "building_name"),
        ([{"id": 1}], "building_name"),
    ],
)
def test_a_level_that_is_none(data: object, field: str) -> None:
    said = refused_shape("2.1.2", {"code": 0, "data": data})
    assert said == field or field == "data"


def test_what_becomes_of_a_proved_number() -> None:
    assert answered("2.2.1") is PhoneBinding.BOUND_NOW
    before = {"code": "0", "msg": "已绑定个人信息，无需二次录入", "token_expired": "1"}
    assert answered("2.2.1", before) is PhoneBinding.BOUND_BEFORE
    nobody = {"code": "2", "token_expired": "1", "msg": "该手机号还未绑定业主"}
    assert answered("2.2.1", nobody) is PhoneBinding.UNKNOWN


def test_the_owner_of_a_house() -> None:
    found = answered("2.2.2")
    assert found == Owner(OWNER_MOBILE, "业主", "住宅", "私有", "自用")
    assert found.masked == "138****0004"
    in_a_list = {"code": 0, "data": [EXAMPLES["2.2.2"]["data"]]}
    assert answered("2.2.2", in_a_list) == found
    nobody = {"code": 2, "token_expired": "1", "msg": "该房屋尚未绑定业主"}
    assert answered("2.2.2", nobody) is None


@pytest.mark.parametrize("mobile", ["", None, "138****0004", "138", ["13800000004"], 1.5])
def test_an_owner_who_cannot_be_called_is_none(mobile: object) -> None:
    refused_shape("2.2.2", people_phone=mobile)


def test_an_owners_number_may_be_a_number() -> None:
    assert answered("2.2.2", people_phone=13800000004).mobile == OWNER_MOBILE


@pytest.mark.parametrize("data", [[], {}, None, [1, 2]])
def test_an_owner_without_data_is_not_nobody(data: object) -> None:
    refused_shape("2.2.2", {"code": 0, "data": data})


def test_photo_and_identity_card() -> None:
    assert answered("2.3.1").url.startswith("https://pictures.example/face-photo/")
    assert refused_shape("2.3.1", {"code": 0, "data": 5}) == "data"
    found = answered("2.3.2")
    assert (found.name, found.number, found.gender) == ("王小明", ID_NUMBER, "男")
    assert found.birthday == date(1990, 1, 1)
    assert answered("2.3.2", birthday="?").birthday is None
    assert refused_shape("2.3.2", idcard=None) == "idcard"
    assert refused_shape("2.3.2", name="") == "name"


def test_the_accounts_houses() -> None:
    found = answered("3.1.1")
    (house,), (review,) = found.houses, found.reviews
    assert (house.house_id, house.role, house.inactive) == ("1", "业主", 1)
    assert house.address == "晨曦家园1栋1单元1楼101号"
    assert house.binding_id == ""
    assert (review.id, review.state) == ("1", ReviewState.WAITING)
    table = {"id": 9, "house_id": "2", "role": None, "role_name": "父亲", "introduction": "x"}
    (house,) = answered("3.1.1", {"code": 0, "data": [table]}).houses
    assert (house.binding_id, house.role, house.inactive) == ("9", "父亲", 0)
    assert refused_shape("3.1.1", {"code": 0, "data": [{}]}) == "shenhe_id"


def test_a_house_and_its_people() -> None:
    found = answered("3.1.2")
    assert (found.kind, found.use, found.nature, found.status) == (
        "单元楼",
        "住宅",
        "私有",
        "自用",
    )
    assert [(one.name, one.binding_id, one.grant) for one in found.members] == [
        ("赵一", "2", Grant.MANAGER),
        ("赵二", "1", Grant.INACTIVE),
        ("李四", "3", Grant.ALLOWED),
        ("赵三", "4", Grant.DENIED),
    ]
    assert [one.active for one in found.members] == [True, False, True, True]
    assert [(one.id, one.state) for one in found.reviews] == [
        ("8", ReviewState.WAITING),
        ("4", ReviewState.REFUSED),
    ]
    alone = answered("3.1.2", yibangding=[])
    assert [(one.name, one.binding_id) for one in alone.members] == [("赵二", "")]
    assert refused_shape("3.1.2", yibangding=None) == "yibangding"
    odd = answered("3.1.2", yibangding=[{"id": 1, "name": None, "shouquan": "?"}], weijihuo=None)
    assert odd.members[0].grant is Grant.UNKNOWN


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (0, ReviewState.REFUSED),
        ("1", ReviewState.PASSED),
        (2, ReviewState.WAITING),
        ("等待审核", ReviewState.WAITING),
        ("待审核", ReviewState.WAITING),
        ("审核未通过", ReviewState.REFUSED),
    ],
)
def test_an_application(sent: object, read: ReviewState) -> None:
    found = answered("3.1.3", shenhe_status=sent, tuiyijunren=1)
    assert found.state is read
    assert (found.name, found.id_number, found.role) == ("王小明", ID_NUMBER, "业主")
    assert (found.veteran, found.petitioned, found.low_income) == (True, False, False)


def test_an_application_without_a_state() -> None:
    assert refused_shape("3.1.3", shenhe_status=None) == "shenhe_status"
    refused_shape("3.1.3", {"code": 0, "data": []})


@pytest.mark.parametrize(
    ("label", "may"),
    [("授权管理", False), ("禁止管理", True), ("禁用管理", True), ("授权支付", False)],
)
def test_the_label_says_what_the_next_press_does(label: str, may: bool) -> None:
    reply = {"code": 0, "token_expired": 1, "data": label}
    assert answered("3.2.1", reply) is may
    assert answered("3.2.3", reply) is may


def test_orders_and_arrears() -> None:
    found = answered("4.1.1")
    assert found[0] == Order(
        "21",
        "20201211163729119876",
        "物业费",
        Decimal("0.01"),
        paid=True,
        open=True,
        payee="晨曦家园物业有限公司",
        remark="2020年的物业费",
        details="{'单价':'30元/平米'}",
    )
    assert found[1].house == "晨曦家园1栋1单元1楼101号"
    arrears = Arrears.of(found)
    assert (arrears.total, len(arrears.orders)) == (Decimal("120.50"), 1)
    assert not Arrears.of([found[0]])
    assert Arrears().total == 0


def order(**changes: object) -> dict[str, object]:
    row = {"id": 1, "title": "水费", "amount": "1", "paied": "未付款", "status": "进行中"}
    return {"code": 0, "data": [{**row, **changes}]}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("0.01元", "0.01"),
        ("16.5", "16.50"),
        (16.5, "16.50"),
        (120, "120.00"),
        ("1,200.00 元", "1200.00"),
        (0.1 + 0.2, "0.30"),
        (0, "0.00"),
    ],
)
def test_amounts(sent: object, read: str) -> None:
    (found,) = answered("4.1.1", order(amount=sent))
    assert str(found.amount) == read


@pytest.mark.parametrize("sent", ["", None, "免费", "-1", -0.5, "1e3", [], "9" * 10, 1e20])
def test_amounts_that_are_none(sent: object) -> None:
    refused_shape("4.1.1", order(amount=sent))


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({}, True),
        ({"paied": "未支付"}, True),
        ({"paied": False}, True),
        ({"paied": 0}, True),
        ({"paied": "1"}, False),
        ({"paied": True}, False),
        ({"status": "已关闭"}, False),
    ],
)
def test_what_is_owed(changes: dict[str, object], owed: bool) -> None:
    (found,) = answered("4.1.1", order(**changes))
    assert found.owed is owed


@pytest.mark.parametrize(
    "changes",
    [
        {"paied": None},
        {"paied": "?"},
        {"status": None},
        {"status": "?"},
        {"id": None},
        {"title": ""},
    ],
)
def test_an_order_of_which_nobody_can_tell_is_not_read(changes: dict[str, object]) -> None:
    refused_shape("4.1.1", order(**changes))


def test_the_details_of_an_order_may_be_json() -> None:
    (found,) = answered("4.1.1", order(extra={"单价": "2.4元/平米"}))
    assert found.details == '{"单价":"2.4元/平米"}'


def test_bills() -> None:
    (found,) = answered("4.1.2")
    assert isinstance(found, Bill)
    assert (found.total, found.paid_at) == (Decimal("0.02"), datetime(2020, 12, 13, 23, 1, 7))
    assert found.payment_number == "4200000848202012131079162905"
    assert found.orders[0].paid
    bare = {"id": 1, "total_amount": 0.5, "paid_at": "2020-12-13 23:01:07"}
    (found,) = answered("4.1.2", {"code": 0, "data": [bare]})
    assert found.orders == ()
    assert refused_shape("4.1.2", {"code": 0, "data": [{**bare, "paid_at": ""}]}) == "paid_at"


def test_a_payment_ticket() -> None:
    found = answered("4.2.1")
    assert (found.app_id, found.sign_type) == ("wx3c3d7ceb2deb958d", "MD5")
    assert refused_shape("4.2.1", paySign=None) == "paySign"


def test_an_owners_code_is_accepted_by_code_0_alone() -> None:
    assert answered("2.2.3") is None
    for reply in ({"code": "2", "msg": "?"}, {"code": 5}, {"code": "1", "msg": "验证成功"}):
        with pytest.raises(VendorRefused):
            answered("2.2.3", reply)


def test_personal_values_show_nothing() -> None:
    with RawServer(Platform()) as server, closing(client(server.url)) as api:
        shown = "".join(
            f"{value!r}{value}"
            for value in (
                api.send_code(MOBILE, CodePurpose.VERIFY),
                api.owner_of("5"),
                api.read_identity_card(PICTURE),
                api.upload_photo(HOUSE, PICTURE),
                api.bound_houses(),
                api.house_detail("5"),
                *api.house_detail("5").members,
                api.review("1"),
                api.wechat_session("wx-code"),
                api.log_in("wx-code"),
                api.start_payment(["21"]),
            )
        )
    for secret in (OWNER_MOBILE, ID_NUMBER, "王小明", "赵一", "eyJ0", "verificationCode", "oRNfs4"):
        assert secret not in shown
    assert "138****0004" in shown
