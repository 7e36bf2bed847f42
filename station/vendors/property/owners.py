"""Whose house it is, and whether somebody is at the owner's phone (property 2.2)."""

from typing import Any, Final

import msgspec

from station.domain.owner import Owner, PhoneBinding
from station.domain.person import parse_mobile
from station.errors import Code, InputInvalid, VendorRefused
from station.vendors import _reply
from station.vendors._reply import Loose, ShapeError
from station.vendors.property import wire
from station.vendors.property.caller import Caller

_PROOF: Final = frozenset({"verification_key", "verification_code"})


class _Owner(msgspec.Struct, frozen=True):
    people_phone: Loose = None
    people_house_role: Any = None
    people_house_use: Any = None
    people_house_xingzhi: Any = None
    people_house_status: Any = None


def binding(reply: Any) -> PhoneBinding:
    """`code` 0: taken over now, or before, which only the words tell."""
    said = _reply.message(reply.get("msg")) + _reply.message(reply.get("message"))
    before = "无需二次录入" in said or "已绑定个人信息" in said
    return PhoneBinding.BOUND_BEFORE if before else PhoneBinding.BOUND_NOW


def owner(reply: Any) -> Owner:
    """An owner whose number can be called; a masked one would be of no use.

    The table says an array, the example shows an object: both are read.
    """
    data = wire.data(reply)
    if isinstance(data, list):
        data = data[0] if len(data) == 1 else None
    found = _reply.convert(data, _Owner)
    try:
        mobile = parse_mobile(_reply.text(found.people_phone, "people_phone"))
    except InputInvalid:
        raise ShapeError("people_phone") from None
    return Owner(
        mobile,
        wire.words(found.people_house_role),
        wire.words(found.people_house_use),
        wire.words(found.people_house_xingzhi),
        wire.words(found.people_house_status),
    )


BIND_PHONE: Final = wire.endpoint("security/phone", binding, secret=_PROOF)
OWNER: Final = wire.endpoint("security/yezhu", owner, idempotent=True, private=True)
# A second try may be told "wrong" of a code that the first used up. It writes nothing.
CHECK_OWNER_CODE: Final = wire.endpoint(
    "security/yezhu-code", wire.nothing, idempotent=True, attempts=1, secret=_PROOF, private=True
)


class OwnerCalls(Caller):
    """Property 2.2."""

    def bind_phone(self, code_key: str, code: str, community_id: str) -> PhoneBinding:
        """Property 2.2.1, once: take over what the security database knows of a proved number.

        Raises `VendorRefused` PROPERTY_SMS_CODE_WRONG, PROPERTY_SECURITY_DOWN; `OutcomeUnknown`.
        """
        fields = {**_proof(code_key, code), "id": wire.id_field(community_id, "community")}
        try:
            return self._call(BIND_PHONE, fields)
        except VendorRefused as error:
            if error.code is not Code.PROPERTY_NOT_FOUND:
                raise
        return PhoneBinding.UNKNOWN

    def owner_of(self, house_id: str) -> Owner | None:
        """Property 2.2.2: the owner, unproved, so not to be shown; None where there is none.

        Raises `VendorRefused` PROPERTY_SECURITY_DOWN.
        """
        try:
            return self._call(OWNER, {"id": wire.id_field(house_id, "house")})
        except VendorRefused as error:
            if error.code is not Code.PROPERTY_NOT_FOUND:
                raise
        return None

    def check_owner_code(self, code_key: str, code: str) -> None:
        """Property 2.2.3, once: returns only where the code is the one that the owner got.

        Raises `VendorRefused` PROPERTY_SMS_CODE_WRONG; `Unreachable` leaves the code in doubt.
        """
        self._call(CHECK_OWNER_CODE, _proof(code_key, code))


def _proof(code_key: str, code: str) -> dict[str, str | int]:
    """A code goes as text: a number would lose its leading zeros."""
    return {
        "verification_key": wire.needed(code_key, "code_key", limit=256),
        "verification_code": wire.needed(code, "sms_code", limit=10),
    }
