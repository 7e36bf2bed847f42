"""Bad input: one sentence that names the field and the rule, nothing sent, and a picture."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.errors import Code
from tests.ui.card_bench import CardBench
from tests.window.inside import Inside, expected, expected_rule, inside, page_text
from ui.pages.residents import ResidentsPage
from ui.pages.rooms import RoomsPage
from ui.presenters.card_state import Action, Phase, Unit


@pytest.fixture(scope="module")
def desk(
    qapp: QApplication, desk_with_operators: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    """One window for all; nothing is ever written."""
    home = tmp_path_factory.mktemp("forms") / "home"
    copytree(desk_with_operators, home)
    with inside(qapp, home) as made:
        yield made
        assert made.simulation is not None
        assert made.simulation.door_lock.sim.calls.all("MarkRoomCard") == []
        assert made.simulation.shankai.sim.calls.all("set_card_no") == []


@pytest.fixture
def bench(desk: Inside, qtbot: QtBot) -> Iterator[CardBench]:
    """A vacant room chosen, the keyboard free."""
    if desk.program.context.session.operator is None:
        desk.enter(qtbot)
    desk.main.show_page("rooms")
    bench = desk.bench(qtbot)
    bench.put()
    bench.choose("1-301")
    yield bench
    bench.work.cancel()
    bench.quiet()


def fill(desk: Inside, bench: CardBench, action: Action, unit: Unit, **typed: str) -> None:
    """Open a form, type into its fields and press its button."""
    page = desk.main.page("rooms")
    assert isinstance(page, RoomsPage)
    bench.work.begin(action)
    bench.phase(Phase.FORM)
    bench.quiet()
    form = page.panel.form
    form.unit.setCurrentIndex(list(Unit).index(unit))
    for name, text in typed.items():
        form.fields[name].setText(text)
        form.fields[name].textEdited.emit(text)
    form.go.click()


@pytest.mark.parametrize(
    ("name", "field", "text", "unit", "code"),
    [
        ("nights-empty", "amount", "", Unit.NIGHTS, Code.FIELD_EMPTY),
        ("nights-word", "amount", "two", Unit.NIGHTS, Code.FIELD_NOT_A_NUMBER),
        ("nights-none", "amount", "0", Unit.NIGHTS, Code.FIELD_OUT_OF_RANGE),
        ("nights-1e9", "amount", "1000000000", Unit.NIGHTS, Code.FIELD_TOO_LONG),
        ("nights-999999999", "amount", "999999999", Unit.NIGHTS, Code.FIELD_OUT_OF_RANGE),
        ("until-past", "amount", "2020-01-31 12:00", Unit.UNTIL, Code.END_IN_PAST),
        ("until-word", "amount", "tomorrow", Unit.UNTIL, Code.TIME_MALFORMED),
        ("until-far", "amount", "2999-01-31 12:00", Unit.UNTIL, Code.END_TOO_FAR),
        ("name-emoji", "name", "张三😀", Unit.NIGHTS, Code.FIELD_CHARACTERS),
        ("name-rtl", "name", "张三\u202e", Unit.NIGHTS, Code.FIELD_CHARACTERS),
        ("name-control", "name", "张\x07三", Unit.NIGHTS, Code.FIELD_CHARACTERS),
        ("name-long", "name", "张" * 120, Unit.NIGHTS, Code.FIELD_TOO_LONG),
        ("mobile", "mobile", "138 0000", Unit.NIGHTS, Code.MOBILE_MALFORMED),
        ("cards-many", "cards", "21", Unit.NIGHTS, Code.FIELD_OUT_OF_RANGE),
    ],
)
def test_the_form_of_a_stay(
    desk: Inside, bench: CardBench, name: str, field: str, text: str, unit: Unit, code: Code
) -> None:
    fill(desk, bench, Action.ISSUE, unit, **{field: text})
    assert bench.state.phase is Phase.FORM
    desk.picture(f"input-{name}", bench.qtbot, lambda said: expected_rule(code, said))


@pytest.mark.parametrize(
    ("name", "text"), [("nothing", "9-999"), ("drop", "'; DROP TABLE events; --"), ("emoji", "😀")]
)
def test_a_room_that_there_is_not(desk: Inside, bench: CardBench, name: str, text: str) -> None:
    page = desk.main.page("rooms")
    assert isinstance(page, RoomsPage)
    page.search.setText(text)
    desk.picture(
        f"input-search-{name}", bench.qtbot, lambda said: page_text("rooms.nothing_found", said)
    )
    page.search.clear()


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("name-empty", ("", "13800000001", "04A1B2C3D4E5F6"), Code.FIELD_EMPTY),
        ("mobile-empty", ("张三", "", "04A1B2C3D4E5F6"), Code.MOBILE_MALFORMED),
        ("mobile-malformed", ("张三", "1380000", "04A1B2C3D4E5F6"), Code.MOBILE_MALFORMED),
        ("uid-malformed", ("张三", "13800000001", "04A1XY"), Code.UID_MALFORMED),
        ("uid-random", ("张三", "13800000001", "08112233"), Code.UID_RANDOM),
        ("name-drop", ("'; DROP TABLE\x00", "13800000001", ""), Code.FIELD_CHARACTERS),
    ],
)
def test_the_form_of_a_residents_card(
    desk: Inside, bench: CardBench, name: str, typed: tuple[str, str, str], code: Code
) -> None:
    desk.main.show_page("residents")
    page = desk.main.page("residents")
    assert isinstance(page, ResidentsPage)
    for editor, text in zip((page.form.name, page.form.mobile, page.form.uid), typed, strict=True):
        editor.setText(text)
    page.form.button.click()
    desk.picture(f"input-resident-{name}", bench.qtbot, lambda said: expected(code, said))
