"""What the property platform knows, as plain records; money is in fen, times are site-local."""

from dataclasses import dataclass, field
from datetime import datetime

OWNER, TENANT = "业主", "租客"
ROLES = frozenset(
    "家属 业主 租客 丈夫 妻子 父亲 母亲 爷爷 奶奶 姥爷 姥姥 儿子 女儿 其他".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Community:
    """A community; buildings are asked for by `identifier`, never by `id`."""

    id: int
    identifier: str
    name: str
    pinyin: str


@dataclass(slots=True)
class Building:
    """A building of a community; `number` is the one painted on it."""

    id: int
    community: str
    number: int
    name: str


@dataclass(slots=True)
class Unit:
    """A unit (entrance) of a building."""

    id: int
    building_id: int
    community: str
    number: int
    name: str


@dataclass(slots=True)
class Floor:
    """A floor of a unit."""

    id: int
    unit_id: int
    community: str
    number: int
    name: str


@dataclass(slots=True)
class House:
    """A house (flat); the four texts are words of the document's foreword."""

    id: int
    floor_id: int
    community: str
    number: int
    name: str
    type: str = "单元楼"
    use: str = "住宅"
    xingzhi: str = "私有"
    status: str = "自用"
    zhuhuleixing: str = "业主"


@dataclass(slots=True)
class Member:
    """A person bound to a house; `id` is the document's 人员房屋绑定id."""

    id: int
    house_id: int
    name: str
    phone: str
    role: str
    manage: bool = False
    pay: bool = False


@dataclass(slots=True)
class User:
    """An account of the mini-program. `activated`: the person's data is on file (HouseMember)."""

    openid: str
    phone: str
    name: str
    avatar: str
    activated: bool = False


@dataclass(slots=True)
class Review:
    """A form waiting for, or through, the property company: status 0 refused, 1 passed, 2 waits."""

    id: int
    openid: str
    house_id: int
    type: str
    who: str
    form: dict[str, str]
    status: int = 2
    refuse_reason: str = ""

    @property
    def action(self) -> str:
        """What is asked for: 业主正在申请：业主绑定."""
        return f"{self.who}正在申请：{self.type}"


@dataclass(slots=True)
class Order:
    """Something to pay, by a house or (house_id None) by one person."""

    id: int
    number: str
    title: str
    cents: int
    manager: str
    house_id: int | None = None
    phone: str | None = None
    paid: bool = False
    closed: bool = False
    remark: str | None = None
    extra: dict[str, str] | None = None


@dataclass(slots=True)
class Bill:
    """One payment, of one or more orders."""

    id: int
    order_ids: list[int]
    paid_at: datetime
    payment_number: str
    shop_number: str


@dataclass(slots=True)
class SmsCode:
    """An SMS that nobody sent; `code` is what the phone would show."""

    key: str
    phone: str
    type: str
    code: str
    sent_at: datetime
    ends_at: datetime
    house: str = ""
    used: bool = False


@dataclass(slots=True)
class Token:
    """An access token of a user's."""

    value: str
    openid: str
    ends_at: datetime
    renewable_until: datetime


@dataclass(slots=True)
class Visit:
    """What WeChat would give the mini-program of somebody who opens it: good for one log-in."""

    code: str
    openid: str
    phone: str
    encrypted_data: str
    iv: str
    used: bool = False


@dataclass(slots=True)
class Photo:
    """A picture that was taken in: nothing of it is kept but this."""

    url: str
    sha256: str
    size: int


@dataclass(slots=True)
class Identity:
    """What the scanner reads from any picture of an identity card; obviously nobody's.

    There is no region 000000, and the last figure is not the right check figure.
    """

    name: str = "张三"
    idcard: str = "000000199001010000"
    birthday: str = "19900101"
    address: str = "某省某市某区某小区1栋1单元101号"
    gender: str = "男"
    nation: str = "汉"


@dataclass(slots=True)
class Records:
    """Everything that outlives a restart; no default, so that half a state file is refused."""

    communities: dict[int, Community]
    buildings: dict[int, Building]
    units: dict[int, Unit]
    floors: dict[int, Floor]
    houses: dict[int, House]
    members: dict[int, Member]
    users: dict[str, User]
    reviews: dict[int, Review]
    orders: dict[int, Order]
    bills: dict[int, Bill]
    codes: dict[str, SmsCode]
    tokens: dict[str, Token]
    visits: dict[str, Visit]
    sessions: dict[str, str]  # openid -> session_key
    photos: list[Photo]
    identity: Identity = field(default_factory=Identity)


def no_records() -> Records:
    """A platform that knows nothing yet."""
    return Records({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, [])
