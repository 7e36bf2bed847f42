"""One Windows with the program's setups: what they are told, what they leave, what is checked."""

import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from installer.windows.wine import WINDOWS, Failed, Ran, Wine, windows_path

APP: Final = "CardStation"
USUAL: Final = rf"C:\Program Files\{APP}"
UNINSTALL: Final = rf"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\{APP}"
RUN: Final = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run"
STAGE: Final = "setup-new"
DEADLINE_S: Final = 180.0
UTF8: Final = {"LC_ALL": "C.UTF-8"}
"""So that Wine takes Chinese words of a command line as they are meant."""

Tree = dict[str, str]
"""File below a folder → SHA-256."""


@dataclass(frozen=True)
class Setup:
    """A setup.exe and the version it brings."""

    file: Path
    version: str


@dataclass
class Life:
    """The machine, the two setups, and how many checks went well."""

    wine: Wine
    newer: Setup
    older: Setup
    work: Path
    tell: Callable[[str], None] = print
    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def check(self, name: str, well: object, told: object = "") -> bool:
        """Count a check and tell how it went; `told` is said when it failed."""
        if well:
            self.passed += 1
            self.tell(f"ok    {name}")
        else:
            self.failed.append(name)
            self.tell(f"FAIL  {name}   {str(told)[-2000:]}")
        return bool(well)

    # places, seen from outside

    def inside(self, path: str) -> Path:
        """Where `C:\\…` is seen from outside."""
        return self.wine.drive.joinpath(*path.removeprefix("C:\\").split("\\"))

    @property
    def data(self) -> Path:
        return self.wine.drive / "ProgramData" / APP

    @property
    def log(self) -> Path:
        """The log that every setup here is told to write."""
        return self.work / "setup.log"

    def shortcuts(self) -> list[str]:
        """Where a shortcut of the program lies: `menu`, `desktop`."""
        start = self.wine.drive / "ProgramData" / "Microsoft" / "Windows" / "Start Menu"
        places = {
            "menu": start / "Programs" / APP / f"{APP}.lnk",
            "desktop": _any_case(self.wine.drive, "users", "Public", "Desktop", f"{APP}.lnk"),
        }
        return [name for name, path in places.items() if path.exists()]

    # running things

    def install(self, setup: Setup, *options: str, timeout: float = 600) -> Ran:
        """A silent installation; what it wrote into the log stands behind its output.

        Options go unquoted, as `/D=` wants them: one with a blank becomes several words of the
        same command line.
        """
        return self._logged(setup.file, "/S", *options, timeout=timeout)

    def uninstall(self, folder: str = USUAL, *options: str) -> Ran:
        """A silent removal that is waited for (`_?=`): its exit status; it leaves itself behind."""
        return self._logged(f"{folder}\\uninstall.exe", "/S", *options, f"_?={folder}")

    def remove(self, folder: str = USUAL, *options: str) -> None:
        """A silent removal as Windows does it: the uninstaller copies itself away, ends later."""
        uninstaller = self.inside(folder) / "uninstall.exe"
        self.wine.run([uninstaller, "/S", *options])
        until(lambda: not uninstaller.exists() and not self.value("DisplayName"), 60, 0.5)
        until(lambda: self.can_begin() == 0, 60, 0.5)

    def _logged(self, program: str | Path, *options: str, timeout: float = 600) -> Ran:
        self.log.unlink(missing_ok=True)
        spoken = [] if any(word.startswith("/LANG=") for word in options) else ["/LANG=en"]
        words = [program, f"/LOG={windows_path(self.log)}", *spoken, *words_of(options)]
        ran = self.wine.run(words, timeout=timeout, environment=UTF8)
        return Ran(ran.status, ran.output + self.said())

    def said(self) -> str:
        """What the last setup or uninstaller wrote into its log."""
        return self.log.read_bytes().decode("utf-16") if self.log.is_file() else ""

    def start(
        self, words: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a program; its output can be read."""
        return subprocess.Popen(
            self.wine.command(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.wine.environment({**UTF8, **(environment or {})}),
        )

    # what is there

    def values(self, key: str = UNINSTALL) -> dict[str, str]:
        """The values of a key of the registry, numbers in hex; printing them would lose Chinese."""
        file = self.work / "key.reg"
        file.unlink(missing_ok=True)
        self.wine.run(["reg", "export", key, file, "/y", "/reg:64"])
        text = file.read_bytes().decode("utf-16") if file.is_file() else ""
        own = text.split("\n[", 2)[1] if "\n[" in text else ""
        strings = re.findall(r'^"(\w+)"="(.*)"\s*$', own, re.MULTILINE)
        numbers = re.findall(r'^"(\w+)"=dword:([0-9a-f]+)\s*$', own, re.MULTILINE)
        return {name: re.sub(r"\\(.)", r"\1", value) for name, value in strings} | dict(numbers)

    def value(self, name: str, key: str = UNINSTALL) -> str:
        """One value, or nothing."""
        return self.values(key).get(name, "")

    def tree(self, folder: str = USUAL) -> Tree:
        """The program's files, without the uninstaller."""
        root = self.inside(folder)
        files = (path for path in root.rglob("*") if path.is_file())
        found = {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }
        return {name: value for name, value in found.items() if name != "uninstall.exe"}

    def can_begin(self) -> int:
        """The exit status of the newer setup when it is only asked whether it would begin."""
        return self.wine.run([self.newer.file, "/S", "/CHECK"]).status


@contextmanager
def awake(wine: Wine) -> Iterator[None]:
    """Make the prefix, and keep Wine's own services running until the end: each start waits less.

    They are started with no output of their own, or they would hold the first program's for ever.
    """
    wine.boot()
    if not WINDOWS:
        environment = wine.environment()
        subprocess.run(["wineserver", "-p"], env=environment, check=True, timeout=60)
    try:
        wine.start(["cmd", "/c", "ver"]).wait(120)
        yield
    finally:
        wine.close()


def words_of(options: Sequence[str]) -> list[str]:
    """Options split at blanks: joined by the system again, they reach the program unquoted."""
    return [word for option in options for word in option.split(" ")]


def until(well: Callable[[], object], deadline: float = DEADLINE_S, pause: float = 0.1) -> bool:
    """Wait (seconds) until something is so; whether it came to be."""
    ends = time.monotonic() + deadline
    while not well():
        if time.monotonic() > ends:
            return False
        time.sleep(pause)
    return True


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program at once, without its doing anything more."""
    if process.poll() is None:
        if WINDOWS:
            process.kill()
        else:
            os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    if process.stdout is not None:
        process.stdout.close()


def _any_case(root: Path, *names: str) -> Path:
    """The path as it is written on this disk; Wine's folders differ in case between versions."""
    path = root
    for name in names:
        listed = path.iterdir() if path.is_dir() else iter(())
        path = next((one for one in listed if one.name.lower() == name.lower()), path / name)
    return path


def version_of(file: Path) -> str:
    """The ProductVersion of a program. Raises `Failed` where it bears none."""
    import pefile

    with pefile.PE(str(file), fast_load=True) as program:
        program.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        for blocks in getattr(program, "FileInfo", []):
            for block in blocks:
                for table in getattr(block, "StringTable", []):
                    found = table.entries.get(b"ProductVersion")
                    if found:
                        return str(found.decode("utf-8").strip("\0 "))
    raise Failed(f"{file.name} bears no version")
