"""Who belongs to a house, who has applied to, and what a resident's form holds.

All of it is personal: `repr` and `str` of these values show no name, number or address.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from station.domain.house import HouseNature, HouseStatus, HouseUse
from station.domain.owner import Private


class HouseRole(StrEnum):
    """What somebody is in a house (居民角色)."""

    RELATIVE = "家属"
    OWNER = "业主"
    TENANT = "租客"
    HUSBAND = "丈夫"
    WIFE = "妻子"
    FATHER = "父亲"
    MOTHER = "母亲"
    GRANDFATHER = "爷爷"
    GRANDMOTHER = "奶奶"
    MATERNAL_GRANDFATHER = "姥爷"
    MATERNAL_GRANDMOTHER = "姥姥"
    SON = "儿子"
    DAUGHTER = "女儿"
    OTHER = "其他"


class ResidentType(StrEnum):
    """Who lives in a house (住户类型)."""

    OWNER = "业主"
    TENANT = "租户"
    OTHER = "其他"


class Grant(StrEnum):
    """What a member may do with a house beside living there."""

    MANAGER = "manager"
    """The owner: may do everything."""
    ALLOWED = "allowed"
    DENIED = "denied"
    INACTIVE = "inactive"
    """Has not activated the account yet: there is nothing to grant."""
    UNKNOWN = "unknown"


class ReviewState(StrEnum):
    """Where an application stands (审核状态)."""

    REFUSED = "refused"
    PASSED = "passed"
    WAITING = "waiting"
    UNKNOWN = "unknown"


class BindingChoice(IntEnum):
    """What a form asks for where a house has an owner already."""

    WITH_OWNER = 1
    REPLACE_OWNER = 2


@dataclass(frozen=True, slots=True, repr=False)
class BoundHouse(Private):
    """A house that the token's account belongs to. `inactive` members have no account yet."""

    house_id: str
    address: str
    role: str
    binding_id: str = ""
    inactive: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Review(Private):
    """An application in a list: `action` says who asks for what."""

    id: str
    address: str
    action: str
    state: ReviewState


@dataclass(frozen=True, slots=True, repr=False)
class BoundHouses(Private):
    """The account's houses, and its applications that have not passed."""

    houses: tuple[BoundHouse, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Member(Private):
    """Somebody of a house. `binding_id` names person and house together; empty: not known."""

    name: str
    role: str
    binding_id: str
    grant: Grant

    @property
    def active(self) -> bool:
        return self.grant is not Grant.INACTIVE


@dataclass(frozen=True, slots=True, repr=False)
class HouseDetail(Private):
    """A house and its people: `members` are bound, `reviews` are asking to be."""

    address: str
    kind: str
    use: str
    nature: str
    status: str
    resident_type: str
    members: tuple[Member, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ReviewDetail(Private):
    """An application as it was handed in. Texts are the platform's words, empty where missing."""

    state: ReviewState
    kind: str
    action: str
    address: str
    refusal: str
    name: str
    sex: str
    birth: str
    nation: str
    registered_address: str
    id_number: str
    photo_url: str
    politics: str
    veteran: bool
    petitioned: bool
    low_income: bool
    job: str
    company: str
    role: str
    use: str
    nature: str
    status: str
    resident_type: str


@dataclass(frozen=True, slots=True, repr=False)
class IdentityCard(Private):
    """What was read from the picture of an identity card; `birthday` None where unreadable."""

    name: str
    number: str
    gender: str
    nation: str
    address: str
    birthday: date | None


@dataclass(frozen=True, slots=True, repr=False)
class FacePhoto(Private):
    """Where the platform keeps a face photo. The address opens for anybody who knows it."""

    url: str


@dataclass(frozen=True, slots=True, repr=False)
class ResidentForm(Private):
    """The first form of a resident (一标三实). `birth` may be missing where typed by hand."""

    name: str
    mobile: str
    id_number: str
    photo: FacePhoto
    sex: str
    nation: str
    address: str
    politics: str
    job: str
    company: str
    house_id: str
    veteran: bool = False
    low_income: bool = False
    petitioned: bool = False
    birth: date | None = None
    role: HouseRole | None = None
    status: HouseStatus | None = None
    use: HouseUse | None = None
    nature: HouseNature | None = None
    choice: BindingChoice | None = None
    resident_type: ResidentType | None = None
