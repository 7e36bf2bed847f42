"""A desk opened for one command: the parts it needs, and the operator who logs in."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from station import compose, logs
from station.cli.asking import ask_line, ask_pin, can_ask
from station.cli.declare import Call
from station.compose import care
from station.domain.operation import State
from station.domain.operator import Operator, parse_operator_name
from station.errors import Code, InputInvalid, OutcomeUnknown, Refused
from station.home import Home
from station.ports import StepNotice, Watcher
from station.workflows import operators
from station.workflows.desk import Desk

OPERATOR_VARIABLE = "STATION_OPERATOR"
PIN_VARIABLE = "STATION_OPERATOR_PIN"
TRAFFIC_VARIABLE = "STATION_LOG_TRAFFIC"


@dataclass(frozen=True, slots=True)
class Session:
    """An open desk and who sits at it."""

    call: Call
    station: compose.Station
    operator: Operator

    @property
    def desk(self) -> Desk:
        return self.station.desk


@contextmanager
def opened(
    call: Call,
    *,
    encoder: bool = False,
    gate: bool = False,
    reader: bool = False,
    houses: bool = False,
) -> Iterator[Session]:
    """Open the desk with the wanted parts and log in.

    Ctrl-C ends in `OutcomeUnknown` if a card was being written, else in COMMAND_CANCELLED.
    """
    with opened_station(call, encoder=encoder, gate=gate, reader=reader, houses=houses) as station:
        yield Session(call, station, log_in(call, station.desk))


@contextmanager
def opened_station(
    call: Call,
    *,
    encoder: bool = False,
    gate: bool = False,
    reader: bool = False,
    houses: bool = False,
) -> Iterator[compose.Station]:
    """As `opened`, with nobody logged in."""
    home = prepare_home(call)
    with compose.build(
        home,
        with_encoder=encoder,
        with_gate=gate,
        with_reader=reader,
        with_property=houses,
        watch=_watcher(call),
    ) as station:
        try:
            yield station
        except KeyboardInterrupt:
            raise _interrupted(station.desk) from None
        care.daily(station)


def prepare_home(call: Call) -> Home:
    """The home folder, made where there is none, with its log."""
    home = call.home.create()
    logs.setup(home.root, traffic=bool(os.environ.get(TRAFFIC_VARIABLE)))
    return home


def log_in(call: Call, desk: Desk) -> Operator:
    """The operator of this command.

    Their name: `--operator`, STATION_OPERATOR, or the only one who is enabled. The PIN:
    STATION_OPERATOR_PIN, else asked for on a terminal. Raises NO_OPERATOR_YET, NOT_LOGGED_IN and
    what `operators.log_in` raises.
    """
    people = desk.need_operators()
    if people.count() == 0:
        raise Refused(Code.NO_OPERATOR_YET)
    name = call.operator or os.environ.get(OPERATOR_VARIABLE, "").strip()
    if not name:
        enabled = [row.name for row in people.list() if not row.disabled]
        name = enabled[0] if len(enabled) == 1 else ""
    if not name and can_ask():
        name = ask_line(call.words.text("cli.ask_operator"))
    if not name:
        raise Refused(Code.NOT_LOGGED_IN)
    name = parse_operator_name(name)
    pin = os.environ.get(PIN_VARIABLE, "")
    if pin:
        return operators.log_in(desk, name, pin)
    if not can_ask():
        raise Refused(Code.NOT_LOGGED_IN)
    operator = operators.log_in(desk, name, ask_pin(call, name))
    operators.note_login(desk, operator)
    return operator


def _watcher(call: Call) -> Watcher | None:
    if not call.out.is_terminal:
        return None

    def show(notice: StepNotice) -> None:
        if notice.state == "begin":
            return
        mark = "✔" if notice.state == "done" else "✘"
        step = call.words.word("step", notice.step)
        call.out.progress(f"  {mark} {notice.room} {step}".replace("  ", " "))

    return show


def _interrupted(desk: Desk) -> Exception:
    """What Ctrl-C left: a card or credential whose fate is unknown, or nothing at all."""
    from station.workflows.interrupted import adopt
    from station.workflows.recover import adopt_interrupted

    left = adopt_interrupted(desk)
    if left:
        return OutcomeUnknown(cause=Code.INTERRUPTED.value, operation=", ".join(left))
    rows = [desk.journal.operation(operation) for operation in adopt(desk)]
    sent = [row.operation for row in rows if row is not None and row.state is State.UNKNOWN]
    if sent:
        return OutcomeUnknown(
            Code.LOCK_OUTCOME_UNKNOWN, cause=Code.INTERRUPTED.value, operation=", ".join(sent)
        )
    return InputInvalid(Code.COMMAND_CANCELLED)


def read_pin_line() -> str:
    """A PIN as the first line of stdin, for `--pin-stdin`."""
    return sys.stdin.readline().rstrip("\r\n")
