"""The states that pages are brought into, one after another, for tests that look at all of them.

Pages and their tabs are found by themselves; what else one has to bring about is in `STATES`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from PySide6.QtWidgets import QTabWidget, QWidget

from station.compose.drawer import Trouble
from station.domain.operation import State as Outcome
from station.errors import Code, Refused, Unreachable
from tests.ui.all_pages_houses import houses
from tests.ui.all_pages_locks import locks
from tests.ui.all_pages_stage import SITE, Stage, until
from ui.main_window import pages_for
from ui.opening import Opening
from ui.pages.history import HistoryPage
from ui.pages.residents import ResidentsPage
from ui.pages.rooms import RoomsPage
from ui.pages.settings import SettingsPage
from ui.pages.unresolved import UnresolvedPage
from ui.presenters.card_state import Action, AskKind, Lying, Phase
from ui.presenters.card_state import Ask as CardAsk
from ui.presenters.history_filters import Filters, Period
from ui.presenters.login import LoginPresenter, LoginState
from ui.presenters.login import Phase as LoginPhase
from ui.presenters.outbox import OutboxState
from ui.presenters.residents import Ask, ResidentsState
from ui.presenters.residents import AskKind as ResidentsAsk
from ui.presenters.rooms import RoomsState
from ui.presenters.unresolved import UnresolvedState
from ui.widgets.crash_dialog import CrashDialog

RANDOM: Final = "08AABBCC"
State = tuple[str, QWidget]
"""A state's name, and the widget that is looked at."""


def _login(stage: Stage) -> Iterator[State]:
    view, station = stage.view, stage.context.station
    assert station is not None
    stage.bring(view)
    presenter = LoginPresenter()
    presenter.changed.connect(view.render_state)
    people = tuple(row.name for row in station.desk.need_operators().list())
    presenter.start(stage.context.lanes.journal, lambda: Opening(station, people, empty=False))
    stage.calm()
    view.decorate()
    view.focus()
    yield "login: who", view
    presenter.close()
    said = view._state
    locked = replace(said, locked=True, error=Refused(Code.PIN_WRONG), attempts=1)
    view.render_state(locked)
    yield "login: locked, wrong PIN", view
    view.render_state(replace(said, phase=LoginPhase.CHECKING))
    yield "login: checking", view
    view.render_state(LoginState(phase=LoginPhase.FIRST, site=SITE, pins_differ=True))
    yield "login: the first supervisor", view
    gone = Unreachable(Code.SERVICE_NOT_RUNNING, service="door_lock")
    view.render_state(LoginState(phase=LoginPhase.FAILED, site=SITE, error=gone))
    yield "login: failed", view


def _rooms(stage: Stage, page: QWidget) -> Iterator[State]:
    assert isinstance(page, RoomsPage)
    main, work, rack = stage.main, page.panel.work, stage.context.desk.journal.rack()
    by_name = {row.room.name: row for row in rack}

    def choose(*names: str) -> None:
        ids = [by_name[name].room.id for name in names]
        page.rack.select(ids, ids[0])
        until(lambda: not page._choice.isActive())
        stage.calm()
        page.rack.setFocus()

    for name, what in (("1-102", "lived in"), ("1-101", "due out"), ("1-201", "overdue")):
        choose(name)
        yield f"rooms: {what}", main
    choose("1-205")
    yield "rooms: unresolved", main
    work.reveal()
    stage.put()
    until(lambda: work.state.seen.lying is Lying.BLANK)
    yield "rooms: blank card", main
    for room, action in (
        ("1-301", Action.ISSUE),
        ("1-102", Action.EXTEND),
        ("1-102", Action.MOVE),
        ("1-102", Action.REPLACE),
        ("1-102", Action.CHECK_OUT),
        ("1-102", Action.COPY),
    ):
        choose(room)
        work.begin(action)
        until(lambda: work.state.form is not None)
        stage.calm()
        yield f"rooms: form {action.value}", main
        work.cancel()
    choose("1-302")
    stage.drawer.take_away()
    until(lambda: work.state.seen.lying is Lying.NOTHING)
    yield "rooms: no card", main
    work.begin(Action.ISSUE)
    form = work.state.form
    assert form is not None
    work.submit(replace(form.start, cards="2"))
    until(lambda: work.state.phase is Phase.WAIT)
    yield "rooms: waiting for a card", main
    stage.put()
    until(
        lambda: (
            work.state.phase is Phase.WAIT
            and work.state.progress is not None
            and work.state.progress.number == 2
        )
    )
    yield "rooms: waiting for the second", main
    work.cancel()
    until(lambda: work.state.phase is Phase.RESULT)
    yield "rooms: stopped", main
    work.dismiss()
    yield from _rooms_results(stage, page, choose)
    choose("1-303", "1-304", "1-305", "1-306")
    yield "rooms: several chosen", main
    page.panel.function_key(11)
    stage.calm()
    yield "rooms: group", main
    page.panel.group.finished.emit()
    page.search.setText("zzz")
    stage.calm()
    yield "rooms: nothing found", main
    page.search.clear()
    stage.calm()
    shown = page.presenter.state
    page.render_state(RoomsState(loaded=True))
    yield "rooms: no rooms", main
    page.render_state(replace(shown, error=Unreachable(Code.SERVICE_DNS, service="door_lock")))
    yield "rooms: error", main
    page.render_state(shown)


