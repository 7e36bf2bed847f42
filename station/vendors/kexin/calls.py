"""The eleven calls as a table: path, checked reply, and whether sending them again does no harm."""

from typing import Any, Final

import msgspec

from station.domain.kexin import KexinLock, LockState, TimeSync, parse_mac
from station.errors import Code, InputInvalid
from station.vendors import _reply
from station.vendors._http import Endpoint
from station.vendors._reply import Loose, ShapeError
from station.vendors.kexin import wire

NAMES: Final = frozenset({"id_num"})
"""Fields that are personal here, beside those that are everywhere."""


class _Lock(msgspec.Struct, frozen=True):
    lock_id: Loose = None
    mac: Loose = None
    name: Any = None
    descr: Any = None
    corp_id: Any = None
    device_ver: Any = None
    firmware_ver: Any = None
    is_init: Any = False
    is_bind: Any = False
    is_del: Any = False
    state: Any = None
    init_at: Any = None
    bind_at: Any = None
    updated_at: Any = None


class _State(msgspec.Struct, frozen=True):
    lock_id: Loose = None
    online: Any = None
    is_abnormal: Any = None
    low_voltage: Any = None


class _Password(msgspec.Struct, frozen=True):
    password: Any = None


class _Sync(msgspec.Struct, frozen=True):
    seq: Loose = None
    key1: Loose = None
    key2: Loose = None


def lock(data: Any) -> KexinLock:
    """A lock; its number and MAC must be there, the rest is as it comes. Its owner is left out."""
    found = _reply.convert(data, _Lock)
    try:
        mac = parse_mac(_reply.text(found.mac, "mac"))
    except InputInvalid:
        raise ShapeError("mac") from None
    return KexinLock(
        lock_id=wire.number(found.lock_id, "lock_id"),
        mac=mac,
        name=wire.words(found.name),
        description=wire.words(found.descr),
        corp_id=wire.maybe_number(found.corp_id),
        device_version=wire.words(found.device_ver),
        firmware_version=wire.words(found.firmware_ver),
        is_initialised=wire.flag(found.is_init or False, "is_init"),
        is_bound=wire.flag(found.is_bind or False, "is_bind"),
        is_deleted=wire.flag(found.is_del or False, "is_del"),
        state=wire.maybe_number(found.state),
        initialised_at=wire.time(found.init_at),
        bound_at=wire.time(found.bind_at),
        updated_at=wire.time(found.updated_at),
    )


def state(data: Any) -> LockState:
    """What the gateway says; all four must be there."""
    found = _reply.convert(data, _State)
    return LockState(
        lock_id=wire.number(found.lock_id, "lock_id"),
        online=wire.flag(found.online, "online"),
        abnormal=wire.flag(found.is_abnormal, "is_abnormal"),
        low_voltage=wire.flag(found.low_voltage, "low_voltage"),
    )


def password(data: Any) -> str:
    """The password's digits."""
    return wire.password(_reply.convert(data, _Password).password)


def time_sync(data: Any) -> TimeSync:
    """The number and both keys."""
    found = _reply.convert(data, _Sync)
    return TimeSync(
        seq=wire.number(found.seq, "seq"),
        key1=wire.number(found.key1, "key1"),
        key2=wire.number(found.key2, "key2"),
    )


def nothing(data: Any) -> None:
    """`code` 200 says it all."""


LOCK_GET: Final = Endpoint("lock/get", "/third/lock/get", lock, idempotent=True)
LOCK_BY_MAC_GET: Final = Endpoint(
    "lock/by_mac/get", "/third/lock/by_mac/get", lock, idempotent=True
)
LOCK_OPEN: Final = Endpoint(
    "lock/open", "/third/lock/open", nothing, unknown=Code.LOCK_OUTCOME_UNKNOWN
)
LOCK_OPEN_FACE: Final = Endpoint(
    "lock/open/face",
    "/third/lock/open/face",
    nothing,
    unknown=Code.LOCK_OUTCOME_UNKNOWN,
    secret=NAMES,
)
LOCK_STATE_GET: Final = Endpoint("lock/state/get", "/third/lock/state/get", state, idempotent=True)
# The lock computes it by itself, so a lost answer costs nothing; but each call may make another.
LOCK_PWD_GET: Final = Endpoint(
    "lock/pwd/get", "/third/lock/pwd/get", password, idempotent=True, attempts=1
)
# Changes nothing at the lock either; each call gives another number.
TIME_SYNC_SEQ_GET: Final = Endpoint(
    "lock/time_sync/seq/get",
    "/third/lock/time_sync/seq/get",
    time_sync,
    idempotent=True,
    attempts=1,
    private=True,
)
TIME_SYNC_RESULT: Final = Endpoint(
    "lock/time_sync/result",
    "/third/lock/time_sync/result",
    nothing,
    unknown=Code.LOCK_OUTCOME_UNKNOWN,
)
V2_LOCK_PWD_GET: Final = Endpoint(
    "v2/lock/pwd/get", "/third/v2/lock/pwd/get", password, unknown=Code.LOCK_OUTCOME_UNKNOWN
)
# Harmless again, but the second time may meet a refusal because the first was heard: whoever
# repeats it must know that it is one.
V2_LOCK_PWD_DEL: Final = Endpoint(
    "v2/lock/pwd/del", "/third/v2/lock/pwd/del", nothing, idempotent=True, attempts=1
)
V2_LOCK_OPEN: Final = Endpoint(
    "v2/lock/open", "/third/v2/lock/open", nothing, unknown=Code.LOCK_OUTCOME_UNKNOWN
)
