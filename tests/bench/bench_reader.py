"""Tap to UID: the monitor against a bare C program, in one run, and what the monitor costs idle.

`python -m tests.bench.bench_reader [--taps N] [--idle SECONDS]`. Card, PC/SC service and client are
three processes; the clients take turns, so that what else the computer does hits both alike. The
virtual reader looks for its card every 10 ms, which is in both figures. Ratios count, not figures.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.table import Line, ms, p50_p95, show
from tests.pcsc.rig import build, running_rig, what_is_missing
from tests.pcsc.vcard import VirtualCard

ROUNDS: Final = 5
CLIENT: Final = "--client"
SETTLING: Final = 2.0
"""Seconds in which the monitor still looks for other readers."""


@dataclass(slots=True)
class Times:
    """Seconds of each tap."""

    from_tap: list[float] = field(default_factory=list)
    from_power_up: list[float] = field(default_factory=list)


def client() -> None:
    """The measured monitor: a line for each card, with `time.monotonic` as an observer gets it."""
    from station.ports import ReaderState, ReaderView
    from station.reader.reader import pcsc_reader

    def tell(view: ReaderView) -> None:
        if view.state is ReaderState.CARD:
            print(f"{view.uid} {time.monotonic():.6f}", flush=True)
        elif view.state is ReaderState.EMPTY:
            print("gone", flush=True)

    reader = pcsc_reader()
    reader.wait_for(lambda view: view.state is ReaderState.EMPTY, 20)
    reader.subscribe(tell)
    print("ready", flush=True)
    sys.stdin.read()
    reader.close()


@contextmanager
def running(command: Sequence[str]) -> Iterator["subprocess.Popen[str]"]:
    """A client that has said it is ready."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            until(process, "ready")
            yield process
        finally:
            process.terminate()


def until(process: "subprocess.Popen[str]", word: str) -> str:
    """The client's next line that begins with that word."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line
    raise RuntimeError(f"the client ended before it said {word}")


def measure(command: Sequence[str], card: VirtualCard, taps: int, times: Times) -> None:
    """Tap with a different UID each time, at random moments of the reader's 10 ms."""
    with running(command) as process:
        for _ in range(taps):
            time.sleep(random.uniform(0.01, 0.03))
            uid = f"04{random.getrandbits(48):012X}"
            card.tap(uid)
            at = float(until(process, uid).split()[1])
            times.from_tap.append(at - card.tapped_at)
            times.from_power_up.append(at - card.powered_at)
            card.lift()
            until(process, "gone")


def idle(command: Sequence[str], seconds: float) -> tuple[float, int]:
    """(CPU seconds, context switches) of a client with nothing to do."""
    with running(command) as process:
        time.sleep(SETTLING)
        before = usage(process.pid)
        time.sleep(seconds)
        after = usage(process.pid)
    return after[0] - before[0], after[1] - before[1]


def usage(pid: int) -> tuple[float, int]:
    """(CPU seconds, context switches) of all threads of a process so far."""
    nanoseconds = switches = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        nanoseconds += int((task / "schedstat").read_text().split()[0])
        rows = (task / "status").read_text().splitlines()
        switches += sum(int(row.split()[1]) for row in rows if "ctxt_switches" in row)
    return nanoseconds / 1e9, switches


def lines(floor: Times, monitor: Times) -> Iterator[Line]:
    """The monitor's figures beside the C program's."""
    for what, bare, desk, goal in (
        ("card in field -> UID", floor.from_tap, monitor.from_tap, "p95 <= 1.2 x and +2 ms"),
        ("power-up -> UID", floor.from_power_up, monitor.from_power_up, ""),
    ):
        for name, low, high in zip(("p50", "p95"), p50_p95(bare), p50_p95(desk), strict=True):
            against = f"bare C {ms(low)}"
            yield Line(f"{what}, {name}", ms(high), against, high / low, goal * (name == "p95"))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=300)
    parser.add_argument("--idle", type=float, default=25.0)
    parser.add_argument(CLIENT, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.client:
        client()
        return 0
    if missing := what_is_missing():
        print(missing)
        return 1
    floor, monitor = Times(), Times()
    with tempfile.TemporaryDirectory(prefix="bench-reader-") as folder:
        os.environ["PCSCLITE_CSOCK_NAME"] = f"{folder}/pcscd"
        drivers, bare = build(Path(folder))
        desk = [sys.executable, "-m", "tests.bench.bench_reader", CLIENT]
        with running_rig(Path(folder) / "pcscd", drivers) as rig:
            card = rig.plug(1)
            for _ in range(ROUNDS):
                measure([str(bare)], card, options.taps // ROUNDS, floor)
                measure(desk, card, options.taps // ROUNDS, monitor)
            cpu, switches = idle(desk, options.idle)
    rows = list(lines(floor, monitor))
    at_rest = f"{switches} context switches in {options.idle:.0f} s"
    rows.append(Line("CPU of the monitor at rest", ms(cpu), at_rest, None, "0"))
    show(f"Reader, {len(floor.from_tap)} taps each", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
