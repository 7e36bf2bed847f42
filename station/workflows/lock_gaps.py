"""What the lock table leaves open: rooms without a networked lock, locks without a room."""

from dataclasses import dataclass

from station.domain.room import Room
from station.workflows import lock_table
from station.workflows.desk import Desk
from station.workflows.lock_table import LockEntry


@dataclass(frozen=True, slots=True)
class Gaps:
    """Both empty where every room has its lock."""

    rooms: tuple[Room, ...]
    locks: tuple[LockEntry, ...]


def gaps(desk: Desk) -> Gaps:
    """The table held against the rooms that the desk knows."""
    rooms, entries = desk.journal.rooms(), lock_table.entries(desk)
    known, mapped = {room.id for room in rooms}, {entry.room_id for entry in entries}
    return Gaps(
        tuple(room for room in rooms if room.id not in mapped),
        tuple(entry for entry in entries if entry.room_id not in known),
    )
