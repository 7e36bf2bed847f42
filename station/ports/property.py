"""The property platform: houses, their owners and people, what is owed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from station.domain.bill import Bill, Order
from station.domain.house import Building, Community, Floor, House, HousePath, Unit
from station.domain.household import (
    BoundHouses,
    FacePhoto,
    HouseDetail,
    IdentityCard,
    ResidentForm,
    ReviewDetail,
)
from station.domain.owner import CodePurpose, Owner, PhoneBinding, SentCode


class PropertyPlatform(Protocol):
    """What the desk asks of the platform (property 1-4); the numbers are its document's.

    Everything may raise `VendorRefused` with a PROPERTY_ code (PROPERTY_TOKEN_LOST: a technician
    has to paste a new one), `Unreachable`, and `InputInvalid` SECRET_MISSING without a token. What
    changes something is sent once and may raise `OutcomeUnknown`.
    """

    def communities(self) -> list[Community]: ...

    def buildings(self, community_id: str) -> list[Building]: ...

    def units(self, building_id: str) -> list[Unit]: ...

    def floors(self, unit_id: str) -> list[Floor]: ...

    def houses(self, floor_id: str) -> list[House]: ...

    def owner_of(self, house_id: str) -> Owner | None:
        """2.2.2: unproved, so not to be shown."""

    def send_code(self, mobile: str, purpose: CodePurpose, house_name: str = "") -> SentCode:
        """1.1, once."""

    def check_owner_code(self, code_key: str, code: str) -> None:
        """2.2.3. Raises `VendorRefused` PROPERTY_SMS_CODE_WRONG."""

    def bind_phone(self, code_key: str, code: str, community_id: str) -> PhoneBinding:
        """2.2.1, once."""

    def bound_houses(self) -> BoundHouses: ...

    def house_detail(self, house_id: str) -> HouseDetail: ...

    def review(self, review_id: str) -> ReviewDetail: ...

    def delete_review(self, review_id: str) -> None: ...

    def toggle_managing(self, binding_id: str) -> bool:
        """3.2.1, once: switches over, does not set; whether it is allowed now."""

    def toggle_paying(self, binding_id: str) -> bool:
        """3.2.3, as `toggle_managing`."""

    def unbind(self, binding_id: str) -> None: ...

    def upload_photo(self, house: HousePath, picture: bytes) -> FacePhoto: ...

    def read_identity_card(self, picture: bytes) -> IdentityCard: ...

    def submit_form(self, form: ResidentForm) -> None: ...

    def orders(
        self, *, paid: bool | None = None, title: str = "", house_id: str = ""
    ) -> Iterator[Order]: ...

    def bills(
        self, *, open_orders: bool | None = None, title: str = "", house_id: str = ""
    ) -> Iterator[Bill]: ...

    def permissions(self) -> tuple[str, ...]: ...

    @property
    def token_good_until(self) -> datetime | None:
        """When the token ends (UTC); None without one, or while its age is not known."""

    def keep_alive(self) -> bool:
        """Renew the token when it is due; whether it was renewed."""
