"""业主核验: the code and its countdown, what it shows to whom and for how long, and changes."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.household import Grant, Member
from station.domain.operation import Kind, State
from station.errors import Code
from station.ports import HistoryFilter
from station.workflows import house_tree
from station.workflows.owner_check import TRIES
from tests.ui.conftest import CLERK, SUPERVISOR
from ui.context import Context
from ui.presenters.household import Change, HouseholdPresenter, HouseholdState
from ui.presenters.owner_check import Check, OwnerPresenter, OwnerState
from ui.presenters.said import Tone

DEADLINE_MS = 15_000
OWNER, MASKED = "13800000001", "138****0001"
WRONG = "000000"


class Bench:
    """Both presenters on the first house, and the phones behind the simulated platform."""

    def __init__(self, qtbot: QtBot, context: Context, simulation: Simulation) -> None:
        self.qtbot, self.context, self.simulation = qtbot, context, simulation
        house_tree.refresh_all(context.desk, CLERK)
        self.all = house_tree.all_houses(context.desk)
        self.owner = OwnerPresenter(context)
        self.people = HouseholdPresenter(context, self.owner)
        self.owner.choose(self.all[0])

    @property
    def check(self) -> OwnerState:
        return self.owner.state

    @property
    def state(self) -> HouseholdState:
        return self.people.state

    def until(self, wanted: object) -> None:
        assert callable(wanted)
        self.qtbot.waitUntil(wanted, timeout=DEADLINE_MS)

    def calm(self) -> None:
        lanes = self.context.lanes
        self.until(lambda: not (lanes.journal.busy or lanes.asking))

    def problem(self) -> Code | None:
        return self.check.problem.code if self.check.problem is not None else None

    def code(self) -> str:
        return self.simulation.property.sim.sms(OWNER)[-1].code

    def send(self) -> None:
        self.owner.send()
        self.calm()
        assert self.check.check is Check.SENT

    def wrong(self) -> None:
        self.owner.try_code(WRONG if self.code() != WRONG else "111111")
        self.calm()

    def prove(self) -> None:
        self.send()
        self.owner.try_code(self.code())
        self.calm()
        assert self.check.check is Check.PROVED

    def pass_time(self, seconds: float) -> None:
        """The desk's and the platform's clock go on."""
        self.simulation.clock.ahead += seconds
        self.simulation.world.clock.advance(seconds)
        self.owner.count()

    def member(self, name: str) -> Member:
        assert self.state.detail is not None
        return next(each for each in self.state.detail.members if each.name == name)

    def states(self) -> list[State]:
        rows = self.context.desk.journal.history(HistoryFilter(kind=Kind.OWNER_CHECK))
        return [row.state for row in rows]


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[Bench]:
    ui_context.session.set(CLERK)
    made = Bench(qtbot, ui_context, simulation)
    yield made
    made.calm()
    made.people.close()
    made.owner.close()
    made.calm()


def test_only_the_masked_number_is_there_before_the_owner_said_yes(bench: Bench) -> None:
    bench.owner.look()
    bench.calm()
    assert (bench.check.check, bench.check.masked) == (Check.NONE, MASKED)
    bench.send()
    assert bench.check.owner is None
    assert bench.check.resend_s in range(50, 61)
    assert bench.check.left_s in range(29 * 60, 30 * 60 + 1)
    assert OWNER not in repr(bench.check)
    assert not bench.state.proved
    bench.owner.try_code(bench.code())
    bench.calm()
    assert bench.check.owner is not None
    assert bench.check.owner.mobile == OWNER
    assert OWNER not in repr(bench.check)
    assert bench.state.detail is not None
    assert "李四" not in repr(bench.state)
    assert bench.states() == [State.DONE]


def test_a_house_without_owner_sends_no_code(bench: Bench) -> None:
    bench.owner.choose(bench.all[1])
    bench.owner.look()
    bench.calm()
    assert bench.check.nobody
    bench.owner.send()
    bench.calm()
    assert bench.check.problem is not None
    assert bench.check.problem.code is Code.NO_OWNER
    assert bench.simulation.property.sim.sms() == []


def test_wrong_codes_are_counted_and_end_the_code(bench: Bench) -> None:
    bench.send()
    bench.wrong()
    assert bench.problem() is Code.PROPERTY_SMS_CODE_WRONG
    assert bench.check.tries_left == TRIES - 1
    bench.owner.try_code("12")
    bench.calm()
    assert bench.problem() is Code.SMS_CODE_MALFORMED
    assert bench.check.tries_left == TRIES - 1, "what cannot be a code is no try"
    for _ in range(TRIES - 1):
        bench.wrong()
    assert bench.check.check is Check.ENDED
    bench.owner.try_code(bench.code())
    bench.calm()
    assert bench.check.check is Check.ENDED
    assert bench.check.owner is None
    assert bench.states() == [State.REFUSED]


def test_another_code_after_a_minute_and_not_sooner(bench: Bench) -> None:
    bench.send()
    bench.owner.send()
    bench.calm()
    assert bench.check.problem is not None
    assert bench.check.problem.code is Code.CODE_TOO_SOON
    assert bench.check.check is Check.SENT, "the first code is still good"
    first = bench.code()
    bench.pass_time(61)
    assert bench.check.resend_s == 0
    bench.send()
    assert len(bench.simulation.property.sim.sms(OWNER)) == 2
    assert sorted(bench.states()) == sorted([State.INTENT, State.REFUSED])
    if first != bench.code():
        bench.owner.try_code(first)
        bench.calm()
        assert bench.check.owner is None
    bench.owner.try_code(bench.code())
    bench.calm()
    assert bench.check.owner is not None


def test_a_code_ends_with_its_time(bench: Bench) -> None:
    bench.send()
    bench.pass_time(31 * 60)
    assert bench.check.check is Check.ENDED
    bench.calm()
    assert bench.states() == [State.REFUSED]


def test_what_was_proved_is_over_after_half_an_hour(bench: Bench) -> None:
    bench.prove()
    bench.pass_time(31 * 60)
    assert bench.check.check is Check.NONE
    assert bench.check.owner is None
    assert bench.state == HouseholdState()


def test_leaving_the_page_hides_and_the_same_operator_sees_it_again(bench: Bench) -> None:
    bench.prove()
    bench.owner.hide()
    assert bench.check.check is Check.HIDDEN
    assert bench.check.owner is None
    assert bench.owner.proof is None
    assert bench.state == HouseholdState()
    bench.owner.show_again()
    bench.calm()
    assert bench.check.owner is not None
    assert bench.state.detail is not None
    assert len(bench.simulation.property.sim.sms(OWNER)) == 1


@pytest.mark.parametrize("what", ["lock", "other house", "other operator"])
def test_what_was_proved_is_forgotten(bench: Bench, what: str) -> None:
    bench.prove()
    if what == "lock":
        bench.context.session.set(None)
        bench.context.session.set(CLERK)
    elif what == "other operator":
        bench.context.session.set(SUPERVISOR)
    else:
        bench.owner.choose(bench.all[2])
    assert bench.owner.proof is None
    bench.owner.show_again()
    assert bench.check.owner is None
    assert bench.state == HouseholdState()
    bench.owner.choose(bench.all[0])
    assert bench.check.owner is None


def test_a_code_that_is_out_when_the_desk_is_locked_proves_nothing(bench: Bench) -> None:
    bench.send()
    code = bench.code()
    bench.context.session.set(None)
    bench.calm()
    bench.context.session.set(CLERK)
    bench.owner.try_code(code)
    bench.calm()
    assert bench.check.owner is None
    assert bench.states() == [State.REFUSED]


def test_a_yes_that_comes_after_another_house_was_chosen_shows_nobody(bench: Bench) -> None:
    bench.send()
    bench.owner.try_code(bench.code())
    bench.owner.choose(bench.all[2])
    bench.calm()
    assert bench.check.owner is None
    assert not bench.state.proved


def test_members_and_who_asks_to_be_one(bench: Bench) -> None:
    bench.prove()
    detail = bench.state.detail
    assert detail is not None
    assert [each.name for each in detail.members] == ["张三", "李四", "王五", "赵六"]
    assert bench.state.owner_name == "张三"
    bench.people.look_at(detail.reviews[0])
    bench.calm()
    assert bench.state.review is not None
    assert bench.state.review.name == "孙七"
    bench.people.look_at(None)
    assert bench.state.review is None


def test_each_change_is_asked_about_done_once_and_looked_at_again(bench: Bench) -> None:
    bench.prove()
    bench.people.want(Change.MANAGING, bench.member("李四"))
    bench.people.decline()
    assert bench.state.ask is None
    assert bench.member("李四").grant is Grant.ALLOWED
    bench.people.want(Change.MANAGING, bench.member("李四"))
    bench.people.agree()
    bench.people.agree()
    bench.calm()
    assert bench.state.said is not None
    assert bench.state.said.title == "houses.done_managing_off"
    assert bench.member("李四").grant is Grant.DENIED
    bench.people.want(Change.PAYING, bench.member("赵六"))
    bench.people.agree()
    bench.calm()
    assert bench.state.said.title == "houses.done_paying_on"
    bench.people.want(Change.UNBIND, bench.member("赵六"))
    bench.people.agree()
    bench.calm()
    assert bench.state.detail is not None
    assert "赵六" not in [each.name for each in bench.state.detail.members]
    bench.people.want(Change.DELETE_REVIEW, bench.state.detail.reviews[0])
    bench.people.agree()
    bench.calm()
    assert len(bench.state.detail.reviews) == 1
    rows = bench.context.desk.journal.history(HistoryFilter(kind=Kind.HOUSEHOLD))
    assert [row.state for row in rows] == [State.DONE] * 4


def test_an_unknown_outcome_says_so_and_shows_what_is_so_now(bench: Bench) -> None:
    bench.prove()
    path = "/api/v1/house/shouquan"
    bench.simulation.property.sim.inject("drop_after", path, times=1)
    bench.people.want(Change.UNBIND, bench.member("赵六"))
    bench.people.agree()
    bench.calm()
    said = bench.state.said
    assert said is not None
    assert (said.tone, said.title) == (Tone.WARN, "houses.change_unknown")
    assert bench.state.detail is not None
    assert "赵六" not in [each.name for each in bench.state.detail.members]
    rows = bench.context.desk.journal.history(HistoryFilter(kind=Kind.HOUSEHOLD))
    assert [row.state for row in rows] == [State.UNKNOWN]


def test_offline_a_change_says_so_and_changes_nothing(bench: Bench) -> None:
    bench.prove()
    bench.simulation.property.stop()
    bench.people.want(Change.UNBIND, bench.member("赵六"))
    bench.people.agree()
    bench.calm()
    assert bench.state.said is not None
    assert bench.state.said.title == "houses.not_changed"
    bench.simulation.property.start()
    bench.people.load()
    bench.calm()
    assert bench.member("赵六")


def test_nothing_personal_reaches_journal_or_log(bench: Bench) -> None:
    bench.prove()
    bench.people.want(Change.UNBIND, bench.member("赵六"))
    bench.people.agree()
    bench.calm()
    desk, code = bench.context.desk, bench.code()
    written = "".join(
        repr(event)
        for row in desk.journal.history(HistoryFilter())
        for event in desk.journal.events(row.operation)
    )
    home = bench.simulation.station.home
    for log in home.logs.glob("*.log*"):
        written += log.read_text("utf-8")
    for private in (OWNER, "赵六", f"'{code}'"):
        assert private not in written
