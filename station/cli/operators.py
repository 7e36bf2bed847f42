"""Operators: list, add, disable, reset."""

import os
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from station.cli import documents
from station.cli.asking import ask_new_pin, can_ask
from station.cli.declare import Call, PinStdin, argument, command, option
from station.cli.session import PIN_VARIABLE, log_in, opened, opened_station, read_pin_line
from station.compose.clock import SystemClock
from station.domain.operator import parse_operator_name, parse_pin, parse_role
from station.errors import Code, InputInvalid
from station.ports import OperatorRow
from station.workflows import operators

NEW_PIN_VARIABLE = "STATION_NEW_PIN"
NameText = Annotated[str, argument("NAME")]


@command("operators list")
def list_command(call: Call) -> int:
    with opened(call) as session:
        rows = operators.listed(session.desk, session.operator)
        clock = session.station.clock
    return _tell(call, rows, clock, lambda made: made)


@command("operators add")
def add_command(
    call: Call,
    name: NameText,
    role: Annotated[str, option("--role", metavar="clerk|supervisor|technician")],
    pin_stdin: PinStdin = False,
) -> int:
    wanted, kind = parse_operator_name(name), parse_role(role)
    with opened_station(call) as station:
        people = station.desk.need_operators()
        is_first = people.count() == 0
        by = None if is_first else log_in(call, station.desk)
        pin = _new_pin(call, wanted, pin_stdin=pin_stdin, own_variable=is_first)
        row = operators.add(station.desk, by, wanted, kind, pin)
        clock = station.clock
    return _tell(call, [row], clock, lambda made: made[0])


@command("operators disable")
def disable_command(call: Call, name: NameText) -> int:
    wanted = parse_operator_name(name)
    with opened(call) as session:
        row = operators.disable(session.desk, session.operator, wanted)
        clock = session.station.clock
    return _tell(call, [row], clock, lambda made: made[0])


@command("operators reset")
def reset_command(call: Call, name: NameText, pin_stdin: PinStdin = False) -> int:
    wanted = parse_operator_name(name)
    with opened(call) as session:
        pin = _new_pin(call, wanted, pin_stdin=pin_stdin, own_variable=False)
        row = operators.reset(session.desk, session.operator, wanted, pin)
        clock = session.station.clock
    return _tell(call, [row], clock, lambda made: made[0])


def _new_pin(call: Call, name: str, *, pin_stdin: bool, own_variable: bool) -> str:
    """The new operator's PIN: a line on stdin, a variable, or typed twice at a terminal.

    STATION_OPERATOR_PIN is the PIN of whoever gives the command: it is the new one's only for the
    very first operator.
    """
    if pin_stdin:
        return parse_pin(read_pin_line())
    given = os.environ.get(NEW_PIN_VARIABLE, "")
    if not given and own_variable:
        given = os.environ.get(PIN_VARIABLE, "")
    if given:
        return parse_pin(given)
    if can_ask():
        return parse_pin(ask_new_pin(call, name))
    raise InputInvalid(Code.FIELDS_ONE_NEEDED, fields=f"--pin-stdin, {NEW_PIN_VARIABLE}")


def _tell(
    call: Call,
    rows: Iterable[OperatorRow],
    clock: SystemClock,
    shape: Callable[[list[dict[str, Any]]], object],
) -> int:
    made = [
        {
            "name": row.name,
            "role": row.role.value,
            "disabled": row.disabled,
            "locked_until": documents.site_time(row.locked_until, clock),
        }
        for row in rows
    ]
    if call.out.json:
        call.out.document(shape(made))
        return 0
    words = call.words
    call.out.table(
        [words.text(f"cli.head_{name}") for name in ("operator", "role", "state")],
        (
            (
                row["name"],
                words.word("role", row["role"]),
                words.text("cli.disabled" if row["disabled"] else "cli.enabled")
                + (f" ({row['locked_until']})" if row["locked_until"] else ""),
            )
            for row in made
        ),
    )
    return 0
