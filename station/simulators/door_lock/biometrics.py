"""Faces and fingerprints in a lock's slots: the calls of door lock 5.1-5.2 and 6.1-6.2."""

from collections.abc import Callable

from station.simulators.door_lock.endpoint import Endpoint, Platform
from station.simulators.door_lock.fields import CallRefusedError, Fields, Refusal
from station.simulators.door_lock.gateway import (
    lock_answer,
    put_in,
    reached_lock,
    take_out,
    template_slot,
    validity,
)
from station.simulators.pictures import picture_digest, template_digest
from station.simulators.room_lock import Held


def gateway_upload_face(platform: Platform, fields: Fields) -> object:
    """5.1: a JPG or PNG in base64; its SHA-256 is all that stays."""
    room, slot, (start, end) = fields.text("rm_id"), template_slot(fields), validity(fields)
    digest = _digest(fields, "base64", picture_digest, Refusal.PICTURE)
    lock = reached_lock(platform, room)
    put_in(platform, lock.faces, slot, Held(digest, end, start))
    return lock_answer(platform, lock)


def gateway_stop_face(platform: Platform, fields: Fields) -> object:
    """5.2: stops whatever face lies in the slot."""
    room, slot = fields.text("rm_id"), template_slot(fields)
    lock = reached_lock(platform, room)
    take_out(platform, lock.faces, slot)
    return lock_answer(platform, lock)


def gateway_upload_finger(platform: Platform, fields: Fields) -> object:
    """6.1: hex bytes joined by hyphens; their SHA-256 is all that stays."""
    room, slot, (start, end) = fields.text("rm_id"), template_slot(fields), validity(fields)
    digest = _digest(fields, "hexs", template_digest, Refusal.TEMPLATE)
    lock = reached_lock(platform, room)
    put_in(platform, lock.fingers, slot, Held(digest, end, start))
    return lock_answer(platform, lock)


def gateway_stop_finger(platform: Platform, fields: Fields) -> object:
    """6.2: stops whatever fingerprint lies in the slot."""
    room, slot = fields.text("rm_id"), template_slot(fields)
    lock = reached_lock(platform, room)
    take_out(platform, lock.fingers, slot)
    return lock_answer(platform, lock)


BIOMETRIC_CALLS = (
    Endpoint("/Api/GatewayUploadFace", gateway_upload_face, radio=True),
    Endpoint("/Api/GatewayStopFace", gateway_stop_face, radio=True),
    Endpoint("/Api/GatewayUploadFinger", gateway_upload_finger, radio=True),
    Endpoint("/Api/GatewayStopFinger", gateway_stop_finger, radio=True),
)


def _digest(fields: Fields, name: str, read: Callable[[str], str], refusal: Refusal) -> str:
    try:
        return read(fields.text(name))
    except ValueError as error:
        raise CallRefusedError(refusal) from error
