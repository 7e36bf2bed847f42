"""The one script behind both packaged programs, run as the packer's loader would run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer import launch
from station import children
from station.children import Child
from station.compose.worker import Failed, Job, read_answer, write_job

ROOT = Path(__file__).parents[2]
WAIT_S = 120
WINDOW = r"C:\Program Files\CardStation\CardStation.exe"
CONSOLE = r"C:\Program Files\CardStation\station.exe"
WITHOUT_STREAMS = """
import sys
sys.stdin = sys.stdout = sys.stderr = None
from installer import launch
shown = []
launch.show = shown.append
status = launch.main(sys.argv[2:], {program!r})
open(sys.argv[1], "w", encoding="utf-8").write(f"{{status}}\\n" + "\\n".join(shown))
"""


def start(
    *arguments: str, program: str, given: bytes = b"", **variables: str
) -> "subprocess.CompletedProcess[bytes]":
    code = f"import sys; from installer import launch; sys.exit(launch.main(None, {program!r}))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env=surroundings() | variables,
        timeout=WAIT_S,
        check=False,
    )


def surroundings() -> dict[str, str]:
    unwanted = ("STATION_", "QT_", "DISPLAY", "WAYLAND_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


def without_streams(folder: Path, *arguments: str) -> tuple[int, str]:
    """As the window's program on Windows: its status, and what the message box would say."""
    told = folder / "told.txt"
    code = WITHOUT_STREAMS.format(program=WINDOW)
    done = subprocess.run(
        [sys.executable, "-c", code, str(told), *arguments],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status, _, shown = told.read_text("utf-8").partition("\n")
    return int(status), shown


@pytest.mark.parametrize(
    ("program", "window"),
    [
        (WINDOW, True),
        (CONSOLE, False),
        ("D:/前台/cardstation.EXE", True),
        ("/opt/CardStation/station", False),
        ("CardStation", True),
        (sys.executable, False),
    ],
)
def test_the_programs_name_says_which_it_is(program: str, window: bool) -> None:
    assert launch.is_window(program) is window


def test_the_command_line() -> None:
    done = start("--version", program=CONSOLE)
    assert (done.returncode, done.stdout.strip()) == (0, b"Card Station 0.1.0")
    assert start("nonsense", program=CONSOLE).returncode == 2


def test_the_window_on_the_platform_that_it_is_told(tmp_path: Path) -> None:
    """No QT_ variable is set: the argument alone reaches Qt."""
    loaded, home = tmp_path / "loaded.json", tmp_path / "home"
    arguments = ("--home", str(home), "--lang", "en", "--operator", "王芳")
    done = start(*arguments, "-platform", "offscreen", "--loaded", str(loaded), program=WINDOW)
    assert done.returncode == 0, done.stderr
    report = json.loads(loaded.read_text("utf-8"))
    assert report["painted_at"] - report["started_at"] == pytest.approx(report["painted_s"])
    assert 0 < report["cpu_s"] < report["painted_s"] + 1
    heavy = {
        *("sqlalchemy", "requests", "alembic", "keyring", "typer", "flask", "xlsxwriter"),
        *("pypinyin", "station.compose", "ui.main_window", "PySide6.QtSvg"),
    }
    assert {"PySide6.QtWidgets", "ui.pages.login"} <= set(report["modules"])
    assert heavy & set(report["modules"]) == set()
    assert not (home / "journal.db").exists(), "nothing was opened"


def test_the_empty_window_for_comparison(tmp_path: Path) -> None:
    loaded = tmp_path / "empty.json"
    flag = Child.EMPTY_WINDOW.flag
    done = start(flag, str(loaded), "-platform", "offscreen", program=WINDOW)
    assert done.returncode == 0, done.stderr
    modules = json.loads(loaded.read_text("utf-8"))["modules"]
    assert "PySide6.QtWidgets" in modules
    assert "ui.app" not in modules
    assert start(flag, program=WINDOW).returncode == 2


def test_either_program_can_be_a_worker(tmp_path: Path) -> None:
    job = Job(task="verify", home=str(tmp_path / "home"), operator="王芳")
    for program in (WINDOW, CONSOLE):
        done = start(Child.WORKER.flag, program=program, given=write_job(job) + b"\n")
        answer = read_answer(done.stdout.splitlines()[-1])
        assert isinstance(answer, Failed)
        assert answer.code == "journal_key", "it proves nothing"
        assert done.returncode == 1
    assert not (tmp_path / "home").exists()


def test_the_verifier_is_a_child_as_well(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    done = start(Child.VERIFIER.flag, str(tmp_path / "none.jsonl"), program=CONSOLE)
    assert done.returncode == 2
    assert b"CANNOT BE READ" in done.stdout


def test_a_window_without_input_and_output_opens(tmp_path: Path) -> None:
    home, loaded = tmp_path / "home", tmp_path / "loaded.json"
    arguments = ("--home", str(home), "--loaded", str(loaded), "-platform", "offscreen")
    assert without_streams(tmp_path, *arguments) == (0, "")
    assert loaded.exists()


def test_why_a_window_does_not_open_is_shown(tmp_path: Path) -> None:
    status, shown = without_streams(tmp_path, "--nonsense")
    assert status == 2
    assert "--nonsense" in shown
    status, shown = without_streams(tmp_path, "--lang", "en", "--home", "a\nb")
    assert status == 2
    assert "Home folder" in shown
    nowhere = ("--home", str(tmp_path / "home"), "--loaded", str(tmp_path / "no" / "x"))
    done = start(*nowhere, "-platform", "offscreen", program=WINDOW)
    assert (done.returncode, b"No such file" in done.stderr) == (1, True)


def test_a_part_that_is_missing_is_shown_with_what_to_do(tmp_path: Path) -> None:
    """Qt cannot be loaded: there is no window to say so."""
    code = "import sys; sys.modules['PySide6'] = None\n" + WITHOUT_STREAMS.format(program=WINDOW)
    told = tmp_path / "told.txt"
    for language, word in (("en", "unforeseen"), ("zh_CN", "意料之外")):
        subprocess.run(
            [sys.executable, "-c", code, str(told), "--lang", language],
            cwd=ROOT,
            env=surroundings(),
            timeout=WAIT_S,
            check=True,
        )
        status, _, shown = told.read_text("utf-8").partition("\n")
        assert status == "1"
        assert word in shown
        assert "PySide6" in shown


def test_what_was_said_last_is_kept_and_not_more() -> None:
    said = launch.Said()
    for number in range(20_000):
        assert said.write(f"line {number}\n") > 0
    assert said.text().endswith("line 19999\n")
    assert len(said.text()) < 2 * launch.SAID
    said.write("x" * 100_000)
    assert len(said.text()) == launch.SAID
    assert not said.isatty()


def test_a_system_without_such_a_mutex_does_without() -> None:
    if sys.platform != "win32":
        assert launch.hold_mutex() is None
    else:
        assert launch.hold_mutex()


def test_every_child_is_named_for_the_packer_and_has_a_main() -> None:
    named = {getattr(module, "__name__", "") for module in launch.packed()}
    assert named == {child.module for child in Child}
    for child in Child:
        assert child.there
        assert children.command(child, "x")[1] == ["-m", child.module, "x"]


def test_a_packaged_program_starts_the_console_program_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for name in ("CardStation", "station"):
        folder = Path("/programs")
        monkeypatch.setattr(sys, "executable", str(folder / name))
        found = children.command(Child.WORKER)
        assert found == (str(folder / "station"), ["--worker"], str(folder))


def test_what_is_no_child_is_left_to_others() -> None:
    assert children.serve([]) is None
    assert children.serve(["rooms", "--worker"]) is None
