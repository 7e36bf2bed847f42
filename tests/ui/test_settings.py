"""设置: values checked as typed, live tests over real HTTP, saving, operators, copies, licences."""

from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from station.domain.card import CardIdRelation, UidOrder
from station.domain.operation import Kind
from station.domain.operator import Operator, Role
from station.errors import Code
from station.ports import HistoryFilter
from station.secrets import SecretName, Secrets
from station.settings import load
from station.workflows import operators
from tests.ui.conftest import CLERK, CLERK_PIN, SUPERVISOR
from ui.context import Context
from ui.presenters.backups import BackupsPresenter
from ui.presenters.licences import libraries
from ui.presenters.operators import OperatorsPresenter
from ui.presenters.reader_check import ReaderCheckPresenter, relation
from ui.presenters.said import Tone
from ui.presenters.settings import SettingsPresenter

DEADLINE_MS = 20_000
TECHNICIAN = Operator("赵工", Role.TECHNICIAN)


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps its passwords in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def _no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], bool]], None]:
    return lambda wanted: qtbot.waitUntil(wanted, timeout=DEADLINE_MS)


Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def settings(ui_context: Context, until: Until) -> Iterator[SettingsPresenter]:
    made = SettingsPresenter(ui_context)
    yield made
    until(lambda: not made.busy)
    made.close()


def _kinds(context: Context) -> list[Kind]:
    return [row.kind for row in context.desk.journal.history(HistoryFilter())]


# values


def test_a_wrong_value_names_its_rule_and_cannot_be_saved(settings: SettingsPresenter) -> None:
    assert not settings.state.can_save
    settings.edit("desk.id", "no spaces please")
    assert settings.state.problems["desk.id"].context["rule"] == "name"
    settings.edit("desk.id", "desk-2")
    settings.edit("door_lock.url", "http://example.com")
    assert settings.state.problems["door_lock.url"].code is Code.URL_NOT_HTTPS
    settings.edit("desk.max_stay_days", "x")
    assert settings.state.problems["desk.max_stay_days"].context["rule"] == "whole_number"
    assert not settings.state.can_save
    settings.reset()
    assert not settings.state.dirty
    assert not settings.state.problems


def test_a_part_that_is_switched_off_has_no_problems(settings: SettingsPresenter) -> None:
    settings.edit("shankai.app_id", "")
    assert "shankai.app_id" in settings.state.problems
    settings.switch("shankai", False)
    assert not settings.state.problems
    assert settings.state.can_save


def test_saving_writes_the_file_journals_it_and_reopens(
    settings: SettingsPresenter, ui_context: Context, until: Until
) -> None:
    asked: list[bool] = []
    ui_context.ask_restart = lambda: asked.append(True)
    station = ui_context.station
    assert station is not None
    settings.edit("desk.site", "桃花园")
    settings.edit("desk.max_stay_days", "30")
    settings.switch("shankai", False)
    settings.save()
    settings.save()
    until(lambda: bool(asked))
    written = load(station.home.settings)
    assert (written.desk.site, written.desk.max_stay_days) == ("桃花园", 30)
    assert written.shankai is None
    assert written.door_lock == station.settings.door_lock, "the rest stays as it was"
    assert asked == [True]
    assert _kinds(ui_context).count(Kind.SETUP) == 1


def test_a_secret_goes_to_the_keyring_and_never_into_the_file(
    settings: SettingsPresenter, ui_context: Context, until: Until
) -> None:
    keyring.set_keyring(MemoryKeyring())
    station = ui_context.station
    assert station is not None
    settings.secret("door_lock", "very-secret")
    assert "very-secret" not in repr(settings.state)
    settings.save()
    until(lambda: settings.state.said is not None)
    assert "very-secret" not in station.home.settings.read_text("utf-8")
    kept = Secrets(station.home, {}).get(SecretName.DOOR_LOCK_APPSECRET)
    assert kept.reveal() == "very-secret"


def test_without_a_keyring_nothing_is_saved_by_half(
    settings: SettingsPresenter, ui_context: Context, until: Until
) -> None:
    station = ui_context.station
    assert station is not None
    before = station.home.settings.read_bytes()
    settings.edit("desk.site", "桃花园")
    settings.secret("door_lock", "very-secret")
    settings.save()
    until(lambda: settings.state.said is not None)
    said = settings.state.said
    assert said is not None
    assert said.error is not None
    assert said.error.code is Code.SECRET_MISSING
    assert station.home.settings.read_bytes() == before
    assert settings.state.can_save, "what was typed is still there"


def test_a_clerk_may_not_save(ui_context: Context, until: Until) -> None:
    ui_context.session.set(CLERK)
    presenter = SettingsPresenter(ui_context)
    presenter.edit("desk.site", "x")
    assert not presenter.state.can_save
    presenter.test("door_lock")
    until(lambda: "door_lock" in presenter.state.tests)
    error = presenter.state.tests["door_lock"].error
    assert error is not None
    assert error.code is Code.NOT_ALLOWED
    presenter.close()


# tests of the services


def test_the_door_lock_is_tried_as_it_is_typed(
    settings: SettingsPresenter, simulation: Simulation, until: Until
) -> None:
    settings.secret("door_lock", simulation.door_lock.sim.appsecret)
    settings.test("door_lock")
    until(lambda: "door_lock" in settings.state.tests)
    said = settings.state.tests["door_lock"]
    assert (said.tone, said.facts["rooms"]) == (Tone.GOOD, 96)
    settings.edit("door_lock.url", "http://127.0.0.1:9")
    assert "door_lock" not in settings.state.tests, "it says nothing about another address"
    settings.test("door_lock")
    until(lambda: "door_lock" in settings.state.tests)
    error = settings.state.tests["door_lock"].error
    assert error is not None
    assert error.code is Code.SERVICE_NOT_RUNNING


