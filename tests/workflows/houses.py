"""What tests with the property platform share: its first house, its owner, a house proved."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station.domain.house import HousePath
from station.domain.operator import Operator
from station.simulators.property import PropertySim
from station.workflows import house_tree, owner_check
from station.workflows.owner_check import OwnerProved
from tests.desk_rig import WANG, DeskRig, desk_rig

OWNER = "13800000001"
NUMBERS = tuple(f"1380000000{number}" for number in range(1, 6))


@contextmanager
def housed_rig(folder: Path, **more: object) -> Iterator[DeskRig]:
    """A desk with the property platform, and rooms that nobody asks for."""
    with desk_rig(folder, rooms=2, property=True, **more) as rig:  # type: ignore[arg-type]
        yield rig


def sim_of(rig: DeskRig) -> PropertySim:
    assert rig.property_sim is not None
    return rig.property_sim


def open_path(rig: DeskRig, *places: int, by: Operator = WANG) -> HousePath:
    """The house at these places (from 0) of each level, opened level by level."""
    nodes: list[house_tree.Node] = []
    for place in places or (0, 0, 0, 0, 0):
        above = nodes[-1] if nodes else None
        nodes.append(house_tree.open_level(rig.desk, by, above).nodes[place])
    return HousePath(*nodes)  # type: ignore[arg-type]


def code_of(rig: DeskRig, mobile: str = OWNER) -> str:
    """What the owner reads out."""
    return sim_of(rig).sms(mobile)[-1].code


def prove(rig: DeskRig, house: HousePath | None = None, by: Operator = WANG) -> OwnerProved:
    """The first house, its owner having said yes."""
    asked = owner_check.ask(rig.desk, by, house or open_path(rig, by=by))
    return owner_check.prove(rig.desk, by, asked, code_of(rig, asked.owner.mobile))


def calls(rig: DeskRig, *paths: str) -> int:
    """How many calls of these paths (`house/shouquan`) came in; of all without any."""
    seen = sim_of(rig).calls.all()
    return sum(not paths or call.path.removeprefix("/api/v1/") in paths for call in seen)


def written_down(rig: DeskRig) -> bytes:
    """Everything that the desk has on its disk."""
    return b"".join(path.read_bytes() for path in rig.folder.rglob("*") if path.is_file())
