"""A short shift, with the program in a process of its own; and that the verdict would notice."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from station.ports import VerifyResult
from tests.faults.program import surroundings
from tests.shift import verdict
from tests.shift.meters import Said, Sample, Spread, Standing
from tests.shift.outside import ROOT
from tests.shift.shift import Record

OPERATIONS = 100
DEADLINE_S = 300
GOOD = VerifyResult(ok=True, events=1, head="")
REST = Standing({"MainThread": 1}, {"python": 1}, {"journal.db": 2}, {"QLabel": 9}, {"QMenu": 1})


@pytest.mark.linux("/proc tells what is open and how large the program is")
@pytest.mark.slow
def test_a_short_shift_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.shift", "--operations", str(OPERATIONS), "--rooms", "48"],
        env=surroundings({"QT_QPA_PLATFORM": "offscreen", "CARD_STATION_ARTEFACTS": str(tmp_path)}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = (tmp_path / "shift" / "report.md").read_text("utf-8")
    assert f"| operations | {OPERATIONS} |" in report
    assert "- passed" in report
    assert len((tmp_path / "shift" / "memory.csv").read_text("utf-8").splitlines()) > 2


def samples(kb_each: float) -> list[Sample]:
    """Memory that grows by so many KB with each operation, and jumps about as heaps do."""
    rows = range(0, 10_000, 50)
    heaps = (0, 900, 30, 400, 10)
    return [
        Sample(row, "", 0, round(100_000 + kb_each * row) + heaps[row // 50 % 5], 8, 20, 99, 1)
        for row in rows
    ]


def record(**changes: object) -> Record:
    made = Record(operations=10_000, samples=samples(0), before=REST, after=REST)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_shift_in_which_all_is_well_passes() -> None:
    assert verdict.failures(record(), Said(), GOOD, []) == []


def test_memory_that_grows_by_a_few_bytes_an_operation_is_noticed() -> None:
    slope = verdict.slope_kb(samples(0.1))
    assert slope == pytest.approx(100, rel=0.1)
    assert len(verdict.failures(record(samples=samples(0.1)), Said(), GOOD, [])) == 1


def test_too_few_samples_say_nothing_of_memory() -> None:
    assert verdict.slope_kb(samples(1)[:30]) is None


@pytest.mark.parametrize(
    ("part", "more"),
    [
        ("threads", {"lane-x": 1}),
        ("system_threads", {"QThread": 1}),
        ("files", {"journal.db": 3}),
        ("windows", {"QMenu": 2}),
        ("objects", {"QLabel": 9 + verdict.MOST_OBJECTS + 1}),
    ],
)
def test_what_is_left_behind_is_noticed(part: str, more: Mapping[str, int]) -> None:
    after = replace(REST, **{part: {**getattr(REST, part), **more}})
    assert len(verdict.failures(record(after=after), Said(), GOOD, [])) == 1


def test_what_qt_paints_with_is_not_held_against_the_program() -> None:
    painting = {**REST.system_threads, verdict.PAINTING: 2}
    after = replace(REST, system_threads=painting, files={**REST.files, verdict.EVENTS: 2})
    assert verdict.failures(record(after=after), Said(), GOOD, []) == []


def test_warnings_errors_wrong_doors_and_a_broken_chain_are_noticed() -> None:
    said = Said()
    said.qt("QPainter: not active")
    said.errors.append("unforeseen")
    bad = VerifyResult(ok=False, events=1, head="", first_bad=1, why="hash")
    found = verdict.failures(record(wrong=["1-101: opened"], unresolved=1), said, bad, ["lane-x"])
    assert len(found) == 6


def test_a_shift_that_did_not_end_fails() -> None:
    assert verdict.failures(record(after=None), Said(), GOOD, []) == ["the shift did not end"]


def test_a_spread_knows_its_largest_and_its_percentiles() -> None:
    spread = Spread()
    for place in range(1, 101):
        spread.add(place / 1000)
    assert spread.largest == pytest.approx(0.1)
    assert spread.at(0.5) == pytest.approx(0.05, abs=0.001)
    assert spread.at(1) == pytest.approx(0.1, abs=0.001)
