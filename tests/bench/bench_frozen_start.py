"""The packaged program's start against an empty window of the same package, under Wine or Windows.

`python -m tests.bench.bench_frozen_start [--bundle FOLDER] [--prefix FOLDER] [--rounds N]`. Each
round starts both, in turn, off screen; the first is not counted. Times are from the moment that the
system began the process to the first frame, as the program itself wrote them down.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from installer.windows.wine import Wine, windows_path
from station.children import Child
from tests.bench.table import Line, ms, percentile, show

ROOT: Final = Path(__file__).parents[2]
WINDOW: Final = "CardStation.exe"
PLATFORM: Final = ("-platform", "offscreen")
NOT_YET: Final = frozenset(
    {
        *("sqlalchemy", "requests", "alembic", "keyring", "typer", "flask", "xlsxwriter"),
        *("pypinyin", "cryptography", "argon2", "smartcard", "msgspec"),
    }
)
"""What may not be loaded before the log-in page has been painted."""

Report = Mapping[str, Any]


def started(wine: Wine, program: Path, folder: Path, *arguments: str) -> Report:
    """Start it; what it wrote down. Raises `Failed`."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    wine.check([program, *arguments, windows_path(report), *PLATFORM], timeout=120)
    found: Report = json.loads(report.read_text("utf-8"))
    return found


def bench(wine: Wine, program: Path, folder: Path, rounds: int) -> list[Line]:
    """Starts in turn."""
    empty, ours = [], []
    home = windows_path(folder / "home")
    for _ in range(rounds + 1):
        empty.append(started(wine, program, folder, Child.EMPTY_WINDOW.flag))
        ours.append(started(wine, program, folder, "--home", home, "--loaded"))
    early = NOT_YET & {name.partition(".")[0] for one in ours for name in one["modules"]}
    if early:
        raise SystemExit(f"loaded before the first frame: {', '.join(sorted(early))}")
    return [
        _line("begun → painted", empty[1:], ours[1:], "painted_s"),
        _line("of it CPU time", empty[1:], ours[1:], "cpu_s"),
    ]


def _line(name: str, empty: Sequence[Report], ours: Sequence[Report], key: str) -> Line:
    floor = percentile([one[key] for one in empty], 0.5)
    found = percentile([one[key] for one in ours], 0.5)
    return Line(name, ms(found), f"empty window {ms(floor)}", found / floor)


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, default=ROOT / "build/windows/bundle/CardStation")
    parser.add_argument("--prefix", type=Path, default=ROOT / "build/windows/prefix-bench")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(argv)
    wine = Wine(options.prefix)
    wine.boot()
    try:
        with tempfile.TemporaryDirectory() as folder:
            lines = bench(wine, options.bundle / WINDOW, Path(folder), options.rounds)
    finally:
        wine.close()
    show("Start of the packaged program", lines)


if __name__ == "__main__":
    main()
