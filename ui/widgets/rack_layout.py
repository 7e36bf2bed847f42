"""Where each tile of the rack stands: headings, floors, columns. Arithmetic only, no painting.

A slot is a place in the order of what is shown (0 is the first tile). All lengths are logical
pixels from the top left corner of the whole rack, however far it is scrolled.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QRect

from station.domain.place import Block


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes that a font and the tokens ask for."""

    tile_width: int
    tile_height: int
    gap: int
    margin: int
    gutter: int
    """Left of the tiles, for the floor."""
    heading: int
    """Height of a building's heading."""
    floor_gap: int


@dataclass(frozen=True, slots=True)
class Run:
    """Shown rooms of one block: slots `first` to `first + count - 1`."""

    block: Block
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A run at its place. `heading_y` is where its building's heading begins, None without one."""

    run: Run
    y: int
    rows: int
    heading_y: int | None


def runs_of(blocks: Iterable[Block]) -> list[Run]:
    """The runs of what is shown, from each tile's block in order."""
    runs: list[Run] = []
    first = 0
    for block, members in groupby(blocks):
        count = len(list(members))
        runs.append(Run(block, first, count))
        first += count
    return runs


class RackLayout:
    """Runs laid out for one width."""

    def __init__(self, runs: Sequence[Run], width: int, measures: Measures) -> None:
        self.measures = m = measures
        self.count = runs[-1].first + runs[-1].count if runs else 0
        self.left = m.margin + m.gutter
        room = max(width - self.left - m.margin, m.tile_width)
        self.columns = max(1, (room + m.gap) // (m.tile_width + m.gap))
        self.tile_width = (room + m.gap) // self.columns - m.gap
        self.placed: list[Placed] = []
        self.height = self._place(runs)
        self._firsts = [placed.run.first for placed in self.placed]
        self._tops = [placed.y for placed in self.placed]

    def _place(self, runs: Sequence[Run]) -> int:
        m, y = self.measures, self.measures.margin
        several = len({(run.block.building, run.block.numbered) for run in runs}) > 1
        before: tuple[str, bool] | None = None
        for run in runs:
            building = run.block.building, run.block.numbered
            heading_y = None
            named = several or bool(run.block.building) or not run.block.numbered
            if building != before and named:
                heading_y, y = y, y + m.heading
            before = building
            rows = -(-run.count // self.columns)
            self.placed.append(Placed(run, y, rows, heading_y))
            y += rows * (m.tile_height + m.gap) - m.gap + m.floor_gap
        return y - m.floor_gap + m.margin if runs else 0

    def rect(self, slot: int) -> QRect:
        """A tile's rectangle."""
        placed = self.placed[bisect_right(self._firsts, slot) - 1]
        row, column = divmod(slot - placed.run.first, self.columns)
        m = self.measures
        return QRect(
            self.left + column * (self.tile_width + m.gap),
            placed.y + row * (m.tile_height + m.gap),
            self.tile_width,
            m.tile_height,
        )

    def at(self, x: int, y: int) -> int | None:
        """The tile under a point."""
        place = bisect_right(self._tops, y) - 1
        if place < 0 or x < self.left:
            return None
        placed, m = self.placed[place], self.measures
        row, into_row = divmod(y - placed.y, m.tile_height + m.gap)
        column, into_column = divmod(x - self.left, self.tile_width + m.gap)
        if into_row >= m.tile_height or into_column >= self.tile_width:
            return None
        if column >= self.columns or row >= placed.rows:
            return None
        index = row * self.columns + column
        return placed.run.first + index if index < placed.run.count else None

    def between(self, top: int, bottom: int) -> Iterator[Placed]:
        """The runs of which something, heading or tile, stands between two heights."""
        for placed in self.placed[max(bisect_right(self._tops, top) - 1, 0) :]:
            if (placed.y if placed.heading_y is None else placed.heading_y) > bottom:
                return
            yield placed

    def slots(self, placed: Placed, top: int, bottom: int) -> range:
        """The slots of a run whose tiles reach between two heights."""
        pitch = self.measures.tile_height + self.measures.gap
        first = max((top - placed.y) // pitch, 0) * self.columns
        last = max((bottom - placed.y) // pitch + 1, 0) * self.columns
        begin = placed.run.first
        return range(begin + min(first, placed.run.count), begin + min(last, placed.run.count))

    def inside(self, area: QRect) -> list[int]:
        """The slots whose tiles a rectangle touches."""
        return [
            slot
            for placed in self.between(area.top(), area.bottom())
            for slot in self.slots(placed, area.top(), area.bottom())
            if self.rect(slot).intersects(area)
        ]

    def vertical(self, slot: int, step: int) -> int:
        """The slot a row further down (`step` 1) or up (-1) in the same column, or the nearest."""
        at = bisect_right(self._firsts, slot) - 1
        placed = self.placed[at]
        row, column = divmod(slot - placed.run.first, self.columns)
        row += step
        if not 0 <= row < placed.rows:
            at += step
            if not 0 <= at < len(self.placed):
                return slot
            placed = self.placed[at]
            row = 0 if step > 0 else placed.rows - 1
        index = min(row * self.columns + column, placed.run.count - 1)
        return placed.run.first + index

    def page(self, slot: int, distance: int) -> int:
        """The slot about `distance` pixels further down (or up, below 0)."""
        wanted = self.rect(slot).y() + distance
        step = 1 if distance > 0 else -1
        while True:
            further = self.vertical(slot, step)
            if further == slot or (self.rect(further).y() - wanted) * step > 0:
                return slot if further == slot else further
            slot = further
