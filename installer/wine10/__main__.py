"""`python -m installer.wine10 --setup SETUP.exe --out DIR`: the installed program under Wine 10.

Exit status 0 when every check passed, 1 when one failed, 2 when nothing could be tried here. The
pictures of the window are left in DIR, for somebody to look at.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from installer.windows.wine import Failed
from installer.wine10 import chroot

ROOT: Final = Path(__file__).parents[2]
BUILT: Final = ROOT / "build/windows"
NOT_TRIED: Final = 2
LONGEST_S: Final = 1500.0


def main(argv: Sequence[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m installer.wine10", description=__doc__)
    parser.add_argument("--setup", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "build/artefacts/wine10")
    found = parser.parse_args(argv)
    if why := chroot.what_is_missing():
        return _not_tried(why)
    if not found.setup.is_file():
        return _not_tried(f"there is no setup at {found.setup}")
    try:
        debian = BUILT / chroot.SUITE
        if chroot.made(debian):
            print(f"made a Debian {chroot.SUITE} with Wine 10")
        return _tried(debian, found.setup.absolute(), found.out.absolute())
    except Failed as error:
        return _not_tried(str(error))


def _tried(debian: Path, setup: Path, out: Path) -> int:
    """Install and check in a desk's folder that is new; keep the pictures."""
    desk = BUILT / "wine10"
    shutil.rmtree(desk, ignore_errors=True)
    (desk / "out").mkdir(parents=True)
    shutil.copy(setup, desk / "setup.exe")
    try:
        status = chroot.run(
            debian,
            ROOT,
            desk,
            ["python3", "-m", "installer.wine10.inside"],
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        print(f"ended after {LONGEST_S:.0f} s: something never came", file=sys.stderr)
        status = 1
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    for path in sorted((desk / "out").iterdir()):
        shutil.copy(path, out)
    shutil.rmtree(desk)
    print(f"pictures: {out}")
    return min(status, 1)


def _not_tried(why: str) -> int:
    print(why, file=sys.stderr)
    return NOT_TRIED


if __name__ == "__main__":
    sys.exit(main())
