"""The tour's steps beyond cards: passcodes, remote opening, a face, check-out, a Kexin password."""

from collections.abc import Callable

from station.cli.tour_desk import GUEST, DeskTour, TourHands
from station.domain.credential import CredentialKind
from station.domain.operation import State
from station.domain.outbox import Service
from station.domain.stay import format_time
from station.simulators.hardware import DoorAnswer
from station.simulators.pictures import sample_face
from station.workflows import lock_table
from station.workflows.check_out import Leaving, LineOf, check_out
from station.workflows.credentials import CredentialResult, Wanted, put
from station.workflows.issue import NewStay
from station.workflows.remote import open_door
from station.workflows.several import issue_cards
from station.workflows.stop_credential import stop
from station.workflows.ways_in import ways_in

ROOM = "1-104"
KEPT = "online"
"""Under which name a code is kept from step to step."""


def offline_passcode(tour: DeskTour) -> str:
    given = _give(tour, ROOM, CredentialKind.OFFLINE_PASSCODE)
    opened = _said(tour, tour.simulation.world.try_passcode(ROOM, given.code), opens=True)
    _stop(tour, given)
    shut = _said(tour, tour.simulation.world.try_passcode(ROOM, given.code), opens=False)
    return tour.say("passcode_tried", passcode=given.code, opened=opened, shut=shut)


def online_passcode(tour: DeskTour) -> str:
    """A card and a passcode for the same guest: both open."""
    tour.put("fifth")
    wanted = NewStay(tour.room(ROOM), tour.tomorrow(), GUEST)
    issued = issue_cards(tour.desk, tour.operator, wanted, 1, TourHands(tour, []))
    tour.expect_state(issued, State.DONE)
    given = _give(tour, ROOM, CredentialKind.ONLINE_PASSCODE)
    tour.codes[KEPT] = given.code
    _said(tour, tour.simulation.world.try_passcode(ROOM, given.code), opens=True)
    tour.door("fifth", ROOM, opens=True)
    slot = given.credential.slot if given.credential else 0
    return tour.say("passcode_given", passcode=given.code, slot=slot, until=_until(given))


def remote_opening(tour: DeskTour) -> str:
    lock = tour.simulation.world.lock_of(ROOM)
    before = lock.opened
    reason = tour.say("reason")
    opened = open_door(tour.desk, tour.operator, tour.room(ROOM), reason, Service.GATEWAY)
    tour.expect(opened.state is State.DONE, opened.state.value)
    tour.expect(lock.opened == before + 1, f"{lock.opened - before} times")
    return tour.say("opened_remotely", room=ROOM, reason=reason)


def face(tour: DeskTour) -> str:
    picture = sample_face()
    given = _give(tour, ROOM, CredentialKind.FACE, picture)
    digest = given.credential.picture if given.credential else ""
    door = _said(tour, tour.simulation.world.try_face(ROOM, picture), opens=True)
    return tour.say("face_sent", door=door, digest=digest[:12])


def check_out_in_one_go(tour: DeskTour) -> str:
    """Card, passcode and face are taken back together; nothing opens afterwards."""
    tour.put("fifth")
    before = ways_in(tour.desk, tour.room(ROOM))
    result = check_out(tour.desk, tour.operator, Leaving(tour.room(ROOM)))
    tour.expect(result.state is State.DONE, result.state.value)
    tour.expect(not result.left, f"{len(result.left)} left")
    world = tour.simulation.world
    tour.door("fifth", ROOM, opens=False)
    _said(tour, world.try_passcode(ROOM, tour.codes[KEPT]), opens=False)
    _said(tour, world.try_face(ROOM, sample_face()), opens=False)
    kinds = [_word(tour, line.of) for line in result.lines if line.of != LineOf.STAY]
    tour.expect(len(kinds) == len(before), f"{len(before)} ways in, {kinds}")
    return tour.say("checked_out", count=len(kinds), lines=" · ".join(kinds))


def kexin_password(tour: DeskTour) -> str:
    room = lock_table.entries(tour.desk)[0].room_name
    cloud = tour.simulation.kexin.sim.cloud
    given = _give(tour, room, CredentialKind.KEXIN_PASSWORD)
    opened = _said(tour, cloud.try_password(room, given.code), opens=True)
    _stop(tour, given)
    shut = _said(tour, cloud.try_password(room, given.code), opens=False)
    return tour.say("passcode_tried", passcode=given.code, opened=opened, shut=shut)


def _give(
    tour: DeskTour, room: str, kind: CredentialKind, picture: bytes = b""
) -> CredentialResult:
    wanted = Wanted(
        tour.room(room), kind, tour.tomorrow(), GUEST, picture=picture, agreed=bool(picture)
    )
    given = put(tour.desk, tour.operator, wanted)
    code = given.error.code.value if given.error else ""
    tour.expect(given.state is State.DONE, f"{given.state.value} {code}")
    return given


def _stop(tour: DeskTour, given: CredentialResult) -> None:
    stopped = stop(tour.desk, tour.operator, given.credential.id if given.credential else "")
    tour.expect(stopped.state is State.DONE, stopped.state.value)


def _said(tour: DeskTour, answer: DoorAnswer, *, opens: bool) -> str:
    """What the door answered; it must be what was said."""
    tour.expect(answer.opened is opens, answer.reason.value)
    return tour.words.text(f"tour.said_{answer.reason.value}")


def _until(given: CredentialResult) -> str:
    return format_time(given.credential.expires_at) if given.credential else ""


def _word(tour: DeskTour, of: str) -> str:
    if of in tuple(LineOf):
        return tour.words.text(f"cli.line_{of}")
    return tour.words.word("credential", of)


LOCK_STEPS: tuple[tuple[str, Callable[[DeskTour], str]], ...] = (
    ("offline_passcode", offline_passcode),
    ("online_passcode", online_passcode),
    ("remote", remote_opening),
    ("face", face),
    ("check_out", check_out_in_one_go),
    ("kexin", kexin_password),
)
