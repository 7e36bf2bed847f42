"""Chapter 2.1 of the property document: communities, buildings, units, floors, houses."""

from station.simulators.property.endpoint import NUMBER, Access, Asked, Endpoint, Service
from station.simulators.property.sentences import Answer


def _list(sentence: str, rows: list[dict[str, object]]) -> Answer:
    return Answer(sentence, sentence, {"data": rows})


def communities(service: Service, _asked: Asked) -> Answer:
    """2.1.1."""
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "city_id": None,
            "community_name": each.name,
            "community_identifier": each.identifier,
            "community_pinyin": each.pinyin,
            "community_type": 0,
            "community_order": 0,
            "community_value1": None,
            "community_value2": None,
            "community_value3": None,
            "deleted_at": None,
        }
        for each in service.estate.records.communities.values()
    ]
    return _list("获取到了小区", rows)


def buildings(service: Service, asked: Asked) -> Answer:
    """2.1.2: `id` is the community's `community_identifier`; of an unknown one an empty list."""
    wanted = asked.fields.text("id")
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "community_identifier": int(each.community),
            "building_number": each.number,
            "building_name": each.name,
            "deleted_at": None,
        }
        for each in service.estate.records.buildings.values()
        if each.community == wanted
    ]
    return _list("获取到了楼栋", rows)


def units(service: Service, asked: Asked) -> Answer:
    """2.1.3; its sentence speaks of buildings in the document too."""
    wanted = asked.fields.id()
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "building_id": each.building_id,
            "community_identifier": int(each.community),
            "unit_number": each.number,
            "unit_name": each.name,
            "deleted_at": None,
        }
        for each in service.estate.records.units.values()
        if each.building_id == wanted
    ]
    return _list("获取到了楼栋", rows)


def floors(service: Service, asked: Asked) -> Answer:
    """2.1.4."""
    wanted = asked.fields.id()
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "unit_id": each.unit_id,
            "community_identifier": int(each.community),
            "floor_number": each.number,
            "floor_name": each.name,
            "deleted_at": None,
        }
        for each in service.estate.records.floors.values()
        if each.unit_id == wanted
    ]
    return _list("获取到了楼层", rows)


def houses(service: Service, asked: Asked) -> Answer:
    """2.1.5; its sentence speaks of the owner's number, which the data does not have."""
    wanted = asked.fields.id()
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "floor_id": each.floor_id,
            "community_identifier": int(each.community),
            "house_number": each.number,
            "house_name": each.name,
            "house_type": each.type,
            "house_value1": None,
            "house_value2": None,
            "house_value3": None,
            "deleted_at": None,
        }
        for each in service.estate.records.houses.values()
        if each.floor_id == wanted
    ]
    return _list("获取到了房间和业主手机号", rows)


_DELETED = frozenset({"deleted_at"})
_COMMUNITY = _DELETED | {"city_id", "community_value1", "community_value2", "community_value3"}
_HOUSE = _DELETED | {"house_value1", "house_value2", "house_value3"}

TREE_CALLS = (
    Endpoint(
        "2.1.1", "communities", communities,
        access=Access.ANYBODY, code=NUMBER, optional=frozenset(_COMMUNITY),
    ),
    Endpoint("2.1.2", "buildings", buildings, code=NUMBER, optional=_DELETED),
    Endpoint("2.1.3", "units", units, code=NUMBER, optional=_DELETED),
    Endpoint("2.1.4", "floors", floors, code=NUMBER, optional=_DELETED),
    Endpoint("2.1.5", "houses", houses, code=NUMBER, optional=frozenset(_HOUSE)),
)  # fmt: skip
