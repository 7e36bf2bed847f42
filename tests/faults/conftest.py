"""Real programs for every test here: a warmed-up one for many commands, and places for them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.lanes import Lanes, lanes
from tests.faults.place import Kept, Place, place
from tests.faults.program import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """The program, imported once."""
    with Warm() as made:
        yield made


@pytest.fixture(scope="session")
def furnished(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A desk with a supervisor and rooms, to begin with."""
    with place(tmp_path_factory.mktemp("furnished"), warm) as made:
        made.furnish()
        return made.keep("furnished")


@pytest.fixture
def desk(warm: Warm, furnished: Kept, tmp_path: Path) -> Iterator[Place]:
    """A desk with a supervisor, rooms, and a new card on the encoder."""
    with ExitStack() as stack:
        made = stack.enter_context(place(tmp_path / "desk", warm))
        made.restore(furnished)
        made.put()
        yield made


@pytest.fixture(scope="session")
def crash_lanes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lanes]:
    """Two places with everything that may come before a piece of work."""
    with lanes(tmp_path_factory.mktemp("lanes")) as made:
        yield made
