"""The rack at 10,000 rooms against an empty scroll area of the same size, in one run.

`python -m tests.bench.bench_window_rack [--rooms N] [--rounds N]`. Off screen, so that painting is
measured and no display server. Real journal, real presenter and lanes; 6,000 of 10,000 rooms are
let. Ratios count, not figures; the goal of one frame is 16 ms.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from station.compose.demo import simulated
from station.domain.card import CardState
from station.domain.event import CardFacts, Entry, Payload, RoomFacts, StayFacts
from station.domain.operation import Kind, State
from station.domain.operator import Operator, Role
from station.domain.person import Person
from station.domain.room import Room
from station.domain.stay import Stay, format_time
from station.home import Home
from station.simulators.sample import sample_rooms
from station.workflows.desk import Desk
from tests.bench.table import Line, interleaved, ms, p50_p95, percentile, show
from ui.context import Bridge, Context, Session
from ui.lanes import Lanes
from ui.messages import Words
from ui.presenters.rooms import RoomsPresenter
from ui.theme.style import Theme
from ui.theme.tokens import Look
from ui.widgets.rack import Rack

SIZES: Final = {"1366x768": (930, 620), "3840x2160": (3400, 1980)}
KEYSTROKES: Final = ("3", "30", "301", "z", "zs", "zsf", "1380", "0001", "03f5", "301-312")
NAMES: Final = ("张三", "单雄", "欧阳娜", "John Smith")
FRAME: Final = "<= 16 ms"


class EmptyArea(QAbstractScrollArea):
    """The floor: the same widget that fills itself with one colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        QPainter(self.viewport()).fillRect(event.rect(), QColor("#f3f4f6"))


def fill(desk: Desk, count: int) -> None:
    """So many rooms, six of ten with a stay, a guest and a card."""
    rooms = [Room(room.rm_id, room.rm_name) for room in sample_rooms(count)]
    desk.journal.save_rooms(rooms, desk.clock.utc())
    now = desk.clock.local().replace(microsecond=0)
    people = [
        desk.journal.remember_person(Person(name, f"1380000000{number}")).id
        for number, name in enumerate(NAMES, start=1)
    ]
    for number, room in enumerate(rooms):
        if number % 10 >= 6:
            continue
        end = now + timedelta(hours=6 * (number % 9) - 5)
        stay = Stay(f"s{number}", room.id, now - timedelta(days=1), end, people[number % 4])
        card = f"{0x03F56240 + number:08X}"
        facts = CardFacts(stay.id, card, CardState.OUT, format_time(end), card_id=card)
        entry = Entry(
            Kind.ISSUE,
            f"op{number}",
            "bench",
            Payload(
                state=State.DONE,
                room=RoomFacts(room.id, room.name),
                stay=StayFacts.of(stay),
                cards=(facts,),
            ),
        )
        desk.journal.append(entry, durable=False)


@contextmanager
def opened(app: QApplication, count: int) -> Iterator[Context]:
    """A desk with that many rooms, somebody logged in."""
    with tempfile.TemporaryDirectory(prefix="bench-rack-") as folder:
        bridge = Bridge()
        with simulated(Home(Path(folder)), watch=bridge.watch) as simulation:
            fill(simulation.station.desk, count)
            context = Context(
                Words("zh_CN"),
                Theme(app, Look.LIGHT),
                Lanes(),
                bridge,
                Session(),
                simulation.station,
            )
            context.session.set(Operator("bench", Role.SUPERVISOR))
            yield context
            context.lanes.close()


def wait(until: Callable[[], bool], seconds: float = 60) -> None:
    """Run the event loop until something holds. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while not until():
        if time.monotonic() > ends:
            raise TimeoutError
        turn(5)


def turn(milliseconds: int) -> None:
    """Run the event loop for a moment."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def painted(area: QAbstractScrollArea) -> None:
    """A whole frame."""
    area.viewport().repaint()


def scroller(area: QAbstractScrollArea, step: int) -> Callable[[], None]:
    """One turn of the mouse wheel and the frame that it causes; back at the top from the end."""

    def scroll() -> None:
        bar = area.verticalScrollBar()
        bar.setValue(bar.value() + step if bar.value() < bar.maximum() else 0)
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()

    return scroll


def against(what: str, floor: Sequence[float], ours: Sequence[float], goal: str) -> Iterator[Line]:
    """Median and 95th percentile beside the empty area's."""
    for name, low, high in zip(("p50", "p95"), p50_p95(floor), p50_p95(ours), strict=True):
        yield Line(f"{what}, {name}", ms(high), f"empty area {ms(low)}", high / low, goal)


def shown(widget: QWidget, size: tuple[int, int]) -> None:
    widget.resize(*size)
    widget.show()
    QCoreApplication.processEvents()


def first_paint(context: Context, presenter: RoomsPresenter, rounds: int) -> Iterator[Line]:
    """From nothing to the first frame, everything known already."""
    tiles, positions = presenter.state.tiles, presenter.state.shown
    size = SIZES["1366x768"]

    def ours() -> None:
        rack = Rack(context)
        rack.resize(*size)
        rack.show_tiles(tiles, positions)
        rack.show()
        rack.viewport().repaint()
        rack.deleteLater()

    def floor() -> None:
        area = EmptyArea()
        shown(area, size)
        area.viewport().repaint()
        area.deleteLater()

    taken = interleaved({"floor": floor, "ours": ours}, rounds)
    yield from against("widget made, 10,000 rooms, painted", taken["floor"], taken["ours"], FRAME)