def test_what_is_kept_is_tried_where_nothing_was_typed(
    settings: SettingsPresenter, until: Until
) -> None:
    for section in ("door_lock", "shankai"):
        settings.test(section)
    until(lambda: len(settings.state.tests) == 2)
    assert {said.tone for said in settings.state.tests.values()} == {Tone.GOOD}


def test_shankai_is_tried_with_the_right_and_a_wrong_secret(
    settings: SettingsPresenter, simulation: Simulation, until: Until
) -> None:
    settings.secret("shankai", simulation.shankai.sim.secret)
    settings.test("shankai")
    until(lambda: "shankai" in settings.state.tests)
    assert settings.state.tests["shankai"].tone is Tone.GOOD
    settings.secret("shankai", "wrong")
    settings.test("shankai")
    until(lambda: "shankai" in settings.state.tests)
    error = settings.state.tests["shankai"].error
    assert error is not None
    assert error.code is Code.SHANKAI_CREDENTIALS


# the reader


def test_a_tap_shows_both_orders(ui_context: Context, simulation: Simulation, until: Until) -> None:
    check = ReaderCheckPresenter(ui_context)
    simulation.reader.put("04D585EE")
    until(lambda: check.state.numbers is not None)
    simulation.reader.lift()
    assert check.state.numbers is not None
    shown = {order: number.uid for order, number in check.state.numbers.items()}
    assert shown == {UidOrder.AS_READ: "04D585EE", UidOrder.REVERSED: "EE85D504"}
    assert check.state.numbers[UidOrder.AS_READ].decimal == 0x04D585EE
    assert check.state.numbers[UidOrder.REVERSED].decimal is None
    simulation.world.put(simulation.world.new_card(), swap=True)
    check.compare(UidOrder.AS_READ)
    until(lambda: check.state.said is not None)
    assert check.state.said is not None
    assert check.state.said.title == "settings.compare_blank"
    check.close()


def test_how_a_card_id_goes_with_a_uid() -> None:
    assert relation("04D585EE", "04D585EE") is CardIdRelation.EQUAL
    assert relation("04D585EE", "EE85D504") is CardIdRelation.REVERSED
    assert relation("04D585EE", "00000001") is CardIdRelation.UNRELATED


# operators


def test_operators_are_added_reset_and_disabled(ui_context: Context, until: Until) -> None:
    presenter = OperatorsPresenter(ui_context)
    presenter.refresh()
    until(lambda: len(presenter.state.lines) == 2)
    presenter.add("赵工", Role.TECHNICIAN, "1234", "4321")
    assert presenter.state.differs
    presenter.add("赵工", Role.TECHNICIAN, "1234", "1234")
    until(lambda: len(presenter.state.lines) == 3)
    presenter.choose("赵工")
    presenter.disable()
    until(lambda: presenter.state.line is not None and presenter.state.line.disabled)
    presenter.reset("5678", "5678")
    until(lambda: presenter.state.line is not None and not presenter.state.line.disabled)
    assert operators.log_in(ui_context.desk, "赵工", "5678") == TECHNICIAN
    presenter.add("赵工", Role.CLERK, "1234", "1234")
    until(lambda: presenter.state.problem is not None)
    assert presenter.state.problem is not None
    assert presenter.state.problem.code is Code.OPERATOR_EXISTS
    presenter.close()


def test_the_last_supervisor_stays(ui_context: Context, until: Until) -> None:
    presenter = OperatorsPresenter(ui_context)
    presenter.refresh()
    until(lambda: bool(presenter.state.lines))
    presenter.choose(SUPERVISOR.name)
    presenter.disable()
    until(lambda: presenter.state.said is not None)
    assert presenter.state.said is not None
    assert presenter.state.said.error is not None
    assert presenter.state.said.error.code is Code.LAST_SUPERVISOR
    presenter.close()


def test_ones_own_pin_needs_the_present_one(ui_context: Context, until: Until) -> None:
    ui_context.session.set(CLERK)
    presenter = OperatorsPresenter(ui_context)
    presenter.change_own("0000", "2468", "2468")
    until(lambda: presenter.state.said is not None)
    assert presenter.state.said is not None
    assert presenter.state.said.error is not None
    assert presenter.state.said.error.code is Code.PIN_WRONG
    presenter.change_own(CLERK_PIN, "2468", "2468")
    until(lambda: presenter.state.done == 1)
    assert operators.log_in(ui_context.desk, CLERK.name, "2468") == CLERK
    assert not presenter.state.lines, "a clerk sees no list"
    presenter.close()


# copies and licences


def test_a_copy_is_made_listed_and_journalled(ui_context: Context, until: Until) -> None:
    presenter = BackupsPresenter(ui_context)
    presenter.back_up()
    assert presenter.state.working
    until(lambda: bool(presenter.state.copies))
    assert presenter.state.said is not None
    assert presenter.state.said.tone is Tone.GOOD
    assert presenter.state.copies[0].size > 0
    assert presenter.state.share == 100
    assert Kind.BACKUP in _kinds(ui_context)
    presenter.close()


def test_every_library_names_its_licence() -> None:
    found = {library.name: library.licence for library in libraries()}
    assert "LGPL" in found["PySide6_Essentials"]
    assert {"SQLAlchemy", "requests", "urllib3"} <= set(found)
    assert [name for name, licence in found.items() if not licence] == []
    assert "pytest" not in found
