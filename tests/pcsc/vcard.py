"""A virtual contactless card for vpcd (vsmartcard), with the faults that real ones have.

vpcd's protocol: the card is a TCP client; each message is a 16-bit big-endian length and a payload.
One byte from the reader: 0 power off, 1 power on, 2 reset, 4 give the ATR (the only one answered);
anything longer is a command, answered with data and status word.
"""

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

POWER_ON: Final = b"\x01"
GET_ATR: Final = b"\x04"
TOO_LONG_ATR: Final = bytes(40)
"""More than 33 bytes: powering the card up fails."""
GET_UID: Final = b"\xff\xca\x00\x00"
DEADLINE: Final = 10.0


class Vanish(StrEnum):
    """When a card is pulled away."""

    AT_POWER_ON = "at_power_on"
    BEFORE_ANSWER = "before_answer"
    MID_ANSWER = "mid_answer"


@dataclass(frozen=True, slots=True)
class Faults:
    """How a card misbehaves. `answer` is hex; `delay` is seconds before each answer."""

    answer: str | None = None
    vanish: Vanish | None = None
    is_mute: bool = False
    hangs: bool = False
    delay: float = 0.0


def storage_atr(name: int = 1) -> bytes:
    """The ATR of a storage card (PC/SC part 3): 1 Classic 1K, 2 Classic 4K, 3 Ultralight.

    All cards of one kind have the same.
    """
    body = bytes.fromhex("8F8001804F0CA00000030603") + struct.pack(">H", name) + bytes(4)
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes([check])


class VirtualCard:
    """One card for one reader: `tap` puts it down, `lift` takes it away."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.commands: list[bytes] = []
        """What the card was asked since the last tap."""
        self.was_asked = threading.Event()
        self.tapped_at = 0.0
        self.powered_at = 0.0
        """`time.monotonic` of the last tap, and of the reader's first power-up after it."""

    def tap(self, uid: str, faults: Faults = Faults()) -> None:
        """Put a card down in place of the one that lies there."""
        self.lift()
        self.commands = []
        self.was_asked.clear()
        self.powered_at = 0.0
        self.tapped_at = time.monotonic()
        card = socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE)
        card.settimeout(None)
        card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = card
        self._thread = threading.Thread(
            target=self._serve, args=(card, bytes.fromhex(uid), faults), daemon=True
        )
        self._thread.start()

    def lift(self) -> None:
        """Take the card away, whatever it is doing, and let the reader see its field empty."""
        card, self._socket = self._socket, None
        if card is None or self._thread is None:
            return
        with contextlib.suppress(OSError):
            card.shutdown(socket.SHUT_RDWR)
        self._thread.join(DEADLINE)
        card.close()
        self._let_the_reader_look()

    def _let_the_reader_look(self) -> None:
        """vpcd takes the next card within one look, so no swap would be seen that is too quick.

        A client that leaves when it is first asked is what the reader sees as an empty field.
        """
        with contextlib.suppress(ConnectionError):  # the reader or the service is gone
            nothing = socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE)
            with nothing:
                nothing.recv(1)

    def _serve(self, card: socket.socket, uid: bytes, faults: Faults) -> None:
        with contextlib.suppress(OSError):
            while (message := _receive(card)) and self._handle(card, message, uid, faults):
                pass
        with contextlib.suppress(OSError):
            card.shutdown(socket.SHUT_RDWR)

    def _handle(self, card: socket.socket, message: bytes, uid: bytes, faults: Faults) -> bool:
        """Answer one message; whether the card stays."""
        if message == POWER_ON:
            self.powered_at = self.powered_at or time.monotonic()
            return faults.vanish is not Vanish.AT_POWER_ON
        if message == GET_ATR:
            _send(card, TOO_LONG_ATR if faults.is_mute else storage_atr())
            return True
        if len(message) == 1:
            return True
        self.commands.append(message)
        self.was_asked.set()
        if faults.delay:
            time.sleep(faults.delay)
        if faults.hangs:
            return True
        if faults.vanish is Vanish.BEFORE_ANSWER:
            return False
        answer = _answer(message, uid, faults)
        _send(card, answer, half=faults.vanish is Vanish.MID_ANSWER)
        return faults.vanish is None


def _answer(command: bytes, uid: bytes, faults: Faults) -> bytes:
    if faults.answer is not None:
        return bytes.fromhex(faults.answer)
    return uid + b"\x90\x00" if command[:4] == GET_UID else b"\x6d\x00"


def _send(card: socket.socket, payload: bytes, *, half: bool = False) -> None:
    sent = payload[: len(payload) // 2] if half else payload
    card.sendall(struct.pack(">H", len(payload)) + sent)


def _receive(card: socket.socket) -> bytes:
    """One message; empty when the reader closed."""
    header = _exactly(card, 2)
    return _exactly(card, int(struct.unpack(">H", header)[0])) if header else b""


def _exactly(card: socket.socket, length: int) -> bytes:
    taken = b""
    while len(taken) < length:
        part = card.recv(length - len(taken))
        if not part:
            return b""
        # vpcd leaves Nagle on: without prompt ACKs each power-up costs 2 x 44 ms.
        card.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        taken += part
    return taken
