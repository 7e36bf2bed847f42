"""Stopping a credential (停用): the call that takes it back, and what the journal says afterwards.

A stop may be repeated, so one that cannot be sent now waits in the outbox. Its slot stays taken
until then: a late stop would else hit whoever came next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from station.domain.credential import SLOTTED, Credential, CredentialKind, CredentialState
from station.domain.event import CredentialFacts, Entry, LockFacts, Payload
from station.domain.lock import LockReading
from station.domain.operation import Kind, State
from station.errors import Code, InputInvalid, Unreachable, VendorRefused
from station.ports import OutboxRow
from station.workflows.desk import NOBODY, Desk


@dataclass(frozen=True, slots=True)
class Sent:
    """What a lock said of itself, and whether it is `sure` that the credential opens nothing."""

    said: LockFacts | None = None
    sure: bool = True


NOTHING_SAID = Sent()


def send(desk: Desk, credential: Credential) -> Sent:
    """Take a credential back at its lock. To be called in the slots' turn.

    Nothing is sent for one that is stopped already, nor into a slot that somebody else has got
    since. One that has ended needs no second try; but a desk's clock may run ahead, so that is not
    sure. Raises as the vendor's port does.
    """
    if credential.state is CredentialState.STOPPED:
        return NOTHING_SAID
    successors = list(_successors(desk, credential))
    if successors:
        return Sent(sure=any(each.state is CredentialState.ACTIVE for each in successors))
    try:
        return Sent(_send(desk, credential))
    except (InputInvalid, Unreachable, VendorRefused) as error:
        ended = credential.expires_at < desk.clock.local()
        if not ended or error.code is Code.KEXIN_USER_MISSING:
            raise
        return Sent(sure=False)


def _send(desk: Desk, credential: Credential) -> LockFacts | None:
    if credential.kind is CredentialKind.KEXIN_PASSWORD:
        lock_id = int(credential.lock_id or 0)
        desk.need_network_locks().delete_password(lock_id, credential.slot)
        return None
    if credential.kind is CredentialKind.OFFLINE_PASSCODE:
        code = desk.journal.unseal(credential.code)
        if not code:
            raise InputInvalid(Code.CREDENTIAL_UNKNOWN, field="credential")
        gateway = desk.need_gateway()
        gateway.stop_offline(credential.room_id, code, credential.expires_at)
        return None
    reading = stop_slot(desk, credential.room_id, credential.kind, credential.slot)
    return lock_facts(desk, credential.room_id, reading)


def _successors(desk: Desk, credential: Credential) -> Iterator[Credential]:
    """Who got the slot after this one: each has written over what lay there."""
    if credential.kind not in SLOTTED:
        return
    newer = True
    for each in desk.journal.credentials(credential.room_id):  # newest first
        if each.id == credential.id:
            newer = False
        elif _same_slot(each, credential) and (
            each.authorised_at > credential.authorised_at
            or (newer and each.authorised_at == credential.authorised_at)
        ):
            yield each
    if credential.lock_id:  # the lock may hang on another room's door by now
        for each in desk.journal.live_credentials(desk.clock.local()):
            elsewhere = each.room_id != credential.room_id and _same_slot(each, credential)
            if elsewhere and each.authorised_at > credential.authorised_at:
                yield each


def _same_slot(one: Credential, other: Credential) -> bool:
    return (one.kind, one.slot, one.lock_id) == (other.kind, other.slot, other.lock_id)


def stop_slot(desk: Desk, room_id: str, kind: CredentialKind, slot: int) -> LockReading:
    """Stop whatever sits in a slot of a room's lock (door lock 3.2, 5.2, 6.2)."""
    gateway = desk.need_gateway()
    stop = {
        CredentialKind.ONLINE_PASSCODE: gateway.stop_online,
        CredentialKind.FACE: gateway.stop_face,
        CredentialKind.FINGERPRINT: gateway.stop_fingerprint,
    }[kind]
    return stop(room_id, slot)


def lock_facts(desk: Desk, room_id: str, reading: LockReading) -> LockFacts | None:
    """A lock's answer as the journal keeps it; None where it told nothing.

    The time is the desk's own where the lock gave none.
    """
    if reading.battery is None:
        return None
    at = reading.read_at or desk.clock.utc()
    return LockFacts(room_id, at.isoformat(), reading.battery)


def settle(desk: Desk, row: OutboxRow, stopped: CredentialFacts) -> None:
    """Once it is certain that it opens nothing: forget the code, and close a doubtful sending."""
    if stopped.code:
        desk.journal.forget(stopped.code)
    credential = desk.journal.credential(stopped.id)
    made = desk.journal.operation(credential.operation) if credential else None
    if made is not None and made.state is State.UNKNOWN and made.operation != row.operation:
        payload = Payload(state=State.SET_ASIDE, data={"stopped_by": row.operation})
        desk.journal.append(Entry(made.kind, made.operation, row.operator, payload))


def forget_ended(desk: Desk) -> int:
    """Forget the codes of passcodes that ended by themselves; how many there were.

    A day later, since a lock's clock may be slow.
    """
    ended = desk.journal.ended_codes(desk.clock.local() - timedelta(days=1))
    for reference in ended:
        desk.journal.forget(reference)
    return len(ended)


def settle_check_out(desk: Desk, operation: str) -> None:
    """A check-out of which a part waited is done once nothing of it and of its room waits."""
    row = desk.journal.operation(operation) if operation else None
    if row is None or row.kind is not Kind.CHECK_OUT or row.state is not State.WAITING:
        return
    waiting = any(
        each.state is CredentialState.STOPPING for each in desk.journal.credentials(row.room_id)
    )
    if not waiting and all(
        child.state is not State.WAITING for child in desk.journal.children(operation)
    ):
        payload = Payload(state=State.DONE)
        desk.journal.append(Entry(row.kind, operation, NOBODY.name, payload))


def as_stopping(credential: Credential) -> CredentialFacts:
    """The same credential, to be stopped."""
    return _in_state(credential, CredentialState.STOPPING)


def as_stopped(credential: Credential) -> CredentialFacts:
    """The same credential, which opens nothing any more."""
    return _in_state(credential, CredentialState.STOPPED)


def as_possible(credential: Credential) -> CredentialFacts:
    """The same credential, which opens nothing unless the desk's clock is wrong."""
    return _in_state(credential, CredentialState.POSSIBLE)


def _in_state(credential: Credential, state: CredentialState) -> CredentialFacts:
    return CredentialFacts.of(replace(credential, state=state))
