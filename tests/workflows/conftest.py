"""A desk at work for each test: see `tests/desk_rig.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk_rig import DeskRig, desk_rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with desk_rig(tmp_path) as rig:
        yield rig


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[DeskRig]:
    """With a community's cloud as well."""
    with desk_rig(tmp_path, gate=True) as rig:
        yield rig
