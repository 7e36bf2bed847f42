"""A damaged journal made whole: the last good copy, and every later event that can still be read.

The damaged file is only read (from a copy of it) and renamed beside the new one, never written to
or deleted. An event is taken only if it proves itself and continues its desk's chain.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path
from typing import Final

from station.domain.operation import Kind
from station.errors import Code, JournalUnsafe
from station.journal import backup, carving, chain, damage, migrations
from station.journal.engine import Raw
from station.journal.opening import create, examine, run_migrations
from station.journal.sqlite import SqliteDatabase, unsafe
from station.journal.store import head_of, insert_event
from station.journal.tables import meta, operators, persons, rooms
from station.ports import Progress

_DESKS: Final = Raw("SELECT desk FROM heads")
_ERASURES: Final = "SELECT canonical FROM events WHERE kind = ?"
_TAKEN_TABLES: Final = (persons.name, operators.name, rooms.name, meta.name)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Report:
    """What was taken, and what may be missing."""

    damaged: Path | None = None
    """Where the damaged file lies now."""
    copy: Path | None = None
    """The good copy that was built on; None: from the damaged file alone."""
    from_copy: int = 0
    """Events that the copy held."""
    recovered: int = 0
    """Later events taken from the damaged file."""
    unlinked: int = 0
    """Events that were found behind a gap: written to `rest`, not taken."""
    rest: Path | None = None
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    missing: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Per desk, the first and last sequence known to have been there and lost."""
    tables: dict[str, str] = field(default_factory=dict)
    """persons, operators, rooms, meta: `damaged` (read whole), `partly`, or `copy`."""


@dataclass(frozen=True, slots=True)
class _Event:
    desk: str
    sequence: int
    prev_hash: str
    time: str
    canonical: bytes
    digest: bytes


@dataclass(slots=True)
class _Found:
    """One desk's events by the hash that they continue; several where a chain was begun again."""

    behind: dict[str, list[_Event]] = field(default_factory=dict)

    def add(self, event: _Event) -> None:
        """Note an event, once."""
        others = self.behind.setdefault(event.prev_hash, [])
        if event not in others:
            others.append(event)

    def follow(self, sequence: int, digest: str) -> list[_Event]:
        """Every event that continues the chain from its head on; where it forks, the longer way."""
        taken: list[_Event] = []
        while True:
            fitting = [e for e in self.behind.get(digest, ()) if e.sequence == sequence + 1]
            if not fitting:
                return taken
            event = max(fitting, key=lambda e: (e.digest.hex() in self.behind, e.time))
            taken.append(event)
            sequence, digest = event.sequence, event.digest.hex()


def recover(
    path: Path,
    *,
    backups: Path | None = None,
    progress: Progress | None = None,
    utc: Callable[[], datetime] = _now,
) -> Report:
    """Build a new journal in the place of a damaged one. The journal must be closed.

    Raises `JournalUnsafe` JOURNAL_IO or JOURNAL_FULL when there is no room for it; nothing has
    changed then. The caller opens the new journal and journals the recovery.
    """
    report = Report(copy=backup.best_copy(backups or backup.folder_of(path)))
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".recovery-") as folder:
            work = Path(folder)
            fresh = work / "journal.db"
            _start(fresh, report)
            remains = _copy_aside(path, work)
            _add_events(fresh, remains, path, report, progress, utc)
            _take_tables(fresh, remains, report)
            _finish(fresh, report)
            report.damaged = backup.install(fresh, path, "damaged", utc=utc)
    except OSError as error:
        raise JournalUnsafe(Code.JOURNAL_IO, path=str(path), detail=str(error)) from error
    return report


def _start(fresh: Path, report: Report) -> None:
    if report.copy is None:
        create(fresh)
        return
    shutil.copyfile(report.copy, fresh)
    if migrations.needs_upgrade(examine(fresh)):
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            run_migrations(connection, fresh)


def _copy_aside(path: Path, work: Path) -> Path:
    """The damaged file and its WAL, copied: even opening the original could write to it."""
    remains = work / "damaged.db"
    for end in ("", "-wal"):
        source = path.with_name(path.name + end)
        if source.exists():
            shutil.copyfile(source, remains.with_name(remains.name + end))
    return remains


