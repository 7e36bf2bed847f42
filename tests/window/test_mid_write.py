"""What an operator may do while a card is being written: nothing is written twice, nothing lost."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from station.domain.operator import Operator, Role
from station.simulators.calls import Call
from tests.faults.agreement import check_agreement
from tests.faults.place import Kept, Place, place
from tests.faults.program import Warm
from tests.window.conftest import PATIENT_S
from tests.window.screen import DEADLINE, Screen, until
from tests.window.window import (
    CLERK,
    GOOD,
    MANY,
    PANEL,
    STOPPED,
    Window,
    running_window,
    sat_here_last,
)
from ui.main_window import UNRESOLVED_PAGE, pages_for
from ui.theme.tokens import LIGHT


@pytest.fixture(scope="module")
def kept_window(
    warm: Warm, furnished: Kept, screen: Screen, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Window]:
    """One window for the tests after which it is still there."""
    with place(tmp_path_factory.mktemp("mid-write"), warm) as desk:
        desk.restore(furnished, read_timeout_s=PATIENT_S)
        with running_window(desk, screen) as made:
            made.log_in()
            yield made
            made.close()
            assert made.wait() == 0
        with desk.journal() as journal:
            assert journal.verify().ok
            assert journal.unresolved() == []
            check_agreement(desk, journal)


@pytest.fixture
def at_rest(kept_window: Window) -> Window:
    """That window with nothing begun and a new card on the encoder."""
    kept_window.begin()
    kept_window.put()
    kept_window.place.lock.calls.clear()
    return kept_window


@contextmanager
def held(place: Place) -> Iterator[threading.Event]:
    """The service gets the write and does it only when this ends; set once the write is there."""
    here, go = threading.Event(), threading.Event()

    def hold(call: Call) -> None:
        if call.name == "MarkRoomCard" and not here.is_set():
            here.set()
            assert go.wait(DEADLINE)

    place.lock.before_call = hold
    try:
        yield here
    finally:
        go.set()
        place.lock.before_call = None


def issue(window: Window, room: str, cards: str = "1") -> None:
    """Everything up to the last Enter."""
    window.type(room)
    window.keys("Return", "Return", "Return", cards, "Return")


def state_of_issue(window: Window, room: str) -> str:
    """How far the one issue of a room is."""
    rows = [row for row in window.rows() if (row["kind"], row["room_name"]) == ("issue", room)]
    assert len(rows) == 1, rows
    return str(rows[0]["state"])


def check_one_card(window: Window, room: str) -> None:
    """One write, one operation, done."""
    assert window.writes() == 1
    assert state_of_issue(window, room) == "done"


def test_a_double_enter_writes_once(at_rest: Window) -> None:
    with held(at_rest.place) as here:
        issue(at_rest, "1-101")
        at_rest.keys("Return", "Return", "Return")
        assert here.wait(DEADLINE)
        at_rest.keys("Return", "Return")
    at_rest.until_done("issue", "1-101")
    at_rest.until_shown(GOOD)
    check_one_card(at_rest, "1-101")


def test_esc_in_mid_write_finishes_the_card_and_begins_no_other(at_rest: Window) -> None:
    with held(at_rest.place) as here:
        issue(at_rest, "1-102", cards="2")
        assert here.wait(DEADLINE)
        at_rest.keys("Escape")
    at_rest.until_done("issue", "1-102")
    at_rest.until_shown(STOPPED)
    at_rest.put()
    check_one_card(at_rest, "1-102")


def test_a_machine_that_sleeps_in_mid_write(at_rest: Window) -> None:
    """The program stands still while the service writes the card and answers."""
    card = at_rest.place.world.encoder.card
    assert card is not None
    with held(at_rest.place) as here:
        issue(at_rest, "1-103")
        assert here.wait(DEADLINE)
        os.kill(at_rest.process.pid, signal.SIGSTOP)
    until(lambda: card.memory is not None)
    assert state_of_issue(at_rest, "1-103") == "intent"
    os.kill(at_rest.process.pid, signal.SIGCONT)
    at_rest.until_shown(GOOD)
    check_one_card(at_rest, "1-103")


def test_closed_in_mid_write_it_waits_and_ends_settled(window: Window) -> None:
    with held(window.place) as here:
        issue(window, "1-101")
        assert here.wait(DEADLINE)
        window.close()
        until(lambda: window.screen.count(LIGHT.warn_soft, right=PANEL) > MANY, "it says nothing")
        window.close()
        assert window.is_running
    assert window.wait() == 0
    check_one_card(window, "1-101")
    with window.place.journal() as journal:
        assert journal.verify().ok
        assert journal.unresolved() == []
        check_agreement(window.place, journal)


def test_killed_in_mid_write_unresolved_shows_it_and_one_look_settles_it(
    window: Window, screen: Screen
) -> None:
    place = window.place
    with held(place) as here:
        issue(window, "1-101")
        assert here.wait(DEADLINE)
        window.process.kill()
        window.wait()
    place.wait_quiet()
    assert state_of_issue(window, "1-101") == "intent"
    sat_here_last(place, CLERK)
    with running_window(place, screen) as again:
        again.log_in()
        until(lambda: screen.count(LIGHT.unresolved, right=PANEL) > MANY, "no room is violet")
        assert state_of_issue(again, "1-101") == "unknown"
        pages = [page.key for page in pages_for(Operator(CLERK, Role.CLERK))]
        again.keys(f"ctrl+{pages.index(UNRESOLVED_PAGE) + 1}")
        until(again.shows_one_to_settle, "the page shows nothing to settle")
        again.keys("F3")
        again.until_done("issue", "1-101")
        until(lambda: screen.count(LIGHT.good_soft) > MANY, "it is not said that it was settled")
        assert again.writes() == 0
        again.close()
        assert again.wait() == 0
    with place.journal() as journal:
        assert journal.verify().ok
        assert journal.unresolved() == []
        check_agreement(place, journal)
