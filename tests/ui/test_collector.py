"""Garbage is searched for on the UI thread only, by Python's own rule."""

import gc
import threading
from collections.abc import Iterator
from weakref import finalize

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Ring
from ui.collector import Collector
from ui.lanes import Lane

MANY = 100_000


@pytest.fixture
def collector(qapp: QCoreApplication) -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()


def litter() -> None:
    """Enough of it for a hundred searches."""
    for _ in range(MANY):
        Ring()


def test_what_a_page_left_is_not_collected_by_a_lane_that_makes_garbage(
    collector: Collector, qtbot: QtBot
) -> None:
    ends: list[threading.Thread] = []
    lane = Lane("littering")
    finalize(Ring(), lambda: ends.append(threading.current_thread()))
    lane.submit(litter)
    qtbot.waitUntil(lambda: not lane.busy)
    assert lane.close()
    qtbot.waitUntil(lambda: bool(ends))
    assert ends == [threading.main_thread()]


def test_each_generation_has_its_turn_when_it_is_due(collector: Collector) -> None:
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.collect()
    young, middle, old = gc.get_threshold()
    gc.callbacks.append(note)
    try:
        collector.look()
        assert seen == [], "nothing is due"
        for _ in range((middle + 1) * (old + 1) + middle + old + 3):
            keep = [[] for _ in range(young + 100)]  # type: ignore[var-annotated]
            collector.look()
            del keep
    finally:
        gc.callbacks.remove(note)
    assert seen[:middle] == [0] * middle
    assert seen.count(1) >= old
    assert 2 in seen
