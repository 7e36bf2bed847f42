"""Import of the lock table: every line checked before one of them counts, online too if wished."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from station.errors import Code, InputInvalid, StationError, Unreachable
from station.workflows import lock_table, network_locks
from station.workflows.lock_table import LockEntry, LockTable
from ui.context import Context
from ui.presenters.base import Presenter
from ui.presenters.lock_news import LockNews
from ui.presenters.said import Said, Tone

MAX_FILE: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be used. `line` 0: said by the cloud of a room's lock."""

    line: int
    room: str
    error: StationError


@dataclass(frozen=True, slots=True)
class TableState:
    """`file` is what was chosen; `asked` of `entries` were held against the cloud."""

    file: str = ""
    entries: int = 0
    wrong: tuple[Wrong, ...] = ()
    reading: bool = False
    checking: bool = False
    asked: int = 0
    problem: StationError | None = None

    @property
    def can_import(self) -> bool:
        """Whether the file may become the table: all of it is right."""
        return bool(self.entries) and not (self.wrong or self.reading or self.checking)

    @property
    def can_check(self) -> bool:
        return bool(self.entries) and not (self.reading or self.checking)


class LockTableWork(Presenter[TableState]):
    """Reads and imports on the journal's lane, asks the cloud on the locks', one line a turn."""

    def __init__(self, context: Context, news: LockNews) -> None:
        super().__init__(TableState())
        self._context, self._news = context, news
        self._text = ""
        self._entries: tuple[LockEntry, ...] = ()
        self._turn = 0

    def read(self, path: Path) -> None:
        """Read a file and say what is wrong with it; nothing of it counts yet."""
        self.drop()
        desk = self._context.desk
        self.show(TableState(file=path.name, reading=True))

        def work() -> tuple[str, LockTable]:
            text = read_text(path)
            return text, lock_table.check(desk, text)

        self.later(self._context.lanes.journal, work, self._was_read, self._not_read)

    def check(self) -> None:
        """Ask the cloud about each line; it can be stopped after any."""
        if self.state.can_check and self._context.desk.network_locks is not None:
            self._news.clear()
            wrong = tuple(each for each in self.state.wrong if each.line)
            self.show(replace(self.state, checking=True, asked=0, wrong=wrong))
            self._next(self._turn)

    def stop(self) -> None:
        """No further line is asked about."""
        self._turn += 1
        self.show(replace(self.state, checking=False))

    def use(self) -> None:
        """The file becomes the table."""
        if not self.state.can_import:
            return
        desk, operator, text = self._context.desk, self._context.session.need(), self._text

        def used(table: LockTable) -> None:
            self.drop()
            facts = {"count": len(table.entries)}
            self._news.say(Said(Tone.GOOD, "locks.imported", "locks.imported_text", facts))
            self._context.bridge.changed.emit()

        def failed(error: StationError) -> None:
            self.show(replace(self.state, reading=False))
            self._news.say(Said(Tone.BAD, "locks.not_imported", error=error))

        self.show(replace(self.state, reading=True))
        self.later(
            self._context.lanes.journal,
            lambda: lock_table.import_table(desk, operator, text),
            used,
            failed,
        )

    def drop(self) -> None:
        """The file is put aside."""
        self._turn += 1
        self._text, self._entries = "", ()
        self._news.clear()
        self.show(TableState())

    def close(self) -> None:
        self._turn += 1
        super().close()

    def _was_read(self, found: tuple[str, LockTable]) -> None:
        self._text, table = found
        self._entries = table.entries
        wrong = tuple(Wrong(each.line, "", each.error) for each in table.rejected)
        state = replace(self.state, entries=len(table.entries), wrong=wrong, reading=False)
        if not table.entries and not wrong:
            state = replace(state, problem=InputInvalid(Code.FIELD_EMPTY, field="lock"))
        self.show(state)

    def _not_read(self, error: StationError) -> None:
        self.show(replace(self.state, reading=False, problem=error))

    def _next(self, turn: int) -> None:
        at = self.state.asked
        if turn != self._turn:
            return
        if at >= len(self._entries):
            self.show(replace(self.state, checking=False))
            return
        entry = self._entries[at]
        desk, operator = self._context.desk, self._context.session.need()
        self.later(
            self._context.lanes.locks,
            lambda: network_locks.check_mac(desk, operator, entry),
            self._answer(turn, lambda _: None),
            self._answer(turn, lambda error: self._differs(entry, error)),
        )

    def _answer(self, turn: int, note: Callable[..., None]) -> Callable[[object], None]:
        def answered(answer: object) -> None:
            if turn == self._turn:
                note(answer)
            if turn == self._turn:
                self.show(replace(self.state, asked=self.state.asked + 1))
                self._next(turn)

        return answered

    def _differs(self, entry: LockEntry, error: StationError) -> None:
        if isinstance(error, Unreachable):  # says nothing about the line
            self._news.say(Said(Tone.BAD, "locks.not_checked", error=error))
            self.stop()
            return
        wrong = (*self.state.wrong, Wrong(0, entry.room_name, error))
        self.show(replace(self.state, wrong=wrong))


def read_text(path: Path) -> str:
    """A file as Excel and others write it: UTF-8, or the older Chinese encoding.

    Raises `InputInvalid` FILE_UNREADABLE.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE + 1)
    except OSError as error:
        why = error.strerror or "?"
        raise InputInvalid(Code.FILE_UNREADABLE, path=path.name, why=why) from error
    if len(raw) > MAX_FILE:
        raise InputInvalid(Code.FILE_UNREADABLE, path=path.name, why="too_large")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputInvalid(Code.FILE_UNREADABLE, path=path.name, why="not_text")
