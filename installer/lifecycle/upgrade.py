"""From the older version to the newer: refused while anything runs, cut short, carried out."""

import subprocess
from collections.abc import Callable

from installer.lifecycle.life import APP, RUN, STAGE, USUAL, Life, kill, until
from installer.lifecycle.unattended import programs_bear_the_version, registered
from installer.windows.wine import WINDOWS, windows_path

SMALL_FILE = 2_000_000
"""Bytes. A disk that takes no file beyond this is full for every setup."""
TRIES = 5


def refused_while_running(life: Life) -> None:
    """Each program on its own holds setup and uninstaller back."""
    before = life.tree()
    for name, words in (
        ("the window", ["CardStation.exe", "-platform", "offscreen"]),
        ("the command line", ["station.exe", "simulate", "property", "--port", "0"]),
    ):
        process = life.start([f"{USUAL}\\{words[0]}", *words[1:]])
        try:
            seen = until(lambda: life.can_begin() == 10, pause=0.5)
            life.check(f"while {name} runs the setup does not begin (10)", seen)
            ran = life.install(life.newer)
            life.check(f"upgrade refused while {name} runs (10)", ran.status == 10, ran)
            life.check("its log says why", "running" in ran.output, ran.output)
            ran = life.uninstall()
            life.check(f"removal refused while {name} runs (10)", ran.status == 10, ran)
        finally:
            kill(process)
        life.check("nothing was changed", life.tree() == before)
        life.check("and then it may begin", until(lambda: life.can_begin() == 0, pause=0.5))
    registered(life, life.older.version)


def cut_short(life: Life) -> None:
    """Killed while unpacking, killed while replacing, a full disk: the desk can go on."""
    before, folder = life.tree(), life.inside(USUAL)
    stage = folder / STAGE

    def unpacking() -> bool:
        return (stage / "_internal").is_dir() and any((stage / "_internal").iterdir())

    killed = _killed_when(life, unpacking)
    after = {name: value for name, value in life.tree().items() if not name.startswith(STAGE)}
    life.check("killed while unpacking", killed)
    life.check("the old version is whole then", after == before)
    if not WINDOWS:
        status = _on_a_full_disk(life)
        life.check("a full disk ends the setup (2)", status == 2, status)
        life.check("the old version is whole then, too", life.tree() == before)
    registered(life, life.older.version)

    killed = _killed_when(life, lambda: not (folder / "CardStation.exe").exists())
    life.check("killed while replacing", killed)
    ended = until(lambda: life.can_begin() == 0, pause=0.5)
    life.check("the next setup waits for the old version's uninstaller, which went on", ended)


def carried_out(life: Life) -> None:
    """The same setup again mends what was cut short, and it is the newer version, whole."""
    internal = life.inside(USUAL) / "_internal"
    internal.mkdir(parents=True, exist_ok=True)
    foreign = [internal / "foreign.txt", internal.parent / "site" / "notes.txt"]
    for path in foreign:
        path.parent.mkdir(exist_ok=True)
        path.write_text("ours", "utf-8")
    ran = life.install(life.newer, "/AUTOSTART", "/NODESKTOP")
    life.check("upgrade ends with 0", ran.status == 0, ran)
    registered(life, life.newer.version)
    life.check("foreign files stay", all(path.is_file() for path in foreign))
    for path in foreign:
        path.unlink(missing_ok=True)
    foreign[1].parent.rmdir()
    upgraded = life.tree()
    life.check("started with Windows, as asked for", "CardStation.exe" in life.value(APP, RUN))
    life.check("no desktop shortcut, as asked for", life.shortcuts() == ["menu"], life.shortcuts())

    (life.inside(USUAL) / "station.exe").unlink()
    ran = life.install(life.newer)
    life.check("the same version again mends it", ran.status == 0 and life.tree() == upgraded, ran)
    life.check("the parts stay as chosen", _parts(life) == (True, ["menu"]), _parts(life))

    removed = life.uninstall()
    life.check("removal ends with 0", removed.status == 0, removed)
    ran = life.install(life.newer)
    life.check("installed afresh", ran.status == 0, ran)
    programs_bear_the_version(life)
    fresh = life.tree()
    differ = sorted(name for name in {*fresh, *upgraded} if fresh.get(name) != upgraded.get(name))
    life.check("an upgraded folder equals a fresh one", not differ, differ)


def downgrade_refused(life: Life) -> None:
    """The older setup over the newer version, in both languages."""
    before = life.tree()
    ran = life.install(life.older, "/LANG=en")
    life.check("downgrade refused (11)", ran.status == 11, ran)
    told = f"newer version ({life.newer.version})" in ran.output
    life.check("its log says so", told, ran.output)
    ran = life.install(life.older, "/LANG=zh_CN")
    life.check("and in Chinese", f"更新的版本（{life.newer.version}）" in ran.output, ran.output)
    life.check("nothing was changed", life.tree() == before)


def _parts(life: Life) -> tuple[bool, list[str]]:
    return life.value(APP, RUN) != "", life.shortcuts()


def _killed_when(life: Life, moment: Callable[[], bool]) -> bool:
    """Whether the newer setup could be killed at that moment, before it ended."""
    for _ in range(TRIES):
        process = life.start([life.newer.file, "/S", f"/LOG={windows_path(life.log)}"])
        until(lambda: moment() or process.poll() is not None, pause=0)  # noqa: B023 - used at once
        running = process.poll() is None
        kill(process)
        if running:
            return True
        life.uninstall()
        life.install(life.older)
    return False


def _on_a_full_disk(life: Life) -> int:
    """How the newer setup ends when no file may grow beyond `SMALL_FILE`."""
    words = [windows_path(life.newer.file), "/S", f"/LOG={windows_path(life.log)}"]
    return subprocess.run(
        life.wine.command(words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=life.wine.environment(),
        # SIGXFSZ stays ignored, as Python has it: writing fails as on a full disk.
        restore_signals=False,
        preexec_fn=_small_files,
        timeout=600,
        check=False,
    ).returncode


def _small_files() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_FILE, SMALL_FILE))
