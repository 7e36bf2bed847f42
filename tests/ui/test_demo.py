"""The demo: the drawer's hands, the doors, its clocks and its second window."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation, simulated
from station.compose.drawer import Drawer, Spot, Trouble
from station.domain.operation import State
from station.errors import Code, InputInvalid
from station.home import Home
from station.settings import Desk as DeskPart
from station.settings import Settings, save
from station.workflows import operators
from station.workflows.issue import NewStay, issue
from tests.ui.conftest import SUPERVISOR, SUPERVISOR_PIN
from ui.context import Context
from ui.demo import carrying
from ui.demo.people import READY, make_ready
from ui.demo.people import SUPERVISOR as READY_SUPERVISOR
from ui.demo.presenter import DemoPresenter
from ui.demo.window import DemoWindow
from ui.theme.tokens import Look

ROOM = "1-101"


@pytest.fixture
def drawer(simulation: Simulation) -> Drawer:
    return Drawer(simulation)


@pytest.fixture
def hands(ui_context: Context, drawer: Drawer) -> Iterator[DemoPresenter]:
    made = DemoPresenter(drawer, ui_context.bridge)
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, ui_context: Context, hands: DemoPresenter) -> Iterator[DemoWindow]:
    names = {person.key: ui_context.words(f"demo.{person.key}") for person in READY}
    made = DemoWindow(ui_context, hands, names)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.cards.count() > 0)
    yield made
    made.hide()


def write(simulation: Simulation, drawer: Drawer, *, reason: str = "") -> str:
    """A guest's card for the room."""
    from station.workflows.desk import NO_CONSENT, Consent

    desk = simulation.station.desk
    number = drawer.blank()
    drawer.to_encoder(number)
    end = (desk.clock.local() + timedelta(days=2)).replace(microsecond=0)
    consent = Consent(reason=reason) if reason else NO_CONSENT
    result = issue(desk, SUPERVISOR, NewStay(desk.room(ROOM), end, consent=consent))
    assert result.state is State.DONE
    return number


def spot_of(drawer: Drawer, number: str) -> Spot:
    return next(card.spot for card in drawer.state().cards if card.number == number)


def test_hands_move_a_card(simulation: Simulation, drawer: Drawer) -> None:
    number = drawer.state().cards[0].number
    uid = simulation.world.card(number).uid
    drawer.to_encoder(number)
    assert spot_of(drawer, number) is Spot.ENCODER
    assert simulation.reader.view().uid == uid
    drawer.to_reader(number)
    assert spot_of(drawer, number) is Spot.READER
    assert simulation.world.seen_card() is None
    drawer.take_away()
    assert spot_of(drawer, number) is Spot.DRAWER
    assert simulation.reader.view().uid == ""


def test_a_door_says_why_it_stays_shut(simulation: Simulation, drawer: Drawer) -> None:
    blank = drawer.blank()
    old = write(simulation, drawer)
    assert drawer.hold(blank, ROOM).reason == "blank"
    assert drawer.hold(old, "1-102").reason == "other_room"
    assert drawer.hold(old, ROOM).opened
    drawer.advance(1.0)
    new = write(simulation, drawer, reason="guest changed")
    assert drawer.hold(old, ROOM).opened
    assert drawer.hold(new, ROOM).opened
    assert drawer.hold(old, ROOM).reason == "superseded"
    drawer.advance(24.0 * 3)
    assert drawer.hold(new, ROOM).reason == "expired"


def test_all_clocks_move_together(simulation: Simulation, drawer: Drawer) -> None:
    before = simulation.station.desk.clock.local()
    drawer.advance(24.0)
    after = simulation.station.desk.clock.local()
    assert timedelta(hours=24) <= after - before < timedelta(hours=25)
    assert abs(simulation.world.clock.now() - after) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Trouble.TIME_OUT, State.UNKNOWN),
        (Trouble.REFUSED, State.REFUSED),
        (Trouble.CUT, State.UNKNOWN),
    ],
)
def test_the_next_write_meets_trouble(
    simulation: Simulation, drawer: Drawer, kind: Trouble, state: State
) -> None:
    desk = simulation.station.desk
    drawer.to_encoder(drawer.blank())
    drawer.trouble(kind)
    assert drawer.state().trouble
    end = (desk.clock.local() + timedelta(days=1)).replace(microsecond=0)
    assert issue(desk, SUPERVISOR, NewStay(desk.room(ROOM), end)).state is state
    assert not drawer.state().trouble


def test_the_cloud_goes_and_comes_back(drawer: Drawer) -> None:
    drawer.cloud(away=True)
    assert drawer.state().cloud_away
    drawer.cloud(away=False)
    assert not drawer.state().cloud_away


def test_the_home_of_a_real_desk_is_left_alone(home: Home) -> None:
    save(Settings(desk=DeskPart(id="front-1")), home.create().settings)
    before = home.settings.read_bytes()
    with pytest.raises(InputInvalid) as caught, simulated(home):
        pass
    assert caught.value.code is Code.FILE_EXISTS
    assert home.settings.read_bytes() == before
    assert not home.journal_key.exists()


