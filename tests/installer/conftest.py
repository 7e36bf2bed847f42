"""Stand-in programs, and setups made of them, for tests of the setup itself."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from installer.windows.setup import make_setup

HERE = Path(__file__).parent
COMPILER = "x86_64-w64-mingw32-gcc"
RESOURCES = "x86_64-w64-mingw32-windres"
LARGE = 5_000_000
"""Bytes of a file that no small disk takes."""


def need(*tools: str) -> None:
    """Skip the test where this machine lacks a tool, and say which."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed here: {', '.join(missing)}")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a program folder of some version; versions differ in their files."""
    need(COMPILER, RESOURCES)

    def make(version: str) -> Path:
        folder = tmp_path_factory.mktemp(f"bundle-{version}")
        _compile(folder / "station.exe", version)
        shutil.copy(folder / "station.exe", folder / "CardStation.exe")
        deep = folder / "_internal" / "数据 data"
        deep.mkdir(parents=True)
        (deep / "$both.txt").write_text("the same in each", "utf-8")
        (deep / f"only-{version}.txt").write_text(version, "utf-8")
        (folder / "_internal" / f"folder-{version}").mkdir()
        for number in range(12):
            (folder / "_internal" / f"{number}.bin").write_bytes(bytes([number]) * LARGE)
        return folder

    return make


@pytest.fixture(scope="session")
def setups(
    bundle: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Makes a setup of some version."""
    need("makensis")

    def make(version: str) -> Path:
        out = tmp_path_factory.mktemp("setups") / f"CardStation-{version}-setup.exe"
        return make_setup(bundle(version), version, out, quick=True)

    return make


def _compile(target: Path, version: str) -> None:
    numbers = ",".join([*version.split("."), "0"])
    resource = target.with_suffix(".res.o")
    said = [f'-DVERSION=\\"{version}\\"', f"-DNUMBERS={numbers}"]
    subprocess.run([RESOURCES, *said, str(HERE / "program.rc"), "-o", str(resource)], check=True)
    # no time stamp in the program: the same source gives the same bytes
    options = ["-municode", "-O1", "-s", f'-DVERSION="{version}"', "-Wl,--no-insert-timestamp"]
    subprocess.run(
        [COMPILER, *options, str(HERE / "program.c"), str(resource), "-o", str(target)],
        check=True,
    )
    resource.unlink()
