"""Passwords: four of the document's calls, one small function each.

A computed password (lock/pwd/get) needs no gateway and is good by the lock's own clock alone; a
written one (v2/lock/pwd/get) replaces the user's last without a word.
"""

import re

from station.simulators.hardware import DoorReason
from station.simulators.kexin.endpoint import Endpoint, Service
from station.simulators.kexin.fields import CallRefusedError, Fields, Status
from station.simulators.kexin.locks import check_reached, known_lock, open_door
from station.simulators.kexin.switches import EffectiveAt

COMPUTED_SECONDS = 300
_PASSWORD = re.compile(r"[0-9]{6}")


def password_get(service: Service, fields: Fields) -> object:
    """/third/lock/pwd/get: a password that lives five minutes; the lock need not be reached."""
    lock = known_lock(service, fields)
    start, end = _validity(service, fields)
    if service.switches.expire_fixed and end - start != COMPUTED_SECONDS:
        raise CallRefusedError(Status.BAD_REQUEST)
    if service.switches.effective_at is EffectiveAt.WINDOW:
        start -= start % COMPUTED_SECONDS
        end = start + COMPUTED_SECONDS
    code = lock.compute(start, end)
    service.cloud.changed()
    return {"password": code}


def password_write(service: Service, fields: Fields) -> object:
    """/third/v2/lock/pwd/get: a user's password, written into the lock."""
    lock, uid = known_lock(service, fields), fields.uint32("uid")
    start, end = _validity(service, fields)
    check_reached(lock)
    code = lock.write(uid, start, end)
    service.cloud.changed()
    return {"password": code}


def password_delete(service: Service, fields: Fields) -> object:
    """/third/v2/lock/pwd/del: a user's password is taken out of the lock."""
    lock, uid = known_lock(service, fields), fields.uint32("uid")
    check_reached(lock)
    if lock.written.pop(uid, None) is None and not service.switches.del_unknown_ok:
        raise CallRefusedError(Status.USER_NOT_EXISTS)
    service.cloud.changed()
    return None


def password_open(service: Service, fields: Fields) -> object:
    """/third/v2/lock/open: opens with a password that the lock knows; 357 once it has ended."""
    lock, code = known_lock(service, fields), fields.text("password")
    if not _PASSWORD.fullmatch(code):
        raise CallRefusedError(Status.PWD_ILLEGAL)
    check_reached(lock)
    reason = lock.judge(code, service.cloud.clock.now())
    if reason is DoorReason.EXPIRED:
        raise CallRefusedError(Status.EXPIRED)
    if reason is not DoorReason.OPENED:
        raise CallRefusedError(Status(service.switches.wrong_password))
    open_door(service, lock)
    return None


PASSWORD_CALLS = (
    Endpoint("/third/lock/pwd/get", password_get, desc="ok"),
    Endpoint("/third/v2/lock/pwd/get", password_write, desc="ok"),
    Endpoint("/third/v2/lock/pwd/del", password_delete),
    Endpoint("/third/v2/lock/open", password_open),
)


def _validity(service: Service, fields: Fields) -> tuple[int, int]:
    """`effective_at` and the end; what has ended already is 357."""
    start = fields.uint32("effective_at")
    end = start + fields.uint32("expire", least=1)
    if end <= service.cloud.clock.now().timestamp():
        raise CallRefusedError(Status.EXPIRED)
    return start, end
