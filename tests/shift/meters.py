"""What is measured: memory, threads, open files, objects, warnings, the event loop."""

import ctypes
import gc
import logging
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import shiboken6
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from station import logs
from tests.bench.gaps import Gaps

HARMLESS: Final = "This plugin does not support"
"""What the screenless platform says when a window is shown or raised: true, and no fault."""
QUIET_LEVELS: Final = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)
BIN_S: Final = 0.000_05
BINS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment. Memory in KB: `pss` shares common pages out, `own` was written by this process.

    Clean pages do not count as its own: a neighbour that ends would make them so. Nor does what
    the program has freed and the C library keeps: how torn that is depends on what came before.
    `heap` is what malloc has given out and not got back (KB), `blocks` are Python's: these two grow
    where something is kept, and never because memory is torn. 0 where nobody tells.
    """

    operation: int
    clock: str
    pss: int
    own: int
    threads: int
    files: int
    objects: int
    windows: int
    heap: int = 0
    blocks: int = 0


class _MallInfo(ctypes.Structure):
    """glibc's `struct mallinfo2`."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there at rest, by kind."""

    threads: Mapping[str, int]
    system_threads: Mapping[str, int]
    files: Mapping[str, int]
    objects: Mapping[str, int]
    windows: Mapping[str, int]


def sample(operation: int, clock: str) -> Sample:
    """How things are now."""
    pss = _memory()["Pss"]
    gc.collect()
    _give_back()
    return Sample(
        operation,
        clock,
        pss,
        _memory()["Private_Dirty"],
        sum(_system_threads().values()),
        sum(_files().values()),
        len(_held()),
        len(QApplication.topLevelWidgets()),
        heap_kb(),
        sys.getallocatedblocks(),
    )


def standing() -> Standing:
    """What is there, once all that nobody holds is gone."""
    gc.collect()
    app = QApplication.instance()
    assert app is not None
    roots: list[QObject] = [app, *QApplication.topLevelWidgets()]
    objects: Counter[str] = Counter()
    for root in roots:
        for one in cast("Iterable[QObject]", root.findChildren(QObject)):
            objects[_kind(one)] += 1
    objects.update(f"held {_kind(one)}" for one in _held() if one.parent() is None)
    return Standing(
        Counter(thread.name for thread in threading.enumerate()),
        _system_threads(),
        _files(),
        objects,
        Counter(_kind(one) for one in QApplication.topLevelWidgets()),
    )


def _held() -> list[QObject]:
    """Those that Python knows of."""
    return [one for one in shiboken6.getAllValidWrappers() if isinstance(one, QObject)]


def _kind(one: QObject) -> str:
    return str(one.metaObject().className())


def _memory() -> dict[str, int]:
    found = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        found[name] = int(rest.split()[0])
    return found


def _give_back() -> None:
    """Have the C library return to the system what nobody uses; glibc alone can be told to."""
    trim = _libc("malloc_trim")
    if trim is not None:
        trim(0)


def heap_kb() -> int:
    """What malloc has given out and not got back; 0 where the C library does not tell."""
    info = _libc("mallinfo2")
    if info is None:
        return 0
    info.restype = _MallInfo
    found = info()
    return (int(found.uordblks) + int(found.hblkhd)) // 1024


def _libc(name: str) -> Any:
    """A function of glibc's own; None elsewhere."""
    return None if sys.platform == "win32" else getattr(ctypes.CDLL(None), name, None)


def _files() -> Counter[str]:
    """Open files by what they are; a socket's or pipe's number says nothing."""
    found: Counter[str] = Counter()
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = link.readlink()
        except OSError:
            continue  # the listing itself
        found[target.name.split(":[")[0]] += 1
    return found


def _system_threads() -> Counter[str]:
    """Qt's own among them."""
    found: Counter[str] = Counter()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has just ended
            found[(task / "comm").read_text().strip()] += 1
    return found


class Said:
    """Collects what Qt warns of and what the program logs as an error."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def __enter__(self) -> "Said":
        self._before = qInstallMessageHandler(self._qt)
        self._handler = _Collecting(self)
        return self

    def listen(self) -> None:
        """To the program's log, once the program has set it up."""
        logging.getLogger(logs.ROOT).addHandler(self._handler)

    def __exit__(self, *_: object) -> None:
        qInstallMessageHandler(self._before)
        logging.getLogger(logs.ROOT).removeHandler(self._handler)

    def qt(self, text: str) -> None:
        if HARMLESS not in text:
            self.warnings.append(text)

    def _qt(self, kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        if kind not in QUIET_LEVELS:
            self.qt(text)


class _Collecting(logging.Handler):
    """The program sends Qt's messages to its log once it runs."""

    def __init__(self, said: Said) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == f"{logs.ROOT}.qt":
            self._said.qt(record.getMessage())
        elif record.levelno >= logging.ERROR:
            self._said.errors.append(self.format(record))


@dataclass(slots=True)
class Spread:
    """Many durations in little room: counted in steps of 50 µs, the largest kept."""

    counts: list[int] = field(default_factory=lambda: [0] * BINS)
    count: int = 0
    largest: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[min(int(seconds / BIN_S), BINS - 1)] += 1
        self.count += 1
        self.largest = max(self.largest, seconds)

    def at(self, share: float) -> float:
        """The duration (s) that so many (0-1) do not exceed."""
        wanted, seen = share * self.count, 0
        for place, count in enumerate(self.counts):
            seen += count
            if seen >= wanted:
                return min((place + 1) * BIN_S, self.largest)
        return self.largest


class Loop:
    """The event loop's gaps over hours: with painting, without, and each painting by itself."""

    def __init__(self, window: QWidget) -> None:
        self._gaps = Gaps(window)
        self.all, self.quiet, self.frames = Spread(), Spread(), Spread()

    def start(self) -> None:
        self._gaps.start()

    def fold(self) -> float:
        """Take over what was found since the last time, and go on; the largest without painting."""
        gaps = self._gaps
        largest = max(gaps.quiet, default=0.0)
        for found, spread in self._found():
            for seconds in found:
                spread.add(seconds)
        gaps.gaps, gaps.quiet, gaps.frames = [], [], []
        return largest

    def pause(self) -> None:
        """What comes now is not the program's."""
        self._gaps.stop()
        self.fold()

    def _found(self) -> Iterator[tuple[list[float], Spread]]:
        gaps = self._gaps
        yield gaps.gaps, self.all
        yield gaps.quiet, self.quiet
        yield gaps.frames, self.frames
