"""What is left of a page that is gone: no slot that is still called, nothing kept for good."""

import gc
from collections import Counter
from collections.abc import Callable
from weakref import ref

import pytest
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QPixmap, QPixmapCache, QWindow
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from station.compose.demo import Simulation
from tests.shift.meters import heap_kb
from tests.ui.conftest import Ring, settle
from ui.context import Context
from ui.idle import IdleWatch
from ui.pages.registry import PAGES, PageSpec
from ui.presenters.rack_source import RackSource
from ui.sounds import sounds
from ui.theme.style import PICTURES_KB
from ui.theme.tokens import Look
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.look_menu import look_menu

MENUS = 6
ROUNDS = 3
glibc = pytest.mark.linux("glibc tells what it has given out")


def come(qtbot: QtBot, context: Context, spec: PageSpec) -> QWidget:
    """A page, shown, with all that it asked for."""
    lanes = (context.lanes.journal, context.lanes.encoder, context.lanes.cloud)
    page = spec.build(context)
    page.show()
    page.activated()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not any(lane.busy for lane in lanes))
    return page


def go(page: QWidget) -> None:
    page.close_page()  # type: ignore[attr-defined]
    page.deleteLater()
    settle()


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.key)
def test_a_page_that_is_gone_hears_of_no_other_language_or_look(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, spec: PageSpec
) -> None:
    """A slot of it that was called all the same would raise, and pytest-qt would tell."""
    context = ui_context
    page = come(qtbot, context, spec)
    go(page)
    context.theme.choose(Look.DARK)
    context.words.switch("en")
    context.bridge.changed.emit()
    settle()


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.key)
def test_nothing_of_a_page_that_is_gone_stays_in_memory(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, spec: PageSpec
) -> None:
    page = come(qtbot, ui_context, spec)
    parts = [ref(one) for one in (page, *page.findChildren(QWidget)) if is_ours(one)]
    go(page)
    del page
    gc.collect()
    assert {type(one).__name__ for part in parts if (one := part()) is not None} == set()


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.key)
def test_the_third_page_of_a_kind_leaves_no_more_than_the_first(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, spec: PageSpec
) -> None:
    """PySide keeps for good what Qt made itself, once a signal of it has been connected."""

    def come_and_go() -> Counter[str]:
        go(come(qtbot, ui_context, spec))
        return destroyed()

    first = come_and_go()
    come_and_go()
    assert come_and_go() - first == Counter()


def destroyed() -> Counter[str]:
    """What Qt has destroyed and Python keeps all the same, by kind."""
    gc.collect()
    known = [one for one in gc.get_objects() if isinstance(one, QObject)]
    return Counter(type(one).__name__ for one in known if not isValid(one))


def is_ours(widget: QWidget) -> bool:
    return type(widget).__module__.startswith("ui.")


def test_reading_the_rack_anew_keeps_no_garbage_for_good(
    ui_context: Context, simulation: Simulation
) -> None:
    desk, source = ui_context.desk, RackSource()
    source.prepare(desk)
    garbage = ref(Ring())
    source.load(desk, {})
    gc.collect()
    assert garbage() is None
    assert gc.isenabled()


def kept(*kinds: type) -> int:
    """How many Python holds, those included that Qt has destroyed."""
    gc.collect()
    return sum(isinstance(one, kinds) for one in gc.get_objects())


def test_a_menu_that_was_closed_leaves_neither_actions_nor_its_window(
    qtbot: QtBot, ui_context: Context
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    watch = IdleWatch(60_000)

    def open_and_close() -> None:
        menu = look_menu(ui_context.words, ui_context.theme, sounds(), lambda: None, parent)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QPoint(0, 0))
        qtbot.waitUntil(menu.isVisible)
        watch.watch(menu.windowHandle())
        menu.close()

    open_and_close()
    settle()
    before = kept(QAction, QMenu, QWindow)
    for _ in range(MENUS):
        open_and_close()
        settle()
    assert kept(QAction, QMenu, QWindow) - before < MENUS


def grown(act: Callable[[], object], times: int) -> float:
    """By how much what malloc has given out grows each time, in KB: the least of some rounds."""
    found = []
    for _ in range(ROUNDS):
        before = heap()
        for _ in range(times):
            act()
        found.append((heap() - before) / times)
    return min(found)


def heap() -> int:
    gc.collect()
    return heap_kb()


@glibc
@pytest.mark.parametrize("key", ["residents", "settings"])
def test_a_page_that_is_gone_leaves_no_record_of_its_connections(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, key: str
) -> None:
    """PySide notes each one until its sender ends, and language and look outlive every page."""
    spec = next(spec for spec in PAGES if spec.key == key)

    def come_and_go() -> None:
        go(spec.build(ui_context))
        ui_context.theme.forget_gone()

    for _ in range(12):
        come_and_go()
    assert grown(come_and_go, 8) < 2


@glibc
def test_qt_keeps_no_rules_of_widgets_that_are_gone(ui_context: Context) -> None:
    def come_and_go(*, forget: bool) -> None:
        for _ in range(20):
            frame = QFrame()
            column = QVBoxLayout(frame)
            for _ in range(5):
                column.addWidget(QComboBox())
            frame.show()
            frame.deleteLater()
            settle()
        if forget:
            ui_context.theme.forget_gone()

    come_and_go(forget=True)
    assert grown(lambda: come_and_go(forget=False), 2) > 10, "Qt keeps none: nothing to forget"
    assert grown(lambda: come_and_go(forget=True), 2) < 5


def test_the_items_of_a_flow_end_with_it(qtbot: QtBot) -> None:
    widget = QWidget()
    flow = FlowLayout(4, widget)
    for _ in range(3):
        flow.addWidget(QLabel())
    items = [item for place in range(3) if (item := flow.itemAt(place)) is not None]
    assert all(isValid(item) for item in items)
    flow.takeAt(0)
    widget.deleteLater()
    settle()
    assert [isValid(item) for item in items] == [True, False, False]
    delete(items[0])


def test_another_look_keeps_no_picture_in_the_colours_of_before(ui_context: Context) -> None:
    assert QPixmapCache.cacheLimit() == PICTURES_KB
    ui_context.theme.choose(Look.LIGHT)
    QPixmapCache.insert("before", QPixmap(20, 20))
    found = QPixmap()
    ui_context.theme.choose(Look.LIGHT)
    assert QPixmapCache.find("before", found)
    ui_context.theme.choose(Look.DARK)
    assert not QPixmapCache.find("before", found)
