"""Rooms: where they are by their names, and how an operator's words find one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.room import Room, find_room
from station.errors import Code, InputInvalid

ROOMS = [
    Room("775032240849920", "1-101"),
    Room("775032240849921", "1-102"),
    Room("775032240849922", "2-101"),
    Room("775032240849923", "A-1203"),
    Room("775032240849924", "总统套房"),
    Room("775032240849925", "888"),
    Room("775032240849926", "888"),
]


@pytest.mark.parametrize(
    ("name", "building", "floor"),
    [
        ("1-101", "1", "1"),
        ("A-1203", "A", "12"),
        ("3号楼 302", "3号楼", "3"),
        ("301", "", "3"),
        ("B栋-2-1501", "B栋-2", "15"),
        ("12", "", ""),
        ("总统套房", "", ""),
        ("", "", ""),
    ],
)
def test_building_and_floor_come_from_the_name(name: str, building: str, floor: str) -> None:
    room = Room("1", name)
    assert (room.building, room.floor) == (building, floor)


@pytest.mark.parametrize(
    ("text", "room_id"),
    [
        ("1-101", "775032240849920"),
        (" 1-102 ", "775032240849921"),
        ("102", "775032240849921"),
        ("a-1203", "775032240849923"),
        ("总统套房", "775032240849924"),
        ("775032240849922", "775032240849922"),
        ("775032240849926", "775032240849926"),
    ],
)
def test_a_room_is_found_by_name_end_of_name_or_id(text: str, room_id: str) -> None:
    assert find_room(ROOMS, text).id == room_id


@pytest.mark.parametrize("text", ["101", "888"])
def test_a_name_that_fits_several_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        find_room(ROOMS, text)
    assert caught.value.code is Code.ROOM_AMBIGUOUS
    for room in ROOMS:
        if room.name.endswith(text):
            assert room.id in str(caught.value.context["rooms"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.FIELD_EMPTY),
        ("   ", Code.FIELD_EMPTY),
        ("9-999", Code.ROOM_UNKNOWN),
        ("x" * 65, Code.FIELD_TOO_LONG),
        ("'; DROP TABLE rooms; --", Code.ROOM_UNKNOWN),
        ("🙂", Code.ROOM_UNKNOWN),
        ("01", Code.ROOM_UNKNOWN),
    ],
)
def test_bad_words_are_one_clear_error(text: str, code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        find_room(ROOMS, text)
    assert caught.value.code is code
    assert caught.value.context["field"] == "room"


@given(st.text(max_size=80))
def test_any_text_finds_one_room_or_says_why_not(text: str) -> None:
    try:
        assert find_room(ROOMS, text) in ROOMS
    except InputInvalid as error:
        assert error.context["field"] == "room"


@given(st.text(max_size=40))
def test_any_name_has_a_place(name: str) -> None:
    room = Room("1", name)
    assert isinstance(room.building, str)
    assert isinstance(room.floor, str)
