"""The command; see the package."""

import argparse
import sys
import tempfile
from pathlib import Path

from installer.lifecycle.life import Life, Setup, awake, version_of
from installer.lifecycle.whole import every_chapter
from installer.windows import signing
from installer.windows.wine import Wine


def main() -> int:
    """Run every chapter; 0 when no check failed."""
    parser = argparse.ArgumentParser(prog="python -m installer.lifecycle", description=__doc__)
    parser.add_argument("--setup", type=Path, required=True, help="the setup to check")
    parser.add_argument("--older", type=Path, required=True, help="one of an older version")
    parser.add_argument("--prefix", type=Path, required=True, help="a Wine prefix; made if missing")
    parser.add_argument("--unsigned", action="store_true", help="these were not signed")
    given = parser.parse_args()
    wine = Wine(given.prefix)
    with tempfile.TemporaryDirectory() as work, awake(wine):
        life = Life(
            wine,
            Setup(given.setup.absolute(), version_of(given.setup)),
            Setup(given.older.absolute(), version_of(given.older)),
            Path(work).resolve(),
        )
        every_chapter(life, None if given.unsigned else signing.find_certificate())
    print(f"{life.passed} passed, {len(life.failed)} failed")
    return 1 if life.failed else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.exit(main())
