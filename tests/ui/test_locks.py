"""门锁: what opens a door is listed, given, shown, stopped; doors are opened and asked after."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.credential import CredentialKind, CredentialState
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.workflows.opening import Certainty
from station.workflows.ways_in import Revoking, ways_in
from tests.ui.conftest import CLERK
from tests.ui.locks_rig import GUEST, NETWORKED, ROOM, LockBench, lock_bench
from ui.context import Context
from ui.presenters.lock_news import SHOWN_S
from ui.presenters.lock_state import Wish
from ui.theme.tokens import Look
from ui.widgets.lock_words import grouped

PLATFORM = (
    CredentialKind.OFFLINE_PASSCODE,
    CredentialKind.ONLINE_PASSCODE,
    CredentialKind.FACE,
    CredentialKind.FINGERPRINT,
)


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[LockBench]:
    with lock_bench(qtbot, ui_context, simulation) as made:
        yield made


def give(bench: LockBench, kind: CredentialKind, **typed: str) -> None:
    """The passcode form, as an operator fills it in."""
    form = bench.page.room.passcode
    assert form is not None
    form.kind.setCurrentIndex(form.kind.findData(kind))
    for name, text in typed.items():
        getattr(form, name).setText(text)
    form.send()
    bench.calm()


def ways(bench: LockBench) -> list[str]:
    state = bench.page.presenter.state
    assert state.room is not None
    return [way.kind for way in state.room.ways]


def digits_on_screen(bench: LockBench) -> str:
    return bench.page.code.digits.text().replace(" ", "")


# finding a room


def test_a_room_is_found_by_number_and_by_its_guests_initials(bench: LockBench) -> None:
    bench.give(CredentialKind.OFFLINE_PASSCODE)  # names nobody on the rack: no stay
    QTest.keyClicks(bench.page.search, "2-101")
    bench.until(lambda: bench.page.found.count() > 0)
    assert bench.page._stack.currentWidget() is bench.page.found
    QTest.keyClick(bench.page.search, Qt.Key.Key_Return)
    bench.until(lambda: bench.page.presenter.state.room is not None)
    state = bench.page.presenter.state
    assert state.room is not None
    assert (state.room.room.name, state.room.lock_id is not None) == ("2-101", True)
    assert bench.page.search.text() == ""
    QTest.keyClick(bench.page, Qt.Key.Key_Escape)
    assert bench.page.presenter.state.wanted == ""


def test_nothing_that_fits_is_said_calmly(bench: LockBench) -> None:
    bench.page.search.setText("zzz")
    bench.until(lambda: bench.page._stack.currentWidget() is bench.page.nothing)


# what opens the door


def test_everything_that_opens_the_door_is_one_list(bench: LockBench) -> None:
    for kind in PLATFORM:
        bench.give(kind)
    bench.lost("GatewayUploadOnline")
    assert bench.give(CredentialKind.ONLINE_PASSCODE).state is State.UNKNOWN
    bench.choose()
    room = bench.page.presenter.state.room
    assert room is not None
    assert len(room.ways) == 5
    assert {way.kind for way in room.ways} == {kind.value for kind in PLATFORM}
    assert [way.certainty for way in room.ways].count(Certainty.PERHAPS) == 1
    assert all(way.who == "张* 138****0001" for way in room.ways)
    assert bench.page.room.ways.list.count() == 5


def test_stopping_asks_first_and_a_no_does_nothing(bench: LockBench) -> None:
    bench.give(CredentialKind.ONLINE_PASSCODE)
    bench.choose()
    bench.page.room.ways.stop.click()
    assert bench.page.ask.isVisible()
    assert bench.page.ask.no.hasFocus()
    QTest.keyClick(bench.page.ask, Qt.Key.Key_Escape)
    bench.calm()
    assert not bench.page.ask.isVisible()
    assert bench.calls("GatewayStopOnline") == 0
    bench.page.room.ways.stop.click()
    bench.page.ask.yes.click()
    bench.until(lambda: bench.said == "stopped")
    bench.calm()
    assert ways(bench) == []


def test_a_stop_that_cannot_be_sent_waits_and_is_listed_for_the_house(bench: LockBench) -> None:
    given = bench.give(CredentialKind.ONLINE_PASSCODE)
    bench.choose()
    bench.reach(able=False)
    bench.page.room.ways.stop.click()
    bench.page.ask.yes.click()
    bench.until(lambda: bench.said == "stop_waits")
    bench.calm()
    state = bench.page.presenter.state
    assert state.way is not None
    assert state.way.revoking is Revoking.STOPPING
    assert [doubt.room.name for doubt in state.house.doubts] == [ROOM]
    bench.page.back.click()
    bench.calm()
    attention = bench.page.house.attention
    assert attention.list.count() == 1
    assert attention.stop.isVisible()
    bench.reach(able=True)
    attention.stop.click()
    bench.page.ask.yes.click()
    bench.until(lambda: bench.said == "stopped")
    bench.calm()
    assert given.credential is not None
    found = bench.context.desk.journal.credential(given.credential.id)
    assert found is not None
    assert found.state is CredentialState.STOPPED
    assert attention.list.count() == 0


def test_a_passcode_is_shown_again_and_that_is_written_down(bench: LockBench) -> None:
    given = bench.give(CredentialKind.ONLINE_PASSCODE)
    bench.choose()
    bench.page.room.ways.show_code.click()
    bench.until(lambda: bench.page.news.state.code is not None)
    assert digits_on_screen(bench) == given.code
    assert Kind.PASSCODE_SHOW in bench.kinds()


# passcodes


@pytest.mark.parametrize("kind", PLATFORM[:2])
def test_a_passcode_is_given_shown_large_and_opens(bench: LockBench, kind: CredentialKind) -> None:
    bench.choose()
    give(bench, kind)
    bench.until(lambda: bench.page.news.state.code is not None)
    digits = digits_on_screen(bench)
    assert bench.page.code.digits.property("role") == "room"
    assert bench.simulation.world.try_passcode(ROOM, digits).opened
    assert ways(bench) == [kind.value]


def test_a_chosen_online_passcode_is_sent_as_typed(bench: LockBench) -> None:
    bench.choose()
    give(bench, CredentialKind.ONLINE_PASSCODE, digits="739152", guest="李四")
    bench.until(lambda: bench.page.news.state.code is not None)
    assert digits_on_screen(bench) == "739152"
    assert bench.page.code.digits.text() == "739 152"
    form = bench.page.room.passcode
    assert form is not None
    assert (form.digits.text(), form.guest.text()) == ("", "")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"until": "soon"}, "until"),
        ({"until": ""}, "until"),
        ({"digits": "12345"}, "passcode"),
        ({"digits": "111111"}, "passcode"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(
    bench: LockBench, typed: dict[str, str], field: str
) -> None:
    bench.choose()
    give(bench, CredentialKind.ONLINE_PASSCODE, **typed)
    form = bench.page.room.passcode
    assert form is not None
    assert form.fields[field].problem.isVisible()
    assert bench.calls("GatewayUploadOnline") == 0
    assert Kind.PASSCODE not in bench.kinds()


def test_a_lost_answer_says_that_it_may_open(bench: LockBench) -> None:
    bench.choose()
    bench.lost("GatewayUploadOnline")
    give(bench, CredentialKind.ONLINE_PASSCODE)
    bench.until(lambda: bench.said == "maybe_given")
    assert bench.page.news.state.code is None
    [way] = ways_in(bench.context.desk, bench.room())
    assert way.certainty is Certainty.PERHAPS


def test_networked_rooms_offer_kexins_passwords_and_one_of_them_ends_by_itself(
    bench: LockBench,
) -> None:
    bench.choose(NETWORKED)
    form = bench.page.room.passcode
    assert form is not None
    assert [form.kind.itemData(place) for place in range(form.kind.count())] == [
        *("offline_passcode", "online_passcode", "kexin_password", "kexin_temporary")
    ]
    form.kind.setCurrentIndex(3)
    assert not form.fields["until"].isVisible()
    give(bench, CredentialKind.KEXIN_TEMPORARY)
    bench.until(lambda: bench.page.news.state.code is not None)
    bench.calm()
    assert not bench.page.room.ways.stop.isVisible()
    bench.choose(ROOM)
    assert form.kind.count() == 2


# a passcode on the screen


def test_a_passcode_goes_from_the_screen_after_a_minute(bench: LockBench) -> None:
    bench.choose()
    give(bench, CredentialKind.OFFLINE_PASSCODE)
    bench.until(lambda: bench.page.news.state.code is not None)
    for _ in range(SHOWN_S - 1):
        bench.page.news.tick()
    assert bench.page.code.isVisible()
    bench.page.news.tick()
    assert not bench.page.code.isVisible()
    assert digits_on_screen(bench) == ""


@pytest.mark.parametrize("way", ["page", "lock", "button"])
def test_a_passcode_goes_when_it_is_left(bench: LockBench, way: str) -> None:
    bench.choose()
    give(bench, CredentialKind.OFFLINE_PASSCODE)
    bench.until(lambda: bench.page.news.state.code is not None)
    if way == "page":
        bench.page.hide()
    elif way == "lock":
        bench.context.session.set(None)
    else:
        bench.page.code.hide_button.click()
    assert bench.page.news.state.code is None
    assert digits_on_screen(bench) == ""


def test_the_digits_stand_in_one_label_and_nowhere_else(bench: LockBench) -> None:
    bench.choose()
    give(bench, CredentialKind.ONLINE_PASSCODE, digits="739152")
    bench.until(lambda: bench.page.news.state.code is not None)
    shown = bench.page.code.digits
    for widget in [bench.page, *bench.page.findChildren(QWidget)]:
        texts = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        texts.append(widget.windowTitle())
        if isinstance(widget, QLabel) and widget is not shown:
            texts.append(widget.text())
        assert not [text for text in texts if "739152" in text.replace(" ", "")], widget
    assert "739152" not in repr(bench.page.news.state)
    logs = b"".join(path.read_bytes() for path in bench.simulation.station.home.logs.glob("*"))
    assert b"739152" not in logs


def test_a_passcode_is_copied_and_printed_as_a_slip(bench: LockBench) -> None:
    bench.choose()
    give(bench, CredentialKind.ONLINE_PASSCODE, digits="739152")
    bench.until(lambda: bench.page.news.state.code is not None)
    bench.page.code.copy.click()
    assert QGuiApplication.clipboard().text() == "739152"
    papers: list[str] = []
    bench.page.code.print_html = papers.append
    bench.page.code.print.click()
    [paper] = papers
    assert "739 152" in paper
    assert ROOM in paper
    assert "张三" not in paper
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("123456", "123 456"), ("1234567", "123 4567"), ("12345678", "123 456 78")],
)
def test_digits_are_shown_in_groups(digits: str, shown: str) -> None:
    assert grouped(digits) == shown


# roles, languages and looks


@pytest.mark.parametrize(
    ("operator", "tabs"),
    [
        (CLERK, ["passcode", "open", "biometric", "network"]),
        (Operator("技", Role.TECHNICIAN), ["network"]),
    ],
)
def test_each_role_sees_what_it_may_do(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, operator: Operator, tabs: list[str]
) -> None:
    ui_context.session.set(operator)
    with lock_bench(qtbot, ui_context, simulation) as bench:
        bench.give(CredentialKind.ONLINE_PASSCODE)
        bench.choose(NETWORKED)
        assert bench.page.room._keys == tabs
        bench.choose()
        assert bench.page.room._keys == [tab for tab in tabs if tab != "network"]
        assert (bench.page.table is not None) == (operator.role is Role.TECHNICIAN)
        may = operator.role is not Role.TECHNICIAN
        assert bench.page.room.ways.stop.isVisible() == may
        assert bench.page.room.ways.show_code.isVisible() == may


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_every_state_is_said_in_both_languages_and_looks(
    bench: LockBench, language: str, look: Look
) -> None:
    words, theme = bench.context.words, bench.context.theme
    for kind in PLATFORM:
        bench.give(kind)
    bench.choose()
    give(bench, CredentialKind.ONLINE_PASSCODE)
    bench.until(lambda: bench.page.news.state.code is not None)
    before = bench.page.grab().toImage()
    words.switch(language)
    theme.choose(look)
    bench.calm()
    assert (bench.page.grab().toImage() == before) == (language == "zh_CN" and look is Look.LIGHT)
    shown = bench.page.room.ways.list.item(0).text()
    assert ("can be stopped" in shown) == (language == "en")
    theme.choose(Look.LIGHT)


def test_somebody_who_comes_for_a_room_finds_what_they_typed(bench: LockBench) -> None:
    wish = Wish(bench.room().id, "passcode", bench.end(5), GUEST, begin_stay=True)
    assert "张三" not in repr(wish)
    bench.page.come_for(wish)
    bench.calm()
    form = bench.page.room.passcode
    assert form is not None
    assert (form.guest.text(), form.begin.isChecked()) == ("张三", True)
    form.send()
    bench.until(lambda: bench.page.news.state.code is not None)
    [row] = [row for row in bench.context.desk.journal.rack() if row.room.name == ROOM]
    assert row.stay is not None
    assert row.stay.expires_at == bench.end(5)
    assert bench.context.desk.journal.person(row.stay.holder or "").mobile == "13800000001"
