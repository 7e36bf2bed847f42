"""The owner of a house, and the code that proves that somebody is at the owner's phone.

The platform gives the owner's number before anybody proved anything. Whoever holds an `Owner` keeps
it unseen until the owner's code was accepted; `repr` and `str` show no more than the mask.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from station.domain.person import mask_mobile


class Private:
    """Base of values that neither `repr` nor `str` shows: personal or secret all through."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


@dataclass(frozen=True, slots=True, repr=False)
class Owner(Private):
    """Who owns a house. All but `masked` is for after the owner's code was accepted."""

    mobile: str
    role: str = ""
    use: str = ""
    nature: str = ""
    status: str = ""

    @property
    def masked(self) -> str:
        """`138****0004`: so much may be shown at once."""
        return mask_mobile(self.mobile)

    def __repr__(self) -> str:
        return f"Owner({self.masked})"


class CodePurpose(StrEnum):
    """What an SMS code is for; the owner's code lives 30 minutes, the others 5."""

    REGISTER = "register"
    LOG_IN = "login"
    VERIFY = "verify"
    OWNER = "yezhu"


@dataclass(frozen=True, slots=True, repr=False)
class SentCode(Private):
    """An SMS code on its way. `expires_at` is site-local, naive; None where nobody says."""

    key: str
    expires_at: datetime | None


class PhoneBinding(StrEnum):
    """What became of a resident's number that was proved by a code (property 2.2.1)."""

    BOUND_NOW = "bound_now"
    """The security database knows it; what it knows was taken over."""
    BOUND_BEFORE = "bound_before"
    UNKNOWN = "unknown"
    """Nobody by this number: the form is the way."""
