"""What every benchmark has in common: samples, percentiles, and a table with ratios."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside the limit that was measured in the same run."""

    what: str
    figure: str
    against: str = ""
    ratio: float | None = None
    goal: str = ""


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample at `share` (0-1) of the sorted samples."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def p50_p95(samples: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile, in the samples' own unit."""
    return percentile(samples, 0.5), percentile(samples, 0.95)


def interleaved(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each work, taken in turn, so that a noisy machine disturbs all alike."""
    samples: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            samples[name].append(time.perf_counter() - start)
    return samples


def ms(seconds: float) -> str:
    """`0.21 ms`."""
    return f"{seconds * 1000:.2f} ms"


def show(title: str, lines: Sequence[Line]) -> None:
    """Print one table."""
    table = Table(title=title, title_justify="left")
    for column in ("measured", "figure", "against", "ratio", "goal"):
        table.add_column(column, justify="right" if column in {"figure", "ratio"} else "left")
    for line in lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        table.add_row(line.what, line.figure, line.against, ratio, line.goal)
    Console(width=118).print(table)
