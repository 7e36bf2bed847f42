"""What the locks page shows: frozen values, no widget and no journal behind them. No secret."""

from dataclasses import dataclass
from datetime import datetime

from station.domain.credential import CredentialKind, CredentialState
from station.domain.person import Person
from station.domain.room import Room, RoomState
from station.domain.stay import Stay
from station.workflows.opening import Certainty
from station.workflows.ways_in import Revoking

NOBODY = Person()
PASSCODE, OPEN = "passcode", "open"
"""Tabs of a room's lock that are led to from elsewhere."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a lock last said of itself. `at` site-local; None where it never said anything."""

    battery: int | None = None
    low: bool = False
    online: bool | None = None
    abnormal: bool | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that opens the door. `who` is masked; times site-local."""

    key: str
    """The credential's id, or the card's."""
    kind: str
    until: datetime
    certainty: Certainty
    revoking: Revoking
    who: str = ""
    slot: int = 0
    number: str = ""
    """A card's number; empty for everything else."""
    has_code: bool = False

    @property
    def stoppable(self) -> bool:
        """Whether a call takes it back; one that waits is tried once more."""
        return not self.number and self.revoking in {Revoking.STOP, Revoking.STOPPING}


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room with its lock. `guest` is masked. `lock_id`: its networked lock, None without one."""

    room: Room
    state: RoomState
    stay: Stay | None = None
    guest: str = ""
    ways: tuple[Way, ...] = ()
    health: Health = Health()
    lock_id: int | None = None
    checkout: datetime | None = None
    """The end that a new credential begins with."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A credential of some room that is doubtful or waits to be stopped."""

    key: str
    room: Room
    kind: CredentialKind
    state: CredentialState
    until: datetime
    who: str = ""
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Weak:
    """A lock whose battery is low. `battery` in percent, None where it only says that it is low."""

    room: Room
    health: Health


@dataclass(frozen=True, slots=True)
class House:
    """What all locks of the house want."""

    doubts: tuple[Doubt, ...] = ()
    weak: tuple[Weak, ...] = ()
    mapped: int = 0
    """How many rooms have a networked lock."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody comes to the page for: a room, and what is to be begun there.

    With `begin_stay` the room is occupied from now on (the encoder is down); `tab` names a tab.
    """

    room_id: str
    tab: str = ""
    until: datetime | None = None
    guest: Person = NOBODY
    begin_stay: bool = False

    def __repr__(self) -> str:
        return f"Wish({self.room_id!r}, {self.tab!r})"
