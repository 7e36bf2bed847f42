"""Locks elsewhere in the window: the outbox, status bar, unresolved page, chores, settings."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.credential import CredentialKind, CredentialState
from station.errors import Code, InputInvalid
from station.ports import HistoryFilter
from station.workflows import lock_table
from station.workflows.issue import NewStay, issue
from station.workflows.stop_credential import stop
from tests.ui.conftest import SUPERVISOR
from tests.ui.locks_rig import GUEST, ROOM, LockBench, lock_bench
from ui.chores import Chores
from ui.context import Context
from ui.main_window import MainWindow
from ui.pages import unresolved
from ui.pages.locks import LocksPage
from ui.pages.rooms import RoomsPage
from ui.pages.unresolved import UnresolvedPage
from ui.presenters.lock_state import Wish
from ui.presenters.outbox import OutboxPresenter
from ui.presenters.said import Tone
from ui.presenters.settings import OFF, ON, SettingsPresenter
from ui.presenters.status import StatusPresenter
from ui.widgets.outbox_panel import OutboxPanel
from ui.widgets.settings_desk import DeskTab
from ui.widgets.texts import Texts


@pytest.fixture
def bench(qtbot: QtBot, ui_context: Context, simulation: Simulation) -> Iterator[LockBench]:
    with lock_bench(qtbot, ui_context, simulation) as made:
        yield made


def waiting(bench: LockBench) -> str:
    """A stop that waits for its lock; the credential's id."""
    given = bench.give(CredentialKind.ONLINE_PASSCODE)
    assert given.credential is not None
    bench.reach(able=False)
    stop(bench.context.desk, SUPERVISOR, given.credential.id)
    return given.credential.id


def state_of(bench: LockBench, credential: str) -> CredentialState:
    found = bench.context.desk.journal.credential(credential)
    assert found is not None
    return found.state


def test_a_waiting_stop_stands_in_the_outbox_in_words(qtbot: QtBot, bench: LockBench) -> None:
    credential = waiting(bench)
    presenter = OutboxPresenter(bench.context)
    texts = Texts(bench.context.words, "residents", bench.page)
    panel = OutboxPanel(bench.context, texts, presenter)
    qtbot.addWidget(panel)
    presenter.refresh()
    bench.until(lambda: presenter.state.loaded)
    [line] = presenter.state.lines
    assert (line.room, line.credential) == (ROOM, "online_passcode")
    assert panel.list.item(0).text().startswith(f"停用 {ROOM} 的在线密码")
    bench.reach(able=True)
    presenter.push()
    bench.until(lambda: not presenter.state.pushing)
    bench.calm()
    assert state_of(bench, credential) is CredentialState.STOPPED
    presenter.close()


def test_what_waits_for_a_lock_goes_by_itself_without_any_gates(
    qtbot: QtBot, bench: LockBench, simulation: Simulation
) -> None:
    from dataclasses import replace

    credential = waiting(bench)
    bench.reach(able=True)
    station = simulation.station
    station.desk = replace(station.desk, gate=None)
    simulation.clock.ahead += 60
    status = StatusPresenter(bench.context)
    chores = Chores(bench.context, status, bench.page)
    chores.start(SUPERVISOR)
    bench.until(lambda: state_of(bench, credential) is CredentialState.STOPPED)
    chores.stop()
    bench.calm()


def test_the_window_counts_what_is_in_doubt(qtbot: QtBot, bench: LockBench) -> None:
    waiting(bench)
    main = MainWindow(bench.context)
    qtbot.addWidget(main)
    main.enter(SUPERVISOR)
    main.show()
    bench.until(lambda: main.status.state.doubtful == 1)
    assert main.status_bar.doubtful.isVisible()
    assert main.navigation.button("locks").count == 1
    main.status_bar.doubtful.click()
    assert main.current == "locks"
    bench.calm()
    main.close_window()


