"""Is the file whole? Cheap checks before anything is written to it, and thorough ones for copies.

What a cheap check cannot see (a flipped bit in an old event of a large file) `verify` finds.
"""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from station.errors import Code, JournalUnsafe
from station.journal import carving, chain
from station.journal.sqlite import unsafe

_MAGIC: Final = b"SQLite format 3\x00"
_WHOLE_CHECK_UP_TO: Final = 16 << 20
"""Bytes. A file no larger is checked page by page at each start (some 20 ms)."""
_SMALL_TABLES: Final = ("heads", "meta", "operators", "room_marks", "outbox", "rooms")
_LAST_EVENTS: Final = 200
_TAIL: Final = (
    "SELECT id, desk, sequence, time, operator, operation, kind, state, canonical, hash"
    " FROM events ORDER BY id DESC LIMIT ?"
)


class _Place(msgspec.Struct, frozen=True):
    desk: str
    sequence: int
    prev_hash: str
    time: str


_place: Final = msgspec.json.Decoder(_Place)


def place_of(canonical: bytes) -> tuple[str, int, str, str] | None:
    """(desk, sequence, previous hash, time) of an event's bytes, None when they are no event."""
    try:
        found = _place.decode(canonical)
    except msgspec.MsgspecError:
        return None
    return found.desk, found.sequence, found.prev_hash, found.time


def damaged(path: Path, why: str) -> JournalUnsafe:
    """The error for a file that must not be written to."""
    return JournalUnsafe(Code.JOURNAL_DAMAGED, path=str(path), detail=why)


def check_file(path: Path) -> None:
    """What can be told without SQLite: the header, and whether the end is missing.

    Raises `JournalUnsafe` JOURNAL_DAMAGED, or JOURNAL_READ_ONLY when it may not even be read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(100)
    except PermissionError as error:
        raise JournalUnsafe(Code.JOURNAL_READ_ONLY, path=str(path)) from error
    except OSError as error:
        raise JournalUnsafe(Code.JOURNAL_IO, path=str(path), detail=str(error)) from error
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise damaged(path, "header")
    page_size = struct.unpack_from(">H", header, 16)[0]
    page_size = 65536 if page_size == 1 else page_size
    if not 512 <= page_size <= 65536 or size % page_size:
        raise damaged(path, "size")
    pages, valid_for = struct.unpack_from(">I", header, 28)[0], header[92:96]
    wal = path.with_name(path.name + "-wal")
    # While a WAL is there, the file may rightly be shorter than its first page says.
    has_wal = wal.exists() and wal.stat().st_size > 0
    if not has_wal and valid_for == header[24:28] and pages * page_size != size:
        raise damaged(path, "truncated")


def check_open(connection: sqlite3.Connection, path: Path) -> None:
    """What can be told quickly with SQLite: pages of a small file, small tables, the last events.

    Raises `JournalUnsafe` JOURNAL_DAMAGED.
    """
    whole = path.stat().st_size <= _WHOLE_CHECK_UP_TO
    for target in ("",) if whole else tuple(f"('{name}')" for name in _SMALL_TABLES):
        found = connection.execute(f"PRAGMA quick_check{target}").fetchone()
        if found is None or found[0] != "ok":
            raise damaged(path, str(found[0] if found else "quick_check"))
    check_tail(connection, path, _LAST_EVENTS)
    check_wal(connection, path)


def check_tail(connection: sqlite3.Connection, path: Path, last: int) -> None:
    """The newest events: bytes, columns, links, and the kept heads. Raises JOURNAL_DAMAGED."""
    # Of one moment: another program may be writing, and events and heads go forward together.
    connection.execute("BEGIN")
    try:
        _check_tail(connection, path, last)
    finally:
        connection.rollback()


def _check_tail(connection: sqlite3.Connection, path: Path, last: int) -> None:
    rows = connection.execute(_TAIL, (last,)).fetchall()
    kept = connection.execute("SELECT desk, sequence, hash FROM heads").fetchall()
    heads = chain.kept_heads(kept)
    links = chain.Links()
    for row in reversed(rows):
        desk = row[1]
        if desk not in links.sequence:
            found = place_of(row[8])
            links.sequence[desk] = row[2] - 1
            links.digest[desk] = found[2] if found else ""
        why = links.fits(row)
        if why:
            raise damaged(path, f"event {row[0]}: {why}")
    for desk, sequence in links.sequence.items():
        if heads.get(desk) != (sequence, links.digest[desk]):
            raise damaged(path, "head")
    for desk, (sequence, digest) in heads.items():
        stored = connection.execute(
            "SELECT hash FROM events WHERE desk = ? AND sequence = ?", (desk, sequence)
        ).fetchone()
        if stored is None or chain.kept_heads([(desk, sequence, stored[0])])[desk][1] != digest:
            raise damaged(path, "head")


def check_wal(connection: sqlite3.Connection, path: Path) -> None:
    """Commits in the WAL that SQLite passed over: behind a damaged frame it reads nothing more.

    Bytes of a commit that was cut off by the end of the program carry no commit mark and are none.
    Raises `JournalUnsafe` JOURNAL_DAMAGED.
    """
    wal_path, index_path = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    for _ in range(5):
        if not wal_path.exists() or not index_path.exists():
            return
        taken = _frames_taken(index_path)
        wal = wal_path.read_bytes()
        lost = _committed_behind(wal, taken)
        heads = dict(connection.execute("SELECT desk, sequence FROM heads").fetchall())
        beyond = [
            place
            for canonical, _ in carving.events_in(lost)
            if (place := place_of(canonical)) is not None and place[1] > heads.get(place[0], 0)
        ]
        if not beyond:
            return
        if taken == _frames_taken(index_path):
            raise damaged(path, f"WAL behind frame {taken}")
        # Another program has written meanwhile: look again.


def _frames_taken(index_path: Path) -> int:
    """How many frames of the WAL are valid, from the header of SQLite's WAL index."""
    with index_path.open("rb") as file:
        header = file.read(48)
    return int(struct.unpack_from("=I", header, 16)[0]) if len(header) == 48 else 0


def _committed_behind(wal: bytes, taken: int) -> bytes:
    """The pages behind frame `taken` up to the last commit, when there are commits to spare.

    A single broken commit at the end is what a power cut leaves of one that was never confirmed.
    """
    behind = list(carving.frames(wal))[taken:]
    # A header that was damaged itself has other salts than its frames: theirs count then.
    salts = {wal[16:24]} | ({behind[0][2]} if behind else set())
    commits = [n for n, (_, size, salt, _) in enumerate(behind) if size and salt in salts]
    if len(commits) < 2:
        return b""
    return b"".join(page for _, _, _, page in behind[: commits[-1] + 1])


def check_copy(path: Path) -> tuple[dict[str, int], int]:
    """A copy, thoroughly: every page, the last events, the heads; ({desk: sequence}, events).

    Raises `JournalUnsafe` JOURNAL_DAMAGED.
    """
    check_file(path)
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found is None or found[0] != "ok":
                raise damaged(path, str(found[0] if found else "integrity_check"))
            check_tail(connection, path, 1000)
            heads = dict(connection.execute("SELECT desk, sequence FROM heads").fetchall())
            events = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    except sqlite3.Error as error:
        raise unsafe(error, path) from error
    if events != sum(heads.values()):
        raise damaged(path, "events missing")
    return heads, events
