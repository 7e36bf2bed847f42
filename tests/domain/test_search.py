"""What a clerk types finds the room: number, guest, pinyin, mobile, card, range; nothing more."""

import pytest

from station.domain.room import Room
from station.domain.search import Finder, Traces

ROOMS = [
    Room("775032240849920", "1-301"),
    Room("775032240849921", "1-302"),
    Room("775032240849922", "1-1301"),
    Room("775032240849923", "2-301"),
    Room("775032240849924", "总统套房"),
]
ZHANG = Traces(
    "张三", "13800000001", ("zhangsan", "zs", "san"), ("03F56240", "04A1B2C3D4E5F6", "77")
)


@pytest.fixture
def finder() -> Finder:
    made = Finder(ROOMS)
    made.note(1, ZHANG)
    return made


def names(finder: Finder, text: str) -> list[str]:
    return [ROOMS[at].name for at in finder.find(text).positions]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [room.name for room in ROOMS]),
        ("   ", [room.name for room in ROOMS]),
        ("301", ["1-301", "1-1301", "2-301"]),
        ("３０１", ["1-301", "1-1301", "2-301"]),
        ("1-301", ["1-301"]),
        ("总统", ["总统套房"]),
        ("775032240849923", ["2-301"]),
        ("张", ["1-302"]),
        ("zs", ["1-302"]),
        ("ZhangS", ["1-302"]),
        ("zhang san", ["1-302"]),
        ("san", ["1-302"]),
        ("0001", ["1-302"]),
        ("138 0000 0001", ["1-302"]),
        ("1380", []),
        ("001", []),
        ("03f5", ["1-302"]),
        ("04 A1-B2:C3", ["1-302"]),
        ("0x04a1b2", ["1-302"]),
        ("f562", []),
        ("hangsan", []),
        ("王", []),
    ],
)
def test_what_is_typed_finds(finder: Finder, text: str, found: list[str]) -> None:
    assert names(finder, text) == found


@pytest.mark.parametrize(
    ("text", "best"),
    [("1301", "1-1301"), ("301", "1-301"), ("2-301", "2-301"), ("zs", "1-302"), ("3", "1-301")],
)
def test_enter_takes_the_very_room_before_those_that_contain_it(
    finder: Finder, text: str, best: str
) -> None:
    found = finder.find(text).best
    assert found is not None
    assert ROOMS[found].name == best


def test_an_exact_number_comes_before_an_earlier_room_that_contains_it() -> None:
    rooms = [Room("1", "1-1301"), Room("2", "1-301")]
    assert Finder(rooms).find("301").best == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("301-302", ["1-301", "1-302", "2-301"]),
        ("301～302", ["1-301", "1-302", "2-301"]),
        ("301至302", ["1-301", "1-302", "2-301"]),
        ("1-301-302", ["1-301", "1-302"]),
        ("301，1301", ["1-301", "1-1301", "2-301"]),
        ("302,1-1301", ["1-302", "1-1301"]),
    ],
)
def test_a_range_or_list_means_all_of_it(finder: Finder, text: str, found: list[str]) -> None:
    assert names(finder, text) == found
    assert finder.find(text).is_range


@pytest.mark.parametrize("text", ["1-9999", "1-2", "9-1203", "302-301", "301,999", "a-b"])
def test_what_is_no_range_selects_nothing(finder: Finder, text: str) -> None:
    """An unknown room must not be taken for a range of a thousand."""
    found = finder.find(text)
    assert (found.positions, found.best, found.is_range) == ((), None, False)


def test_a_guest_who_is_forgotten_is_not_found(finder: Finder) -> None:
    finder.forget()
    for text in ("张", "zs", "0001", "03f5"):
        assert names(finder, text) == []
    assert names(finder, "302") == ["1-302"]


def test_a_new_guest_takes_the_place_of_the_one_before(finder: Finder) -> None:
    finder.note(1, Traces("李四", "13800000002", ("lisi", "ls")))
    assert names(finder, "zs") == []
    assert names(finder, "0001") == []
    assert names(finder, "ls") == ["1-302"]
