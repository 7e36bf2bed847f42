"""The thread that watches the readers: one context of its own, which nothing else touches.

It blocks in `wait` until a reader or a card comes or goes, and lives through everything that PC/SC
answers: whatever is not expected costs the context, never the thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from station.domain.card import UidOrder
from station.ports import ReaderState, ReaderView
from station.reader import slots as rules
from station.reader.apdu import signal_for
from station.reader.board import Board
from station.reader.reading import ContextLostError, give_signal, read_uid
from station.reader.scard import PNP, Hresult, Scard, State
from station.reader.slots import Slot
from station.reader.watchdog import Watchdog

log = logging.getLogger(__name__)

SETTLING: Final = 4
_NOTHING_NEW: Final = frozenset({Hresult.TIMEOUT, Hresult.CANCELLED})
_LIST_AGAIN: Final = frozenset(
    {Hresult.UNKNOWN_READER, Hresult.READER_UNAVAILABLE, Hresult.NO_READERS_AVAILABLE}
)


@dataclass(frozen=True, slots=True)
class Options:
    """How to watch. All times in seconds."""

    wanted: str = ""
    """Only readers whose name contains this."""
    order: UidOrder = UidOrder.AS_READ
    silent_after: float = 3.0
    heartbeat: float = 10.0
    """The longest wait: bounds a lost cancel and a missed change of the reader list."""
    search: float = 1.0
    """The longest wait while no reader that counts is there."""
    settle: float = 0.25
    """The longest wait just after the reader list changed, `SETTLING` times."""
    busy_retry: float = 0.5
    back_off: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0)
    """Pauses before a new context; the last one repeats."""
    breath: float = 0.05
    """Pause after a wait that ended with nothing learned, lest a driver makes the loop spin."""
    signal: bool = False
    """Let the reader flash and beep once a UID was read, where it can."""
    is_remote: Callable[[], bool] = rules.is_remote_session


class Monitor:
    """Shows on the board what lies on the readers, from `start` until `stop`."""

    def __init__(self, pcsc: Scard, board: Board, options: Options) -> None:
        self._pcsc = pcsc
        self._board = board
        self._options = options
        self._watchdog = Watchdog(board, options.silent_after)
        self._thread = threading.Thread(target=self._run, name="pcsc-reader", daemon=True)
        self._quit = threading.Event()
        self._nap = threading.Event()
        self._context: int | None = None
        self._context_lock = threading.Lock()
        self._waiting = False
        self._asked = 0
        self._answered = 0
        self._answers = threading.Condition()
        self._slots: dict[str, Slot] = {}
        self._pnp = 0
        self._taps = 0
        self._unsettled = SETTLING
        self._failures = 0

    # what other threads call

    def start(self) -> None:
        self._watchdog.start()
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def stop(self, timeout: float = 3.0) -> bool:
        """End the thread; whether it did within `timeout` seconds (a card may hold it longer)."""
        self._quit.set()
        self._nap.set()
        self._watchdog.close()
        if self._thread is threading.current_thread():
            return False
        end = time.monotonic() + timeout
        while self._thread.is_alive() and time.monotonic() < end:
            self._cancel()
            self._thread.join(0.02)
        return not self._thread.is_alive()

    def read_again(self, timeout: float) -> bool:
        """Have every card lying there asked once more; whether that ended within `timeout` seconds.

        Not to be called from an observer: this waits for the thread that calls it.
        """
        with self._answers:
            self._asked += 1
            mine = self._asked
        end = time.monotonic() + timeout
        again = 0.002
        while True:
            self._nap.set()
            if self._waiting:
                self._cancel()
            left = end - time.monotonic()
            with self._answers:
                if self._answers.wait_for(lambda: self._answered >= mine, min(left, again)):
                    return True
            if left <= 0 or not self._thread.is_alive():
                return False
            again = min(2 * again, 0.05)

    def _cancel(self) -> None:
        with self._context_lock:
            if self._context is not None:
                self._pcsc.cancel(self._context)

    # the thread

    def _run(self) -> None:
        while not self._quit.is_set():
            try:
                why = self._with_a_context()
            except ContextLostError as lost:
                why = f"{lost.args[0]:08X}"
            except Exception as error:
                log.exception("the reader's thread goes on with a new context")
                why = type(error).__name__
            if self._quit.is_set():
                break
            log.info("no PC/SC context: %s", why)
            self._without_a_context(why)

    def _with_a_context(self) -> str:
        """Watch until the context is lost; returns why."""
        asked = self._asked
        result, context = self._pcsc.establish()
        if result != Hresult.SUCCESS:
            self._show_lost(f"{result:08X}")
            self._answer(asked)
            return f"{result:08X}"
        with self._context_lock:
            self._context = context
        try:
            result = Hresult.SUCCESS
            while result == Hresult.SUCCESS and not self._quit.is_set():
                result = self._turn(context)
            return f"{result:08X}"
        finally:
            with self._context_lock:
                self._context = None
            self._slots.clear()
            self._pnp = 0
            self._pcsc.release(context)

    def _without_a_context(self, why: str) -> None:
        self._show_lost(why)
        pauses = self._options.back_off
        pause = pauses[min(self._failures, len(pauses) - 1)]
        self._failures += 1
        self._rest(pause)

    def _rest(self, seconds: float) -> None:
        """Wait, unless somebody wants something."""
        self._nap.wait(seconds)
        self._nap.clear()

    def _show_lost(self, why: str) -> None:
        remote = self._options.is_remote()
        state = ReaderState.REMOTE_SESSION if remote else ReaderState.NO_SERVICE
        self._board.show(ReaderView(state, self._options.wanted, tap=self._taps, detail=why))

    def _turn(self, context: int) -> int:
        """List, wait, learn. SUCCESS to go on, else the hresult that ended the context."""
        asked = self._asked
        result = self._list(context)
        if result != Hresult.SUCCESS:
            return result
        self._waiting = True
        known = [(slot.name, slot.word) for slot in self._slots.values()]
        result, states = self._pcsc.wait(
            context, self._longest_wait(asked), [*known, (PNP, self._pnp)]
        )
        self._waiting = False
        if result in _LIST_AGAIN:
            self._rest(self._options.breath if self._slots else self._options.search)
            return Hresult.SUCCESS
        if result != Hresult.SUCCESS and result not in _NOTHING_NEW:
            return result
        self._failures = 0
        self._unsettled -= self._unsettled > 0 and result == Hresult.TIMEOUT
        learned = [self._learn(context, name, word) for name, word in states]
        if result == Hresult.SUCCESS and not any(learned):
            self._quit.wait(self._options.breath)
        if result != Hresult.CANCELLED:
            self._look_again(context, asked, is_idle=result == Hresult.TIMEOUT)
        return Hresult.SUCCESS

    def _longest_wait(self, asked: int) -> int:
        """Milliseconds."""
        if asked != self._answered:
            return 0
        options = self._options
        longest = options.heartbeat
        # pcscd tells nothing of a reader that is plugged in just between listing and waiting.
        if not self._slots:
            longest = min(longest, options.search)
        if self._unsettled:
            longest = min(longest, options.settle)
        if any(slot.state is ReaderState.BUSY for slot in self._slots.values()):
            longest = min(longest, options.busy_retry)
        return int(1000 * longest)

    def _list(self, context: int) -> int:
        result, names = self._pcsc.list_readers(context)
        if result == Hresult.NO_READERS_AVAILABLE:
            names = []
        elif result != Hresult.SUCCESS:
            return result
        names = rules.wanted_readers(names, self._options.wanted)
        before = self._slots
        self._slots = {name: before.get(name) or Slot(name) for name in names}
        if before.keys() != self._slots.keys():
            self._unsettled = SETTLING
        if not names or before.keys() - self._slots.keys():
            self._show()
        return Hresult.SUCCESS

    def _learn(self, context: int, name: str, word: int) -> bool:
        """Take in one reader's state; whether there was anything new in it."""
        word &= ~int(State.CHANGED)  # of a plain number: a flag's complement drops the counter
        if name == PNP:
            # Windows counts readers in the high half and reports at once unless it is fed back.
            changed, self._pnp = word != self._pnp, word
            return changed
        slot = self._slots.get(name)
        if slot is None:
            return False
        if rules.is_gone(word):
            del self._slots[name]
            self._show()
            return False
        old, slot.word = slot.word, word
        self._card(context, slot, old)
        return old != word

    def _card(self, context: int, slot: Slot, old: int) -> None:
        had, has = slot.has_card, rules.has_card(slot.word)
        is_mute = bool(slot.word & State.MUTE)
        recounted = rules.event_count(old) != rules.event_count(slot.word)
        # A mute card that speaks now may as well be another one: the service cannot know.
        swapped = had and has and (recounted or (bool(old & State.MUTE) and not is_mute))
        if swapped or not has:
            slot.clear()
            self._show()
        if not has or (had and not swapped):
            return
        self._taps += 1
        slot.tap = self._taps
        if is_mute:
            slot.state, slot.detail = ReaderState.CARD_UNREADABLE, "mute"
            self._show()
        else:
            slot.state = ReaderState.CARD_SEEN
            self._show()
            self._read(context, slot)

    def _look_again(self, context: int, asked: int, *, is_idle: bool) -> None:
        """Ask again what has been busy for a while, and everything if somebody wanted that."""
        wanted = asked != self._answered
        for slot in list(self._slots.values()):
            if (is_idle and slot.state is ReaderState.BUSY) or (wanted and slot.has_card):
                self._read(context, slot)
        if wanted:
            self._answer(asked)

    def _read(self, context: int, slot: Slot) -> None:
        before = slot.uid
        self._watchdog.arm()
        try:
            reading = read_uid(self._pcsc, context, slot.name, self._options.order, self._quit.wait)
        finally:
            self._watchdog.disarm()
        if before and reading.uid and before != reading.uid:
            # Another card under the same event count: a tap that the service did not count.
            self._taps += 1
            slot.tap = self._taps
        slot.state, slot.uid, slot.detail = reading.state, reading.uid, reading.detail
        self._show()
        command = signal_for(slot.name) if self._options.signal and not before else None
        if command and reading.state is ReaderState.CARD:
            give_signal(self._pcsc, context, slot.name, command)

    def _show(self) -> None:
        if self._slots:
            view = rules.view_of(self._slots.values(), self._taps)
        else:
            remote = self._options.is_remote()
            view = replace(
                rules.view_without_readers(self._options.wanted, remote=remote), tap=self._taps
            )
        self._board.show(view)

    def _answer(self, asked: int) -> None:
        with self._answers:
            self._answered = asked
            self._answers.notify_all()
