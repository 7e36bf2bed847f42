"""Upgrades, with the very files that each released version wrote: `tests/released/<version>`.

A folder holds a home as that version left it after its tour: `station.toml`, and `journal.db` made
with the key below. Brought up with a copy made first; killed meanwhile nothing is lost; what a
newer program wrote is refused in one sentence and left as it is.
"""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from station import compose
from station.catalogue import Catalogue
from station.cli import main
from station.domain.person import Person
from station.errors import Code, InputInvalid
from station.home import Home
from station.journal import migrations, verify_file
from station.ports import HistoryFilter
from station.secrets import Secrets
from station.settings import Desk, Settings, load, save
from station.settings_upgrade import VERSION, keep_older
from tests import systems

ROOT: Final = Path(__file__).parents[1]
RELEASED: Final = ROOT / "tests" / "released"
KEY: Final = "11" * 32
SITE: Final = Settings(desk=Desk(id="demo-1"))
NEWEST: Final = migrations.VERSIONS[-1]
WAIT_S: Final = 120
KILLED: Final = """
import os, sys
from pathlib import Path
from station import compose
from station.home import Home
from station.journal import backup, migrations, opening
from station.settings import Settings

def killed(*_, **__):
    os.kill(os.getpid(), 9)

def killed_after(work):
    def both(*given, **more):
        work(*given, **more)
        killed()
    return both

where = sys.argv[2]
if where == "while copying":
    backup.sync_file = killed
elif where == "before the first change":
    migrations.upgrade = killed
elif where == "before the last change is safe":
    migrations.upgrade = killed_after(migrations.upgrade)
else:
    opening.run_migrations = killed_after(opening.run_migrations)
compose.build(Home(Path(sys.argv[1])), settings=Settings())
"""
PLACES: Final = (
    "while copying",
    "before the first change",
    "before the last change is safe",
    "after the last change",
)


def versions() -> list[str]:
    return sorted(path.name for path in RELEASED.iterdir())


def lay_out(version: str, folder: Path) -> Home:
    """The home as that version left it."""
    home = Home(folder / "home").create()
    shutil.copyfile(RELEASED / version / "station.toml", home.settings)
    raw = gzip.decompress((RELEASED / version / "journal.db.gz").read_bytes())
    home.journal().write_bytes(raw)
    return home


@pytest.fixture(params=versions())
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    return lay_out(request.param, tmp_path)


def secrets(home: Home) -> Secrets:
    return Secrets(home, {"STATION_JOURNAL_KEY": KEY})


def version_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def copies(home: Home) -> list[str]:
    return sorted(path.name for path in home.root.glob("[!.]*.before-*"))


def test_every_released_version_left_its_files() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert versions() == sorted(re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changes, re.MULTILINE))


def test_a_desk_of_an_older_version_goes_on_with_all_it_has(old: Home) -> None:
    before = old.journal().read_bytes()
    was = verify_file(old.journal())
    assert was.ok
    assert was.events > 50
    settings = load(old.settings)
    assert (settings.desk.site, settings.desk.checkout_time) == ("桃花园", "14:00")
    assert settings.kexin is not None
    with compose.build(old, secrets=secrets(old), with_encoder=False) as station:
        desk, found = station.desk, station.store.verify()
        assert (found.ok, found.events, found.head) == (True, was.events, was.head)
        rows = desk.journal.history(HistoryFilter(limit=500))
        guests = {station.store.person(row.person) for row in rows if row.person}
        assert Person("张三", "13800000001") in guests
        assert desk.need_operators().count() == 1
        assert len(desk.journal.rooms()) == 96
        assert desk.journal.rack()
    assert version_of(old.journal()) == NEWEST
    copy = old.root / f"journal.db.before-{NEWEST}"
    assert copies(old) == [copy.name]
    assert verify_file(copy).head == was.head
    assert version_of(copy) < NEWEST
    with compose.build(old, secrets=secrets(old), with_encoder=False):
        pass
    assert copies(old) == [copy.name], "it is brought up once"
    # The old program finds its journal again where the copy is put back.
    assert len(before) == copy.stat().st_size


def test_settings_are_kept_as_they_were_when_they_are_first_saved(old: Home) -> None:
    written = old.settings.read_bytes()
    settings = load(old.settings)
    assert old.settings.read_bytes() == written, "reading changes nothing"
    save(settings, old.settings)
    assert load(old.settings) == settings
    copy = old.root / f"station.toml.before-{VERSION}"
    assert copy.read_bytes() == written
    save(settings, old.settings)
    assert copies(old) == [copy.name]
    # Somebody puts the old program back, and it writes something else.
    old.settings.write_bytes(written + b"# again\n")
    assert keep_older(old.settings) == old.root / f"station.toml.before-{VERSION}-2"
    assert keep_older(old.settings) == old.root / f"station.toml.before-{VERSION}-2"
    assert copy.read_bytes() == written


@pytest.mark.parametrize("place", PLACES)
def test_killed_while_the_journal_is_brought_up(old: Home, place: str) -> None:
    was = verify_file(old.journal())
    done = run(KILLED, str(old.root), place)
    assert done.returncode == systems.KILLED, done.stderr
    after = place == PLACES[-1]
    assert version_of(old.journal()) == (NEWEST if after else "0001")
    assert verify_file(old.journal()).head == was.head
    assert len(copies(old)) == (0 if place == PLACES[0] else 1)
    with compose.build(old, secrets=secrets(old), settings=SITE) as station:
        assert station.store.verify().head == was.head
    assert version_of(old.journal()) == NEWEST
    assert f"journal.db.before-{NEWEST}" in copies(old)
    assert [path.name for path in old.root.glob(".*")] == []
    for name in copies(old):
        assert verify_file(old.root / name).head == was.head


def test_killed_while_settings_are_saved(old: Home) -> None:
    written = old.settings.read_bytes()
    code = (
        "import os, sys; from pathlib import Path\n"
        "from station.settings import load, save\n"
        "path = Path(sys.argv[1]); settings = load(path)\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "save(settings, path)"
    )
    assert run(code, str(old.settings)).returncode == systems.KILLED
    assert old.settings.read_bytes() == written
    assert (old.root / f"station.toml.before-{VERSION}").read_bytes() == written
    save(load(old.settings), old.settings)
    assert load(old.settings).desk.site == "桃花园"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_a_newer_program_wrote_is_refused_and_left_alone(
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STATION_JOURNAL_KEY", KEY)
    home, words = lay_out(versions()[-1], tmp_path), Catalogue(language)
    make_newer(home.journal())
    before = home.journal().read_bytes()
    command = ["--home", str(home.root), "--lang", language, "operators", "list"]
    assert main(command) == 7
    said = capsys.readouterr().err
    assert said.splitlines()[0] == words.sentence_of(Code.JOURNAL_NEWER.value)
    assert home.journal().read_bytes() == before
    text = f"version = {VERSION + 1}\n[invented_later]\n"
    home.settings.write_text(text, "utf-8")
    assert main(command) == 2
    assert str(VERSION + 1) in capsys.readouterr().err
    with pytest.raises(InputInvalid) as caught:
        save(Settings(), home.settings)
    assert caught.value.code is Code.SETTINGS_NEWER
    assert home.settings.read_text("utf-8") == text
    assert copies(home) == []


def make_newer(path: Path) -> None:
    """As a program of the future would leave it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def run(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    needed = {name: os.environ[name] for name in systems.NEEDED if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=needed | {"PATH": "/usr/bin:/bin", "STATION_JOURNAL_KEY": KEY},
        timeout=WAIT_S,
        check=False,
    )
