"""A Kexin lock as a physical thing: passwords, a clock of its own, a gateway. No HTTP."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from station.simulators.hardware import DoorAnswer, DoorReason

_CODES = 1_000_000


@dataclass(frozen=True, slots=True)
class Password:
    """Six digits that open from `start` until before `end`, seconds since 1970."""

    code: str
    start: int
    end: int

    def judge(self, now: int) -> DoorReason:
        """Whether it opens when the lock's clock says `now`."""
        if now < self.start:
            return DoorReason.NOT_YET_VALID
        return DoorReason.OPENED if now < self.end else DoorReason.EXPIRED


@dataclass(frozen=True, slots=True)
class TimeSync:
    """The newest synchronisation asked for; `state` is 0 until reported, 1 success, 2 failure."""

    seq: int
    key1: int
    key2: int
    state: int = 0


@dataclass(eq=False, slots=True)
class KexinLock:
    """One lock. `clock_offset_s`: how far its own clock runs ahead of the right time.

    `denied`: this app may not use it (354). `jams`: how many openings will still fail (359).
    `computed` are passwords made without the lock, by their start; `written` those written into
    it, by the user's id.
    """

    lock_id: int
    mac: str
    name: str = ""
    master_name: str = ""
    master_tel: str = ""
    online: bool = True
    is_abnormal: bool = False
    low_voltage: bool = False
    bound_ap: bool = True
    is_bind: bool = True
    is_init: bool = True
    is_del: bool = False
    denied: bool = False
    clock_offset_s: int = 0
    jams: int = 0
    opened: int = 0
    opened_at: str | None = None
    made: int = 0
    computed: dict[int, Password] = field(default_factory=dict)
    written: dict[int, Password] = field(default_factory=dict)
    sync: TimeSync | None = None

    def time(self, now: datetime) -> int:
        """Seconds since 1970 by the lock's own clock, at the site-local time `now`."""
        return int((now + timedelta(seconds=self.clock_offset_s)).timestamp())

    def compute(self, start: int, end: int) -> str:
        """A password that the lock knows without being told; the same start gives the same."""
        code = _code(f"{self.lock_id} {start}")
        self.computed[start] = Password(code, start, end)
        return code

    def write(self, uid: int, start: int, end: int) -> str:
        """Write a new password for a user into the lock; his old one is gone."""
        self.made += 1
        code = _code(f"{self.lock_id} {uid} {self.made}")
        self.written[uid] = Password(code, start, end)
        return code

    def judge(self, code: str, now: datetime) -> DoorReason:
        """Whether a password would open the door; the lock does not notice."""
        at = self.time(now)
        held = [*self.written.values(), *self.computed.values()]
        reasons = [each.judge(at) for each in held if each.code == code]
        if DoorReason.OPENED in reasons:
            return DoorReason.OPENED
        return reasons[0] if reasons else DoorReason.UNKNOWN

    def try_password(self, code: str, now: datetime) -> DoorAnswer:
        """Key a password in at the site-local time `now`."""
        reason = self.judge(code, now)
        if reason is DoorReason.OPENED:
            self.open(now)
        return DoorAnswer(reason is DoorReason.OPENED, reason)

    def open(self, now: datetime) -> None:
        """The door is opened."""
        self.opened, self.opened_at = self.opened + 1, now.isoformat(sep=" ")


def dump_lock(lock: KexinLock) -> dict[str, object]:
    """A lock as JSON-ready data."""
    return asdict(lock)


def load_lock(state: dict[str, object]) -> KexinLock:
    """The lock that `dump_lock` described. Raises KeyError, TypeError or ValueError."""
    computed, written, sync = state["computed"], state["written"], state["sync"]
    if not (isinstance(computed, dict) and isinstance(written, dict)):
        raise TypeError("passwords are no objects")
    changed: dict[str, object] = {
        "computed": {int(start): Password(**each) for start, each in computed.items()},
        "written": {int(uid): Password(**each) for uid, each in written.items()},
        "sync": None if not isinstance(sync, dict) else TimeSync(**sync),
    }
    return KexinLock(**(state | changed))  # type: ignore[arg-type]


def _code(text: str) -> str:
    return f"{int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) % _CODES:06d}"
