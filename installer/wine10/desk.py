"""The parts of a desk in the Debian: its Windows, the installed program, a reader with cards.

Runs inside the Debian, where /desk is the desk's own folder and /project the project.
"""

import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from installer.windows.wine import Ran, Wine
from installer.wine10.screen import DEADLINE, NotSeenError, Screen, until
from tests.pcsc.vcard import VirtualCard

DESK: Final = Path("/desk")
SITE: Final = "测试酒店"
SETTINGS: Final = f"""\
[desk]
id = "desk-7"
site = "{SITE}"
language = "zh_CN"

[reader]
"""
PORT: Final = 35963
"""Where vpcd waits for the first reader's card."""
FONT: Final = "Noto Sans CJK SC"
# Wine draws the frames of windows itself, in fonts that have no Chinese.
FRAME_FONTS: Final = ("Tahoma", "MS Sans Serif", "MS Shell Dlg", "MS Shell Dlg 2")


class Desk:
    """One computer of a site."""

    def __init__(self, screen: Screen) -> None:
        self.wine = Wine(DESK / "windows")
        self._screen = {"DISPLAY": screen.name}
        self.program = self.wine.drive / "Program Files/CardStation"
        self.data = self.wine.drive / "ProgramData/CardStation"

    def boot(self) -> str:
        """A Windows from nothing; the version of Wine. Raises `Failed`."""
        self.wine.boot()
        for name in FRAME_FONTS:
            key = r"HKCU\Software\Wine\Fonts\Replacements"
            self.wine.check(["reg", "add", key, "/v", name, "/d", FONT, "/f"])
        done = subprocess.run(["wine", "--version"], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def install(self) -> Ran:
        """Run the setup silently, the site's settings beside it."""
        taken = self.wine.drive / "from-site"
        taken.mkdir()
        (DESK / "setup.exe").rename(taken / "CardStation-setup.exe")
        (taken / "station.toml").write_text(SETTINGS, "utf-8")
        return self.wine.run([taken / "CardStation-setup.exe", "/S"])

    def station(self, *words: str, environment: Mapping[str, str] | None = None) -> Ran:
        """Run the installed command line to its end."""
        return self.wine.run(
            [self.program / "station.exe", *words],
            environment={**self._screen, **(environment or {})},
            timeout=3 * DEADLINE,
        )

    def well(self, *words: str) -> str:
        """Run a command that must end well; what it said. Raises `NotSeenError`."""
        ran = self.station(*words)
        if not ran.ok:
            raise NotSeenError(f"{' '.join(words)} ended with {ran.status}: {ran.output[-1500:]}")
        return ran.output.strip()

    def document(self, *words: str, environment: Mapping[str, str] | None = None) -> Any:
        """The one JSON document of a command. Raises `NotSeenError` where it gives none."""
        ran = self.station(*words, "--json", environment=environment)
        for line in ran.output.splitlines():
            with contextlib.suppress(ValueError):
                return json.loads(line)
        raise NotSeenError(f"{' '.join(words)} ended with {ran.status}: {ran.output[-600:]}")

    @contextlib.contextmanager
    def window(self, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
        """The installed window (`words` empty), or a command that opens one; ended afterwards."""
        name = "station.exe" if words else "CardStation.exe"
        process = self.wine.start([self.program / name, *words], self._screen)
        try:
            yield process
        finally:
            if process.poll() is None:
                self.wine.close()
                process.wait()

    @contextlib.contextmanager
    def watching(self) -> Iterator["Taps"]:
        """What `reader watch` of the installed program says, while it runs."""
        process = subprocess.Popen(
            self.wine.command([self.program / "station.exe", "reader", "watch", "--json"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.wine.environment(self._screen),
        )
        try:
            yield Taps(process)
        finally:
            self.wine.close()
            process.wait()


class Taps:
    """The taps that a running `reader watch` has told."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._told: list[dict[str, Any]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def uid(self, number: int) -> str:
        """Wait for the tap of this number, from 1; the UID read. Raises `NotSeenError`."""
        until(lambda: len(self._told) >= number or self._process.poll() is not None, "no tap came")
        if len(self._told) < number:
            raise NotSeenError(f"`reader watch` ended with {self._process.returncode}")
        return str(self._told[number - 1]["uid"])

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            with contextlib.suppress(ValueError):
                self._told.append(json.loads(line))


@contextlib.contextmanager
def reader() -> Iterator[VirtualCard]:
    """The PC/SC service with a virtual reader; the card that can be put on it."""
    service = subprocess.Popen(
        ["/usr/sbin/pcscd", "--foreground", "--disable-polkit"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    card = VirtualCard(PORT)
    try:
        until(_listens, "the virtual reader did not come")
        yield card
    finally:
        card.lift()
        service.terminate()
        service.wait()


def _listens() -> bool:
    """Whether vpcd waits for a card; asked without connecting, which would be a card."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return any(row[1].endswith(f":{PORT:04X}") and row[3] == "0A" for row in rows)
