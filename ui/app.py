"""Starts the window: the log-in page is painted first, everything heavy comes after it."""

from __future__ import annotations

import gc
import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from station.catalogue import LANGUAGES, choose_language
from station.errors import StationError
from station.home import find_home
from ui import warming
from ui.memory import Memory
from ui.messages import Words
from ui.pages.login import LoginView
from ui.presenters.login import LoginPresenter
from ui.qt import NAME, application
from ui.single import Answer, Single
from ui.theme.style import Theme
from ui.top_window import TopWindow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from station.home import Home
    from ui.context import Context
    from ui.main_window import MainWindow
    from ui.opening import Opener
    from ui.program import Program

OTHER_SILENT = 1
PAINT_PATIENCE_MS = 2000
"""A window that is never painted (covered, minimised) opens its desk all the same."""


def run(
    home: Path | None = None,
    lang: str | None = None,
    operator: str | None = None,
    *,
    platform: str = "",
    opener: Opener | None = None,
    furnish: Callable[[Context, MainWindow], None] | None = None,
    painted: Callable[[TopWindow], None] | None = None,
) -> int:
    """The window of one home until it is closed; the exit status.

    `lang` is `zh_CN` or `en`, `operator` is preselected, `platform` is Qt's. `opener` opens another
    desk than the home's own and `furnish` adds to the window once it is open (both for the demo);
    `painted` is called with the first frame on the screen and nothing else done. Raises
    `InputInvalid` for a home whose path no system takes.
    """
    place = find_home(home)
    app = application(platform)
    app.setApplicationName(NAME)
    app.setDesktopFileName(NAME)
    single = Single(_made(place).root, app)
    memory = Memory(place.root)
    words = Words(_language(lang, memory))
    theme = Theme(app, memory.look)
    if not single.claim():
        answer = single.ask_first()
        if answer is not Answer.GONE:
            return _say_silence(words) if answer is Answer.SILENT else 0
    view = LoginView(words, theme)
    login = LoginPresenter(memory.names, operator or memory.operator, memory.site)
    window = TopWindow(words, memory, view)
    _wire(view, login, window, words)
    started: list[Program] = []
    loader = warming.Warming(warming.program(), window)

    def begin() -> None:
        if started:
            return
        # What was made so far stays until the end: nothing to be looked through ever again.
        gc.freeze()
        from ui.program import Parts, Program

        given = lang in LANGUAGES
        parts = Parts(place, words, theme, memory, window, login, single, given, opener, furnish)
        started.append(Program(parts))
        started[0].begin()
        theme.ask_system()
        view.decorate()
        from ui.theme.icons import program_icon

        app.setWindowIcon(program_icon())

    loader.done.connect(begin)
    if painted is not None:
        window.painted.connect(partial(painted, window))
    window.painted.connect(loader.start)
    QTimer.singleShot(PAINT_PATIENCE_MS, loader, loader.start)
    window.show()
    view.focus()
    status = app.exec()
    for program in started:
        program.finish()
    return status


def _wire(view: LoginView, login: LoginPresenter, window: TopWindow, words: Words) -> None:
    login.changed.connect(view.render_state)
    view.render_state(login.state)
    view.submitted.connect(login.submit)
    view.first_added.connect(login.add_first)
    view.retried.connect(login.retry)
    view.quit_wanted.connect(window.close)
    view.language_wanted.connect(words.switch)


def _made(home: Home) -> Home:
    """The home with its folders; where they cannot be made the log-in page will say why."""
    try:
        return home.create()
    except StationError:
        return home


def _language(given: str | None, memory: Memory) -> str:
    if given in LANGUAGES:
        return given
    return memory.language or memory.site_language or choose_language("", os.environ)


def _say_silence(words: Words) -> int:
    """The first window does not answer: say so, since nothing else will be seen."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(words("shell.title"))
    box.setText(words("shell.other_silent"))
    box.exec()
    return OTHER_SILENT
