"""A cloud or a reader in trouble: what the residents' page and the foot of the window say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.catalogue import Catalogue
from station.errors import Code
from station.ports import ReaderState
from station.simulators.shankai.sim import BASE_PATH, SAMPLE_ORG_ID
from station.vendors.shankai import Shankai, ShankaiGate
from tests.faults.test_services_in_trouble import tls_server
from tests.window.inside import DEADLINE_MS, Inside, expected, inside, page_text
from ui.pages.residents import ResidentsPage
from ui.presenters.status import Part

MOBILES = iter(f"138{number:08}" for number in range(1, 99))


@pytest.fixture(scope="module")
def module_desk(
    qapp: QApplication, desk_with_operators: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    home = tmp_path_factory.mktemp("residents") / "home"
    copytree(desk_with_operators, home)
    with inside(qapp, home) as made:
        yield made


@pytest.fixture
def desk(module_desk: Inside, qtbot: QtBot) -> Iterator[Inside]:
    """One window for all, the residents' page shown; each fault gets a resident of its own."""
    if module_desk.program.context.session.operator is None:
        module_desk.enter(qtbot)
        module_desk.main.show_page("residents")
    yield module_desk
    assert module_desk.simulation is not None
    module_desk.simulation.shankai.sim.faults.clear()
    module_desk.simulation.shankai.sim.faults.release()
    module_desk.simulation.shankai.start()
    module_desk.simulation.reader.lift()


def bind(desk: Inside, qtbot: QtBot) -> None:
    """Fill in the form and press its button; wait for what comes of it."""
    page = desk.main.page("residents")
    assert isinstance(page, ResidentsPage)
    page.form.name.setText("张三")
    page.form.mobile.setText(mobile := next(MOBILES))
    page.form.uid.setText(f"04{int(mobile):012X}"[:14])
    bound = page.presenter.state.bound
    page.form.button.click()
    qtbot.waitUntil(lambda: page.presenter.state.bound > bound, timeout=DEADLINE_MS)


def check_waits(desk: Inside, qtbot: QtBot, name: str, code: Code) -> None:
    """It is said that it waits and, beside it, why and what to do. Then it goes up."""

    def wanted(language: str) -> list[str]:
        waits = ("residents.bound_waits", "residents.waits_text")
        return expected(code, language) + [
            part for key in waits for part in page_text(key, language)
        ]

    desk.picture(f"cloud-{name}", qtbot, wanted)
    assert desk.simulation is not None
    desk.simulation.shankai.sim.faults.clear()
    desk.simulation.shankai.start()
    page = desk.main.page("residents")
    assert isinstance(page, ResidentsPage)
    qtbot.waitUntil(page.waiting.push.isEnabled, timeout=DEADLINE_MS)
    page.waiting.push.click()
    qtbot.waitUntil(lambda: page.outbox.state.lines == (), timeout=DEADLINE_MS)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("captive_portal", Code.CAPTIVE_PORTAL),
        ("http_429", Code.SERVICE_BUSY),
        ("http_503", Code.SERVICE_BUSY),
        ("http_500", Code.SERVICE_HTTP_STATUS),
        ("drop_before", Code.SERVICE_DROPPED),
        ("refuse", Code.SHANKAI_SYSTEM),
    ],
)
def test_the_cloud(desk: Inside, qtbot: QtBot, fault: str, code: Code) -> None:
    assert desk.simulation is not None
    desk.simulation.shankai.sim.inject(fault, "set_card_no", times=None)
    bind(desk, qtbot)
    check_waits(desk, qtbot, fault, code)


def test_the_cloud_is_not_running(desk: Inside, qtbot: QtBot) -> None:
    assert desk.simulation is not None
    desk.simulation.shankai.stop()
    bind(desk, qtbot)
    check_waits(desk, qtbot, "not-running", Code.SERVICE_NOT_RUNNING)


