"""Every tile stands where it is found again: by point, by row, by page."""

import pytest
from PySide6.QtCore import QRect

from station.domain.place import LAST, Block
from ui.widgets.rack_layout import Measures, RackLayout, runs_of

M = Measures(tile_width=96, tile_height=60, gap=8, margin=12, gutter=20, heading=30, floor_gap=12)


def layout(*counts: tuple[Block, int], width: int = 500) -> RackLayout:
    blocks = [block for block, count in counts for _ in range(count)]
    return RackLayout(runs_of(blocks), width, M)


HOUSE = ((Block("1", "2"), 9), (Block("1", "1"), 3), (Block("2", "1"), 5), (LAST, 2))


@pytest.mark.parametrize("width", [1, 150, 500, 931, 4000])
def test_every_tile_is_found_at_its_place_and_within_the_width(width: int) -> None:
    made = layout(*HOUSE, width=width)
    seen: set[tuple[int, int]] = set()
    for slot in range(made.count):
        rect = made.rect(slot)
        seen.add((rect.x(), rect.y()))
        assert made.at(rect.center().x(), rect.center().y()) == slot
        assert made.at(rect.left() - 1, rect.center().y()) is None
        assert rect.bottom() < made.height
        if width >= 150:
            assert rect.right() < width
    assert len(seen) == made.count == 19


def test_a_building_has_one_heading_and_a_floor_stands_below_it() -> None:
    made = layout(*HOUSE)
    headed = [placed.run.block for placed in made.placed if placed.heading_y is not None]
    assert headed == [Block("1", "2"), Block("2", "1"), LAST]
    for placed in made.placed:
        if placed.heading_y is not None:
            assert placed.y == placed.heading_y + M.heading


def test_a_house_of_one_nameless_building_needs_no_heading() -> None:
    made = layout((Block("", "3"), 4), (Block("", "2"), 4))
    assert [placed.heading_y for placed in made.placed] == [None, None]


def test_arrows_stay_in_their_column_across_floors() -> None:
    made = layout((Block("1", "2"), 6), (Block("1", "1"), 2))
    assert made.columns == 4
    assert made.vertical(1, 1) == 5
    assert made.vertical(3, 1) == 5, "a shorter row: its last tile"
    assert made.vertical(5, 1) == 7
    assert made.vertical(6, -1) == 4
    assert made.vertical(0, -1) == 0
    assert made.vertical(7, 1) == 7


def test_a_page_goes_about_as_far_as_it_says_and_ends_at_the_ends() -> None:
    made = layout((Block("1", "1"), 100))
    down = made.page(2, 300)
    assert 300 <= made.rect(down).y() - made.rect(2).y() <= 300 + M.tile_height + M.gap
    assert made.page(down, -300) == 2
    assert made.page(97, 10_000) == 97
    assert made.page(5, -10_000) == 1


def test_only_what_an_area_touches_is_inside() -> None:
    made = layout(*HOUSE)
    for area in (QRect(0, 0, 200, 150), made.rect(5), QRect(0, 0, 5000, 5000), QRect(0, 0, 5, 5)):
        expected = [slot for slot in range(made.count) if made.rect(slot).intersects(area)]
        assert made.inside(area) == expected


def test_nothing_shown_is_laid_out_too() -> None:
    made = layout()
    assert (made.count, made.height, made.at(50, 50)) == (0, 0, None)
    assert made.inside(QRect(0, 0, 99, 99)) == []
