"""Taking out: events as JSON lines (what the stand-alone verifier reads), the history as a table.

A file appears whole or not at all (written beside, then renamed). Words belong to the caller:
column titles are handed in. No cell of a table can become a formula.
"""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from sqlalchemy import select

from station.domain.operation import OperationRow
from station.errors import Code, InputInvalid
from station.journal import chain
from station.journal.backup import sync_file, sync_folder
from station.journal.engine import Raw, Statement
from station.journal.store import Store
from station.journal.tables import events
from station.ports import Progress

Cell = str | int | datetime | None
_EVENTS: Final = Statement(select(events.c.canonical, events.c.hash).order_by(events.c.id))
_COUNT: Final = Raw("SELECT count(*) FROM events")
_EVERY: Final = 1000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TIME: Final = "%Y-%m-%d %H:%M:%S"
_SECONDS: Final = len("2026-03-01 14:00:00")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an exported table: its title in the user's words, and what goes into it."""

    title: str
    value: Callable[[OperationRow], Cell]
    width: int = 16


def never() -> bool:
    """Not cancelled."""
    return False


@contextmanager
def _whole(path: Path, overwrite: bool) -> Iterator[Path]:
    """A name to write to; it becomes `path` when everything went well, and vanishes otherwise."""
    if path.exists() and not overwrite:
        raise InputInvalid(Code.FILE_EXISTS, field="file", value=str(path))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        sync_file(part)
        if path.exists() and not overwrite:
            raise InputInvalid(Code.FILE_EXISTS, field="file", value=str(path))
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNWRITABLE, field="file", value=str(path), detail=str(error)
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


class _Pace:
    """Progress and cancelling, every so many rows."""

    def __init__(
        self, total: int, progress: Progress | None, cancelled: Callable[[], bool]
    ) -> None:
        self.done = 0
        self._total = total
        self._progress = progress
        self._cancelled = cancelled

    def step(self) -> None:
        """One row more. Raises `InputInvalid` COMMAND_CANCELLED."""
        self.done += 1
        if self.done % _EVERY == 0:
            self.tell()

    def tell(self) -> None:
        """Report, and stop when told to."""
        if self._cancelled():
            raise InputInvalid(Code.COMMAND_CANCELLED)
        if self._progress is not None:
            self._progress(self.done, max(self._total, self.done))


def export_events(
    store: Store,
    path: Path,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = never,
) -> int:
    """Every event of every desk, one JSON object a line with its `hash`; how many.

    Raises `InputInvalid` FILE_EXISTS, FILE_UNWRITABLE, COMMAND_CANCELLED; `JournalUnsafe`.
    """
    with _whole(path, overwrite) as part, part.open("wb") as file, store.database.reading() as tx:
        pace = _Pace(tx.run(_COUNT).fetchone()[0], progress, cancelled)
        for canonical, digest in tx.run(_EVENTS):
            file.write(chain.with_hash(bytes(canonical), bytes(digest)) + b"\n")
            pace.step()
        pace.tell()
    return pace.done


def export_csv(
    rows: Iterable[OperationRow],
    columns: Sequence[Column],
    path: Path,
    *,
    total: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = never,
) -> int:
    """Rows as CSV in UTF-8 with a mark that makes Excel read it as such; how many. As above."""
    pace = _Pace(total, progress, cancelled)
    with (
        _whole(path, overwrite) as part,
        part.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        _write_csv(file, rows, columns, pace)
    return pace.done


def _write_csv(
    file: IO[str], rows: Iterable[OperationRow], columns: Sequence[Column], pace: _Pace
) -> None:
    writer = csv.writer(file)
    writer.writerow([harmless(column.title) for column in columns])
    for row in rows:
        writer.writerow([harmless(_text(column.value(row))) for column in columns])
        pace.step()
    pace.tell()


def export_xlsx(
    rows: Iterable[OperationRow],
    columns: Sequence[Column],
    path: Path,
    *,
    total: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = never,
) -> int:
    """Rows as an Excel workbook, in little memory whatever their number; how many. As above."""
    pace = _Pace(total, progress, cancelled)
    with (
        _whole(path, overwrite) as part,
        TemporaryDirectory(dir=path.parent, prefix=".xlsx-") as folder,
    ):
        _write_xlsx(part, folder, rows, columns, pace)
    return pace.done


def _write_xlsx(
    part: Path, folder: str, rows: Iterable[OperationRow], columns: Sequence[Column], pace: _Pace
) -> None:
    from station.journal.sheets import Sheets

    values = [column.value for column in columns]
    titles = [(column.title, column.width) for column in columns]
    with Sheets(part, folder, titles) as sheets:
        for row in rows:
            sheets.add([_text(value(row)) for value in values])
            pace.step()
        pace.tell()
        sheets.finish()


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(value)[:_SECONDS]  # as `strftime(TIME)`, in a third of its time
    return str(value)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
