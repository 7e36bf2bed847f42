"""Finding houses by what a clerk types: number, full name, pinyin, initials, or `1-2-301`.

Words that stand apart narrow each other: `cxjy 301`. Nothing personal is in here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from station.domain.house import HousePath
from station.domain.house_names import chain_of, chains_of
from station.domain.place import Block, Place
from station.domain.room import Room
from station.domain.search import Finder, Traces, fold
from ui.presenters.search import spellings

_NUMBER: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class HouseHits:
    """The houses that a text means, in the platform's order, and the one that Enter takes."""

    houses: tuple[HousePath, ...] = ()
    best: HousePath | None = None


class HouseIndex:
    """Every house that the desk knows. Made on a lane; finding is quick enough for the screen."""

    def __init__(self, houses: Sequence[HousePath] = ()) -> None:
        self.houses = tuple(houses)
        self._finder = Finder(
            [Room("", path.full_name) for path in houses],
            [
                Place(Block(path.building.number, path.floor.number), path.house.number)
                for path in houses
            ],
        )
        self._chains: dict[str, list[int]] = {}
        typed = cache(_typed)
        for at, path in enumerate(houses):
            self._finder.note(at, Traces(spellings=_spelled(path, typed)))
            for chain in chains_of(path):
                self._chains.setdefault(chain, []).append(at)

    def find(self, text: str) -> HouseHits:
        """The houses that every word of the text means."""
        words = fold(text).split()
        if not words:
            return HouseHits()
        found: set[int] | None = None
        best: int | None = None
        for word in words:
            positions, first = self._one(word)
            best = first if len(words) == 1 else None
            found = set(positions) if found is None else found & set(positions)
        places = sorted(found or ())
        if not places:
            return HouseHits()
        houses = tuple(self.houses[at] for at in places)
        return HouseHits(houses, self.houses[best] if best in places else houses[0])

    def _one(self, word: str) -> tuple[Sequence[int], int | None]:
        places = self._chains.get(chain_of(word))
        if places:
            return places, places[0]
        found = self._finder.find(word)
        return found.positions, found.best


@dataclass(frozen=True, slots=True)
class _Typed:
    """One level as it is typed: in every way, whole, and by its initials with its number whole."""

    ways: tuple[str, ...]
    whole: str
    initials: str


def _typed(name: str) -> _Typed:
    """Of many readings the first is the usual one."""
    whole, initials = "", ""
    for part in _NUMBER.split(name):
        said = () if not part or part.isdecimal() else spellings(part)
        whole += said[0] if said else fold(part)
        initials += said[1] if len(said) > 1 else fold(part)
    return _Typed(spellings(name), whole, initials)


def _spelled(path: HousePath, typed: Callable[[str], _Typed]) -> tuple[str, ...]:
    """The community and the building by themselves, and the whole name in a row."""
    community, building = path.community, path.building
    names = (community.name, building.name, path.unit.name, path.floor.name, path.house.name)
    levels = [typed(name) for name in names]
    whole = "".join(level.whole for level in levels)
    initials = "".join(level.initials for level in levels)
    alone = (*levels[0].ways, *levels[1].ways, fold(community.pinyin))
    return tuple(dict.fromkeys(text for text in (*alone, whole, initials) if text))
