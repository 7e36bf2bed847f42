"""Tiles: what the rack shows of each room, made on a lane and handed over whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from station.domain.person import mask_name
from station.domain.place import Block, Place, place_of, rack_key
from station.domain.rack import room_state
from station.domain.room import Room, RoomState
from station.domain.search import Traces
from station.ports import RoomRow

NOBODY = Traces()


@dataclass(frozen=True, slots=True)
class Tile:
    """One room on the rack. `guest` is masked."""

    row: RoomRow
    place: Place
    state: RoomState
    guest: str = ""

    @property
    def id(self) -> str:
        return self.row.room.id


class TileMaker:
    """Makes tiles in the rack's order; a tile that is as it was stays the same object.

    Used on one lane only, so that nothing of it needs a lock. `moved`: the last tiles stand for
    other rooms than those before them. All times are site-local.
    """

    def __init__(self) -> None:
        self._places: dict[Room, Place] = {}
        self._blocks: dict[Block, Block] = {}
        self._tiles: list[Tile] = []
        self._slots: dict[str, int] = {}
        self.moved = False

    def make(
        self, rows: Sequence[RoomRow], guests: Mapping[str, Traces], now: datetime
    ) -> tuple[Tile, ...]:
        """All rooms; `guests` by room id."""
        self.moved = len(rows) != len(self._tiles) or any(
            row.room.id not in self._slots
            or self._tiles[self._slots[row.room.id]].row.room != row.room
            for row in rows
        )
        if not self.moved:
            return self.change(rows, guests, now)
        tiles = [self._tile(row, guests, now) for row in rows]
        tiles.sort(key=lambda tile: rack_key(tile.place))
        self._tiles = tiles
        self._slots = {tile.row.room.id: slot for slot, tile in enumerate(tiles)}
        return tuple(tiles)

    def change(
        self, rows: Iterable[RoomRow], guests: Mapping[str, Traces], now: datetime
    ) -> tuple[Tile, ...]:
        """These rooms are otherwise now; all of them are known."""
        self.moved = False
        for row in rows:
            slot = self._slots[row.room.id]
            self._tiles[slot] = self._tile(row, guests, now, self._tiles[slot])
        return tuple(self._tiles)

    def again(self, guests: Mapping[str, Traces], now: datetime) -> tuple[Tile, ...]:
        """The same rooms: other guests are known, or it is later."""
        self.moved = False
        tiles = self._tiles
        for slot, tile in enumerate(tiles):
            if tile.row.stay is not None:
                tiles[slot] = self._tile(tile.row, guests, now, tile)
        return tuple(tiles)

    def _tile(
        self, row: RoomRow, guests: Mapping[str, Traces], now: datetime, known: Tile | None = None
    ) -> Tile:
        name = guests.get(row.room.id, NOBODY).name
        guest = mask_name(name) if name else ""
        state = room_state(row.stay, cards_out=row.cards_out, unresolved=row.unresolved, now=now)
        as_it_was = known is not None and known.state is state and known.guest == guest
        if known is not None and as_it_was and (known.row is row or known.row == row):
            return known
        return Tile(row, self._place(row.room), state, guest)

    def _place(self, room: Room) -> Place:
        place = self._places.get(room)
        if place is None:
            made = place_of(room)
            # One object for each block, so that the layout tells blocks apart by identity.
            block = self._blocks.setdefault(made.block, made.block)
            place = self._places[room] = Place(block, made.number)
        return place


def count_states(tiles: Sequence[Tile]) -> dict[RoomState, int]:
    """How many rooms are in each state; every state is a key."""
    states = [tile.state for tile in tiles]
    return {state: states.count(state) for state in RoomState}
