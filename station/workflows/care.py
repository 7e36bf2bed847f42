"""Care for journal and site (back up, rebuild, export, recover, set up): who may, who did."""

from typing import Final

from station.domain.event import Entry, Payload
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.workflows.desk import Desk, new_operation_id

_NEEDS: Final = {
    Kind.BACKUP: Permission.JOURNAL,
    Kind.REBUILD: Permission.JOURNAL,
    Kind.RECOVERY: Permission.JOURNAL,
    Kind.EXPORT: Permission.EXPORT,
    Kind.SETUP: Permission.SETTINGS,
}


def allow(operator: Operator, kind: Kind) -> None:
    """Raise `Refused` NOT_ALLOWED unless the operator's role may take care of this."""
    operator.require(_NEEDS[kind])


def note(desk: Desk, operator: Operator, kind: Kind, **data: str | int | bool) -> None:
    """Write down that it was done, and by whom."""
    allow(operator, kind)
    payload = Payload(state=State.DONE, data=data)
    operation = new_operation_id(desk.clock.local())
    desk.journal.append(Entry(kind, operation, operator.name, payload))