def _rooms_results(stage: Stage, page: RoomsPage, choose: Callable[..., None]) -> Iterator[State]:
    main, work = stage.main, page.panel.work

    def issue(room: str, phase: Phase) -> None:
        choose(room)
        work.begin(Action.ISSUE)
        form = work.state.form
        assert form is not None
        work.submit(replace(form.start, name="Zhang San"))
        until(lambda: work.state.phase is phase)
        stage.calm()

    issue("1-307", Phase.ASK)
    yield "rooms: asked for a reason, card of another room", main
    used = Refused(Code.CARD_IN_USE, room="1-302", until="2026-11-26T12:00:00", owner="current")
    work._show(ask=CardAsk(AskKind.CONFIRM, used))
    yield "rooms: asked to overwrite", main
    work.cancel()
    work.dismiss()
    stage.put()
    issue("1-307", Phase.RESULT)
    yield "rooms: issued", main
    bound = Refused(Code.UID_BOUND_ELSEWHERE, uid="04708472E2385E", owner="李* 138****0002")
    _gate_refused(stage, page, bound)
    yield "rooms: gate refused", main
    work.dismiss()
    stage.put()
    issue("1-102", Phase.ASK)
    yield "rooms: asked for a reason", main
    work.cancel()
    work.dismiss()
    stage.drawer.trouble(Trouble.TIME_OUT)
    issue("1-308", Phase.RESULT)
    yield "rooms: not sure", main
    work.dismiss()
    stage.put()
    stage.drawer.trouble(Trouble.CUT)
    issue("1-306", Phase.RESULT)
    yield "rooms: not written", main
    work.dismiss()


def _gate_refused(stage: Stage, page: RoomsPage, error: Refused) -> None:
    """As if the same card had been meant for the gates too, and were somebody else's there."""
    outcome = page.panel.work.state.outcome
    assert outcome is not None
    gate = replace(outcome.made[0], state=Outcome.REFUSED, error=error)
    page.panel.work._show(outcome=replace(outcome, gate=gate))
    stage.calm()


def _residents(stage: Stage, page: QWidget) -> Iterator[State]:
    assert isinstance(page, ResidentsPage)
    main, presenter = stage.main, page.presenter
    page.show_waiting()  # the walk over the tabs ended at the houses
    presenter.bind("", "12", "zz")
    yield "residents: wrong fields", main
    presenter.bind("Wang Wu", "13800000003", "04708472E2385E")
    until(lambda: not presenter.state.working)
    stage.calm()
    yield "residents: bound", main
    presenter.look_up("13800000003")
    until(lambda: presenter.state.found is not None and not presenter.state.working)
    stage.calm()
    yield "residents: looked up", main
    for kind in ResidentsAsk:
        facts = {"mobile": "138****0003", "uid": "04708472E2385E", "owner": "李* 138****0002"}
        presenter.show(replace(presenter.state, ask=Ask(kind, lambda: None, dict(facts))))
        yield f"residents: asked {kind.value}", main
    presenter.decline()
    waiting = page.outbox.state
    page.waiting.render_state(OutboxState(loaded=True))
    yield "residents: nothing waits", main
    page.waiting.render_state(waiting)
    page.render_state(ResidentsState(there=False))
    yield "residents: no gates", main
    page.render_state(presenter.state)
    stage.simulation.reader.put(RANDOM)
    until(lambda: presenter.state.refused is not None)
    presenter.bind("Wang Wu", "13800000003", "")
    yield "residents: a random number", main
    stage.simulation.reader.lift()
    yield from houses(stage, page)


