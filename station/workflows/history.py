"""History (记录): who did what; supervisors see all, clerks their own last day."""

from collections.abc import Iterator
from dataclasses import replace

from station.domain.event import Entry, Payload
from station.domain.operation import Kind, OperationRow, State
from station.domain.operator import CLERK_HISTORY, PERMISSIONS, Operator, Permission
from station.ports import HistoryFilter
from station.workflows.desk import Desk, new_operation_id

PAGE = 500


def history(desk: Desk, operator: Operator, wanted: HistoryFilter) -> list[OperationRow]:
    """One page, newest first. Raises `Refused` NOT_ALLOWED."""
    return desk.journal.history(allowed(desk, operator, wanted))


def allowed(desk: Desk, operator: Operator, wanted: HistoryFilter) -> HistoryFilter:
    """What of a wish the operator's role may see: a clerk's own operations of the last day."""
    if Permission.HISTORY_ALL in PERMISSIONS[operator.role]:
        return wanted
    operator.require(Permission.HISTORY_OWN)
    if wanted.operator and wanted.operator != operator.name:
        operator.require(Permission.HISTORY_ALL)
    earliest = desk.clock.utc() - CLERK_HISTORY
    since = max(wanted.since, earliest) if wanted.since else earliest
    return replace(wanted, operator=operator.name, since=since)


def export_rows(desk: Desk, operator: Operator, wanted: HistoryFilter) -> Iterator[OperationRow]:
    """Every row of a wish, page by page; the export itself is journalled (who, what).

    Raises `Refused` NOT_ALLOWED before anything is read.
    """
    operator.require(Permission.EXPORT)
    data: dict[str, str | int | bool] = {
        "room": wanted.room_id,
        "card": wanted.card,
        "by": wanted.operator,
        "kind": wanted.kind.value if wanted.kind else "",
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
        # what was searched for may be a guest's name or number: only that something was
        "text": bool(wanted.text),
    }
    operation = new_operation_id(desk.clock.local())
    payload = Payload(state=State.DONE, data=data)
    desk.journal.append(Entry(Kind.EXPORT, operation, operator.name, payload))
    return _pages(desk, replace(wanted, limit=PAGE))


def _pages(desk: Desk, wanted: HistoryFilter) -> Iterator[OperationRow]:
    while True:
        rows = desk.journal.history(wanted)
        yield from rows
        if len(rows) < wanted.limit:
            return
        wanted = replace(wanted, after=rows[-1].number)
