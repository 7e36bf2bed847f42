"""Cards: UIDs as a PC/SC reader gives them, the platform's card ids, and what a card holds."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from station.errors import Code, InputInvalid, Mismatch, Refused

UID_SIZES: Final = (4, 7, 10)
RANDOM_UID_FIRST_BYTE: Final = "08"
MAX_DECIMAL_CARD_NUMBER: Final = 2_147_483_647
_HEX: Final = re.compile(r"[0-9A-F]+")
_CARD_ID: Final = re.compile(r"[0-9A-Za-z]{1,32}")


class UidOrder(StrEnum):
    """How a site's reader hands over the bytes of a UID."""

    AS_READ = "as_read"
    REVERSED = "reversed"


class CardIdRelation(StrEnum):
    """How the platform's `card_id` relates to the UID on a site's cards."""

    UNRELATED = "unrelated"
    EQUAL = "equal"
    REVERSED = "reversed"


class CardState(StrEnum):
    """What the journal believes of one card of a stay."""

    OUT = "out"
    """Written, and in somebody's hand."""
    RETURNED = "returned"
    """Cleared and read back blank, or written anew for another stay."""
    LOST = "lost"
    """Reported lost; it opens its room until a newer card is used there or it expires."""
    POSSIBLE = "possible"
    """A write whose outcome is unknown, or was set aside unknown."""
    WRONG = "wrong"
    """It was written, but reads back differently: it must be made again."""


def parse_uid(text: str, *, field: str = "uid") -> str:
    """A UID as upper-case hex without separators, in reader order, 4, 7 or 10 bytes.

    Accepts `04 A1-B2:C3` and a leading `0x`. Raises `InputInvalid` UID_MALFORMED or UID_RANDOM
    (4 bytes starting `08` change at each tap, ISO 14443-3).
    """
    wanted = re.sub(r"[\s:.\-]", "", text.strip()).upper().removeprefix("0X")
    if not _HEX.fullmatch(wanted) or len(wanted) not in {2 * size for size in UID_SIZES}:
        raise InputInvalid(Code.UID_MALFORMED, field=field, value=text.strip()[:40])
    if is_random_uid(wanted):
        raise InputInvalid(Code.UID_RANDOM, field=field, value=wanted)
    return wanted


def parse_uid_or_decimal(text: str, *, field: str = "uid") -> str:
    """As `parse_uid`, or the decimal number printed on a card (up to 2147483647, 4 bytes).

    Decimal is only text of digits alone whose length fits no UID (8, 14, 20), or that starts with
    `d`: `12345678` is a UID, `d12345678` the number.
    """
    wanted = text.strip()
    digits = wanted[1:] if wanted[:1] in "dD" else wanted
    marked = digits is not wanted and wanted[:1] in "dD"
    is_decimal = digits.isascii() and digits.isdigit()
    if is_decimal and wanted and (marked or len(digits) not in {2 * size for size in UID_SIZES}):
        number = int(digits) if len(digits) <= 10 else MAX_DECIMAL_CARD_NUMBER + 1
        if not 1 <= number <= MAX_DECIMAL_CARD_NUMBER:
            raise InputInvalid(
                Code.FIELD_OUT_OF_RANGE, field=field, low=1, high=MAX_DECIMAL_CARD_NUMBER
            )
        return parse_uid(f"{number:08X}", field=field)
    return parse_uid(wanted, field=field)


def is_random_uid(uid: str) -> bool:
    """Whether a UID is a random number that changes at each tap (phones, some DESFire)."""
    return len(uid) == 8 and uid.startswith(RANDOM_UID_FIRST_BYTE)


def reversed_bytes(uid: str) -> str:
    """The same UID with its bytes in opposite order."""
    return bytes.fromhex(uid)[::-1].hex().upper()


def in_order(uid: str, order: UidOrder) -> str:
    """A UID from the reader in the byte order that the site uses."""
    return reversed_bytes(uid) if order is UidOrder.REVERSED else uid


def decimal_uid(uid: str) -> int | None:
    """The decimal number that Shankai would accept for a 4-byte UID, else None."""
    number = int(uid, 16)
    return number if len(uid) == 8 and number <= MAX_DECIMAL_CARD_NUMBER else None


def parse_card_id(text: str, *, field: str = "card_id") -> str:
    """The platform's number of a card (door lock 2.2), upper case. Raises CARD_ID_MALFORMED."""
    wanted = text.strip()
    if not _CARD_ID.fullmatch(wanted):
        raise InputInvalid(Code.CARD_ID_MALFORMED, field=field, value=wanted[:40])
    return wanted.upper()


def check_same_card(uid: str | None, card_id: str, relation: CardIdRelation) -> None:
    """Hold a UID and a `card_id` side by side. Raises `Refused` UID_CARD_ID_DIFFER."""
    if uid is None or relation is CardIdRelation.UNRELATED:
        return
    expected = reversed_bytes(uid) if relation is CardIdRelation.REVERSED else uid
    if expected != card_id.upper():
        raise Refused(Code.UID_CARD_ID_DIFFER, uid=uid, card_id=card_id)


@dataclass(frozen=True, slots=True)
class CardContent:
    """What ReadCard found (door lock 2.3). Times site-local; `authorised_at` is its `valid`."""

    card_id: str
    room_id: str
    authorised_at: datetime
    expires_at: datetime

    def is_live(self, now: datetime) -> bool:
        """Whether the card's end has not come yet."""
        return self.expires_at > now


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What is sent to be written: one room, one start, one end (door lock 2.1)."""

    room_id: str
    authorised_at: datetime
    expires_at: datetime


def differing_fields(content: CardContent, sent: Authorisation, card_id: str | None) -> list[str]:
    """The names of the fields that did not read back as sent; empty when all did."""
    pairs = {
        "rm_id": (content.room_id, sent.room_id),
        "authorised_at": (content.authorised_at, sent.authorised_at),
        "expires_at": (content.expires_at, sent.expires_at),
        "card_id": (content.card_id.upper(), (card_id or content.card_id).upper()),
    }
    return [name for name, (found, wanted) in pairs.items() if found != wanted]


def require_read_back(content: CardContent, sent: Authorisation, card_id: str | None) -> None:
    """Raise `Mismatch` unless everything reads back as it was sent."""
    fields = differing_fields(content, sent, card_id)
    if fields:
        raise Mismatch(fields=", ".join(fields))
