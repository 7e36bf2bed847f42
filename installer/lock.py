"""Make `requirements.lock` anew: every dependency with its hashes, and no address or path.

`make lock` runs it. pip-compile resolves for the system it runs on, so what only Windows or only
Linux needs gets its marker here. Hashes are those of every file of a release, for all systems.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = ("window", "simulators", "central", "package", "dev")
WINDOWS_ONLY = ("colorama", "pywin32-ctypes", "tzdata")
LINUX_ONLY = ("jeepney", "secretstorage")
HEADER = """\
# Every dependency of the program, its extras and its tests, pinned with the hashes of its files.
# Made by `make lock` from pyproject.toml; not edited by hand.
"""


def compiled(source: Path, *extra: str) -> str:
    """What pip-compile says for `source`; it talks to the package index that pip is set up for."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.txt"
        command = [
            *(sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes"),
            *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
            *("--no-emit-trusted-host", "--strip-extras", "--allow-unsafe", "--rebuild"),
            *("--output-file", str(target), *extra, str(source)),
        ]
        # Only the index itself: what lies in local folders of wheels may differ from what it has.
        environment = {
            **{name: value for name, value in os.environ.items() if name != "PIP_FIND_LINKS"},
            "PIP_CONFIG_FILE": os.devnull,
        }
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
        return target.read_text("utf-8")


def blocks(text: str) -> dict[str, str]:
    """`name` → its lines (requirement and hashes), without comments and without this project."""
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if not line.startswith(" "):
            name = re.split(r"[=<>@\[ ]", line, maxsplit=1)[0].lower()
        found[name] = f"{found[name]}\n{line}" if name in found else line
    found.pop("card-station", None)
    return found


def marked(block: str, marker: str) -> str:
    """The block with an environment marker after its version."""
    first, _, rest = block.partition(" \\\n")
    return f"{first.split(' ;')[0]} ; {marker} \\\n{rest}"


def main() -> None:
    """Write the lock file, or fail without touching it."""
    found = blocks(compiled(ROOT / "pyproject.toml", *(f"--extra={extra}" for extra in EXTRAS)))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "windows.in"
        source.write_text("\n".join(WINDOWS_ONLY))
        windows = blocks(compiled(source))
    for name in WINDOWS_ONLY:
        found[name] = marked(windows[name], 'sys_platform == "win32"')
    for name in LINUX_ONLY:
        found[name] = marked(found[name], 'sys_platform == "linux"')
    text = HEADER + "".join(f"{found[name]}\n" for name in sorted(found))
    if "://" in text or any("--hash=" not in block for block in found.values()):
        sys.exit("the lock would hold an address, or a requirement without a hash")
    (ROOT / "requirements.lock").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
