"""Copies of the journal: made while it is in use, checked after writing, the newest N kept.

A copy is one file without a WAL, named for the moment it was made (UTC).
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from station.errors import Code, InputInvalid, JournalUnsafe
from station.journal import damage
from station.journal.sqlite import unsafe
from station.ports import Progress

PATTERN: Final = "journal-*.db"
_STAMP: Final = "%Y%m%d-%H%M%S-%f"
_STEP_PAGES: Final = 512
SIDE_FILES: Final = ("-wal", "-shm", "-journal")


def _now() -> datetime:
    return datetime.now(UTC)


def stamp(utc: Callable[[], datetime] = _now) -> str:
    """A moment as part of a file's name."""
    return utc().strftime(_STAMP)


def folder_of(path: Path) -> Path:
    """Where the copies of a journal lie unless told otherwise."""
    return path.parent / "backups"


def copies(folder: Path) -> list[Path]:
    """The copies in a folder, newest first."""
    return sorted(folder.glob(PATTERN), reverse=True) if folder.is_dir() else []


def best_copy(folder: Path) -> Path | None:
    """The newest copy that is whole."""
    for copy in copies(folder):
        with suppress(JournalUnsafe):
            damage.check_copy(copy)
            return copy
    return None


def back_up(
    path: Path,
    folder: Path | None = None,
    *,
    keep: int = 14,
    progress: Progress | None = None,
    utc: Callable[[], datetime] = _now,
) -> Path:
    """Copy the journal into the folder and keep the newest `keep`; the copy's path.

    Raises `JournalUnsafe` BACKUP_FAILED (context `cause`); no copy is removed then.
    """
    folder = folder or folder_of(path)
    target = folder / f"journal-{stamp(utc)}.db"
    copy_to(path, target, progress=progress)
    for old in copies(folder)[max(keep, 1) :]:
        old.unlink(missing_ok=True)
    return target


def copy_to(path: Path, target: Path, *, progress: Progress | None = None) -> None:
    """One checked copy: written under another name, flushed, checked, then named `target`.

    Raises `JournalUnsafe` BACKUP_FAILED, `InputInvalid` FILE_EXISTS.
    """
    if target.exists():
        raise InputInvalid(Code.FILE_EXISTS, field="file", value=str(target))
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        heads, events = _copy(path, part, progress)
        sync_file(part)
        if damage.check_copy(part) != (heads, events):
            raise damage.damaged(part, "counts")
        part.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error, JournalUnsafe) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise JournalUnsafe(
            Code.BACKUP_FAILED, path=str(target), cause=_cause(error, path)
        ) from error


def _cause(error: Exception, path: Path) -> str:
    if isinstance(error, sqlite3.Error):
        return str(unsafe(error, path).code.value)
    return error.code.value if isinstance(error, JournalUnsafe) else str(error)


def _copy(path: Path, part: Path, progress: Progress | None) -> tuple[dict[str, int], int]:
    """SQLite's online backup inside one read transaction, so that writers never restart it."""

    def report(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    with closing(source), closing(sqlite3.connect(part, isolation_level=None)) as copy:
        source.execute("BEGIN")
        heads = dict(source.execute("SELECT desk, sequence FROM heads").fetchall())
        events = source.execute("SELECT count(*) FROM events").fetchone()[0]
        source.backup(copy, pages=_STEP_PAGES, progress=report)
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")
    return heads, events


def restore(copy: Path, path: Path, *, utc: Callable[[], datetime] = _now) -> Path | None:
    """Put a copy in the journal's place; what was there is renamed beside it (its new path).

    The journal must be closed. Raises `JournalUnsafe` JOURNAL_DAMAGED when the copy is not whole.
    """
    damage.check_copy(copy)
    fresh = path.with_name(f".{path.name}.restored")
    try:
        shutil.copyfile(copy, fresh)
        return install(fresh, path, "replaced", utc=utc)
    except OSError as error:
        raise JournalUnsafe(Code.JOURNAL_IO, path=str(path), detail=str(error)) from error


def install(
    fresh: Path, path: Path, why: str, *, utc: Callable[[], datetime] = _now
) -> Path | None:
    """Rename what lies at `path` (with its WAL) aside, `fresh` into its place. Raises OSError."""
    sync_file(fresh)
    aside = path.with_name(f"{path.name}.{why}-{stamp(utc)}")
    moved = None
    # The file first: a WAL without its file is harmless, a new file beside an old WAL is not.
    for end in ("", *SIDE_FILES):
        old = path.with_name(path.name + end)
        if old.exists():
            old.rename(aside.with_name(aside.name + end))
            moved = moved or aside
    sync_folder(path.parent)
    fresh.rename(path)
    sync_folder(path.parent)
    return moved


def sync_file(path: Path) -> None:
    """Make a file's bytes survive a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut (Windows does so by itself)."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
