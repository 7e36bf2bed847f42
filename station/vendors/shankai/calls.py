"""The nine calls as a table: path, checked reply, and whether sending them again does no harm."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec

from station.ports import GateCard
from station.vendors import _reply
from station.vendors._http import Endpoint
from station.vendors._reply import Loose, ShapeError
from station.vendors.shankai import wire
from station.vendors.shankai.wire import CardNumberBase

DEFAULT_LIFE_S: Final = 7200
MAX_LIFE_S: Final = 30 * 86_400


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """An access token and how many seconds it lives from the moment it was asked for."""

    value: str
    life_s: int


class _Organization(msgspec.Struct, frozen=True):
    org_id: Loose = None


class _Card(msgspec.Struct, frozen=True):
    card_no: Loose = None
    is_new: Loose | bool = None


class _Token(msgspec.Struct, frozen=True):
    access_token: Loose = None
    expires_in: Loose = None


def organization(data: Any) -> str:
    """The community's id."""
    return _reply.text(_reply.convert(data, _Organization).org_id, "org_id", limit=128)


def nothing(data: Any) -> None:
    """`errcode` 0 says it all."""


def card(base: CardNumberBase, data: Any) -> GateCard:
    """The resident's card number, and whether the cloud allocated it just now."""
    found = _reply.convert(data, _Card)
    return GateCard(wire.card_no(found.card_no, base), wire.flag(found.is_new))


def token(data: Any) -> Token:
    """A token without white space, and its life: 7200 s where the cloud does not say."""
    found = _reply.convert(data, _Token)
    value = _reply.text(found.access_token, "access_token", limit=2048)
    life = _reply.integer(DEFAULT_LIFE_S if found.expires_in is None else found.expires_in, "")
    if not value.isascii() or " " in value or not 0 < life <= MAX_LIFE_S:
        raise ShapeError("access_token" if 0 < life <= MAX_LIFE_S else "expires_in")
    return Token(value, life)


GET_ACCESS_TOKEN: Final = Endpoint(
    "get_access_token", "/get_access_token", token, method="GET", idempotent=True
)
CREATE_ORGANIZATION: Final = Endpoint("create_organization", "/create_organization", organization)
GET_ORGANIZATION: Final = Endpoint(
    "get_organization", "/get_organization", organization, idempotent=True
)
UPDATE_ORGANIZATION: Final = Endpoint(
    "update_organization", "/update_organization", nothing, idempotent=True
)
DEL_ORGANIZATION: Final = Endpoint("del_organization", "/del_organization", nothing)
SET_CARD_NO: Final = Endpoint("set_card_no", "/set_card_no", nothing, idempotent=True)
# Harmless again, but a second try would say `is_new` false of a number that the first allocated.
GET_CARD_NO: Final = {
    base: Endpoint("get_card_no", "/get_card_no", partial(card, base), idempotent=True, attempts=1)
    for base in CardNumberBase
}
# Harmless again, but a second try may answer 4004 because the first was heard: whoever repeats it
# must know that it is one.
DEL_USER: Final = Endpoint("del_user", "/del_user", nothing, idempotent=True, attempts=1)
SET_ADMIN_USER: Final = Endpoint("set_admin_user", "/set_admin_user", nothing)
