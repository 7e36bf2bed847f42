"""Rooms for demonstrations and tests: the same ones each time, named like the document's 1-101."""

from collections.abc import Iterator

from station.simulators.hardware import Room

_FIRST_ID = 775032240849920  # the document's own example, 15 digits
_LONGEST_ID = 9223372036854775807  # rm_id is a Long in half of the document


def sample_rooms(count: int | None = None) -> list[Room]:
    """`count` rooms; without it 3 buildings of 4 floors with 8 rooms each.

    The first room is the document's `1-101` with id 775032240849920. Ids have 15 digits in the
    first building, up to 19 in the others, so that a client that reads them as floats is found
    out. Raises ValueError for a count below 0 or above 1,000,000.
    """
    if count is None:
        return list(_building_rooms(buildings=3, floors=4, per_floor=8))
    if not 0 <= count <= 1_000_000:
        raise ValueError(f"count out of range: {count}")
    per_floor = 8 if count <= 500 else 50
    floors = 4 if count <= 500 else 20
    buildings = -(-count // (floors * per_floor))
    return list(_building_rooms(buildings, floors, per_floor))[:count]


def _building_rooms(buildings: int, floors: int, per_floor: int) -> Iterator[Room]:
    for building in range(1, buildings + 1):
        for floor in range(1, floors + 1):
            for door in range(1, per_floor + 1):
                index = ((building - 1) * floors + floor - 1) * per_floor + door - 1
                yield Room(_room_id(building, index), f"{building}-{floor}{door:02d}")


def _room_id(building: int, index: int) -> str:
    scale = 10 ** ((building - 1) % 4)  # 15, 16, 17, 18 digits
    number = _FIRST_ID * scale + index * 4097
    if building % 3 == 0:
        number = _LONGEST_ID - index * 4097  # 19 digits, beyond what a double holds
    return str(number)
