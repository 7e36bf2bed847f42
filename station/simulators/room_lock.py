"""A room's lock with everything that opens it: cards, passcodes, faces, fingerprints, its gateway.

Passcodes of door lock 2.1 are computed from room and end, so that the lock knows them without
having been told; those of 3.1, faces (5) and fingerprints (6) lie in slots of their own kind,
where a new one silently replaces the old. `doors.Doors` owns the lock under which all is touched.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from station.simulators.hardware import DoorAnswer, DoorReason, SimCard, SimLock

_START_BATTERY = 8900  # the document's 89 %
_PER_CENT = 100


class Kind(StrEnum):
    """What opens a door."""

    CARD = "card"
    OFFLINE = "offline_passcode"
    ONLINE = "online_passcode"
    FACE = "face"
    FINGER = "fingerprint"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in a lock: `secret` is a passcode or a SHA-256; times are site-local.

    `abkp` is the start of validity (faces and fingerprints alone have one).
    """

    secret: str
    unvalid: datetime
    abkp: datetime | None = None
    stopped: bool = False

    def judge(self, now: datetime) -> DoorReason:
        """Whether it opens at `now`; to the second it ends it does."""
        if self.stopped:
            return DoorReason.STOPPED
        if now > self.unvalid:
            return DoorReason.EXPIRED
        if self.abkp is not None and now < self.abkp:
            return DoorReason.NOT_YET_VALID
        return DoorReason.OPENED


@dataclass(frozen=True, slots=True)
class Opener:
    """Something that opens a door now.

    `ref` is a card's number, a passcode or a SHA-256; `slot` is where it lies, if in one.
    """

    kind: Kind
    ref: str
    until: datetime
    slot: int | None = None


