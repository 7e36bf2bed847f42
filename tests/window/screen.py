"""A private X display without a window manager: keys, colours, who is in front, no sleeping.

Xvfb picks a free display and keeps its picture in a file, so that a test sees the colours that an
operator sees. Keys come from `xdotool`, as from a keyboard: they go to whoever has the focus.
"""

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from PySide6.QtGui import QImage

from tests.window.xlib import Display

DEADLINE: Final = 30.0
WIDTH, HEIGHT = 1366, 768
NEEDED: Final = ("Xvfb", "xdotool", "setpriv")
INSTALL: Final = "apt-get install -y --no-install-recommends xvfb xdotool libx11-6 util-linux"
_HEADER: Final = struct.Struct(">25I")
_COLOUR_ENTRY: Final = 12
_NAMES: Final = {"-": "minus", ":": "colon", " ": "space"}


def what_is_missing() -> str:
    """Why no screen can be made here, with what to do about it; empty when one can."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return f"{', '.join(missing)} not found: {INSTALL}" if missing else ""


def until(is_so: Callable[[], bool], what: str = "") -> None:
    """Wait for a condition, with a generous deadline."""
    end = monotonic() + DEADLINE
    while not is_so():
        assert monotonic() < end, what or "it never came to that"
        sleep(0.01)


def _without_repeats(names: Sequence[str]) -> list[list[str]]:
    """A key that goes up and down within one millisecond is one that is held, says X.

    So no call of `xdotool` presses the same key twice running.
    """
    turns: list[list[str]] = []
    for name in names:
        if not turns or turns[-1][-1] == name:
            turns.append([])
        turns[-1].append(name)
    return turns


class Screen:
    """See the module. `pressed` counts every key that went down."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.pressed = 0
        self.display = Display(name)
        self._picture = folder / "Xvfb_screen0"

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to open its window here."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb", "QT_QPA_PLATFORMTHEME": ""}

    # hands

    def keys(self, *names: str) -> None:
        """Press keys one after another, by the names that X has for them."""
        self.pressed += len(names)
        for turn in _without_repeats(names):
            self._xdotool("key", "--delay", "1", *turn)

    def type(self, text: str) -> None:
        """Type ASCII, one key for each character."""
        self.keys(*[_NAMES.get(char, char) for char in text])

    def window_of(self, pid: int) -> int:
        """The window of a program, 0 while it shows none."""
        found = self._xdotool("search", "--onlyvisible", "--pid", str(pid), may_fail=True)
        return int(found.split()[0]) if found else 0

    def give_focus(self, window: int) -> None:
        """What a window manager does with a window that appears."""
        self._xdotool("windowfocus", "--sync", str(window))

    # eyes

    def picture(self) -> QImage:
        """What is on the screen now."""
        data = self._picture.read_bytes()
        head = _HEADER.unpack_from(data)
        size, width, height, line, colours = head[0], head[4], head[5], head[12], head[19]
        pixels = data[size + colours * _COLOUR_ENTRY :]
        return QImage(pixels, width, height, line, QImage.Format.Format_RGB32).copy()

    def count(self, colour: str, left: int = 0, right: int = WIDTH, top: int = 0) -> int:
        """How many pixels of `#rrggbb` there are between two columns, below a row."""
        wanted = bytes.fromhex(colour[1:])[::-1]
        image = self.picture()
        line, data = image.bytesPerLine(), bytes(image.constBits())
        starts = range(line * top, line * image.height(), line)
        rows = (data[at + 4 * left : at + 4 * right] for at in starts)
        return sum(row.count(wanted) for row in rows)

    def save(self, path: Path) -> None:
        """Keep what is on the screen, for somebody who wonders why a test failed."""
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self.picture().save(str(path)), path

    def _xdotool(self, *argv: str, may_fail: bool = False) -> str:
        ran = subprocess.run(
            ["xdotool", *argv],
            env={"DISPLAY": self.name, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=DEADLINE,
        )
        assert may_fail or ran.returncode == 0, ran
        assert not ran.stderr, ran
        return ran.stdout.strip()


@contextmanager
def running_screen() -> Iterator[Screen]:
    """A display of one's own; it goes with the tests should they be killed."""
    folder = Path(tempfile.mkdtemp(prefix="screen-"))
    ready, says = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    command = ["setpriv", "--pdeathsig", "KILL", "Xvfb", "-displayfd", str(says)]
    more = ["-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp", "-noreset"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, *more], pass_fds=[says], stdout=log, stderr=log)
    os.close(says)
    try:
        with os.fdopen(ready) as told:
            number = told.readline().strip()
        assert number, (folder / "log").read_text("utf-8", "replace")
        screen = Screen(f":{number}", folder)
        try:
            yield screen
        finally:
            screen.display.close()
    finally:
        server.terminate()
        server.wait(DEADLINE)
        shutil.rmtree(folder, ignore_errors=True)
