"""What the walk over all pages looks for: each of its checks finds what it is there for."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui import all_pages_looks
from tests.ui.all_pages_looks import cut_off, misnamed_roles, nameless, scrolled, unreachable
from tests.ui.all_pages_rig import Windows
from ui.messages import Words

LONG = "This text is longer than the room that it has"


def label(box: QWidget) -> None:
    made = QLabel(LONG, box)
    made.setGeometry(0, 0, 60, 20)


def wrapped(box: QWidget) -> None:
    made = QLabel(LONG, box)
    made.setWordWrap(True)
    made.setGeometry(0, 0, 100, 20)


def long_word(box: QWidget) -> None:
    made = QLabel("Unbreakable-word_without_a_gap_anywhere", box)
    made.setWordWrap(True)
    made.setGeometry(0, 0, 60, 300)


def button(box: QWidget) -> None:
    QPushButton(LONG, box).setGeometry(0, 0, 60, 30)


def choice(box: QWidget) -> None:
    made = QComboBox(box)
    made.addItems(["a", LONG])
    made.setGeometry(0, 0, 100, 30)


def hint(box: QWidget) -> None:
    made = QLineEdit(box)
    made.setPlaceholderText(LONG)
    made.setGeometry(0, 0, 100, 30)


def tabs(box: QWidget) -> None:
    made = QTabWidget(box)
    for place in range(9):
        made.addTab(QWidget(), f"Tab number {place}")
    made.setGeometry(0, 0, 200, 100)


def table(box: QWidget) -> None:
    model = QStandardItemModel(1, 1, box)
    model.setItem(0, 0, QStandardItem(LONG))
    made = QTableView(box)
    made.setModel(model)
    made.setGeometry(0, 0, 300, 200)


def titles(box: QWidget) -> None:
    model = QStandardItemModel(0, 1, box)
    model.setHorizontalHeaderLabels([LONG])
    made = QTableView(box)
    made.setModel(model)
    made.setGeometry(0, 0, 300, 200)


def lines(box: QWidget) -> None:
    made = QListWidget(box)
    made.addItem(LONG)
    made.setGeometry(0, 0, 100, 100)


def outside(box: QWidget) -> None:
    QPushButton("OK", box).move(380, 10)


def over_one_another(box: QWidget) -> None:
    QLabel("one", box).move(10, 10)
    QLabel("two", box).move(20, 12)


def sideways(box: QWidget) -> None:
    inner = QWidget()
    inner.setFixedSize(500, 50)
    QPushButton("OK", inner).move(400, 0)
    area = QScrollArea(box)
    area.setWidget(inner)
    area.setGeometry(0, 0, 200, 100)


FLAWS: list[Callable[[QWidget], None]] = [
    *(label, wrapped, long_word, button, choice, hint, tabs, table, titles, lines),
    *(outside, over_one_another, sideways),
]


@pytest.fixture
def box(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(400, 400)
    return made


def shown(qtbot: QtBot, widget: QWidget) -> None:
    widget.show()
    qtbot.waitExposed(widget)
    widget.activateWindow()


@pytest.mark.parametrize("flaw", FLAWS)
def test_what_is_cut_off_is_found(
    qtbot: QtBot, box: QWidget, flaw: Callable[[QWidget], None]
) -> None:
    flaw(box)
    shown(qtbot, box)
    assert cut_off(box) != []


def test_what_fits_is_left_alone(qtbot: QtBot, box: QWidget) -> None:
    column = QVBoxLayout(box)
    text = QLabel(LONG)
    text.setWordWrap(True)
    field = QLineEdit()
    field.setPlaceholderText("short")
    choices = QComboBox()
    choices.addItems(["one", "two"])
    for widget in (text, field, choices, QPushButton("OK")):
        column.addWidget(widget)
    shown(qtbot, box)
    assert cut_off(box) == []


def test_a_text_in_an_area_that_scrolls_down_is_no_fault(qtbot: QtBot, box: QWidget) -> None:
    inner = QWidget()
    inner.setFixedSize(150, 500)
    QPushButton("OK", inner).move(0, 450)
    area = QScrollArea(box)
    area.setWidget(inner)
    area.setGeometry(0, 0, 200, 100)
    shown(qtbot, box)
    assert cut_off(box) == []
    assert scrolled(box) == ["QScrollArea scrolls"]


def test_names_are_missed_and_told_by_language(qtbot: QtBot, box: QWidget) -> None:
    QLineEdit(box)
    one = QPushButton("Save", box)
    one.move(0, 100)
    shown(qtbot, box)
    assert len(nameless(box, Words("en"))) == 1
    assert len(nameless(box, Words("zh_CN"))) == 2
    one.setText("保存")
    assert len(nameless(box, Words("en"))) == 2
    assert len(nameless(box, Words("en"), names=["保存"])) == 1, "people are called as they are"


def test_a_role_that_does_not_fit_is_found(
    qtbot: QtBot, box: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    QPushButton("OK", box)
    shown(qtbot, box)
    assert misnamed_roles(box) == []
    other = ((QPushButton, {QAccessible.Role.Slider}),)
    monkeypatch.setattr(all_pages_looks, "ROLES", other)
    assert len(misnamed_roles(box)) == 1


def test_a_control_that_tab_passes_by_is_found(qtbot: QtBot, box: QWidget) -> None:
    column = QVBoxLayout(box)
    one, other = QPushButton("one"), QPushButton("other")
    for widget in (one, other):
        column.addWidget(widget)
    other.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    shown(qtbot, box)
    one.setFocus()
    qtbot.waitUntil(one.hasFocus)
    assert len(unreachable(box)) == 1
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    assert unreachable(box) == []


def test_a_part_that_is_shown_without_a_home_is_found(qapp: QApplication, qtbot: QtBot) -> None:
    windows = Windows(qapp)
    stray = QLabel("lost")
    qtbot.addWidget(stray)
    stray.show()
    qapp.removeEventFilter(windows)
    assert len(windows.strays) == 1
