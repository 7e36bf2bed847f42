"""Packs the program into one setup.exe with NSIS, the same byte for byte each time.

    python -m installer.windows.setup BUNDLE VERSION OUT [--licence FILE]

Files are named one by one, in sorted order, with one time: so nothing hangs on the order or the
clock of a file system, and the uninstaller removes what the setup brought and nothing else.
"""

import argparse
import math
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from installer.windows.wine import Failed

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = ROOT / "installer" / "station.nsi"
EPOCH: Final = 1_760_000_000
"""The time (seconds since 1970, UTC) of what is packed where SOURCE_DATE_EPOCH gives none."""
NEEDED: Final = ("CardStation.exe", "station.exe")
_VERSION: Final = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,5}")


def make_setup(
    bundle: Path,
    version: str,
    out: Path,
    *,
    licence: Path | None = None,
    icon: Path | None = None,
    sign: Sequence[str] | None = None,
    epoch: int | None = None,
    quick: bool = False,
) -> Path:
    """Pack the folder `bundle` as `version` (1.2.3) into `out`, and give `out` back.

    `licence` is the UTF-8 text of the licence page, LICENSE if not given. `icon` is an .ico. `sign`
    is a command that signs the file named after it: it gets the uninstaller and the setup. The
    times of the files in `bundle` are set to `epoch` (seconds since 1970, UTC). `quick` makes a
    setup for tests, larger and in a tenth of the time. Raises `Failed`.
    """
    if not _VERSION.fullmatch(version):
        raise Failed(f"{version} is no version of three numbers")
    missing = [name for name in NEEDED if not (bundle / name).is_file()]
    if missing:
        raise Failed(f"{bundle} lacks {', '.join(missing)}")
    time = int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH)) if epoch is None else epoch
    files, folders = contents(bundle)
    for path in (*files, *folders):
        os.utime(bundle / path, (time, time))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        names = Path(work) / "files.nsh"
        names.write_text(macros(files, folders), "utf-8")
        shown = Path(work) / "licence.txt"
        text = (licence or ROOT / "LICENSE").read_text("utf-8")
        shown.write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
        defines = {
            "VERSION": version,
            "SRC": bundle.absolute().as_posix(),
            "FILES": names.as_posix(),
            "SIZE_KB": str(math.ceil(sum((bundle / path).stat().st_size for path in files) / 1024)),
            "OUT": str(out.absolute()),
            "LICENSE": shown.as_posix(),
        }
        if sign is not None:
            defines["SIGN"] = subprocess.list2cmdline(sign)
        if icon is not None:
            defines["ICON"] = icon.absolute().as_posix()
        if quick:
            defines["QUICK"] = "1"
        _makensis(defines, time)
    return out


def contents(bundle: Path) -> tuple[list[PurePosixPath], list[PurePosixPath]]:
    """Every file (the two programs last) and every folder of the bundle, sorted."""
    found = sorted(bundle.rglob("*"), key=lambda path: path.relative_to(bundle).as_posix())
    if any(path.is_symlink() for path in found):
        raise Failed("a setup cannot hold links")
    files = [PurePosixPath(path.relative_to(bundle).as_posix()) for path in found if path.is_file()]
    folders = [
        PurePosixPath(path.relative_to(bundle).as_posix()) for path in found if path.is_dir()
    ]
    return sorted(files, key=lambda path: len(path.parts) == 1), folders


def macros(files: Sequence[PurePosixPath], folders: Sequence[PurePosixPath]) -> str:
    """The lists as NSIS macros; see `installer/nsis/files.nsh`."""

    def each(name: str, entries: Sequence[PurePosixPath], *, source: bool) -> list[str]:
        lines = [f"!macro {name} DO"]
        for path in entries:
            given = f' "{_plain(str(path))}"' if source else ""
            target = _plain(str(path)).replace("/", "\\").replace("$", "$$")
            lines.append(f'  !insertmacro ${{DO}} "{target}"{given}')
        return [*lines, "!macroend", ""]

    lines = [
        *each("EachFolder", folders, source=False),
        *each("EachFolderBack", folders[::-1], source=False),
        *each("EachFile", files, source=True),
        *each("EachFileBack", files[::-1], source=True),
    ]
    return "\n".join(lines)


def _plain(name: str) -> str:
    """The name, unless makensis would read more than a name in it."""
    if not name.isprintable() or set(name) & set('"`*?[]{}'):
        raise Failed(f"a setup cannot hold a file named {name!r}")
    return name


def _makensis(defines: dict[str, str], time: int) -> None:
    """Run the compiler; its folder is the project's, so that a signing module is found."""
    command = [
        *("makensis", "-V2", "-WX", "-NOCD", "-INPUTCHARSET", "UTF8"),
        *(f"-D{name}={value}" for name, value in defines.items()),
        str(SCRIPT),
    ]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time), "PYTHONHASHSEED": "1"}
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise Failed("makensis is not installed") from error
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        raise Failed(f"makensis ended with {done.returncode}:\n{said[-4000:]}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Pack a program folder into a setup.exe.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("version")
    parser.add_argument("out", type=Path)
    parser.add_argument("--licence", type=Path)
    parser.add_argument("--quick", action="store_true", help="larger, in a tenth of the time")
    given = parser.parse_args()
    made = make_setup(
        given.bundle, given.version, given.out, licence=given.licence, quick=given.quick
    )
    print(made)


if __name__ == "__main__":
    main()
