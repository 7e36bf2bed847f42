"""The demo as a whole: the real window on the simulated desk, and the pictures of every page."""

import os
import struct
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import settle
from ui.demo import shots, show
from ui.demo.banner import Banner
from ui.demo.people import SUPERVISOR
from ui.messages import Words
from ui.pages.registry import PAGES
from ui.top_window import TopWindow

ROOT = Path(__file__).parents[2]
WAIT_S = 400.0
PICTURED = {"login", "demo"} | {page.key for page in PAGES}


def pictures(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.png")}


def test_a_picture_of_every_page_in_both_languages_and_looks(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    done = subprocess.run(
        [sys.executable, "-m", "ui.demo.shots", str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=WAIT_S,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert pictures(folder) == {
        f"{name}.{language}.{look}.png"
        for name in PICTURED
        for language in ("zh_CN", "en")
        for look in ("light", "dark")
    }
    for path in folder.glob("*.png"):
        size = struct.unpack(">II", path.read_bytes()[16:24])
        assert size == shots.SIZE or path.name.startswith("demo."), path.name


def test_a_folder_that_takes_no_picture_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    assert shots.main([str(taken)]) == 1
    assert capsys.readouterr().err
    assert shots.main([]) == 2


def test_the_demo_opens_lets_one_log_in_and_ends_with_its_window(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    before = set(threading.enumerate())
    seen: list[str] = []

    def use() -> None:
        top = next(w for w in QApplication.topLevelWidgets() if isinstance(w, TopWindow))
        view = top._login
        if not view._form.pin.isEnabled() or not view._form.operator.count():
            return
        names = [view._form.operator.itemText(n) for n in range(view._form.operator.count())]
        if len(names) == 2 and not seen:
            seen.extend(names)
            QTest.keyClicks(view._form.pin, SUPERVISOR.pin)
            QTest.keyClick(view._form.pin, Qt.Key.Key_Return)
        desk = top.currentWidget()
        banners: list[Banner] = list(desk.findChildren(Banner)) if desk is not view else []
        if banners:
            seen.append(banners[0].text())
            timer.stop()
            top.close()

    timer = QTimer()
    timer.timeout.connect(use)
    timer.start(50)
    assert show.show(tmp_path / "home", "en", None) == 0
    words = Words("en")
    assert set(seen) == {words(f"demo.{key}") for key in ("clerk", "supervisor", "banner")}
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    settle()
    qtbot.waitUntil(lambda: not {t for t in threading.enumerate() if t.is_alive()} - before)


def test_the_drawer_is_furnished_once_and_the_desk_again(tmp_path: Path) -> None:
    from station.home import Home

    with ExitStack() as ends:
        demo = show.Demo(Words("zh_CN"), ends)
        first = demo.open(Home(tmp_path / "home"), lambda _: None)
        first.close()
        second = demo.open(Home(tmp_path / "home"), lambda _: None)
        assert second is not first
        assert {row.name for row in second.desk.need_operators().list()} == set(demo.names.values())
        demo.close()
