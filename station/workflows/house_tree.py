"""Houses (房屋): communities, buildings, units, floors and houses, kept with their age.

Each level is fetched when it is opened, or all of it at once; what was fetched works offline. A
site's one community (`Site.community_id`) is all that is shown.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from station.domain.house import Building, Community, Floor, House, HousePath, Unit
from station.domain.operator import Operator, Permission
from station.errors import StationError
from station.ports import Progress, PropertyPlatform
from station.workflows.desk import Desk

KEY: Final = "property:"
COMMUNITIES: Final = "communities"
BEGUN: Final = KEY + "refresh"
"""Since when everything is being fetched: what is left of a fetch that did not end."""
RESUMED_WITHIN: Final = timedelta(hours=1)
Node = Community | Building | Unit | Floor | House


@dataclass(frozen=True, slots=True)
class Level:
    """What lies under a node, and when it was fetched (UTC). `error`: why it is not newer."""

    nodes: tuple[Node, ...]
    at: datetime | None
    error: StationError | None = None


def open_level(
    desk: Desk, operator: Operator, above: Node | None = None, *, refresh: bool = False
) -> Level:
    """What lies under a node (None: the communities), fetched where none is kept, or an old one.

    When the platform cannot be asked, what is kept is shown with its age and the reason. Raises
    what the platform raised where nothing is kept.
    """
    operator.require(Permission.HOUSES)
    kept = _kept(desk, above)
    if kept is not None and not refresh and not _is_old(desk, kept):
        return kept
    key, _, fetch = _level(above)
    try:
        nodes = fetch(desk.need_property())
    except StationError as error:
        if kept is None:
            raise
        return Level(kept.nodes, kept.at, error)
    now = desk.clock.utc()
    desk.journal.keep(key, msgspec.json.encode(list(nodes)), now)
    return Level(_own(desk, nodes), now)


def kept_level(desk: Desk, operator: Operator, above: Node | None = None) -> Level | None:
    """What is kept of what lies under a node, without asking anybody; None: nothing is."""
    operator.require(Permission.HOUSES)
    return _kept(desk, above)


def refresh_all(
    desk: Desk,
    operator: Operator,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Fetch every level of the site's communities; how many houses there are.

    What was fetched before it was cancelled, or before the platform went away, stays, and is not
    fetched again by the next one within the hour. Raises what the platform raised.
    """
    operator.require(Permission.HOUSES)
    since = _begin(desk)
    waiting: list[Node | None] = [None]
    done = houses = 0
    while waiting:
        if cancelled():
            return houses
        above = waiting.pop(0)
        level = _kept(desk, above) if since is not None else None
        if level is None or since is None or not _within(level, since, desk.clock.utc()):
            level = open_level(desk, operator, above, refresh=True)
        if level.error is not None:
            raise level.error
        done += 1
        houses += sum(isinstance(node, House) for node in level.nodes)
        waiting += [node for node in level.nodes if not isinstance(node, House)]
        if progress is not None:
            progress(done, done + len(waiting))
    desk.journal.drop_kept(BEGUN)
    return houses


def all_houses(desk: Desk) -> list[HousePath]:
    """Every house that is kept, with everything above it, in the platform's order."""
    kept = {row.key: row.value for row in desk.journal.kept(KEY)}
    return list(_paths(lambda above: _own(desk, _read(kept, above) or ())))


def kept_since(desk: Desk) -> datetime | None:
    """When the oldest level that is kept was fetched (UTC); None: nothing is kept."""
    return min((row.at for row in desk.journal.kept(KEY) if row.key != BEGUN), default=None)


def _begin(desk: Desk) -> datetime | None:
    """When the fetch began (UTC) that this one goes on with; None: it is a new one."""
    now = desk.clock.utc()
    for row in desk.journal.kept(BEGUN):
        if timedelta(0) <= now - row.at <= RESUMED_WITHIN:
            return row.at
    desk.journal.keep(BEGUN, b"", now)
    return None


def _within(level: Level, since: datetime, until: datetime) -> bool:
    return level.at is not None and since <= level.at <= until


def _is_old(desk: Desk, level: Level) -> bool:
    if level.at is None:
        return True
    age = desk.clock.utc() - level.at
    return not timedelta(0) <= age <= timedelta(hours=desk.site.houses_max_age_hours)


def _own(desk: Desk, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Of communities the site's own one, where it has one."""
    wanted = desk.site.community_id
    return tuple(
        node for node in nodes if not (isinstance(node, Community) and wanted not in ("", node.id))
    )


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


def _kept(desk: Desk, above: Node | None) -> Level | None:
    key = _level(above)[0]
    for row in desk.journal.kept(key):
        if row.key == key:
            nodes = _read({key: row.value}, above)
            return None if nodes is None else Level(_own(desk, nodes), row.at)
    return None


def _read(kept: Mapping[str, bytes], above: Node | None) -> Sequence[Node] | None:
    """What is kept under a node; None where nothing is, or nothing that can be read."""
    key, kind, _ = _level(above)
    try:
        return msgspec.json.decode(kept[key], type=list[kind])  # type: ignore[valid-type]
    except (KeyError, msgspec.DecodeError):
        return None
