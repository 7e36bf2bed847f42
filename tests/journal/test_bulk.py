"""The benchmarks' big journal is a real one: its chain verifies, and a rebuild changes nothing."""

from pathlib import Path

from station.journal import open_journal
from tests.bench.journal_data import DESK, KEY, build
from tests.journal.rig import projections


def test_a_journal_made_in_bulk_equals_its_own_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    build(path, 400)
    before = projections(path)
    with open_journal(path, desk=DESK, key=KEY) as store:
        assert (store.verify().ok, store.verify().events) == (True, 800)
        store.rebuild()
    after = projections(path)
    assert {name for name in before if before[name] != after[name]} == set()
