"""Houses (房屋): communities, buildings, units, floors and houses, kept with their age.

Each level is fetched when it is opened, or all of it at once; what was fetched works offline.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from station.domain.house import Building, Community, Floor, House, HousePath, Unit
from station.domain.operator import Operator, Permission
from station.errors import StationError, Unreachable
from station.ports import Progress, PropertyPlatform
from station.workflows.desk import Desk

KEY: Final = "property:"
COMMUNITIES: Final = "communities"
Node = Community | Building | Unit | Floor | House
_Item = TypeVar("_Item", Community, Building, Unit, Floor, House)


@dataclass(frozen=True, slots=True)
class Level:
    """What lies under a node, and when it was fetched (UTC). `error`: why it is not newer."""

    nodes: tuple[Node, ...]
    at: datetime | None
    error: StationError | None = None


def open_level(
    desk: Desk, operator: Operator, above: Node | None = None, *, refresh: bool = False
) -> Level:
    """What lies under a node (None: the communities), fetched where it is not kept yet.

    When the platform cannot be asked, what is kept is shown with its age and the reason. Raises
    what the platform raised where nothing is kept.
    """
    operator.require(Permission.HOUSES)
    key, kind, fetch = _level(above)
    kept = _kept(desk, key, kind)
    if kept is not None and not refresh:
        return Level(kept[0], kept[1])
    try:
        nodes = fetch(desk.need_property())
    except StationError as error:
        if kept is None:
            raise
        return Level(kept[0], kept[1], error)
    return Level(tuple(nodes), _keep(desk, key, nodes))


def kept_level(desk: Desk, operator: Operator, above: Node | None = None) -> Level | None:
    """What is kept of what lies under a node, without asking anybody; None: nothing is."""
    operator.require(Permission.HOUSES)
    key, kind, _ = _level(above)
    kept = _kept(desk, key, kind)
    return Level(*kept) if kept is not None else None


def refresh_all(
    desk: Desk,
    operator: Operator,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Fetch every level of every community; how many houses there are.

    What was fetched before it was cancelled, or before the platform went away, stays.
    """
    operator.require(Permission.HOUSES)
    waiting: list[Node | None] = [None]
    done = houses = 0
    while waiting and not cancelled():
        level = open_level(desk, operator, waiting.pop(0), refresh=True)
        if isinstance(level.error, Unreachable):
            raise level.error
        done += 1
        houses += sum(isinstance(node, House) for node in level.nodes)
        waiting += [node for node in level.nodes if not isinstance(node, House)]
        if progress is not None:
            progress(done, done + len(waiting))
    return houses


def all_houses(desk: Desk) -> list[HousePath]:
    """Every house that is kept, with everything above it, in the platform's order."""
    kept = {row.key: row.value for row in desk.journal.kept(KEY)}

    def under(above: Node | None) -> Sequence[Node]:
        key, kind, _ = _level(above)
        value = kept.get(key)
        return () if value is None else msgspec.json.decode(value, type=list[kind])  # type: ignore[valid-type]

    return list(_paths(under))


def _paths(under: Callable[[Node | None], Sequence[Node]]) -> Iterator[HousePath]:
    for community in under(None):
        for building in under(community):
            for unit in under(building):
                for floor in under(unit):
                    for house in under(floor):
                        assert isinstance(community, Community)  # noqa: S101 - as _level has it
                        assert isinstance(building, Building)  # noqa: S101
                        assert isinstance(unit, Unit)  # noqa: S101
                        assert isinstance(floor, Floor)  # noqa: S101
                        assert isinstance(house, House)  # noqa: S101
                        yield HousePath(community, building, unit, floor, house)


def _level(
    above: Node | None,
) -> tuple[str, type[Node], Callable[[PropertyPlatform], Sequence[Node]]]:
    """The key under which a level is kept, what it holds, and how it is fetched."""
    match above:
        case None:
            return KEY + COMMUNITIES, Community, lambda platform: platform.communities()
        case Community(id=key):
            return f"{KEY}buildings:{key}", Building, lambda platform: platform.buildings(key)
        case Building(id=key):
            return f"{KEY}units:{key}", Unit, lambda platform: platform.units(key)
        case Unit(id=key):
            return f"{KEY}floors:{key}", Floor, lambda platform: platform.floors(key)
        case Floor(id=key):
            return f"{KEY}houses:{key}", House, lambda platform: platform.houses(key)
        case House():
            raise ValueError("nothing lies under a house")


def _kept(desk: Desk, key: str, kind: type[Node]) -> tuple[tuple[Node, ...], datetime] | None:
    for row in desk.journal.kept(key):
        if row.key == key:
            nodes = msgspec.json.decode(row.value, type=list[kind])  # type: ignore[valid-type]
            return tuple(nodes), row.at
    return None


def _keep(desk: Desk, key: str, nodes: Sequence[Node]) -> datetime:
    now = desk.clock.utc()
    desk.journal.keep(key, msgspec.json.encode(list(nodes)), now)
    return now
