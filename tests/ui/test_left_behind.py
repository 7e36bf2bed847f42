"""What is left of a page that is gone: no slot that is still called, nothing kept for good."""

import gc
from collections import Counter
from weakref import ref

import pytest
from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QPixmap, QPixmapCache, QWindow
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from station.compose.demo import Simulation
from tests.ui.conftest import settle
from ui.context import Context
from ui.idle import IdleWatch
from ui.pages.registry import PAGES, PageSpec
from ui.presenters.rack_source import RackSource
from ui.sounds import sounds
from ui.theme.style import PICTURES_KB
from ui.theme.tokens import Look
from ui.widgets.look_menu import look_menu

MENUS = 6


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


class Garbage:
    """Holds itself, as what belongs to a page that is gone."""

    def __init__(self) -> None:
        self.itself = self


def test_reading_the_rack_anew_keeps_no_garbage_for_good(
    ui_context: Context, simulation: Simulation
) -> None:
    desk, source = ui_context.desk, RackSource()
    source.prepare(desk)
    garbage = ref(Garbage())
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


def test_another_look_keeps_no_picture_in_the_colours_of_before(ui_context: Context) -> None:
    assert QPixmapCache.cacheLimit() == PICTURES_KB
    ui_context.theme.choose(Look.LIGHT)
    QPixmapCache.insert("before", QPixmap(20, 20))
    found = QPixmap()
    ui_context.theme.choose(Look.LIGHT)
    assert QPixmapCache.find("before", found)
    ui_context.theme.choose(Look.DARK)
    assert not QPixmapCache.find("before", found)