def _unresolved(stage: Stage, page: QWidget) -> Iterator[State]:
    assert isinstance(page, UnresolvedPage)
    main = stage.main
    page.open_aside.click()
    yield "unresolved: set aside", main
    page.presenter.set_aside("")
    stage.calm()
    yield "unresolved: without a reason", main
    page.presenter.resolve()
    until(lambda: page.presenter.state.said is not None)
    stage.calm()
    yield "unresolved: another card", main
    shown = page.presenter.state
    page.render_state(UnresolvedState(loaded=True))
    yield "unresolved: nothing", main
    page.render_state(UnresolvedState())
    yield "unresolved: loading", main
    page.render_state(shown)


def _history(stage: Stage, page: QWidget) -> Iterator[State]:
    assert isinstance(page, HistoryPage)
    main = stage.main
    until(lambda: page.table.model().rowCount() > 0)
    page.table.selectRow(2)
    until(lambda: page.panel.isVisible())
    stage.calm()
    yield "history: details", main
    page._filtered(replace(Filters(), card="03F56A48"))
    stage.calm()
    yield "history: life of a card", main
    since, until_ = datetime(2026, 1, 1), datetime(2025, 1, 1)
    page.filters._take(Filters(period=Period.CUSTOM, since=since, until=until_))
    stage.calm()
    yield "history: wrong times", main
    page.filters._take(Filters(room="9-999"))
    stage.calm()
    yield "history: nothing fits", main
    page.filters._take(Filters())
    stage.calm()
    page.work.verify()
    yield "history: verifying", main
    until(lambda: not page.work.state.running)
    stage.calm()
    yield "history: verified", main
    page.work.dismiss()


def _settings(stage: Stage, page: QWidget) -> Iterator[State]:
    assert isinstance(page, SettingsPage)
    main, presenter = stage.main, page.presenter
    page.show_tab("services")
    presenter.edit("door_lock.url", "nonsense")
    yield "settings: wrong value", main
    presenter.reset()
    for section in ("door_lock", "shankai"):
        presenter.test(section)
    stage.calm()
    yield "settings: tested", main
    presenter.show(replace(presenter.state, dirty=True))
    yield "settings: to be saved", main
    presenter.reset()
    page.show_tab("operators")
    page.inside["operators"]._add()  # type: ignore[attr-defined]
    stage.calm()
    yield "settings: wrong operator", main


STATES: Final[dict[str, Callable[[Stage, QWidget], Iterator[State]]]] = {
    "rooms": _rooms,
    "residents": _residents,
    "unresolved": _unresolved,
    "locks": locks,
    "history": _history,
    "settings": _settings,
}


def _window(stage: Stage) -> Iterator[State]:
    main = stage.main
    main.show_page("rooms")
    main.messages.show_error(Unreachable(Code.SERVICE_TLS, service="door_lock"))
    yield "window: message", main
    main.messages.clear()
    main.help.toggle()
    yield "window: help", main.help
    main.help.toggle()
    for path in (None, stage.simulation.station.home.logs / "crash-20261122-004045.txt"):
        dialog = CrashDialog(stage.context.words, "report", path, main)
        dialog.open()
        stage.calm()
        yield f"window: crash, report {'saved' if path else 'not saved'}", dialog
        dialog.reject()
    stage.calm()


def _demo(stage: Stage) -> Iterator[State]:
    stage.bring(stage.demo)
    yield "demo: drawer", stage.demo
    state = stage.drawer.state()
    card = next(card for card in state.cards if card.room)
    for room in (card.room, state.rooms[-1]):
        stage.demo.door.stand_at(room)
        stage.hands.hold(card.number, room)
        stage.calm()
        yield f"demo: the door {room}", stage.demo


def states(stage: Stage) -> Iterator[State]:
    """Every state, in an order that each leaves right for the next."""
    yield from _login(stage)
    stage.bring(stage.main)
    for spec in pages_for(stage.context.session.need()):
        stage.main.show_page(spec.key)
        stage.main.activateWindow()  # whatever flashed up while the page was built
        stage.calm()
        page = stage.main.page(spec.key)
        assert page is not None
        yield f"{spec.key}: first shown", stage.main
        yield from _tabs(stage, spec.key, page)
        if spec.key in STATES:
            yield from STATES[spec.key](stage, page)
    yield from _window(stage)
    yield from _demo(stage)


def _tabs(stage: Stage, key: str, page: QWidget) -> Iterator[State]:
    """Every tab that a page has, whatever page it is."""
    for tabs in cast("list[QTabWidget]", page.findChildren(QTabWidget)):
        for place in range(tabs.count()):
            tabs.setCurrentIndex(place)
            stage.calm()
            yield f"{key}: tab {place + 1}", stage.main
