"""Finding rooms by what a clerk types: number, name, guest, pinyin, mobile, card, or a range.

Everything is held in memory and nothing of it is written down. A guest's traces are forgotten with
`forget`. The figures are chosen so that 10,000 rooms are searched within a screen's frame.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from station.domain.place import Place, place_of
from station.domain.room import Room

MIN_CODE: Final = 4
"""Fewer characters are no card number, room id or end of a mobile number: all would match."""
MIN_RANGE: Final = 2
_SEPARATORS: Final = re.compile(r"[\s:.\-]")
_RANGE: Final = re.compile(
    r"(?:(?P<building>.+)[-_ ])?(?P<low>\d+)\s*(?:-|~|－|–|—|～|至|到)\s*(?P<high>\d+)"
)
_LIST: Final = re.compile(r"[,，、;；]")
_MARK: Final = "\n"


@dataclass(frozen=True, slots=True)
class Traces:
    """What a room's guest can be found by. `spellings` are pinyin, `cards` numbers and UIDs."""

    name: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    spellings: tuple[str, ...] = field(default=(), repr=False)
    cards: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Positions in the rack's order, the best of them, and whether a range was typed."""

    positions: tuple[int, ...]
    best: int | None = None
    is_range: bool = False


def fold(text: str) -> str:
    """As typed with either width, either case and spaces around it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


class Finder:
    """The rooms of the rack and how each is found."""

    def __init__(self, rooms: Sequence[Room] = (), places: Sequence[Place] | None = None) -> None:
        """`places` are the rooms', where they are known already."""
        self._places = list(places) if places is not None else [place_of(room) for room in rooms]
        self._numbers = [fold(place.number) for place in self._places]
        self._names = [fold(room.name) for room in rooms]
        self._ids = [_MARK + fold(room.id) + _MARK for room in rooms]
        self._counted = [int(number) if number.isdecimal() else -1 for number in self._numbers]
        self._doors: dict[str, list[int]] = {}
        """Positions by number and by name."""
        for at, names in enumerate(zip(self._numbers, self._names, strict=True)):
            for name in {*names}:
                self._doors.setdefault(name, []).append(at)
        self._everyone = tuple(range(len(rooms)))
        self.forget()

    def forget(self) -> None:
        """Drop everything about guests."""
        rooms = range(len(self._names))
        self._anywhere = [f"{_MARK}{name}{_MARK}" for name in self._names]
        self._spelled = ["" for _ in rooms]
        self._codes = list(self._ids)
        self._mobiles = ["" for _ in rooms]

    def note(self, position: int, traces: Traces) -> None:
        """What the room's guest is found by from now on."""
        name = self._names[position]
        self._anywhere[position] = _joined((name, fold(traces.name)))
        self._spelled[position] = _joined(fold(spelling) for spelling in traces.spellings)
        cards = _joined(fold(card) for card in traces.cards)
        self._codes[position] = self._ids[position] + cards.removeprefix(_MARK)
        self._mobiles[position] = f"{traces.mobile}{_MARK}" if traces.mobile else ""

    def find(self, text: str) -> Found:
        """The rooms that the text means; all of them for an empty one."""
        needle = fold(text)
        if not needle:
            return Found(self._everyone)
        found = self._plain(needle)
        if found:
            return Found(tuple(found), self._best(needle, found))
        ranged = self._ranges(needle)
        return Found(tuple(ranged), ranged[0] if ranged else None, is_range=bool(ranged))

    def _plain(self, needle: str) -> list[int]:
        begin = _MARK + needle.replace(" ", "").replace("'", "")
        code = _SEPARATORS.sub("", needle).removeprefix("0x")
        if len(code) < MIN_CODE or not code.isalnum():
            pairs = zip(self._anywhere, self._spelled, strict=True)
            return [at for at, (name, said) in enumerate(pairs) if needle in name or begin in said]
        first, last = _MARK + code, code + _MARK
        every = zip(self._anywhere, self._spelled, self._codes, self._mobiles, strict=True)
        return [
            at
            for at, (name, said, codes, mobile) in enumerate(every)
            if needle in name or begin in said or first in codes or last in mobile
        ]

    def _best(self, needle: str, found: Sequence[int]) -> int:
        """What Enter takes: the very room first, the very guest or card next, then beginnings."""
        if needle in self._doors:
            return self._doors[needle][0]
        whole = f"{_MARK}{needle}{_MARK}"
        guests, spelled = self._anywhere, self._spelled
        exact = (at for at in found if whole in guests[at] or whole in spelled[at])
        begun = (at for at in found if self._numbers[at].startswith(needle))
        return next(exact, next(begun, found[0]))

    def _ranges(self, needle: str) -> list[int]:
        """`301-312`, `1-301-312`, `301,305,308-310`; empty where it is none of these."""
        hits: set[int] = set()
        for part in _LIST.split(needle):
            wanted = part.strip()
            if not wanted:
                continue
            found = self._doors.get(wanted) or self._between(wanted)
            if not found:
                return []
            hits.update(found)
        return sorted(hits)

    def _between(self, wanted: str) -> list[int]:
        match = _RANGE.fullmatch(wanted)
        if match is None:
            return []
        if len(match["low"]) != len(match["high"]) or len(match["low"]) < MIN_RANGE:
            return []  # an unknown room `9-1203` must not become a thousand rooms
        building, low, high = match["building"], int(match["low"]), int(match["high"])
        found = [at for at, number in enumerate(self._counted) if low <= number <= high]
        if building is None:
            return found
        wanted = building.strip()
        return [at for at in found if fold(self._places[at].block.building) == wanted]


def _joined(texts: Iterable[str]) -> str:
    kept = [text for text in texts if text]
    return _MARK + _MARK.join(kept) + _MARK if kept else ""
