"""The outbox: what waits for a vendor, pushed in order, once, with back-off between tries.

Each vendor has a row of its own (`domain/outbox.py`): gates that are away keep no passcode alive.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from station.domain.credential import CredentialState
from station.domain.event import (
    BindingFacts,
    CredentialFacts,
    Entry,
    Payload,
    VendorFacts,
)
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.outbox import REFUSALS, SERVICE_OF, Call, Service, is_final
from station.errors import (
    Code,
    InputInvalid,
    JournalUnsafe,
    StationError,
    Unreachable,
    VendorRefused,
)
from station.ports import HistoryFilter, OutboxRow
from station.workflows import stopping
from station.workflows.desk import SLOTS_WAIT_S, Desk
from station.workflows.result import vendor_words

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
EVERYTHING: Final = frozenset(Service)


@dataclass(frozen=True, slots=True)
class Push:
    """What became of one waiting thing: `done`, `waiting` or `stopped`."""

    operation: str
    state: str
    error: StationError | None = None


def sync(
    desk: Desk,
    operator: Operator,
    *,
    now: bool = False,
    services: Collection[Service] = EVERYTHING,
) -> list[Push]:
    """Push what is due, vendor by vendor, in order; with `now` whatever its next try is.

    A vendor who cannot be reached ends its row; a lock that refuses holds up only what waits for
    that lock. A vendor whom another program is pushing to just now, or who is not set up, is left
    out. Raises `JournalUnsafe`.
    """
    operator.require(Permission.RESIDENTS)
    waiting = desk.journal.outbox()
    wanted = [service for service in Service if service in services and _has(desk, service)]
    pushes: list[Push] = []
    for service in wanted:
        if any(service_of(row) is service for row in waiting):
            pushes += _sync_one(desk, service, now)
    return pushes


def _sync_one(desk: Desk, service: Service, now: bool) -> list[Push]:
    pushes: list[Push] = []
    held: set[str] = set()
    try:
        with desk.outbox_turn(service):
            for row in desk.journal.outbox():
                if service_of(row) is not service or _lock_of(desk, row) in held:
                    continue
                refused = row.facts.error in REFUSALS
                if now or is_due(row, desk.clock.utc()):
                    push = _push(desk, row)
                    pushes.append(push)
                    if push.state != "waiting":
                        continue
                    refused = isinstance(push.error, VendorRefused)
                if service is Service.GATE or not refused:
                    break
                held.add(_lock_of(desk, row))
    except Unreachable as error:
        if error.code is not Code.SERVICE_BUSY:
            raise
    return pushes


def _lock_of(desk: Desk, row: OutboxRow) -> str:
    """The lock that a row is for; empty for what goes to a cloud alone."""
    credential = desk.journal.credential(row.facts.credential) if row.facts.credential else None
    return (credential.lock_id or credential.room_id) if credential else ""


def service_of(row: OutboxRow) -> Service:
    """Whom the row is for."""
    return SERVICE_OF[Call(row.facts.call)]


def is_due(row: OutboxRow, now: datetime) -> bool:
    """Whether the row's next try has come (UTC)."""
    return not row.facts.next_at or datetime.fromisoformat(row.facts.next_at) <= now


def retry(desk: Desk, operator: Operator, operation: str) -> None:
    """Put something that was given up back into the row."""
    operator.require(Permission.RESIDENTS)
    for row in desk.journal.outbox(stopped=True):
        if row.operation == operation and row.facts.state == "stopped":
            facts = msgspec.structs.replace(
                row.facts, state="waiting", attempts=0, next_at="", error=""
            )
            payload = Payload(state=State.WAITING, outbox=facts, binding=_binding(desk, row, True))
            desk.journal.append(Entry(row.kind, operation, operator.name, payload))


