"""Passcodes and remote opening: the calls of door lock 2.1-2.2 (computed), 3.1-3.2 (sent), 4.1.

A computed passcode needs no gateway. The document does not say whether asking again for the same
room and end gives the same one (`offline_repeats`), nor what stopping with another end than the
one that made it does (`stop_checks_end`).
"""

import re

from station.simulators.door_lock.endpoint import Endpoint, Platform
from station.simulators.door_lock.fields import CallRefusedError, Fields, Refusal
from station.simulators.door_lock.gateway import (
    known_lock,
    lock_answer,
    online_slot,
    put_in,
    reached_lock,
    take_out,
)
from station.simulators.door_lock.switches import EmptyData
from station.simulators.options import NumberForm
from station.simulators.room_lock import Held

_PWD = re.compile(r"[0-9]{6,10}")


def make_offline(platform: Platform, fields: Fields) -> object:
    """2.1: a passcode computed from room and end; the lock need not be reached."""
    room, end = fields.text("rm_id"), fields.time("unValid")
    lock = known_lock(platform, room)
    code = lock.make_offline(end, repeat=platform.switches.offline_repeats)
    platform.world.changed()
    as_number = platform.switches.muid is NumberForm.NUMBER
    return {"muid": int(code) if as_number else code}


def gateway_stop_offline(platform: Platform, fields: Fields) -> object:
    """2.2: the lock refuses a computed passcode; the end must be the one that made it."""
    room, code, end = fields.text("rm_id"), fields.text("muid"), fields.time("unValid")
    held = known_lock(platform, room).offline.get(code)
    switches = platform.switches
    if held is None:
        raise CallRefusedError(Refusal.CODE)
    if held.unvalid != end and switches.stop_checks_end:
        raise CallRefusedError(Refusal.END)
    if held.stopped and not switches.stop_empty_ok:
        raise CallRefusedError(Refusal.NOTHING)
    lock = reached_lock(platform, room)
    if held.unvalid == end:
        lock.stop_offline(code)
        platform.world.changed()
    return {} if switches.stop_offline_data is EmptyData.OBJECT else None


def gateway_upload_online(platform: Platform, fields: Fields) -> object:
    """3.1: a passcode of one's own in a slot."""
    room, slot = fields.text("rm_id"), online_slot(platform, fields)
    code, end = fields.text("pwd"), fields.time("unValid")
    if not _PWD.fullmatch(code):
        raise CallRefusedError(Refusal.PASSCODE)
    lock = reached_lock(platform, room)
    put_in(platform, lock.online, slot, Held(code, end))
    return lock_answer(platform, lock)


def gateway_stop_online(platform: Platform, fields: Fields) -> object:
    """3.2: stops whatever passcode lies in the slot."""
    room, slot = fields.text("rm_id"), online_slot(platform, fields)
    lock = reached_lock(platform, room)
    take_out(platform, lock.online, slot)
    return lock_answer(platform, lock)


def gateway_open(platform: Platform, fields: Fields) -> object:
    """4.1: the door opens, each time it is called."""
    lock = reached_lock(platform, fields.text("rm_id"))
    platform.world.open_remotely(lock.rm_id)
    return lock_answer(platform, lock)


PASSCODE_CALLS = (
    Endpoint("/Api/MakeOffline", make_offline),
    Endpoint("/Api/GatewayStopOffline", gateway_stop_offline, radio=True),
    Endpoint("/Api/GatewayUploadOnline", gateway_upload_online, radio=True),
    Endpoint("/Api/GatewayStopOnline", gateway_stop_online, radio=True),
    Endpoint("/Api/GatewayOpen", gateway_open, radio=True),
)
