"""Stop a credential (停用): by its record, its slot or its digits; show a passcode again."""

from collections.abc import Callable, Iterable

from station.domain.credential import SLOTTED, Credential, CredentialKind, CredentialState
from station.domain.event import LockFacts, OutboxFacts, Payload
from station.domain.kexin import check_number
from station.domain.lock import check_slot
from station.domain.operation import Kind, State, Step
from station.domain.operator import Operator, Permission
from station.domain.outbox import SERVICE_OF, STOP_OF, Service
from station.domain.room import Room
from station.domain.stay import format_time
from station.errors import Code, InputInvalid, Refused, StationError
from station.workflows import lock_table, outbox, stopping
from station.workflows.credentials import CredentialResult, permission_for
from station.workflows.desk import (
    NO_CONSENT,
    SLOTS_WAIT_S,
    Consent,
    Desk,
    new_operation_id,
    override,
)
from station.workflows.records import Record
from station.workflows.result import state_after


def stop(
    desk: Desk, operator: Operator, credential_id: str, *, parent: str = ""
) -> CredentialResult:
    """Take a credential back: `done`, `waiting` (in the outbox) or `refused`.

    Raises `InputInvalid` CREDENTIAL_UNKNOWN, `Refused` CREDENTIAL_STOPPED and
    CREDENTIAL_NOT_REVOCABLE.
    """
    credential, operation = record_stop(desk, operator, credential_id, parent=parent)
    desk.tell(operation, Kind.CREDENTIAL_STOP, Step.PUSH.value, "begin")
    service = service_for(credential)
    pushes = outbox.sync(desk, operator, now=True, services=(service,))
    return result_of(desk, credential, operation, pushes)


def record_stop(
    desk: Desk, operator: Operator, credential_id: str, *, parent: str = ""
) -> tuple[Credential, str]:
    """Write down that a credential is to be stopped: it waits in the outbox when this returns.

    The operation is the one that waits already, where there is one. Raises as `stop`.
    """
    credential = desk.journal.credential(credential_id)
    if credential is None:
        raise InputInvalid(Code.CREDENTIAL_UNKNOWN, field="credential")
    operator.require(permission_for(credential.kind))
    if credential.state is CredentialState.STOPPED:
        raise Refused(Code.CREDENTIAL_STOPPED)
    if not credential.revocable:
        raise Refused(Code.CREDENTIAL_NOT_REVOCABLE, until=format_time(credential.expires_at))
    waiting = _waiting_stop(desk, credential)
    if waiting:
        outbox.retry(desk, operator, waiting)
        return credential, waiting
    room = desk.room_by_id(credential.room_id)
    record = Record(
        desk,
        operator,
        Kind.CREDENTIAL_STOP,
        new_operation_id(desk.clock.local()),
        room=room,
        parent=parent,
    )
    record.begin(Step.RECORD)
    call = STOP_OF[credential.kind]
    payload = Payload(
        state=State.WAITING,
        parent=parent,
        room=record.room_facts(),
        person=credential.holder,
        credential=stopping.as_stopping(credential),
        outbox=OutboxFacts(call=call, person=credential.holder, credential=credential.id),
        data={"credential": credential.kind.value, "slot": credential.slot},
    )
    record.outcome(payload)
    return credential, record.operation


def service_for(credential: Credential) -> Service:
    """Who takes this credential back."""
    return SERVICE_OF[STOP_OF[credential.kind]]


def result_of(
    desk: Desk, credential: Credential, operation: str, pushes: Iterable[outbox.Push]
) -> CredentialResult:
    """What a push made of a stop: `done`, `refused`, or still `waiting`."""
    state, error = State.WAITING, None
    for push in pushes:
        if push.operation == operation:
            state = {"done": State.DONE, "stopped": State.REFUSED}.get(push.state, State.WAITING)
            error = push.error
    now = desk.journal.credential(credential.id)
    room = desk.room_by_id(credential.room_id)
    return CredentialResult(operation, Kind.CREDENTIAL_STOP, state, room, now, error=error)


