"""Collects the licences of everything the package ships into one file, `LICENCES.txt`.

From each wheel its own licence files; for the interpreter, Qt and the bootloader what they say
themselves. A package whose licence is unknown or may not be shipped stops the build.
"""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from installer.windows.fetched import ROOT
from installer.windows.wheels import Wheel
from installer.windows.wine import Failed

_LICENCE_FILE: Final = re.compile(
    r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$|/licenses?/", re.IGNORECASE
)
_MAY_SHIP: Final = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser General|Unlicense"
    r"|Public Domain|0BSD|Zlib",
    re.IGNORECASE,
)
_MAY_NOT: Final = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|GNU General Public|Affero", re.IGNORECASE)
_RULE: Final = "=" * 90
LGPL: Final = """\
Qt and PySide6 are used under the GNU Lesser General Public License, version 3. They are shipped as
libraries of their own in the folder _internal/PySide6 and may be replaced by another build of the
same version. Their source is published by The Qt Company as "PySide6" and "Qt 6.8"; psycopg and
its libpq are used in the same way, under the LGPL 3 and the PostgreSQL licence.
"""


def licence_of(wheel: Wheel) -> str:
    """The licence a package names: its SPDX expression, else its field or its classifiers."""
    metadata = wheel.metadata
    named = str(metadata.get("License-Expression") or "").strip()
    classifiers = [
        line.rsplit("::", 1)[1].strip()
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    field = str(metadata.get("License") or "").strip().splitlines()
    return named or "; ".join(classifiers) or (field[0].strip() if field else "")


def check(wheel: Wheel) -> str:
    """The licence, if it may be shipped. Raises `Failed`."""
    licence = licence_of(wheel)
    choices = re.split(r"\bOR\b|;", licence)
    if not any(_MAY_SHIP.search(one) and not _MAY_NOT.search(one) for one in choices):
        raise Failed(f"{wheel.name} {wheel.version} may not be shipped: its licence is {licence!r}")
    return licence


def texts(wheel: Wheel) -> list[tuple[str, str]]:
    """(name, text) of the licence files in a wheel."""
    with zipfile.ZipFile(wheel.path) as archive:
        names = [
            name
            for name in sorted(archive.namelist())
            if ".dist-info/" in name and _LICENCE_FILE.search(name) and not name.endswith("/")
        ]
        return [
            (name.rpartition("/")[2], archive.read(name).decode("utf-8", "replace"))
            for name in names
        ]


def collect(wheels: Iterable[Wheel], stdlib: Path, target: Path) -> None:
    """Write everything into one file. Raises `Failed` for what may not be shipped."""
    parts = [("Card Station", "MIT", [("LICENSE", (ROOT / "LICENSE").read_text("utf-8"))])]
    parts.append(("CPython", "PSF-2.0", [("LICENSE", _python_licence(stdlib))]))
    icons = (ROOT / "resources" / "icons" / "LICENSE.txt").read_text("utf-8")
    parts.append(("Lucide icons", "ISC", [("LICENSE.txt", icons)]))
    for wheel in sorted(wheels, key=lambda one: one.name):
        found = texts(wheel)
        own = [("", LGPL)] if wheel.name in ("pyside6-essentials", "psycopg") else []
        parts.append((f"{wheel.name} {wheel.version}", check(wheel), own + found))
    lines = ["What Card Station ships, and under which licences.", ""]
    lines += [f"  {name}: {licence}" for name, licence, _ in parts]
    for name, licence, found in parts:
        lines += ["", _RULE, f"{name} ({licence})", _RULE]
        for title, text in found:
            lines += ["", f"--- {title}" if title else "", text.strip()]
        if not found:
            lines += ["", "(The package brings no licence text of its own.)"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", "utf-8", newline="\r\n")


def _python_licence(stdlib: Path) -> str:
    for name in ("LICENSE.txt", "LICENSE"):
        if (stdlib / name).is_file():
            return (stdlib / name).read_text("utf-8")
    raise Failed("the Python that the library is taken from brings no licence")
