"""Removal: the data stays, and is found again; or it goes as well, when that is asked for."""

import hashlib

from installer.lifecycle.life import USUAL, Life
from installer.lifecycle.unattended import gone


def data_kept(life: Life) -> None:
    """Removed and installed again: the desk is what it was."""
    before = _data(life)
    foreign = life.inside(USUAL) / "site.txt"
    foreign.write_text("ours", "utf-8")
    life.remove()
    left = sorted(path.name for path in life.inside(USUAL).rglob("*"))
    life.check("the program is gone, a foreign file stays", left == ["site.txt"], left)
    foreign.unlink(missing_ok=True)
    if not left[1:]:
        life.inside(USUAL).rmdir()
    gone(life)
    life.check("the data is kept", before and _data(life) == before)
    ran = life.install(life.newer)
    life.check("installed again: ends with 0", ran.status == 0, ran)
    life.check("and the data is as it was", _data(life) == before)
    life.remove()
    gone(life)


def purged(life: Life) -> None:
    """With /PURGE the data goes as well, when nothing runs."""
    life.install(life.newer)
    (life.data / "note.txt").write_text("x", "utf-8")
    life.remove(USUAL, "/PURGE")
    gone(life)
    life.check("/PURGE removed the data", not life.data.exists())


def _data(life: Life) -> dict[str, str]:
    """The desk's data, but not its log."""
    files = (path for path in life.data.rglob("*") if path.is_file())
    return {
        path.relative_to(life.data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.parent.name != "logs"
    }
