"""Cards, the encoder and the locks as physical things: no HTTP, no files, no threads.

They follow the note on `abkp` of door lock 2.1, read as in "a card whose abkp lies behind the
lock's is refused". `world.World` owns the one lock under which they are touched.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_CARD_ID = re.compile(r"[0-9A-F]{8}")
_UID = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})")
_RM_ID = re.compile(r"[1-9][0-9]{14,18}")


class CardDefect(StrEnum):
    """What is wrong with a card; `NONE` for a good one.

    dead: the encoder does not see it at all. unwritable: read, but a write is refused.
    forgets: a write is acknowledged and nothing is stored. garbles: a write stores an end one
    day later than was sent.
    """

    NONE = "none"
    DEAD = "dead"
    UNWRITABLE = "unwritable"
    FORGETS = "forgets"
    GARBLES = "garbles"


class DoorReason(StrEnum):
    """Why a door opened or stayed shut."""

    OPENED = "opened"
    BLANK = "blank"
    OTHER_ROOM = "other_room"
    SUPERSEDED = "superseded"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


DOOR_WORDS = {
    DoorReason.OPENED: "开门",
    DoorReason.BLANK: "空白卡",
    DoorReason.OTHER_ROOM: "非本房间卡",
    DoorReason.SUPERSEDED: "旧卡已被新卡顶替",
    DoorReason.NOT_YET_VALID: "未到有效期",
    DoorReason.EXPIRED: "已过有效期",
    DoorReason.UNKNOWN: "门锁不认识",
    DoorReason.STOPPED: "已停用",
}


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What a lock did with what was held to it."""

    opened: bool
    reason: DoorReason


@dataclass(frozen=True, slots=True)
class Room:
    """A room as the platform lists it: `rm_id` is 15-19 digits, `rm_name` like `1-101`."""

    rm_id: str
    rm_name: str

    def __post_init__(self) -> None:
        if not _RM_ID.fullmatch(self.rm_id):
            raise ValueError(f"rm_id is not 15-19 digits: {self.rm_id!r}")


@dataclass(frozen=True, slots=True)
class CardMemory:
    """What the encoder writes on a card: room, authorisation time and end, site-local seconds."""

    rm_id: str
    abkp: datetime
    unvalid: datetime


@dataclass(eq=False, slots=True)
class SimCard:
    """One physical card. `card_id` is the platform's number, `uid` what a PC/SC reader sees."""

    card_id: str
    uid: str
    memory: CardMemory | None = None
    defect: CardDefect = CardDefect.NONE

    def __post_init__(self) -> None:
        if not _CARD_ID.fullmatch(self.card_id):
            raise ValueError(f"card_id is not 8 upper-case hex digits: {self.card_id!r}")
        if not _UID.fullmatch(self.uid):
            raise ValueError(f"uid is not 4, 7 or 10 bytes of upper-case hex: {self.uid!r}")

    def store(self, memory: CardMemory | None) -> None:
        """Write (or with None clear) the memory, as far as the card's defect lets it."""
        if self.defect is CardDefect.FORGETS:
            return
        if memory is not None and self.defect is CardDefect.GARBLES:
            memory = CardMemory(memory.rm_id, memory.abkp, memory.unvalid + timedelta(days=1))
        self.memory = memory


class EncoderOccupiedError(Exception):
    """A second card was put on the encoder."""


@dataclass(eq=False, slots=True)
class SimEncoder:
    """The device that writes and reads cards; it holds one card at most."""

    card: SimCard | None = None

    def put(self, card: SimCard) -> None:
        """Lay a card down; the same card again is harmless. Raises EncoderOccupiedError."""
        if self.card is not None and self.card is not card:
            raise EncoderOccupiedError(self.card.card_id)
        self.card = card

    def lift(self) -> SimCard | None:
        """Take the card away and return it; None when there was none."""
        card, self.card = self.card, None
        return card


@dataclass(eq=False, slots=True)
class SimLock:
    """A room's lock: it keeps the newest `abkp` it accepted and refuses cards behind it.

    With `checks_start` a card whose abkp lies ahead of the lock's clock is refused as well; the
    document calls that time the start of validity without saying that locks look at it.
    """

    rm_id: str
    newest: datetime | None = None
    checks_start: bool = field(default=False)

    def judge(self, card: SimCard, now: datetime) -> DoorAnswer:
        """What `present` would answer, leaving the lock as it is."""
        return DoorAnswer((reason := self._reason(card, now)) is DoorReason.OPENED, reason)

    def present(self, card: SimCard, now: datetime) -> DoorAnswer:
        """Hold a card to the lock at `now` (site-local). Only an accepted card is remembered."""
        answer = self.judge(card, now)
        if answer.opened and card.memory is not None:
            self.newest = card.memory.abkp
        return answer

    def _reason(self, card: SimCard, now: datetime) -> DoorReason:
        memory = card.memory
        if memory is None or card.defect is CardDefect.DEAD:
            return DoorReason.BLANK
        if memory.rm_id != self.rm_id:
            return DoorReason.OTHER_ROOM
        if self.newest is not None and memory.abkp < self.newest:
            return DoorReason.SUPERSEDED
        if now > memory.unvalid:
            return DoorReason.EXPIRED
        if self.checks_start and memory.abkp > now:
            return DoorReason.NOT_YET_VALID
        return DoorReason.OPENED