def stop_slot(
    desk: Desk,
    operator: Operator,
    room: Room,
    kind: CredentialKind,
    slot: int,
    consent: Consent = NO_CONSENT,
) -> CredentialResult:
    """Stop what sits in a slot. One that this desk did not fill needs a supervisor's reason.

    A slot of Kexin's is a user number. Raises `Refused` SLOT_UNKNOWN without one, `InputInvalid`
    FIELD_CHOICE for what sits in no slot, and as the vendor's port for a slot that there is not.
    """
    operator.require(permission_for(kind))
    if kind not in SLOTTED:
        choices = ", ".join(sorted(SLOTTED))
        raise InputInvalid(Code.FIELD_CHOICE, field="kind", value=kind.value, choices=choices)
    for credential in desk.journal.credentials(room.id):
        if (credential.kind, credential.slot) == (kind, slot):
            return stop(desk, operator, credential.id)
    emptied = _emptying(desk, room, kind, slot)
    refusal = Refused(Code.SLOT_UNKNOWN, room=room.name, slot=slot, credential=kind.value)
    overridden = override(operator, consent, refusal)
    record = Record(
        desk,
        operator,
        Kind.CREDENTIAL_STOP,
        new_operation_id(desk.clock.local()),
        room=room,
        reason=consent.reason,
        overrides=(overridden,),
    )
    with desk.slots_turn(SLOTS_WAIT_S):
        record.intent(data={"credential": kind.value, "slot": slot})
        record.begin(Step.SEND)
        try:
            said = emptied()
        except StationError as error:
            state = state_after(error)
            record.failure(state, error)
            return CredentialResult(record.operation, record.kind, state, room, error=error)
    record.outcome(Payload(state=State.DONE, room=record.room_facts(), lock=said))
    return CredentialResult(record.operation, record.kind, State.DONE, room, said=said)


def _emptying(
    desk: Desk, room: Room, kind: CredentialKind, slot: int
) -> Callable[[], LockFacts | None]:
    """The call that empties a slot, checked before anything is journalled."""
    if kind is CredentialKind.KEXIN_PASSWORD:
        locks, lock_id = desk.need_network_locks(), lock_table.lock_of(desk, room)
        user = check_number(slot, "slot")
        return lambda: locks.delete_password(lock_id, user)
    desk.need_gateway()
    number = check_slot(slot)
    return lambda: stopping.lock_facts(
        desk, room.id, stopping.stop_slot(desk, room.id, kind, number)
    )


def stop_code(desk: Desk, operator: Operator, room: Room, code: str) -> CredentialResult:
    """Stop the passcode with these digits. Raises `InputInvalid` CREDENTIAL_UNKNOWN."""
    operator.require(Permission.PASSCODES)
    for credential in desk.journal.credentials(room.id):
        if credential.code and desk.journal.unseal(credential.code) == code.strip():
            return stop(desk, operator, credential.id)
    raise InputInvalid(Code.CREDENTIAL_UNKNOWN, field="passcode")


def show_code(desk: Desk, operator: Operator, credential_id: str) -> str:
    """A passcode once more, journalled as shown. Raises `InputInvalid` CREDENTIAL_UNKNOWN."""
    operator.require(Permission.PASSCODES)
    credential = desk.journal.credential(credential_id)
    code = desk.journal.unseal(credential.code) if credential and credential.code else ""
    if credential is None or not code:
        raise InputInvalid(Code.CREDENTIAL_UNKNOWN, field="credential")
    room = desk.room_by_id(credential.room_id)
    operation = new_operation_id(desk.clock.local())
    record = Record(desk, operator, Kind.PASSCODE_SHOW, operation, room=room)
    record.outcome(
        Payload(
            state=State.DONE,
            room=record.room_facts(),
            person=credential.holder,
            data={"credential": credential.kind.value, "slot": credential.slot},
        )
    )
    return code


def _waiting_stop(desk: Desk, credential: Credential) -> str:
    """The operation that is to stop it already, waiting or given up; empty where there is none."""
    for row in desk.journal.outbox(stopped=True):
        if row.facts.credential == credential.id:
            return row.operation
    return ""
