"""The door-lock document's open questions, each with its answers; what it says twice is an enum."""

from dataclasses import dataclass
from enum import StrEnum

from station.simulators.options import NumberForm


class BodyForm(StrEnum):
    """Which body the service reads: the text says JSON, the examples send forms."""

    FORM = "form"
    JSON = "json"
    BOTH = "both"


class WrongBody(StrEnum):
    """What a body of the other kind meets: a refusal in JSON, or HTTP 415."""

    REFUSED = "refused"
    UNSUPPORTED = "415"


class LetterCase(StrEnum):
    """The case of hex letters in a reply."""

    UPPER = "upper"
    LOWER = "lower"


class ReplyForm(StrEnum):
    """How a field of a reply comes: `MISSING` leaves it out."""

    NUMBER = "number"
    STRING = "string"
    MISSING = "missing"


class EmptyData(StrEnum):
    """What `data` is where the document's table of it is empty (2.2)."""

    OBJECT = "object"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Switches:
    """How this service reads its own document; the defaults are the document's examples.

    body, wrong_body: see the enums. code: type of `code`. rm_id_reply: type of `rm_id` in
    replies (2.3 says Long, its example a string). read_gives_valid: ReadCard carries `valid`
    (2.3). card_id_case: letters of `card_id` in replies. clear_checks_room: ClearRoomCard by
    rm_id (2.2) leaves a card of another room alone. clear_blank_ok: clearing a blank card by its
    number succeeds.

    muid: type of a computed passcode (2.1 says String); as a number it loses its leading zero.
    offline_repeats: the same room and end give the same passcode again, even a stopped one; else
    another each time. stop_checks_end: another end than the one that made the passcode is
    refused (2.2); else the call succeeds and stops nothing. stop_empty_ok: stopping what is not
    there (2.2, 3.2, 5.2, 6.2) succeeds. stop_offline_data: see the enum. online_slots: the
    highest `m1` of a sent passcode (3.1 gives none). ce_reply, d2_reply: type of battery and
    time. radio_ms: how long a call over a gateway takes before anything happens.
    """

    body: BodyForm = BodyForm.BOTH
    wrong_body: WrongBody = WrongBody.REFUSED
    code: NumberForm = NumberForm.NUMBER
    rm_id_reply: NumberForm = NumberForm.STRING
    read_gives_valid: bool = True
    card_id_case: LetterCase = LetterCase.UPPER
    clear_checks_room: bool = True
    clear_blank_ok: bool = False
    muid: NumberForm = NumberForm.STRING
    offline_repeats: bool = False
    stop_checks_end: bool = True
    stop_empty_ok: bool = True
    stop_offline_data: EmptyData = EmptyData.OBJECT
    online_slots: int = 49
    ce_reply: ReplyForm = ReplyForm.NUMBER
    d2_reply: ReplyForm = ReplyForm.NUMBER
    radio_ms: int = 0

    def __post_init__(self) -> None:
        if self.online_slots < 1 or self.radio_ms < 0:
            raise ValueError("online_slots is at least 1, radio_ms not negative")
