"""The checks themselves; runs inside the Debian. One line for each, then `N passed, N failed`.

A check that fails stops those that build on it only; whatever is still open is ended after it.
"""

import json
import subprocess
import sys
import time
import tomllib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from installer.windows.wine import Failed
from installer.wine10.desk import DESK, SETTINGS, SITE, Desk, reader
from installer.wine10.screen import NotSeenError, Screen, until
from tests.pcsc.vcard import VirtualCard

WORDS: Final = Path(__file__).parents[2] / "resources/i18n"
SUPERVISOR: Final = "张三"
PIN: Final = "135790"
DEMO_PIN: Final = "8251"
CARDS: Final = ("04A1B2C3D4E5F6", "5A6B7C8D")
ERRORS: Final = (
    *(Failed, NotSeenError),
    *(OSError, KeyError, ValueError, subprocess.SubprocessError),
)
FOOT: Final = 44
"""Pixels of the status bar at the window's foot."""


class Checks:
    """Counts what passed and what failed, and says it at once."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def check(self, name: str, does: Callable[[], object]) -> bool:
        """Do it; whether it ended without an error. What it gives is said beside its name."""
        began = time.monotonic()
        try:
            said = does()
        except ERRORS as error:
            self.failed += 1
            where = traceback.extract_tb(error.__traceback__)[-1]
            why = str(error) or f"{where.line}"
            print(f"FAILED  {name}: {why}", flush=True)
            return False
        self.passed += 1
        took = time.monotonic() - began
        print(f"ok      {name}{f': {said}' if said else ''} ({took:.0f} s)", flush=True)
        return True


def words(page: str) -> dict[str, str]:
    """A page's Chinese words, from the project's own catalogue."""
    return tomllib.loads((WORDS / f"ui/{page}.zh_CN.toml").read_text("utf-8"))


def reader_word(state: str) -> str:
    """What the badge says of the reader."""
    table = tomllib.loads((WORDS / "messages.zh_CN.toml").read_text("utf-8"))
    return f"{words('shell')['status_reader']}：{table['reader_state'][state]}"


def equal(found: object, wanted: object) -> str:
    """Nothing, or an error that says both."""
    if found != wanted:
        raise NotSeenError(f"{found!r} instead of {wanted!r}")
    return ""


def main() -> int:
    checks, screen = Checks(), Screen(DESK / "out", SUPERVISOR)
    desk = Desk(screen)
    try:
        if checks.check("Wine 10 makes a Windows", desk.boot) and installed(checks, desk):
            with reader() as card:
                checks.check("the self-test is well", lambda: selftest(desk))
                uids(checks, desk, card)
                window(checks, desk, screen, card)
            demo(checks, desk, screen)
    finally:
        desk.wine.close()
        screen.close()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


def installed(checks: Checks, desk: Desk) -> bool:
    """The setup, as fifty desks run it."""

    def setup() -> str:
        ran = desk.install()
        equal(ran.status, 0)
        return equal((desk.program / "CardStation.exe").is_file(), True)

    def settings() -> str:
        text = (desk.data / "station.toml").read_text("utf-8")
        given, found = tomllib.loads(SETTINGS)["desk"], tomllib.loads(text)["desk"]
        return equal({key: found.get(key) for key in given}, given)

    if not checks.check("the setup installs silently", setup):
        return False
    checks.check("the site's settings were taken along", settings)
    checks.check("the command line starts", lambda: desk.well("--version"))
    return True


def selftest(desk: Desk) -> str:
    """Every part of the installed program, the reader among them; how many."""
    report = desk.wine.drive / "selftest.json"
    desk.station("--selftest", "--report", r"C:\selftest.json")
    found = json.loads(report.read_text("utf-8"))
    equal([f"{one['name']}: {one['why']}" for one in found["checks"] if not one["ok"]], [])
    return f"{len(found['checks'])} parts"


def uids(checks: Checks, desk: Desk, card: VirtualCard) -> None:
    """The installed program reads cards: Windows pyscard, Wine's winscard, pcsc-lite, vpcd."""

    def doctor() -> str:
        found = {one["name"]: one for one in desk.document("doctor")["checks"]}
        equal(found["reader"]["state"], "ok")
        return str(found["reader"]["detail"])

    def read() -> str:
        card.tap(CARDS[0])
        with desk.watching() as taps:
            equal(taps.uid(1), CARDS[0])
            card.tap(CARDS[1])
            equal(taps.uid(2), CARDS[1])
        return ", ".join(CARDS)

    checks.check("the doctor finds the reader", doctor)
    checks.check("the installed program reads two cards", read)
    card.lift()


def window(checks: Checks, desk: Desk, screen: Screen, card: VirtualCard) -> None:
    """The real window: the first supervisor, the rooms page, the reader's badge."""
    login, rooms = words("login"), words("rooms")
    with desk.window() as process:
        number = ""

        def first() -> None:
            nonlocal number
            number = screen.window(words("shell")["title"])
            screen.read(number, [SITE, login["first_title"], login["first_name"]])
            screen.picture("1-first-supervisor")

        def log_in() -> None:
            screen.focus(number)
            screen.press("ctrl+v", "Return")
            screen.type(PIN, "Return")
            screen.type(PIN, "Return")
            screen.read(number, [rooms["no_rooms"].split("：")[0]])
            screen.read(number, [reader_word("empty")], strip=FOOT)
            screen.picture("2-rooms")

        def badge() -> None:
            card.tap(CARDS[0])
            screen.read(number, [reader_word("card")], strip=FOOT)
            screen.picture("3-card-on-the-reader")
            card.lift()
            screen.read(number, [reader_word("empty")], strip=FOOT)

        def end() -> None:
            screen.shut(number)
            until(lambda: process.poll() is not None, "the program did not end")
            equal(process.returncode, 0)

        def known() -> str:
            rows = desk.document("operators", "list", environment={"STATION_OPERATOR_PIN": PIN})
            return equal([row["name"] for row in rows], [SUPERVISOR])

        if (
            checks.check("the window asks for a first supervisor, in Chinese", first)
            and checks.check("the first supervisor logs in: the rooms page", log_in)
            and checks.check("the badge follows a card put down and taken away", badge)
            and checks.check("the window closes and its program ends", end)
        ):
            checks.check("the name typed in the window is the one in the journal", known)
        else:
            screen.picture("failed")


def demo(checks: Checks, desk: Desk, screen: Screen) -> None:
    """The demo's rooms page: the window with something in it."""
    shell, said, rooms = words("shell"), words("demo"), words("rooms")
    with desk.window("--lang", "zh_CN", "demo") as process:

        def pages() -> None:
            number = screen.window(shell["title"])
            screen.window(said["title"])
            screen.focus(number)
            screen.read(number, [words("login")["operator"], said["site"]])
            screen.picture("4-demo-log-in")
            screen.type(DEMO_PIN, "Return")
            screen.read(number, [rooms["search"], "302"])
            screen.read(number, [reader_word("empty"), said["supervisor"]], strip=FOOT)
            screen.picture("5-demo-rooms")
            screen.shut(number)
            until(lambda: process.poll() is not None, "the demo did not end")
            equal(process.returncode, 0)

        if not checks.check("the demo's rooms are seen in the window", pages):
            screen.picture("failed-demo")


if __name__ == "__main__":
    sys.exit(main())
