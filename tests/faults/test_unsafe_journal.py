"""A journal that is not safe to write: exit status 7, one sentence, and no card is written.

Disk full, read-only, locked by another program, truncated, bits flipped, another file in its place,
gone. The damaged file is left exactly as it is.
"""

import json
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from station.errors import Code
from station.journal import backup
from tests.faults.place import Place
from tests.faults.program import Ran, finish, start

if sys.platform != "win32":
    import resource

ISSUE = ("issue", "1-102", "--nights", "1", "--json")
UNSAFE = 7


def check_refused(desk: Place, ran: Ran, *codes: Code) -> None:
    """Exit status 7, one document with one sentence, nothing written to any card."""
    assert ran.returncode == UNSAFE, ran
    document = ran.json()
    assert document["error"] in codes, ran
    assert document["message"], ran
    assert "Traceback" not in ran.stderr
    assert desk.writes() == []


def check_untouched(desk: Place, before: bytes) -> None:
    after = desk.journal_files()
    assert after["journal.db"] == before
    assert after.get("journal.db-wal", b"") == b"", "something waits to be written into it"


def damaged(desk: Place, damage: Callable[[Path], None]) -> None:
    """Do the damage; the program refuses and leaves the file as it is."""
    assert desk.station("issue", "1-101", "--nights", "1").returncode == 0
    desk.put()
    desk.lock.calls.clear()
    damage(desk.home / "journal.db")
    before = desk.journal_files()["journal.db"]
    for ran in (desk.station(*ISSUE), desk.plain(*ISSUE)):
        check_refused(desk, ran, Code.JOURNAL_DAMAGED)
    check_untouched(desk, before)


def truncate_to(size: int) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, size)


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x10
    path.write_bytes(data)


def flip_the_last_event(path: Path) -> None:
    """One bit of what the journal says of the newest operation."""
    data = path.read_bytes()
    flip(path, data.rindex(b'"authorised_at":"20') + len(b'"authorised_at":"2'))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(truncate_to(0), id="empty"),
        pytest.param(truncate_to(4096 * 3), id="three pages left"),
        pytest.param(truncate_to(100_001), id="in the middle of a page"),
        pytest.param(lambda path: flip(path, 3), id="a bit of the header"),
        pytest.param(flip_the_last_event, id="a bit of the newest event"),
        pytest.param(lambda path: path.write_text("no journal\n" * 9999), id="another file"),
    ],
)
def test_a_damaged_file(desk: Place, damage: Callable[[Path], None]) -> None:
    damaged(desk, damage)


def test_a_journal_that_vanished(desk: Place) -> None:
    """A desk that had one does not begin a new one: its numbers and cards would be forgotten."""
    backup.back_up(desk.home / "journal.db", desk.home / "backups", keep=3)
    (desk.home / "journal.db").unlink()
    for ran in (desk.station(*ISSUE), desk.plain(*ISSUE)):
        check_refused(desk, ran, Code.JOURNAL_DAMAGED)
        assert "last good copy" in ran.json()["message"]
    assert not (desk.home / "journal.db").exists()


@pytest.mark.linux("no limit of a file's size on Windows")
def test_a_full_disk(desk: Place) -> None:
    """No file may grow: a disk without a free block, as a program sees it."""
    before = desk.journal_files()["journal.db"]
    ran = desk.station(*ISSUE, file_limit=4096)
    check_refused(desk, ran, Code.JOURNAL_FULL, Code.JOURNAL_IO)
    assert desk.journal_files()["journal.db"] == before
    assert desk.station(*ISSUE).returncode == 0


@pytest.mark.linux("no limit of a file's size on Windows")
def test_a_disk_that_fills_up_between_the_card_and_its_outcome(desk: Place) -> None:
    process = start(ISSUE, desk.environment)

    def fill_up(call: object) -> None:
        if getattr(call, "name", "") == "MarkRoomCard":
            # one page more would be too much; what there is can still be read
            assert sys.platform != "win32"
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    desk.lock.before_call = fill_up
    ran = finish(ISSUE, process)
    desk.lock.before_call = None
    assert ran.returncode == UNSAFE, ran
    assert ran.json()["error"] in {Code.JOURNAL_FULL, Code.JOURNAL_IO}, ran
    assert len(desk.writes()) == 1
    (open_row,) = desk.unresolved()
    assert (open_row["kind"], open_row["room"]["name"]) == ("issue", "1-102")
    settled = desk.station("unresolved", "--resolve", "--json").json()
    assert [row["state"] for row in settled] == ["done"]
    assert len(desk.writes()) == 1, "settling wrote a card"
    with desk.journal() as journal:
        assert journal.verify().ok


FOLDER = pytest.mark.linux("a folder forbids nothing by an attribute")


@pytest.mark.parametrize("what", ["file", pytest.param("folder", marks=FOLDER)])
def test_read_only(desk: Place, what: str) -> None:
    (desk.home / "journal.db").chmod(0o444)
    if what == "folder":
        desk.home.chmod(0o555)
    before = desk.journal_files()["journal.db"]
    ran = desk.station(*ISSUE, powerless=True)
    check_refused(desk, ran, Code.JOURNAL_READ_ONLY)
    check_untouched(desk, before)
    desk.home.chmod(0o755)
    for path in desk.home.glob("journal.db*"):
        path.chmod(0o644)
    assert desk.station(*ISSUE, powerless=True).returncode == 0


def test_locked_by_another_program(desk: Place) -> None:
    with closing(sqlite3.connect(desk.home / "journal.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        ran = desk.station(*ISSUE)
        other.execute("ROLLBACK")
    check_refused(desk, ran, Code.JOURNAL_LOCKED)
    assert desk.station(*ISSUE).returncode == 0


def test_locked_in_the_middle_of_a_write(desk: Place) -> None:
    """Somebody takes the journal while the card is being written: the card's fate stays open."""
    locked = threading.Event()
    with closing(
        sqlite3.connect(desk.home / "journal.db", isolation_level=None, check_same_thread=False)
    ) as other:

        def take_it(call: object) -> None:
            if getattr(call, "name", "") == "MarkRoomCard" and not locked.is_set():
                other.execute("BEGIN IMMEDIATE")
                locked.set()

        desk.lock.before_call = take_it
        ran = desk.station(*ISSUE)
        desk.lock.before_call = None
        other.execute("ROLLBACK")
    assert locked.is_set()
    assert ran.returncode == UNSAFE, ran
    assert json.loads(ran.stdout)["error"] == Code.JOURNAL_LOCKED
    assert len(desk.writes()) == 1
    assert [row["kind"] for row in desk.unresolved()] == ["issue"]
    assert desk.station("unresolved", "--resolve").returncode == 0
    assert desk.unresolved() == []
