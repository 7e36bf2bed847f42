"""Which house is meant: whole names, chains of numbers, parts, ids; never a guess."""

from dataclasses import replace

import pytest

from station.domain.house import Building, Community, Floor, House, HousePath, Unit
from station.domain.house_names import find_house, find_houses
from station.errors import Code, InputInvalid


def a_house(number: str, *, key: str, building: str = "1", unit: str = "1") -> HousePath:
    return HousePath(
        Community("10002", "晨曦家园", "ChenXiJiaYuan"),
        Building("7", "10002", building, f"{building}栋"),
        Unit("8", "7", unit, f"{unit}单元"),
        Floor("9", "8", number[:-2], f"{number[:-2]}楼"),
        House(key, "9", number, f"{number}号"),
    )


HOUSES = [
    a_house("101", key="5"),
    a_house("102", key="101"),
    a_house("1101", key="6"),
    a_house("101", key="8", unit="2"),
    a_house("101", key="9", building="11"),
]


def ids(text: str) -> list[str]:
    return [path.id for path in find_houses(HOUSES, text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("晨曦家园1栋1单元1楼101号", ["5"]),
        ("1-1-101", ["5"]),
        ("1－2－101", ["8"]),
        ("1-1-1-101", ["5"]),
        ("1-101", ["5", "8"]),
        ("11-101", ["9"]),
        ("11-1-101", ["9"]),
        ("1-1-11-1101", ["6"]),
        ("１０２", ["101"]),
        ("id:101", ["101"]),
        ("id:1", []),
        ("chenxi 1101", ["6"]),
        ("2单元 101", ["8"]),
        ("102 2单元", []),
        ("102 103", []),
    ],
)
def test_what_a_text_fits(text: str, found: list[str]) -> None:
    assert ids(text) == found


def test_a_chain_that_no_house_has_is_a_part_of_a_name() -> None:
    shop = replace(HOUSES[0], house=House("12", "9", "3-2", "3-2号铺"))
    assert [path.id for path in find_houses([*HOUSES, shop], "3-2")] == ["12"]
    assert [path.id for path in find_houses([*HOUSES, shop], "1-101")] == ["5", "8"]


def test_a_whole_name_is_not_taken_for_a_part_of_another() -> None:
    assert find_house(HOUSES, "晨曦家园1栋1单元1楼101号").id == "5"
    assert find_house(HOUSES, " 晨曦家园11栋1单元1楼101号 ").id == "9"
    above = a_house("101", key="10")
    attic = replace(above, house=House("11", "9", "101", "101号阁楼"))
    assert find_house([attic, above], above.full_name).id == "10"


def test_a_number_on_a_door_is_never_taken_for_an_id() -> None:
    with pytest.raises(InputInvalid) as caught:
        find_house(HOUSES, "101")
    assert caught.value.code is Code.HOUSE_AMBIGUOUS
    assert "晨曦家园1栋1单元1楼101号 (id:5)" in caught.value.context["houses"]  # type: ignore[operator]
    assert find_house(HOUSES, "id:101").full_name.endswith("102号")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.FIELD_EMPTY),
        (" ", Code.FIELD_EMPTY),
        ("9" * 81, Code.FIELD_TOO_LONG),
        ("1\u202e01", Code.FIELD_CHARACTERS),
        ("9-999", Code.HOUSE_UNKNOWN),
        ("'; DROP TABLE", Code.HOUSE_UNKNOWN),
        ("1栋", Code.HOUSE_AMBIGUOUS),
    ],
)
def test_what_fits_nothing_or_too_much_is_said(text: str, code: Code) -> None:
    with pytest.raises(InputInvalid) as caught:
        find_house(HOUSES, text)
    assert caught.value.code is code


def test_a_long_list_is_cut() -> None:
    many = [a_house(f"{number}01", key=str(number)) for number in range(1, 30)]
    with pytest.raises(InputInvalid) as caught:
        find_house(many, "晨曦")
    names = caught.value.context["houses"]
    assert isinstance(names, list)
    assert (len(names), names[-1]) == (6, "…")
