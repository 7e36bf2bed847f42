"""Builds PyInstaller's Windows bootloader here, from its source.

The one that comes with PyInstaller starts so many unwanted programs that antivirus products know it
by heart; one of our own is known to nobody. The source is the release on the package index, by the
hash in requirements.lock; mingw-w64 compiles it in about 80 s, once for each release.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from installer.windows.fetched import download, pinned, version_of
from installer.windows.wine import COMPILER, WINDOWS, Failed

PLACE: Final = Path("PyInstaller", "bootloader", "Windows-64bit-intel")
PROGRAMS: Final = ("run.exe", "runw.exe")
"""The bootloader of a console program and of a windowed one."""
EPOCH: Final = "1760000000"


def build(cache: Path) -> Path:
    """The folder with our bootloaders; built if it is not there. Raises `Failed`."""
    block = pinned()["pyinstaller"]
    made = cache / f"bootloader-{version_of(block)}"
    if made.is_dir():
        return made
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        work = Path(folder)
        download([block], work, "--no-binary", ":all:", "--no-build-isolation")
        source = _unpacked(next(work.glob("pyinstaller-*.tar.gz")))
        _compile(source / "bootloader")
        kept = work / "kept"
        kept.mkdir()
        for name in PROGRAMS:
            shutil.copyfile(source / PLACE / name, kept / name)
        kept.rename(made)
    return made


def put_in_place(made: Path, packages: Path) -> None:
    """Let the PyInstaller in `packages` use our bootloaders, and have no others to fall back on."""
    place = packages / PLACE
    for other in place.parent.iterdir():
        shutil.rmtree(other)
    place.mkdir()
    for name in PROGRAMS:
        shutil.copyfile(made / name, place / name)


def _unpacked(archive: Path) -> Path:
    shutil.unpack_archive(archive, archive.parent)  # by its hash it is what it should be
    return archive.with_name(archive.name.removesuffix(".tar.gz"))


def _compile(folder: Path) -> None:
    compiler = (
        ("--msvc-target=x64",)
        if WINDOWS
        else (f"CC={COMPILER}", "CFLAGS=-static", "LINKFLAGS=-Wl,--no-insert-timestamp")
    )
    done = subprocess.run(
        [sys.executable, "./waf", "distclean", "all", *compiler],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**_environment(), "SOURCE_DATE_EPOCH": EPOCH},
    )
    if done.returncode != 0:
        raise Failed(f"the bootloader does not compile:\n{(done.stdout + done.stderr)[-3000:]}")


def _environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
