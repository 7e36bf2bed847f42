"""The vendors' systems beyond the encoder: the gates' cloud, the locks' gateway."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from station.domain.kexin import KexinLock, LockState, TimeSync
from station.domain.lock import LockReading
from station.domain.person import Person


class NetworkLocks(Protocol):
    """Kexin's networked locks, by its own number of the lock. Times UTC, aware.

    Every method may raise `InputInvalid`, `Unreachable` and `VendorRefused` with a KEXIN_… code;
    what opens or writes something raises `OutcomeUnknown` once anything was sent and no clear
    answer came. `delete_password` may be repeated.
    """

    def lock(self, lock_id: int) -> KexinLock: ...

    def lock_by_mac(self, mac: str) -> KexinLock: ...

    def open(self, lock_id: int) -> None:
        """Once."""

    def open_by_face(self, lock_id: int, name: str, id_number: str, picture: bytes) -> None:
        """Once; the cloud compares the picture with the person's."""

    def open_with_password(self, lock_id: int, code: str) -> None:
        """Once."""

    def state(self, lock_id: int) -> LockState: ...

    def password(self, lock_id: int, effective_at: datetime) -> str:
        """A temporary password: five minutes from `effective_at`, nothing takes it back."""

    def put_password(self, lock_id: int, user_id: int, effective_at: datetime, seconds: int) -> str:
        """Write a password of Kexin's choosing into the lock for a user number."""

    def delete_password(self, lock_id: int, user_id: int) -> None: ...

    def time_sync_start(self, lock_id: int) -> TimeSync: ...

    def time_sync_result(self, lock_id: int, seq: int, ok: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class GateCard:
    """What Shankai holds for a resident: hex without `0x`; whether it was allocated just now."""

    card_no: str
    is_new: bool


class Gate(Protocol):
    """The community gates' cloud (Shankai 5-7).

    Raises `VendorRefused` with a SHANKAI_… code and `Unreachable`. All three may be repeated.
    """

    def set_card(self, person: Person, uid: str) -> None: ...

    def get_card(self, person: Person) -> GateCard:
        """Allocates a number where there is none: never a poll or a check."""

    def remove_user(self, mobile: str) -> None: ...


class Gateway(Protocol):
    """Credentials beyond cards at the platform's locks (door lock 2.1, 2.2 passcodes, 3-6).

    Every method may raise `InputInvalid`, `Unreachable` (nothing was sent) and `VendorRefused`. The
    ones that give something raise `OutcomeUnknown` once anything was sent and no clear answer came;
    those that stop something may be repeated. `expires_at` is site-local.
    """

    def make_offline(self, room_id: str, expires_at: datetime) -> str:
        """MakeOffline: a passcode that the lock knows by itself; needs no gateway."""

    def stop_offline(self, room_id: str, code: str, expires_at: datetime) -> None:
        """GatewayStopOffline; `expires_at` must be the one that made it."""

    def put_online(
        self, room_id: str, slot: int, code: str, expires_at: datetime
    ) -> LockReading: ...

    def stop_online(self, room_id: str, slot: int) -> LockReading: ...

    def open(self, room_id: str) -> LockReading:
        """GatewayOpen, once."""

    def put_face(
        self,
        room_id: str,
        slot: int,
        picture: bytes,
        authorised_at: datetime,
        expires_at: datetime,
    ) -> LockReading:
        """GatewayUploadFace: a JPG or PNG."""

    def stop_face(self, room_id: str, slot: int) -> LockReading: ...

    def put_fingerprint(
        self,
        room_id: str,
        slot: int,
        template: bytes,
        authorised_at: datetime,
        expires_at: datetime,
    ) -> LockReading: ...

    def stop_fingerprint(self, room_id: str, slot: int) -> LockReading: ...
