"""住户: bind, look up, take back, ask the cloud, and the outbox, over real HTTP on loopback."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import Kind
from station.errors import Code, StationError
from station.ports import HistoryFilter, ReaderState
from station.workflows import outbox
from tests.ui.conftest import CLERK
from ui.context import Context
from ui.pages.residents import ResidentsPage, build
from ui.presenters.outbox import OutboxPresenter
from ui.presenters.residents import AskKind, ResidentsPresenter, ResidentsState
from ui.presenters.said import Tone
from ui.theme.tokens import Look

UID, OTHER, RANDOM = "04D585EE", "04AABBCC", "08AABBCC"
MOBILE, SECOND = "13800000001", "13800000002"
DEADLINE_MS = 15_000


class Bench:
    """Both presenters, the simulated cloud and a card in the hand."""

    def __init__(self, qtbot: QtBot, context: Context, simulation: Simulation) -> None:
        self.qtbot, self.context, self.simulation = qtbot, context, simulation
        self.presenter, self.outbox = ResidentsPresenter(context), OutboxPresenter(context)

    @property
    def state(self) -> ResidentsState:
        return self.presenter.state

    def until(self, wanted: object) -> None:
        assert callable(wanted)
        self.qtbot.waitUntil(wanted, timeout=DEADLINE_MS)

    def tap(self, uid: str) -> None:
        self.simulation.reader.put(uid)
        self.until(lambda: self.state.lying is not None or self.state.refused is not None)

    def idle(self) -> None:
        self.until(lambda: not self.state.working)

    def bind(self, mobile: str = MOBILE, number: str = "", name: str = "张三") -> None:
        self.presenter.bind(name, mobile, number)
        self.idle()

    def away(self) -> None:
        self.simulation.shankai.sim.inject("http_503", None, times=None)

    def back(self) -> None:
        self.simulation.shankai.sim.faults.clear()

    def listed(self, count: int) -> None:
        self.outbox.refresh()
        self.until(lambda: self.outbox.state.loaded and len(self.outbox.state.lines) == count)

    def kinds(self) -> list[Kind]:
        return [row.kind for row in self.context.desk.journal.history(HistoryFilter())]

    def calls(self, name: str) -> int:
        return len(self.simulation.shankai.sim.calls.all(name))


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[Bench]:
    ui_context.session.set(CLERK)
    made = Bench(qtbot, ui_context, simulation)
    yield made
    made.until(lambda: not made.presenter.busy and not made.outbox.busy)
    made.presenter.close()
    made.outbox.close()


@pytest.fixture
def page(qtbot: QtBot, bench: Bench) -> Iterator[ResidentsPage]:
    made = build(bench.context)
    assert isinstance(made, ResidentsPage)
    qtbot.addWidget(made)
    made.show()
    made.activated()
    yield made
    bench.until(lambda: not made.presenter.busy and not made.outbox.busy)
    made.close_page()


def test_the_card_on_the_reader_is_shown_and_bound(bench: Bench) -> None:
    bench.tap(UID)
    assert bench.state.lying is not None
    assert (bench.state.lying.uid, bench.state.lying.decimal) == (UID, int(UID, 16))
    bench.bind()
    assert bench.state.said is not None
    assert (bench.state.said.tone, bench.state.said.title) == (Tone.GOOD, "residents.bound")
    binding = bench.context.desk.journal.binding(UID)
    assert binding is not None
    assert binding.bound
    assert bench.state.bound == 1
    assert MOBILE not in repr(bench.state)


def test_a_typed_number_goes_before_the_reader(bench: Bench) -> None:
    bench.tap(UID)
    bench.bind(number="d12345")
    assert bench.context.desk.journal.binding("00003039") is not None
    assert bench.context.desk.journal.binding(UID) is None


def test_a_random_number_is_refused_with_its_reason(bench: Bench) -> None:
    bench.tap(RANDOM)
    assert bench.state.refused is not None
    bench.bind()
    assert bench.state.problem is not None
    assert bench.state.problem.code is Code.UID_RANDOM
    bench.bind(number=RANDOM)
    assert bench.state.problem.code is Code.UID_RANDOM
    assert Kind.RESIDENT_BIND not in bench.kinds()


def test_wrong_input_names_its_field_and_nothing_is_sent(bench: Bench) -> None:
    bench.tap(UID)
    for field, typed in (("mobile", {"mobile": "123"}), ("name", {"name": ""})):
        bench.bind(**typed)
        problem = bench.state.problem
        assert problem is not None
        assert problem.context["field"] == field
    assert bench.calls("set_card_no") == 0


def test_a_card_of_somebody_else_is_asked_about_before_it_moves(bench: Bench) -> None:
    bench.tap(UID)
    bench.bind()
    bench.bind(mobile=SECOND, name="李四")
    ask = bench.state.ask
    assert ask is not None
    assert (ask.kind, ask.facts["owner"]) == (AskKind.MOVE, "张* 138****0001")
    bench.presenter.decline()
    assert bench.calls("set_card_no") == 1
    bench.bind(mobile=SECOND, name="李四")
    bench.presenter.agree()
    bench.until(lambda: bench.state.bound == 2)
    journal = bench.context.desk.journal
    binding = journal.binding(UID)
    assert binding is not None
    assert journal.person(binding.person).mobile == SECOND


def test_a_card_swapped_after_it_was_shown_is_not_bound(bench: Bench) -> None:
    bench.tap(UID)
    shown = bench.state.lying
    bench.simulation.reader.put(OTHER)
    assert bench.state.lying == shown, "the screen has not heard of it yet"
    bench.bind()
    assert bench.state.said is not None
    assert bench.state.said.error is not None
    assert bench.state.said.error.code is Code.CARD_CHANGED
    assert Kind.RESIDENT_BIND not in bench.kinds()


def test_looking_up_shows_masked_and_revealing_is_written_down(bench: Bench) -> None:
    bench.tap(UID)
    bench.bind()
    bench.presenter.look_up(MOBILE)
    bench.until(lambda: bench.state.found is not None)
    found = bench.state.found
    assert found is not None
    assert found.masked == "张* 138****0001"
    assert [card.uid for card in found.cards] == [UID]
    bench.presenter.reveal()
    bench.until(lambda: bench.state.revealed is not None)
    assert Kind.PERSON_REVEAL in bench.kinds()
    assert "张三" not in repr(bench.state)
    bench.presenter.reveal()
    assert bench.state.revealed is None


def test_somebody_unknown_is_said_at_the_field(bench: Bench) -> None:
    bench.presenter.look_up(SECOND)
    bench.until(lambda: bench.state.look_up_problem is not None)
    assert bench.state.look_up_problem is not None
    assert bench.state.look_up_problem.code is Code.RESIDENT_UNKNOWN


def test_taking_back_is_asked_and_done(bench: Bench) -> None:
    bench.tap(UID)
    bench.bind()
    bench.presenter.unbind(MOBILE)
    assert bench.state.ask is not None
    assert bench.calls("del_user") == 0
    bench.presenter.agree()
    bench.until(lambda: bench.state.said is not None)
    assert bench.state.said is not None
    assert bench.state.said.title == "residents.unbound"
    binding = bench.context.desk.journal.binding(UID)
    assert binding is not None
    assert not binding.bound


def test_asking_the_cloud_says_first_that_it_allocates(bench: Bench) -> None:
    bench.presenter.ask_cloud(SECOND)
    assert bench.state.ask is not None
    assert bench.state.ask.kind is AskKind.CLOUD
    assert bench.calls("get_card_no") == 0
    bench.presenter.agree()
    bench.idle()
    assert bench.calls("get_card_no") == 1
    assert bench.state.said is not None
    assert Kind.RESIDENT_ALLOCATE in bench.kinds()


@pytest.mark.parametrize("uid", ["04A1B2C3", "04708472E2385E"])
def test_the_cloud_of_the_demo_says_the_number_that_was_bound(bench: Bench, uid: str) -> None:
    bench.presenter.bind("李四", SECOND, uid)
    bench.idle()
    bench.presenter.ask_cloud(SECOND)
    bench.presenter.agree()
    bench.idle()
    found = bench.state.found
    assert found is not None
    assert found.cloud is not None
    assert found.cloud.uid == uid


def test_while_the_cloud_is_away_it_waits_and_goes_up_by_hand(bench: Bench) -> None:
    bench.away()
    bench.tap(UID)
    bench.bind()
    assert bench.state.said is not None
    assert bench.state.said.title == "residents.bound_waits"
    bench.listed(1)
    line = bench.outbox.state.line
    assert line is not None
    assert line.error is not None
    assert (line.stopped, line.attempts, line.who) == (False, 1, "张* 138****0001")
    assert line.next_at is not None
    bench.outbox.push()
    bench.outbox.push()
    bench.until(lambda: not bench.outbox.state.pushing)
    assert bench.outbox.state.said is not None
    assert bench.outbox.state.said.tone is Tone.WARN
    bench.back()
    bench.outbox.push()
    bench.until(lambda: not bench.outbox.state.lines)
    assert bench.outbox.state.said is not None
    assert bench.outbox.state.said.title == "residents.pushed"


def test_what_came_of_a_push_is_said_until_something_else_waits(bench: Bench) -> None:
    bench.away()
    bench.tap(UID)
    bench.bind()
    bench.listed(1)
    bench.back()
    bench.outbox.push()
    bench.until(lambda: not bench.outbox.state.lines)
    assert bench.outbox.state.said is not None
    bench.away()
    bench.bind(mobile=SECOND, number=OTHER, name="李四")
    bench.listed(1)
    assert bench.outbox.state.said is None
    bench.simulation.clock.ahead += 3600
    bench.outbox.refresh()  # a moment that has passed is no next try
    bench.until(lambda: bench.outbox.state.lines[0].next_at is None)
    bench.outbox.push()
    bench.until(lambda: not bench.outbox.state.pushing)
    assert bench.outbox.state.said is not None
    assert bench.outbox.state.said.tone is Tone.WARN
    bench.back()
    desk, operator = bench.context.desk, bench.context.session.need()
    bench.context.lanes.cloud.submit(lambda: outbox.sync(desk, operator, now=True))
    bench.until(lambda: not bench.context.lanes.cloud.busy)
    bench.listed(0)
    assert bench.outbox.state.said is None, "nothing waits any more"


def test_what_stopped_shows_its_cause_and_goes_again(bench: Bench) -> None:
    bench.tap(UID)
    bench.presenter.ask_cloud("13800000003")
    bench.presenter.decline()
    gone = {"times": 1, "body": '{"errcode":4004,"errmsg":"no such user"}'}
    bench.simulation.shankai.sim.inject("not_json", "set_card_no", **gone)
    bench.bind()
    assert bench.state.said is not None
    assert bench.state.said.tone is Tone.BAD
    bench.listed(1)
    line = bench.outbox.state.line
    assert line is not None
    assert line.stopped
    assert line.error is not None
    assert line.error.code is Code.SHANKAI_NO_USER
    bench.outbox.retry()
    bench.until(lambda: not bench.outbox.state.lines)


# the page


def test_the_form_binds_by_enter_and_empties_itself(page: ResidentsPage, bench: Bench) -> None:
    bench.tap(UID)
    bench.until(lambda: page.form.number.text() == UID)
    assert str(int(UID, 16)) in page.form.about.text()
    page.form.name.setText("张三")
    QTest.keyClicks(page.form.mobile, "138")
    QTest.keyClick(page.form.mobile, Qt.Key.Key_Return)
    assert page.form.fields["mobile"].problem.isVisible()
    QTest.keyClicks(page.form.mobile, "00000001")
    QTest.keyClick(page.form.mobile, Qt.Key.Key_Return)
    bench.until(lambda: page.verdict.isVisible())
    assert "绑定好了" in page.verdict.text
    assert UID in page.verdict.text
    assert page.form.name.text() == page.form.mobile.text() == ""


def test_a_random_number_is_said_once_and_goes_with_its_card(
    page: ResidentsPage, bench: Bench
) -> None:
    bench.tap(RANDOM)
    page.presenter.bind("张三", MOBILE, "")
    problem, about = page.form.fields["uid"].problem, page.form.about
    assert problem.isVisible()
    assert not about.isVisible()
    bench.simulation.reader.lift()
    bench.until(lambda: page.presenter.state.reader is ReaderState.EMPTY)
    assert not problem.isVisible()
    assert about.text() == "读卡器：没有卡"
    page.presenter.bind("张三", "1", "")
    bench.simulation.reader.unplug()
    bench.until(lambda: page.presenter.state.reader is ReaderState.NO_READER)
    assert page.form.fields["mobile"].problem.isVisible(), "it has nothing to do with the reader"


def test_the_question_has_its_safe_answer_first(page: ResidentsPage, bench: Bench) -> None:
    page.activateWindow()
    bench.qtbot.waitUntil(page.isActiveWindow, timeout=DEADLINE_MS)
    page.look_up.mobile.setText(MOBILE)
    page.look_up.unbind.click()
    assert page.ask.isVisible()
    assert "138****0001" in page.ask.question.text()
    assert page.ask.no.hasFocus()
    QTest.keyClick(page.ask.no, Qt.Key.Key_Return)
    assert not page.ask.isVisible()
    assert bench.calls("del_user") == 0


def test_what_waits_is_listed_with_cause_and_next_try(page: ResidentsPage, bench: Bench) -> None:
    bench.until(lambda: page.waiting.empty.isVisible())
    bench.away()
    bench.tap(UID)
    bench.bind()
    bench.until(lambda: page.waiting.list.count() == 1)
    assert page.waiting.cause.text()
    assert page.waiting.next.text()
    assert "下一次" in page.waiting.when.text()
    assert not page.waiting.retry.isVisible()
    bench.back()
    page.waiting.push.click()
    bench.until(lambda: page.waiting.empty.isVisible())


def test_without_shankai_the_page_says_so(
    qtbot: QtBot, ui_context: Context, simulation: Simulation
) -> None:
    simulation.station.desk = replace(simulation.station.desk, gate=None)
    page = build(ui_context)
    assert isinstance(page, ResidentsPage)
    qtbot.addWidget(page)
    page.show()
    page.activated()
    assert page.not_there.isVisible()
    assert not page.form.isVisible()
    page.close_page()


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_both_languages_and_looks(page: ResidentsPage, bench: Bench, look: Look) -> None:
    bench.context.theme.choose(look)
    bench.tap(RANDOM)
    for language, bind in (("en", "Bind"), ("zh_CN", "绑定")):
        bench.context.words.switch(language)
        assert page.form.button.text().startswith(bind)
        assert page.form.about.text() == bench.context.words.sentence(_random(bench))
        assert not page.grab().isNull()


def _random(bench: Bench) -> StationError:
    assert bench.state.refused is not None
    return bench.state.refused
