"""The 27 calls of the property platform: how each is made and what is sent."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from station.domain.house import Building, Community, Floor, House, HousePath, HouseStatus, Unit
from station.domain.household import BindingChoice, FacePhoto, HouseRole, ResidentForm
from station.domain.owner import CodePurpose
from station.vendors.property import PropertyPlatform
from station.vendors.property.session import WeChatSession
from tests.vendors.pictures import png
from tests.vendors.property_examples import EXAMPLES, ID_NUMBER

MOBILE: Final = "13800000001"
PICTURE: Final = png()
HOUSE: Final = HousePath(
    Community("10002", "晨曦家园"),
    Building("7", "10002", "1", "1栋"),
    Unit("8", "7", "2", "1单元"),
    Floor("9", "8", "3", "1楼"),
    House("5", "9", "101", "101号", "单元楼"),
)
FORM: Final = ResidentForm(
    name="张三",
    mobile=MOBILE,
    id_number=ID_NUMBER,
    photo=FacePhoto("https://pictures.example/face/1.png"),
    sex="男",
    nation="汉族",
    address="某省某市某区",
    politics="群众",
    job="程序员",
    company="万家灯火",
    house_id="5",
    veteran=True,
    birth=date(1990, 1, 1),
    role=HouseRole.FATHER,
    status=HouseStatus.OWN_USE,
    choice=BindingChoice.WITH_OWNER,
)
Ask = Callable[[PropertyPlatform], object]


@dataclass(frozen=True)
class Call:
    """One call; `sent` are its fields."""

    paragraph: str
    method: str
    path: str
    ask: Ask
    sent: dict[str, Any]
    with_token: bool = True
    reads: bool = False
    """Sent again where that helps."""
    checks: bool = False
    """Harmless, but sent once."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def example(self) -> dict[str, Any]:
        """The document's reply for success."""
        return EXAMPLES[self.paragraph]

    def __str__(self) -> str:
        return self.paragraph


PAGED: Final = {"per_page": 50, "page": 1}
PROOF: Final = {"verification_key": "verificationCode_q", "verification_code": "012345"}

