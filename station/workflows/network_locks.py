"""Networked locks (可信): state, clock, and opening by a password or a face."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from station.domain.event import LockFacts, Payload
from station.domain.kexin import KexinLock, LockState, TimeSync, parse_identity_number
from station.domain.lock import MADE_LENGTH, check_passcode, check_picture
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.outbox import Service
from station.domain.person import parse_name, parse_reason
from station.domain.room import Room
from station.errors import Code, InputInvalid, Refused, StationError
from station.ports import NetworkLocks
from station.workflows import lock_table
from station.workflows.desk import SLOTS_WAIT_S, Desk, new_operation_id
from station.workflows.records import Record
from station.workflows.remote import Opened
from station.workflows.result import state_after

_Send = Callable[[NetworkLocks, int], None]
SYNC_LIFE: Final = timedelta(minutes=10)
"""How long a time synchronisation that was begun is reported; the paper names no life."""


@dataclass(frozen=True, slots=True)
class LockSeen:
    """A networked lock just now. `lock` is None where only its state was asked."""

    operation: str
    room: Room
    lock_id: int
    state: LockState
    lock: KexinLock | None = None


def look(desk: Desk, operator: Operator, room: Room, *, details: bool = False) -> LockSeen:
    """Ask a lock for its state (Kexin lock/state/get), with `details` for what it is as well.

    What it said of its battery is kept. Raises `InputInvalid` LOCK_NOT_MAPPED, `VendorRefused`,
    `Unreachable`.
    """
    operator.require(Permission.READ_CARD)
    locks = desk.need_network_locks()
    lock_id = lock_table.lock_of(desk, room)
    found = locks.lock(lock_id) if details else None
    state = locks.state(lock_id)
    record = Record(
        desk, operator, Kind.LOCK_STATE, new_operation_id(desk.clock.local()), room=room
    )
    said = LockFacts(
        room.id,
        desk.clock.utc().isoformat(),
        low=state.low_voltage,
        online=state.online,
        abnormal=state.abnormal,
    )
    record.outcome(Payload(state=State.DONE, room=record.room_facts(), lock=said))
    return LockSeen(record.operation, room, lock_id, state, found)


def check_mac(desk: Desk, operator: Operator, entry: lock_table.LockEntry) -> KexinLock:
    """The lock that the cloud knows by a line's MAC (lock/by_mac/get) must have its number.

    Raises `Refused` LOCK_DIFFERS, `VendorRefused`, `Unreachable`.
    """
    operator.require(Permission.LOCKS)
    locks = desk.need_network_locks()
    found = locks.lock_by_mac(entry.mac) if entry.mac else locks.lock(entry.lock_id)
    if found.lock_id != entry.lock_id:
        raise Refused(
            Code.LOCK_DIFFERS, room=entry.room_name, lock_id=entry.lock_id, found=found.lock_id
        )
    return found


def open_with_password(
    desk: Desk, operator: Operator, room: Room, code: str, reason: str
) -> Opened:
    """Open with a password that the lock accepts (Kexin v2/lock/open), once."""
    wanted = check_passcode(code.strip(), length=MADE_LENGTH)
    return _open(
        desk, operator, room, reason, lambda locks, lock: locks.open_with_password(lock, wanted)
    )


@dataclass(frozen=True, slots=True)
class Face:
    """Who stands at the door: compared by the cloud, kept nowhere."""

    name: str
    id_number: str
    picture: bytes

    def __repr__(self) -> str:
        return "Face(…)"


def open_by_face(
    desk: Desk, operator: Operator, room: Room, face: Face, reason: str, *, agreed: bool
) -> Opened:
    """Open once the cloud has compared a face with a person (Kexin lock/open/face), once.

    Raises `Refused` FACES_OFF, `InputInvalid` CONSENT_NEEDED, ID_NUMBER_MALFORMED, PICTURE_….
    """
    operator.require(Permission.BIOMETRICS)
    if not desk.site.faces:
        raise Refused(Code.FACES_OFF)
    name, number = parse_name(face.name), parse_identity_number(face.id_number)
    check_picture(face.picture)
    if not agreed:
        raise InputInvalid(Code.CONSENT_NEEDED, field="agreed")
    return _open(
        desk,
        operator,
        room,
        reason,
        lambda locks, lock: locks.open_by_face(lock, name, number, face.picture),
    )


@dataclass(frozen=True, slots=True)
class SyncBegun:
    """A clock that is to be set: the technician keys `key1` and `key2` into the lock, then reports.

    `until` (site-local) is when the desk stops asking.
    """

    operation: str
    room: Room
    lock_id: int
    keys: TimeSync
    until: datetime


def begin_time_sync(desk: Desk, operator: Operator, room: Room) -> SyncBegun:
    """First step of setting a lock's clock (Kexin lock/time_sync/seq/get)."""
    operator.require(Permission.LOCKS)
    locks = desk.need_network_locks()
    lock_id = lock_table.lock_of(desk, room)
    record = Record(desk, operator, Kind.TIME_SYNC, new_operation_id(desk.clock.local()), room=room)
    record.intent(data={"lock": lock_id})
    try:
        keys = locks.time_sync_start(lock_id)
    except StationError as error:
        record.failure(state_after(error), error)
        raise
    until = desk.clock.local().replace(microsecond=0) + SYNC_LIFE
    return SyncBegun(record.operation, room, lock_id, keys, until)


def report_time_sync(desk: Desk, operator: Operator, begun: SyncBegun, *, ok: bool) -> State:
    """Second step: tell the cloud how it went (Kexin lock/time_sync/result)."""
    operator.require(Permission.LOCKS)
    record = Record(desk, operator, Kind.TIME_SYNC, begun.operation, room=begun.room)
    try:
        desk.need_network_locks().time_sync_result(begun.lock_id, begun.keys.seq, ok)
    except StationError as error:
        record.failure(state_after(error), error)
        raise
    state = State.DONE if ok else State.FAILED
    record.outcome(Payload(state=state, room=record.room_facts(), data={"ok": ok}))
    return state


def _open(desk: Desk, operator: Operator, room: Room, reason: str, send: _Send) -> Opened:
    operator.require(Permission.OPEN_DOOR)
    why = parse_reason(reason)
    locks = desk.need_network_locks()
    lock_id = lock_table.lock_of(desk, room)
    operation = new_operation_id(desk.clock.local())
    record = Record(desk, operator, Kind.REMOTE_OPEN, operation, room=room, reason=why)
    with desk.slots_turn(SLOTS_WAIT_S):
        record.intent(data={"service": Service.NETWORK_LOCKS.value})
        record.begin(Step.SEND)
        try:
            send(locks, lock_id)
        except StationError as error:
            state = state_after(error)
            record.failure(state, error)
            return Opened(operation, state, room, Service.NETWORK_LOCKS, error)
        record.outcome(Payload(state=State.DONE, room=record.room_facts()))
    return Opened(operation, State.DONE, room, Service.NETWORK_LOCKS)