def pause_after(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s … 15 min."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _has(desk: Desk, service: Service) -> bool:
    part = {
        Service.GATE: desk.gate,
        Service.GATEWAY: desk.gateway,
        Service.NETWORK_LOCKS: desk.network_locks,
    }[service]
    return part is not None


def _push(desk: Desk, row: OutboxRow) -> Push:
    sent = stopping.NOTHING_SAID
    try:
        if service_of(row) is Service.GATE:
            _to_gate(desk, row)
        else:
            sent = _to_lock(desk, row)
    except JournalUnsafe:
        raise
    except StationError as error:
        if _is_gone_already(row, error):
            return _note(desk, row, "done", None)
        final = is_final(Call(row.facts.call), error, row.facts.attempts + 1)
        return _note(desk, row, "stopped" if final else "waiting", error)
    return _note(desk, row, "done", None, sent)


def _to_gate(desk: Desk, row: OutboxRow) -> None:
    person = desk.journal.person(row.facts.person)
    gate = desk.need_gate()
    if not person.mobile:  # erased while it waited
        raise VendorRefused(Code.RESIDENT_UNKNOWN, field="mobile")
    if row.facts.call == Call.SET_CARD:
        gate.set_card(person, row.facts.uid)
    else:
        _note_try(desk, row)
        gate.remove_user(person.mobile)


def _to_lock(desk: Desk, row: OutboxRow) -> stopping.Sent:
    with desk.slots_turn(SLOTS_WAIT_S):
        credential = desk.journal.credential(row.facts.credential)
        if credential is None:
            raise InputInvalid(Code.CREDENTIAL_UNKNOWN, field="credential")
        return stopping.send(desk, credential)


def _note_try(desk: Desk, row: OutboxRow) -> None:
    """Count a try before it is made: after a crash nobody knows whether the cloud heard of it."""
    facts = msgspec.structs.replace(row.facts, attempts=row.facts.attempts + 1)
    payload = Payload(state=State.WAITING, outbox=facts)
    desk.journal.append(Entry(row.kind, row.operation, row.operator, payload))


def _is_gone_already(row: OutboxRow, error: StationError) -> bool:
    """Nothing is left to take back.

    A second try at the gates finds nobody: the first one's answer was lost on the way. A lock of
    Kexin's that has no password for the user (310) has none to open with, whoever took it.
    """
    if row.facts.call == Call.DELETE_PASSWORD:
        return error.code is Code.KEXIN_USER_MISSING
    retried = row.facts.attempts > 0
    return retried and row.facts.call == Call.REMOVE_USER and error.code is Code.SHANKAI_NO_USER


def _note(
    desk: Desk,
    row: OutboxRow,
    state: str,
    error: StationError | None,
    sent: stopping.Sent = stopping.NOTHING_SAID,
) -> Push:
    attempts = row.facts.attempts + 1
    next_at = desk.clock.utc() + pause_after(attempts) if state == "waiting" else None
    code, msg = vendor_words(error)
    facts = msgspec.structs.replace(
        row.facts,
        state=state,
        attempts=attempts,
        next_at=next_at.isoformat() if next_at else "",
        error=error.code.value if error else "",
    )
    payload = Payload(
        state={"done": State.DONE, "waiting": State.WAITING, "stopped": State.REFUSED}[state],
        outbox=facts,
        error=facts.error,
        vendor=VendorFacts(code, msg) if code or msg else None,
        binding=_binding(desk, row, state == "done") if state != "waiting" else None,
        credential=_ended(desk, row, sent) if state == "done" else None,
        lock=sent.said,
    )
    desk.journal.append(Entry(row.kind, row.operation, row.operator, payload))
    if payload.credential is not None and sent.sure:
        stopping.settle(desk, row, payload.credential)
    if state == "done":
        _settle_check_outs(desk, row)
    return Push(row.operation, state, error)


def _ended(desk: Desk, row: OutboxRow, sent: stopping.Sent) -> CredentialFacts | None:
    credential = desk.journal.credential(row.facts.credential) if row.facts.credential else None
    if credential is None or credential.state is CredentialState.STOPPED:
        return None  # said already: its slot may be somebody else's since
    return stopping.as_stopped(credential) if sent.sure else stopping.as_possible(credential)


def _settle_check_outs(desk: Desk, row: OutboxRow) -> None:
    """The check-out that this belongs to, or those of its room that found it waiting already."""
    own = desk.journal.operation(row.operation)
    if own is None:
        return
    waiting = HistoryFilter(kind=Kind.CHECK_OUT, state=State.WAITING, room_id=own.room_id)
    of_room = desk.journal.history(waiting) if own.room_id else []
    for operation in {own.parent, *(each.operation for each in of_room)} - {""}:
        stopping.settle_check_out(desk, operation)


def _binding(desk: Desk, row: OutboxRow, wanted: bool) -> BindingFacts | None:
    """The registry follows what the cloud said: `wanted` as meant, or its opposite."""
    binding = desk.journal.binding(row.facts.uid) if row.facts.uid else None
    if binding is None or binding.person != row.facts.person:
        return None
    meant = row.facts.call == Call.SET_CARD
    return BindingFacts(
        uid=row.facts.uid,
        person=row.facts.person,
        mobile_digest=binding.mobile_digest,
        bound=meant if wanted else not meant,
    )
