"""`demo`: the desk on simulators. Without a window in this version, the scripted tour runs."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

from station.cli.declare import Call, command, option
from station.cli.parsing import path_of
from station.errors import Code, InputInvalid

WRONG = 1


@command("demo")
def demo_command(
    call: Call, tour: Annotated[str | None, option("--tour", metavar="DIR")] = None
) -> int:
    if tour is not None:
        return _tour(call, _folder(tour))
    with tempfile.TemporaryDirectory(prefix="card-station-demo-") as folder:
        return _tour(call, Path(folder))


def _folder(text: str) -> Path:
    folder = path_of(text, field="tour").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputInvalid(
            Code.FILE_UNWRITABLE, path=str(folder), why=error.strerror or "?"
        ) from error
    return folder


def _tour(call: Call, folder: Path) -> int:
    try:
        from station.cli.tour import run
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"flask", "werkzeug"}:
            raise
        # The extra `simulators` was left out of this installation.
        raise InputInvalid(Code.PART_NOT_SET_UP, part="simulators") from error
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return 0 if run(call, folder) else WRONG
