"""The self-test: well from source, and each broken part is named while the others are tried."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from station.cli import display, main, selftest_pages, selftest_parts
from tests.cli.conftest import ROOT
from tests.test_project import PROJECT

CHECKS = (
    *("versions", "modules", "libraries", "words", "sounds", "keyring", "trust", "readers"),
    *("journal", "cards", "chain", "export", "pages", "tidy"),
)
WAIT_S = 300


def selftest(
    folder: Path, *, path: Path | None = None, **variables: str
) -> tuple[int, dict[str, Any], str]:
    """Run it as a program: exit status, report, and what it printed. `path` goes first of all."""
    report = folder / "report.json"
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    parts = [str(part) for part in (path, ROOT) if part is not None]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "station", "--lang", "en", "--selftest"),
            *("--report", str(report), "-platform", "offscreen"),
        ],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "me"),
            "PYTHONPATH": os.pathsep.join(parts),
            "TMPDIR": str(temporary),
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert report.exists(), done.stderr
    assert list(temporary.iterdir()) == [], "it leaves nothing behind"
    return done.returncode, json.loads(report.read_text("utf-8")), done.stdout


def states(report: dict[str, Any]) -> dict[str, bool]:
    for check in report["checks"]:
        assert set(check) == {"name", "ok", "value", "why", "seconds"}
        assert bool(check["why"]) is not check["ok"], check
    return {check["name"]: check["ok"] for check in report["checks"]}


def test_every_part_works_and_the_desks_own_data_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "real"
    status, report, said = selftest(
        tmp_path, STATION_HOME=str(home), STATION_JOURNAL_KEY="22" * 32, STATION_LOG_TRAFFIC="1"
    )
    assert states(report) == dict.fromkeys(CHECKS, True), report
    assert (status, report["ok"]) == (0, True)
    assert len(said.splitlines()) == len(CHECKS) + 1
    assert "cli." not in said
    assert not home.exists()
    assert not (tmp_path / "me").exists()
    values = {check["name"]: check["value"] for check in report["checks"]}
    assert f"python {sys.version.split()[0]}" in values["versions"]
    assert int(values["modules"]) > 400
    assert int(values["export"]) >= 3
    assert int(values["pages"]) == 16


def test_a_module_that_cannot_be_loaded_is_named_and_the_others_are_tried(tmp_path: Path) -> None:
    """XlsxWriter is missing, the window's library is another's, and a page does not paint."""
    broken = tmp_path / "broken"
    (broken / "xlsxwriter").mkdir(parents=True)
    (broken / "xlsxwriter" / "__init__.py").write_text("raise ImportError('left out')")
    (broken / "PySide6").mkdir()
    (broken / "PySide6" / "__init__.py").write_text("")
    status, report, said = selftest(tmp_path, path=broken)
    assert status == 1
    assert report["ok"] is False
    wrong = {name for name, ok in states(report).items() if not ok}
    assert wrong >= {"libraries", "modules", "pages"}
    assert wrong <= {"libraries", "modules", "pages", "versions"}
    why = {check["name"]: check["why"] for check in report["checks"]}
    assert "xlsxwriter: ImportError: left out" in why["libraries"]
    assert "PySide6" in why["pages"]
    assert "WRONG  Libraries that load: xlsxwriter" in said


def test_pages_that_show_nothing_are_not_pages(tmp_path: Path) -> None:
    """Qt paints, and all of it in one colour."""
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'ui.demo.shots' in sys.orig_argv:\n"
        "    from PySide6.QtWidgets import QWidget\n"
        "    grab = QWidget.grab\n"
        "    def blank(widget):\n"
        "        made = grab(widget)\n"
        "        made.fill()\n"
        "        return made\n"
        "    QWidget.grab = blank\n"
    )
    status, report, _ = selftest(tmp_path, path=tmp_path / "late")
    assert status == 1
    assert [name for name, ok in states(report).items() if not ok] == ["pages"]
    [why] = [check["why"] for check in report["checks"] if not check["ok"]]
    assert "login.zh_CN.light.png shows nothing" in why


def test_a_desk_that_cannot_be_opened_is_no_reason_to_stop(tmp_path: Path) -> None:
    """The door-lock simulator does not start: no cards, no chain, no file; all else is tried."""
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "sitecustomize.py").write_text(
        "import sys\n"
        "if '--selftest' in sys.orig_argv:\n"
        "    from station.journal import opening\n"
        "    def broken(*_):\n"
        "        raise OSError('no migrations')\n"
        "    opening.run_migrations = broken\n"
        "    from station.cli import selftest_pages\n"
        "    selftest_pages.pages = lambda _: 'not of interest here'\n"
    )
    status, report, _ = selftest(tmp_path, path=tmp_path / "late")
    assert status == 1
    wrong = [name for name, ok in states(report).items() if not ok]
    assert wrong == ["journal", "cards", "chain", "export"]
    why = {check["name"]: check["why"] for check in report["checks"]}
    assert "no migrations" in why["journal"]


def test_a_report_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("station.cli.selftest._every", lambda: iter(()))
    target = tmp_path / "missing" / "report.json"
    assert main(["--lang", "en", "--selftest", "--report", str(target)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_every_library_that_the_program_depends_on_is_tried() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [
        *PROJECT["project"]["dependencies"],
        *(extras["window"] + extras["simulators"] + extras["central"]),
    ]
    tried = selftest_parts.LIBRARIES | selftest_parts.ON_WINDOWS | selftest_parts.EXTRAS
    assert {Requirement(text).name for text in wanted} <= set(tried)


def test_an_installation_without_the_window_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (selftest_pages, selftest_parts):
        monkeypatch.setattr(module, "has_window", lambda: False)
    assert selftest_pages.pages(tmp_path) == "-"
    assert "qt" not in selftest_parts.versions()


def test_qts_own_option_is_taken_out_wherever_it_stands() -> None:
    taken = display.without_platform(["--selftest", "-platform", "offscreen", "--lang", "en"])
    assert taken == (["--selftest", "--lang", "en"], "offscreen")
    assert display.without_platform(["rooms", "-platform"]) == (["rooms", "-platform"], "")
    assert display.without_platform([]) == ([], "")
