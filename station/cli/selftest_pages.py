"""The self-test's pictures: every page painted off screen in both languages, by a child process."""

import struct
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Final

from station import children
from station.catalogue import LANGUAGES
from station.children import Child, is_packaged
from station.cli.display import has_window
from station.cli.selftest import NotWell
from station.cli.selftest_desk import surroundings

TIME_S: Final = 300.0
LOOK: Final = "light"
BESIDE_PAGES: Final = ("login", "demo")
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def pages(folder: Path) -> str:
    """How many pictures were made. The child itself refuses one that shows nothing."""
    if not has_window() and not is_packaged():
        return "-"
    pictures = folder / "pictures"
    program, arguments, place = children.command(Child.PICTURES, str(pictures), LOOK)
    environment = surroundings(folder)
    environment.pop("QT_QPA_PLATFORM", None)
    done = subprocess.run(  # noqa: S603 - this very program
        [program, *arguments],
        cwd=place,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIME_S,
        check=False,
    )
    said = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode:
        raise NotWell(f"{done.returncode}: {said[-1] if said else ''}")
    names = [*BESIDE_PAGES, *(page.key for page in import_module("ui.pages.registry").PAGES)]
    wanted = [f"{name}.{language}.{LOOK}.png" for language in LANGUAGES for name in names]
    missing = [name for name in wanted if not _is_picture(pictures / name)]
    if missing:
        raise NotWell(", ".join(missing))
    return f"{len(wanted)}"


def _is_picture(path: Path) -> bool:
    try:
        head = path.read_bytes()[:24]
    except OSError:
        return False
    return head.startswith(_PNG) and all(struct.unpack(">II", head[16:24]))
