"""Starting and ending as a process: first paint, one window a home, killed, asked to end."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from station.catalogue import Catalogue
from station.errors import Code, StationError
from station.home import Home
from station.settings_upgrade import VERSION
from tests.systems import OWN_CONSOLE, REQUESTS, ask_to_end
from tests.test_released import KEY, lay_out, make_newer
from ui import __main__ as entry
from ui.single import Answer, Single

ROOT = Path(__file__).parents[2]
DEADLINE_S: Final = 60
HEAVY: Final = (
    *("sqlalchemy", "alembic", "requests", "urllib3", "flask", "keyring", "argon2", "msgspec"),
    *("cryptography", "smartcard", "pypinyin", "xlsxwriter", "typer", "rich", "station.compose"),
    *("PySide6.QtNetwork", "PySide6.QtSvg", "PySide6.QtPrintSupport", "ui.main_window"),
)
SCREENLESS: Final = ("-platform", "offscreen")
PROGRAM: Final = f"""
import json, sys
from ui import app, program, top_window
heavy = {HEAVY!r}
seen = []

class Window(top_window.TopWindow):
    def paintEvent(self, event):
        if not seen:
            seen.append([name for name in heavy if name in sys.modules])
            print(json.dumps({{"painted": seen[0]}}), flush=True)
        super().paintEvent(event)

app.TopWindow = Window

def tell(what):
    print(json.dumps(what), flush=True)

presenter = app.LoginPresenter
opened, failed, front = presenter._opened, presenter._failed, top_window.TopWindow.come_to_front

def told_opened(self, opening):
    opened(self, opening)
    tell({{"opened": self.state.phase.value}})

def told_failed(self, error):
    failed(self, error)
    tell({{"failed": error.code.value}})
    from PySide6.QtWidgets import QApplication, QLabel
    labels = [one for one in QApplication.allWidgets() if isinstance(one, QLabel)]
    tell({{"shown": [one.text() for one in labels if one.isVisible()]}})

def told_front(self):
    front(self)
    tell({{"front": True}})

presenter._opened, presenter._failed = told_opened, told_failed
Window.come_to_front = told_front
from ui.__main__ import main
tell({{"exit": main(sys.argv[1:])}})
"""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STATION_")}
    return kept | {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": str(ROOT),
    }


class Window:
    """A window in a process of its own, which tells what happens."""

    def __init__(self, home: Path, *options: str) -> None:
        program = PROGRAM.replace("program, ", "")
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, "--home", str(home), *SCREENLESS, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=home.parent,
            text=True,
            creationflags=OWN_CONSOLE,
        )

    def next(self, name: str) -> object:
        """What it tells under a name; what it tells before that is passed over."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if name in said:
                return said[name]
        raise AssertionError(f"it ended without {name}: {self.errors()}")

    def errors(self) -> str:
        stream: IO[str] | None = self.process.stderr
        return "" if stream is None else stream.read()

    def end(self) -> int:
        return self.process.wait(DEADLINE_S)


@contextmanager
def window(home: Path, *options: str) -> Iterator[Window]:
    made = Window(home, *options)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait(DEADLINE_S)
        for stream in (made.process.stdout, made.process.stderr):
            if stream is not None:
                stream.close()


def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    with window(tmp_path / "home") as made:
        assert made.next("painted") == []
        assert made.next("opened") == "first"
        ask_to_end(made.process)
        assert made.next("exit") == 0
        assert made.end() == 0


def test_asked_to_end_it_ends_in_order_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for request in REQUESTS:
        with window(home) as made:
            made.next("opened")
            ask_to_end(made.process, request)
            assert made.next("exit") == 0
            assert "Traceback" not in made.errors()
    assert not (home / "journal.db-wal").exists() or (home / "journal.db-wal").stat().st_size == 0


