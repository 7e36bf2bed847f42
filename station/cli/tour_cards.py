"""The tour's steps with room cards: from the first card to an outcome that nobody saw."""

from collections.abc import Callable

from station.cli.tour_desk import GUEST, DeskTour, TourHands
from station.domain.operation import State
from station.domain.stay import format_time
from station.simulators.faults import Fault
from station.workflows import recover
from station.workflows.extend import extend
from station.workflows.issue import NewStay
from station.workflows.move import move
from station.workflows.read import read
from station.workflows.recycle import recycle
from station.workflows.several import copy_cards, issue_cards, replace_cards


def issue_card(tour: DeskTour) -> str:
    tour.put("first")
    wanted = NewStay(tour.room("1-101"), tour.tomorrow(), GUEST)
    hands = TourHands(tour, [])
    result = tour.expect_state(issue_cards(tour.desk, tour.operator, wanted, 1, hands), State.DONE)
    return tour.say("issued", card_id=result.card_id, until=format_time(wanted.expires_at))


def copy_card(tour: DeskTour) -> str:
    tour.put("second")
    room = tour.room("1-101")
    result = copy_cards(tour.desk, tour.operator, room, 1, TourHands(tour, []))
    tour.expect_state(result, State.DONE)
    first, second = (tour.cards[name].memory for name in ("first", "second"))
    same = first is not None and second is not None and first.abkp == second.abkp
    tour.expect(same, "abkp")
    return tour.say("copied", start=format_time(first.abkp) if first else "")


def both_open(tour: DeskTour) -> str:
    answers = [tour.door(name, "1-101", opens=True) for name in ("first", "second", "first")]
    return " · ".join(answers)


def extend_card(tour: DeskTour) -> str:
    card = tour.put("first")
    end = tour.tomorrow(2)
    result = extend(tour.desk, tour.operator, tour.room("1-101"), end)
    tour.expect_state(result, State.DONE)
    tour.expect(card.memory is not None and card.memory.unvalid == end, "unValid")
    return tour.say("extended", until=format_time(end))


def replace_lost(tour: DeskTour) -> str:
    """The second card is lost; a third takes its place, and the first is written anew."""
    tour.put("third")
    result = replace_cards(tour.desk, tour.operator, tour.room("1-101"), TourHands(tour, ["first"]))
    tour.expect_state(result, State.DONE)
    tour.expect(len(result.cards) == 2, f"{len(result.cards)} cards")
    risk = result.cards[-1].risk
    tour.expect(risk is not None and risk.cards == 1, "risk")
    return tour.words.text(
        "cli.risk", room="1-101", cards=1, until=risk.until if risk is not None else ""
    )


def lost_refused(tour: DeskTour) -> str:
    before = tour.door("second", "1-101", opens=True)
    used = tour.door("third", "1-101", opens=True)
    after = tour.door("second", "1-101", opens=False)
    tour.door("first", "1-101", opens=True)
    return tour.say("lost", before=before, used=used, after=after)


def move_guest(tour: DeskTour) -> str:
    tour.put("third")
    result = move(tour.desk, tour.operator, tour.room("1-101"), tour.room("1-102"))
    tour.expect_state(result, State.DONE)
    tour.door("third", "1-101", opens=False)
    return tour.door("third", "1-102", opens=True)


def recycle_card(tour: DeskTour) -> str:
    card = tour.put("third")
    result = recycle(tour.desk, tour.operator, card_id=card.card_id)
    tour.expect_state(result, State.DONE)
    tour.expect(card.memory is None, "memory")
    return tour.door("third", "1-102", opens=False)


def lose_an_answer(tour: DeskTour) -> str:
    """The service writes the card and never says so: nobody may guess, nobody writes twice."""
    tour.put("fourth")
    service = tour.simulation.door_lock.sim
    service.inject(Fault.HANG_AFTER_EFFECT, "MarkRoomCard")
    wanted = NewStay(tour.room("1-103"), tour.tomorrow(), GUEST)
    hands = TourHands(tour, [])
    result = issue_cards(tour.desk, tour.operator, wanted, 1, hands)
    service.faults.release()
    tour.expect_state(result, State.UNKNOWN)
    open_rows = recover.unresolved(tour.desk)
    tour.expect([row.operation for row in open_rows] == [result.operation], "unresolved")
    writes = sum(call.fields.get("rm_id") == wanted.room.id for call in service.calls.all())
    tour.expect(writes == 1, f"{writes} writes")
    return tour.words.cause(result.error) if result.error else ""


def settle_by_reading(tour: DeskTour) -> str:
    reading = read(tour.desk, tour.operator)
    tour.expect_state(reading.result, State.DONE)
    tour.expect(len(reading.result.settled) == 1, "settled")
    tour.expect(not recover.unresolved(tour.desk), "unresolved")
    tour.door("fourth", "1-103", opens=True)
    return tour.words.text("cli.settled", operation=reading.result.settled[0])


CARD_STEPS: tuple[tuple[str, Callable[[DeskTour], str]], ...] = (
    ("issue", issue_card),
    ("copy", copy_card),
    ("doors", both_open),
    ("extend", extend_card),
    ("replace", replace_lost),
    ("lost_card", lost_refused),
    ("move", move_guest),
    ("recycle", recycle_card),
    ("time_out", lose_an_answer),
    ("settle", settle_by_reading),
)
