"""Settings that a site gives along: taken, kept, and refused with the program's own sentence."""

import tomllib
from pathlib import Path

from installer.lifecycle.data import Desk
from installer.lifecycle.life import USUAL, Life, Setup
from installer.windows.wine import windows_path

SITE = "桃花园"
OTHER = "别处"


def refused_and_nothing_left(life: Life) -> None:
    """On an empty machine: a file that does not hold, one with a secret in it, one that is not."""
    bad = _file(life, "bad.toml", '[desk]\nmax_stay_days = "many"\n')
    secret = _file(life, "secret.toml", '[door_lock]\nappid = "a"\nappsecret = "abcdef"\n')
    for name, file, code in (
        ("a value against a rule", bad, "settings_field"),
        ("a secret in it", secret, "settings_secret_inside"),
    ):
        ran = life.install(life.older, _config(file))
        life.check(f"station.toml with {name} is refused (14)", ran.status == 14, ran)
        told = code in ran.output and "does not hold" in ran.output
        life.check("the program's sentence is in the log", told, ran.output)
        life.check("nothing was installed", not life.inside(USUAL).exists())
        life.check("no data folder was left", not life.data.exists(), _listed(life.data))
    ran = life.install(life.older, _config(life.work / "nowhere.toml"))
    life.check("a /CONFIG= that is not there is refused (14)", ran.status == 14, ran)
    ran = life.install(life.older, _config(bad), "/LANG=zh_CN")
    life.check("the same in Chinese", ran.status == 14 and "不成立" in ran.output, ran)


def taken_along(life: Life, desk: Desk | None) -> None:
    """A station.toml beside the setup becomes the desk's settings: where it has none yet."""
    beside = life.work / "share"
    beside.mkdir()
    setup = beside / life.older.file.name
    setup.hardlink_to(life.older.file)
    more = "" if desk is None else desk.settings()
    (beside / "station.toml").write_text(f'[desk]\nsite = "{SITE}"\n{more}', "utf-8")
    ran = life.install(Setup(setup, life.older.version))
    life.check("station.toml beside the setup: ends with 0", ran.status == 0, ran)
    life.check("it is the desk's now", _site(life) == SITE, _site(life))
    there = life.data / "station.toml"
    before = there.read_bytes() if there.is_file() else b""
    other = _file(life, "other.toml", f'[desk]\nsite = "{OTHER}"\n')
    ran = life.install(life.older, _config(other))
    life.check("settings that are there already: ends with 0", ran.status == 0, ran)
    life.check("they were not overwritten", before and there.read_bytes() == before, _site(life))
    life.check("the log tells what became of the file", "other.toml" in ran.output, ran.output)


def kept(life: Life) -> None:
    """After the upgrade they are what they were."""
    life.check("settings kept over the upgrade", _site(life) == SITE, _site(life))


def _file(life: Life, name: str, text: str) -> Path:
    path = life.work / name
    path.write_text(text, "utf-8")
    return path


def _config(file: Path) -> str:
    return f"/CONFIG={windows_path(file)}"


def _site(life: Life) -> str:
    """The site's name in the desk's settings."""
    file = life.data / "station.toml"
    if not file.is_file():
        return ""
    return str(tomllib.loads(file.read_text("utf-8")).get("desk", {}).get("site", ""))


def _listed(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*")] if folder.exists() else []
