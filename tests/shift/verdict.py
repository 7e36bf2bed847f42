"""What a shift is judged by, and how it is told: a table, a report, memory over time.

The rules. Memory: the pages that this process has written (those that it shares depend on its
neighbours), less what it has freed, with the supervisor's pages open and nothing under way, must
not grow in the second half: the median of the slopes between all pairs of samples (Theil-Sen, so
that a passing heap does not decide) stays at or below `MOST_KB` for 1,000 operations. At rest there
is no thread, open file or window that was not there after each kind of work had been done once, and
of no kind of QObject are there more than `MOST_OBJECTS` more: Qt makes some when first needed, a
presenter keeps its last answers, a hidden panel what it showed last. No warning from Qt, no error
in the log; the chain verifies; every card is accounted for.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Final

from station.ports import VerifyResult
from tests.bench.table import Line, ms
from tests.shift.meters import Said, Sample, Spread, Standing
from tests.shift.shift import Record, duration

MOST_KB: Final = 16.0
ENOUGH: Final = 20
"""Samples in the second half, below which a slope says nothing."""
GOAL_MB: Final = 110
MOST_OBJECTS: Final = 50
PAINTING, EVENTS = "Thread (pooled)", "anon_inode"
MOST_SHOWN: Final = 20


def slope_kb(samples: Sequence[Sample]) -> float | None:
    """KB for 1,000 operations in the second half; None where that says nothing."""
    later = list(samples)[len(samples) // 2 :]
    if len(later) < ENOUGH:
        return None
    pairs = combinations(later, 2)
    slopes = [
        1000 * (one.own - other.own) / (one.operation - other.operation)
        for other, one in pairs
        if one.operation != other.operation
    ]
    return median(slopes)


def more(before: Mapping[str, int], after: Mapping[str, int], most: int = 0) -> dict[str, int]:
    """What there is more of, by more than `most`."""
    grown = {kind: count - before.get(kind, 0) for kind, count in after.items()}
    return {kind: count for kind, count in grown.items() if count > most}


def left(before: Standing, after: Standing) -> dict[str, dict[str, int]]:
    """What was left behind, by what it is.

    Qt paints with threads of its own, each with one event file, which end when nothing was painted
    for half a minute: those are no fault.
    """
    painting = after.system_threads.get(PAINTING, 0)
    known_threads = {**before.system_threads, PAINTING: painting}
    known_files = {**before.files, EVENTS: before.files.get(EVENTS, 0) + painting}
    found = {
        "threads": more(before.threads, after.threads),
        "threads of the system": more(known_threads, after.system_threads),
        "files": more(known_files, after.files),
        "windows": more(before.windows, after.windows),
        "objects": more(before.objects, after.objects, MOST_OBJECTS),
    }
    return {what: kinds for what, kinds in found.items() if kinds}


def failures(
    record: Record, said: Said, verified: VerifyResult, outlived: Sequence[str]
) -> list[str]:
    """Why the shift failed; empty when it did not."""
    found = [f"Qt: {text}" for text in said.warnings]
    found += [f"log: {text}" for text in said.errors]
    found += record.wrong
    if not verified.ok:
        found.append(f"the journal does not verify: {verified}")
    if record.unresolved:
        found.append(f"{record.unresolved} operations could not be settled")
    if record.before is None or record.after is None:
        return [*found, "the shift did not end"]
    for what, kinds in left(record.before, record.after).items():
        found.append(f"{what} left: {kinds}")
    found += [f"a thread outlives the program: {name}" for name in outlived]
    slope = slope_kb(record.samples)
    if slope is not None and slope > MOST_KB:
        found.append(f"memory grows by {slope:.1f} KB for 1,000 operations, more than {MOST_KB:g}")
    return found


def lines(record: Record, said: Said, verified: VerifyResult) -> list[Line]:
    """The table."""
    first, last = record.samples[0], record.samples[-1]
    slope, most = slope_kb(record.samples), max(each.pss for each in record.samples)
    found = [
        Line("operations", f"{record.operations:,}", f"{duration(record)} by the desk's clock"),
        Line(
            "took", f"{record.seconds:.0f} s", f"{record.operations / record.seconds:.1f} a second"
        ),
        Line(
            "memory (PSS), largest",
            _mb(most),
            f"first {_mb(first.pss)}, last {_mb(last.pss)}",
            most / 1024 / GOAL_MB,
            f"<= {GOAL_MB} MB",
        ),
        Line(
            "memory of its own (private, written), first", _mb(first.own), f"last {_mb(last.own)}"
        ),
        Line(
            "of it given out by malloc, first",
            _mb(first.heap),
            f"last {_mb(last.heap)}; Python's blocks: {first.blocks:,}, last {last.blocks:,}",
        ),
    ]
    if slope is not None:
        figure = f"{slope:+.1f} KB"
        found.append(
            Line("growth, 1,000 operations", figure, "second half", None, f"<= {MOST_KB:g} KB")
        )
    if record.loop is not None:
        loop = record.loop
        found += _spread("gap when not painting", loop.quiet, (0.99, 0.999), "p99.9 <= 5 ms")
        found += _spread("gap, painting included", loop.all, (0.99, 0.999), "largest <= 50 ms")
        found += _spread("frame", loop.frames, (0.95, 0.99), "p95 <= 12 ms")
    if record.before is not None and record.after is not None:
        for what in ("threads", "files", "windows", "objects"):
            counts = [sum(getattr(one, what).values()) for one in (record.before, record.after)]
            found.append(
                Line(f"{what} at rest", f"{counts[1]:,}", f"{counts[0]:,} after each once")
            )
    met = sum(record.troubles.values())
    found += [
        Line("faults met", f"{met:,}", f"{len(record.troubles)} kinds"),
        Line("warnings from Qt", str(len(said.warnings)), "", None, "0"),
        Line("errors in the log", str(len(said.errors)), "", None, "0"),
        Line("doors checked", f"{record.rooms_checked:,}", f"{len(record.wrong)} wrong", None, "0"),
        Line("journal", "verifies" if verified.ok else "broken", f"{verified.events:,} events"),
    ]
    return found


def _spread(what: str, spread: Spread, shares: tuple[float, ...], goal: str) -> list[Line]:
    if not spread.count:
        return []
    texts = [f"p50 {ms(spread.at(0.5))}"]
    texts += [f"p{100 * share:g} {ms(spread.at(share))}" for share in shares]
    against = f"{', '.join(texts)}, n = {spread.count:,}"
    return [Line(f"{what}, largest", ms(spread.largest), against, None, goal)]


def write(
    folder: Path, record: Record, table: Sequence[Line], failed: Sequence[str], seed: int
) -> None:
    """`report.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    text = ["# A shift in fast motion", "", f"Seed {seed}.", ""]
    text += ["| measured | figure | against | goal |", "|---|---|---|---|"]
    text += [f"| {one.what} | {one.figure} | {one.against} | {one.goal} |" for one in table]
    text += ["", "## Outcome", "", *[f"- {one}" for one in failed[:MOST_SHOWN] or ["passed"]]]
    text += ["", "## Operations", "", "| what came of it | times |", "|---|---|"]
    text += [f"| {what} | {count} |" for what, count in sorted(record.outcomes.items())]
    text += ["", "## Largest gap when not painting", "", "| operation | gap |", "|---|---|"]
    text += [f"| {what} | {ms(gap)} |" for what, gap in _by_size(record.gaps)]
    text += ["", "## Faults", "", "| fault | times |", "|---|---|"]
    text += [f"| {what} | {count} |" for what, count in sorted(record.troubles.items())]
    (folder / "report.md").write_text("\n".join(text) + "\n", "utf-8")


def _by_size(gaps: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(gaps.items(), key=lambda one: -one[1])


def _mb(kb: int) -> str:
    return f"{kb / 1024:.1f} MB"
