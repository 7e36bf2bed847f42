"""The gates' half of a room card that is somebody else's there: shown, moved by one press."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.operation import State
from station.domain.person import Person
from station.errors import Code
from station.workflows import resident
from tests.ui.card_panel_bench import ENTER, PanelBench, panel_bench
from tests.ui.conftest import SUPERVISOR
from ui.context import Context
from ui.presenters.card_state import Action, Lying, Phase, Tone

OWNER = Person("李四", "13800000002")
GUEST = "13800000001"


@pytest.fixture
def desk(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[PanelBench]:
    with panel_bench(qtbot, ui_context, simulation) as made:
        yield made


def holders(desk: PanelBench, uid: str) -> list[str]:
    cloud = desk.simulation.shankai.sim.cloud
    return cloud.holders(next(iter(cloud.organizations)), uid)


def issued_with_somebody_elses_card(desk: PanelBench) -> str:
    """A card bound to a resident is made a guest's room card, gates too; its UID."""
    card = desk.put()
    desk.sees(Lying.BLANK)
    uid = card.uid.upper()
    bound = resident.bind(desk.context.desk, SUPERVISOR, resident.Binding(OWNER, uid))
    assert bound.state is State.DONE
    desk.choose("1-301")
    desk.order(Action.ISSUE, gate=True, name="张三", mobile=GUEST)
    desk.phase(Phase.RESULT)
    desk.until(lambda: not desk.outcome.gate_pending)
    return uid


def test_a_card_of_a_resident_is_moved_to_the_guest_by_one_press(desk: PanelBench) -> None:
    uid = issued_with_somebody_elses_card(desk)
    assert desk.outcome.tone is Tone.GOOD, "the room's half is not touched by it"
    gate = desk.outcome.gate
    assert gate is not None
    assert gate.error is not None
    assert gate.error.code is Code.UID_BOUND_ELSEWHERE
    assert holders(desk, uid) == [OWNER.mobile]
    button = desk.panel.banner.gate_anyway
    assert button.isVisible()
    button.setFocus()
    desk.press(ENTER)
    assert desk.outcome.gate_pending
    desk.until(lambda: not desk.outcome.gate_pending)
    assert desk.outcome.gate is not None
    assert desk.outcome.gate.state is State.DONE
    assert not button.isVisible()
    assert GUEST in holders(desk, uid)
    assert desk.writes("MarkRoomCard") == 1, "the card itself is not written again"


def test_nobody_is_moved_without_that_press(desk: PanelBench) -> None:
    uid = issued_with_somebody_elses_card(desk)
    desk.press(ENTER)
    desk.phase(Phase.REST)
    desk.work.bind_anyway()
    desk.until(lambda: not desk.context.lanes.cloud.busy)
    assert holders(desk, uid) == [OWNER.mobile]


def test_a_gate_that_took_the_card_asks_nothing(desk: PanelBench) -> None:
    desk.put()
    desk.sees(Lying.BLANK)
    desk.choose("1-301")
    desk.order(Action.ISSUE, gate=True, name="张三", mobile=GUEST)
    desk.phase(Phase.RESULT)
    desk.until(lambda: not desk.outcome.gate_pending)
    assert not desk.panel.banner.gate_anyway.isVisible()
    before = len(desk.operations())
    desk.work.bind_anyway()
    desk.until(lambda: not desk.context.lanes.cloud.busy)
    assert len(desk.operations()) == before
