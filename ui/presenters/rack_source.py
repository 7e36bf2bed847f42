"""Where the rack's tiles come from: all of them from the journal, later only what changed.

Reading 10,000 rooms takes some hundred milliseconds in which painting is slow, whatever thread it
is done in. So after an operation only the rooms that its events name are read again; everything is
when the page is shown, when the rooms were fetched, or when more happened than is worth following.
All of this runs on the journal's lane, one piece after another.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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


class RackSource:
    """See the module."""

    def __init__(self) -> None:
        self._maker = TileMaker()
        self._stays: dict[str, Wanted] = {}
        self._rooms: list[Room] = []
        self._fetched_at: datetime | None = None
        self._newest = -1
        self._open: dict[str, OperationRow] = {}

    def load(self, desk: Desk, guests: Guests) -> Loaded:
        """Everything from the journal."""
        journal = desk.journal
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
        recent = journal.history(HistoryFilter(limit=RECENT))
        new = [row for row in recent if row.number > self._newest]
        if self._newest < 0 or len(new) == RECENT or journal.rooms_age() != self._fetched_at:
            return self.load(desk, guests)
        before, self._open = self._open, {row.operation: row for row in journal.unresolved()}
        self._newest = new[0].number if new else self._newest
        names = {row.operation for row in new}
        for name in before.keys() | self._open.keys():
            if before.get(name) != self._open.get(name):
                names.add(name)
        waiting = Counter(row.room_id for row in self._open.values())
        known = {room.id: room for room in self._rooms}
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
        return self._loaded(self._maker.change(rows, guests, desk.clock.local()), guests)

    def name(self, desk: Desk, guests: Guests) -> Loaded:
        """The same rooms with the guests that are known now."""
        return self._loaded(self._maker.again(guests, desk.clock.local()), guests)

    def _loaded(self, tiles: tuple[Tile, ...], guests: Guests) -> Loaded:
        counts, at = count_states(tiles), self._fetched_at
        if not self._maker.moved:
            return Loaded(tiles, counts, self._stays, guests, at)
        rooms = self._rooms = [tile.row.room for tile in tiles]
        finder = Finder(rooms, [tile.place for tile in tiles])
        slots = {room.id: at for at, room in enumerate(rooms)}
        for room, traces in guests.items():
            if room in slots:
                finder.note(slots[room], traces)
        return Loaded(tiles, counts, self._stays, guests, at, finder, slots)


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
