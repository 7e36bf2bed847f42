"""What a crash report holds, and the two sounds."""

import sys
import wave
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resources.sounds import make
from station.errors import Code, Refused
from ui import crash, sounds
from ui.sounds import FAILURE, SUCCESS, Sounds


def test_an_error_of_the_desk_shows_no_guest_in_its_report(tmp_path: Path) -> None:
    error = _raised(Refused(Code.UID_BOUND_ELSEWHERE, owner="张三", name="张三", uid="04A1B2C3"))
    text = crash.report(error, tmp_path)
    assert "uid_bound_elsewhere" in text
    assert "04A1B2C3" in text
    assert "张三" not in text


def test_old_reports_go_and_an_unwritable_folder_costs_no_second_crash(tmp_path: Path) -> None:
    for _ in range(crash.MOST_REPORTS + 3):
        assert crash.save("x", tmp_path) is not None
    assert len(list(tmp_path.glob("crash-*.txt"))) == crash.MOST_REPORTS
    assert crash.save("x", tmp_path / "missing") is None


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as met:
        return met


def test_sounds_are_small_files_that_play_and_nothing_runs_when_off(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(sounds.__file__).parents[1] / "resources" / "sounds"
    lengths = {}
    for name in (SUCCESS, FAILURE):
        with wave.open(str(folder / name), "rb") as file:
            lengths[name] = file.getnframes() / file.getframerate()
    assert lengths[SUCCESS] > lengths[FAILURE] > 0.2
    heard = tmp_path / "heard"
    note = f"import sys; open({str(heard)!r}, 'a').write(sys.argv[1] + chr(10))"
    monkeypatch.setattr(sounds, "player", lambda: (sys.executable, "-c", note))
    monkeypatch.setattr(sys, "platform", "linux")
    made = Sounds()
    made.success()
    assert not heard.exists()
    made.switch(True)
    made.failure()
    qtbot.waitUntil(lambda: heard.exists() and heard.read_text().endswith("\n"))
    assert heard.read_text().strip().endswith(FAILURE)
    made.close()


def test_sounds_can_be_made_again(tmp_path: Path) -> None:
    make.make(tmp_path)
    for name in make.SOUNDS:
        kept = Path(make.__file__).parent / name
        assert (tmp_path / name).read_bytes() == kept.read_bytes()
