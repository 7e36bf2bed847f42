"""The window's event loop while cards are issued, a workbook is exported and the history scrolled.

`python -m tests.bench.bench_window_gap [--events N] [--keep FOLDER] [--seconds S]`. The real window
(log-in aside) off screen over a big journal; the door-lock platform is a simulator in a process of
its own, the export the program's own child. Issuing goes on without a pause on the encoder's lane.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from station import settings as parts
from station.compose import Station, build
from station.domain.operation import State
from station.domain.person import Person
from station.home import Home
from station.ports import HistoryFilter
from station.secrets import SecretName, Secrets
from station.simulators.door_lock.sim import APPID, APPSECRET
from station.workflows.desk import Consent
from station.workflows.issue import NewStay, issue
from tests.bench.gaps import Gaps, memory_mb
from tests.bench.homes import LI, add_options, big_home
from tests.bench.journal_data import DESK, ROOMS, room
from tests.bench.table import Line, show
from ui.context import Bridge, Context, Session
from ui.lanes import Lanes
from ui.main_window import MainWindow
from ui.messages import Words
from ui.opening import make_ready
from ui.pages.history import HistoryPage
from ui.theme.style import Theme
from ui.theme.tokens import Look

if TYPE_CHECKING:
    from ui.pages.rooms import RoomsPage

ROOT: Final = Path(__file__).parents[2]
GUEST: Final = Person("张三", "13800000001")
PATIENCE_S: Final = 120.0
FRAME_MS: Final = 16
WHEEL: Final = 3
SIMULATOR: Final = """
import sys
from station.simulators.door_lock import DoorLockSim
from station.simulators.hardware import Room
from station.simulators.server import SimServer
from station.simulators.world import World
from tests.bench.journal_data import ROOMS, room

rooms = (Room(each.id, each.name) for each in map(room, range(ROOMS)))
with SimServer(DoorLockSim(World(rooms))) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


