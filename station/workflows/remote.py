"""Remote opening (远程开门): asked why, role-checked, journalled, sent once."""

from dataclasses import dataclass

from station.domain.event import LockFacts, Payload
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.outbox import Service
from station.domain.person import parse_reason
from station.domain.room import Room
from station.errors import Code, InputInvalid, StationError
from station.workflows import lock_table, stopping
from station.workflows.desk import SLOTS_WAIT_S, Desk, new_operation_id
from station.workflows.records import Record
from station.workflows.result import state_after


@dataclass(frozen=True, slots=True)
class Opened:
    """`done`: the door is open. `unknown`: it may be, so somebody has to look."""

    operation: str
    state: State
    room: Room
    service: Service
    error: StationError | None = None
    said: LockFacts | None = None


def service_for(desk: Desk, room: Room) -> Service:
    """Who opens this room: its networked lock where it has one, else the platform's gateway.

    Raises `InputInvalid` PART_NOT_SET_UP.
    """
    if desk.network_locks is not None and lock_table.has_lock(desk, room):
        return Service.NETWORK_LOCKS
    if desk.gateway is None:
        raise InputInvalid(Code.PART_NOT_SET_UP, part=Service.GATEWAY.value)
    return Service.GATEWAY


def open_door(
    desk: Desk, operator: Operator, room: Room, reason: str, service: Service | None = None
) -> Opened:
    """Open a door now (door lock 4.1; Kexin lock/open). Never sent twice.

    Raises `InputInvalid` for the reason, `Refused` NOT_ALLOWED, with nothing sent.
    """
    operator.require(Permission.OPEN_DOOR)
    why = parse_reason(reason)
    by = service or service_for(desk, room)
    lock_id = 0
    if by is Service.NETWORK_LOCKS:
        desk.need_network_locks()
        lock_id = lock_table.lock_of(desk, room)
    else:
        desk.need_gateway()
    record = Record(
        desk,
        operator,
        Kind.REMOTE_OPEN,
        new_operation_id(desk.clock.local()),
        room=room,
        reason=why,
    )
    with desk.slots_turn(SLOTS_WAIT_S):
        record.intent(data={"service": by.value})
        record.begin(Step.SEND)
        try:
            said = _send(desk, room, by, lock_id)
        except StationError as error:
            state = state_after(error)
            record.failure(state, error)
            return Opened(record.operation, state, room, by, error)
        record.outcome(Payload(state=State.DONE, room=record.room_facts(), lock=said))
    return Opened(record.operation, State.DONE, room, by, said=said)


def _send(desk: Desk, room: Room, by: Service, lock_id: int) -> LockFacts | None:
    if by is Service.NETWORK_LOCKS:
        desk.need_network_locks().open(lock_id)
        return None
    return stopping.lock_facts(desk, room.id, desk.need_gateway().open(room.id))
