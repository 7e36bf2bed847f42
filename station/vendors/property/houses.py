"""Communities, buildings, units, floors, houses: level under level (property 2.1).

The document names no field for the level above; its appendices say whose id "is passed as `id`".
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from station.domain.house import Building, Community, Floor, House, Unit
from station.vendors._http import Endpoint
from station.vendors.property import wire
from station.vendors.property.caller import Caller
from station.vendors.property.wire import LIST_BYTES


@dataclass(frozen=True, slots=True)
class Row:
    """What a building, unit, floor and house have in common."""

    id: str
    number: str
    name: str
    kind: str


def communities(reply: Any) -> list[Community]:
    """By `community_identifier`: the row's own `id` is of no use to any other call."""
    return [
        Community(
            wire.ident(row.get("community_identifier"), "community_identifier"),
            wire.name(row.get("community_name"), "community_name"),
            wire.words(row.get("community_pinyin")),
        )
        for row in wire.rows(reply)
    ]


def level(what: str, reply: Any) -> list[Row]:
    """One level: `id`, `<what>_number`, `<what>_name`, and of a house its `house_type`."""
    return [
        Row(
            wire.ident(row.get("id"), "id"),
            wire.words(row.get(f"{what}_number")),
            wire.name(row.get(f"{what}_name"), f"{what}_name"),
            wire.words(row.get(f"{what}_type")),
        )
        for row in wire.rows(reply)
    ]


def _level(path: str, what: str) -> Endpoint[list[Row]]:
    return wire.endpoint(path, partial(level, what), idempotent=True, max_bytes=LIST_BYTES)


COMMUNITIES: Final = wire.endpoint(
    "communities", communities, idempotent=True, max_bytes=LIST_BYTES
)
BUILDINGS: Final = _level("buildings", "building")
UNITS: Final = _level("units", "unit")
FLOORS: Final = _level("floors", "floor")
HOUSES: Final = _level("houses", "house")


class HouseCalls(Caller):
    """Property 2.1. Deleted rows are left out; the platform's order is kept."""

    def communities(self) -> list[Community]:
        """Property 2.1.1; needs no token."""
        return self._bare(COMMUNITIES)

    def buildings(self, community_id: str) -> list[Building]:
        """Property 2.1.2."""
        found = self._call(BUILDINGS, {"id": wire.id_field(community_id, "community")})
        return [Building(row.id, community_id, row.number, row.name) for row in found]

    def units(self, building_id: str) -> list[Unit]:
        """Property 2.1.3."""
        found = self._call(UNITS, {"id": wire.id_field(building_id, "building")})
        return [Unit(row.id, building_id, row.number, row.name) for row in found]

    def floors(self, unit_id: str) -> list[Floor]:
        """Property 2.1.4."""
        found = self._call(FLOORS, {"id": wire.id_field(unit_id, "unit")})
        return [Floor(row.id, unit_id, row.number, row.name) for row in found]

    def houses(self, floor_id: str) -> list[House]:
        """Property 2.1.5."""
        found = self._call(HOUSES, {"id": wire.id_field(floor_id, "floor")})
        return [House(row.id, floor_id, row.number, row.name, row.kind) for row in found]
