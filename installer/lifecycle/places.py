"""Other folders: with a blank, with Chinese characters, and the upgrade that follows there."""

from installer.lifecycle.life import USUAL, Life
from installer.lifecycle.unattended import gone, registered

FOLDERS = (r"C:\Desk Apps\Card Station", r"C:\前台 程序\房卡工作站")


def folders(life: Life) -> None:
    """Install with /D=, run, upgrade where it is, remove."""
    for folder in FOLDERS:
        ran = life.install(life.older, f"/D={folder}")
        life.check(f"/D={folder} ends with 0", ran.status == 0, ran)
        registered(life, life.older.version, folder)
        ran = life.wine.run([life.inside(folder) / "station.exe", "--version"])
        life.check("the program runs there", ran.ok and ran.output.strip(), ran)
        ran = life.install(life.newer)
        life.check("the upgrade goes where the old version is", ran.status == 0, ran)
        registered(life, life.newer.version, folder)
        life.check("and not to the usual place", not life.inside(USUAL).exists())
        moved = folder + " 2"
        ran = life.install(life.newer, f"/D={moved}")
        life.check("another /D= moves it", ran.status == 0, ran)
        registered(life, life.newer.version, moved)
        life.check("the place before is empty", not life.inside(folder).exists())
        life.remove(moved)
        gone(life, moved)
