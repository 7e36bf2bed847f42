"""Disk full, read-only, locked: the journal refuses, says why, and goes on when it is over."""

import os
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from station.domain.room import Room
from station.errors import Code, JournalUnsafe
from station.journal import Store, projections
from station.journal.sqlite import SqliteDatabase
from station.ports import HistoryFilter
from tests.journal import children
from tests.journal.rig import fill, issue_done, issue_intent, opened

if sys.platform != "win32":
    import resource

NOBODY = 65534
ATTRIBUTE = pytest.mark.linux("a folder forbids nothing by an attribute")


def code_of(work: object) -> str:
    """The code that a call fails with."""
    try:
        work()  # type: ignore[operator]
    except JournalUnsafe as error:
        return error.code.value
    return "fine"


def test_a_full_disk_refuses_and_loses_nothing(store: Store, path: Path) -> None:
    fill(store, 5)
    database = store.database
    assert isinstance(database, SqliteDatabase)
    pages = database._writer.execute("PRAGMA page_count").fetchone()[0]
    database._writer.execute(f"PRAGMA max_page_count={pages}")
    stored = 10
    while (code := code_of(partial(store.append, issue_intent(stored)))) == "fine":
        stored += 1
    assert code == Code.JOURNAL_FULL
    assert (store.verify().ok, store.verify().events) == (True, stored)
    database._writer.execute("PRAGMA max_page_count=1000000")
    store.append(issue_intent(999))
    assert store.verify().events == stored + 1


@pytest.mark.linux("no limit of a file's size on Windows")
def test_a_file_that_may_not_grow_refuses_and_loses_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        fill(store, 2)

    def work() -> str:
        journal = opened(tmp_path)
        if sys.platform != "win32":
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        for number in range(2, 500):
            code = code_of(lambda n=number: journal.append(issue_intent(n)))
            if code != "fine":
                return f"{number} {code}"
        return "never"

    number, code = children.run(work).split()
    assert code in {Code.JOURNAL_FULL, Code.JOURNAL_IO}
    with opened(tmp_path) as store:
        assert (store.verify().ok, store.verify().events) == (True, 4 + int(number) - 2)
        store.append(issue_intent(1000))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def powerless() -> int | None:
    """A user who may write nothing, if we may write everything; files bind all users of Windows."""
    return NOBODY if sys.platform != "win32" and os.getuid() == 0 else None


@pytest.mark.parametrize("folder_too", [False, pytest.param(True, marks=ATTRIBUTE)])
def test_a_read_only_file_refuses(open_folder: Path, folder_too: bool) -> None:
    with opened(open_folder) as store:
        fill(store, 2)
    path = open_folder / "journal.db"
    path.chmod(0o444)
    open_folder.chmod(0o555 if folder_too else 0o777)
    before = path.read_bytes()

    def work() -> str:
        def use() -> None:
            with opened(open_folder) as journal:
                journal.append(issue_intent(3))

        return code_of(use)

    assert children.run(work, powerless()) == Code.JOURNAL_READ_ONLY
    assert path.read_bytes() == before
    open_folder.chmod(0o755)
    path.chmod(0o644)
    with opened(open_folder) as store:
        assert store.verify().events == 4


@ATTRIBUTE
def test_a_folder_where_nothing_may_be_made_refuses(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    code = children.run(lambda: code_of(lambda: opened(open_folder)), powerless())
    assert code == Code.JOURNAL_READ_ONLY
    assert list(open_folder.iterdir()) == []
    open_folder.chmod(0o755)


def hold(folder: Path, say: children.Say) -> None:
    """The journal is this program's alone, until it is killed."""
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        say("held")
        children.wait_for_the_end()


def test_locked_by_another_program(tmp_path: Path) -> None:
    with opened(tmp_path, busy_timeout_s=0.05) as store:
        fill(store, 1)
        with children.writing(partial(hold, tmp_path)) as other:
            assert other.line() == "held"
            with pytest.raises(JournalUnsafe) as caught:
                store.append(issue_intent(5))
            assert caught.value.code is Code.JOURNAL_LOCKED
            assert len(store.history(HistoryFilter())) == 1
        store.append(issue_intent(5))
        assert store.verify().events == 3


def write_sixty(folder: Path, first: int, say: children.Say) -> None:
    with opened(folder) as journal:
        fill(journal, 60, first=first)
    say("done")


def test_two_programs_write_one_chain(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with (
        children.writing(partial(write_sixty, tmp_path, 0)) as one,
        children.writing(partial(write_sixty, tmp_path, 1000)) as two,
    ):
        assert one.line() == two.line() == "done"
    with opened(tmp_path) as store:
        result = store.verify()
        assert (result.ok, result.events) == (True, 240)
        assert len(store.history(HistoryFilter(limit=1000))) == 120


def test_threads_read_while_one_writes(store: Store, path: Path) -> None:
    store.save_rooms([Room("6000000000000101", "1-101")], store._utc())
    stop = threading.Event()
    errors: list[BaseException] = []

    def look() -> None:
        try:
            while not stop.is_set():
                rows = store.history(HistoryFilter(limit=1000))
                done = [row for row in rows if row.ended_at]
                assert all(store.cards(row.stay_id) for row in done[:3])
                store.rack()
                store.unresolved()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    writers = [
        threading.Thread(target=fill, args=(store, 40), kwargs={"first": first})
        for first in (0, 1000)
    ]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.verify().events == 160


def test_reading_does_not_wait_for_a_long_write(store: Store) -> None:
    fill(store, 1)
    found: list[int] = []
    reader = threading.Thread(target=lambda: found.append(len(store.history(HistoryFilter()))))
    with store.database.writing() as tx:
        projections.clear(tx)
        reader.start()
        reader.join(30)
        assert found == [1]
        projections.rebuild(tx)


def test_an_error_in_an_append_leaves_nothing_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 1)

    def broken(*_: object) -> None:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr(projections, "_raise_marks", broken)
        with pytest.raises(RuntimeError):
            store.append(issue_done(7))
    assert store.operation("op-7") is None
    assert store.head()[0] == 2
    store.append(issue_done(7))
    assert store.verify().events == 3


def test_a_closed_journal_says_so(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.close()
    store.close()
    for work in (lambda: store.append(issue_intent(1)), store.unresolved):
        with pytest.raises(JournalUnsafe) as caught:
            work()
        assert caught.value.code is Code.JOURNAL_IO
    assert not (tmp_path / "journal.db-wal").exists()
