"""Every page in every state that an operator meets, one after another, and what is wrong there.

`python -m tests.ui.all_pages_rig SCALE` walks through them at that scale on a screen of 1366 x 768
and prints the findings as JSON. Pages and tabs that are added later are found here by
themselves; states of theirs that one has to bring about are told in `STATES`.
"""

import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.ui.all_pages_looks import (
    cut_off,
    misnamed_roles,
    named,
    nameless,
    scrolled,
    unreachable,
)
from tests.ui.all_pages_stage import LANGUAGES, SITE, Stage, staged
from tests.ui.all_pages_states import states
from ui.demo.window import DemoWindow
from ui.main_window import MainWindow
from ui.pages.login import LoginView
from ui.qt import application

Findings = dict[str, list[str]]


class Windows(QObject):
    """Notes what is shown as a window of its own and is none: a part shown before it had a home."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.strays: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            known = isinstance(watched, LoginView | MainWindow | DemoWindow | QDialog)
            if watched.isWindow() and not known:
                self.strays.append(named(watched))
        return False


def walk(stage: Stage) -> dict[str, Findings]:
    """Every check in every state and language: check → findings by state."""
    found: dict[str, Findings] = defaultdict(dict)
    words, names = stage.context.words, [SITE, *stage.names.values()]

    def note(check: str, state: str, wrong: list[str]) -> None:
        found[check][state] = wrong

    windows = Windows(cast("QApplication", QApplication.instance()))
    for state, root in states(stage):
        for language in LANGUAGES:
            words.switch(language)
            stage.main.resize(stage.width, stage.height)
            stage.calm()
            there = f"{state} ({language})"
            note("cut off", there, cut_off(root))
            note("name", there, nameless(root, words, names=names))
            if state.startswith("rooms"):
                note("scroll bar", there, scrolled(root))
            note("size", there, _size(root, stage))
        note("role", state, misnamed_roles(root))
        words.switch(LANGUAGES[0])
        stage.calm()
        if not state.startswith("rooms: waiting"):  # Tab would not harm, but a tap would end it
            note("Tab", state, unreachable(root))
        note("window", state, windows.strays)
        windows.strays = []
    return dict(found)


def _size(root: QWidget, stage: Stage) -> list[str]:
    top = root.window()
    if top.width() > stage.width or top.height() > stage.height:
        return [f"{type(top).__name__} is {top.width()}x{top.height()}"]
    return []


def main() -> int:
    """See the module."""
    os.environ["QT_SCALE_FACTOR"] = sys.argv[1]
    app = application("offscreen")
    app.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    with tempfile.TemporaryDirectory() as place, staged(app, Path(place)) as stage:
        json.dump(walk(stage), sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
