"""Recovery: the last good copy plus every later event that can be read; the damaged file kept."""

import random
import shutil
from functools import partial
from pathlib import Path

import pytest

from station.domain.event import Entry, Payload
from station.domain.operation import Kind, State
from station.domain.operator import Role
from station.domain.person import Person
from station.errors import Code, JournalUnsafe
from station.journal import Store, back_up, recover, verify_file
from tests.journal import children
from tests.journal.rig import (
    KEY,
    MOBILE,
    NAME,
    Ticking,
    fill,
    issue_done,
    issue_intent,
    opened,
    projections,
    single,
)


def destroy(path: Path, *places: tuple[int, int]) -> bytes:
    """Zero ranges of a file; its bytes then."""
    data = bytearray(path.read_bytes())
    for start, end in places:
        data[start:end] = bytes(end - start)
    path.write_bytes(data)
    return bytes(data)


def prepared(folder: Path, before: int = 20, after: int = 20) -> tuple[Path, Store]:
    """A journal with a copy of its first `before` issues, and `after` more."""
    store = opened(folder)
    path = folder / "journal.db"
    store.operators.add("boss", Role.SUPERVISOR, "1234")
    fill(store, before)
    back_up(path)
    store.remember_person(Person(NAME, MOBILE))
    fill(store, after, first=before)
    return path, store


def test_everything_after_the_copy_comes_back(tmp_path: Path) -> None:
    path, store = prepared(tmp_path)
    reference = store.find_person(MOBILE)
    good, head = projections(path), store.head()
    store.close()
    damaged = destroy(path, (0, 100))
    report = recover(path)
    assert (report.from_copy, report.recovered, report.unlinked) == (40, 40, 0)
    assert (report.missing, report.rest) == ({}, None)
    assert report.heads == {"desk-1": head}
    assert report.damaged is not None
    assert report.damaged.read_bytes() == damaged
    with opened(tmp_path) as store:
        assert store.verify().ok
        assert store.head() == head
        assert projections(path) == good
        assert store.operators.check("boss", "1234").role is Role.SUPERVISOR
        store.append(single(Kind.RECOVERY, "rec"))
        assert reference is not None
    assert set(report.tables.values()) == {"copy"}


def test_persons_and_operators_come_from_the_damaged_file_where_it_can_be_read(
    tmp_path: Path,
) -> None:
    path, store = prepared(tmp_path)
    store.operators.add("clerk9", Role.CLERK, "9999")
    person = store.find_person(MOBILE)
    store.close()
    data = path.read_bytes()
    place = data.index(b'"sequence":80,')
    destroy(path, (place, place + 10))
    with pytest.raises(JournalUnsafe) as caught:
        opened(tmp_path)
    assert caught.value.code is Code.JOURNAL_DAMAGED
    report = recover(path)
    assert (report.from_copy, report.recovered) == (40, 39)
    assert report.tables["persons"] == report.tables["operators"] == "damaged"
    with opened(tmp_path) as store:
        assert store.operators.check("clerk9", "9999").role is Role.CLERK
        assert person is not None
        assert store.person(person.id) == Person(NAME, MOBILE)


