"""What the journal's connections hold on to: no more after a thousand reads than after one."""

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from station.journal import Store
from station.journal.engine import Raw
from station.journal.sqlite import KEPT_READERS, READER_KB, WRITER_KB, SqliteDatabase

MOST_KB = 5_000
"""For the pages of all of them together."""
MANY = 2 * KEPT_READERS
CACHE = Raw("PRAGMA cache_size")


def open_files(name: str) -> int:
    links = Path("/proc/self/fd").iterdir()
    return sum(link.exists() and link.readlink().name.startswith(name) for link in links)


def read_at_once(database: SqliteDatabase, many: int) -> None:
    with ExitStack() as readers:
        for _ in range(many):
            readers.enter_context(database.reading())


def test_all_connections_together_keep_little_of_the_file_in_memory(store: Store) -> None:
    database = store.database
    with database.writing() as tx:
        writer = tx.run(CACHE).fetchone()[0]
    with database.reading() as tx:
        reader = tx.run(CACHE).fetchone()[0]
    assert (writer, reader) == (-WRITER_KB, -READER_KB)
    assert WRITER_KB + KEPT_READERS * READER_KB <= MOST_KB


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_readers_are_kept_and_the_files_of_those_that_are_not(store: Store, path: Path) -> None:
    """SQLite keeps the file of one that was closed, and takes it for the next one."""
    database = store.database
    assert isinstance(database, SqliteDatabase)
    read_at_once(database, MANY)
    files = open_files(path.name)
    for many in (1, MANY, KEPT_READERS // 2, KEPT_READERS, MANY):
        read_at_once(database, many)
        assert open_files(path.name) == files
    assert len(database._idle) == KEPT_READERS
