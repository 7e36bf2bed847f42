"""A desk that cannot be opened, a log-in that fails, a write whose end nobody saw: what is said."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.compose import Station, build
from station.errors import Code
from station.home import Home
from station.journal import back_up
from station.ports import Watcher
from tests.faults.test_unsafe_journal import flip, truncate_to
from tests.window.inside import Inside, expected, inside, page_text
from ui.presenters.card_state import Action, Phase
from ui.presenters.login import Phase as Opening


@pytest.fixture
def home(desk_with_operators: Path, tmp_path: Path) -> Path:
    """A desk that can be opened."""
    return Path(shutil.copytree(desk_with_operators, tmp_path / "home"))


def flip_in_the_middle(path: Path) -> None:
    flip(path, path.read_bytes().index(b'"operator_add"') + 3)


def gone(path: Path) -> None:
    back_up(path, path.parent / "backups", keep=3)
    path.unlink()


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("empty", truncate_to(0)),
        ("truncated", truncate_to(4096 * 3)),
        ("header-bit", lambda path: flip(path, 3)),
        ("event-bit", flip_in_the_middle),
        ("another-file", lambda path: path.write_text("no journal\n" * 9999)),
        ("gone", gone),
    ],
)
def test_a_damaged_journal(
    qapp: QApplication, qtbot: QtBot, home: Path, name: str, damage: Callable[[Path], None]
) -> None:
    path = home / "journal.db"
    damage(path)
    before = path.read_bytes() if path.exists() else b""
    with inside(qapp, home) as desk:
        desk.opened(qtbot, Opening.FAILED)
        wanted = Code.JOURNAL_DAMAGED
        desk.picture(f"journal-{name}", qtbot, lambda said: expected(wanted, said))
    assert (path.read_bytes() if path.exists() else b"") == before


def test_a_journal_that_another_program_holds(qapp: QApplication, qtbot: QtBot, home: Path) -> None:
    with closing(sqlite3.connect(home / "journal.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with inside(qapp, home) as desk:
            desk.opened(qtbot, Opening.FAILED)
            wanted = Code.JOURNAL_LOCKED
            desk.picture("journal-held", qtbot, lambda said: expected(wanted, said))
            other.execute("ROLLBACK")
            other.close()
            QTest.keyClick(desk.view._failed.retry, Qt.Key.Key_Space)
            desk.opened(qtbot)


def real(home: Home, watch: Watcher) -> Station:
    """The desk by its settings file, as the program opens it."""
    return build(home, watch=watch)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("no-toml", "[desk\nid = 1", Code.SETTINGS_MALFORMED),
        ("unknown", '[desk]\nid = "a"\nlangauge = "en"\n', Code.SETTINGS_UNKNOWN_KEY),
        ("secret", '[door_lock]\nurl = "http://127.0.0.1:1"\nappsecret = "x"\n', None),
        ("plain-http", '[door_lock]\nurl = "http://10.0.0.1"\nappid = "a"\n', Code.URL_NOT_HTTPS),
    ],
)
def test_a_settings_file(
    qapp: QApplication, qtbot: QtBot, home: Path, name: str, text: str, code: Code | None
) -> None:
    (home / "station.toml").write_text(text, "utf-8")
    with inside(qapp, home, real) as desk:
        desk.opened(qtbot, Opening.FAILED)
        wanted = code or Code.SETTINGS_SECRET_INSIDE
        desk.picture(f"settings-{name}", qtbot, lambda said: expected(wanted, said))
    assert (home / "station.toml").read_text("utf-8") == text


def test_a_wrong_pin(qapp: QApplication, qtbot: QtBot, home: Path) -> None:
    with inside(qapp, home) as desk:
        desk.opened(qtbot)
        QTest.keyClicks(desk.view._form.pin, "0000")
        QTest.keyClick(desk.view._form.pin, Qt.Key.Key_Return)
        desk.picture("pin-wrong", qtbot, lambda said: expected(Code.PIN_WRONG, said))


@pytest.fixture
def in_doubt(qapp: QApplication, qtbot: QtBot, home: Path) -> Iterator[Inside]:
    """A write whose answer was lost."""
    with inside(qapp, home) as desk:
        desk.enter(qtbot)
        bench = desk.bench(qtbot)
        bench.put()
        bench.choose("1-301")
        bench.fault("drop_after", "MarkRoomCard")
        bench.order(Action.ISSUE)
        bench.phase(Phase.RESULT)
        bench.work.dismiss()
        bench.quiet()
        yield desk


def test_what_is_unresolved(in_doubt: Inside, qtbot: QtBot) -> None:
    """The list, another card held to it, the right one."""
    assert in_doubt.simulation is not None
    world = in_doubt.simulation.world
    right = world.encoder.card
    in_doubt.main.show_page("unresolved")

    def listed(language: str) -> list[str]:
        keys = ("unresolved.intro", "unresolved.put", "unresolved.meant")
        return ["1-301", *[part for key in keys for part in page_text(key, language)]]

    in_doubt.picture("unresolved", qtbot, listed)
    world.put(world.new_card(), swap=True)
    in_doubt.main.function_key(3)
    wrong = Code.WRONG_CARD
    in_doubt.picture("unresolved-wrong-card", qtbot, lambda said: expected(wrong, said))
    assert right is not None
    world.put(right, swap=True)
    in_doubt.main.function_key(3)
    written = "unresolved.write_done"
    in_doubt.picture("unresolved-settled", qtbot, lambda said: page_text(written, said))
    assert in_doubt.program.context.desk.journal.unresolved() == []
