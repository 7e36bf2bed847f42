"""What the Kexin cloud knows: locks, people with their faces, synchronisations. No HTTP."""

import hashlib
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from station.simulators.clock import SimClock
from station.simulators.hardware import DoorAnswer
from station.simulators.kexin.lock import KexinLock, TimeSync, dump_lock, load_lock
from station.simulators.pictures import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_SEQ = 51459843  # the document's example
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose face opens doors. Identity number and picture are there as SHA-256 alone."""

    name: str
    id_digest: str
    face: str


class Cloud:
    """The cloud's data under one lock; `on_change` is called under it after each effect."""

    def __init__(self, clock: SimClock, locks: Iterable[KexinLock]) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.locks = {each.lock_id: each for each in locks}
        self.people: dict[str, Person] = {}
        self.seq = _FIRST_SEQ - 1
        self.on_change: Callable[[], None] | None = None
        self._shown_faces: dict[str, deque[datetime]] = {}

    def changed(self) -> None:
        """Report an effect; to be called under the lock."""
        if self.on_change is not None:
            self.on_change()

    # locks

    def add_lock(self, lock: KexinLock) -> KexinLock:
        """One more lock. Raises ValueError for a `lock_id` or MAC that exists."""
        with self.lock:
            if lock.lock_id in self.locks or self.by_mac(lock.mac) is not None:
                raise ValueError(f"lock exists: {lock.lock_id} {lock.mac}")
            self.locks[lock.lock_id] = lock
            self.changed()
            return lock

    def by_mac(self, mac: str) -> KexinLock | None:
        """The lock with that address, lower case."""
        with self.lock:
            return next((each for each in self.locks.values() if each.mac == mac), None)

    def named(self, name_or_id: str | int) -> KexinLock:
        """The lock of that id or name. Raises KeyError."""
        with self.lock:
            for each in self.locks.values():
                if str(each.lock_id) == str(name_or_id) or each.name == name_or_id:
                    return each
        raise KeyError(name_or_id)

    def try_password(self, lock: str | int, code: str) -> DoorAnswer:
        """Key a password in at the door with that lock (id or name), now. Raises KeyError."""
        with self.lock:
            answer = self.named(lock).try_password(code, self.clock.now())
            if answer.opened:
                self.changed()
            return answer

    def opening_passwords(self, lock: str | int) -> list[str]:
        """The passwords that would open a door now; the lock does not notice. Raises KeyError."""
        with self.lock:
            found, now = self.named(lock), self.clock.now()
            held = [*found.written.values(), *found.computed.values()]
            codes = {each.code for each in held}
            return sorted(code for code in codes if found.judge(code, now).value == "opened")

    # time

    def new_sync(self, lock: KexinLock) -> TimeSync:
        """A sequence with its keys; the lock's earlier one no longer counts."""
        with self.lock:
            self.seq += 1
            key1, key2 = (_key(f"{lock.lock_id} {self.seq} {each}") for each in (1, 2))
            lock.sync = TimeSync(self.seq, key1, key2)
            self.changed()
            return lock.sync

    def bring_keys(self, lock: str | int, key1: int, key2: int) -> bool:
        """Somebody brings the keys of a synchronisation to the lock, which sets its clock.

        Returns whether it took them: only those of the newest one. Raises KeyError.
        """
        with self.lock:
            found = self.named(lock)
            if found.sync is None or (found.sync.key1, found.sync.key2) != (key1, key2):
                return False
            found.clock_offset_s = 0
            self.changed()
            return True

    # faces

    def add_person(self, name: str, id_num: str, face: str) -> Person:
        """Register somebody's face (the SHA-256 of a picture), or another one in its place."""
        with self.lock:
            person = Person(name, digest_of(id_num.encode()), face)
            self.people[person.id_digest] = person
            self.changed()
            return person

    def person(self, id_num: str) -> Person | None:
        """Who has that identity number."""
        with self.lock:
            return self.people.get(digest_of(id_num.encode()))

    def too_many_faces(self, id_num: str, limit: int) -> bool:
        """Count one more face shown for an identity number; whether that is above the limit."""
        with self.lock:
            now = self.clock.now()
            shown = self._shown_faces.setdefault(digest_of(id_num.encode()), deque())
            while shown and not now - _MINUTE < shown[0] <= now:
                shown.popleft()
            if len(shown) >= limit:
                return True
            shown.append(now)
            return False

    # state

    def dump(self) -> dict[str, object]:
        """Everything as JSON-ready data but the faces of the last minute."""
        with self.lock:
            return {
                "locks": [dump_lock(each) for each in self.locks.values()],
                "people": [asdict(each) for each in self.people.values()],
                "seq": self.seq,
                "clock": self.clock.dump(),
            }

    def load(self, state: dict[str, object]) -> None:
        """Become what `dump` gave. Raises KeyError, TypeError or ValueError for damaged data."""
        listed, people, seq, clock = (state[name] for name in ("locks", "people", "seq", "clock"))
        if not (isinstance(listed, list) and isinstance(people, list)):
            raise TypeError("locks or people are no lists")
        if not (isinstance(seq, int) and isinstance(clock, dict)):
            raise TypeError("not a cloud's state")
        locks = [load_lock(each) for each in listed]
        known = [Person(**each) for each in people]
        with self.lock:
            self.clock.load(clock)
            self.locks = {each.lock_id: each for each in locks}
            self.people = {each.id_digest: each for each in known}
            self.seq = seq
            self._shown_faces.clear()


def _key(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
