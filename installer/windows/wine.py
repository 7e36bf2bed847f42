"""Runs Windows programs: under Wine on Linux, as they are on Windows.

Wine 8 has two habits to live with: a Windows Python wants its input from nowhere and its output in
a pipe ("invalid handle" otherwise), and an exit status keeps its low eight bits only.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

WINDOWS: Final = sys.platform == "win32"
QUIET: Final = {
    "WINEDEBUG": "-all",
    "WINEARCH": "win64",
    "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe=",
}
COMPILER: Final = "x86_64-w64-mingw32-gcc"
DROPPED: Final = ("DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""What must not reach the Windows programs: this machine's screen, this Python's folders."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a Windows program ended: its exit status (0-255 under Wine) and all it printed."""

    status: int
    output: str

    @property
    def ok(self) -> bool:
        return self.status == 0


class Failed(Exception):
    """A Windows program that must not fail did; its output says why."""


class Wine:
    """One Wine prefix: a Windows 10 with a drive of its own. On Windows, the machine itself."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix.absolute()

    @property
    def drive(self) -> Path:
        """Where its drive C: is seen from outside."""
        return Path("C:/") if WINDOWS else self.prefix / "drive_c"

    def boot(self) -> None:
        """Make the prefix if it is not there: about 15 s. Raises `Failed`."""
        if WINDOWS or (self.prefix / "system.reg").is_file():
            return
        if shutil.which("wine") is None:
            raise Failed("wine is not installed")
        self.prefix.mkdir(parents=True, exist_ok=True)
        self.check(["wineboot", "-i"], timeout=300)
        self.check(["reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"])
        self._complete()
        self.wait()

    def wait(self) -> None:
        """Until every program of the prefix has ended and the registry is on disk."""
        if not WINDOWS:
            self._server("-w")

    def close(self) -> None:
        """End what still runs in this prefix."""
        if not WINDOWS and self.prefix.is_dir():
            self._server("-k")
            self._server("-w")

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a program of the prefix is started with."""
        if WINDOWS:
            return {**os.environ, **(extra or {})}
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        return {**kept, **QUIET, "WINEPREFIX": str(self.prefix), **(extra or {})}

    def command(self, args: Sequence[str | PurePath]) -> list[str]:
        """How `args` are started from this system; paths become Windows paths."""
        words = [windows_path(word) if isinstance(word, PurePath) else word for word in args]
        return words if WINDOWS else ["wine", *words]

    def run(
        self,
        args: Sequence[str | PurePath],
        *,
        cwd: Path | None = None,
        timeout: float = 600,
        environment: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run a Windows program to its end, or `subprocess.TimeoutExpired` after `timeout` s."""
        done = subprocess.run(
            self.command(args),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            timeout=timeout,
            env=self.environment(environment),
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))

    def start(
        self, args: Sequence[str | PurePath], environment: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a Windows program and go on; its output is thrown away."""
        return subprocess.Popen(
            self.command(args),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment(environment),
        )

    def check(
        self,
        args: Sequence[str | PurePath],
        *,
        cwd: Path | None = None,
        timeout: float = 600,
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """Run a Windows program that must end well; what it printed. Raises `Failed`."""
        ran = self.run(args, cwd=cwd, timeout=timeout, environment=environment)
        if not ran.ok:
            named = " ".join(str(word) for word in args[:4])
            raise Failed(f"{named} … ended with {ran.status}:\n{ran.output[-4000:]}")
        return ran.output

    def _complete(self) -> None:
        """Add the library of Windows 10 that Wine 8 lacks (see bcryptprimitives.c)."""
        library = self.drive / "windows" / "system32" / "bcryptprimitives.dll"
        source = Path(__file__).with_name("bcryptprimitives.c")
        if not library.exists():
            subprocess.run(
                [COMPILER, "-shared", "-O2", "-s", "-o", library, source, "-ladvapi32"], check=True
            )

    def _server(self, option: str) -> None:
        subprocess.run(
            ["wineserver", option],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )


def windows_path(path: PurePath) -> str:
    """A path of this system as Windows programs see it: drive Z: is the whole file system."""
    if WINDOWS:
        return str(path)
    return "Z:" + str(Path(path).absolute()).replace("/", "\\")