def test_the_unresolved_page_leads_to_the_locks(qtbot: QtBot, bench: LockBench) -> None:
    waiting(bench)
    page = unresolved.build(bench.context)
    assert isinstance(page, UnresolvedPage)
    qtbot.addWidget(page)
    page.show()
    page.activated()
    wanted: list[str] = []
    page.page_wanted.connect(wanted.append)
    bench.until(page.locks.isVisible)
    page.locks.click()
    assert wanted == ["locks"]
    bench.calm()
    page.close_page()


def test_a_card_among_the_ways_in_leads_to_its_room_where_cards_are_taken_back(
    qtbot: QtBot, bench: LockBench
) -> None:
    bench.simulation.world.put(bench.simulation.world.new_card())
    issue(bench.context.desk, SUPERVISOR, NewStay(bench.room(), bench.end(), GUEST))
    main = MainWindow(bench.context)
    qtbot.addWidget(main)
    main.enter(SUPERVISOR)
    main.show()
    main.show_page("locks")
    locks, rooms = main.page("locks"), main.page("rooms")
    assert isinstance(locks, LocksPage)
    assert isinstance(rooms, RoomsPage)
    locks.come_for(Wish(bench.room().id))
    bench.until(lambda: bool(locks.presenter.state.room and locks.presenter.state.room.ways))
    [way] = locks.presenter.state.room.ways if locks.presenter.state.room else ()
    locks.presenter.choose_way(way.key)
    locks.room.ways.card.click()
    assert main.current == "rooms"
    bench.until(lambda: rooms.panel.work.state.room is not None)
    assert rooms.rack.selected() == [bench.room().id]
    bench.calm()
    main.close_window()


# settings


@pytest.fixture
def settings(ui_context: Context) -> Iterator[SettingsPresenter]:
    made = SettingsPresenter(ui_context)
    yield made
    made.close()


def test_faces_are_switched_off_and_saved(
    qtbot: QtBot, ui_context: Context, settings: SettingsPresenter, simulation: Simulation
) -> None:
    tab = DeskTab(
        ui_context, Texts(ui_context.words, "settings", (owner := MainWindow(ui_context))), settings
    )
    qtbot.addWidget(tab)
    qtbot.addWidget(owner)
    tab.render_state(settings.state)
    box = tab.fields._flags["desk.faces"]
    assert (box.isChecked(), settings.state.dirty) == (True, False)
    box.setChecked(False)
    assert settings.state.values["desk.faces"] == OFF
    assert settings.state.values["desk.fingerprints"] == ON
    assert settings.state.can_save
    settings.save()
    qtbot.waitUntil(lambda: not settings.state.saving, timeout=20_000)
    text = simulation.station.home.settings.read_text("utf-8")
    assert "faces = false" in text
    assert "fingerprints = true" in text
    owner.close_window()


def test_kexin_is_tried_by_asking_for_one_lock(
    qtbot: QtBot, settings: SettingsPresenter, simulation: Simulation
) -> None:
    def tried() -> None:
        settings.test("kexin")
        qtbot.waitUntil(lambda: not settings.state.testing, timeout=20_000)

    tried()
    said = settings.state.tests["kexin"]
    assert (said.tone, said.text) == (Tone.GOOD, "settings.kexin_ok")
    simulation.station.desk.journal.drop_kept(lock_table.KEY)
    tried()
    said = settings.state.tests["kexin"]
    assert (said.tone, said.text) == (Tone.WARN, "settings.kexin_no_table")
    settings.edit("kexin.signer", "")
    tried()
    said = settings.state.tests["kexin"]
    assert said.error is not None
    assert said.error.code is Code.KEXIN_SIGNER_MISSING
    settings.edit("kexin.signer", "no such thing")
    assert isinstance(settings.state.problems["kexin.signer"], InputInvalid)
    opened = simulation.kexin.sim.cloud.locks.values()
    assert not any(lock.opened for lock in opened)
    assert len(simulation.station.desk.journal.history(HistoryFilter())) == 2
