"""Where the rack's tiles come from: all of them from the journal, later only what changed.

Reading 10,000 rooms takes a tenth of a second in which painting is slow, whatever thread it is done
in. So after an operation only the rooms that its events name are read again; everything is while
the first PIN is typed, when the rooms were fetched, or when more happened than is worth following.
A source is used on one lane at a time, one piece after another.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from station.domain.card import CardState
from station.domain.room import Room, RoomState
from station.domain.search import Finder, Traces
from station.domain.stay import current_stay
from station.ports import HistoryFilter, Journal, RoomRow
from station.workflows.desk import Desk
from ui.presenters.rack_tiles import Tile, TileMaker, count_states
from ui.presenters.search import Wanted

if TYPE_CHECKING:
    from station.domain.operation import OperationRow

RECENT: Final = 50
"""After more operations than these everything is read."""

Guests = Mapping[str, Traces]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rack at one moment, with all that would take the screen too long to make."""

    tiles: tuple[Tile, ...]
    counts: Mapping[RoomState, int]
    stays: Mapping[str, Wanted]
    guests: Guests
    """Those the tiles were made with."""
    fetched_at: datetime | None
    finder: Finder | None = None
    """Where the rooms are others than before."""
    slots: Mapping[str, int] = field(default_factory=dict)
    changed: frozenset[str] | None = None
    """The rooms whose stays were looked at, where not all were."""


class RackSource:
    """See the module."""

    def __init__(self) -> None:
        self._maker = TileMaker()
        self._stays: dict[str, Wanted] = {}
        self._rooms: dict[str, Room] = {}
        """In the rack's order, by id."""
        self._fetched_at: datetime | None = None
        self._newest = -1
        self._open: dict[str, OperationRow] = {}
        self._journal: Journal | None = None
        self._spare: Finder | None = None

    def prepare(self, desk: Desk) -> None:
        """Read everything before anybody has logged in: no guest is named."""
        self._spare = self.load(desk, {}).finder
        # These stay: later searches for garbage end the sooner. Only now, while no page is there
        # yet: what is frozen and goes later is never found again.
        gc.freeze()

    def begin(self, desk: Desk, guests: Guests) -> Loaded:
        """For a page that shows nothing yet: as `follow`, and always with a finder."""
        loaded = self.follow(desk, guests)
        if loaded.finder is not None:
            return loaded
        finder, self._spare = self._spare, None
        return self._with_finder(loaded, finder)

    def load(self, desk: Desk, guests: Guests) -> Loaded:
        """Everything from the journal."""
        journal = self._journal = desk.journal
        self._spare = None
        # Before the rack is read, so that what happens meanwhile is followed the next time.
        newest = journal.history(HistoryFilter(limit=1))
        self._newest = newest[0].number if newest else 0
        self._open = {row.operation: row for row in journal.unresolved()}
        self._fetched_at = journal.rooms_age()
        rows = journal.rack()
        self._stays = {one.room: one for one in map(Wanted.of, rows) if one is not None}
        return self._loaded(self._maker.make(rows, guests, desk.clock.local()), guests)

    def follow(self, desk: Desk, guests: Guests) -> Loaded:
        """What the operations since the last time changed; everything where that is unclear."""
        journal = desk.journal
        if journal is not self._journal:
            return self.load(desk, guests)
        recent = journal.history(HistoryFilter(limit=RECENT))
        new = [row for row in recent if row.number > self._newest]
        if len(new) == RECENT or journal.rooms_age() != self._fetched_at:
            return self.load(desk, guests)
        before, self._open = self._open, {row.operation: row for row in journal.unresolved()}
        self._newest = new[0].number if new else self._newest
        names = {row.operation for row in new}
        for name in before.keys() | self._open.keys():
            if before.get(name) != self._open.get(name):
                names.add(name)
        waiting = Counter(row.room_id for row in self._open.values())
        known = self._rooms
        rows = [
            row_of(journal, known[room], waiting[room])
            for room in sorted(rooms_of(journal, names))
            if room in known
        ]
        stays = dict(self._stays)
        for row in rows:
            stays.pop(row.room.id, None)
            wanted = Wanted.of(row)
            if wanted is not None:
                stays[row.room.id] = wanted
        self._stays = stays
        tiles = self._maker.change(rows, guests, desk.clock.local())
        changed = frozenset(row.room.id for row in rows)
        return self._loaded(tiles, guests, changed)

    def name(self, desk: Desk, guests: Guests) -> Loaded:
        """The same rooms with the guests that are known now."""
        tiles = self._maker.again(guests, desk.clock.local())
        return self._loaded(tiles, guests, frozenset())

    def _loaded(
        self, tiles: tuple[Tile, ...], guests: Guests, changed: frozenset[str] | None = None
    ) -> Loaded:
        counts, at = count_states(tiles), self._fetched_at
        loaded = Loaded(tiles, counts, self._stays, guests, at, changed=changed)
        if not self._maker.moved:
            return loaded
        self._rooms = {tile.row.room.id: tile.row.room for tile in tiles}
        return self._with_finder(loaded)

    def _with_finder(self, loaded: Loaded, finder: Finder | None = None) -> Loaded:
        """With a new finder, or one that knows the rooms and nobody yet."""
        rooms = list(self._rooms.values())
        finder = finder or Finder(rooms, [tile.place for tile in loaded.tiles])
        slots = {room.id: at for at, room in enumerate(rooms)}
        for room, traces in loaded.guests.items():
            if room in slots:
                finder.note(slots[room], traces)
        # Whoever begins has looked up nobody yet.
        return replace(loaded, finder=finder, slots=slots, changed=None)


def row_of(journal: Journal, room: Room, unresolved: int) -> RoomRow:
    """One room as `Journal.rack` gives it."""
    stay = current_stay(journal.stays(room.id))
    cards = journal.cards(stay.id) if stay else []
    out = sum(card.state is not CardState.RETURNED for card in cards)
    return RoomRow(room, stay, out, unresolved)


def rooms_of(journal: Journal, operations: Iterable[str]) -> set[str]:
    """The ids of all rooms that the events of these operations have an effect on."""
    rooms: set[str] = set()
    stays: set[str] = set()
    for operation in operations:
        for event in journal.events(operation):
            payload = event.payload
            if payload.room is not None:
                rooms.add(payload.room.id)
            if payload.stay is not None:
                rooms.add(payload.stay.room_id)
            stays.update(payload.closes)
            stays.update(card.stay_id for card in payload.cards)
            stays.update(stay for stay, _ in payload.drops)
    for name in stays:
        stay = journal.stay(name)
        if stay is not None:
            rooms.add(stay.room_id)
    return rooms
