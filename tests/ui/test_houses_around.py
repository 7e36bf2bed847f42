"""Around the houses: the card panel's reminder, the kept token, its settings, the demo's phone."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.compose.drawer import Drawer
from station.errors import Code
from station.secrets import SecretName
from station.workflows import house_tree, owner_check
from tests.ui.card_panel_bench import PanelBench, panel_bench
from tests.ui.conftest import CLERK, SUPERVISOR
from ui.chores import Chores
from ui.chosen_house import Debt
from ui.context import Context
from ui.demo.people import READY
from ui.demo.presenter import DemoPresenter
from ui.demo.window import DemoWindow
from ui.presenters.card_state import Action, Phase
from ui.presenters.said import Tone
from ui.presenters.settings import SettingsPresenter
from ui.presenters.status import Part, PartState, StatusPresenter
from ui.widgets.status_bar import StatusBar

DEADLINE_MS = 20_000
DEBT = Debt("晨曦家园1栋1单元1楼101号", Decimal("256.50"), 2)
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    return lambda wanted: qtbot.waitUntil(wanted, timeout=DEADLINE_MS)


# the card panel


@pytest.fixture
def panel(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[PanelBench]:
    with panel_bench(qtbot, ui_context, simulation) as made:
        yield made


def test_before_a_card_for_the_gates_the_debt_is_said_and_nothing_is_blocked(
    panel: PanelBench,
) -> None:
    panel.context.house.set(DEBT)
    panel.choose("1-301")
    panel.work.begin(Action.ISSUE)
    panel.phase(Phase.FORM)
    form = panel.panel.form
    assert not form._debt_line.isVisible(), "a card of the room alone is nobody's house's"
    form.gate.setChecked(True)
    assert "256.50" in form._debt_line.text()
    assert form._debt_line.isVisible()
    assert form.go.isEnabled()
    form.gate.setChecked(False)
    assert not form._debt_line.isVisible()
    panel.work.cancel()
    panel.context.house.set(None)
    panel.work.begin(Action.ISSUE)
    panel.phase(Phase.FORM)
    form.gate.setChecked(True)
    assert not form._debt_line.isVisible()


# the token


@pytest.fixture
def status(ui_context: Context) -> Iterator[StatusPresenter]:
    made = StatusPresenter(ui_context)
    made.start()
    yield made
    made.close()


@pytest.fixture
def chores(ui_context: Context, status: StatusPresenter) -> Iterator[Chores]:
    owner = QObject()
    made = Chores(ui_context, status, owner)
    yield made
    made.stop()


def test_the_token_is_kept_alive_and_a_lost_one_shows_with_its_next_step(
    chores: Chores,
    status: StatusPresenter,
    ui_context: Context,
    simulation: Simulation,
    until: Until,
) -> None:
    token = SecretName.PROPERTY_TOKEN
    before = simulation.secrets.get(token)
    chores.keep_token()
    until(lambda: status.state.parts[Part.PROPERTY] is PartState.OK)
    assert simulation.secrets.get(token) != before, "renewed, and kept"
    simulation.property.stop()
    simulation.world.clock.advance(3600)
    simulation.property.start()
    simulation.property.sim.lose_tokens()
    platform = ui_context.desk.property
    assert platform is not None
    with pytest.raises(Exception, match=Code.PROPERTY_TOKEN_LOST.value):
        platform.permissions()
    chores.keep_token()
    until(lambda: status.state.parts[Part.PROPERTY] is PartState.TROUBLE)
    error = status.state.errors[Part.PROPERTY]
    assert error.code is Code.PROPERTY_TOKEN_LOST
    bar = StatusBar(ui_context.words, ui_context.theme)
    bar.render_state(status.state)
    item = bar.parts[Part.PROPERTY]
    assert "要一个令牌" in item.accessibleName()
    assert ui_context.words.next_step(error) in item.toolTip()
    bar.deleteLater()


# settings


@pytest.fixture
def settings(ui_context: Context, until: Until) -> Iterator[SettingsPresenter]:
    made = SettingsPresenter(ui_context)
    yield made
    until(lambda: not made.busy)
    made.close()


def test_the_live_test_tries_address_token_and_community(
    settings: SettingsPresenter, simulation: Simulation, until: Until
) -> None:
    settings.test("property")
    until(lambda: "property" in settings.state.tests)
    said = settings.state.tests["property"]
    assert (said.tone, said.text) == (Tone.GOOD, "settings.property_ok")
    assert said.facts == {"count": 2}
    settings.edit("property.community_id", "77")
    settings.test("property")
    until(lambda: "property" in settings.state.tests)
    assert settings.state.tests["property"].text == "settings.property_no_community"
    settings.secret("property", "no-such-token")
    settings.test("property")
    until(lambda: "property" in settings.state.tests)
    said = settings.state.tests["property"]
    assert said.tone is Tone.BAD
    assert said.error is not None
    assert said.error.code is Code.PROPERTY_TOKEN_LOST


def test_a_typed_token_that_is_renewed_while_it_is_tried_is_not_lost(
    settings: SettingsPresenter, simulation: Simulation, until: Until
) -> None:
    sim = simulation.property.sim
    typed = sim.give_token()
    sim.expire_tokens()
    kept = simulation.secrets.get(SecretName.PROPERTY_TOKEN)
    settings.secret("property", typed)
    settings.test("property")
    until(lambda: "property" in settings.state.tests)
    assert settings.state.tests["property"].tone is Tone.GOOD
    now = settings._secrets[SecretName.PROPERTY_TOKEN]
    assert now not in ("", typed)
    assert simulation.secrets.get(SecretName.PROPERTY_TOKEN) == kept, "nothing is kept unsaved"
    assert now not in repr(settings.state)


# the demo


def test_codes_arrive_on_the_demos_phone(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, until: Until
) -> None:
    drawer = Drawer(simulation)
    hands = DemoPresenter(drawer, ui_context.bridge)
    window = DemoWindow(ui_context, hands, {person.key: person.key for person in READY})
    window.show()
    until(lambda: window.cards.count() > 0)
    assert not window.phone.code.isVisible()
    desk = simulation.station.desk
    house_tree.refresh_all(desk, SUPERVISOR)
    owner_check.ask(desk, CLERK, house_tree.all_houses(desk)[0])
    until(window.phone.code.isVisible)
    assert window.phone.code.text() == simulation.property.sim.sms()[-1].code
    assert "138****0001" in window.phone.accessibleName()
    drawer.cloud(away=True)
    assert not simulation.property.running
    drawer.cloud(away=False)
    assert simulation.property.running
    hands.close()
    window.hide()
    window.deleteLater()
