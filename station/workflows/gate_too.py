"""One tap for both systems (`--gate`): the room's card is also the resident's card at the gates.

The two outcomes are journalled and shown apart; one failing never hides the other.
"""

from dataclasses import replace

from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.person import Person
from station.errors import StationError
from station.workflows import tap
from station.workflows.desk import Consent, Desk
from station.workflows.resident import Binding, bind, checked_resident
from station.workflows.result import CardResult


def check_before(desk: Desk, operator: Operator, person: Person) -> Person:
    """Everything that must be true before the room's card is written. Raises `InputInvalid`."""
    operator.require(Permission.RESIDENTS)
    desk.need_gate()
    return checked_resident(person.name, person.mobile)


def bind_too(
    desk: Desk, operator: Operator, result: CardResult, person: Person, consent: Consent
) -> CardResult:
    """Bind the card that was just written to the gates as well; the result carries both outcomes.

    Only for a card that was written (`done`). Its UID comes from the reader, where the operator may
    still have to put it (waited for `Site.tap_wait_s` seconds).
    """
    if result.state is not State.DONE:
        return result
    try:
        uid = result.uid or tap.wait_for_tap(desk, desk.site.tap_wait_s)
        gate = bind(desk, operator, Binding(person, uid, consent), parent=result.operation)
    except StationError as error:
        gate = CardResult("", Kind.RESIDENT_BIND, State.REFUSED, error=error)
    return replace(result, gate=gate)
