"""People: guests and residents, known by name and mobile number, and how both are masked."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from station.errors import Code, InputInvalid

MAX_PERSON_NAME: Final = 32
MAX_REASON: Final = 200
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_FOREIGN_MOBILE: Final = re.compile(r"\+\d{6,15}")


@dataclass(frozen=True, slots=True)
class Person:
    """A guest or resident. Personal information: never in a log, never in an event."""

    name: str = ""
    mobile: str = ""

    @property
    def masked(self) -> str:
        """`张* 138****0001`: enough to recognise, too little to misuse."""
        return " ".join(part for part in (mask_name(self.name), mask_mobile(self.mobile)) if part)


def clean_text(text: str, *, field: str, limit: int, empty_allowed: bool = False) -> str:
    """One line without control or direction-changing characters, trimmed.

    Raises `InputInvalid` FIELD_EMPTY, FIELD_TOO_LONG or FIELD_CHARACTERS.
    """
    wanted = unicodedata.normalize("NFC", text).strip()
    if not wanted and not empty_allowed:
        raise InputInvalid(Code.FIELD_EMPTY, field=field)
    if len(wanted) > limit:
        raise InputInvalid(Code.FIELD_TOO_LONG, field=field, limit=limit)
    # Cc control, Cf format (the RTL overrides too), Cs lone surrogates, Co private, Zl/Zp lines
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in wanted):
        raise InputInvalid(Code.FIELD_CHARACTERS, field=field)
    return wanted


def parse_name(text: str, *, field: str = "name") -> str:
    """A person's name: 1-32 characters, no symbols or emoji (So), no control characters."""
    wanted = clean_text(text, field=field, limit=MAX_PERSON_NAME)
    if any(unicodedata.category(char) in {"So", "Cn"} for char in wanted):
        raise InputInvalid(Code.FIELD_CHARACTERS, field=field)
    return wanted


def parse_mobile(text: str, *, field: str = "mobile") -> str:
    """Eleven digits (mainland China), or `+` and 6-15 digits. Spaces and hyphens are dropped."""
    wanted = re.sub(r"[\s\-]", "", text.strip())
    if wanted.startswith("+86"):
        wanted = wanted[3:]
    if not wanted.isascii() or not (_MOBILE.fullmatch(wanted) or _FOREIGN_MOBILE.fullmatch(wanted)):
        raise InputInvalid(Code.MOBILE_MALFORMED, field=field)
    return wanted


def parse_reason(text: str) -> str:
    """Why a rule was overridden or an operation set aside: 2-200 characters, one line."""
    wanted = clean_text(text, field="reason", limit=MAX_REASON)
    if len(wanted) < 2:
        raise InputInvalid(Code.FIELD_EMPTY, field="reason")
    return wanted


def mask_mobile(mobile: str) -> str:
    """`138****0001`."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) >= 8 else "*" * len(mobile)


def mask_name(name: str) -> str:
    """`张*`: the first character, then one star a further character (at most three)."""
    return name[:1] + "*" * min(len(name) - 1, 3) if len(name) > 1 else name
