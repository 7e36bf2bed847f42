"""Face photos, identity cards and the resident's first form (property 2.3, 2.4)."""

from base64 import b64encode
from contextlib import suppress
from datetime import date
from typing import Any, Final

import msgspec

from station.domain.house import HousePath
from station.domain.household import FacePhoto, IdentityCard, ResidentForm
from station.domain.lock import PictureKind, check_picture
from station.domain.person import parse_mobile, parse_name
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._http import File
from station.vendors._reply import Loose, ShapeError
from station.vendors.property import wire
from station.vendors.property.caller import Caller

_KINDS: Final = {PictureKind.JPG: "image/jpeg", PictureKind.PNG: "image/png"}
_SEXES: Final = ("男", "女")


class _IdentityCard(msgspec.Struct, frozen=True):
    name: Loose = None
    idcard: Loose = None
    gender: Any = None
    nation: Any = None
    address: Any = None
    birthday: Loose = None


def photo(reply: Any) -> FacePhoto:
    """The photo's address, whole."""
    found = wire.data(reply)
    if not isinstance(found, str):
        raise ShapeError("data")
    return FacePhoto(_reply.text(found, "data", limit=1000))


def identity_card(reply: Any) -> IdentityCard:
    """Name and number must have been read, the rest may be missing."""
    found = _reply.convert(wire.data(reply), _IdentityCard)
    return IdentityCard(
        name=_reply.text(found.name, "name"),
        number=_reply.text(found.idcard, "idcard", limit=18),
        gender=wire.words(found.gender, 8),
        nation=wire.words(found.nation, 32),
        address=wire.words(found.address, 200),
        birthday=_day(found.birthday),
    )


def _day(value: Loose) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(str(value).strip())
    return None


_FORM: Final = frozenset(
    {"phone", "idcard", "name", "photo", "sex", "birth", "nation", "address", "zzmm", "tyjr"}
    | {"dibao", "shangfang", "job", "company"}
)
UPLOAD_PHOTO: Final = wire.endpoint("people/photo", photo, private=True)
# Reading a picture writes nothing, but each one costs the platform's owner money.
READ_IDENTITY_CARD: Final = wire.endpoint(
    "idcard/photo",
    identity_card,
    idempotent=True,
    attempts=1,
    secret=frozenset({"image"}),
    private=True,
)
SUBMIT_FORM: Final = wire.endpoint("weapp/yibiaosanshi", wire.nothing, secret=_FORM, private=True)


class FormCalls(Caller):
    """Property 2.3 and 2.4.1. 2.4.2 is marked "not developed" and has no address."""

    def upload_photo(self, house: HousePath, picture: bytes) -> FacePhoto:
        """Property 2.3.1, once: a JPG or PNG, sent beside the house's numbers.

        Raises `InputInvalid` PICTURE_MALFORMED, PICTURE_TOO_LARGE, FIELD_EMPTY;
        `VendorRefused` PROPERTY_PICTURE_REFUSED; `OutcomeUnknown`, which binds nothing.
        """
        kind = check_picture(picture).kind
        fields = {
            "community_identifier": wire.id_field(house.community.id, "community"),
            "building_number": wire.id_field(house.building.number, "building"),
            "unit_number": wire.id_field(house.unit.number, "unit"),
            "floor_number": wire.id_field(house.floor.number, "floor"),
            "house_number": wire.id_field(house.house.number, "house"),
        }
        file = File("file", f"face.{kind.value}", _KINDS[kind], picture)
        return self._call(UPLOAD_PHOTO, fields, file=file)

    def read_identity_card(self, picture: bytes) -> IdentityCard:
        """Property 2.3.2, once: what stands on an identity card's picture (JPG or PNG).

        Raises as `upload_photo`, without `OutcomeUnknown`.
        """
        check_picture(picture)
        return self._call(READ_IDENTITY_CARD, {"image": b64encode(picture).decode()})

    def submit_form(self, form: ResidentForm) -> None:
        """Property 2.4.1, once: hand in a resident's first form, to be reviewed.

        Raises `InputInvalid` FIELD_EMPTY, FIELD_CHOICE (sex), MOBILE_MALFORMED; `OutcomeUnknown`:
        the list of 3.1.1 shows whether it arrived.
        """
        self._call(SUBMIT_FORM, form_fields(form))


def form_fields(form: ResidentForm) -> dict[str, str | int]:
    """The form as the platform wants it. Numbers that the preface replaced by words go as words."""
    if form.sex not in _SEXES:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="sex", value=form.sex[:8], choices="、".join(_SEXES)
        )
    fields: dict[str, str | int] = {
        "phone": parse_mobile(form.mobile),
        "idcard": wire.needed(form.id_number, "id_number", limit=18),
        "name": parse_name(form.name),
        "photo": wire.needed(form.photo.url, "photo", limit=1000),
        "sex": form.sex,
        "nation": wire.needed(form.nation, "nation"),
        "address": wire.needed(form.address, "address"),
        "zzmm": wire.needed(form.politics, "politics"),
        "tyjr": int(form.veteran),
        "dibao": int(form.low_income),
        "shangfang": int(form.petitioned),
        "job": wire.needed(form.job, "job"),
        "company": wire.needed(form.company, "company"),
        "house_id": wire.id_field(form.house_id, "house"),
    }
    if form.birth is not None:
        fields["birth"] = int(f"{form.birth:%Y%m%d}")
    chosen = {
        "role": form.role,
        "status": form.status,
        "use": form.use,
        "xingzhi": form.nature,
        "choice": form.choice,
        "type": form.resident_type,
    }
    return fields | {name: item.value for name, item in chosen.items() if item is not None}