def test_cards_lie_in_the_drawer_again_the_next_time(home: Home) -> None:
    with simulated(home, keep_world=True) as first:
        drawer = Drawer(first)
        drawer.blank()
        drawer.advance(24.0)
        numbers = [card.number for card in drawer.state().cards]
    with simulated(home, keep_world=True) as second:
        assert [card.number for card in Drawer(second).state().cards] == numbers
        ahead = second.station.desk.clock.local() - second.world.clock.now()
        assert abs(ahead) < timedelta(minutes=1)


def test_the_desk_opens_again_on_the_same_world(simulation: Simulation) -> None:
    drawer = Drawer(simulation)
    number = write(simulation, drawer)
    simulation.station.close()
    station = simulation.reopen(lambda _: None)
    assert station is simulation.station
    assert simulation.reader.view().uid == simulation.world.card(number).uid
    assert station.desk.need_encoder().rooms()
    drawer.take_away()
    assert simulation.reader.view().uid == ""


def test_both_operators_can_log_in(home: Home) -> None:
    names = {"supervisor": "Lee", "clerk": "Wang"}
    with simulated(home) as made:
        for _ in range(2):  # the second time they are there already
            make_ready(made.station.desk, names)
        for person in READY:
            found = operators.log_in(made.station.desk, names[person.key], person.pin)
            assert found.role is person.role
    assert READY_SUPERVISOR.pin == SUPERVISOR_PIN


def test_keys_lay_the_chosen_card_down(
    qtbot: QtBot, window: DemoWindow, drawer: Drawer, simulation: Simulation
) -> None:
    number = window.cards.number
    QTest.keyClick(window.cards, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: number in window.encoder.text)
    assert window.cards.number == number
    QTest.keyClick(window.cards, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: number in window.reader.text)
    assert number not in window.encoder.text
    QTest.keyClick(window.cards, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: number not in window.reader.text)
    assert simulation.world.seen_card() is None
    assert spot_of(drawer, number) is Spot.DRAWER


def test_the_door_answers_in_words(
    qtbot: QtBot, window: DemoWindow, drawer: Drawer, simulation: Simulation, ui_context: Context
) -> None:
    number = write(simulation, drawer)
    qtbot.waitUntil(lambda: window.cards.item(0).text().startswith(number))
    window.cards.setCurrentRow(0)
    window.door.stand_at(ROOM)
    QTest.keyClick(window.cards, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: window.door.answer.property("role") == "good")
    assert ui_context.words("demo.said_opened") in window.door.answer.text()
    window.door.stand_at("1-102")
    assert window.door.answer.property("role") == "dim"
    QTest.mouseClick(window.door.hold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.door.answer.property("role") == "bad")
    assert ui_context.words("demo.said_other_room") in window.door.answer.text()


def test_a_card_is_dropped_on_encoder_reader_and_door(qtbot: QtBot, window: DemoWindow) -> None:
    number = window.cards.number
    data = window.cards.mimeData([window.cards.item(0)])
    assert carrying.number_of(data) == number
    drop(window.encoder, data)
    qtbot.waitUntil(lambda: number in window.encoder.text)
    drop(window.reader, data)
    qtbot.waitUntil(lambda: number in window.reader.text)
    drop(window.door, data)
    qtbot.waitUntil(lambda: window.door.answer.property("role") == "bad")


def test_anything_else_dropped_there_is_nothing(window: DemoWindow) -> None:
    heard: list[str] = []
    window.encoder.dropped.connect(heard.append)
    data = QMimeData()
    data.setText("03F56240")
    drop(window.encoder, data)
    assert heard == []


def drop(spot: carrying.Spot, data: QMimeData) -> None:
    event = QDropEvent(
        QPoint(1, 1),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    spot.dropEvent(event)


def test_time_and_trouble_have_buttons(
    qtbot: QtBot, window: DemoWindow, drawer: Drawer, ui_context: Context
) -> None:
    before, cards = drawer.state().now, window.cards.count()
    assert before is not None
    with qtbot.waitSignal(ui_context.bridge.changed):
        window.day.click()
    day = (before + timedelta(days=1)).strftime("%Y-%m-%d")
    qtbot.waitUntil(lambda: day in window.clock.text())
    window.blank.click()
    qtbot.waitUntil(lambda: window.cards.count() == cards + 1)
    window.fault.setCurrentIndex(1)
    window.fault.activated.emit(1)
    qtbot.waitUntil(lambda: drawer.state().trouble)
    window.cloud.click()
    qtbot.waitUntil(lambda: window.cloud.text() == ui_context.words("demo.cloud_back"))
    window.cloud.click()
    qtbot.waitUntil(lambda: window.cloud.text() == ui_context.words("demo.cloud_away"))


def test_everything_is_named_and_fits_in_both_languages(
    qapp: QApplication, window: DemoWindow, ui_context: Context
) -> None:
    for language in ("zh_CN", "en"):
        ui_context.words.switch(language)
        for look in (Look.LIGHT, Look.DARK):
            ui_context.theme.choose(look)
            qapp.processEvents()
            buttons: list[QAbstractButton] = list(window.findChildren(QAbstractButton))
            for button in buttons:
                if button.isVisible():
                    assert button.accessibleName()
                    assert button.sizeHint().width() <= button.width(), button.text()
            boxes: list[QComboBox] = list(window.findChildren(QComboBox))
            assert all(box.accessibleName() for box in boxes)
            assert ui_context.words("demo.banner") == window.banner.text()
            for person in READY:
                assert person.pin in window.people.text()
