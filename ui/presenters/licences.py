"""What the program is made of: names, versions and licences of the libraries that it uses."""

import re
from dataclasses import dataclass
from importlib import metadata
from typing import Final

ROOTS: Final = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "alembic",
    "argon2-cffi",
    "cryptography",
    "filelock",
    "flask",
    "keyring",
    "msgspec",
    "platformdirs",
    "psycopg",
    "pypinyin",
    "pyscard",
    "requests",
    "rich",
    "tenacity",
    "tomli-w",
    "truststore",
    "typer",
    "XlsxWriter",
)
LONGEST: Final = 60
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Library:
    """One library as its package describes itself."""

    name: str
    version: str
    licence: str


def libraries() -> list[Library]:
    """The libraries that are installed here, with what they need themselves, by name."""
    found: dict[str, Library] = {}
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        key = _key(name)
        if key in found:
            continue
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found[key] = Library(about["Name"], about["Version"], licence_of(about))
        for need in about.get_all("Requires-Dist") or []:
            match = _NAME.match(need)
            waiting += [match[0]] if match and "extra ==" not in need else []
    return sorted(found.values(), key=lambda library: library.name.casefold())


def licence_of(about: metadata.PackageMetadata) -> str:
    """SPDX where the package says so, else its own words or classifiers."""
    said = next((about[key] for key in ("License-Expression", "License") if key in about), "")
    first = said.strip().split("\n")[0]
    if first and len(first) <= LONGEST:
        return first
    kinds = about.get_all("Classifier") or []
    names = [kind.rpartition(" :: ")[2] for kind in kinds if kind.startswith("License ::")]
    return ", ".join(names) or first[:LONGEST]


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
