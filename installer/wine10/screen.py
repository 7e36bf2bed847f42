"""A screen that nobody sees: what stands on it is pictured, read by OCR, and typed at.

Runs inside the Debian. Everything waits for a condition; `until` gives up with what it saw.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, TypeVar

SIZE: Final = "1700x900x24"
DEADLINE: Final = 120.0
"""Seconds; nothing is asserted about how long a thing took."""
LOOK: Final = 0.2
ENLARGED: Final = "250%"
"""Small Chinese letters are read well from this size on."""
Seen = TypeVar("Seen")


class NotSeenError(Exception):
    """What should have come to be did not; says what was there instead."""


def until(look: Callable[[], Seen], what: str, *, deadline: float = DEADLINE) -> Seen:
    """Look until something is there (true). Raises `NotSeenError`."""
    end = time.monotonic() + deadline
    while not (seen := look()):
        if time.monotonic() > end:
            raise NotSeenError(what)
        time.sleep(LOOK)
    return seen


def plain(text: str) -> str:
    """Only what OCR can be held to: letters and figures, in one row."""
    return "".join(re.findall(r"\w", text)).replace("_", "").lower()


def reads(word: str, seen: str) -> bool:
    """Whether a word stands in what was read; OCR may take one letter in four for another."""
    wanted = plain(word)
    for start in range(len(seen) - len(wanted) + 1):
        pairs = zip(wanted, seen[start : start + len(wanted)], strict=True)
        if sum(one != other for one, other in pairs) <= len(wanted) // 4:
            return True
    return False


class Screen:
    """A virtual X server; `name` is what programs find it by (DISPLAY)."""

    def __init__(self, pictures: Path, clipboard: str = "") -> None:
        """`clipboard` can be pasted from the start: Wine sees later changes when it pleases."""
        self._pictures = pictures
        reader, writer = os.pipe()
        self._server = subprocess.Popen(
            [
                *("Xvfb", "-displayfd", str(writer), "-screen", "0", SIZE),
                *("-nolisten", "tcp", "-noreset"),
            ],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as said:
            number = said.readline().strip()
        if not number:
            raise NotSeenError("Xvfb does not start")
        self.name = f":{number}"
        if clipboard:
            subprocess.run(
                ["xclip", "-selection", "clipboard"],
                input=clipboard.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "DISPLAY": self.name},
                check=True,
            )

    def close(self) -> None:
        self._server.terminate()
        self._server.wait()

    def window(self, title: str) -> str:
        """Wait for a window by a part of its title; its number, with the keyboard's focus."""
        number = until(lambda: self._find(title), f"no window {title!r} came")
        self.focus(number)
        return number

    def has(self, title: str) -> bool:
        """Whether such a window is there now."""
        return bool(self._find(title))

    def focus(self, number: str) -> None:
        """Give a window the keyboard."""
        self._do("xdotool", "windowfocus", "--sync", number)

    def type(self, text: str, *keys: str) -> None:
        """Type letters and figures, then press keys."""
        self._do("xdotool", "type", "--delay", "60", text)
        self.press(*keys)

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        self._do("xdotool", "key", *keys)

    def shut(self, number: str) -> None:
        """Close a window as somebody at the keyboard does."""
        self.focus(number)
        self.press("alt+F4")

    def read(self, number: str, words: Collection[str], *, strip: int = 0) -> None:
        """Wait until all of these words are read in a window. Raises `NotSeenError`.

        `strip` reads that many pixels at its foot only.
        """
        seen = ""

        def look() -> bool:
            nonlocal seen
            seen = self._ocr(number, strip)
            return all(reads(word, seen) for word in words)

        try:
            until(look, "")
        except NotSeenError:
            missing = [word for word in words if not reads(word, seen)]
            raise NotSeenError(f"not read: {missing}; read was: {seen[-600:]}") from None

    def picture(self, name: str) -> Path:
        """Take a picture of the whole screen."""
        path = self._pictures / f"{name}.png"
        self._do("import", "-window", "root", str(path))
        return path

    def _find(self, title: str) -> str:
        found = self._run("xdotool", "search", "--onlyvisible", "--name", title)
        return found.stdout.decode().split("\n", 1)[0]

    def _ocr(self, number: str, strip: int) -> str:
        path = Path("/tmp/looked-at.png")  # noqa: S108 - this Debian's own, on a tmpfs
        self._do("import", "-window", number, str(path))
        foot = ["-gravity", "South", "-crop", f"x{strip}+0+0", "+repage"] if strip else []
        self._do("convert", str(path), *foot, "-resize", ENLARGED, "-colorspace", "Gray", str(path))
        layout = "7" if strip else "11"
        done = self._run("tesseract", str(path), "-", "-l", "chi_sim", "--psm", layout)
        return plain(done.stdout.decode("utf-8", "replace"))

    def _do(self, *command: str) -> None:
        done = self._run(*command)
        if done.returncode != 0:
            raise NotSeenError(f"{' '.join(command[:3])}: {done.stderr.decode()[-300:]}")

    def _run(self, *command: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "DISPLAY": self.name},
            timeout=DEADLINE,
            check=False,
        )
