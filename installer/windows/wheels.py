"""Which wheels the Windows program needs, by the pins of requirements.lock; fetches and installs.

The index is asked for Windows files while this may run on Linux, so nothing is left to pip that pip
would answer for its own system: the closure of dependencies is made here, from each wheel's own
metadata, with Windows's answers to every marker ("sys_platform == 'win32'").
"""

import email.parser
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from installer.windows.fetched import ROOT, download, pinned, version_of
from installer.windows.interpreter import VERSION, WHEEL_FOR
from installer.windows.wine import Failed

SHIPPED: Final = ("window", "simulators", "central")
"""The extras that the packaged program has."""
TESTS: Final = ("hypothesis", "pytest", "pytest-benchmark", "pytest-qt", "pytest-xdist")
TESTS_ALSO: Final = (
    *("time-machine", "colorama", "iniconfig", "execnet"),
    *("cyclonedx-python-lib", "pefile", "setuptools"),  # what the build itself is tested with
)
WINDOWS: Final = {
    "sys_platform": "win32",
    "os_name": "nt",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "python_version": "3.11",
    "python_full_version": ".".join(map(str, VERSION)),
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


@dataclass(frozen=True, slots=True)
class Wheel:
    """One package as it is shipped."""

    name: str
    version: str
    path: Path
    metadata: Message


def roots(extras: Iterable[str] = SHIPPED) -> list[Requirement]:
    """What pyproject.toml says the program needs, with some of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def tools() -> list[Requirement]:
    """What packs the program, and is not shipped with it."""
    return [Requirement("pyinstaller")]


def test_tools() -> list[Requirement]:
    """What runs the tests with the Windows Python."""
    return [Requirement(name) for name in (*TESTS, *TESTS_ALSO)]


def closure(wanted: Iterable[Requirement], folder: Path) -> dict[str, Wheel]:
    """name → wheel of everything that `wanted` needs on Windows; files land in `folder`.

    Raises `Failed` for what requirements.lock does not pin or the index does not give.
    """
    pins = pinned()
    found: dict[str, Wheel] = {}
    asked: set[tuple[str, str]] = set()
    frontier = list(wanted)
    while frontier:
        due = [one for one in frontier if _holds(one, "")]
        names = {canonicalize_name(one.name) for one in due}
        _fetch({name: _pin(pins, name) for name in names if name not in found}, folder, found)
        frontier = []
        for one in due:
            name = canonicalize_name(one.name)
            for extra in ("", *one.extras):
                if (name, extra) not in asked:
                    asked.add((name, extra))
                    frontier += _needs(found[name], extra)
    return found


def _holds(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**WINDOWS, "extra": extra})


def _needs(wheel: Wheel, extra: str) -> list[Requirement]:
    """What a wheel needs on Windows, with one of its extras."""
    lines = [Requirement(line) for line in wheel.metadata.get_all("Requires-Dist", [])]
    chosen = [one for one in lines if _holds(one, extra)]
    for one in chosen:
        one.marker = None
    return chosen


def _pin(pins: dict[str, str], name: str) -> str:
    if name not in pins:
        raise Failed(f"requirements.lock does not pin {name}: run `make lock`")
    return pins[name]


def _fetch(blocks: dict[str, str], folder: Path, found: dict[str, Wheel]) -> None:
    missing = [text for name, text in blocks.items() if _file(folder, name, text) is None]
    if missing:
        download(missing, folder, *WHEEL_FOR)
    for name, text in blocks.items():
        path = _file(folder, name, text)
        if path is None:
            raise Failed(f"there is no wheel of {name} {version_of(text)} for Windows")
        found[name] = Wheel(name, version_of(text), path, metadata_of(path))


def _file(folder: Path, name: str, text: str) -> Path | None:
    start = f"{name.replace('-', '_').replace('.', '_')}-{version_of(text)}-"
    for path in sorted(folder.glob("*.whl")):
        if path.name.lower().replace(".", "_").startswith(start.lower().replace(".", "_")):
            return path
    return None


def metadata_of(path: Path) -> Message:
    """A wheel's METADATA."""
    with zipfile.ZipFile(path) as wheel:
        name = next(one for one in wheel.namelist() if one.endswith(".dist-info/METADATA"))
        return email.parser.Parser().parsestr(wheel.read(name).decode("utf-8"))


def install(wheels: Iterable[Wheel], target: Path) -> None:
    """Unpack wheels into a folder of packages, nothing compiled. Raises `Failed`."""
    shutil.rmtree(target, ignore_errors=True)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-index", "--no-deps", "--no-compile", "--target", str(target), *WHEEL_FOR),
            *(str(wheel.path) for wheel in wheels),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"the wheels do not install:\n{done.stderr[-3000:]}")
    shutil.rmtree(target / "bin", ignore_errors=True)  # programs for this system, not for Windows
