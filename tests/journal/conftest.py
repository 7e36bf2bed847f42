"""Fixtures of the journal's tests: a journal in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.journal import Store
from tests.journal.rig import Ticking, opened


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def store(tmp_path: Path, clock: Ticking) -> Iterator[Store]:
    with opened(tmp_path, clock) as journal:
        yield journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where `store` lies."""
    return tmp_path / "journal.db"
