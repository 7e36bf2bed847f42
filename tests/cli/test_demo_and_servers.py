"""The tour, the simulators as servers, and the reader that is watched: as programs of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.cli import demo, display, main
from station.cli.tour import STEPS
from tests.cli.conftest import ROOT, CliDesk
from tests.systems import OWN_CONSOLE, ask_to_end

WAIT_S = 120.0
PICTURES = 28
"""Seven pages, two languages, two looks."""


@contextmanager
def running(desk: CliDesk, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        desk.command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=desk.variables(PYTHONUNBUFFERED="1"),
        creationflags=OWN_CONSOLE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=WAIT_S)


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_tour_comes_out_as_said(desk: CliDesk, tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "tour"
    answer = desk.process("demo", "--tour", str(folder), "--json", lang=lang)
    document = answer.json
    assert answer.status == 0, document
    assert document["ok"] is True
    assert len(document["steps"]) == len(STEPS) == 26
    assert all(step["ok"] and step["detail"] for step in document["steps"])
    assert not any("tour." in step["detail"] for step in document["steps"])
    for name in (
        "history.csv",
        "history.xlsx",
        "history.jsonl",
        "journal.jsonl",
        "home/journal.db",
    ):
        assert (folder / name).stat().st_size > 0, name
    assert desk.json("journal", "verify", str(folder / "journal.jsonl"))["ok"] is True
    assert len(list((folder / "screenshots").glob("*.png"))) >= PICTURES


def test_the_tour_again_in_the_same_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "has_window", lambda: False)
    for _ in range(2):
        assert main(["--lang", "en", "demo", "--tour", str(tmp_path)]) == 0
    told = capsys.readouterr()
    said = told.out
    assert told.err.count("no pictures of it were made") == 2
    assert "Nothing here is real" in said
    assert said.count("Every step came out as said") == 2
    assert (tmp_path / "home-2" / "journal.db").exists()


def test_a_tour_that_does_not_come_out_as_said_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that lets the lost card in all the same."""
    from station.simulators.hardware import DoorReason, SimLock

    real = SimLock._reason

    def careless(lock: SimLock, *given: object) -> DoorReason:
        answer = real(lock, *given)  # type: ignore[arg-type]
        return DoorReason.OPENED if answer is DoorReason.SUPERSEDED else answer

    monkeypatch.setattr(SimLock, "_reason", careless)
    assert main(["--lang", "en", "demo", "--tour", str(tmp_path), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["steps"][-1]["step"] == "lost_card"


def test_pictures_that_cannot_be_made_fail_the_tour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / demo.PICTURES).write_text("in the way")
    assert main(["--lang", "en", "demo", "--tour", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "Every step came out as said" in said.out
    assert "could not be made: FileExistsError" in said.err


def test_a_screen_is_known_by_its_variables() -> None:
    assert display.has_display({"DISPLAY": ":0"})
    assert display.has_display({"WAYLAND_DISPLAY": "wayland-0"})
    if sys.platform == "linux":
        assert not display.has_display({"DISPLAY": ""})


@pytest.mark.parametrize("which", ["door-lock", "shankai", "kexin", "property"])
def test_a_simulator_serves_until_it_is_interrupted(
    desk: CliDesk, tmp_path: Path, which: str
) -> None:
    arguments = ("simulate", which, "--port", "0", "--state", str(tmp_path / "state.json"))
    with running(desk, *arguments, "--json") as process:
        assert process.stdout is not None
        listening = json.loads(process.stdout.readline())
        assert listening["event"] == "listening"
        assert listening["url"].startswith("http://127.0.0.1:")
        ask_to_end(process)
        assert json.loads(process.stdout.readline())["event"] == "stopped"
        assert process.wait(WAIT_S) == 0
    assert (tmp_path / "state.json").exists()


def test_a_port_that_is_taken(desk: CliDesk) -> None:
    arguments = ("simulate", "door-lock", "--port", str(desk.door.port), "--json")
    answer = desk.process(*arguments)
    assert (answer.status, answer.json["error"]) == (5, "port_in_use")


def test_watching_the_reader_ends_cleanly(desk: CliDesk) -> None:
    with running(desk, "reader", "watch") as process:
        assert process.stderr is not None
        assert "Ctrl-C" in process.stderr.readline()
        ask_to_end(process)
        assert process.wait(WAIT_S) == 0
