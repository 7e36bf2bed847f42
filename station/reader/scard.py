"""The narrow interface to PC/SC that the monitor uses, and its implementation by pyscard.

Every call answers with an unsigned 32-bit hresult instead of raising, so that a scripted stand-in
can play what only Windows gives.
"""

from collections.abc import Sequence
from enum import IntEnum, IntFlag
from typing import Final, Protocol

try:
    from smartcard import scard
except ImportError:  # no PC/SC library on this machine: as if its service did not run
    scard = None

PNP: Final = "\\\\?PnP?\\Notification"
"""The name under which a change of the reader list is reported."""


class Hresult(IntEnum):
    """What PC/SC answers, unsigned. Codes that are not here are kept as plain numbers."""

    SUCCESS = 0
    INVALID_HANDLE_WIN32 = 6
    """Windows: the handle died with the service."""
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTO_MISMATCH = 0x8010000F
    """Also while another program is just resetting the card."""
    NOT_READY = 0x80100010
    INVALID_VALUE = 0x80100011
    """What a transmit gives once its reader was unplugged."""
    SYSTEM_CANCELLED = 0x80100012
    """Windows: the session is being logged off."""
    COMM_ERROR = 0x80100013
    """The service died while it was being waited for."""
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    """Windows: the service stops with the last reader."""
    NO_READERS_AVAILABLE = 0x8010002E
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069


LOST_CONTEXT: Final = frozenset(
    {
        Hresult.INVALID_HANDLE_WIN32,
        Hresult.INVALID_HANDLE,
        Hresult.SYSTEM_CANCELLED,
        Hresult.COMM_ERROR,
        Hresult.NO_SERVICE,
        Hresult.SERVICE_STOPPED,
    }
)
"""After these a context never works again, whatever SCardIsValidContext says of it."""


class State(IntFlag):
    """The low half of a reader's event state; the high half counts its events."""

    CHANGED = 0x0002
    UNKNOWN = 0x0004
    UNAVAILABLE = 0x0008
    EMPTY = 0x0010
    PRESENT = 0x0020
    EXCLUSIVE = 0x0080
    INUSE = 0x0100
    MUTE = 0x0200


class Scard(Protocol):
    """PC/SC, as far as the monitor needs it. No call raises for what the service answers."""

    def establish(self) -> tuple[int, int]:
        """(hresult, context)"""

    def release(self, context: int) -> None: ...

    def cancel(self, context: int) -> None:
        """End a `wait` on that context, from any thread. Not sticky: repeat until it ended."""

    def list_readers(self, context: int) -> tuple[int, list[str]]:
        """(hresult, names)"""

    def wait(
        self, context: int, milliseconds: int, known: Sequence[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int]]]:
        """Block until a reader's state differs from the known one: (hresult, states)."""

    def connect(self, context: int, reader: str) -> tuple[int, int, int]:
        """Connect SHARED by T=0 or T=1: (hresult, card, protocol)."""

    def transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        """(hresult, answer with its status word)"""

    def disconnect(self, card: int) -> None:
        """Let go of the card and leave it powered: unpowering it loses quick re-taps."""


def u32(hresult: int) -> int:
    """The hresult as unsigned: pyscard gives either sign, by platform and call."""
    return hresult & 0xFFFFFFFF


class PyScard:
    """`Scard` by pyscard's thin layer. Its monitors are not used: they die with the service."""

    def establish(self) -> tuple[int, int]:
        if scard is None:
            return Hresult.NO_SERVICE, 0
        hresult, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        return u32(hresult), context

    def release(self, context: int) -> None:
        scard.SCardReleaseContext(context)

    def cancel(self, context: int) -> None:
        scard.SCardCancel(context)

    def list_readers(self, context: int) -> tuple[int, list[str]]:
        hresult, names = scard.SCardListReaders(context, [])
        return u32(hresult), list(names)

    def wait(
        self, context: int, milliseconds: int, known: Sequence[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int]]]:
        hresult, states = scard.SCardGetStatusChange(context, milliseconds, list(known))
        return u32(hresult), [(name, u32(word)) for name, word, _atr in states]

    def connect(self, context: int, reader: str) -> tuple[int, int, int]:
        hresult, card, protocol = scard.SCardConnect(
            context,
            reader,
            scard.SCARD_SHARE_SHARED,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
        )
        return u32(hresult), card, protocol

    def transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        is_t1 = protocol == scard.SCARD_PROTOCOL_T1
        header = scard.SCARD_PCI_T1 if is_t1 else scard.SCARD_PCI_T0
        hresult, answer = scard.SCardTransmit(card, header, list(apdu))
        return u32(hresult), bytes(byte & 0xFF for byte in answer)

    def disconnect(self, card: int) -> None:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
