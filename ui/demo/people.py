"""Who may log in to the demo, and who lives there. Their PINs are on its banner: none is secret."""

from dataclasses import dataclass
from typing import Final

from station.domain.operator import Operator, Role
from station.workflows import operators
from station.workflows.desk import Desk


@dataclass(frozen=True, slots=True)
class Person:
    """A ready operator; `key` names the word that is their name."""

    key: str
    role: Role
    pin: str


SUPERVISOR: Final = Person("supervisor", Role.SUPERVISOR, "8251")
CLERK: Final = Person("clerk", Role.CLERK, "7364")
READY: Final = (SUPERVISOR, CLERK)
GUEST, RESIDENT, NEIGHBOUR = "guest", "resident", "neighbour"
PEOPLE: Final = (*(person.key for person in READY), GUEST, RESIDENT, NEIGHBOUR)
"""Everybody, by the word that is their name."""


def make_ready(desk: Desk, names: dict[str, str]) -> Operator:
    """Add those who are missing, by the supervisor; `names` are theirs by key."""
    boss = Operator(names[SUPERVISOR.key], SUPERVISOR.role)
    known = {row.name for row in desk.need_operators().list()}
    for person in READY:
        if names[person.key] not in known:
            by = boss if known else None
            row = operators.add(desk, by, names[person.key], person.role, person.pin)
            known.add(row.name)
    return boss
