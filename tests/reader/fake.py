"""A scripted stand-in for the narrow PC/SC interface: what only Windows gives, and exact moments.

It waits and counts as Windows does: `wait` returns at once for any state that differs from the one
it was given, and the notification of new readers carries their number in its high half.
"""

import threading
from collections import Counter, deque
from collections.abc import Sequence

from station.reader.scard import PNP, Hresult, State

GOOD = bytes.fromhex("A1B2C3D49000")


class FakeScard:
    """Readers and cards by name. `script[call]` holds hresults (or exceptions) to give first."""

    def __init__(self, *readers: str) -> None:
        self.change = threading.Condition()
        self.words = dict.fromkeys(readers, int(State.EMPTY))
        self.answers: dict[str, bytes] = {}
        self.script: dict[str, deque[int | Exception]] = {
            call: deque() for call in ("establish", "list", "wait", "connect", "transmit")
        }
        self.calls: Counter[str] = Counter()
        self.commands: list[bytes] = []
        self.known: list[tuple[str, int]] = []
        self.live: set[int] = set()
        self.blocking: threading.Event | None = None
        self._contexts = 0
        self._cancels = 0

    # what a test does

    def put(self, reader: str, answer: bytes = GOOD, state: State = State.PRESENT) -> None:
        """Lay a card down; the reader counts one event more."""
        with self.change:
            self.answers[reader] = answer
            self.words[reader] = self._count(reader) | state
            self.change.notify_all()

    def lift(self, reader: str) -> None:
        self.put(reader, b"", State.EMPTY)

    def plug(self, reader: str) -> None:
        with self.change:
            self.words[reader] = int(State.EMPTY)
            self.change.notify_all()

    def unplug(self, reader: str) -> None:
        with self.change:
            del self.words[reader]
            self.change.notify_all()

    def flag(self, reader: str, state: State) -> None:
        """Change the state without an event: what other programs cause."""
        with self.change:
            self.words[reader] = (self.words[reader] & 0xFFFF0000) | state
            self.change.notify_all()

    def give(self, call: str, *results: int | Exception) -> None:
        """Let the next such calls give these."""
        with self.change:
            self.script[call].extend(results)
            self.change.notify_all()

    def until(self, call: str, number: int) -> None:
        """Wait until a call was made that many times."""
        with self.change:
            assert self.change.wait_for(lambda: self.calls[call] >= number, 20), self.calls

    # the interface

    def establish(self) -> tuple[int, int]:
        result = self._begin("establish")
        if result == Hresult.SUCCESS:
            self._contexts += 1
            self.live.add(self._contexts)
        return result, self._contexts

    def release(self, context: int) -> None:
        self.live.discard(context)

    def cancel(self, context: int) -> None:
        with self.change:
            self._cancels += 1
            self.change.notify_all()

    def list_readers(self, context: int) -> tuple[int, list[str]]:
        result = self._begin("list")
        if result == Hresult.SUCCESS and not self.words:
            return Hresult.NO_READERS_AVAILABLE, []
        return result, list(self.words)

    def wait(
        self, context: int, milliseconds: int, known: Sequence[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int]]]:
        with self.change:
            self.known = list(known)
            result = self._begin("wait")
            cancels = self._cancels

            def ended() -> bool:
                return bool(self.script["wait"] or self._cancels != cancels or self._news())

            if result != Hresult.SUCCESS:
                return result, []
            if not ended() and not self.change.wait_for(ended, milliseconds / 1000):
                return Hresult.TIMEOUT, []
            if self.script["wait"]:
                return self._next("wait"), []
            if self._cancels != cancels:
                return Hresult.CANCELLED, []
            return Hresult.SUCCESS, self._news()

    def connect(self, context: int, reader: str) -> tuple[int, int, int]:
        result = self._begin("connect")
        if self.blocking is not None:
            assert self.blocking.wait(20)
        return result, list(self.words).index(reader), 2

    def transmit(self, card: int, protocol: int, apdu: bytes) -> tuple[int, bytes]:
        self.commands.append(apdu)
        result = self._begin("transmit")
        return result, b"" if result else self.answers.get(list(self.words)[card], b"")

    def disconnect(self, card: int) -> None:
        self._begin("disconnect")

    def _begin(self, call: str) -> int:
        with self.change:
            self.calls[call] += 1
            self.change.notify_all()
            return self._next(call) if self.script.get(call) else Hresult.SUCCESS

    def _next(self, call: str) -> int:
        result = self.script[call].popleft()
        self.change.notify_all()
        if isinstance(result, Exception):
            raise result
        return result

    def _count(self, reader: str) -> int:
        return ((self.words[reader] >> 16) + 1) << 16

    def _word(self, name: str) -> int:
        if name == PNP:
            return len(self.words) << 16
        return self.words.get(name, State.UNKNOWN)

    def _news(self) -> list[tuple[str, int]]:
        return [
            (name, self._word(name) | State.CHANGED)
            for name, word in self.known
            if self._word(name) != word
        ]
