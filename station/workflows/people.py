"""Personal information: seeing it in full and erasing it, each written down."""

from datetime import timedelta

from station.domain.event import Entry, Payload
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Permission
from station.domain.person import Person
from station.errors import Code, InputInvalid
from station.workflows.desk import NOBODY, Desk, new_operation_id


def reveal(desk: Desk, operator: Operator, reference: str) -> Person:
    """A person's name and number in full; the journal says who looked."""
    operator.require(Permission.REVEAL)
    _note(desk, operator, Kind.PERSON_REVEAL, reference)
    return desk.journal.person(reference)


def erase(desk: Desk, operator: Operator, mobile: str) -> None:
    """Forget a person on request: their key goes, the chain stays whole."""
    operator.require(Permission.ERASE)
    reference = desk.journal.find_person(mobile)
    if reference is None:
        raise InputInvalid(Code.RESIDENT_UNKNOWN, field="mobile")
    _note(desk, operator, Kind.PERSON_ERASE, reference.id)
    desk.journal.erase_person(reference.id)


def forget_old(desk: Desk) -> int:
    """Erase whoever the site's retention period has passed for; how many they were.

    Nobody who still has an open stay, a bound card or something waiting for the cloud.
    """
    cutoff = desk.clock.utc() - timedelta(days=desk.site.keep_personal_days)
    forgotten = desk.journal.idle_persons(cutoff)
    for reference in forgotten:
        _note(desk, NOBODY, Kind.PERSON_ERASE, reference)
        desk.journal.erase_person(reference)
    return len(forgotten)


def _note(desk: Desk, operator: Operator, kind: Kind, reference: str) -> None:
    operation = new_operation_id(desk.clock.local())
    payload = Payload(state=State.DONE, person=reference)
    desk.journal.append(Entry(kind, operation, operator.name, payload))