class Encoder:
    """Puts a blank card down over the simulator's own door."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)
        self._connection.connect()
        # The body follows the head at once, not after the platform's answer to it (40 ms).
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def blank(self) -> None:
        card = self._ask("POST", "/_sim/cards", {})
        self._ask("PUT", "/_sim/encoder", {"card_id": card["card_id"], "swap": True})

    def _ask(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        kind = {"Content-Type": "application/json"}
        self._connection.request(method, path, json.dumps(body), kind)
        found: dict[str, Any] = json.loads(self._connection.getresponse().read())
        return found


@contextmanager
def simulator() -> Iterator[str]:
    """The platform's address."""
    with subprocess.Popen(
        [sys.executable, "-c", SIMULATOR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


@contextmanager
def opened(home: Home, url: str, bridge: Bridge) -> Iterator[Station]:
    """The desk with its encoder at this address."""
    chosen = parts.Settings(
        desk=parts.Desk(id=DESK, time_zone="Asia/Shanghai"),
        door_lock=parts.DoorLock(url=url, appid=APPID, read_timeout_s=5),
    )
    secrets = Secrets(home, {SecretName.DOOR_LOCK_APPSECRET.variable: APPSECRET})
    with build(home, settings=chosen, secrets=secrets, watch=bridge.watch) as station:
        yield station


class Issuing:
    """One card after another on the encoder's lane, as the panel submits them."""

    def __init__(self, context: Context, encoder: Encoder) -> None:
        self._context, self._encoder = context, encoder
        self.count = 0
        self.wanted = False

    def begin(self) -> None:
        self.wanted = True
        self._next()

    def _next(self) -> None:
        if self.wanted:
            self._context.lanes.encoder.submit(self._issue, self._done, self._failed)

    def _issue(self) -> None:
        desk = self._context.desk
        self._encoder.blank()
        end = desk.clock.local().replace(microsecond=0) + timedelta(days=2)
        consent = Consent(reason="bench")
        made = issue(desk, LI, NewStay(room(self.count * 37 % ROOMS), end, GUEST, consent))
        if made.state is not State.DONE:
            raise RuntimeError(made.state)

    def _done(self, _: None) -> None:
        self.count += 1
        self._context.bridge.changed.emit()
        self._next()

    def _failed(self, error: Exception) -> None:
        raise error


class Scrolling:
    """The wheel turned at each frame, down and up again."""

    def __init__(self, page: HistoryPage) -> None:
        self._bar = page.table.verticalScrollBar()
        self._step = WHEEL
        self._timer = QTimer(interval=FRAME_MS)
        self._timer.timeout.connect(self._turn)

    def begin(self) -> None:
        self._timer.start()

    def end(self) -> None:
        self._timer.stop()

    def _turn(self) -> None:
        bar = self._bar
        bar.setValue(bar.value() + self._step)
        if bar.value() in (0, bar.maximum()):
            self._step = -self._step


def wait(until: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Run the event loop, as the program does, until something holds. Raises TimeoutError."""
    app = cast("QApplication", QCoreApplication.instance())
    ends = time.monotonic() + seconds
    look = QTimer(interval=20)
    look.timeout.connect(lambda: app.exit(0) if until() or time.monotonic() > ends else None)
    look.start()
    app.exec()
    look.stop()
    if not until():
        raise TimeoutError


def during(gaps: Gaps, seconds: float) -> None:
    """Measure for so long."""
    gaps.start()
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() >= end, seconds + 5)
    gaps.stop()


def bench(context: Context, encoder: Encoder, folder: Path, seconds: float) -> Iterator[Line]:
    """Each load by itself, then all of them."""
    make_ready(context)
    wait(lambda: not context.lanes.cloud.busy)
    window = MainWindow(context)
    window.resize(1366, 768)
    window.show()
    gaps = Gaps(window)
    window.enter(LI)
    rooms = cast("RoomsPage", window.page("rooms"))
    gaps.start()
    wait(lambda: rooms.presenter.everybody_known and bool(rooms.rack.count))
    gaps.stop()
    yield from gaps.lines("guests becoming findable")
    during(gaps, seconds)
    yield from gaps.lines("at rest")
    issuing = Issuing(context, encoder)
    issuing.begin()
    before = issuing.count
    during(gaps, seconds)
    yield from gaps.lines("cards issued, rack shown")
    rate = f"{(issuing.count - before) / seconds:.0f} a second"
    yield Line("cards issued meanwhile", rate)
    window.show_page("history")
    page = cast("HistoryPage", window.page("history"))
    wait(lambda: bool(page.presenter.state.rows))
    scrolling = Scrolling(page)
    scrolling.begin()
    during(gaps, seconds)
    yield from gaps.lines("cards issued, history scrolled")
    page.work.export(HistoryFilter(), folder / "all.xlsx", "xlsx")
    wait(lambda: page.work.state.done > 0 or not page.work.state.running)
    if page.work.state.error is not None:
        raise page.work.state.error
    rows, begun = page.work.state.done, time.monotonic()
    before = issuing.count
    during(gaps, 2 * seconds)
    yield from gaps.lines("cards issued, history scrolled, export")
    took = time.monotonic() - begun
    yield Line("rows exported meanwhile", f"{(page.work.state.done - rows) / took:,.0f} a second")
    rate = f"{(issuing.count - before) / took:.0f} a second"
    yield Line("cards issued meanwhile", rate)
    page.work.cancel()
    wait(lambda: not page.work.state.running)
    scrolling.end()
    issuing.wanted = False
    wait(lambda: not context.lanes.encoder.busy)
    yield Line("memory (PSS) at the end", f"{memory_mb():.1f} MB", "10,000 rooms, two pages")
    window.close_window()
    window.hide()


def main(argv: Sequence[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser, events=100_000)
    parser.add_argument("--seconds", type=float, default=10, help="for each load")
    options = parser.parse_args(argv)
    app = cast("QApplication", QApplication.instance() or QApplication([]))
    bridge = Bridge()
    with big_home(options) as home, simulator() as url, opened(home, url, bridge) as station:
        context = Context(
            Words("zh_CN"), Theme(app, Look.LIGHT), Lanes(), bridge, Session(), station
        )
        context.session.set(LI)
        encoder = Encoder(url.removeprefix("http://").split("/")[0])
        lines = list(bench(context, encoder, home.root, options.seconds))
        context.lanes.close()
    show(f"Event loop, {options.events:,} events, {ROOMS:,} rooms", lines)


if __name__ == "__main__":
    main()
