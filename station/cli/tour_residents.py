"""The tour's steps with the community gates: a cloud that is away, and one tap for both systems."""

from collections.abc import Callable

from station.cli.tour_desk import OTHER_RESIDENT, RESIDENT, DeskTour, TourHands
from station.domain.operation import State
from station.workflows import gate_too, outbox, resident
from station.workflows.desk import NO_CONSENT
from station.workflows.issue import NewStay
from station.workflows.resident import Binding
from station.workflows.several import issue_cards


def bind_without_cloud(tour: DeskTour) -> str:
    tour.put("resident")
    tour.simulation.shankai.stop()
    result = resident.bind(tour.desk, tour.operator, Binding(RESIDENT))
    tour.expect_state(result, State.WAITING)
    tour.expect(len(tour.desk.journal.outbox()) == 1, "outbox")
    return tour.say("queued", uid=result.uid)


def push_later(tour: DeskTour) -> str:
    tour.simulation.shankai.start()
    pushes = outbox.sync(tour.desk, tour.operator, now=True)
    tour.expect([push.state for push in pushes] == ["done"], "pushes")
    tour.expect(not tour.desk.journal.outbox(), "outbox")
    calls = tour.simulation.shankai.sim.calls.all("set_card_no")
    tour.expect(len(calls) == 1, f"{len(calls)} calls")
    return tour.say("pushed", card_no=calls[0].fields.get("card_no"))


def one_tap_for_both(tour: DeskTour) -> str:
    tour.put("both")
    person = gate_too.check_before(tour.desk, tour.operator, OTHER_RESIDENT)
    wanted = NewStay(tour.room("2-101"), tour.tomorrow(30), person)
    result = issue_cards(tour.desk, tour.operator, wanted, 1, TourHands(tour, []))
    result = gate_too.bind_too(tour.desk, tour.operator, result, person, NO_CONSENT)
    tour.expect_state(result, State.DONE)
    tour.expect(result.gate is not None and result.gate.state is State.DONE, "gate")
    door = tour.door("both", "2-101", opens=True)
    return f"{door} · {tour.words.text('cli.gate_done')}"


RESIDENT_STEPS: tuple[tuple[str, Callable[[DeskTour], str]], ...] = (
    ("cloud_away", bind_without_cloud),
    ("cloud_back", push_later),
    ("gate", one_tap_for_both),
)
