"""From the start of the program to a log-in page that takes keys, and from the PIN to the rack.

`python -m tests.bench.bench_window_start [--events N] [--keep FOLDER] [--rounds N] [--platform P]`.
Each round starts an empty PySide6 window and the real program, in turn, each a process of its own.
Ready means: painted, and a key that was pressed before anything else is in the field.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench.homes import LI, PIN, add_options, big_home
from tests.bench.table import Line, ms, percentile, show

TYPING_S: Final = 1.0
"""Nobody types name and PIN faster; what the program does meanwhile nobody waits for."""
ROOT: Final = Path(__file__).parents[2]
EMPTY: Final = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit
import json, time

class Window(QLineEdit):
    seen = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.seen:
            self.seen = True
            QTimer.singleShot(0, ready)

def ready():
    print(json.dumps({"painted": time.monotonic(), "cpu": time.process_time()}), flush=True)
    app.quit()

app = QApplication([])
window = Window()
window.resize(1280, 768)
window.show()
sys.exit(app.exec())
"""
PROGRAM: Final = """
import sys, time
from ui.app import run, TopWindow
from ui import app

def note(name, **more):
    import json
    print(json.dumps({name: time.monotonic(), **more}), flush=True)

def longest():
    found = max(gaps.gaps, default=0.0)
    gaps.start()
    return found

class Window(TopWindow):
    def __init__(self, *given):
        super().__init__(*given)
        self.painted.connect(self.meter)

    def meter(self):
        note("painted", cpu=time.process_time())
        from tests.bench.gaps import Gaps
        global gaps
        gaps = Gaps()
        gaps.start()

app.TopWindow = Window
presenter = app.LoginPresenter
opened, accepted = presenter._opened, presenter._accepted

class Login(presenter):
    def start(self, *given):
        note("begun", loading=longest())
        super().start(*given)

    def _failed(self, error):
        sys.exit(repr(error))

    def _refused(self, error):
        sys.exit(repr(error))

    def _opened(self, opening):
        super()._opened(opening)
        note("opened", gap=longest())
        from PySide6.QtCore import QTimer
        self.typing = QTimer(timeout=self.typed, singleShot=True)
        self.typing.start(TYPING_MS)

    def typed(self):
        note("typed", making=longest())
        self.submit(OPERATOR, PIN)

    def _accepted(self, operator):
        from PySide6.QtCore import QTimer
        note("accepted", rest=longest())
        self.timer = QTimer(timeout=self.look)
        self.timer.start(1)
        super()._accepted(operator)
        note("entered")

    def look(self):
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        from ui.widgets.rack import Rack
        racks = [one for one in QApplication.allWidgets() if isinstance(one, Rack) and one.count]
        if racks:
            racks[0].viewport().repaint()
            self.timer.stop()
            note("rack", rooms=racks[0].count, last=longest())
            self.timer = QTimer(timeout=self.end, singleShot=True)
            self.timer.start(SETTLE_MS)

    def end(self):
        from PySide6.QtWidgets import QApplication
        from tests.bench.gaps import memory_mb
        note("settled", memory=memory_mb(), after=longest())
        QApplication.closeAllWindows()

app.LoginPresenter = Login
from ui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def started(text: str, environment: Mapping[str, str], *arguments: str) -> dict[str, float]:
    """Run it; what it said: seconds since its start, and what else it measured."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", text, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=ROOT,
    )
    said: dict[str, float] = {}
    for line in done.stdout.splitlines():
        found = json.loads(line)
        name = next(iter(found))
        said |= {**found, name: found[name] - begun}
    return said


def middle(rounds: Sequence[Mapping[str, float]], name: str, since: str = "") -> float:
    """The median of a moment, or of the time from one to another (s)."""
    return percentile([each[name] - (each[since] if since else 0.0) for each in rounds], 0.5)


def surroundings(platform: str, compiled: str) -> dict[str, str]:
    """As an installed program starts: its modules compiled already, by the round that warms up."""
    unwanted = ("STATION_", "PYTHONDONTWRITEBYTECODE")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(unwanted)},
        "PYTHONPYCACHEPREFIX": compiled,
        "QT_QPA_PLATFORM": platform,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": str(ROOT),
    }


def program(typing_s: float, settle_s: float) -> str:
    """The program with somebody who types the PIN so long after the desk is open (seconds)."""
    given = LI.name, PIN, int(typing_s * 1000), int(settle_s * 1000)
    return f"OPERATOR, PIN, TYPING_MS, SETTLE_MS = {given!r}\n{PROGRAM}"


def bench(home: Path, rounds: int, settle_s: float, environment: Mapping[str, str]) -> list[Line]:
    """Starts in turn; the first of each is not counted."""
    empty, ours, hasty = [], [], []
    arguments = "--home", str(home)
    for _ in range(rounds + 1):
        empty.append(started(EMPTY, environment))
        ours.append(started(program(TYPING_S, settle_s), environment, *arguments))
        hasty.append(started(program(0, 0), environment, *arguments))
    del empty[0], ours[0], hasty[0]
    floor, ready = middle(empty, "painted"), middle(ours, "painted")
    rooms = int(ours[0]["rooms"])
    return [
        Line("an empty PySide6 window, exec → ready", ms(floor)),
        Line("log-in page, exec → ready", ms(ready), "empty window", ready / floor, "<= 1.5 x"),
        Line(
            "of it CPU time",
            ms(middle(ours, "cpu")),
            f"empty window {ms(middle(empty, 'cpu'))}",
            middle(ours, "cpu") / middle(empty, "cpu"),
        ),
        Line(
            "log-in page ready → desk open",
            ms(middle(ours, "opened", "painted")),
            f"longest gap {ms(middle(ours, 'loading'))} importing,"
            f" {ms(middle(ours, 'gap'))} opening, {ms(middle(ours, 'making'))} afterwards",
        ),
        Line(
            "PIN entered → accepted (argon2)",
            ms(middle(ours, "accepted", "typed")),
            f"longest gap {ms(middle(ours, 'rest'))}",
        ),
        *(
            Line(
                f"PIN accepted → rack of {rooms:,} rooms painted, {what}",
                ms(middle(which, "rack", "accepted")),
                f"of it making the page {ms(middle(which, 'entered', 'accepted'))},"
                f" longest gap {ms(middle(which, 'last'))}",
                middle(which, "rack", "accepted") / 0.25,
                "<= 250 ms (ratio: share of it)",
            )
            for what, which in (("PIN typed in 1 s", ours), ("PIN typed before", hasty))
        ),
        Line("longest gap while all guests become findable", ms(middle(ours, "after"))),
        Line(f"memory (PSS) {settle_s:g} s after that", f"{middle(ours, 'memory'):.1f} MB"),
    ]


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser, events=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--settle", type=float, default=3.0, help="seconds before memory is read")
    parser.add_argument("--platform", default="offscreen", help="Qt's: offscreen, xcb, …")
    options = parser.parse_args(argv)
    with big_home(options) as home, tempfile.TemporaryDirectory() as compiled:
        environment = surroundings(options.platform, compiled)
        lines = bench(home.root, options.rounds, options.settle, environment)
    show(f"Start, {options.events:,} events", lines)


if __name__ == "__main__":
    main()
