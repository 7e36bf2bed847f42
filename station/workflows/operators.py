"""Operators: log in, add, disable, reset; each leaves its line in the journal."""

from station.domain.event import Entry, Payload
from station.domain.operation import Kind, State
from station.domain.operator import (
    Operator,
    Permission,
    Role,
    parse_operator_name,
    parse_pin,
)
from station.errors import Code, InputInvalid, Refused
from station.ports import OperatorRow
from station.workflows.desk import Desk, new_operation_id


def log_in(desk: Desk, name: str, pin: str) -> Operator:
    """Check a PIN. Raises NO_OPERATOR_YET, PIN_WRONG, OPERATOR_LOCKED, OPERATOR_DISABLED.

    Failures are journalled: five wrong ones in a row are somebody trying. An unknown name is
    answered as a wrong PIN, and is not written down: it may be a PIN typed in the wrong field.
    """
    people = desk.need_operators()
    if people.count() == 0:
        raise Refused(Code.NO_OPERATOR_YET)
    try:
        operator = people.check(name, pin)
    except Refused as error:
        known = name if any(row.name == name for row in people.list()) else "-"
        _note(desk, Kind.LOGIN, known, State.REFUSED, error=error.code.value)
        raise
    return operator


def note_login(desk: Desk, operator: Operator) -> None:
    """Write down that somebody sat down at the desk (not for each command of a script)."""
    _note(desk, Kind.LOGIN, operator.name, State.DONE)


def add(desk: Desk, by: Operator | None, name: str, role: Role, pin: str) -> OperatorRow:
    """Add an operator. The first one needs nobody logged in, and must be a supervisor."""
    people = desk.need_operators()
    if people.count() == 0:
        if role is not Role.SUPERVISOR:
            raise Refused(Code.NO_OPERATOR_YET)
    elif by is None:
        raise Refused(Code.NOT_LOGGED_IN)
    else:
        by.require(Permission.OPERATORS)
    wanted = parse_operator_name(name)
    people.add(wanted, role, parse_pin(pin))
    author = by.name if by else wanted
    _note(desk, Kind.OPERATOR_ADD, author, State.DONE, operator=wanted, role=role.value)
    return _row(desk, wanted)


def disable(desk: Desk, by: Operator, name: str) -> OperatorRow:
    """Disable an operator (never deleted: the journal names them). Raises LAST_SUPERVISOR."""
    by.require(Permission.OPERATORS)
    row = _row(desk, name)
    others = [
        other
        for other in desk.need_operators().list()
        if other.name != name and other.role is Role.SUPERVISOR and not other.disabled
    ]
    if row.role is Role.SUPERVISOR and not others:
        raise Refused(Code.LAST_SUPERVISOR, operator=name)
    desk.need_operators().disable(name)
    _note(desk, Kind.OPERATOR_DISABLE, by.name, State.DONE, operator=name)
    return _row(desk, name)


def reset(desk: Desk, by: Operator, name: str, pin: str) -> OperatorRow:
    """Give an operator a new PIN, unlock and enable them. Anyone may change their own."""
    if by.name != name:
        by.require(Permission.OPERATORS)
    _row(desk, name)
    desk.need_operators().reset(name, parse_pin(pin))
    _note(desk, Kind.OPERATOR_RESET, by.name, State.DONE, operator=name)
    return _row(desk, name)


def listed(desk: Desk, by: Operator) -> list[OperatorRow]:
    """Everybody, disabled ones too."""
    by.require(Permission.OPERATORS)
    return list(desk.need_operators().list())


def _row(desk: Desk, name: str) -> OperatorRow:
    for row in desk.need_operators().list():
        if row.name == name:
            return row
    raise InputInvalid(Code.OPERATOR_UNKNOWN, field="operator", value=name[:40])


def _note(
    desk: Desk, kind: Kind, author: str, state: State, *, error: str = "", **data: str
) -> None:
    operation = new_operation_id(desk.clock.local())
    facts: dict[str, str | int | bool] = dict(data)
    payload = Payload(state=state, error=error, data=facts)
    desk.journal.append(Entry(kind, operation, author, payload))
