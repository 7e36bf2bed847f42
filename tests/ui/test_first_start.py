"""The first start of a desk that was installed by script: settings are there, secrets are not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from station.errors import Code
from station.home import Home
from station.secrets import SecretName
from tests.ui.test_shell_program import Run
from ui.opening import open_desk
from ui.presenters.login import Phase
from ui.presenters.settings import SECRETS
from ui.program import Program
from ui.widgets.settings_services import ServicesTab

if TYPE_CHECKING:
    from station.compose.demo import Simulation

SITE = """
[desk]
id = "reception-01"
site = "桃花园"
[door_lock]
appid = "0a1d"
url = "http://127.0.0.1:9"
[shankai]
app_id = "a"
url = "http://127.0.0.1:9"
[property]
url = "http://127.0.0.1:9"
"""
PATIENCE = 20_000


@pytest.fixture
def provisioned(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    home.create().settings.write_text(SITE, "utf-8")
    return home


@pytest.fixture
def run(qapp: QApplication, provisioned: Home) -> Iterator[Run]:
    """The program itself opens the desk."""
    made = Run(qapp, provisioned, cast("Simulation", None))
    first = made.program
    made.program = Program(replace(first._parts, opener=None))
    first.context.lanes.close()
    made.program.begin()
    yield made
    made.end()


def test_the_first_supervisor_is_told_where_the_secrets_go(run: Run, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: run.login.state.phase is Phase.FIRST, timeout=PATIENCE)
    run.login.add_first("李主管", "8251", "8251")
    qtbot.waitUntil(lambda: not run.is_locked, timeout=PATIENCE)
    main = run.program.main
    assert main is not None
    labels = cast("list[QLabel]", main.messages.findChildren(QLabel))
    said = " ".join(label.text() for label in labels)
    assert main.messages.isVisible()
    assert "设置 → 服务" in said
    for name in SECRETS.values():
        assert run.words.word("field", name) in said, name
    main.show_page("settings")
    [services] = cast("list[ServicesTab]", main.findChildren(ServicesTab))
    for panel in (services.door_lock, services.shankai, services.houses):
        assert panel.secret.isEnabled()
        assert panel._secret_field is not None


def test_every_missing_secret_is_in_one_sentence(provisioned: Home, qapp: QApplication) -> None:
    opening = open_desk(provisioned, lambda _: None)
    try:
        [trouble] = opening.troubles
        assert trouble.code is Code.SECRET_MISSING
        assert str(trouble.context["name"]).split(", ") == [name.value for name in SECRETS.values()]
        assert "STATION_SHANKAI_SECRET" in str(trouble.context["variable"])
        assert opening.empty
    finally:
        opening.station.close()


def test_the_one_that_is_missing_is_named_alone(
    provisioned: Home, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (SecretName.DOOR_LOCK_APPSECRET, SecretName.PROPERTY_TOKEN):
        monkeypatch.setenv(name.variable, "kept")
    opening = open_desk(provisioned, lambda _: None)
    opening.station.close()
    [trouble] = opening.troubles
    assert trouble.context["name"] == SecretName.SHANKAI_SECRET.value
