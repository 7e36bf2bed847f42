"""The door-lock document's open questions, each with its answers; what it says twice is an enum."""

from dataclasses import dataclass
from enum import StrEnum


class BodyForm(StrEnum):
    """Which body the service reads: the text says JSON, the examples send forms."""

    FORM = "form"
    JSON = "json"
    BOTH = "both"


class WrongBody(StrEnum):
    """What a body of the other kind meets: a refusal in JSON, or HTTP 415."""

    REFUSED = "refused"
    UNSUPPORTED = "415"


class NumberForm(StrEnum):
    """Whether a number is sent as one or in quotes."""

    NUMBER = "number"
    STRING = "string"


class LetterCase(StrEnum):
    """The case of hex letters in a reply."""

    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Switches:
    """How this service reads its own document; the defaults are the document's examples.

    body, wrong_body: see the enums. code: type of `code`. rm_id_reply: type of `rm_id` in
    replies (2.3 says Long, its example a string). read_gives_valid: ReadCard carries `valid`
    (2.3). card_id_case: letters of `card_id` in replies. clear_checks_room: ClearRoomCard by
    rm_id (2.2) leaves a card of another room alone. clear_blank_ok: clearing a blank card by its
    number succeeds.
    """

    body: BodyForm = BodyForm.BOTH
    wrong_body: WrongBody = WrongBody.REFUSED
    code: NumberForm = NumberForm.NUMBER
    rm_id_reply: NumberForm = NumberForm.STRING
    read_gives_valid: bool = True
    card_id_case: LetterCase = LetterCase.UPPER
    clear_checks_room: bool = True
    clear_blank_ok: bool = False
