"""Views are delivered in order, none is missed, and nobody waits for ever."""

import threading
from functools import partial

from station.ports import ReaderState, ReaderView
from station.reader.board import Board


def a_view(tap: int) -> ReaderView:
    return ReaderView(ReaderState.CARD, uid="A1B2C3D4", tap=tap)


def test_an_equal_view_is_told_once() -> None:
    board, seen = Board(), list[int]()
    board.subscribe(lambda view: seen.append(view.tap))
    for tap in (1, 1, 2, 2, 1):
        board.show(a_view(tap))
    assert seen == [1, 2, 1]


def test_observers_get_every_view_in_the_same_order_whoever_shows_it() -> None:
    board = Board()
    seen: list[list[int]] = [[], []]

    def tell(told: list[int], view: ReaderView) -> None:
        told.append(view.tap)

    for one in seen:
        board.subscribe(partial(tell, one))
    numbers = [range(1, 500, 2), range(2, 500, 2)]

    def show_all(own: range) -> None:
        for tap in own:
            board.show(a_view(tap))

    threads = [threading.Thread(target=show_all, args=[own]) for own in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen[0]) == list(range(1, 500))
    assert seen[0] == seen[1]
    assert board.view.tap == seen[0][-1]


def test_a_view_that_stood_for_a_moment_is_not_missed() -> None:
    board = Board()
    found: list[ReaderView | None] = []
    entered = threading.Event()

    def wanted(view: ReaderView) -> bool:
        entered.set()
        return view.tap == 50

    waiting = threading.Thread(target=lambda: found.append(board.wait_for(wanted, 20)))
    waiting.start()
    assert entered.wait(20)
    for tap in range(1, 101):
        board.show(a_view(tap))
    waiting.join()
    assert found == [a_view(50)]


def test_waiting_ends_with_the_time_or_the_board() -> None:
    board = Board()
    assert board.wait_for(lambda view: False, 0) is None
    assert board.wait_for(lambda view: False, 0.01) is None
    assert board.wait_for(lambda view: view.state is ReaderState.STARTING, 0) is not None
    board.close()
    assert board.wait_for(lambda view: False, 3600) is None


def test_nothing_is_shown_after_close() -> None:
    board, seen = Board(), list[ReaderView]()
    board.subscribe(seen.append)
    board.show(a_view(1))
    board.close()
    board.show(a_view(2))
    assert seen == [a_view(1)]
    assert board.view.state is ReaderState.STARTING


def test_an_observer_can_unsubscribe_itself_and_others() -> None:
    board, seen = Board(), list[int]()

    def once(view: ReaderView) -> None:
        seen.append(view.tap)
        stop()

    stop = board.subscribe(once)
    board.show(a_view(1))
    board.show(a_view(2))
    stop()
    assert seen == [1]