def _add_events(
    fresh: Path,
    remains: Path,
    path: Path,
    report: Report,
    progress: Progress | None,
    utc: Callable[[], datetime],
) -> None:
    with closing(SqliteDatabase(fresh)) as database:
        heads = _heads(database)
        report.from_copy = sum(sequence for sequence, _ in heads.values())
        found = _carve(remains, heads)
        chains = {
            desk: events.follow(*heads.get(desk, (0, chain.FIRST_PREV_HASH)))
            for desk, events in found.items()
        }
        # Desks mixed by time, each in the order of its own chain whatever its clock did.
        merged = list(merge(*chains.values(), key=lambda event: event.time))
        with database.writing() as tx:
            for event in merged:
                insert_event(tx, chain.decode(event.canonical), event.canonical, event.digest)
                report.recovered += 1
                if progress is not None:
                    progress(report.recovered, len(merged))
        report.heads = _heads(database)
    _note_rest(found, path, report, utc)


def _heads(database: SqliteDatabase) -> dict[str, tuple[int, str]]:
    with database.reading() as tx:
        return {desk: head_of(tx, desk) for (desk,) in tx.run(_DESKS).fetchall()}


def _carve(remains: Path, heads: dict[str, tuple[int, str]]) -> dict[str, _Found]:
    """Events of the damaged file that the copy does not hold."""
    found: dict[str, _Found] = {}
    for canonical, digest in carving.carve(remains):
        place = damage.place_of(canonical)
        if place is None:
            continue
        desk, sequence, prev_hash, time = place
        if sequence > heads.get(desk, (0, ""))[0]:
            event = _Event(desk, sequence, prev_hash, time, canonical, digest)
            found.setdefault(desk, _Found()).add(event)
    return found


def _note_rest(
    found: dict[str, _Found], path: Path, report: Report, utc: Callable[[], datetime]
) -> None:
    """Events behind a gap are kept as an export beside the journal, and the gap is told."""
    behind = [
        event
        for desk, events in found.items()
        for others in events.behind.values()
        for event in others
        if event.sequence > report.heads.get(desk, (0, ""))[0]
    ]
    if not behind:
        return
    behind.sort(key=lambda event: (event.desk, event.sequence))
    report.unlinked = len(behind)
    report.rest = path.with_name(f"{path.name}.rest-{backup.stamp(utc)}.jsonl")
    lines = [chain.with_hash(event.canonical, event.digest) + b"\n" for event in behind]
    report.rest.write_bytes(b"".join(lines))
    for event in behind:
        first = report.heads.get(event.desk, (0, ""))[0] + 1
        report.missing[event.desk] = (first, event.sequence)


def _take_tables(fresh: Path, remains: Path, report: Report) -> None:
    """What is not in the events, from the damaged file as far as SQLite can read it there."""
    with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        target.execute("PRAGMA secure_delete=ON")
        for table in _TAKEN_TABLES:
            rows, whole = _read_table(remains, table)
            report.tables[table] = "damaged" if whole else "partly" if rows else "copy"
            target.execute("BEGIN IMMEDIATE")
            if whole:
                target.execute(f"DELETE FROM {table}")  # noqa: S608 - a table of ours
            for row in rows:
                places = ", ".join("?" * len(row))
                target.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", row)  # noqa: S608
            target.execute("COMMIT")
        # A copy from before an erasure must not bring the person back.
        for (canonical,) in target.execute(_ERASURES, (Kind.PERSON_ERASE.value,)).fetchall():
            reference = chain.decode(canonical).payload.person
            target.execute("DELETE FROM persons WHERE id = ?", (reference,))


def _read_table(remains: Path, table: str) -> tuple[list[tuple[object, ...]], bool]:
    """(rows that could be read, whether these are all)."""
    rows: list[tuple[object, ...]] = []
    with suppress(sqlite3.Error), closing(sqlite3.connect(remains)) as source:
        for row in source.execute(f"SELECT * FROM {table}"):  # noqa: S608 - a table of ours
            rows.append(row)  # noqa: PERF402 - what came before an error counts
        checked = source.execute(f"PRAGMA quick_check('{table}')").fetchone()
        return rows, checked is not None and checked[0] == "ok"
    return rows, False


def _finish(fresh: Path, report: Report) -> None:
    """The new journal as one file, checked to its last event."""
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.Error as error:
        raise unsafe(error, fresh) from error
    _, events = damage.check_copy(fresh)
    if events != report.from_copy + report.recovered:
        raise damage.damaged(fresh, "counts")
