"""Which house somebody means: by its whole name, `1-2-301`, parts of the name, or `id:17`.

A bare number never is an id: 101 is written on many doors, and an id may be the same number.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from station.domain.house import HousePath
from station.domain.person import clean_text
from station.domain.search import fold
from station.errors import Code, InputInvalid

MAX_TEXT: Final = 80
NAMED: Final = 5
"""So many houses are named where a text fits several."""
_ID: Final = "id:"
_CHAIN: Final = re.compile(r"\d+(?:[-－–—~]\d+){1,3}")
_DASH: Final = re.compile(r"[-－–—~]")


def find_houses(houses: Iterable[HousePath], text: str) -> list[HousePath]:
    """Every house that each word of the text fits, in their order.

    Raises `InputInvalid` FIELD_EMPTY, FIELD_TOO_LONG, FIELD_CHARACTERS.
    """
    words = fold(clean_text(text, field="house", limit=MAX_TEXT)).split()
    known = list(houses)
    for word in words:
        known = _meant(known, word)
    return known


def find_house(houses: Sequence[HousePath], text: str) -> HousePath:
    """The one house that is meant: a whole name goes before parts of longer ones.

    Raises `InputInvalid` HOUSE_UNKNOWN, HOUSE_AMBIGUOUS, and as `find_houses`.
    """
    found = find_houses(houses, text)
    wanted = fold(text)
    exact = [path for path in found if wanted in (fold(path.full_name), f"{_ID}{path.id}")]
    found = exact or found
    if not found:
        raise InputInvalid(Code.HOUSE_UNKNOWN, field="house", value=text.strip()[:40])
    if len(found) > 1:
        names = [f"{path.full_name} ({_ID}{path.id})" for path in found[:NAMED]]
        more = [] if len(found) <= NAMED else ["…"]
        raise InputInvalid(
            Code.HOUSE_AMBIGUOUS, field="house", value=text.strip()[:40], houses=names + more
        )
    return found[0]


def chain_of(word: str) -> str:
    """`1-2-301` however its dashes are written; empty for a word that is no such chain."""
    return "-".join(_DASH.split(word)) if _CHAIN.fullmatch(word) else ""


def chains_of(path: HousePath) -> frozenset[str]:
    """Building, unit and house (`1-2-301`); with the floor between, or without the unit."""
    building, unit = path.building.number, path.unit.number
    floor, house = path.floor.number, path.house.number
    return frozenset(
        "-".join(numbers)
        for numbers in ((building, unit, house), (building, unit, floor, house), (building, house))
    )


def _meant(houses: list[HousePath], word: str) -> list[HousePath]:
    """A chain means the houses that have it; where none has, it is a part of a name as others."""
    chain = chain_of(word)
    if chain and (found := [path for path in houses if chain in chains_of(path)]):
        return found
    return [path for path in houses if _fits(path, word)]


def _fits(path: HousePath, word: str) -> bool:
    if word.startswith(_ID):
        return word == f"{_ID}{path.id}"
    return word in fold(path.full_name) or fold(path.community.pinyin).startswith(word)
