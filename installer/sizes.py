"""No source file over 400 lines: run by `make check`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 400
SUFFIXES = {".py", ".sh", ".c", ".md", ".toml", ".qss", ".nsi", ".spec"}


def source_files() -> list[Path]:
    """The files that git knows or would know, none ignored; without git, all but hidden ones."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        files = (path for path in ROOT.rglob("*") if path.is_file())
        hidden = (".", "build", "dist", "__pycache__")
        return [
            path
            for path in files
            if not any(part.startswith(hidden) for part in path.relative_to(ROOT).parts)
        ]
    paths = [ROOT / name for name in names.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


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
