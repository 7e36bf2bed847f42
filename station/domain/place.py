"""Where rooms stand: building, floor and number out of a room's name, and the order of the rack."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from station.domain.room import Room, place_in

_PARTS = re.compile(r"(\d+)")


class Block(NamedTuple):
    """Rooms that stand together; without `numbered` the last group, rooms without a number."""

    building: str
    floor: str
    numbered: bool = True


LAST = Block("", "", numbered=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One room's place. `number` is what stands on the door: `101` of `1-101`."""

    block: Block
    number: str


Key = tuple[object, ...]


def place_of(room: Room) -> Place:
    """Where a room stands; one whose name says no number is in the last group."""
    name = room.name.strip()
    building, floor = place_in(room.name)
    number = name[len(building) + 1 :] if building else name
    if not any(char.isdigit() for char in number):
        return Place(LAST, name)
    return Place(Block(building, floor), number)


def rack_key(place: Place) -> Key:
    """Sorts the rack: by building, upper floors first as a house stands, by number."""
    block = place.block
    floor = -int(block.floor) if block.floor else 1
    return (
        not block.numbered,
        not block.building,
        natural_key(block.building),
        floor,
        natural_key(place.number),
    )


@lru_cache(maxsize=4096)
def natural_key(text: str) -> Key:
    """`2` before `10`, `A2` before `A10`; text before nothing, letters in either case alike."""
    return tuple(
        (0, int(part), "") if place % 2 else (1, 0, part.casefold())
        for place, part in enumerate(_PARTS.split(text))
        if part
    )
