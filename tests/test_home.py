"""The home folder: which one is taken, what is in it, and for whom."""

import os
from pathlib import Path

import pytest

from station.errors import Code, InputInvalid
from station.home import Home, find_home
from tests.systems import WINDOWS


def test_the_option_goes_before_the_environment(tmp_path: Path) -> None:
    environment = {"STATION_HOME": str(tmp_path / "b")}
    assert find_home(tmp_path / "a", environment) == Home(tmp_path / "a")
    assert find_home(str(tmp_path / "a"), environment) == Home(tmp_path / "a")
    assert find_home(None, environment) == Home(tmp_path / "b")
    assert find_home("  ", environment) == Home(tmp_path / "b")


@pytest.mark.parametrize("value", [None, "", "   "])
def test_without_either_the_usual_place(value: str | None) -> None:
    home = find_home(None, {} if value is None else {"STATION_HOME": value})
    assert home.usual
    assert home.root.is_absolute()
    assert "station" in home.root.name.lower()


def test_the_usual_place_is_the_usual_one_whoever_names_it(tmp_path: Path) -> None:
    """Its secrets are found under the same name, also by a child that is told the place."""
    usual = find_home(None, {})
    assert find_home(usual.root, {}) == find_home(f"{usual.root}/../{usual.root.name}", {}) == usual
    assert find_home(None, {"STATION_HOME": str(usual.root)}) == usual
    assert not find_home(usual.root / "demo", {}).usual


def test_a_relative_or_short_path_becomes_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USERPROFILE" if WINDOWS else "HOME", str(tmp_path / "me"))
    assert find_home("desk/../other", {}).root == tmp_path / "other"
    assert find_home("~/desk", {}).root == tmp_path / "me" / "desk"


NOBODY = pytest.param(
    "~nobody-of-this-name/x",
    marks=pytest.mark.linux("Windows takes any name for that of a user's folder"),
)


@pytest.mark.parametrize("path", ["a\0b", "a\nb", NOBODY])
def test_a_path_that_no_system_takes(path: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        find_home(path, {})
    assert (caught.value.code, caught.value.context) == (Code.FIELD_CHARACTERS, {"field": "home"})


def test_everything_lies_in_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.settings == tmp_path / "station.toml"
    assert home.journal() == tmp_path / "journal.db"
    assert home.journal("sub/j.db") == tmp_path / "sub" / "j.db"
    assert home.journal(str(tmp_path.parent / "j.db")) == tmp_path.parent / "j.db"
    assert home.logs == tmp_path / "logs"
    assert home.backups == tmp_path / "backups"
    assert home.encoder_lock == tmp_path / "encoder.lock"


def test_finding_creates_nothing_and_creating_is_harmless_twice(tmp_path: Path) -> None:
    home = find_home(tmp_path / "deep" / "desk", {})
    assert not home.root.exists()
    home.create()
    home.settings.write_text("kept")
    assert home.create() is home
    assert home.settings.read_text() == "kept"
    assert home.logs.is_dir()
    assert home.backups.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="modes of folders are POSIX")
def test_the_folders_are_for_this_user_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "desk").create()
    for folder in (home.root, home.logs, home.backups):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputInvalid) as caught:
        Home(tmp_path / "file").create()
    assert caught.value.code is Code.FILE_UNWRITABLE
    assert caught.value.context["path"] == str(tmp_path / "file")
    with pytest.raises(InputInvalid):
        Home(tmp_path / "file" / "below").create()
