"""Copies: made while the journal is written to, checked, the newest N kept, and put back."""

import threading
from pathlib import Path

import pytest

from station.errors import Code, InputInvalid, JournalUnsafe
from station.journal import Store, back_up, backup, copies, restore, verify_file
from tests.journal.rig import Ticking, fill, issue_intent, opened, projections


def test_a_copy_holds_everything_and_is_one_file(store: Store, path: Path) -> None:
    fill(store, 30)
    seen: list[tuple[int, int]] = []
    copy = back_up(path, progress=lambda done, total: seen.append((done, total)))
    assert copy.parent == path.parent / "backups"
    assert [item.name for item in copy.parent.iterdir()] == [copy.name]
    assert seen[-1][0] == seen[-1][1] > 0
    assert verify_file(copy) == store.verify()
    assert projections(copy) == projections(path)


def test_a_copy_is_whole_while_another_thread_writes(store: Store, path: Path) -> None:
    fill(store, 20)
    stop = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        number = 100
        try:
            while not stop.is_set():
                store.append(issue_intent(number), durable=False)
                number += 1
        except BaseException as error:
            failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(path) for _ in range(5)]
    finally:
        stop.set()
        writer.join()
    assert failures == []
    counts = [verify_file(copy).events for copy in made]
    assert all(verify_file(copy).ok for copy in made)
    assert counts == sorted(counts)
    assert store.verify().ok


def test_the_newest_are_kept(store: Store, path: Path) -> None:
    clock = Ticking()
    other = path.parent / "backups" / "notes.txt"
    made = []
    for number in range(5):
        store.append(issue_intent(number))
        made.append(back_up(path, keep=3, utc=clock))
        other.write_text("mine")
    assert copies(path.parent / "backups") == made[:1:-1]
    assert other.exists()


def test_a_copy_that_cannot_be_written_removes_none(store: Store, path: Path) -> None:
    fill(store, 1)
    clock = Ticking()
    good = back_up(path, utc=clock)
    with pytest.raises(JournalUnsafe) as caught:
        back_up(path, path / "not a folder", utc=clock)
    assert caught.value.code is Code.BACKUP_FAILED
    assert copies(good.parent) == [good]
    with pytest.raises(InputInvalid) as refused:
        backup.copy_to(path, good)
    assert refused.value.code is Code.FILE_EXISTS


def test_a_copy_that_reads_back_wrong_is_no_copy(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 20)

    def damaged(part: Path) -> None:
        data = bytearray(part.read_bytes())
        place = data.rindex(b'"operation":"op-19"')
        data[place + 14] ^= 1
        part.write_bytes(data)

    monkeypatch.setattr(backup, "sync_file", damaged)
    with pytest.raises(JournalUnsafe) as caught:
        back_up(path)
    assert caught.value.code is Code.BACKUP_FAILED
    assert list((path.parent / "backups").iterdir()) == []


def test_restore_puts_the_old_file_aside(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with opened(tmp_path) as store:
        fill(store, 2)
        copy = back_up(path)
        fill(store, 2, first=2)
    aside = restore(copy, path)
    assert aside is not None
    assert verify_file(aside).events == 8
    with opened(tmp_path) as store:
        assert store.verify().events == 4
        store.append(issue_intent(9))
    assert verify_file(copy).events == 4


def test_a_damaged_copy_is_not_restored(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with opened(tmp_path) as store:
        fill(store, 2)
        copy = back_up(path)
    before = path.read_bytes()
    copy.write_bytes(copy.read_bytes()[:-4096])
    with pytest.raises(JournalUnsafe) as caught:
        restore(copy, path)
    assert caught.value.code is Code.JOURNAL_DAMAGED
    assert path.read_bytes() == before