def test_a_second_start_shows_the_first_window_and_ends(tmp_path: Path) -> None:
    with window(tmp_path / "home") as first:
        first.next("opened")
        with window(tmp_path / "home") as second:
            assert second.next("exit") == 0
        assert first.next("front") is True
        with window(tmp_path / "other") as apart:
            assert apart.next("opened") == "first"


def test_after_a_kill_the_next_start_is_the_first_again(tmp_path: Path) -> None:
    with window(tmp_path / "home") as first:
        first.next("opened")
        first.process.kill()
        first.end()
        with window(tmp_path / "home") as second:
            assert second.next("opened") == "first"
            with window(tmp_path / "home") as third:
                assert third.next("exit") == 0
            assert second.next("front") is True


def test_wrong_settings_are_said_on_the_log_in_page(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "station.toml").write_text("[desk]\nunknown = 1\n", "utf-8")
    with window(home, "--lang", "en", "--operator", "王芳") as made:
        assert made.next("failed") == "settings_unknown_key"
        ask_to_end(made.process)
        assert made.next("exit") == 0


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("what", ["journal", "settings"])
def test_what_a_newer_program_wrote_is_said_on_the_log_in_page(
    tmp_path: Path, what: str, language: str
) -> None:
    home = lay_out("0.1.0", tmp_path)
    make_newer(home.journal())
    home.journal_key.write_text(KEY)
    if what == "settings":
        home.settings.write_text(f"version = {VERSION + 1}\n", "utf-8")
    code = Code.JOURNAL_NEWER if what == "journal" else Code.SETTINGS_NEWER
    before = home.journal().read_bytes()
    with window(home.root, "--lang", language) as made:
        assert made.next("failed") == code.value
        error = StationError(code, field="version", value=VERSION + 1, known=VERSION)
        words, shown = Catalogue(language), made.next("shown")
        assert isinstance(shown, list)
        assert {words.cause(error), words.next_step(error)} <= set(shown)
        ask_to_end(made.process)
        assert made.next("exit") == 0
    assert home.journal().read_bytes() == before


@pytest.mark.parametrize("arguments", [["--lang", "fr"], ["--nonsense"], ["rooms"]])
def test_options_that_are_not_known_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as met:
        entry.main(arguments)
    assert met.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_home_that_no_system_takes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["--home", "a\nb", "--lang", "en"]) == 2
    assert "home" in capsys.readouterr().err.lower()


# one window a home, in this process


@pytest.fixture
def place(home: Home, qapp: QCoreApplication) -> Path:
    return home.create().root


def test_only_one_may_claim_a_home(place: Path, tmp_path: Path) -> None:
    first, second, other = Single(place), Single(place), Single(tmp_path)
    assert first.claim()
    assert not second.claim()
    assert other.claim()
    first.release()
    assert second.claim()
    for single in (second, other):
        single.release()


def test_whoever_ends_while_a_second_start_asks_makes_room(place: Path) -> None:
    first, second = Single(place), Single(place)
    assert first.claim()
    first.release()
    assert second.ask_first() is Answer.GONE
    second.release()


def test_a_first_window_that_does_not_answer_is_given_up(place: Path) -> None:
    first, second = Single(place), Single(place)
    assert first.claim()
    assert second.ask_first(wait_ms=300) is Answer.SILENT
    first.release()


def test_a_socket_that_says_nonsense_shows_nothing(place: Path, qtbot: QtBot) -> None:
    from PySide6.QtNetwork import QLocalSocket

    single, shown = Single(place), list[bool]()
    assert single.claim()
    assert single.serve(lambda: shown.append(True))
    socket = QLocalSocket()
    socket.connectToServer(single._name())
    socket.write(b"\x00" * 5000)
    with qtbot.waitSignal(socket.disconnected, raising=False, timeout=200):
        pass
    assert shown == []
    socket.abort()
    other = QLocalSocket()
    other.connectToServer(single._name())
    other.write(b"show\n")
    qtbot.waitUntil(lambda: shown == [True])
    other.abort()
    single.release()
