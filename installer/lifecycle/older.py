"""Packs a setup of an older version from the same program, to upgrade from: for the checks only.

    python -m installer.lifecycle.older BUNDLE OUT [--version 0.0.9]

What differs: the setup's version, one file that only the older has, one that only the newer has.
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from installer.windows import signing
from installer.windows.setup import EPOCH, make_setup

VERSION: Final = "0.0.9"
ONLY_OLDER: Final = Path("_internal", "only_in_the_older.txt")
ONLY_NEWER: Final = Path("_internal", "resources", "sounds", "failure.wav")


def pack_older(bundle: Path, out: Path, version: str = VERSION) -> Path:
    """Pack it into `out`, signed, and give `out` back. Raises `Failed`."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(EPOCH))
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / bundle.name
        shutil.copytree(bundle, copy)
        (copy / ONLY_OLDER).write_text("gone after the upgrade\n", "utf-8")
        (copy / ONLY_NEWER).unlink()
        return make_setup(copy, version, out, sign=signing.command(), quick=True)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m installer.lifecycle.older")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", default=VERSION)
    given = parser.parse_args()
    print(pack_older(given.bundle, given.out, given.version))


if __name__ == "__main__":
    main()
