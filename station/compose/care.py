"""The journal's tools for those who look after it: copies, verifying, rebuilding, recovering."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from station import logs
from station.compose import Station
from station.compose.found_out import CARED_FOR, FoundOut
from station.domain.operation import OperationRow
from station.errors import StationError
from station.home import Home
from station.ports import Progress, VerifyResult
from station.settings import Settings

if TYPE_CHECKING:
    from station.journal.recovery import Report


def back_up(station: Station, target: Path | None = None, progress: Progress | None = None) -> Path:
    """Copy the journal to `target`, or into the home's backups (where the newest N are kept).

    Raises `JournalUnsafe` BACKUP_FAILED, `InputInvalid` FILE_EXISTS.
    """
    from station.journal import backup

    journal = station.settings.journal
    path = station.home.journal(journal.path)
    if target is not None:
        backup.copy_to(path, target, progress=progress)
        return target
    return backup.back_up(
        path,
        station.home.backups,
        keep=journal.backup_keep,
        progress=progress,
        utc=station.clock.utc,
    )


def daily(station: Station) -> None:
    """Once a day, after a command went well: forget what the site need not know, copy the journal.

    Trouble here is logged and never spoils the command; tomorrow it is tried again.
    """
    kept, today = FoundOut(station.home), station.clock.local().date().isoformat()
    if kept.get(CARED_FOR) == today or station.desk.need_operators().count() == 0:
        return
    from station.workflows.people import forget_old
    from station.workflows.stopping import forget_ended

    try:
        forget_old(station.desk)
        forget_ended(station.desk)
        back_up(station)
    except StationError as error:
        logs.get("care").warning("daily care: %s", error)
    kept.put(CARED_FOR, today)


def verify_file(path: Path, progress: Progress | None = None) -> VerifyResult:
    """Verify a journal's file or an export; no key. Raises `InputInvalid`, `JournalUnsafe`."""
    from station.journal import verifying

    return verifying.verify_file(path, progress=progress)


def export(
    station: Station, path: Path, progress: Progress | None = None, *, overwrite: bool = False
) -> int:
    """Every event as JSON lines, for the stand-alone verifier; how many there are."""
    from station.journal.export import export_events

    return export_events(station.store, path, overwrite=overwrite, progress=progress)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an exported table: its title, what goes into it, its width in characters."""

    title: str
    value: Callable[[OperationRow], str | int | datetime | None]
    width: int = 16


def export_table(
    form: str,
    rows: Iterable[OperationRow],
    columns: Sequence[Column],
    path: Path,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> int:
    """The history as `csv` or `xlsx`; how many rows. Raises `InputInvalid` FILE_…."""
    from station.journal import export as tables

    write = tables.export_xlsx if form == "xlsx" else tables.export_csv
    shown = [tables.Column(column.title, column.value, column.width) for column in columns]
    return write(rows, shown, path, overwrite=overwrite, progress=progress)


def recover(home: Home, settings: Settings, progress: Progress | None = None) -> "Report":
    """A new journal in the place of a damaged one; see `station.journal.recovery`."""
    from station.journal.recovery import recover as recover_file

    return recover_file(
        home.journal(settings.journal.path), backups=home.backups, progress=progress
    )
