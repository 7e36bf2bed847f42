"""Truncated and bit-flipped files: noticed, or harmless to the events; never written to."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from station.errors import Code, JournalUnsafe
from station.journal import Store, back_up, damage
from station.ports import HistoryFilter
from tests.journal.rig import Ticking, fill, issue_intent, opened, step

ISSUES = 60
EVENTS = 2 * ISSUES
WAL_EVENTS = 60
"""Few enough that none has been written back to the file."""


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of 120 events, cleanly closed."""
    folder = tmp_path_factory.mktemp("closed")
    with opened(folder) as store:
        fill(store, ISSUES)
    return folder


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a killed program leaves it: everything in the WAL."""
    source, folder = (tmp_path_factory.mktemp(name) for name in ("open", "killed"))
    with opened(source) as store:
        fill(store, WAL_EVENTS // 2)
        for end in ("", "-wal"):
            shutil.copy(source / f"journal.db{end}", folder / f"journal.db{end}")
    return folder


def copied(source: Path, folder: Path) -> Path:
    folder.mkdir()
    for end in ("", "-wal"):
        if (source / f"journal.db{end}").exists():
            shutil.copy(source / f"journal.db{end}", folder / f"journal.db{end}")
    return folder


def use(store: Store) -> None:
    """Read everything that a desk reads."""
    store.rack()
    store.rooms_age()
    store.unresolved()
    store.outbox(stopped=True)
    list(store.operators.list())
    for row in store.history(HistoryFilter(limit=1000)):
        store.events(row.operation)
        store.stays(row.room_id)
        store.live_cards(row.room_id)
        store.latest_authorised_at(row.room_id)
        store.person(row.person)


def fate(folder: Path) -> tuple[str, int]:
    """`detected` or `whole`, and how many events there are. Anything else is a crash."""
    files = {path: path.read_bytes() for path in folder.iterdir()}
    try:
        store = opened(folder)
    except JournalUnsafe as error:
        assert error.code is Code.JOURNAL_DAMAGED, error
        for path, data in files.items():
            assert path.read_bytes() == data, f"{path.name} was written to"
        return "detected", 0
    with store:
        try:
            use(store)
            result = store.verify()
        except JournalUnsafe as error:
            assert error.code is Code.JOURNAL_DAMAGED, error
            return "detected", 0
    return ("whole" if result.ok else "detected"), result.events


def flipped(path: Path, place: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_a_flipped_bit_is_noticed_or_harms_no_event(
    closed: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    size = (closed / "journal.db").stat().st_size
    seen = {"detected": 0, "whole": 0}
    # The header and the schema are small and matter most.
    places = [chance.randrange(100) for _ in range(15)] + [
        chance.randrange(size) for _ in range(60)
    ]
    for turn, place in enumerate(places):
        folder = copied(closed, tmp_path / str(turn))
        flipped(folder / "journal.db", place, chance.randrange(8))
        how, events = fate(folder)
        seen[how] += 1
        assert how == "detected" or events == EVENTS, place
        shutil.rmtree(folder)
    assert seen["detected"] > 10


@pytest.mark.parametrize("seed", range(2))
def test_a_flipped_bit_in_the_wal_loses_at_most_what_a_power_cut_would(
    killed: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    size = (killed / "journal.db-wal").stat().st_size
    detected = 0
    for turn in range(40):
        folder = copied(killed, tmp_path / str(turn))
        flipped(folder / "journal.db-wal", chance.randrange(size), chance.randrange(8))
        how, events = fate(folder)
        detected += how == "detected"
        assert how == "detected" or events >= WAL_EVENTS - 1
        shutil.rmtree(folder)
    assert detected > 30


def test_a_truncated_file_is_noticed(closed: Path, tmp_path: Path) -> None:
    size = (closed / "journal.db").stat().st_size
    for turn, length in enumerate(
        [0, 1, 50, 99, 100, 4095, 4096, 8192, size // 2, size - 4096, size - 1]
    ):
        folder = copied(closed, tmp_path / str(turn))
        with (folder / "journal.db").open("rb+") as file:
            file.truncate(length)
        assert fate(folder)[0] == "detected", length


def test_a_truncated_wal_leaves_a_chain_that_verifies(killed: Path, tmp_path: Path) -> None:
    size = (killed / "journal.db-wal").stat().st_size
    counts = []
    for turn, length in enumerate(range(0, size, size // 12)):
        folder = copied(killed, tmp_path / str(turn))
        with (folder / "journal.db-wal").open("rb+") as file:
            file.truncate(length)
        how, events = fate(folder)
        counts.append(events)
        assert how == "whole"
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] < WAL_EVENTS


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 500, bytes(8192)])
def test_another_file_in_its_place_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.db").write_bytes(content)
    assert fate(tmp_path) == ("detected", 0)


def test_a_journal_that_vanished_is_not_begun_anew(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        fill(store, 2)
    copy = back_up(tmp_path / "journal.db")
    (tmp_path / "journal.db").unlink()
    with pytest.raises(JournalUnsafe) as caught:
        opened(tmp_path)
    assert caught.value.code is Code.JOURNAL_DAMAGED
    assert caught.value.context["copy"] == str(copy)
    assert not (tmp_path / "journal.db").exists()


def test_the_best_copy_is_the_newest_that_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    clock = Ticking()
    with opened(tmp_path) as store:
        fill(store, 5)
        good = back_up(path, utc=clock)
        fill(store, 5, first=5)
        newer = back_up(path, utc=clock)
    flipped(newer, 20, 3)
    path.write_bytes(b"")
    with pytest.raises(JournalUnsafe) as caught:
        opened(tmp_path)
    assert caught.value.context["copy"] == str(good)


def test_an_uncommitted_end_of_the_wal_is_no_damage(tmp_path: Path, killed: Path) -> None:
    """A program killed while it writes leaves frames without a commit mark."""
    folder = copied(killed, tmp_path / "cut")
    wal = folder / "journal.db-wal"
    frame = 24 + 4096
    data = wal.read_bytes()
    wal.write_bytes(data[: 32 + ((len(data) - 32) // frame - 1) * frame])
    how, events = fate(folder)
    assert (how, events) == ("whole", WAL_EVENTS - 1)
    with opened(folder) as store:
        store.append(step(1))
        store.append(issue_intent(500))
        assert store.verify().ok


def test_large_files_are_checked_by_their_tail(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from station.journal import damage

    monkeypatch.setattr(damage, "_WHOLE_CHECK_UP_TO", 0)
    folder = copied(closed, tmp_path / "large")
    opened(folder).close()
    data: Any = (folder / "journal.db").read_bytes()
    place = data.rindex(b'"operation":"op-59"')
    flipped(folder / "journal.db", place + 14, 0)
    assert fate(folder) == ("detected", 0)


def test_a_journal_that_is_being_written_meanwhile_is_not_called_damaged(tmp_path: Path) -> None:
    """Events written between looking at events and at heads: one moment is looked at."""
    with opened(tmp_path) as store:
        fill(store, 5)
        path = tmp_path / "journal.db"
        numbers = iter(range(100, 200))

        def write_before(statement: str) -> None:
            if "FROM heads" in statement or "FROM events" in statement:
                store.append(issue_intent(next(numbers)))

        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.set_trace_callback(write_before)
            damage.check_tail(connection, path, 200)
        assert next(numbers) > 101
        assert store.verify().ok
