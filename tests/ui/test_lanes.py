"""Lanes: in order, one answer each, on the UI thread; drained at the end."""

import gc
import threading
from collections.abc import Callable, Iterator
from weakref import finalize

import pytest
from PySide6.QtCore import QCoreApplication, QThread
from pytestqt.qtbot import QtBot

from station.errors import Code, Refused, StationError
from ui.lanes import Lane, Lanes, assert_ui_thread
from ui.presenters.base import Presenter


@pytest.fixture
def lane(qapp: QCoreApplication) -> Iterator[Lane]:
    made = Lane("test")
    yield made
    assert made.close()
    QCoreApplication.sendPostedEvents()


def test_work_is_done_in_order_on_one_thread_and_answered_on_the_ui_thread(
    lane: Lane, qtbot: QtBot
) -> None:
    worked: list[tuple[int, str]] = []
    answered: list[tuple[int, bool]] = []

    def work(number: int) -> Callable[[], int]:
        def run() -> int:
            worked.append((number, threading.current_thread().name))
            return number

        return run

    def answer(number: int) -> None:
        answered.append((number, QThread.isMainThread()))

    for number in range(20):
        lane.submit(work(number), answer)
    qtbot.waitUntil(lambda: len(answered) == 20)
    assert worked == [(number, "lane-test") for number in range(20)]
    assert answered == [(number, True) for number in range(20)]
    assert not lane.busy


def test_a_refusal_and_a_surprise_reach_failure_and_the_lane_goes_on(
    lane: Lane, qtbot: QtBot
) -> None:
    good: list[str] = []
    bad: list[Code] = []

    def refuse() -> str:
        raise Refused(Code.PIN_WRONG)

    def surprise() -> str:
        raise ZeroDivisionError

    def exit_in_the_middle() -> str:
        raise SystemExit(3)

    for work in (refuse, surprise, exit_in_the_middle, lambda: "still here"):
        lane.submit(work, good.append, lambda error: bad.append(error.code))
    qtbot.waitUntil(lambda: bool(good))
    assert good == ["still here"]
    assert bad == [Code.PIN_WRONG, Code.INTERNAL, Code.INTERNAL]


def test_a_forgotten_answer_is_dropped_but_the_work_is_done(lane: Lane, qtbot: QtBot) -> None:
    done, answers = threading.Event(), list[object]()
    task = lane.submit(done.set, answers.append, answers.append)
    task.forget()
    qtbot.waitUntil(lambda: not lane.busy)
    assert done.is_set()
    assert answers == []


class Held:
    """What a piece of work holds, as a page's presenter."""


def test_what_a_piece_of_work_held_is_let_go_on_the_ui_thread_and_not_kept_by_an_idle_lane(
    lane: Lane, qtbot: QtBot
) -> None:
    ends: list[threading.Thread] = []

    def submit() -> None:
        held = Held()
        finalize(held, lambda: ends.append(threading.current_thread()))
        lane.submit(lambda: bool(held), lambda _: None)

    for _ in range(50):
        submit()
    qtbot.waitUntil(lambda: not lane.busy)
    qtbot.waitUntil(lambda: len(ends) == 50)
    assert set(ends) == {threading.main_thread()}


def test_a_closed_presenter_gets_no_answer(lane: Lane, qtbot: QtBot) -> None:
    gate, answers = threading.Event(), list[object]()
    presenter: Presenter[int] = Presenter(0)
    presenter.later(lane, gate.wait, answers.append, answers.append)
    assert presenter.busy
    presenter.close()
    gate.set()
    qtbot.waitUntil(lambda: not lane.busy)
    assert answers == []
    assert not presenter.busy


def test_a_presenter_tells_a_new_state_once(qapp: QCoreApplication) -> None:
    presenter: Presenter[int] = Presenter(0)
    told: list[int] = []
    presenter.changed.connect(told.append)
    for state in (0, 1, 1, 2):
        presenter.show(state)
    assert told == [1, 2]


def test_what_was_submitted_is_done_before_a_lane_ends(qapp: QCoreApplication) -> None:
    lane = Lane("draining")
    gate, done, answers = threading.Event(), list[int](), list[object]()
    lane.submit(gate.wait)
    for number in range(5):
        lane.submit(lambda n=number: done.append(n), answers.append)  # type: ignore[misc]
    gate.set()
    assert lane.close()
    assert done == [0, 1, 2, 3, 4]
    QCoreApplication.sendPostedEvents()
    assert len(answers) == 5
    with pytest.raises(RuntimeError):
        lane.submit(gate.wait)


def test_a_lane_that_hangs_is_said_to_hang(qapp: QCoreApplication) -> None:
    lane, gate = Lane("hanging"), threading.Event()
    lane.submit(gate.wait)
    assert not lane.close(timeout=0.05)
    gate.set()
    assert lane.close()
    QCoreApplication.sendPostedEvents()


def test_writing_says_whether_the_encoder_is_in_use(qtbot: QtBot) -> None:
    lanes, gate = Lanes(), threading.Event()
    lanes.journal.submit(lambda: None)
    assert not lanes.writing
    lanes.encoder.submit(gate.wait)
    assert lanes.writing
    gate.set()
    qtbot.waitUntil(lambda: not lanes.writing)
    assert lanes.close()
    QCoreApplication.sendPostedEvents()


def test_a_widget_must_not_be_touched_from_a_lane(lane: Lane, qtbot: QtBot) -> None:
    met: list[StationError] = []
    lane.submit(assert_ui_thread, lambda _: None, met.append)
    qtbot.waitUntil(lambda: bool(met))
    assert met[0].code is Code.INTERNAL
    assert_ui_thread()


def test_answered_tasks_are_let_go_even_where_a_lane_collects_the_garbage(
    lane: Lane, qtbot: QtBot
) -> None:
    answers: list[int] = []
    for number in range(300):
        lane.submit(lambda n=number: n, answers.append)  # type: ignore[misc]
        if number % 50 == 0:
            lane.submit(gc.collect)
    qtbot.waitUntil(lambda: not lane.busy)
    assert answers == list(range(300))
