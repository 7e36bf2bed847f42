"""A desk at work for each test: see `tests/desk_rig.py`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk_rig import DeskRig, desk_rig
from tests.workflows.houses import housed_rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[DeskRig]:
    with desk_rig(tmp_path) as rig:
        yield rig


@pytest.fixture
def gated(tmp_path: Path) -> Iterator[DeskRig]:
    """With a community's cloud as well."""
    with desk_rig(tmp_path, gate=True) as rig:
        yield rig


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[DeskRig]:
    """With every system: gates, Kexin's locks, faces and fingerprints on."""
    with desk_rig(tmp_path, gate=True, kexin=True) as rig:
        rig.desk = replace(rig.desk, site=replace(rig.desk.site, faces=True, fingerprints=True))
        yield rig


@pytest.fixture
def housed(tmp_path: Path) -> Iterator[DeskRig]:
    """With the property platform."""
    with housed_rig(tmp_path) as rig:
        yield rig
