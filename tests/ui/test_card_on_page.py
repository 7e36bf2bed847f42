"""The card panel on its page, with the rack beside it: from typing the room to the card."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from tests.ui.card_bench import CardBench
from ui.context import Context
from ui.pages.rooms import RoomsPage
from ui.presenters.card_state import Action, Lying, Phase, Tone

ENTER = Qt.Key.Key_Return


class PageBench(CardBench):
    """Counts the keys that were pressed."""

    page: RoomsPage
    pressed = 0

    def key(self, key: Qt.Key) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self.pressed += 1
        QTest.keyClick(focus, key)

    def digits(self, text: str) -> None:
        for char in text:
            self.key(Qt.Key(ord(char)))


@pytest.fixture
def desk(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[PageBench]:
    page = RoomsPage(ui_context)
    qtbot.addWidget(page)
    page.resize(1200, 690)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    page.activated()
    bench = PageBench(qtbot, ui_context, simulation, page.panel.work)
    bench.page = page
    bench.until(lambda: len(page.presenter.state.tiles) > 0)
    bench.until(lambda: QApplication.focusWidget() is not None)
    bench.quiet()
    yield bench
    page.close_page()


def test_two_guests_one_after_the_other_by_keyboard(desk: PageBench) -> None:
    for room in ("1-301", "1-302"):
        card = desk.put()
        desk.sees(Lying.BLANK)
        desk.pressed = 0
        desk.digits(room)
        desk.key(ENTER)
        for _ in range(3):  # nights, name, cards
            desk.key(ENTER)
        assert desk.pressed <= 12
        desk.phase(Phase.RESULT)
        assert desk.outcome.tone is Tone.GOOD
        assert desk.opens(card, room)
        desk.key(ENTER)
        assert desk.state.phase is Phase.REST
        desk.quiet()
    assert desk.writes() == 2


def test_a_result_stays_while_the_rack_brings_itself_up_to_date(desk: PageBench) -> None:
    card = desk.lived_in("1-301")
    desk.context.bridge.changed.emit()
    desk.put(card)
    desk.until(lambda: desk.state.room is not None)
    desk.quiet()
    desk.order(Action.MOVE, target="1-305")
    if desk.state.phase is Phase.FORM:  # the rooms were not known yet
        desk.quiet()
        form = desk.state.form
        assert form is not None
        desk.work.submit(desk.work._typed)
    desk.phase(Phase.RESULT)
    desk.quiet()
    assert desk.state.phase is Phase.RESULT
    assert desk.outcome.tone is Tone.GOOD
    assert desk.state.room is not None
    assert desk.state.room.room.name == "1-305"
    desk.until(lambda: desk.state.room is not None and desk.state.room.complete)
    assert desk.opens(card, "1-305")
