"""Operations: one thing an operator did, with an intent, steps and an outcome.

An operation that touches the encoder makes at most one write; several cards of one stay, a group or
a replacement are a parent operation with children.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an operation is; also the `kind` of its events."""

    ISSUE = "issue"
    COPY = "copy"
    EXTEND = "extend"
    MOVE = "move"
    REPLACE = "replace"
    REENCODE = "reencode"
    """A card of the same stay written again while another one is replaced."""
    RECYCLE = "recycle"
    READ = "read"
    GROUP = "group"
    RESIDENT_BIND = "resident_bind"
    RESIDENT_UNBIND = "resident_unbind"
    RESIDENT_ALLOCATE = "resident_allocate"
    """`get_card_no`: allocates a number where there is none, so it is an operation of its own."""
    PASSCODE = "passcode"
    FACE = "face"
    FINGERPRINT = "fingerprint"
    CREDENTIAL_STOP = "credential_stop"
    PASSCODE_SHOW = "passcode_show"
    """A passcode that the desk keeps sealed was shown again."""
    REMOTE_OPEN = "remote_open"
    LOCK_STATE = "lock_state"
    TIME_SYNC = "time_sync"
    LOCKS_IMPORT = "locks_import"
    """Which network lock belongs to which room was read from a file."""
    CHECK_OUT = "check_out"
    """A parent: the card cleared, everything else that opens the door stopped, the stay closed."""
    OWNER_CHECK = "owner_check"
    """The owner of a house proved themselves with a code sent to their number."""
    HOUSEHOLD = "household"
    """A change of who belongs to a house, and of what they may do."""
    RESIDENT_FORM = "resident_form"
    SETUP = "setup"
    LOGIN = "login"
    OPERATOR_ADD = "operator_add"
    OPERATOR_DISABLE = "operator_disable"
    OPERATOR_RESET = "operator_reset"
    PERSON_REVEAL = "person_reveal"
    PERSON_ERASE = "person_erase"
    EXPORT = "export"
    BACKUP = "backup"
    REBUILD = "rebuild"
    RECOVERY = "recovery"


CARD_KINDS: Final = frozenset(
    {
        Kind.ISSUE,
        Kind.COPY,
        Kind.EXTEND,
        Kind.MOVE,
        Kind.REPLACE,
        Kind.REENCODE,
        Kind.RECYCLE,
    }
)
"""The kinds that write to a card."""
CREDENTIAL_KINDS: Final = frozenset({Kind.PASSCODE, Kind.FACE, Kind.FINGERPRINT})
"""The kinds that give a room a credential beyond a card."""


class State(StrEnum):
    """How far an operation is. An event's payload carries one of these."""

    INTENT = "intent"
    """Begun; nothing is known of its outcome."""
    STEP = "step"
    """Only in events: one step of an operation is over."""
    DONE = "done"
    WAITING = "waiting"
    """In the outbox: not yet in the cloud."""
    REFUSED = "refused"
    """A rule, a role or the vendor said no; nothing was written."""
    FAILED = "failed"
    """Nothing was written: not reachable, or a look at the card showed it."""
    UNKNOWN = "unknown"
    MISMATCH = "mismatch"
    SET_ASIDE = "set_aside"
    """Unknown, and an operator gave a reason to leave it so."""


UNRESOLVED: Final = frozenset({State.INTENT, State.UNKNOWN})
FINAL: Final = frozenset(set(State) - {State.STEP, State.INTENT, State.UNKNOWN, State.WAITING})


class Step(StrEnum):
    """The visible steps of an operation, in the order in which they can come."""

    CHECK = "check"
    RECORD = "record"
    LOOK = "look"
    WRITE = "write"
    READ_BACK = "read_back"
    COMPARE = "compare"
    CLEAR = "clear"
    PUSH = "push"
    SEND = "send"
    """To a lock, over its gateway or its cloud."""
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation as the journal shows it. Times are UTC; stay times are site-local.

    `number` orders operations of this journal and is the key for paging.
    """

    number: int
    operation: str
    parent: str
    kind: Kind
    state: State
    desk: str
    operator: str
    started_at: datetime
    ended_at: datetime | None
    room_id: str = ""
    room_name: str = ""
    stay_id: str = ""
    authorised_at: datetime | None = None
    expires_at: datetime | None = None
    card_id: str = ""
    uid: str = ""
    person: str = ""
    error: str = ""
    vendor_code: str = ""
    vendor_msg: str = ""
    reason: str = ""
