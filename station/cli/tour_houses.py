"""The tour with the property platform: a house, its arrears, its owner's yes, the owner's card."""

from collections.abc import Callable

from station.cli.tour_desk import DeskTour
from station.domain.house import HousePath
from station.domain.house_names import find_house
from station.domain.operation import State
from station.domain.person import Person
from station.errors import Code, StationError
from station.workflows import house_tree, household, owner_check, resident
from station.workflows.owner_check import OwnerProved
from station.workflows.resident import Binding

HOUSE = "晨曦家园1栋1单元1楼101号"


def find_a_house(tour: DeskTour) -> str:
    path = _house(tour)
    owed = household.arrears(tour.desk, tour.operator, path.id)
    tour.expect(bool(owed), "arrears")
    facts = {"house": path.full_name, "total": owed.total, "count": len(owed.orders)}
    return tour.words.text("cli.owes", **facts)


def owner_says_yes(tour: DeskTour) -> str:
    """A wrong code shows nobody; the one from the owner's phone shows the house's people."""
    asked = owner_check.ask(tour.desk, tour.operator, _house(tour))
    try:
        owner_check.prove(tour.desk, tour.operator, asked, "000000")
    except StationError as error:
        tour.expect(error.code is Code.PROPERTY_SMS_CODE_WRONG, error.code.value)
        asked = owner_check.again(asked)
    else:
        tour.expect(fact=False, what="000000")
    message = tour.simulation.property.sim.sms(asked.owner.mobile)[-1]
    tour.proved = owner_check.prove(tour.desk, tour.operator, asked, message.code)
    people = household.detail(tour.desk, tour.operator, tour.proved).members
    tour.expect(len(people) > 1, f"{len(people)} members")
    return tour.say("owner_proved", owner=asked.masked, count=len(people))


def bind_the_owners_card(tour: DeskTour) -> str:
    proved = _proved(tour)
    detail = household.detail(tour.desk, tour.operator, proved)
    name = next(each.name for each in detail.members if each.role == proved.owner.role)
    tour.put("owner")
    person = Person(name, proved.owner.mobile)
    result = resident.bind(tour.desk, tour.operator, Binding(person))
    tour.expect_state(result, State.DONE)
    return tour.say("owner_bound", owner=person.masked, uid=result.uid)


def _house(tour: DeskTour) -> HousePath:
    """Opened level by level: only what lies above the house is fetched."""
    nodes: list[house_tree.Node | None] = [None]
    while nodes:
        level = house_tree.open_level(tour.desk, tour.operator, nodes.pop())
        nodes += list(level.nodes[:1])
        found = house_tree.all_houses(tour.desk)
        if found:
            return find_house(found, HOUSE)
    return find_house([], HOUSE)


def _proved(tour: DeskTour) -> OwnerProved:
    tour.expect(tour.proved is not None, "proved")
    assert tour.proved is not None  # noqa: S101 - as was expected
    return tour.proved


HOUSE_STEPS: tuple[tuple[str, Callable[[DeskTour], str]], ...] = (
    ("house", find_a_house),
    ("owner", owner_says_yes),
    ("owner_card", bind_the_owners_card),
)
