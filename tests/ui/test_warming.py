"""What is imported ahead: every module is there, a little in each turn, and nothing is lost."""

import time
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from ui import warming

DEADLINE_MS = 10_000


@pytest.mark.parametrize("name", warming.WITHOUT_QT + warming.PROGRAM + warming.FIRST_PAGE)
def test_every_module_that_is_imported_ahead_is_there(name: str) -> None:
    assert find_spec(name) is not None


def test_all_steps_are_taken_and_keys_come_between(qtbot: QtBot, qapp: object) -> None:
    taken: list[int] = []
    seen: list[int] = []

    def steps() -> Iterator[object]:
        for number in range(5):
            ends = time.perf_counter() + warming.TURN_S
            while time.perf_counter() < ends:
                pass
            taken.append(number)
            yield None

    made = warming.Warming(steps(), qapp)  # type: ignore[arg-type]
    other = QTimer()
    other.timeout.connect(lambda: seen.append(len(taken)))
    other.start(0)
    with qtbot.waitSignal(made.done, timeout=DEADLINE_MS):
        made.start()
    other.stop()
    assert taken == [0, 1, 2, 3, 4]
    assert {1, 2, 3} & set(seen), "other events had their turn between two steps"
    made.deleteLater()


def test_what_cannot_be_imported_ends_the_warming_and_no_more(qtbot: QtBot, qapp: object) -> None:
    def steps() -> Iterator[object]:
        yield import_module("ui.no_such_module")

    made = warming.Warming(steps(), qapp)  # type: ignore[arg-type]
    with qtbot.waitSignal(made.done, timeout=DEADLINE_MS):
        made.start()
    made.deleteLater()


def test_the_program_and_its_first_page_are_imported(qtbot: QtBot, qapp: object) -> None:
    for steps in (warming.program(), warming.first_page()):
        made = warming.Warming(steps, qapp)  # type: ignore[arg-type]
        with qtbot.waitSignal(made.done, timeout=DEADLINE_MS):
            made.start()
        made.deleteLater()
    assert import_module("ui.pages.rooms").RoomsPage is not None
