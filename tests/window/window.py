"""The real program in a real window, as a process: started, logged in to, closed, killed.

Nothing of it is looked into. What it does is seen from outside: the journal's file read by another
connection, the calls that its services get, the colours on the screen.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from station.simulators.hardware import SimCard
from tests.faults.place import BOSS, Place
from tests.faults.program import PLAIN_DEADLINE_S, surroundings
from tests.window.screen import Screen, until
from ui import top_window
from ui.memory import Memory
from ui.theme import tokens
from ui.theme.tokens import LIGHT

CLERK, CLERK_PIN = "王芳", "7364"
MANY: Final = 5_000
"""Pixels: more than any button or letter of that colour has."""
CHIP: Final = 500
FRAMES: Final = 2_400
"""Pixels: fewer than the frames of all actions have, more than those of a form for a room."""
PANEL: Final = top_window.WIDTH - tokens.CARD_PANEL_WIDTH
"""Where the card panel begins, from the left."""
RESULT_TOP: Final = 250
"""Below what the panel says of the card and the room, from above."""
GOOD, BAD, DOUBT, NEWS = LIGHT.good_soft, LIGHT.bad_soft, LIGHT.unresolved, LIGHT.accent_soft
STOPPED = LIGHT.warn_soft
"""What the panel's result is tinted in."""


def artefacts() -> Path:
    """Where pictures and tables are left: `build/artefacts`, or what the environment names."""
    usual = Path(__file__).parents[2] / "build/artefacts"
    return Path(os.environ.get("CARD_STATION_ARTEFACTS", usual))


def sat_here_last(place: Place, name: str) -> None:
    """Let the window remember an operator: the keyboard is in the PIN field then."""
    memory = Memory(place.home)
    memory.operator = name
    memory.names = (BOSS, CLERK)
    memory.sync()


class Window:
    """One run of the program on the desk of a `Place`."""

    def __init__(self, place: Place, screen: Screen, process: "subprocess.Popen[bytes]") -> None:
        self.place, self.screen, self.process = place, screen, process
        until(lambda: bool(screen.window_of(process.pid)) or not self.is_running)
        assert self.is_running, "it ended before its window was seen"
        self.id = screen.window_of(process.pid)
        screen.give_focus(self.id)

    # at the desk

    def log_in(self, *before: str, pin: str = CLERK_PIN) -> int:
        """Choose the operator with the keys `before`, type the PIN; the keys that it took."""
        self.until_open()
        start = self.screen.pressed
        self.screen.keys(*before)
        self.screen.type(pin)
        self.screen.keys("Return")
        until(self.shows_rooms, "nobody was logged in")
        return self.screen.pressed - start

    def until_open(self) -> None:
        """The desk is open and knows its operators: the service was asked how it is."""
        until(lambda: bool(self.place.lock.calls.all("GetRoomList")), "the desk did not open")

    def begin(self) -> None:
        """Leave whatever the panel shows; the keyboard in the search field."""
        self.screen.keys("Escape", "Escape", "Escape", "F2")

    def keys(self, *names: str) -> None:
        self.screen.keys(*names)

    def type(self, text: str) -> None:
        self.screen.type(text)

    def put(self, card: SimCard | None = None, *, seen: bool = True) -> SimCard:
        """Lay a card (a new one) on the encoder; the panel has seen it then.

        Without a reader the encoder is asked again and again: once a question was answered after
        the card was there, the next question tells that the panel knows the answer.
        """
        laid = self.place.world.put(card or self.place.world.new_card(), swap=True)
        if seen:
            looks = self.looks() + 2
            until(lambda: self.looks() >= looks, "nobody looks at the encoder")
        return laid

    def close(self) -> None:
        """The cross is clicked."""
        self.screen.display.ask_to_close(self.id)

    # what is seen

    def shows_rooms(self) -> bool:
        return self.screen.count(LIGHT.vacant, right=PANEL) > MANY

    def shows(self, colour: str) -> bool:
        """Whether the panel's result has this colour."""
        return self.screen.count(colour, PANEL, top_window.WIDTH, RESULT_TOP) > MANY

    def offers_all(self) -> bool:
        """Whether the panel shows all actions, as for a room that somebody lives in."""
        return self._in_panel(LIGHT.line_strong) > FRAMES

    def until_form(self) -> None:
        """A form took the place of all those actions."""
        until(lambda: not self.offers_all(), "the panel still shows its actions")

    def shows_lived_in(self) -> bool:
        """Whether the panel's room is one that somebody lives in."""
        return self._in_panel(LIGHT.occupied) > CHIP

    def shows_one_to_settle(self) -> bool:
        """Whether the page of what is unresolved shows its big button."""
        return not self.shows_rooms() and self.screen.count(LIGHT.accent) > 3 * MANY

    def until_shown(self, colour: str) -> None:
        until(lambda: self.shows(colour), f"the panel never turned to {colour}")

    def _in_panel(self, colour: str) -> int:
        return self.screen.count(colour, PANEL, top_window.WIDTH)

    def looks(self) -> int:
        return len(self.place.lock.calls.all("ReadCard"))

    def writes(self) -> int:
        return len(self.place.writes())

    def rows(self) -> list[dict[str, Any]]:
        """The journal's operations by another connection to its file, the newest first."""
        address = f"file:{self.place.home / 'journal.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as journal:
            journal.row_factory = sqlite3.Row
            found = journal.execute("SELECT * FROM operations ORDER BY number DESC").fetchall()
        return [dict(row) for row in found]

    def until_done(self, kind: str, room: str, count: int = 1) -> None:
        """So many operations of a kind on a room stand in the journal as done."""

        def is_so() -> bool:
            rows = [row for row in self.rows() if (row["kind"], row["room_name"]) == (kind, room)]
            return [row["state"] for row in rows].count("done") >= count

        until(is_so, f"no {kind} of {room} in the journal")

    # the end

    def wait(self) -> int:
        """The exit status, once it has ended."""
        return self.process.wait(PLAIN_DEADLINE_S)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None


@contextmanager
def running_window(place: Place, screen: Screen, **extra: str) -> Iterator[Window]:
    """The program started and on the screen; killed if it is still there at the end.

    What it says on stderr (a Qt warning, a traceback) fails the test.
    """
    place.lock.calls.clear()
    with (place.folder / "stderr").open("wb+") as said:
        process = start_window(place, screen, stderr=said, **extra)
        try:
            window = Window(place, screen, process)
            yield window
        except BaseException as error:
            screen.save(artefacts() / "window" / "failed.png")
            error.add_note(_said(said))
            raise
        finally:
            process.kill()
            process.wait()
        assert _said(said) == ""


def _said(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def start_window(
    place: Place, screen: Screen, stderr: Any = None, **extra: str
) -> "subprocess.Popen[bytes]":
    """`python -m ui` on the desk of a place."""
    own = {"STATION_OPERATOR", "STATION_OPERATOR_PIN"}
    desk = {name: value for name, value in place.environment.items() if name not in own}
    return subprocess.Popen(
        [sys.executable, "-m", "ui", "--home", str(place.home), "--lang", "zh_CN"],
        env=surroundings({**desk, **screen.environment, **extra}),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )
