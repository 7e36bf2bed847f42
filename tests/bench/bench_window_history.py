"""The history in the window against bare queries: `python -m tests.bench.bench_window_history`.

A made journal (`--events N`, `--keep FOLDER`), the real page off screen. Measured are what
the operator waits for (first page, one page more, filters) and what the window's thread gives for
it: the longest gap of the event loop while pages come in, while a child exports, and the painting
of a frame. Nothing here is a test.
"""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from station.compose import Station, build
from station.domain.operation import Kind, State
from station.ports import HistoryFilter
from station.secrets import Secrets
from tests.bench.gaps import Gaps
from tests.bench.homes import add_options, big_home
from tests.bench.table import Line, ms, p50_p95, show
from tests.ui.history_rig import context_over
from ui.pages.history import HistoryPage
from ui.presenters.history_filters import Filters, Period
from ui.presenters.history_pages import PAGE

PATIENCE_S = 60.0
ROUNDS = 60


def until(wanted: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    end = time.perf_counter() + PATIENCE_S
    QCoreApplication.processEvents()
    while not wanted():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        if time.perf_counter() > end:
            raise TimeoutError("the page did not come")


def resident() -> float:
    """This process's memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def idle(page: HistoryPage) -> bool:
    return not page.presenter.state.loading and not page.presenter.busy


def took(work: Callable[[], object], page: HistoryPage) -> float:
    start = time.perf_counter()
    work()
    until(lambda: idle(page))
    return time.perf_counter() - start


def bare(station: Station, wanted: HistoryFilter) -> list[float]:
    """The same page asked of the journal without a window."""
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        station.desk.journal.history(wanted)
        found.append(time.perf_counter() - start)
    return found


def lines_of(name: str, samples: list[float], floor: list[float], goal: str = "") -> list[Line]:
    under = p50_p95(floor)
    made = []
    for place, share in enumerate(("p50", "p95")):
        figure = p50_p95(samples)[place]
        against = f"journal alone: {ms(under[place])}"
        ratio = figure / under[place]
        made.append(Line(f"{name}, {share}", ms(figure), against, ratio, goal if place else ""))
    return made


def bench(page: HistoryPage, station: Station, folder: Path) -> list[Line]:
    first = HistoryFilter(limit=PAGE)
    lines: list[Line] = []
    gaps = Gaps(page)
    page.presenter.recall()
    until(lambda: idle(page))
    floor = bare(station, first)
    lines += lines_of(
        "first page shown", [took(page.presenter.refresh, page) for _ in range(ROUNDS)], floor
    )
    gaps.start()
    bar = page.table.verticalScrollBar()
    held, own = resident(), time.thread_time()
    more = [took(lambda: bar.setValue(bar.maximum()), page) for _ in range(ROUNDS)]
    own = (time.thread_time() - own) / ROUNDS
    grown = resident() - held
    lines += lines_of("scroll to one page more", more, floor, "p95 <= 10 ms")
    lines.append(Line("window thread's own time for it", ms(own), "painting included", own / 0.010))
    gaps.stop()
    lines += gaps.lines("scrolling down")
    lines.append(Line("memory grown by it", f"{grown:.1f} MB", f"{ROUNDS} pages", None, "flat"))
    gaps.start()
    back = [took(lambda: bar.setValue(0), page) for _ in range(ROUNDS // 2)]
    lines += lines_of("scroll to one page back", back, floor)
    gaps.stop()
    lines += gaps.lines("scrolling up")
    for name, filters in (
        ("kind and state", Filters(kind=Kind.REPLACE, state=State.FAILED)),
        ("operator", Filters(operator="clerk3")),
        ("text", Filters(text="夜审")),
        ("yesterday", Filters(period=Period.YESTERDAY)),
    ):
        choose = partial(page.presenter.filter, filters)
        samples = [took(choose, page) for _ in range(ROUNDS // 3)]
        lines += lines_of(f"filter by {name}", samples, floor)
    page.presenter.filter(Filters())
    until(lambda: idle(page))
    frames = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        page.table.viewport().repaint()
        frames.append(time.perf_counter() - start)
    p50, p95 = p50_p95(frames)
    lines.append(Line("frame of the table, p95", ms(p95), f"p50 {ms(p50)}", p95 / 0.012, "12 ms"))
    lines += bench_export(page, folder, gaps)
    return lines


def bench_export(page: HistoryPage, folder: Path, gaps: Gaps) -> list[Line]:
    """The loop while a child writes a workbook and the list is scrolled."""
    gaps.start()
    bar = page.table.verticalScrollBar()
    start = time.perf_counter()
    page.work.export(HistoryFilter(), folder / "all.xlsx", "xlsx")
    while page.work.state.running:
        took(lambda: bar.setValue(bar.maximum()), page)
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    took_s = time.perf_counter() - start
    result = page.work.state.result
    rows = result.rows if result else 0
    gaps.stop()
    lines = gaps.lines("scrolling while a child exports")
    rate = Line("export .xlsx by a child", f"{took_s:.1f} s", f"{rows} rows", rows / took_s, "")
    return [*lines, rate]


def main(argv: Sequence[str] | None = None) -> None:
    """Run it; `argv` without the program's name."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser, events=100_000)
    chosen = parser.parse_args(argv)
    app = cast("QApplication", QApplication.instance() or QApplication([]))
    with big_home(chosen) as home, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            build(home, secrets=Secrets(home, {}), with_encoder=False) as station,
            context_over(app, station) as given,
        ):
            page = HistoryPage(given)
            page.resize(1294, 700)
            page.show()
            lines = bench(page, station, folder)
            page.close_page()
            page.hide()
    show(f"History in the window, {chosen.events:,} events", lines)


if __name__ == "__main__":
    main()
