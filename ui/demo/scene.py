"""A desk that has seen something: rooms in every state, history, what waits and what is open."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import partial

from station.compose.demo import Simulation
from station.compose.drawer import HOUR_S, Drawer, Trouble
from station.domain.credential import CredentialKind
from station.domain.operator import Operator
from station.domain.person import Person
from station.workflows import resident
from station.workflows.copy import copy
from station.workflows.credentials import Wanted, put
from station.workflows.desk import Desk
from station.workflows.extend import extend
from station.workflows.issue import NewStay, issue
from station.workflows.move import move
from station.workflows.recycle import recycle
from station.workflows.stop_credential import stop
from ui.demo.people import GUEST, NEIGHBOUR, RESIDENT

MOBILES = {GUEST: "13800000001", RESIDENT: "13800000002", NEIGHBOUR: "13800000003"}
DAY_H = 24.0
FEW_NIGHTS = 3
WEAK_PERCENT = 14
ARRIVAL = time(15, 10)
MORNING = time(9, 30)


def play(simulation: Simulation, by: Operator, names: Mapping[str, str]) -> Drawer:
    """Make a day of it, then move the clock to the next one; `names` are people's by key.

    Raises `StationError`.
    """
    desk, drawer = simulation.station.desk, Drawer(simulation)
    people = {key: Person(names[key], mobile) for key, mobile in MOBILES.items()}
    guest = people.pop(GUEST)
    issued = partial(_issued, desk, drawer, by, guest)
    rooms = [room.name for room in desk.refresh_rooms()]
    for name in rooms[8:10]:  # nobody gave these cards back in time
        issued(name, 1)
    drawer.advance(DAY_H)
    drawer.advance(_hours_until(desk, ARRIVAL))
    ends = (1, FEW_NIGHTS, 2, FEW_NIGHTS, 1, 2, FEW_NIGHTS, FEW_NIGHTS)
    cards = [issued(name, nights) for name, nights in zip(rooms, ends, strict=False)]
    drawer.to_encoder(drawer.blank())
    copy(desk, by, desk.room(rooms[1]))
    drawer.to_encoder(cards[5])
    extend(desk, by, desk.room(rooms[5]), _noon(desk, FEW_NIGHTS))
    drawer.to_encoder(cards[6])
    move(desk, by, desk.room(rooms[6]), desk.room(rooms[20]))
    drawer.to_encoder(cards[7])
    recycle(desk, by, card_id=cards[7])
    drawer.trouble(Trouble.TIME_OUT)  # an answer too late: nobody knows what is on the card
    issued(rooms[12], FEW_NIGHTS)
    drawer.cloud(away=True)
    for person in people.values():
        drawer.to_reader(drawer.blank())
        resident.bind(desk, by, resident.Binding(person))
    drawer.cloud(away=False)
    drawer.advance(_hours_until(desk, MORNING))
    _locks(simulation, by, guest, rooms)
    drawer.to_encoder(cards[1])
    return drawer


def _locks(simulation: Simulation, by: Operator, guest: Person, rooms: list[str]) -> None:
    """Passcodes beside a guest's card, one that waits to be stopped, and a low battery."""
    desk, world = simulation.station.desk, simulation.world
    world.lock_of(rooms[0]).set_percent(WEAK_PERCENT)
    online, offline = CredentialKind.ONLINE_PASSCODE, CredentialKind.OFFLINE_PASSCODE
    given = [
        put(desk, by, Wanted(desk.room(name), kind, _noon(desk, FEW_NIGHTS), guest))
        for name, kind in ((rooms[0], online), (rooms[1], offline), (rooms[1], online))
    ]
    world.lock_of(rooms[1]).reachable = False
    doomed = given[-1].credential
    if doomed is not None:
        stop(desk, by, doomed.id)
    world.lock_of(rooms[1]).reachable = True


def _issued(desk: Desk, drawer: Drawer, by: Operator, guest: Person, room: str, nights: int) -> str:
    card = drawer.blank()
    drawer.to_encoder(card)
    issue(desk, by, NewStay(desk.room(room), _noon(desk, nights), guest))
    return card


def _noon(desk: Desk, days: int) -> datetime:
    day = desk.clock.local().date() + timedelta(days=days)
    return datetime.combine(day, desk.site.stay_rules.checkout_time)


def _hours_until(desk: Desk, wanted: time) -> float:
    """From now until it is that time of day again (hours)."""
    now = desk.clock.local()
    moment = datetime.combine(now.date(), wanted)
    if moment <= now:
        moment += timedelta(days=1)
    return (moment - now).total_seconds() / HOUR_S