@contextmanager
def another_cloud(desk: Inside, url: str) -> Iterator[None]:
    """The desk pushes to another address for a while."""
    assert desk.simulation is not None
    station, sim = desk.simulation.station, desk.simulation.shankai.sim
    client = Shankai(url + BASE_PATH, sim.app_id, sim.secret, attempts=1)
    usual = station.desk
    station.desk = replace(usual, gate=ShankaiGate(client, SAMPLE_ORG_ID))
    try:
        yield
    finally:
        station.desk = usual
        client.close()


def test_a_name_that_no_server_has(desk: Inside, qtbot: QtBot) -> None:
    with another_cloud(desk, "https://cloud.invalid"):
        bind(desk, qtbot)
    check_waits(desk, qtbot, "dns", Code.SERVICE_DNS)


def test_a_certificate_that_nobody_trusts(desk: Inside, qtbot: QtBot, tmp_path: Path) -> None:
    with tls_server(tmp_path) as port, another_cloud(desk, f"https://127.0.0.1:{port}"):
        bind(desk, qtbot)
    check_waits(desk, qtbot, "tls", Code.SERVICE_TLS)


@pytest.mark.parametrize("fault", ["expired_token", "slow"])
def test_a_cloud_that_is_only_awkward(desk: Inside, qtbot: QtBot, fault: str) -> None:
    assert desk.simulation is not None
    options: dict[str, Any] = {"delay": 0.002} if fault == "slow" else {}
    desk.simulation.shankai.sim.inject(fault, "set_card_no", **options)
    bind(desk, qtbot)
    desk.picture(f"cloud-{fault}", qtbot, lambda said: page_text("residents.bound", said))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ReaderState.NO_READER, Code.PCSC_NO_READER),
        (ReaderState.NO_SERVICE, Code.PCSC_NO_SERVICE),
        (ReaderState.REMOTE_SESSION, Code.PCSC_REMOTE_SESSION),
        (ReaderState.CARD_UNREADABLE, Code.PCSC_CARD_UNREADABLE),
        (ReaderState.CARD_SILENT, Code.PCSC_CARD_SILENT),
        (ReaderState.BUSY, Code.PCSC_READER_BUSY),
        (ReaderState.SEVERAL_CARDS, Code.PCSC_SEVERAL_CARDS),
        (ReaderState.EMPTY, Code.PCSC_NO_CARD),
        (ReaderState.CARD_RANDOM, Code.UID_RANDOM),
    ],
)
def test_the_reader(desk: Inside, qtbot: QtBot, state: ReaderState, code: Code) -> None:
    """The foot of the window and the form say how it is; whoever goes on learns what to do."""
    assert desk.simulation is not None
    page = desk.main.page("residents")
    assert isinstance(page, ResidentsPage)
    if state is ReaderState.CARD_RANDOM:
        desk.simulation.reader.put("08112233")
    else:
        desk.simulation.reader.unplug(state)
    page.form.uid.clear()
    page.form.name.setText("张三")
    page.form.mobile.setText(next(MOBILES))
    qtbot.waitUntil(lambda: page.presenter.state.reader is state, timeout=DEADLINE_MS)
    page.form.button.click()

    def wanted(language: str) -> list[str]:
        foot = Catalogue(language).word("reader_state", state).casefold()
        return [*expected(code, language), foot]

    desk.picture(f"reader-{state.value.replace('_', '-')}", qtbot, wanted)
    assert desk.simulation.shankai.sim.cloud.card_of(SAMPLE_ORG_ID, page.form.mobile.text()) is None


def test_the_reader_is_asked_about(desk: Inside, qtbot: QtBot) -> None:
    """A click on the reader at the foot of the window says cause and next step."""
    assert desk.simulation is not None
    desk.simulation.reader.unplug(ReaderState.NO_READER)
    status = desk.main.status
    qtbot.waitUntil(lambda: Part.READER in status.state.errors, timeout=DEADLINE_MS)
    desk.main.status_bar.part_wanted.emit(Part.READER)
    wanted = Code.PCSC_NO_READER
    desk.picture("reader-explained", qtbot, lambda said: expected(wanted, said))
    desk.main.messages.clear()
