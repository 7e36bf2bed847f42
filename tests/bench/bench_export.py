"""The history as a file, by the window's child process: `python -m tests.bench.bench_export`.

`[--events N] [--keep FOLDER] [--forms xlsx,csv,jsonl]`; a row is an operation, two events. Beside
each stands what reading the same operations takes that are then thrown away.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.compose import build
from station.compose.worker import Done, Failed, Job, read_answer, signed, write_job
from station.home import Home
from station.ports import HistoryFilter
from station.secrets import Secrets
from tests.bench.gaps import memory_mb
from tests.bench.homes import LI, add_options, big_home
from tests.bench.table import Line, show

ROOT: Final = Path(__file__).parents[2]
GOAL_ROWS: Final = 10_000
"""A second: 1,000,000 in 100 s."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds by the clock, seconds of CPU, and the most memory it held (PSS, MB)."""

    rows: int
    seconds: float
    cpu: float
    memory: float


def export(home: Home, path: Path, form: str) -> Ran:
    """One export as the window starts it. Raises `StationError`."""
    job = Job(
        task="export",
        home=str(home.root),
        operator=LI.name,
        path=str(path),
        form=form,  # type: ignore[arg-type]
    )
    begun, before = time.perf_counter(), os.times()
    with subprocess.Popen(
        [sys.executable, "-m", "station.compose.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(write_job(signed(job, Secrets(home).journal_key())) + b"\n")
        child.stdin.flush()
        memory, last = 0.0, b""
        for line in child.stdout:
            last = line
            with suppress(OSError, ValueError):  # it may have ended
                memory = max(memory, memory_mb(child.pid))
    answer = read_answer(last)
    if isinstance(answer, Failed):
        raise answer.error()
    assert isinstance(answer, Done)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return Ran(answer.rows, time.perf_counter() - begun, cpu, memory)


def reading(home: Home) -> tuple[int, float]:
    """How many operations there are, and the CPU seconds of reading them all."""
    with build(home, secrets=Secrets(home, {}), with_encoder=False) as station:
        begun = time.process_time()
        count = sum(1 for _ in station.store.walk_history(HistoryFilter()))
        return count, time.process_time() - begun


def bench(home: Home, forms: Sequence[str]) -> list[Line]:
    """Each form once."""
    count, floor = reading(home)
    lines = [Line(f"{count:,} rows read and thrown away", f"{floor:.1f} s of CPU")]
    with tempfile.TemporaryDirectory(prefix="bench-export-") as folder:
        for form in forms:
            path = Path(folder) / f"all.{form}"
            ran = export(home, path, form)
            rate = ran.rows / ran.seconds
            lines.append(
                Line(
                    f".{form}, {path.stat().st_size / 1e6:.0f} MB: {ran.seconds:.1f} s",
                    f"{rate:,.0f} rows/s",
                    f"1,000,000 in {1e6 / rate:.0f} s",
                    GOAL_ROWS / rate if form == "xlsx" else None,
                    "<= 100 s (ratio: share of it)" if form == "xlsx" else "",
                )
            )
            cpu = f"{ran.cpu:.1f} s"
            lines.append(Line(f".{form}, CPU", cpu, "reading alone", ran.cpu / max(floor, 0.01)))
            memory = f"{ran.memory:.0f} MB"
            lines.append(Line(f".{form}, memory (PSS)", memory, "", ran.memory / 50, "<= 50 MB"))
            path.unlink()
    return lines


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser, events=100_000)
    parser.add_argument("--forms", default="xlsx,csv,jsonl")
    options = parser.parse_args(argv)
    with big_home(options) as home:
        lines = bench(home, options.forms.split(","))
    show(f"Export, {options.events:,} events", lines)


if __name__ == "__main__":
    main()
