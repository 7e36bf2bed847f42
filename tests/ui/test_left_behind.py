"""What is left of a page that is gone: no slot that is still called, nothing kept for good."""

import gc
from weakref import ref

import pytest
from pytestqt.qtbot import QtBot

from station.compose.demo import Simulation
from tests.ui.conftest import settle
from ui.context import Context
from ui.pages.registry import PAGES, PageSpec
from ui.presenters.rack_source import RackSource
from ui.theme.tokens import Look


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.key)
def test_a_page_that_is_gone_hears_of_no_other_language_or_look(
    qtbot: QtBot, ui_context: Context, simulation: Simulation, spec: PageSpec
) -> None:
    """A slot of it that was called all the same would raise, and pytest-qt would tell."""
    context = ui_context
    lanes = (context.lanes.journal, context.lanes.encoder, context.lanes.cloud)
    page = spec.build(context)
    page.show()
    page.activated()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not any(lane.busy for lane in lanes))
    page.close_page()  # type: ignore[attr-defined]
    page.deleteLater()
    settle()
    context.theme.choose(Look.DARK)
    context.words.switch("en")
    context.bridge.changed.emit()
    settle()


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
