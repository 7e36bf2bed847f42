"""The commands sent to a card's reader, and what their answers mean (PC/SC part 3, 3.2.2.1.3)."""

from typing import Final

from station.domain.card import UID_SIZES, UidOrder, in_order, is_random_uid
from station.ports import ReaderState

GET_UID: Final = bytes.fromhex("FFCA000000")
SUCCESS: Final = b"\x90\x00"

SIGNALS: Final = {
    # Green flashes once for 100 ms with a beep (ACR122U API 6.2); both are answered by the reader.
    "ACR122": bytes.fromhex("FF0040AA0401010101"),
    "ACR1252": bytes.fromhex("FF0040AA0401010101"),
}
"""How a reader says "read", by a part of its name."""


def signal_for(reader: str) -> bytes | None:
    """The command that makes this reader flash or beep, where one is known."""
    return next((command for part, command in SIGNALS.items() if part in reader.upper()), None)


def parse_uid_answer(answer: bytes, order: UidOrder) -> tuple[ReaderState, str, str]:
    """What an answer to GET_UID says: (state, uid, detail).

    Only `90 00` after 4, 7 or 10 bytes is a UID; a card that vanishes can give no bytes at all. A
    random UID stands in `detail` and never in `uid`, so that nobody registers it.
    """
    body, status = answer[:-2], answer[-2:]
    if status != SUCCESS or len(body) not in UID_SIZES:
        return ReaderState.CARD_UNREADABLE, "", answer.hex().upper() or "no answer"
    uid = in_order(body.hex().upper(), order)
    if is_random_uid(uid):
        return ReaderState.CARD_RANDOM, "", uid
    return ReaderState.CARD, uid, ""
