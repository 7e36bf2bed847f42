"""Settings and secrets from files: fifty desks installed alike, without a word."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from station.cli import main, setup_site
from station.errors import Code, InputInvalid
from station.home import Home
from station.settings import Desk, load
from station.settings_rules import NAME
from station.settings_upgrade import VERSION
from tests.cli.conftest import BOSS, ROOT, SITE_KEY, Answer, CliDesk, write_settings

SITE = """\
# For every desk of the site.
[desk]
site = "桃花园"
checkout_time = "14:00"

[door_lock]
appid = "0a1d"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE, "utf-8")
    return path


def take(home: Path, site: Path, *more: str) -> Answer:
    """As a silent setup does it: no terminal, no input, no operator."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "station", "--home", str(home), "--lang", "en"),
            *("setup", "--settings-from", str(site), *more),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_desk_without_settings_takes_the_sites(tmp_path: Path, site: Path) -> None:
    home = tmp_path / "home"
    answer = take(home, site, "--json")
    assert answer.status == 0, answer.err
    assert answer.json["written"] is True
    assert answer.json["settings"] == str(home / "station.toml")
    settings = load(home / "station.toml")
    assert (settings.desk.site, settings.desk.checkout_time) == ("桃花园", "14:00")
    assert settings.door_lock is not None
    assert settings.desk.id == answer.json["desk"]
    written = tomllib.loads((home / "station.toml").read_text("utf-8"))
    assert written["version"] == VERSION
    assert set(written["desk"]) == {"id", "site", "checkout_time"}, "nothing but what was given"
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files == [home / "station.toml"], "no journal, no log"


def test_a_desk_that_has_settings_keeps_them(tmp_path: Path, site: Path) -> None:
    home = tmp_path / "home"
    assert take(home, site).status == 0
    before = (home / "station.toml").read_bytes()
    site.write_text(SITE.replace("桃花园", "别的地方"), "utf-8")
    answer = take(home, site, "--json")
    assert (answer.status, answer.json["ok"], answer.json["written"]) == (0, True, False)
    assert (home / "station.toml").read_bytes() == before
    assert "keeps them" in take(home, site).out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[desk]\nsight = "x"\n', "settings_unknown_key"),
        ('[desk]\ncheckout_time = "25:00"\n', "settings_field"),
        ('[door_lock]\nurl = "http://locks.example"\nappid = "a"\n', "url_not_https"),
        ("[door_lock]\n", "settings_field"),
        ('[door_lock]\nappid = "a"\nappsecret = "hush-hush"\n', "settings_secret_inside"),
        ('[shankai]\napp_id = "a"\nsecret = "hush-hush"\n', "settings_secret_inside"),
        (
            '[central]\nurl = "postgresql+psycopg://desk:hush-hush@db.example/x"\n',
            "settings_secret_inside",
        ),
        ("desk = 7\n", "settings_field"),
        ("version = 99\n", "settings_newer"),
        ("[desk\n", "settings_malformed"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_and_nothing_made(
    tmp_path: Path, site: Path, text: str, code: str
) -> None:
    site.write_text(text, "utf-8")
    home = tmp_path / "home"
    answer = take(home, site, "--json")
    assert (answer.status, answer.json["error"]) == (2, code)
    assert "hush" not in answer.out + answer.err
    assert not home.exists()
    # Also where the desk has settings: the setup is told at once that its file is wrong.
    Home(home).create().settings.write_text("[desk]\n")
    assert take(home, site).status == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    answer = take(tmp_path / "home", tmp_path / "none.toml", "--json")
    assert (answer.status, answer.json["error"]) == (2, "file_unreadable")


def test_it_stands_alone(tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--home", str(tmp_path / "home"), "setup", "--settings-from", str(site), "--json"]
    for more in (["--set", "desk.id=a"], ["--secrets-from", "-"], ["--supervisor", "李主管"]):
        assert main([*command, *more]) == 2
        assert json.loads(capsys.readouterr().out)["error"] == "fields_exclusive"
    assert not (tmp_path / "home").exists()


def test_settings_of_an_older_version_are_taken_as_this_one_writes_them(
    tmp_path: Path, site: Path
) -> None:
    site.write_text(
        'version = 1\n[kexin]\nurl = "https://k.example"\napp_id = "C"\nrooms_file = "x"\n'
    )
    assert take(tmp_path / "home", site).status == 0
    assert load(tmp_path / "home" / "station.toml").kexin is not None


# What differs from desk to desk


@pytest.mark.parametrize(
    ("computer", "desk"),
    [
        ("RECEPTION-01", "reception-01"),
        ("desk_2.site.example", "desk_2"),
        ("a" * 32, "a" * 32),
    ],
)
def test_a_plain_name_is_the_id(computer: str, desk: str) -> None:
    assert setup_site.desk_id(computer) == desk


def test_names_that_look_alike_when_written_plainly_stay_apart() -> None:
    odd = ["前台", "客房", "前台-1", "客房-1", "front desk", "front+desk", "-", "é", "a" * 33]
    ids = [setup_site.desk_id(name) for name in odd]
    assert len(set(ids)) == len(odd)
    for made in ids:
        assert NAME(made) == made
        assert len(made) <= setup_site.MAX_ID
    assert ids == [setup_site.desk_id(name.upper()) for name in odd], "Windows writes as it likes"


def test_a_computer_without_a_name_is_asked_for_one(site: Path) -> None:
    with pytest.raises(InputInvalid) as caught:
        setup_site.checked(str(site), " ")
    assert caught.value.code is Code.SETTINGS_FIELD
    assert caught.value.context["field"] == "desk.id"
    site.write_text(SITE.replace("[desk]", '[desk]\nid = "desk-7"'), "utf-8")
    assert setup_site.checked(str(site), "")[1].desk == Desk(
        id="desk-7", site="桃花园", checkout_time="14:00"
    )


# Secrets


def test_secrets_from_a_file_are_followed_by_the_advice_to_delete_it(
    fresh: CliDesk, tmp_path: Path
) -> None:
    path = tmp_path / "secrets.txt"
    path.write_text(f"STATION_DOOR_LOCK_APPSECRET={fresh.door.sim.appsecret}\n", "utf-8")
    document = fresh.json("setup", "--secrets-from", str(path))
    assert document["delete_file"] == str(path)
    answer = fresh.run("setup", "--secrets-from", str(path), lang="zh_CN")
    assert f"请马上删掉文件 {path}" in answer.out
    assert fresh.json("setup", "--set", "desk.site=x")["delete_file"] is None
    assert path.exists(), "whose file it is deletes it"


def test_the_sites_key_is_taken_before_the_journal_and_never_changed_after(
    fresh: CliDesk, tmp_path: Path
) -> None:
    """Without a keyring the key stays a variable; what counts is which one opens the journal."""
    path = tmp_path / "secrets.txt"
    for key, status in ((SITE_KEY, 0), ("22" * 32, 7), ("zz", 7)):
        path.write_text(f"STATION_JOURNAL_KEY={key}\n", "utf-8")
        document = fresh.json("setup", "--secrets-from", str(path), status=status)
        assert document.get("error") == (None if status == 0 else "journal_key")
    assert fresh.run("operators", "add", BOSS, "--role", "supervisor").status == 0


def test_a_site_installed_by_script(fresh: CliDesk, tmp_path: Path) -> None:
    """Settings, secrets, first supervisor: three commands, and the desk issues cards."""
    write_settings(fresh)
    site = tmp_path / "site.toml"
    (fresh.home / "station.toml").rename(site)
    fresh.json("setup", "--settings-from", str(site))
    fresh.monkeypatch.delenv("STATION_DOOR_LOCK_APPSECRET")
    refused = fresh.json("setup", "--set", "desk.site=x", status=5)
    assert [one["name"] for one in refused["checks"] if one["state"] == "failed"] == ["door_lock"]
    fresh.monkeypatch.setenv("STATION_DOOR_LOCK_APPSECRET", fresh.door.sim.appsecret)
    made = fresh.json("setup", "--secrets-from", os.devnull, "--supervisor", BOSS)
    assert made["supervisor"] == BOSS
    assert len(fresh.json("rooms", "--refresh")) == 12
