"""Gets files from the package index that pip is set up for, each checked against a known hash."""

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from installer.windows.wine import Failed

ROOT: Final = Path(__file__).parents[2]
LOCK: Final = ROOT / "requirements.lock"
_REQUIREMENT: Final = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)")


def pinned() -> dict[str, str]:
    """name → its block in requirements.lock without a marker: the version and its hashes."""
    found: dict[str, str] = {}
    name = ""
    for line in LOCK.read_text("utf-8").splitlines():
        match = _REQUIREMENT.match(line)
        if match:
            name = match[1]
            found[name] = f"{match[1]}=={match[2]} \\"
        elif line.startswith(" ") and name:
            found[name] += f"\n{line}"
    return found


def version_of(block: str) -> str:
    """The version in a block of the lock file."""
    return block.split("==", 1)[1].split(" ", 1)[0]


def download(blocks: Iterable[str], target: Path, *options: str) -> None:
    """Download what the blocks name into `target`. Raises `Failed` for a wrong hash."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = target / "wanted.txt"
    wanted.write_text("\n".join(blocks) + "\n", "utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--require-hashes", "--dest", str(target), *options),
            *("-r", str(wanted)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    wanted.unlink()
    if done.returncode != 0:
        raise Failed(f"the package index did not give what is pinned:\n{done.stderr[-3000:]}")


def block(name: str, version: str, hashes: Mapping[str, str] | Iterable[str]) -> str:
    """A block like those of the lock file, for what is not a dependency of the program."""
    lines = [f"{name}=={version} \\", *(f"    --hash=sha256:{one} \\" for one in hashes)]
    return "\n".join(lines).removesuffix(" \\")
