"""What a killed program left under way at the locks and clouds: said to be unknown, or failed.

Cards are `recover`'s. A credential that may have been placed keeps its slot and is listed among
what opens the door; a code that nobody was told opens nothing. An owner's code waits for its owner
while other programs come and go: its check is over only when the code is.
"""

from datetime import timedelta
from typing import Final

from station.domain.credential import CredentialState
from station.domain.operation import CREDENTIAL_KINDS, Kind, OperationRow, State
from station.errors import Code, StationError, Unreachable
from station.ports import HistoryFilter
from station.workflows.desk import NOBODY, Desk
from station.workflows.owner_check import CODE_LIFE
from station.workflows.records import Record
from station.workflows.stopping import settle_check_out

_PATIENCE_S: Final = 0.2
_SENT: Final = frozenset(
    {
        Kind.REMOTE_OPEN,
        Kind.CREDENTIAL_STOP,
        Kind.TIME_SYNC,
        Kind.HOUSEHOLD,
        Kind.RESIDENT_FORM,
    }
)
_AT_A_LOCK: Final = CREDENTIAL_KINDS | {Kind.REMOTE_OPEN, Kind.CREDENTIAL_STOP}
"""Those that go on within the slots' turn alone."""
_DEAD_AFTER: Final = timedelta(minutes=15)
"""The others wait for people or other clouds; so long after they last did anything they do not."""
_KINDS: Final = (
    *sorted(CREDENTIAL_KINDS),
    *sorted(_SENT),
    Kind.LOCKS_IMPORT,
    Kind.CHECK_OUT,
    Kind.OWNER_CHECK,
)


def adopt(desk: Desk) -> list[str]:
    """Give everything of this desk that has no outcome one; returns those operations.

    Nothing while another program is sending: what it has under way is its own. What waits for
    people is left alone for a quarter of an hour after it last did anything.
    """
    for row in desk.journal.history(HistoryFilter(kind=Kind.CHECK_OUT, state=State.WAITING)):
        settle_check_out(desk, row.operation)
    under_way = [
        row
        for kind in _KINDS
        for row in desk.journal.history(HistoryFilter(kind=kind, state=State.INTENT))
        if row.desk == desk.journal.desk and _is_dead(desk, row)
    ]
    if not under_way:
        return []
    try:
        with desk.slots_turn(_PATIENCE_S):
            return [row.operation for row in under_way if _adopt(desk, row)]
    except Unreachable:
        return []


def _is_dead(desk: Desk, row: OperationRow) -> bool:
    if row.kind in _AT_A_LOCK:
        return True
    children = (child.started_at for child in desk.journal.children(row.operation))
    patience = CODE_LIFE if row.kind is Kind.OWNER_CHECK else _DEAD_AFTER
    return desk.clock.utc() - max([row.started_at, *children]) >= patience


def _adopt(desk: Desk, before: OperationRow) -> bool:
    row = desk.journal.operation(before.operation)  # it may have ended before the turn was ours
    if row is None or row.state is not State.INTENT:
        return False
    room = desk.room_by_id(row.room_id) if row.room_id else None
    record = Record(desk, NOBODY, row.kind, row.operation, room=room)
    state = State.UNKNOWN if _may_be(desk, row) else State.FAILED
    record.failure(state, StationError(Code.INTERRUPTED))
    return True


def _may_be(desk: Desk, row: OperationRow) -> bool:
    """Whether something may have come of it that nobody has seen."""
    if row.kind in _SENT:
        return True
    placed = desk.journal.credential(f"c{row.operation}")
    return placed is not None and placed.state is not CredentialState.STOPPED
