"""The journal's file: SQLite in WAL mode, one writing connection and a few reading ones.

A durable commit ends with an fsync of the WAL (synchronous=FULL); one that need not survive a
power cut ends without (NORMAL). The WAL is written in order: the next durable commit makes it safe.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from station.errors import Code, JournalUnsafe
from station.journal.engine import NO_PARAMS, SQLITE, Cursor, Params, Raw, Statement

_CODES: Final = {
    sqlite3.SQLITE_BUSY: Code.JOURNAL_LOCKED,
    sqlite3.SQLITE_LOCKED: Code.JOURNAL_LOCKED,
    sqlite3.SQLITE_FULL: Code.JOURNAL_FULL,
    sqlite3.SQLITE_READONLY: Code.JOURNAL_READ_ONLY,
    sqlite3.SQLITE_PERM: Code.JOURNAL_READ_ONLY,
    sqlite3.SQLITE_AUTH: Code.JOURNAL_READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Code.JOURNAL_DAMAGED,
    sqlite3.SQLITE_NOTADB: Code.JOURNAL_DAMAGED,
    sqlite3.SQLITE_FORMAT: Code.JOURNAL_DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: Code.JOURNAL_DAMAGED,
    # A table or column that is not there, in a file whose version says it is.
    sqlite3.SQLITE_ERROR: Code.JOURNAL_DAMAGED,
}
BUSY_TIMEOUT_S: Final = 5.0
_FULL: Final = "PRAGMA synchronous=FULL"
# Writing the WAL back takes a while: seldom, so that few operators ever wait for it (16 MB).
_CHECKPOINT: Final = "PRAGMA wal_autocheckpoint=4000"
_NORMAL: Final = "PRAGMA synchronous=NORMAL"
# KB. What a connection has read it forgets whenever another one writes, and the system keeps the
# file in memory anyway: more would be filled in the course of a shift and save next to nothing.
_CACHE: Final = "PRAGMA cache_size=-{}"
WRITER_KB: Final = 2000
READER_KB: Final = 500
CACHED_STATEMENTS: Final = 48
"""What the desk does takes some forty; each of the history's many combinations of filters 10 KB."""
KEPT_READERS: Final = 4
"""More have read at once, but seldom, and each that is kept fills its cache in the course of days.

SQLite keeps the file of one that is closed before the last, and opens the next one with it.
"""


def unsafe(error: sqlite3.Error, path: Path) -> JournalUnsafe:
    """The driver's error as the desk's: locked, full, read-only, damaged, or input/output."""
    number = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    code = Code.JOURNAL_IO if number is None else _CODES.get(number & 0xFF, Code.JOURNAL_IO)
    if number is not None and number & 0xFF == sqlite3.SQLITE_CANTOPEN and _is_read_only(path):
        code = Code.JOURNAL_READ_ONLY
    if number is None and isinstance(error, sqlite3.DatabaseError) and "decode" in str(error):
        code = Code.JOURNAL_DAMAGED
    return JournalUnsafe(code, path=str(path), sqlite=name, detail=str(error))


def _is_read_only(path: Path) -> bool:
    if path.parent.exists() and not os.access(path.parent, os.W_OK):
        return True
    return path.exists() and not os.access(path, os.W_OK)


class SqliteTx:
    """One transaction on one connection."""

    __slots__ = ("_connection", "_texts")
    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: Statement | Raw, params: Params = NO_PARAMS) -> Cursor:
        return self._connection.execute(statement.text(SQLITE), params)


class SqliteDatabase:
    """The open file. Safe from several threads, and beside other programs on the same file."""

    dialect = SQLITE

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Opens an existing file. Raises `JournalUnsafe`. `busy_timeout_s`: wait for others."""
        self.path = path
        self._timeout = busy_timeout_s
        # Two locks, so that reading never waits for a write that takes its time.
        self._writing = threading.RLock()
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._open = True
        self._durable = True
        self._writer = self._connect(WRITER_KB)
        try:
            mode = self._writer.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            self._writer.execute(_FULL)
            self._writer.execute(_CHECKPOINT).fetchall()
        except sqlite3.Error as error:
            self._writer.close()
            raise unsafe(error, path) from error
        if mode != "wal":
            self._writer.close()
            raise JournalUnsafe(Code.JOURNAL_IO, path=str(path), detail=f"journal_mode={mode}")

    def _connect(self, cache_kb: int) -> sqlite3.Connection:
        connection = None
        try:
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=self._timeout,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=CACHED_STATEMENTS,
            )
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute(_CACHE.format(cache_kb))
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            raise unsafe(error, self.path) from error
        return connection

    @contextmanager
    def reading(self) -> Iterator[SqliteTx]:
        """A read transaction on a connection of its own: one moment, never waiting for writers."""
        with self._lock:
            self._require_open()
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._connect(READER_KB)
        try:
            connection.execute("BEGIN")
            yield SqliteTx(connection)
        except sqlite3.Error as error:
            raise unsafe(error, self.path) from error
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        with self._lock:
            if self._open and not connection.in_transaction and len(self._idle) < KEPT_READERS:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[SqliteTx]:
        """A write transaction (BEGIN IMMEDIATE): committed at the end, rolled back on any error."""
        with self._writing:
            self._require_open()
            connection = self._writer
            try:
                if durable is not self._durable:
                    connection.execute(_FULL if durable else _NORMAL)
                    self._durable = durable
                connection.execute("BEGIN IMMEDIATE")
                yield SqliteTx(connection)
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise unsafe(error, self.path) from error
            finally:
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")

    def scrub(self) -> None:
        """Write the WAL back and empty it, so that deleted bytes are in no file any more.

        Another program that is reading just then puts it off to the next time.
        """
        with self._writing:
            self._require_open()
            try:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.Error as error:
                raise unsafe(error, self.path) from error

    def _require_open(self) -> None:
        if not self._open:
            raise JournalUnsafe(Code.JOURNAL_IO, path=str(self.path), detail="closed")

    def close(self) -> None:
        """Close every connection; the last one writes the WAL back. Repeating is harmless."""
        with self._writing, self._lock:
            self._open = False
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()
