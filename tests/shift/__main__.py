"""`python -m tests.shift [--operations N] [--seed N] [--rooms N]`: one shift, judged and told.

Exit status 1 where it failed (`verdict` says by which rules); the report is left in
`build/artefacts/shift`, or where CARD_STATION_ARTEFACTS says.
"""

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.shift.desk import SUPERVISOR, Opened
from tests.shift.hands import Driver, Hands
from tests.shift.meters import Said
from tests.shift.outside import ROOT, Outside
from tests.shift.shift import Record, Shift, chance_of
from ui import app
from ui.context import Context
from ui.main_window import MainWindow

ROOMS: Final = 192
SEED: Final = 2026


def artefacts() -> Path:
    """Where the report is left."""
    return Path(os.environ.get("CARD_STATION_ARTEFACTS", ROOT / "build/artefacts")) / "shift"


class Run:
    """One run of the program, and the driver that works it from within its event loop."""

    def __init__(
        self, outside: Outside, said: Said, operations: int, seed: int, folder: Path
    ) -> None:
        self.record = Record()
        self.error: BaseException | None = None
        self._opened, self._said = Opened(outside), said
        self._operations, self._seed, self._folder = operations, seed, folder
        self._hands: Hands | None = None
        self._driver: Driver | None = None

    def play(self) -> None:
        """Until the window has closed. Raises what ended the shift before its time."""
        app.run(
            self._folder / "home",
            "zh_CN",
            SUPERVISOR.name,
            opener=self._opened.open,
            furnish=self._furnish,
        )
        if self._hands is not None:
            self._hands.close()
        if self.error is not None:
            raise self.error

    def _furnish(self, context: Context, main: MainWindow) -> None:
        self._said.listen()
        chance = chance_of(self._seed)
        self._hands = Hands(self._opened, context, main, chance)
        artefacts().mkdir(parents=True, exist_ok=True)
        memory = artefacts() / "memory.csv"
        shift = Shift(self._hands, self._operations, self._folder, memory, self.record)
        self._driver = Driver(shift.steps(), self._ended)
        self._driver.start()

    def _ended(self, error: BaseException | None) -> None:
        self.error = error
        assert self._hands is not None
        if error is not None:
            self._hands.window.may_close = lambda: True
        self._hands.window.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Work, judge, print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rooms", type=int, default=ROOMS)
    options = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory(prefix="shift-") as place,
        Outside(options.rooms) as outside,
        Said() as said,
    ):
        run = Run(outside, said, options.operations, options.seed, Path(place))
        before = {thread.ident for thread in threading.enumerate()}
        run.play()
        outlived = [one.name for one in threading.enumerate() if one.ident not in before]
        # Not before: what judges is not to be measured.
        from station.journal.verifying import verify_file
        from tests.bench.table import show
        from tests.shift import verdict

        verified = verify_file(Path(place) / "home" / "journal.db")
        failed = verdict.failures(run.record, said, verified, outlived)
        table = verdict.lines(run.record, said, verified)
    show(f"A shift of {options.operations:,} operations, seed {options.seed}", table)
    verdict.write(artefacts(), run.record, table, failed, options.seed)
    for one in failed[: verdict.MOST_SHOWN]:
        print(f"FAILED: {one}")
    print(f"report: {artefacts() / 'report.md'}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
