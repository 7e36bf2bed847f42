"""`DoorLockGateway`: the platform's calls beyond rooms and cards (door lock, passcodes to 6.2)."""

from datetime import datetime

from station.domain.lock import MADE_LENGTH, LockReading, check_passcode, check_slot
from station.vendors._http import Endpoint
from station.vendors.door_lock import faces, fingerprints, opening, passcodes, wire
from station.vendors.door_lock.client import DoorLock


class DoorLockGateway:
    """Implements `ports.Gateway` through a `DoorLock`. Times are site-local, whole seconds.

    Every method raises `InputInvalid` (nothing was sent), `Unreachable` and `VendorRefused`
    GATEWAY_REFUSED. What puts something into a lock, and `open`, are sent once and may raise
    `OutcomeUnknown` LOCK_OUTCOME_UNKNOWN; what stops something may be repeated by its caller. A
    reading is empty where the answer has none.
    """

    def __init__(self, door_lock: DoorLock) -> None:
        self._door_lock = door_lock

    def make_offline(self, room_id: str, expires_at: datetime) -> str:
        """MakeOffline (2.1, passcodes): digits that the lock knows by itself; needs no gateway.

        Changes nothing at the lock, so never `OutcomeUnknown`; but each call may make another code.
        """
        fields = {
            "rm_id": wire.room_field(room_id),
            "unValid": wire.time_field(expires_at, "expires_at"),
        }
        return self._door_lock.call(passcodes.MAKE_OFFLINE, fields)

    def stop_offline(self, room_id: str, code: str, expires_at: datetime) -> None:
        """GatewayStopOffline (2.2): `expires_at` must be the one that made the code."""
        fields = {
            "rm_id": wire.room_field(room_id),
            "muid": check_passcode(code, length=MADE_LENGTH),
            "unValid": wire.time_field(expires_at, "expires_at"),
        }
        self._door_lock.call(passcodes.GATEWAY_STOP_OFFLINE, fields, radio=True)

    def put_online(self, room_id: str, slot: int, code: str, expires_at: datetime) -> LockReading:
        """GatewayUploadOnline (3.1), once: 6-10 digits; overwrites what the slot held."""
        fields = _slot(room_id, slot) | {
            "pwd": check_passcode(code),
            "unValid": wire.time_field(expires_at, "expires_at"),
        }
        return self._door_lock.call(passcodes.GATEWAY_UPLOAD_ONLINE, fields, radio=True)

    def stop_online(self, room_id: str, slot: int) -> LockReading:
        """GatewayStopOnline (3.2): whatever the slot holds, so only one that the desk filled."""
        return self._stop(passcodes.GATEWAY_STOP_ONLINE, room_id, slot)

    def open(self, room_id: str) -> LockReading:
        """GatewayOpen (4.1), once."""
        fields = {"rm_id": wire.room_field(room_id)}
        return self._door_lock.call(opening.GATEWAY_OPEN, fields, radio=True)

    def put_face(
        self,
        room_id: str,
        slot: int,
        picture: bytes,
        authorised_at: datetime,
        expires_at: datetime,
    ) -> LockReading:
        """GatewayUploadFace (5.1), once: a JPG or PNG; overwrites what the slot held."""
        fields = _slot(room_id, slot) | {"base64": faces.picture_field(picture)}
        fields |= _times(authorised_at, expires_at)
        return self._door_lock.call(faces.GATEWAY_UPLOAD_FACE, fields, radio=True)

    def stop_face(self, room_id: str, slot: int) -> LockReading:
        """GatewayStopFace (5.2): whatever the slot holds, so only one that the desk filled."""
        return self._stop(faces.GATEWAY_STOP_FACE, room_id, slot)

    def put_fingerprint(
        self,
        room_id: str,
        slot: int,
        template: bytes,
        authorised_at: datetime,
        expires_at: datetime,
    ) -> LockReading:
        """GatewayUploadFinger (6.1), once: 1-4096 bytes; overwrites what the slot held."""
        fields = _slot(room_id, slot) | {"hexs": fingerprints.template_field(template)}
        fields |= _times(authorised_at, expires_at)
        return self._door_lock.call(fingerprints.GATEWAY_UPLOAD_FINGER, fields, radio=True)

    def stop_fingerprint(self, room_id: str, slot: int) -> LockReading:
        """GatewayStopFinger (6.2): whatever the slot holds, so only one that the desk filled."""
        return self._stop(fingerprints.GATEWAY_STOP_FINGER, room_id, slot)

    def _stop(self, endpoint: Endpoint[LockReading], room_id: str, slot: int) -> LockReading:
        return self._door_lock.call(endpoint, _slot(room_id, slot), radio=True)


def _slot(room_id: str, slot: int) -> dict[str, str | int]:
    return {"rm_id": wire.room_field(room_id), "m1": check_slot(slot)}


def _times(authorised_at: datetime, expires_at: datetime) -> dict[str, str | int]:
    return {
        "abkp": wire.time_field(authorised_at, "authorised_at"),
        "unValid": wire.time_field(expires_at, "expires_at"),
    }
