"""The account's houses, a house's people, applications (property 3.1)."""

from typing import Any, Final

import msgspec

from station.domain.household import (
    BoundHouse,
    BoundHouses,
    Grant,
    HouseDetail,
    Member,
    Review,
    ReviewDetail,
    ReviewState,
)
from station.vendors import _reply
from station.vendors._reply import Loose, ShapeError
from station.vendors.property import wire
from station.vendors.property.caller import Caller
from station.vendors.property.wire import words

MAX_ADDRESS: Final = 200

STATES: Final = {
    "0": ReviewState.REFUSED,
    "审核未通过": ReviewState.REFUSED,
    "未通过": ReviewState.REFUSED,
    "1": ReviewState.PASSED,
    "审核通过": ReviewState.PASSED,
    "2": ReviewState.WAITING,
    "等待审核": ReviewState.WAITING,
    "待审核": ReviewState.WAITING,
}
"""The preface numbers them, the examples word them, and not all in the preface's words."""


class _Member(msgspec.Struct, frozen=True):
    id: Loose = None
    name: Loose = None
    role: Any = None
    shouquan: Any = None


class _Detail(msgspec.Struct, frozen=True):
    introduction: Any = None
    house_type: Any = None
    use: Any = None
    xingzhi: Any = None
    status: Any = None
    zhuhuleixing: Any = None
    yibangding: list[_Member] | None = None
    weibangding: list[dict[str, Any]] | None = None
    weijihuo: list[_Member] | None = None


def state(value: object) -> ReviewState:
    """Where an application stands, from its number or its words."""
    return STATES.get(words(value), ReviewState.UNKNOWN)


def grant(label: object) -> Grant:
    """A right, from its button's label, which says what pressing it would do (3.2.1, 3.2.3)."""
    said = words(label)
    if said == "管理员":
        return Grant.MANAGER
    if said.startswith("邀请"):
        return Grant.INACTIVE
    if said.startswith(("禁用", "禁止")):
        return Grant.ALLOWED
    return Grant.DENIED if said.startswith("授权") else Grant.UNKNOWN


def bound_houses(reply: Any) -> BoundHouses:
    """Houses have a `house_id`, applications a `shenhe_id`, in one list."""
    houses, reviews = [], []
    for row in wire.rows(reply):
        if row.get("house_id") not in (None, ""):
            houses.append(_bound(row))
        else:
            reviews.append(_review(row, "shenhe_id"))
    return BoundHouses(tuple(houses), tuple(reviews))


def _bound(row: dict[str, Any]) -> BoundHouse:
    binding, inactive = row.get("id"), row.get("not_register")
    return BoundHouse(
        house_id=wire.ident(row.get("house_id"), "house_id"),
        address=words(row.get("introduction"), MAX_ADDRESS),
        role=words(row.get("role") or row.get("role_name")),
        binding_id="" if binding in (None, "") else wire.ident(binding, "id"),
        inactive=0 if inactive in (None, "") else _reply.integer(inactive, "not_register"),
    )


def _review(row: dict[str, Any], key: str) -> Review:
    return Review(
        id=wire.ident(row.get(key), key),
        address=words(row.get("introduction"), MAX_ADDRESS),
        action=words(row.get("action") or row.get("type")),
        state=state(row.get("status")),
    )


def detail(reply: Any) -> HouseDetail:
    """`yijihuo` repeats members; those of `weijihuo` that are not among them are added."""
    found = _reply.convert(wire.data(reply), _Detail)
    if found.yibangding is None:
        raise ShapeError("yibangding")
    members = [_member(item) for item in found.yibangding]
    known = {(member.name, member.role) for member in members}
    members += [
        member
        for member in map(_member, found.weijihuo or ())
        if (member.name, member.role) not in known
    ]
    return HouseDetail(
        address=words(found.introduction, MAX_ADDRESS),
        kind=words(found.house_type),
        use=words(found.use),
        nature=words(found.xingzhi),
        status=words(found.status),
        resident_type=words(found.zhuhuleixing),
        members=tuple(members),
        reviews=tuple(_review(row, "id") for row in found.weibangding or ()),
    )


def _member(found: _Member) -> Member:
    return Member(
        name=words(found.name),
        role=words(found.role),
        binding_id="" if found.id in (None, "") else wire.ident(found.id, "id"),
        grant=grant(found.shouquan),
    )


def review_detail(reply: Any) -> ReviewDetail:
    """The state must be one that the document knows; all else is shown as it came."""
    data = _reply.convert(wire.data(reply), dict[str, Any])
    where = state(data.get("shenhe_status"))
    if where is ReviewState.UNKNOWN:
        raise ShapeError("shenhe_status")

    def said(field: str, limit: int = 64) -> str:
        return words(data.get(field), limit)

    return ReviewDetail(
        state=where,
        kind=said("shenhe_type"),
        action=said("shenhe_action_introduction"),
        address=said("shenhe_house_introduction", MAX_ADDRESS),
        refusal=said("shenhe_refuse_reason", MAX_ADDRESS),
        name=said("name"),
        sex=said("sex"),
        birth=said("birth"),
        nation=said("nation"),
        registered_address=said("address", MAX_ADDRESS),
        id_number=said("idcard"),
        photo_url=said("photo", 500),
        politics=said("zhengzhimianmao"),
        veteran=wire.flag(data.get("tuiyijunren")),
        petitioned=wire.flag(data.get("shangfang")),
        low_income=wire.flag(data.get("dibao")),
        job=said("job"),
        company=said("company"),
        role=said("house_role"),
        use=said("use"),
        nature=said("xingzhi"),
        status=said("house_status"),
        resident_type=said("zhuhuleixing"),
    )


BOUND_HOUSES: Final = wire.endpoint(
    "user/housesList", bound_houses, idempotent=True, private=True, max_bytes=wire.LIST_BYTES
)
HOUSE_DETAIL: Final = wire.endpoint("house/detail", detail, idempotent=True, private=True)
REVIEW: Final = wire.endpoint("shenhe/detail", review_detail, idempotent=True, private=True)
DELETE_REVIEW: Final = wire.endpoint("shenhe/detail", wire.nothing, "DELETE")


class BoundCalls(Caller):
    """Property 3.1. Whose houses: those of the account that the token belongs to."""

    def bound_houses(self) -> BoundHouses:
        """Property 3.1.1: the account's houses, and its applications that have not passed."""
        return self._call(BOUND_HOUSES)

    def house_detail(self, house_id: str) -> HouseDetail:
        """Property 3.1.2: a house, its members and who asks to be one."""
        return self._call(HOUSE_DETAIL, {"id": wire.id_field(house_id, "house")})

    def review(self, review_id: str) -> ReviewDetail:
        """Property 3.1.3. Raises `VendorRefused` PROPERTY_REVIEW_MISSING."""
        return self._call(REVIEW, {"id": wire.id_field(review_id, "review")})

    def delete_review(self, review_id: str) -> None:
        """Property 3.1.4, once. Raises PROPERTY_REVIEW_MISSING, `OutcomeUnknown`."""
        self._call(DELETE_REVIEW, {"id": wire.id_field(review_id, "review")})