CALLS: Final = (
    Call(
        "1.1",
        "POST",
        "verificationCodes/phone",
        lambda api: api.send_code(MOBILE, CodePurpose.OWNER, HOUSE.full_name),
        {"phone": MOBILE, "type": "yezhu", "community_house_name": "晨曦家园1栋1单元1楼101号"},
        with_token=False,
    ),
    Call(
        "1.2.1",
        "POST",
        "weapp/code",
        lambda api: api.wechat_session("wx-code"),
        {"code": "wx-code"},
        with_token=False,
    ),
    Call(
        "1.2.2",
        "POST",
        "weapp/users",
        lambda api: api.register(
            WeChatSession("oRNfs4", "gF3i6P=="), "xiaoming", "avatar", code_key="k1", code="012345"
        ),
        {"type": "selfPhone", "openid": "oRNfs4", "session_key": "gF3i6P==", "name": "xiaoming"}
        | {"avatar": "avatar", "verification_key": "k1", "verification_code": "012345"},
        with_token=False,
    ),
    Call(
        "1.4.1",
        "POST",
        "weapp/authorizations",
        lambda api: api.log_in("wx-code"),
        {"code": "wx-code"},
        with_token=False,
    ),
    Call(
        "1.4.2",
        "PUT",
        "authorizations/current",
        lambda api: api.keep_alive(),
        {},
    ),
    Call(
        "1.5.1",
        "POST",
        "people/permissions",
        lambda api: api.permissions(),
        {},
        reads=True,
    ),
    Call(
        "2.1.1",
        "POST",
        "communities",
        lambda api: api.communities(),
        {},
        with_token=False,
        reads=True,
    ),
    Call(
        "2.1.2",
        "POST",
        "buildings",
        lambda api: api.buildings("10002"),
        {"id": 10002},
        reads=True,
    ),
    Call(
        "2.1.3",
        "POST",
        "units",
        lambda api: api.units("7"),
        {"id": 7},
        reads=True,
    ),
    Call(
        "2.1.4",
        "POST",
        "floors",
        lambda api: api.floors("8"),
        {"id": 8},
        reads=True,
    ),
    Call(
        "2.1.5",
        "POST",
        "houses",
        lambda api: api.houses("9"),
        {"id": 9},
        reads=True,
    ),
    Call(
        "2.2.1",
        "POST",
        "security/phone",
        lambda api: api.bind_phone("verificationCode_q", "012345", "10002"),
        {**PROOF, "id": 10002},
    ),
    Call(
        "2.2.2",
        "POST",
        "security/yezhu",
        lambda api: api.owner_of("5"),
        {"id": 5},
        reads=True,
    ),
    Call(
        "2.2.3",
        "POST",
        "security/yezhu-code",
        lambda api: api.check_owner_code("verificationCode_q", "012345"),
        PROOF,
        checks=True,
    ),
    Call(
        "2.3.1",
        "POST",
        "people/photo",
        lambda api: api.upload_photo(HOUSE, PICTURE),
        {"community_identifier": "10002", "building_number": "1", "unit_number": "2"}
        | {"floor_number": "3", "house_number": "101"},
    ),
    Call(
        "2.3.2",
        "POST",
        "idcard/photo",
        lambda api: api.read_identity_card(PICTURE),
        {"image": b64encode(PICTURE).decode()},
        checks=True,
    ),
    Call(
        "2.4.1",
        "POST",
        "weapp/yibiaosanshi",
        lambda api: api.submit_form(FORM),
        {"phone": MOBILE, "idcard": ID_NUMBER, "name": "张三", "sex": "男", "birth": 19900101}
        | {"photo": "https://pictures.example/face/1.png", "nation": "汉族", "zzmm": "群众"}
        | {"address": "某省某市某区", "tyjr": 1, "dibao": 0, "shangfang": 0, "job": "程序员"}
        | {"company": "万家灯火", "house_id": 5, "role": "父亲", "status": "自用", "choice": 1},
    ),
    Call(
        "3.1.1",
        "POST",
        "user/housesList",
        lambda api: api.bound_houses(),
        {},
        reads=True,
    ),
    Call(
        "3.1.2",
        "POST",
        "house/detail",
        lambda api: api.house_detail("5"),
        {"id": 5},
        reads=True,
    ),
    Call(
        "3.1.3",
        "POST",
        "shenhe/detail",
        lambda api: api.review("1"),
        {"id": 1},
        reads=True,
    ),
    Call(
        "3.1.4",
        "DELETE",
        "shenhe/detail",
        lambda api: api.delete_review("1"),
        {"id": 1},
    ),
    Call(
        "3.2.1",
        "PUT",
        "house/shouquan",
        lambda api: api.toggle_managing("4"),
        {"id": 4},
    ),
    Call(
        "3.2.2",
        "DELETE",
        "house/shouquan",
        lambda api: api.unbind("4"),
        {"id": 4},
    ),
    Call(
        "3.2.3",
        "PUT",
        "house/charge",
        lambda api: api.toggle_paying("4"),
        {"id": 4},
    ),
    Call(
        "4.1.1",
        "POST",
        "orders/list",
        lambda api: list(api.orders(paid=False, title="物业费", house_id="5")),
        {"paied": 0, "title": "物业费", "house_id": 5, **PAGED},
        reads=True,
    ),
    Call(
        "4.1.2",
        "POST",
        "payments/list",
        lambda api: list(api.bills(open_orders=True, house_id="5")),
        {"paied": 1, "house_id": 5, **PAGED},
        reads=True,
    ),
    Call(
        "4.2.1",
        "POST",
        "weapp/payment",
        lambda api: api.start_payment(["21", "22", "23"]),
        {"ids": "21A22A23"},
    ),
)
BY_PARAGRAPH: Final = {call.paragraph: call for call in CALLS}