def frames(rack: Rack, area: EmptyArea, rounds: int) -> Iterator[Line]:
    """Whole frames and scrolling at two sizes."""
    for name, size in SIZES.items():
        shown(rack, size)
        shown(area, size)
        area.verticalScrollBar().setRange(0, rack.verticalScrollBar().maximum())
        works = {"floor": lambda: painted(area), "ours": lambda: painted(rack)}
        taken = interleaved(works, rounds)
        yield from against(f"whole frame, {name}", taken["floor"], taken["ours"], FRAME)
        step = 3 * rack.verticalScrollBar().singleStep()
        taken = interleaved({"floor": scroller(area, step), "ours": scroller(rack, step)}, rounds)
        yield from against(f"scrolling, {name}", taken["floor"], taken["ours"], "p95 <= 12 ms")


def keystrokes(
    rack: Rack, presenter: RoomsPresenter, area: EmptyArea, rounds: int
) -> Iterator[Line]:
    """Key pressed to painted, over all that may be typed; the list filter alone beside it."""
    shown(rack, SIZES["1366x768"])
    shown(area, SIZES["1366x768"])
    presenter.changed.connect(lambda state: rack.show_tiles(state.tiles, state.shown))
    names = [tile.row.room.name for tile in presenter.state.tiles]
    for text in KEYSTROKES:

        def ours(text: str = text) -> None:
            presenter.search(text)
            painted(rack)

        def floor(text: str = text) -> None:
            [at for at, name in enumerate(names) if text in name]
            painted(area)

        samples: dict[str, list[float]] = {"floor": [], "ours": []}
        for _ in range(rounds):
            presenter.search("")
            for name, taken in interleaved({"floor": floor, "ours": ours}, 1).items():
                samples[name] += taken
        low, (middle, high) = p50_p95(samples["floor"])[0], p50_p95(samples["ours"])
        what = f"search {text}: {len(presenter.state.shown)} rooms, p50 / p95"
        figure = f"{ms(middle)} / {ms(high)}"
        yield Line(what, figure, f"names alone, empty area {ms(low)}", middle / low, FRAME)
    presenter.search("")


def while_reading(
    what: str, begin: Callable[[], None], presenter: RoomsPresenter, rack: Rack, rounds: int
) -> Iterator[Line]:
    """Scrolling while the journal's lane reads again and again."""
    quiet = interleaved({"scroll": scroller(rack, 100)}, rounds)["scroll"]
    busy: list[float] = []
    scroll = scroller(rack, 100)
    for _ in range(rounds):
        if not presenter.busy:
            begin()
        begun = time.perf_counter()
        scroll()
        busy.append(time.perf_counter() - begun)
    wait(lambda: not presenter.busy)
    for share in (0.5, 0.95, 1.0):
        low, high = percentile(quiet, share), percentile(busy, share)
        name = "max" if share == 1 else f"p{share * 100:.0f}"
        yield Line(f"{what}, {name}", ms(high), f"at rest {ms(low)}", high / low, "<= 50 ms")


def follow_time(context: Context, presenter: RoomsPresenter, rounds: int) -> Line:
    """From an operation that was written to its room on the rack, beside reading all rooms."""
    samples: dict[str, list[float]] = {"follow": [], "all": []}
    desk = context.desk
    for number in range(rounds):
        room = presenter.state.tiles[number].row.room
        payload = Payload(state=State.DONE, room=RoomFacts(room.id, room.name))
        desk.journal.append(Entry(Kind.READ, f"read{number}", "bench", payload), durable=False)
        for name, begin in (("follow", presenter.follow), ("all", presenter.reload)):
            begun = time.perf_counter()
            begin()
            while presenter.busy:
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            samples[name].append(time.perf_counter() - begun)
    low, high = p50_p95(samples["all"])[0], p50_p95(samples["follow"])[0]
    return Line("a change followed, p50", ms(high), f"all read anew {ms(low)}", high / low)


def main(argv: Sequence[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args(argv)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    lines: list[Line] = []
    with opened(app, options.rooms) as context:
        presenter = RoomsPresenter(context)
        begun = time.perf_counter()
        presenter.begin()
        wait(lambda: presenter.state.loaded)
        read = time.perf_counter() - begun
        wait(lambda: presenter.everybody_known, 300)
        known = time.perf_counter() - begun
        lines.append(Line("rooms read on the lane", ms(read)))
        lines.append(Line("everybody findable after", ms(known)))
        rack, area = Rack(context), EmptyArea()
        lines += first_paint(context, presenter, options.rounds)
        rack.show_tiles(presenter.state.tiles, presenter.state.shown)
        lines += frames(rack, area, options.rounds)
        lines += keystrokes(rack, presenter, area, options.rounds // 3)
        for what, begin in (
            ("scrolling while a change is followed", presenter.follow),
            ("scrolling while all is read anew", presenter.reload),
        ):
            lines += while_reading(what, begin, presenter, rack, options.rounds * 3)
        lines.append(follow_time(context, presenter, options.rounds))
        presenter.close()
    show(f"Rack, {options.rooms:,} rooms", lines)


if __name__ == "__main__":
    main()
