"""Credentials beyond cards: passcodes, faces, fingerprints; their slots and the rules for both.

A slot of a lock is overwritten silently, and stopping a wrong one stops somebody else's. So the
desk hands slots out itself, per room and kind, and stops only what it knows that it placed.
Times of credentials are site-local, naive, whole seconds, as those of stays.
"""

import itertools
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from station.errors import Code, InputInvalid, Refused

SLOTS: Final = (1, 49)
"""door lock 5.1, 6.1: `m1` is 1-49; the same range is kept for online passcodes (3.1)."""
PASSCODE_LENGTH: Final = (6, 10)
TEMPORARY_SECONDS: Final = 300
"""Kexin's temporary passwords live five minutes, no more and no less."""
NOTHING_ENDED: Final[Mapping[int, datetime]] = {}
ONE_SECOND: Final = timedelta(seconds=1)


class CredentialKind(StrEnum):
    """What opens a door and is no card."""

    OFFLINE_PASSCODE = "offline_passcode"
    """Computed by the platform, known to the lock by itself; needs no gateway."""
    ONLINE_PASSCODE = "online_passcode"
    FACE = "face"
    FINGERPRINT = "fingerprint"
    KEXIN_PASSWORD = "kexin_password"  # noqa: S105 - a kind, not a secret
    """Written into a networked lock for one user number (Kexin v2)."""
    KEXIN_TEMPORARY = "kexin_temporary"
    """Computed by Kexin, five minutes long; nothing revokes it."""


PASSCODES: Final = frozenset(
    {
        CredentialKind.OFFLINE_PASSCODE,
        CredentialKind.ONLINE_PASSCODE,
        CredentialKind.KEXIN_PASSWORD,
        CredentialKind.KEXIN_TEMPORARY,
    }
)
SLOTTED: Final = frozenset(
    {
        CredentialKind.ONLINE_PASSCODE,
        CredentialKind.FACE,
        CredentialKind.FINGERPRINT,
        CredentialKind.KEXIN_PASSWORD,
    }
)
"""Those that sit in a slot (Kexin: a user number) and are stopped by it."""
BIOMETRIC: Final = frozenset({CredentialKind.FACE, CredentialKind.FINGERPRINT})
KEXIN: Final = frozenset({CredentialKind.KEXIN_PASSWORD, CredentialKind.KEXIN_TEMPORARY})
STARTING: Final = BIOMETRIC | KEXIN
"""Those whose lock is told when they begin, so that a clock further behind refuses them."""


class CredentialState(StrEnum):
    """What the desk knows of a credential. Only `stopped` gives its slot back before its end."""

    ACTIVE = "active"
    POSSIBLE = "possible"
    """Sent, and no clear answer came: it may open."""
    STOPPING = "stopping"
    """To be stopped; until that is certain it may open."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential of a room. `holder` and `code` are references, never a name or a code.

    `picture` is the SHA-256 of a face image or fingerprint template, which are never kept.
    """

    id: str
    kind: CredentialKind
    state: CredentialState
    room_id: str
    authorised_at: datetime
    expires_at: datetime
    slot: int = 0
    stay_id: str = ""
    holder: str = ""
    code: str = ""
    picture: str = ""
    lock_id: str = ""
    """Kexin's number of the lock, as it was when the password was written."""
    operation: str = ""

    def may_open(self, now: datetime) -> bool:
        """Whether it can open its door at `now` (site-local)."""
        return self.state is not CredentialState.STOPPED and now <= self.expires_at

    def surely_opens(self, now: datetime) -> bool:
        """Whether it opens at `now` (site-local) for certain, as far as the lock's clock agrees.

        Kexin gives a length in seconds, so whether the last one counts is not said.
        """
        if self.state is not CredentialState.ACTIVE or not self.may_open(now):
            return False
        if self.kind in KEXIN and now >= self.expires_at:
            return False
        return self.kind not in STARTING or now >= self.authorised_at

    @property
    def revocable(self) -> bool:
        """Whether a call takes it back; a temporary Kexin password just ends."""
        return self.kind is not CredentialKind.KEXIN_TEMPORARY

    def keeps_slot(self, now: datetime) -> bool:
        """Whether its slot is not free: a stop that still waits would hit whoever came next."""
        if self.kind not in SLOTTED or self.state is CredentialState.STOPPED:
            return False
        return self.state is CredentialState.STOPPING or now <= self.expires_at


def free_slot(
    taken: Iterable[int],
    *,
    room: str,
    kind: CredentialKind,
    slots: tuple[int, int] = SLOTS,
    ended: Mapping[int, datetime] = NOTHING_ENDED,
) -> int:
    """The lowest slot that nobody holds, an empty one before one whose holder has only `ended`.

    A desk's clock that ran ahead makes somebody's credential look over: of those slots the one
    that ended first is taken, and only when no other is left. Raises `Refused` SLOTS_FULL.
    """
    held = frozenset(taken)
    low, high = slots
    free = [slot for slot in range(low, high + 1) if slot not in held]
    if not free:
        raise Refused(Code.SLOTS_FULL, room=room, credential=kind.value, low=low, high=high)
    return min(free, key=lambda slot: (ended.get(slot, datetime.min), slot))


def end_of_its_own(wanted: datetime, ends: Collection[datetime]) -> datetime:
    """The latest end up to `wanted` that no other one has.

    A computed passcode may be made from room and end alone (the paper does not say): two of one end
    would then be one code, and stopping it for one guest would stop it for the other.
    """
    while wanted in ends:
        wanted -= ONE_SECOND
    return wanted


def parse_slot(text: str | int, *, slots: tuple[int, int] = SLOTS) -> int:
    """A slot's number. Raises `InputInvalid` FIELD_NOT_A_NUMBER, FIELD_OUT_OF_RANGE."""
    wanted = str(text).strip()
    if not wanted.isascii() or not wanted.isdigit():
        raise InputInvalid(Code.FIELD_NOT_A_NUMBER, field="slot", value=wanted[:20])
    low, high = slots
    if len(wanted) > 6 or not low <= int(wanted) <= high:
        raise InputInvalid(Code.FIELD_OUT_OF_RANGE, field="slot", low=low, high=high)
    return int(wanted)


def parse_passcode(text: str) -> str:
    """A passcode that somebody chose: 6-10 digits (door lock 3.1), not all alike, no run.

    Raises `InputInvalid` PASSCODE_MALFORMED or PASSCODE_WEAK; the code itself is in no error.
    """
    wanted = text.strip()
    low, high = PASSCODE_LENGTH
    if not low <= len(wanted) <= high or not wanted.isascii() or not wanted.isdigit():
        raise InputInvalid(Code.PASSCODE_MALFORMED, field="passcode", low=low, high=high)
    if _is_weak(wanted):
        raise InputInvalid(Code.PASSCODE_WEAK, field="passcode")
    return wanted


def new_passcode(length: int = PASSCODE_LENGTH[0]) -> str:
    """A passcode that nobody guesses."""
    while True:
        code = "".join(secrets.choice("0123456789") for _ in range(length))
        if not _is_weak(code):
            return code


def mask_passcode(code: str) -> str:
    """`****31`: enough to tell two apart."""
    return "*" * max(len(code) - 2, 0) + code[-2:] if len(code) > 2 else "*" * len(code)


def _is_weak(code: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(code)}
    return len(steps) == 1 and steps <= {0, 1, 9}
