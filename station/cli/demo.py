"""`demo`: the desk on simulators, in its window; without a screen, or with `--tour`, the tour."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

from station import children
from station.children import Child
from station.cli.declare import Call, command, option
from station.cli.display import has_display, has_window
from station.cli.parsing import path_of
from station.errors import Code, InputInvalid

WRONG = 1
PICTURES = "screenshots"
PICTURES_TIME_S = 300.0


@command("demo")
def demo_command(
    call: Call, tour: Annotated[str | None, option("--tour", metavar="DIR")] = None
) -> int:
    if tour is not None:
        return _tour(call, _folder(tour))
    if not call.out.json and has_window() and (call.platform or has_display()):
        return _window(call)
    with tempfile.TemporaryDirectory(prefix="card-station-demo-") as folder:
        return _tour(call, Path(folder), pictures=False)


def _window(call: Call) -> int:
    from importlib import import_module

    home = call.home.root if call.home_option else None
    try:
        demo = import_module("ui.demo")
        return int(demo.run(home, call.words.language, call.operator or None, call.platform))
    except ModuleNotFoundError as error:
        raise _explained(error) from error


def _folder(text: str) -> Path:
    folder = path_of(text, field="tour").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNWRITABLE, path=str(folder), why=error.strerror or "?"
        ) from error
    return folder


def _tour(call: Call, folder: Path, *, pictures: bool = True) -> int:
    try:
        from station.cli.tour import run
    except ModuleNotFoundError as error:
        raise _explained(error) from error
    well = run(call, folder)
    if well and pictures:
        well = _take_pictures(call, folder / PICTURES)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return 0 if well else WRONG


def _explained(error: ModuleNotFoundError) -> Exception:
    if (error.name or "").split(".")[0] not in {"flask", "werkzeug"}:
        return error
    # The extra `simulators` was left out of this installation.
    return InputInvalid(Code.PART_NOT_SET_UP, part="simulators")


def _take_pictures(call: Call, folder: Path) -> bool:
    """A picture of every page, by a program of its own; whether all were made.

    Where the window is not installed there is nothing to picture, which is said.
    """
    words = call.words
    if not has_window():
        call.out.note(words.text("tour.no_pictures"))
        return True
    program, arguments, place = children.command(Child.PICTURES, str(folder))
    try:
        done = subprocess.run(  # noqa: S603 - this very program
            [program, *arguments],
            cwd=place,
            capture_output=True,
            timeout=PICTURES_TIME_S,
            check=False,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        well, said = done.returncode == 0, done.stderr.decode(errors="replace").strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        well, said = False, type(error).__name__
    if well:
        count = len(list(folder.glob("*.png")))
        call.out.say(words.text("tour.pictures", count=count, folder=folder), style="green")
        return True
    why = said.splitlines()[-1] if said else str(done.returncode)
    call.out.note(words.text("tour.pictures_failed", what=why), style="red")
    return False
