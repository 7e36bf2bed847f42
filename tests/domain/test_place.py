"""Rooms stand on the rack as in the house, and what has no number stands last."""

import pytest

from station.domain.place import LAST, Block, place_of, rack_key
from station.domain.room import Room


@pytest.mark.parametrize(
    ("name", "block", "number"),
    [
        ("1-101", Block("1", "1"), "101"),
        ("1-1203", Block("1", "12"), "1203"),
        ("301", Block("", "3"), "301"),
        ("A栋-2-305B", Block("A栋-2", "3"), "305B"),
        ("12", Block("", ""), "12"),
        ("总统套房", LAST, "总统套房"),
        (" 2-201 ", Block("2", "2"), "201"),
    ],
)
def test_a_name_says_where_a_room_stands(name: str, block: Block, number: str) -> None:
    place = place_of(Room("1", name))
    assert (place.block, place.number) == (block, number)


def test_buildings_and_numbers_count_floors_stand_as_in_a_house() -> None:
    names = ["总统套房", "10-101", "2-101", "2-1001", "2-102", "2-110", "301", "2-201", "12"]
    ordered = sorted(names, key=lambda name: rack_key(place_of(Room("1", name))))
    assert ordered == [
        "2-1001", "2-201", "2-101", "2-102", "2-110",
        "10-101",
        "301", "12",
        "总统套房",
    ]  # fmt: skip