@dataclass(eq=False, slots=True)
class RoomLock(SimLock):
    """A lock on a door. `battery` is in hundredths of a percent.

    `reachable`: its gateway hears it. `busy`: how many calls its gateway will still refuse.
    `opened`, `opened_at` and `opened_with`: how often its door was opened, and the last time.
    """

    battery: int = _START_BATTERY
    reachable: bool = True
    busy: int = 0
    opened: int = 0
    opened_at: datetime | None = None
    opened_with: Kind | None = None
    offline: dict[str, Held] = field(default_factory=dict)
    online: dict[int, Held] = field(default_factory=dict)
    faces: dict[int, Held] = field(default_factory=dict)
    fingers: dict[int, Held] = field(default_factory=dict)

    @property
    def touched(self) -> bool:
        """Whether anything has happened to it since it left the factory."""
        kept = self.newest, self.busy, self.opened, self.offline, self.online
        more = self.faces, self.fingers, self.battery != _START_BATTERY, not self.reachable
        return any(kept) or any(more)

    @property
    def percent(self) -> int:
        """The battery as the lock reports it."""
        return -(-self.battery // _PER_CENT)

    def set_percent(self, percent: int) -> None:
        """Put another battery in. Raises ValueError for less than 0 or more than 100."""
        if not 0 <= percent <= 100:
            raise ValueError(f"battery out of range: {percent}")
        self.battery = percent * _PER_CENT

    def drain(self) -> None:
        """One use of radio or motor: a hundredth of a percent."""
        self.battery = max(0, self.battery - 1)

    def open(self, kind: Kind, now: datetime) -> None:
        """The door is opened."""
        self.opened, self.opened_at, self.opened_with = self.opened + 1, now, kind
        self.drain()

    def make_offline(self, unvalid: datetime, *, repeat: bool) -> str:
        """A passcode of seven digits, the first 0, that opens until `unvalid` (2.1).

        The same lock, end and turn always give the same one; `repeat` gives the first turn's
        each time.
        """
        turn = 0
        while True:
            code = _offline_code(self.rm_id, unvalid, turn)
            known = self.offline.get(code)
            if known is None or (repeat and known.unvalid == unvalid):
                break
            turn += 1
        if known is None:
            self.offline[code] = Held(code, unvalid)
        return code

    def stop_offline(self, code: str) -> None:
        """The lock refuses a computed passcode from now on (2.2)."""
        self.offline[code] = replace(self.offline[code], stopped=True)

    def try_passcode(self, code: str, now: datetime) -> DoorAnswer:
        """Key a passcode in at `now`."""
        kinds = ((Kind.ONLINE, self.online.values()), (Kind.OFFLINE, self.offline.values()))
        answers = [
            (each.judge(now), kind) for kind, held in kinds for each in held if each.secret == code
        ]
        return self._take(answers, now)

    def try_face(self, digest: str, now: datetime) -> DoorAnswer:
        """Show the face with that picture at `now`."""
        return self._take(_matching(Kind.FACE, self.faces.values(), digest, now), now)

    def try_finger(self, digest: str, now: datetime) -> DoorAnswer:
        """Lay the finger with that data on at `now`."""
        return self._take(_matching(Kind.FINGER, self.fingers.values(), digest, now), now)

    def present(self, card: SimCard, now: datetime) -> DoorAnswer:
        """Hold a card to the lock at `now`. Only an accepted card is remembered."""
        answer = SimLock.present(self, card, now)
        if answer.opened:
            self.open(Kind.CARD, now)
        return answer

    def openers(self, now: datetime) -> Iterator[Opener]:
        """Everything but cards that would open the door at `now`; the lock does not notice."""
        for held in self.offline.values():
            if held.judge(now) is DoorReason.OPENED:
                yield Opener(Kind.OFFLINE, held.secret, held.unvalid)
        slotted = ((Kind.ONLINE, self.online), (Kind.FACE, self.faces), (Kind.FINGER, self.fingers))
        for kind, slots in slotted:
            for slot, held in slots.items():
                if held.judge(now) is DoorReason.OPENED:
                    yield Opener(kind, held.secret, held.unvalid, slot)

    def _take(self, answers: list[tuple[DoorReason, Kind]], now: datetime) -> DoorAnswer:
        for reason, kind in answers:
            if reason is DoorReason.OPENED:
                self.open(kind, now)
                return DoorAnswer(True, reason)
        return DoorAnswer(False, answers[0][0] if answers else DoorReason.UNKNOWN)


def dump_lock(lock: RoomLock) -> dict[str, object]:
    """A lock as JSON-ready data; times are ISO, site-local."""
    return {
        "newest": _iso(lock.newest),
        "battery": lock.battery,
        "reachable": lock.reachable,
        "busy": lock.busy,
        "opened": lock.opened,
        "opened_at": _iso(lock.opened_at),
        "opened_with": None if lock.opened_with is None else lock.opened_with.value,
        "offline": [_dump_held(held) for held in lock.offline.values()],
        "online": {str(slot): _dump_held(held) for slot, held in lock.online.items()},
        "faces": {str(slot): _dump_held(held) for slot, held in lock.faces.items()},
        "fingers": {str(slot): _dump_held(held) for slot, held in lock.fingers.items()},
    }


def load_lock(rm_id: str, state: dict[str, object], *, checks_start: bool) -> RoomLock:
    """The lock that `dump_lock` described. Raises KeyError, TypeError or ValueError."""
    numbers = {name: state[name] for name in ("battery", "busy", "opened")}
    if not all(isinstance(number, int) for number in numbers.values()):
        raise TypeError("a lock's numbers are none")
    codes, opened_with = state["offline"], state["opened_with"]
    if not isinstance(codes, list):
        raise TypeError("passcodes are no list")
    offline = [_load_held(each) for each in codes]
    return RoomLock(
        rm_id,
        _moment(state["newest"]),
        checks_start,
        reachable=state["reachable"] is True,
        opened_at=_moment(state["opened_at"]),
        opened_with=None if opened_with is None else Kind(str(opened_with)),
        offline={held.secret: held for held in offline},
        online=_load_slots(state["online"]),
        faces=_load_slots(state["faces"]),
        fingers=_load_slots(state["fingers"]),
        **numbers,  # type: ignore[arg-type] # just checked
    )


def _matching(
    kind: Kind, held: Iterable[Held], digest: str, now: datetime
) -> list[tuple[DoorReason, Kind]]:
    return [(each.judge(now), kind) for each in held if each.secret == digest]


def _offline_code(rm_id: str, unvalid: datetime, turn: int) -> str:
    digest = hashlib.sha256(f"{rm_id} {unvalid.isoformat()} {turn}".encode()).hexdigest()
    return f"0{int(digest[:12], 16) % 1_000_000:06d}"


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(sep=" ")


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))


def _dump_held(held: Held) -> dict[str, object]:
    return {
        "secret": held.secret,
        "abkp": _iso(held.abkp),
        "unvalid": _iso(held.unvalid),
        "stopped": held.stopped,
    }


def _load_held(state: dict[str, object]) -> Held:
    end = datetime.fromisoformat(str(state["unvalid"]))
    return Held(str(state["secret"]), end, _moment(state["abkp"]), state["stopped"] is True)


def _load_slots(state: object) -> dict[int, Held]:
    if not isinstance(state, dict):
        raise TypeError("slots are no object")
    return {int(slot): _load_held(held) for slot, held in state.items()}
