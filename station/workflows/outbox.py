"""The outbox: what waits for the cloud, pushed in order, once, with back-off between tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from station.domain.event import BindingFacts, Entry, Payload, VendorFacts
from station.domain.gate import is_final
from station.domain.operation import State
from station.domain.operator import Operator, Permission
from station.errors import Code, StationError, VendorRefused
from station.ports import OutboxRow
from station.workflows.desk import Desk
from station.workflows.result import vendor_words

SET_CARD = "set_card_no"
REMOVE_USER = "del_user"
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Push:
    """What became of one waiting thing: `done`, `waiting` or `stopped`."""

    operation: str
    state: str
    error: StationError | None = None


def sync(desk: Desk, operator: Operator, *, now: bool = False) -> list[Push]:
    """Push what is due, in order; with `now` whatever its next try is.

    The first thing that has to wait ends the row, so that the order holds. Raises PART_NOT_SET_UP,
    `JournalUnsafe`.
    """
    operator.require(Permission.RESIDENTS)
    desk.need_gate()
    pushes: list[Push] = []
    with desk.outbox_turn():
        for row in desk.journal.outbox():
            if not now and not is_due(row, desk.clock.utc()):
                break
            push = _push(desk, row)
            pushes.append(push)
            if push.state == "waiting":
                break
    return pushes


def is_due(row: OutboxRow, now: datetime) -> bool:
    """Whether the row's next try has come (UTC)."""
    return not row.facts.next_at or datetime.fromisoformat(row.facts.next_at) <= now


def retry(desk: Desk, operator: Operator, operation: str) -> None:
    """Put something that was given up back into the row."""
    operator.require(Permission.RESIDENTS)
    for row in desk.journal.outbox(stopped=True):
        if row.operation == operation and row.facts.state == "stopped":
            facts = msgspec.structs.replace(row.facts, state="waiting", next_at="", error="")
            payload = Payload(state=State.WAITING, outbox=facts, binding=_binding(desk, row, True))
            desk.journal.append(Entry(row.kind, operation, operator.name, payload))


def pause_after(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s … 15 min."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _push(desk: Desk, row: OutboxRow) -> Push:
    person = desk.journal.person(row.facts.person)
    gate = desk.need_gate()
    try:
        if not person.mobile:  # erased while it waited
            raise VendorRefused(Code.RESIDENT_UNKNOWN, field="mobile")
        if row.facts.call == SET_CARD:
            gate.set_card(person, row.facts.uid)
        else:
            _note_try(desk, row)
            gate.remove_user(person.mobile)
    except StationError as error:
        if _is_gone_already(row, error):
            return _note(desk, row, "done", None)
        return _note(desk, row, "stopped" if is_final(error) else "waiting", error)
    return _note(desk, row, "done", None)


def _note_try(desk: Desk, row: OutboxRow) -> None:
    """Count a try before it is made: after a crash nobody knows whether the cloud heard of it."""
    facts = msgspec.structs.replace(row.facts, attempts=row.facts.attempts + 1)
    payload = Payload(state=State.WAITING, outbox=facts)
    desk.journal.append(Entry(row.kind, row.operation, row.operator, payload))


def _is_gone_already(row: OutboxRow, error: StationError) -> bool:
    """A second try to take back finds nobody: the first one's answer was lost on the way."""
    retried = row.facts.attempts > 0
    return retried and row.facts.call == REMOVE_USER and error.code is Code.SHANKAI_NO_USER


def _note(desk: Desk, row: OutboxRow, state: str, error: StationError | None) -> Push:
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
    )
    desk.journal.append(Entry(row.kind, row.operation, row.operator, payload))
    return Push(row.operation, state, error)


def _binding(desk: Desk, row: OutboxRow, wanted: bool) -> BindingFacts | None:
    """The registry follows what the cloud said: `wanted` as meant, or its opposite."""
    binding = desk.journal.binding(row.facts.uid) if row.facts.uid else None
    if binding is None or binding.person != row.facts.person:
        return None
    meant = row.facts.call == SET_CARD
    return BindingFacts(
        uid=row.facts.uid,
        person=row.facts.person,
        mobile_digest=binding.mobile_digest,
        bound=meant if wanted else not meant,
    )
