"""The states of the locks page, for tests that look at every page in every state."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from PySide6.QtWidgets import QWidget

from station.domain.credential import CredentialKind
from station.domain.person import Person
from station.errors import Code, Unreachable
from station.simulators.faults import Fault, Injection
from station.simulators.pictures import sample_face
from station.workflows.credentials import CredentialResult, Wanted, put
from station.workflows.stop_credential import stop
from tests.ui.all_pages_stage import Stage, until
from ui.pages.locks import LocksPage
from ui.presenters.said import Said, Tone

LIVED_IN, STOPPING, NETWORKED = "1-102", "1-103", "2-101"
FACE, TEMPLATE = sample_face(), bytes(range(40))


def locks(stage: Stage, page: QWidget) -> Iterator[tuple[str, QWidget]]:
    """Every state of the page."""
    assert isinstance(page, LocksPage)
    _furnish(stage)
    main = stage.main
    page.presenter.refresh()
    stage.calm()
    yield "locks: what needs attention", main
    for text in ("1-10", "zzz"):
        page.search.setText(text)
        stage.calm()
        yield f"locks: searched {text}", main
    page.search.clear()
    _choose(stage, page, LIVED_IN)
    for place in range(page.room.tabs.count() - 1):
        page.room.tabs.setCurrentIndex(place)
        stage.calm()
        yield f"locks: a room, tab {place + 1}", main
    page.room.tabs.setCurrentIndex(0)
    page.presenter.choose_way(_stoppable(page))
    page.presenter.stop_chosen()
    yield "locks: asked before a stop", main
    page.news.decline()
    form = page.room.passcode
    assert form is not None
    form.kind.setCurrentIndex(1)
    form.digits.setText("12")
    form.send()
    stage.calm()
    yield "locks: a wrong passcode", main
    form.clear()
    form.send()
    until(lambda: page.news.state.code is not None)
    stage.calm()
    yield "locks: a passcode", main
    page.news.clear()
    page.room.opening.open(stage.context.desk.room(LIVED_IN), "105-2")
    page.news.agree()
    until(lambda: page.news.state.said is not None)
    page.room.show_tab("open")
    stage.calm()
    yield "locks: opened", main
    gone = Unreachable(Code.SERVICE_TIMEOUT, service="kexin")
    page.news.say(Said(Tone.BAD, "locks.not_opened_at_all", error=gone))
    yield "locks: not opened", main
    yield from _networked(stage, page)
    yield from _table(stage, page)


def _networked(stage: Stage, page: LocksPage) -> Iterator[tuple[str, QWidget]]:
    _choose(stage, page, NETWORKED)
    pane = page.room.network
    assert pane is not None
    page.room.show_tab("network")
    for place, key in enumerate(pane.panes):
        pane.what.setCurrentIndex(place)
        stage.calm()
        yield f"locks: networked, {key}", stage.main
    page.room.clock.begin(stage.context.desk.room(NETWORKED))
    until(lambda: page.room.clock.state.begun is not None)
    stage.calm()
    yield "locks: networked, the clock's numbers", stage.main
    page.room.clock.drop()


def _table(stage: Stage, page: LocksPage) -> Iterator[tuple[str, QWidget]]:
    page._leave_room()
    path = stage.simulation.station.home.root / "locks.csv"
    for what, text in (
        ("wrong", "room,lock_id\n9-999,1\n2-101,x\n2-102,1000034\n"),
        ("right", "room,lock_id\n2-101,1000033\n"),
    ):
        path.write_text(text, "utf-8")
        page.table_work.read(path)
        stage.calm()
        yield f"locks: the table, {what} lines", stage.main
    page.table_work.drop()
    stage.calm()


def _furnish(stage: Stage) -> None:
    """Credentials of every kind, in doubt, waiting; a low battery. Once."""
    simulation, desk = stage.simulation, stage.context.desk
    if desk.journal.credentials(desk.room(NETWORKED).id):
        return
    for kind in CredentialKind:
        networked = kind.value.startswith("kexin")
        _give(stage, kind, NETWORKED if networked else LIVED_IN)
    service = simulation.door_lock.sim
    service.faults.clear()
    service.faults.inject(Injection(Fault.DROP_AFTER, "GatewayUploadOnline"))
    _give(stage, CredentialKind.ONLINE_PASSCODE, LIVED_IN)
    given = _give(stage, CredentialKind.ONLINE_PASSCODE, STOPPING)
    simulation.world.lock_of(STOPPING).reachable = False
    assert given.credential is not None
    stop(desk, stage.context.session.need(), given.credential.id)
    simulation.world.lock_of("1-101").set_percent(12)
    _give(stage, CredentialKind.ONLINE_PASSCODE, "1-101")
    stage.context.bridge.changed.emit()


def _give(stage: Stage, kind: CredentialKind, room: str) -> CredentialResult:
    desk = stage.context.desk
    picture = {CredentialKind.FACE: FACE, CredentialKind.FINGERPRINT: TEMPLATE}.get(kind, b"")
    noon: datetime = desk.clock.local().replace(hour=12, minute=0, second=0, microsecond=0)
    guest = Person("Zhang San", "13800000001")
    end = noon + timedelta(days=3)
    wanted = Wanted(desk.room(room), kind, end, guest, picture=picture, agreed=bool(picture))
    return put(desk, stage.context.session.need(), wanted)


def _choose(stage: Stage, page: LocksPage, name: str) -> None:
    room = stage.context.desk.room(name)
    page._choose(room.id)
    until(lambda: page.presenter.state.room is not None)
    stage.calm()


def _stoppable(page: LocksPage) -> str:
    room = page.presenter.state.room
    assert room is not None
    return next(way.key for way in room.ways if way.stoppable)