def test_without_a_copy_everything_comes_from_the_damaged_file(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        fill(store, 30)
        head = store.head()
    path = tmp_path / "journal.db"
    destroy(path, (0, 4096))
    report = recover(path)
    assert (report.copy, report.from_copy, report.recovered) == (None, 0, 60)
    with opened(tmp_path) as store:
        assert store.head() == head
        assert store.verify().ok


def test_a_gap_is_told_and_what_lies_behind_it_is_kept(tmp_path: Path) -> None:
    path, store = prepared(tmp_path)
    store.close()
    data = path.read_bytes()
    place = data.index(b'"sequence":59,')
    destroy(path, (place, place + 10))
    report = recover(path)
    assert (report.recovered, report.missing) == (18, {"desk-1": (59, 80)})
    assert report.rest is not None
    lines = report.rest.read_text("utf-8").splitlines()
    assert report.unlinked == len(lines) == 21
    assert '"sequence":60' in lines[0]
    with opened(tmp_path) as store:
        assert store.head()[0] == 58
        store.append(issue_intent(500))
        assert store.verify().ok


def test_the_wal_is_read_too(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "killed"
    for place in (source, folder):
        place.mkdir()
    path, store = prepared(source, before=3, after=3)
    shutil.copytree(source / "backups", folder / "backups")
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", folder / f"journal.db{end}")
    head = store.head()
    store.close()
    # A frame in the middle: SQLite would pass over everything behind it.
    wal = folder / "journal.db-wal"
    data = wal.read_bytes()
    at = data.index(b'"operation":"op-4"') - 4000
    wal.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
    with pytest.raises(JournalUnsafe):
        opened(folder)
    report = recover(folder / "journal.db")
    assert (report.from_copy, report.recovered) == (6, 6)
    with opened(folder) as store:
        assert store.head() == head


def test_events_longer_than_a_page_come_back(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        fill(store, 2)
        for size in (3000, 4000, 5000, 9000, 50_000):
            store.append(single(Kind.SETUP, f"s{size}", data={"text": "客" * (size // 3)}))
        fill(store, 2, first=2)
        head = store.head()
    path = tmp_path / "journal.db"
    destroy(path, (0, 4096))
    report = recover(path)
    assert (report.recovered, report.unlinked) == (13, 0)
    with opened(tmp_path) as store:
        assert store.head() == head


def test_who_was_erased_stays_erased(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with opened(tmp_path) as store:
        person = store.remember_person(Person(NAME, MOBILE))
        store.append(issue_intent(0, holder=person.id))
        back_up(path)
        store.erase_person(person.id)
        store.append(single(Kind.PERSON_ERASE, "erase", person=person.id))
    destroy(path, (0, 100))
    report = recover(path)
    assert report.tables["persons"] == "copy"
    with opened(tmp_path) as store:
        assert store.person(person.id) == Person()


def test_two_desks_come_back_in_their_own_order(tmp_path: Path) -> None:
    from station.journal import open_journal

    path = tmp_path / "journal.db"
    clock = Ticking()
    with (
        opened(tmp_path, clock) as one,
        open_journal(path, desk="desk-2", key=KEY, utc=clock) as two,
    ):
        for number in range(10):
            (one if number % 3 else two).append(issue_intent(number))
        heads = {"desk-1": one.head(), "desk-2": two.head()}
        good = projections(path)
    destroy(path, (0, 100))
    report = recover(path)
    assert report.heads == heads
    assert projections(path) == good


def test_a_missing_and_an_empty_file(tmp_path: Path) -> None:
    path, store = prepared(tmp_path)
    store.close()
    path.write_bytes(b"")
    report = recover(path)
    assert (report.from_copy, report.recovered) == (40, 0)
    assert report.damaged is not None
    path.unlink()
    assert recover(path).damaged is None
    with opened(tmp_path) as store:
        assert store.verify().events == 40


@pytest.mark.parametrize("seed", range(6))
def test_random_damage_never_crashes_and_never_invents(tmp_path: Path, seed: int) -> None:
    path, store = prepared(tmp_path)
    store.close()
    chance = random.Random(seed)
    size = path.stat().st_size
    places = [(start := chance.randrange(size), min(size, start + 600)) for _ in range(6)]
    damaged = destroy(path, *places)
    report = recover(path)
    assert report.damaged is not None
    assert report.damaged.read_bytes() == damaged
    assert report.from_copy + report.recovered == sum(number for number, _ in report.heads.values())
    with opened(tmp_path) as store:
        assert store.verify().ok
        assert store.verify().events == report.from_copy + report.recovered
        store.append(issue_done(999))
    assert report.recovered + report.unlinked >= 30


def recover_half(path: Path, say: children.Say) -> None:
    def stop(done: int, total: int) -> None:
        if done == 10:
            say("half")
            children.wait_for_the_end()

    recover(path, progress=stop)


def test_a_kill_during_recovery_leaves_the_damaged_file(tmp_path: Path) -> None:
    path, store = prepared(tmp_path)
    store.close()
    damaged = destroy(path, (0, 100))
    with children.writing(partial(recover_half, path)) as child:
        assert child.line() == "half"
    assert path.read_bytes() == damaged
    report = recover(path)
    assert report.recovered == 40
    assert verify_file(path).ok


def test_an_unfinished_fork_in_the_file_is_not_preferred(tmp_path: Path) -> None:
    """The bytes of an event that was begun anew after a kill may still lie about."""
    from station.journal.recovery import _Event, _Found

    found = _Found()
    first = _Event("d", 1, "0", "t1", b"a", bytes(32))
    other = _Event("d", 1, "0", "t2", b"b", bytes([1] * 32))
    second = _Event("d", 2, bytes(32).hex(), "t3", b"c", bytes([2] * 32))
    for event in (other, first, second, first):
        found.add(event)
    assert found.follow(0, "0") == [first, second]


def test_a_settled_operation_stays_settled(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.append(issue_intent(1))
        settled = Payload(State.SET_ASIDE, reason="客人已走")
        store.append(Entry(Kind.ISSUE, "op-1", "boss", settled))
    path = tmp_path / "journal.db"
    destroy(path, (0, 100))
    recover(path)
    with opened(tmp_path) as store:
        assert store.unresolved() == []
