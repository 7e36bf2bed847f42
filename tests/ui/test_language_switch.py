"""The language switched while the window is shown: every page is laid out anew, none cut off."""

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.all_pages_looks import cut_off, nameless
from tests.ui.conftest import SUPERVISOR
from ui.context import Context
from ui.main_window import MainWindow, pages_for

SIZE = (1366, 768)
KEYS = [spec.key for spec in pages_for(SUPERVISOR)]
DEADLINE_MS = 10_000


@pytest.mark.parametrize("key", KEYS)
def test_a_shown_page_fits_in_the_other_language_at_once(
    ui_context: Context, qtbot: QtBot, key: str
) -> None:
    ui_context.session.set(SUPERVISOR)
    window = MainWindow(ui_context)
    qtbot.addWidget(window)
    window.resize(*SIZE)
    window.show()
    window.enter(SUPERVISOR)
    window.show_page(key)

    def fits() -> None:
        assert cut_off(window) == []
        assert nameless(window, ui_context.words) == []
        assert (window.width(), window.height()) == SIZE

    qtbot.waitUntil(fits, timeout=DEADLINE_MS)
    wide = window.navigation.width()
    for language in ("en", "zh_CN", "en"):
        ui_context.words.switch(language)
        qtbot.waitUntil(fits, timeout=DEADLINE_MS)
        assert (window.navigation.width() > wide) is (language == "en")
    window.close_window()
