"""Verifying a file by its path, without the site's key: a journal, a copy, or an export.

For the command line, and for a child process, so that long work never holds up the window.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec

from station.errors import Code, InputInvalid
from station.journal import chain, damage
from station.journal.sqlite import unsafe
from station.ports import Progress, VerifyResult

_ROWS: Final = (
    "SELECT id, desk, sequence, time, operator, operation, kind, state, canonical, hash"
    " FROM events ORDER BY id"
)
_FIELDS: Final = 8
_sorted: Final = msgspec.json.Encoder(order="sorted")


def verify_file(path: Path, *, desk: str = "", progress: Progress | None = None) -> VerifyResult:
    """Verify a database file or an export (JSON lines).

    `head` is that of `desk`, or of the first desk found. Raises `JournalUnsafe` when SQLite cannot
    read it, `InputInvalid` FILE_UNREADABLE.
    """
    try:
        with path.open("rb") as file:
            is_database = file.read(16).startswith(b"SQLite format 3")
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNREADABLE, field="file", value=str(path), detail=str(error)
        ) from error
    return _database(path, desk, progress) if is_database else _export(path, desk, progress)


def _database(path: Path, desk: str, progress: Progress | None) -> VerifyResult:
    damage.check_file(path)
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            kept = connection.execute("SELECT desk, sequence, hash FROM heads")
            heads = chain.kept_heads(kept.fetchall())
            total = connection.execute("SELECT count(*) FROM events").fetchone()[0]
            named = desk or next(iter(heads), "")
            rows = connection.execute(_ROWS)
            return chain.verify_rows(rows, heads, desk=named, total=total, progress=progress)
    except sqlite3.Error as error:
        raise unsafe(error, path) from error


def _export(path: Path, desk: str, progress: Progress | None) -> VerifyResult:
    links = chain.Links()
    count = 0
    for row in _exported_rows(path):
        count += 1
        why = "unreadable" if row is None else links.fits(row)
        if why:
            return VerifyResult(False, count, _head(links, desk), count, why)
        if progress is not None and count % chain.PROGRESS_EVERY == 0:
            progress(count, 0)
    if progress is not None:
        progress(count, count)
    return VerifyResult(True, count, _head(links, desk))


def _head(links: chain.Links, desk: str) -> str:
    return links.digest.get(desk or next(iter(links.digest), ""), chain.FIRST_PREV_HASH)


def _exported_rows(path: Path) -> Iterator[chain.StoredRow | None]:
    with path.open("rb") as file:
        for line in file:
            yield _exported_row(line.rstrip(b"\r\n"))


def _exported_row(line: bytes) -> chain.StoredRow | None:
    """An exported line as a stored row; its columns are its own fields. None: no event."""
    try:
        found: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
        digest = bytes.fromhex(found.pop("hash"))
        canonical = _sorted.encode(found)
        # A field given twice, or spaces, would be lost by reading it: the line must say no more.
        if chain.with_hash(canonical, digest) != line:
            return None
        names = ("desk", "sequence", "time", "operator", "operation", "kind")
        desk, sequence, time, operator, operation, kind = (found[name] for name in names)
        state = found["payload"]["state"]
        if len(found) != _FIELDS:
            return None
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return None
    return (0, desk, sequence, time, operator, operation, kind, state, canonical, digest)
