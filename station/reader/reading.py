"""One look at the card on one reader: connect, ask for the UID, let go; and when to try again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station.domain.card import UidOrder
from station.ports import ReaderState
from station.reader.apdu import GET_UID, parse_uid_answer
from station.reader.scard import LOST_CONTEXT, Hresult, Scard

TRIES: Final = 6
SHARING_PAUSE: Final = 0.1
"""Seconds between two tries while another program holds the card."""
RESET_PAUSE: Final = 0.01
"""Seconds between two tries while another program resets the card."""

_SOON: Final = frozenset(
    {
        Hresult.RESET_CARD,  # another program reset it under us: connecting again is the remedy
        Hresult.PROTO_MISMATCH,
        Hresult.CANCELLED,  # Windows: our own cancel can hit a connect
    }
)
_ONCE_MORE: Final = frozenset(
    {Hresult.NOT_TRANSACTED, Hresult.UNRESPONSIVE_CARD, Hresult.UNPOWERED_CARD, Hresult.NOT_READY}
)


class ContextLostError(Exception):
    """The context is dead; its hresult is the argument."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a card gave. `detail` is an hresult or an answer, in hex."""

    state: ReaderState
    uid: str = ""
    detail: str = ""


def read_uid(
    pcsc: Scard, context: int, reader: str, order: UidOrder, pause: Callable[[float], bool]
) -> Reading:
    """Ask the card for its UID. Blocks as long as the card, or a transaction elsewhere, takes.

    `pause` waits that many seconds and says whether to give up. Raises `ContextLostError`.
    """
    once_more = True
    result: int = Hresult.SUCCESS
    for _ in range(TRIES):
        result, answer = _ask(pcsc, context, reader, GET_UID)
        if result == Hresult.SUCCESS:
            return Reading(*parse_uid_answer(answer, order))
        if result in LOST_CONTEXT:
            raise ContextLostError(result)
        if result == Hresult.SHARING_VIOLATION:
            if pause(SHARING_PAUSE):
                break
        elif result in _ONCE_MORE and once_more:
            once_more = False
        elif result not in _SOON or pause(RESET_PAUSE):
            break
    held = result in (Hresult.SHARING_VIOLATION, Hresult.RESET_CARD)
    state = ReaderState.BUSY if held else ReaderState.CARD_UNREADABLE
    return Reading(state, detail=f"{result:08X}")


def give_signal(pcsc: Scard, context: int, reader: str, command: bytes) -> None:
    """Let the reader flash or beep. What it answers does not matter: many refuse."""
    _ask(pcsc, context, reader, command)


def _ask(pcsc: Scard, context: int, reader: str, command: bytes) -> tuple[int, bytes]:
    result, card, protocol = pcsc.connect(context, reader)
    if result != Hresult.SUCCESS:
        return result, b""
    try:
        return pcsc.transmit(card, protocol, command)
    finally:
        pcsc.disconnect(card)
