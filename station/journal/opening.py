"""Opening the journal: made new, brought up to the newest version, or refused when damaged."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from station.errors import Code, JournalUnsafe
from station.journal import backup, damage, migrations
from station.journal.sqlite import BUSY_TIMEOUT_S, SqliteDatabase, unsafe
from station.journal.store import Store


def _now() -> datetime:
    return datetime.now(UTC)


def open_journal(
    path: Path,
    *,
    desk: str,
    key: bytes,
    utc: Callable[[], datetime] = _now,
    backups: Path | None = None,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
) -> Store:
    """Open the journal at `path`, making it where there is none.

    `key` is the site's 32 bytes; `utc` gives aware UTC times; `backups` is where copies lie
    (default: `backups` beside the file). Raises `JournalUnsafe`: JOURNAL_DAMAGED (context `copy`:
    the newest good copy; nothing was written), JOURNAL_NEWER, JOURNAL_KEY, JOURNAL_LOCKED,
    JOURNAL_READ_ONLY, JOURNAL_FULL, JOURNAL_IO; BACKUP_FAILED when an older journal could not be
    copied before its migration.
    """
    backups = backups or backup.folder_of(path)
    try:
        if not path.exists():
            if backup.copies(backups):
                # A journal that vanished is not a desk that never had one.
                raise damage.damaged(path, "missing")
            create(path)
        if migrations.needs_upgrade(examine(path, busy_timeout_s)):
            migrate(path)
        database = SqliteDatabase(path, busy_timeout_s=busy_timeout_s)
        try:
            return Store(database, desk=desk, key=key, utc=utc)
        except BaseException:
            database.close()
            raise
    except JournalUnsafe as error:
        if error.code is not Code.JOURNAL_DAMAGED:
            raise
        copy = backup.best_copy(backups)
        context = {**error.context, "path": str(path), "copy": str(copy) if copy else ""}
        raise JournalUnsafe(error.code, **context) from error


def examine(path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> str:
    """Check a file without writing to it; its version. Raises `JournalUnsafe`."""
    damage.check_file(path)
    if not os.access(path, os.W_OK):
        # Even a read-only look would leave a -wal beside it with the same permissions.
        raise JournalUnsafe(Code.JOURNAL_READ_ONLY, path=str(path))
    try:
        # Read-only, since closing a writable connection may write the WAL back into a damaged file.
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=busy_timeout_s)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if row is None:
                raise damage.damaged(path, "version")
            if not migrations.needs_upgrade(row[0]):
                damage.check_open(connection, path)
            return str(row[0])
    except sqlite3.Error as error:
        raise unsafe(error, path) from error
    except (IndexError, TypeError, ValueError) as error:
        # A value of a kind that no program of ours ever wrote.
        raise damage.damaged(path, type(error).__name__) from error


def create(path: Path) -> None:
    """Make an empty journal: complete under another name first, so that `path` is never half.

    Raises `JournalUnsafe`.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            run_migrations(connection, path)
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        backup.sync_file(fresh)
        # Another program may have made it meanwhile: theirs stays.
        with suppress(FileExistsError):
            _name(fresh, path)
        backup.sync_folder(path.parent)
    except PermissionError as error:
        raise JournalUnsafe(Code.JOURNAL_READ_ONLY, path=str(path)) from error
    except sqlite3.Error as error:
        raise unsafe(error, path) from error
    except OSError as error:
        raise JournalUnsafe(Code.JOURNAL_IO, path=str(path), detail=str(error)) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _name(fresh: Path, path: Path) -> None:
    """Rename unless the name is taken. Raises FileExistsError."""
    if os.name == "nt":
        fresh.rename(path)
    else:
        os.link(fresh, path)


def migrate(path: Path, scripts: Path = migrations.SCRIPTS, version: str = "") -> Path:
    """Bring an older journal up, after making a checked copy of it beside it; the copy's path.

    The copy stays for good, named for the version that takes its place. Raises `JournalUnsafe`; the
    journal is as it was then, and of several tries only the first leaves its copy.
    """
    copy = first = path.with_name(f"{path.name}.before-{version or migrations.VERSIONS[-1]}")
    if first.exists():
        copy = first.with_name(f"{first.name}-{backup.stamp()}")
    backup.copy_to(path, copy)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            run_migrations(connection, path, scripts)
    except BaseException as error:
        if copy != first:
            with suppress(OSError):
                copy.unlink()
        if isinstance(error, sqlite3.Error):
            raise unsafe(error, path) from error
        raise
    return copy


def run_migrations(
    connection: sqlite3.Connection, path: Path, scripts: Path = migrations.SCRIPTS
) -> None:
    """Bring an open SQLite file to the newest version, all of it or nothing."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import StaticPool

    connection.execute("PRAGMA secure_delete=ON").fetchall()
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as alchemy:
            migrations.upgrade(alchemy, scripts)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise unsafe(error.orig, path) from error
        raise
