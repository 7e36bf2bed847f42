"""Triggers on the real file: an event that was written is never changed, removed or replaced."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.journal import Store
from tests.journal.rig import fill

COLUMNS = "desk, sequence, time, operator, operation, kind, state, canonical, hash"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET operator = 'x' WHERE id = 1",
        "UPDATE events SET hash = hash",
        "DELETE FROM events WHERE id = 1",
        "DELETE FROM events",
        (
            f"INSERT OR REPLACE INTO events(id, {COLUMNS})"
            f" SELECT id, {COLUMNS} FROM events WHERE id = 1"
        ),
        f"REPLACE INTO events({COLUMNS}) SELECT {COLUMNS} FROM events WHERE id = 1",
        (
            f"INSERT INTO events({COLUMNS}) SELECT {COLUMNS} FROM events WHERE id = 1"
            " ON CONFLICT (desk, sequence) DO UPDATE SET operator = 'x'"
        ),
    ],
)
def test_events_are_append_only(store: Store, path: Path, statement: str) -> None:
    fill(store, 2)
    with closing(sqlite3.connect(path)) as other:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute(statement)
        other.rollback()
    assert store.verify().events == 4
