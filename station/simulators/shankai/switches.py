"""The Shankai document's open questions, each with its answers."""

from dataclasses import dataclass
from enum import StrEnum

from station.simulators.options import NumberForm


class HexLimit(StrEnum):
    """What the 22 of a hex card number counts (section 5): bytes, or characters after 0x."""

    BYTES = "bytes"
    CHARACTERS = "characters"


class CardNoForm(StrEnum):
    """How get_card_no (section 6) gives a number: its example is one, its text says hex."""

    NUMBER = "number"
    HEX = "hex"


@dataclass(frozen=True, slots=True)
class Switches:
    """How this cloud reads its own document; the defaults are its examples.

    errcode: type of `errcode`. already_registered: 10001 (section 1) or 1001 (appendix 2).
    hex_limit, card_no: see the enums. set_creates_user: set_card_no creates a user for an unknown
    mobile number, else 4004. del_removes_user: del_user removes the user, else only the card.
    new_token_ends_old: only the newest access token is valid. expires_in: seconds announced;
    token_life: seconds a token really lives (0: as announced).
    """

    errcode: NumberForm = NumberForm.NUMBER
    already_registered: int = 10001
    hex_limit: HexLimit = HexLimit.BYTES
    card_no: CardNoForm = CardNoForm.NUMBER
    set_creates_user: bool = True
    del_removes_user: bool = True
    new_token_ends_old: bool = False
    expires_in: int = 7200
    token_life: int = 0

    def __post_init__(self) -> None:
        if self.already_registered not in (10001, 1001):
            raise ValueError("already_registered is 10001 or 1001")
        if self.expires_in < 0 or self.token_life < 0:
            raise ValueError("a token's life is not negative")
