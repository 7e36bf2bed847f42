"""Locks, opening and state: five of the document's calls, one small function each."""

from station.simulators.kexin.endpoint import Endpoint, Service
from station.simulators.kexin.fields import CallRefusedError, Fields, Status
from station.simulators.kexin.lock import KexinLock
from station.simulators.kexin.switches import StateOffline
from station.simulators.pictures import picture_digest

_INIT_AT = "2016-09-26T15:23:35.570062558+08:00"
_BIND_AT = "2016-09-08T15:20:03.222925+08:00"


def known_lock(service: Service, fields: Fields) -> KexinLock:
    """The lock that a call names. Raises CallRefusedError for none, a deleted or forbidden one."""
    found = service.cloud.locks.get(fields.uint32("lock_id"))
    if found is None or found.is_del:
        raise CallRefusedError(Status.LOCK_NOT_EXISTS)
    if found.denied:
        raise CallRefusedError(Status.LOCK_UNAUTHORIZED)
    return found


def check_reached(lock: KexinLock) -> None:
    """What "needs the gateway" means. Raises CallRefusedError."""
    if not lock.is_bind:
        raise CallRefusedError(Status.LOCK_NOT_BIND)
    if not lock.bound_ap:
        raise CallRefusedError(Status.LOCK_NOT_BOUND_AP)
    if not lock.online:
        raise CallRefusedError(Status.LOCK_NOT_ONLINE)


def open_door(service: Service, lock: KexinLock) -> None:
    """The motor turns, or fails for once (359)."""
    if lock.jams:
        lock.jams -= 1
        service.cloud.changed()
        raise CallRefusedError(Status.OPEN_LOCK_FAIL)
    lock.open(service.cloud.clock.now())
    service.cloud.changed()


def lock_get(service: Service, fields: Fields) -> object:
    """/third/lock/get: a lock by its id."""
    return _shown(known_lock(service, fields))


def lock_by_mac(service: Service, fields: Fields) -> object:
    """/third/lock/by_mac/get: a lock by its address."""
    found = service.cloud.by_mac(fields.mac())
    if found is None or found.is_del:
        raise CallRefusedError(Status.LOCK_NOT_EXISTS)
    if found.denied:
        raise CallRefusedError(Status.LOCK_UNAUTHORIZED)
    return _shown(found)


def lock_open(service: Service, fields: Fields) -> object:
    """/third/lock/open: remote opening; the door opens each time."""
    lock = known_lock(service, fields)
    fields.present("attach")
    check_reached(lock)
    open_door(service, lock)
    return None


def lock_open_face(service: Service, fields: Fields) -> object:
    """/third/lock/open/face: opens for a person whose name, number and face belong together."""
    lock = known_lock(service, fields)
    name, id_num = fields.text("name"), fields.text("id_num")
    try:
        face = picture_digest(fields.text("img_code"))
    except ValueError as error:
        raise CallRefusedError(Status.BAD_REQUEST) from error
    check_reached(lock)
    if service.cloud.too_many_faces(id_num, service.switches.face_limit):
        raise CallRefusedError(Status.FACE_EXCEED)
    person = service.cloud.person(id_num)
    if person is None:
        raise CallRefusedError(Status.USER_NOT_EXISTS)
    if (person.name, person.face) != (name, face):
        raise CallRefusedError(Status.FACE_ERR)
    open_door(service, lock)
    return None


def lock_state(service: Service, fields: Fields) -> object:
    """/third/lock/state/get: online, abnormal, low voltage."""
    lock = known_lock(service, fields)
    if service.switches.state_offline is StateOffline.REFUSED:
        check_reached(lock)
    return {
        "lock_id": lock.lock_id,
        "online": lock.online and lock.bound_ap,
        "is_abnormal": lock.is_abnormal,
        "low_voltage": lock.low_voltage,
    }


LOCK_CALLS = (
    Endpoint("/third/lock/get", lock_get),
    Endpoint("/third/lock/by_mac/get", lock_by_mac),
    Endpoint("/third/lock/open", lock_open),
    Endpoint("/third/lock/open/face", lock_open_face),
    Endpoint("/third/lock/state/get", lock_state),
)


def _shown(lock: KexinLock) -> dict[str, object]:
    return {
        "lock_id": lock.lock_id,
        "mac": lock.mac,
        "master": {"name": lock.master_name, "tel": lock.master_tel},
        "name": lock.name,
        "descr": "",
        "corp_id": 0,
        "device_ver": "ver",
        "firmware_ver": "",
        "is_init": lock.is_init,
        "is_bind": lock.is_bind,
        "init_at": _INIT_AT,
        "bind_at": _BIND_AT,
        "updated_at": _BIND_AT,
        "state": 0,
        "is_del": lock.is_del,
    }
