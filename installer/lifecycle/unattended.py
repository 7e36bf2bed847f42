"""A silent installation on a machine that never had the program, and on one too old for it."""

from installer.lifecycle.life import APP, RUN, UNINSTALL, USUAL, Life, until, version_of
from installer.windows.wine import WINDOWS, Failed

PROGRAMS = ("CardStation.exe", "station.exe")


def install(life: Life) -> None:
    """The older version, with nothing but /S."""
    ran = life.install(life.older)
    life.check("silent installation ends with 0", ran.status == 0, ran.output)
    life.check("its log says so", f"{life.older.version} is installed" in life.said(), life.said())
    folder = life.inside(USUAL)
    there = [name for name in (*PROGRAMS, "uninstall.exe") if (folder / name).is_file()]
    life.check("both programs and the uninstaller are there", len(there) == 3, there)
    life.check("nothing is left of unpacking", not (folder / "setup-new").exists())
    registered(life, life.older.version)
    life.check("shortcuts for all users", life.shortcuts() == ["menu", "desktop"], life.shortcuts())
    life.check("no start with Windows unless asked for", life.value(APP, RUN) == "")
    made = [name for name in ("logs", "backups") if (life.data / name).is_dir()]
    life.check("the data folder is made", made == ["logs", "backups"], made)


def registered(life: Life, version: str, folder: str = USUAL) -> None:
    """What Windows shows under installed programs."""
    wanted = {
        "DisplayVersion": version,
        "InstallLocation": folder,
        "UninstallString": f'"{folder}\\uninstall.exe"',
        "QuietUninstallString": f'"{folder}\\uninstall.exe" /S',
    }
    values = life.values()
    found = {name: values.get(name) for name in wanted}
    life.check(f"registered as {version} in {folder}", found == wanted, found)
    size = int(values.get("EstimatedSize") or "0", 16)
    whole = sum(path.stat().st_size for path in life.inside(folder).rglob("*") if path.is_file())
    near = abs(size * 1024 - whole) < 2_000_000
    life.check("registered with its size", near, f"{size} KB, {whole} bytes")


def unsupported(life: Life) -> None:
    """A Windows that is too old is told so, and nothing is done."""
    if WINDOWS:
        return
    key = ["reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/f", "/d"]
    life.wine.check([*key, "win81"])
    ran = life.install(life.newer)
    life.wine.check([*key, "win10"])
    life.check("Windows 8.1 is refused (12)", ran.status == 12, ran)
    life.check("nothing was installed there", not life.inside(USUAL).exists())


def gone(life: Life, folder: str = USUAL) -> None:
    """No trace of the program, whatever may be left beside it."""
    life.check(
        "no shortcut, no entry, no start with Windows",
        not life.shortcuts() and not life.value("DisplayName") and not life.value(APP, RUN),
        (life.shortcuts(), life.value("DisplayName", UNINSTALL), life.value(APP, RUN)),
    )
    whole = until(lambda: not life.inside(folder).exists(), 30)
    life.check("the program's folder is gone", whole, life.inside(folder))


def programs_bear_the_version(life: Life) -> None:
    """Both programs of the newer version: in their properties, and when they are asked."""
    for name in PROGRAMS:
        try:
            found = version_of(life.inside(USUAL) / name)
        except Failed as error:
            found = str(error)
        life.check(f"{name} bears its version", found == life.newer.version, found)
    ran = life.wine.run([life.inside(USUAL) / "station.exe", "--version"])
    life.check("station.exe tells it", ran.ok and life.newer.version in ran.output, ran)
