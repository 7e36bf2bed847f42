"""The look: every text can be read on every surface that it stands on, in every look."""

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from ui.theme import icons, style, tokens
from ui.theme.style import Theme
from ui.theme.tokens import COLOURS, Colours, Look

ROOT = Path(__file__).parents[2]
TEXT = 4.5
"""Contrast that WCAG 2 wants of text (AA)."""
MARK = 3.0
"""Contrast that it wants of marks and of the focus."""
SURFACES = ("window", "surface", "raised")
ROOM_STATES = ("vacant", "occupied", "due_out", "overdue", "unresolved")
TEXT_ON = [
    *((text, surface) for surface in SURFACES for text in ("text", "text_dim", "accent")),
    *((text, surface) for surface in SURFACES for text in ("good", "bad", "warn")),
    *((tone, f"{tone}_soft") for tone in ("good", "bad", "warn")),
    *(("text", f"{tone}_soft") for tone in ("good", "bad", "warn", "accent")),
    *(("text_dim", f"{tone}_soft") for tone in ("good", "bad", "warn")),
    *((text, room) for room in ROOM_STATES for text in ("text", "text_dim")),
    ("accent_text", "accent"),
    ("accent", "accent_soft"),
    ("surface", "unresolved_mark"),
]
MARKS_ON = [
    *((f"{room}_mark", room) for room in ROOM_STATES),
    *(("focus", surface) for surface in SURFACES),
    *((f"{room}_mark", "surface") for room in ROOM_STATES if room != "due_out"),
]


@pytest.mark.parametrize("look", list(COLOURS))
@pytest.mark.parametrize(("text", "surface"), TEXT_ON)
def test_text_can_be_read(look: Look, text: str, surface: str) -> None:
    colours = COLOURS[look]
    assert tokens.contrast(getattr(colours, text), getattr(colours, surface)) >= TEXT


@pytest.mark.parametrize("look", list(COLOURS))
@pytest.mark.parametrize(("mark", "surface"), MARKS_ON)
def test_marks_and_focus_can_be_seen(look: Look, mark: str, surface: str) -> None:
    colours = COLOURS[look]
    assert tokens.contrast(getattr(colours, mark), getattr(colours, surface)) >= MARK


def test_every_look_is_complete_and_every_colour_a_colour() -> None:
    assert set(COLOURS) == set(Look) - {Look.SYSTEM}
    for colours in COLOURS.values():
        for name in tokens.names():
            assert re.fullmatch(r"#[0-9a-f]{6}", getattr(colours, name)), name


def test_distances_lie_on_the_grid_and_nothing_moves_for_long() -> None:
    for name, value in vars(tokens).items():
        if isinstance(value, int) and name.isupper() and name not in {"RADIUS", "ANIMATION_MS"}:
            assert value % tokens.GRID == 0, name
    assert tokens.ANIMATION_MS <= 150


def test_contrast_is_measured_as_wcag_says() -> None:
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
def test_the_style_sheet_is_filled_in(colours: Colours) -> None:
    sheet = style.sheet(colours)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_roles_that_the_window_sets_are_known_to_the_style_sheet() -> None:
    sheet = style.sheet(tokens.LIGHT)
    known = set(re.findall(r'role="(\w+)"', sheet))
    used: dict[str, str] = {}
    for path in (ROOT / "ui").rglob("*.py"):
        for role in re.findall(r'setProperty\(\s*"role",\s*"(\w+)"', path.read_text("utf-8")):
            used[role] = path.name
    assert len(used) > 5
    assert {role: place for role, place in used.items() if role not in known} == {}


def test_a_look_is_switched_at_run_time(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp, Look.LIGHT)
    with qtbot.waitSignal(theme.changed):
        theme.choose(Look.DARK)
    assert theme.colours is tokens.DARK
    assert qapp.palette().window().color().name() == tokens.DARK.window
    theme.choose(Look.SYSTEM)
    assert theme.look is Look.SYSTEM
    assert theme.effective in COLOURS
    theme.deleteLater()


def test_every_icon_that_is_named_is_there_and_takes_its_colour(qapp: QApplication) -> None:
    there = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}
    called = re.compile(r'icons\.(?:icon|pixmap)\(\s*"([\w-]+)"')
    named = {
        name
        for path in (ROOT / "ui").rglob("*.py")
        for name in called.findall(path.read_text("utf-8"))
    }
    assert named
    assert named <= there
    for name in sorted(there - {"app"}):  # the program's own, in its own colours
        image = icons.pixmap(name, "#ff0000", 24, 2.0).toImage()
        assert image.width() == 48
        reds = [
            image.pixelColor(x, y).red()
            for x in range(48)
            for y in range(48)
            if image.pixelColor(x, y).alpha() > 200
        ]
        assert reds, name
        assert min(reds) > 200, name


@pytest.mark.parametrize("look", list(COLOURS))
@pytest.mark.parametrize("role", ["", "primary", "danger"])
@pytest.mark.parametrize("enabled", [True, False])
def test_a_button_shows_its_words_in_every_look(
    qapp: QApplication, qtbot: QtBot, look: Look, role: str, enabled: bool
) -> None:
    theme = Theme(qapp, look)
    button = QPushButton("保存")
    qtbot.addWidget(button)
    button.setProperty("role", role)
    button.setEnabled(enabled)
    button.show()
    image = button.grab().toImage()
    inner = image.copy(image.rect().adjusted(6, 6, -6, -6))
    shades = {
        inner.pixelColor(x, y).lightness()
        for x in range(inner.width())
        for y in range(inner.height())
    }
    assert max(shades) - min(shades) > 60
    theme.deleteLater()


def test_another_look_leaves_a_list_where_it_was(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp, Look.LIGHT)
    table = QTableWidget(200, 2)
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place, sheet = bar.value(), qapp.styleSheet()
    assert place > 0
    theme.choose(Look.DARK)
    qapp.processEvents()
    assert bar.value() == place
    assert qapp.styleSheet() != sheet
    theme.deleteLater()


def test_a_look_that_comes_to_the_same_colours_is_kept_and_told(qapp: QApplication) -> None:
    theme = Theme(qapp, Look.SYSTEM)
    same, told = theme.effective, []
    theme.changed.connect(lambda: told.append(theme.look))
    theme.choose(same)
    assert told == [same]
    assert theme.look is same
    theme.deleteLater()
