"""Who can be found on the rack: names, pinyin, mobiles and cards of current stays, in memory only.

Personal information is decrypted on the journal's lane, a few stays at a time so that other
reading gets between, and dropped the moment the desk is locked. Nothing of it is written down.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from station.domain.card import decimal_uid
from station.domain.search import Traces
from station.errors import StationError
from station.ports import Journal, RoomRow

CHUNK: Final = 50
"""Stays looked up in one piece of work: some ten milliseconds."""
MAX_READINGS: Final = 16
"""Of a name with many-sounding characters only so many ways to say it are kept."""

Fingerprint = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stay to be looked up, and what tells that nothing of it has changed since."""

    room: str
    stay: str
    holder: str
    fingerprint: Fingerprint

    @classmethod
    def of(cls, row: RoomRow) -> "Wanted | None":
        """None for a room that nobody is in."""
        stay = row.stay
        if stay is None or stay.closed:
            return None
        marks = stay.id, stay.holder, stay.authorised_at, stay.expires_at, row.cards_out
        return cls(row.room.id, stay.id, stay.holder or "", (*marks, row.unresolved))


class GuestBook:
    """What is known of the guests now in the house; asks for what is new with `ask`.

    `ask(work, then)` runs `work` on the journal's lane and calls `then` with its answer.
    """

    def __init__(
        self,
        journal: Callable[[], Journal],
        ask: Callable[[Callable[[], object], Callable[[object], None]], None],
        learned: Callable[[Mapping[str, Traces]], None],
    ) -> None:
        self._journal = journal
        self._ask = ask
        self._learned = learned
        self.traces: dict[str, Traces] = {}
        """By room id. Replaced, never changed, so that a lane may read it."""
        self._known: dict[str, Fingerprint] = {}
        self._waiting: dict[str, Wanted] = {}
        self._asked = False
        self._turn = 0

    def forget(self) -> None:
        """The desk is locked: nothing of anybody stays in memory."""
        self.traces, self._known, self._waiting = {}, {}, {}
        self._asked = False
        self._turn += 1  # an answer that is still under way is dropped

    def update(self, wanted: Mapping[str, Wanted], changed: Collection[str] | None = None) -> None:
        """These stays are in the house: look up whoever came, drop whoever left.

        With `changed` only these rooms are others than at the last time.
        """
        if changed is None:
            gone: Collection[str] = self._known.keys() - wanted.keys()
        else:
            gone = [room for room in changed if room in self._known and room not in wanted]
        if gone:
            self.traces = {room: kept for room, kept in self.traces.items() if room not in gone}
            self._known = {room: kept for room, kept in self._known.items() if room not in gone}
            self._learned(dict.fromkeys(gone, Traces()))
        if changed is None:
            self._waiting = {}
        for room in wanted if changed is None else changed:
            one = wanted.get(room)
            if one is not None and self._known.get(room) != one.fingerprint:
                self._waiting[room] = one
            else:
                self._waiting.pop(room, None)
        self._next()

    @property
    def complete(self) -> bool:
        """Whether everybody in the house can be found."""
        return not self._waiting and not self._asked

    def _next(self) -> None:
        if self._asked or not self._waiting:
            return
        chunk = tuple(islice(self._waiting.values(), CHUNK))
        turn, journal = self._turn, self._journal()
        self._asked = True
        self._ask(
            lambda: {one.room: look_up(journal, one) for one in chunk},
            lambda found: self._found(turn, chunk, found),
        )

    def _found(self, turn: int, chunk: Sequence[Wanted], found: object) -> None:
        if turn != self._turn:
            return
        self._asked = False
        learned: dict[str, Traces] = found if isinstance(found, dict) else {}
        for one in chunk:
            if self._waiting.get(one.room) == one:
                del self._waiting[one.room]
            self._known[one.room] = one.fingerprint
        self.traces = {**self.traces, **learned}
        self._learned(learned)
        self._next()


def look_up(journal: Journal, wanted: Wanted) -> Traces:
    """What a stay's guest is found by. Someone who cannot be read is not found, and no error."""
    try:
        person = journal.person(wanted.holder) if wanted.holder else None
        cards = journal.cards(wanted.stay)
    except StationError:
        return Traces()
    numbers: dict[str, None] = {}
    for card in cards:
        decimal = decimal_uid(card.uid) if card.uid else None
        for number in (card.card_id, card.uid, str(decimal or "")):
            if number:
                numbers[number] = None
    if person is None:
        return Traces(cards=tuple(numbers))
    return Traces(person.name, person.mobile, spellings(person.name), tuple(numbers))


def spellings(name: str) -> tuple[str, ...]:
    """How a name is typed in Latin letters: `zhangsan`, `zs`, and `san`; each reading of each.

    A name in Latin letters is found by its words and their initials.
    """
    if not name:
        return ()
    readings = _readings(name)
    found: dict[str, None] = {}
    for way in islice(product(*readings), MAX_READINGS):
        found["".join(way)] = None
        found["".join(word[0] for word in way)] = None
        if len(way) > 1:
            found["".join(way[1:])] = None
    return tuple(found)


def _readings(name: str) -> list[list[str]]:
    """The readings of each syllable or word; punctuation is left out."""
    if name.isascii():
        return [[word.casefold()] for word in name.split()]
    # Names need no dictionary of phrases: without it 13 MB and 80 ms, with it 57 MB and 400 ms.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin import Style, pinyin

    words: list[list[str]] = []
    for heard in pinyin(name, style=Style.NORMAL, heteronym=True):
        parts = [[part] for part in heard[0].split()] if len(heard) == 1 else [heard]
        words += [[word.casefold() for word in part] for part in parts]
    return [word for word in words if any(char.isalnum() for char in word[0])]
