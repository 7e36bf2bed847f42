"""No source file over 400 lines: run by `make check`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 400
SUFFIXES = {".py", ".sh", ".c", ".md", ".toml", ".qss", ".nsi", ".spec"}

HIDDEN = (".", "build", "dist", "__pycache__")


def source_files() -> list[Path]:
    """The files that git knows or would know, none ignored; without git, all but hidden ones."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return list(_walked())
    paths = [ROOT / name for name in names.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def _walked() -> Iterator[Path]:
    for folder, folders, files in os.walk(ROOT):
        # not only left out but not walked through: a Wine prefix links to the whole file system
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        yield from (Path(folder, name) for name in files if not name.startswith(HIDDEN))


def too_long(limit: int = LIMIT) -> list[tuple[Path, int]]:
    """Each file over the limit, with its lines."""
    counted = (
        (path, len(path.read_bytes().splitlines()))
        for path in source_files()
        if path.suffix in SUFFIXES
    )
    return [(path.relative_to(ROOT), lines) for path, lines in counted if lines > limit]


if __name__ == "__main__":
    found = too_long()
    for name, lines in found:
        print(f"{name}: {lines} lines, more than {LIMIT}")
    sys.exit(1 if found else 0)
