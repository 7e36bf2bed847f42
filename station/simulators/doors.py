"""Rooms and their doors: what a person holds to a lock, and what the lock does with it.

Thread-safe: every method holds `Doors.lock`, and a server holds the same lock around a whole
call, so that each effect is atomic.
"""

import threading
from collections.abc import Callable, Iterable

from station.simulators.clock import SimClock
from station.simulators.hardware import DoorAnswer, Room, SimCard
from station.simulators.pictures import DIGEST_LENGTH, digest_of, given_digest, template_digest
from station.simulators.room_lock import Kind, Opener, RoomLock, dump_lock, load_lock


class Doors:
    """Rooms with their locks, and one clock; `world.World` adds cards and the encoder.

    A room is named by its id or its name everywhere; an unknown one is a KeyError. `on_change`
    (used for the state file) is called under the lock after every effect.
    """

    def __init__(
        self, rooms: Iterable[Room], clock: SimClock | None, *, locks_check_start: bool
    ) -> None:
        self._locks_check_start = locks_check_start
        self.lock = threading.RLock()
        self.clock = clock or SimClock()
        self.on_change: Callable[[], None] | None = None
        self.rooms: dict[str, Room] = {}
        self.locks: dict[str, RoomLock] = {}
        self.set_rooms(rooms)

    def set_rooms(self, rooms: Iterable[Room]) -> None:
        """Replace the rooms; a lock whose room stays keeps what it has seen."""
        with self.lock:
            self.rooms = {room.rm_id: room for room in rooms}
            known = self.locks
            self.locks = {key: known.get(key) or self._new_lock(key) for key in self.rooms}
            self.changed()

    def room(self, name_or_id: str) -> Room:
        """The room of that id or name. Raises KeyError."""
        with self.lock:
            if name_or_id in self.rooms:
                return self.rooms[name_or_id]
            for room in self.rooms.values():
                if room.rm_name == name_or_id:
                    return room
        raise KeyError(name_or_id)

    def lock_of(self, room: str) -> RoomLock:
        """The lock on a room's door; touch it under `lock` and call `changed` after."""
        with self.lock:
            return self.locks[self.room(room).rm_id]

    def hold(self, card: SimCard, room: str) -> DoorAnswer:
        """Hold a card to a room's door, now."""
        return self._try(room, lambda lock: lock.present(card, self.clock.now()))

    def try_passcode(self, room: str, code: str) -> DoorAnswer:
        """Key a passcode in at a room's door, now."""
        return self._try(room, lambda lock: lock.try_passcode(code, self.clock.now()))

    def try_face(self, room: str, face: bytes | str) -> DoorAnswer:
        """Show a face to a room's door: its picture, or the SHA-256 of that.

        Raises ValueError for a text that is no SHA-256.
        """
        digest = digest_of(face) if isinstance(face, bytes) else given_digest(face)
        return self._try(room, lambda lock: lock.try_face(digest, self.clock.now()))

    def try_fingerprint(self, room: str, hexs: str) -> DoorAnswer:
        """Lay a finger on a room's door: its data like `ab-cd-ef`, or the SHA-256 of the bytes.

        Raises ValueError for a text that is neither.
        """
        digest = given_digest(hexs) if len(hexs) == DIGEST_LENGTH else template_digest(hexs)
        return self._try(room, lambda lock: lock.try_finger(digest, self.clock.now()))

    def open_remotely(self, room: str) -> None:
        """The gateway opens a room's door, now."""
        with self.lock:
            self.lock_of(room).open(Kind.REMOTE, self.clock.now())
            self.changed()

    def openers(self, room: str) -> list[Opener]:
        """Everything that would open a room's door now; the lock does not notice."""
        with self.lock:
            return list(self.lock_of(room).openers(self.clock.now()))

    def changed(self) -> None:
        """Report an effect to `on_change`; to be called under the lock."""
        if self.on_change is not None:
            self.on_change()

    def dump_doors(self) -> dict[str, object]:
        """Rooms, clock and the locks that something happened to, as JSON-ready data."""
        with self.lock:
            return {
                "rooms": [[room.rm_id, room.rm_name] for room in self.rooms.values()],
                "locks": {key: dump_lock(lock) for key, lock in self.locks.items() if lock.touched},
                "clock": self.clock.dump(),
            }

    def load_doors(self, state: dict[str, object]) -> None:
        """Become what `dump_doors` gave; as before if the data is damaged.

        Raises KeyError, TypeError or ValueError then.
        """
        rooms_data, locks_data, clock_data = state["rooms"], state["locks"], state["clock"]
        if not isinstance(rooms_data, list):
            raise TypeError("rooms are no list")
        if not (isinstance(locks_data, dict) and isinstance(clock_data, dict)):
            raise TypeError("locks or clock are no objects")
        rooms = [Room(str(key), str(name)) for key, name in rooms_data]
        strict = self._locks_check_start
        locks = {
            str(key): load_lock(str(key), lock, checks_start=strict)
            for key, lock in locks_data.items()
        }
        with self.lock:
            self.clock.load(clock_data)
            self.rooms = {room.rm_id: room for room in rooms}
            self.locks = {key: locks.get(key) or self._new_lock(key) for key in self.rooms}

    def _new_lock(self, rm_id: str) -> RoomLock:
        return RoomLock(rm_id, checks_start=self._locks_check_start)

    def _try(self, room: str, act: Callable[[RoomLock], DoorAnswer]) -> DoorAnswer:
        with self.lock:
            answer = act(self.lock_of(room))
            if answer.opened:
                self.changed()
            return answer
