"""A clock synchronisation whose result another program reports: its number, kept meanwhile.

The technician takes the keys to the lock; the program that asked for them may have ended by then.
"""

from datetime import datetime
from typing import Final

import msgspec

from station.domain.kexin import TimeSync
from station.domain.room import Room
from station.domain.stay import format_time
from station.errors import Code, InputInvalid
from station.workflows.desk import Desk
from station.workflows.network_locks import SyncBegun

KEY: Final = "kexin:sync:"


class _Kept(msgspec.Struct, frozen=True):
    """What reporting needs; the keys are for the lock alone."""

    room_id: str
    lock_id: int
    seq: int
    until: str


def keep(desk: Desk, begun: SyncBegun) -> None:
    """Keep what `report_time_sync` will need."""
    kept = _Kept(begun.room.id, begun.lock_id, begun.keys.seq, format_time(begun.until))
    desk.journal.keep(KEY + begun.operation, msgspec.json.encode(kept), desk.clock.utc())


def kept(desk: Desk, room: Room, operation: str) -> SyncBegun:
    """What was begun for this room, without its keys. Raises `InputInvalid` OPERATION_UNKNOWN."""
    for row in desk.journal.kept(KEY + operation):
        found = msgspec.json.decode(row.value, type=_Kept)
        if row.key == KEY + operation and found.room_id == room.id:
            until = datetime.fromisoformat(found.until)
            keys = TimeSync(found.seq, 0, 0)
            return SyncBegun(operation, room, found.lock_id, keys, until)
    raise InputInvalid(Code.OPERATION_UNKNOWN, field="operation", value=operation)


def drop(desk: Desk, operation: str) -> None:
    """It has been reported."""
    desk.journal.drop_kept(KEY + operation)
