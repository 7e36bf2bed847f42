"""Operators: who sits at the desk, what each role may do, and the rules for PINs."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from station.domain.person import clean_text
from station.errors import Code, InputInvalid, Refused

WRONG_PINS_BEFORE_LOCK: Final = 5
LOCK_TIME: Final = timedelta(minutes=5)
PIN_LENGTH: Final = (4, 64)
MAX_OPERATOR_NAME: Final = 32
CLERK_HISTORY: Final = timedelta(hours=24)
"""How far back a clerk sees: their own operations of the last day."""


class Role(StrEnum):
    """What somebody is at a site."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"


class Permission(StrEnum):
    """One thing that a role may or may not do."""

    CARDS = "cards"
    """Issue, copy, extend, move, replace, recycle, group."""
    READ_CARD = "read_card"
    RESIDENTS = "residents"
    PASSCODES = "passcodes"
    OPEN_DOOR = "open_door"
    """Open a door from afar."""
    BIOMETRICS = "biometrics"
    HOUSES = "houses"
    """Look up houses; the owner only after their code was accepted."""
    LOCKS = "locks"
    """Say which network lock belongs to which room; set a lock's clock."""
    SETTLE = "settle"
    """Settle or set aside what is unresolved."""
    OVERRIDE = "override"
    """Go on against a rule, with a reason."""
    HISTORY_OWN = "history_own"
    HISTORY_ALL = "history_all"
    EXPORT = "export"
    REVEAL = "reveal"
    """See a name or mobile number in full."""
    ERASE = "erase"
    OPERATORS = "operators"
    SETTINGS = "settings"
    JOURNAL = "journal"
    """Back up, rebuild, recover."""


_CLERK: Final = {
    Permission.CARDS,
    Permission.READ_CARD,
    Permission.RESIDENTS,
    Permission.PASSCODES,
    Permission.OPEN_DOOR,
    Permission.BIOMETRICS,
    Permission.HOUSES,
    Permission.SETTLE,
    Permission.HISTORY_OWN,
    Permission.REVEAL,
}
PERMISSIONS: Final = {
    Role.CLERK: frozenset(_CLERK),
    Role.SUPERVISOR: frozenset(Permission),
    Role.TECHNICIAN: frozenset(
        {Permission.READ_CARD, Permission.SETTINGS, Permission.JOURNAL, Permission.LOCKS}
    ),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who has logged in."""

    name: str
    role: Role

    def require(self, permission: Permission) -> None:
        """Raise `Refused` NOT_ALLOWED unless the role has the permission."""
        if permission not in PERMISSIONS[self.role]:
            raise Refused(Code.NOT_ALLOWED, role=self.role.value, permission=permission.value)


def parse_operator_name(text: str) -> str:
    """1-32 characters, one line."""
    return clean_text(text, field="operator", limit=MAX_OPERATOR_NAME)


def parse_pin(text: str) -> str:
    """4-64 printable characters.

    Raises `InputInvalid` PIN_MALFORMED. The PIN itself is never in the error.
    """
    low, high = PIN_LENGTH
    if not low <= len(text) <= high or not text.isprintable():
        raise InputInvalid(Code.PIN_MALFORMED, field="pin", low=low, high=high)
    return text


def parse_role(text: str) -> Role:
    """A role's name. Raises `InputInvalid` FIELD_CHOICE."""
    try:
        return Role(re.sub(r"\s", "", text).lower())
    except ValueError:
        raise InputInvalid(
            Code.FIELD_CHOICE, field="role", value=text[:20], choices=", ".join(Role)
        ) from None
