"""Upgrades of `station.toml`: what an older program wrote becomes what this one reads.

A file without `version` is of version 1. `UPGRADES[n]` turns a document of version n + 1 into
one of version n + 2, in place; each has a test of its own in `tests/test_settings_upgrade.py`.

A file is upgraded in memory each time it is read, and on the disk when settings are saved: until
then the older program can be put back. What the older program wrote is kept beside it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

from station.errors import Code, InputInvalid

Document = dict[str, Any]
Upgrade = Callable[[Document], None]


def no_rooms_file(document: Document) -> None:
    """Which lock belongs to which room stands in the journal: `kexin.rooms_file` is no more."""
    kexin = document.get("kexin")
    if isinstance(kexin, dict):
        kexin.pop("rooms_file", None)


UPGRADES: Final[tuple[Upgrade, ...]] = (no_rooms_file,)
FIRST_VERSION: Final = 1
VERSION: Final = FIRST_VERSION + len(UPGRADES)


def upgrade(document: Document, upgrades: Sequence[Upgrade] = UPGRADES) -> Document:
    """The document as this program knows it, with its `version` taken out.

    Raises `InputInvalid` SETTINGS_FIELD (a version that is no number) or SETTINGS_NEWER.
    """
    version = _version(document.pop("version", FIRST_VERSION), FIRST_VERSION + len(upgrades))
    for step in upgrades[version - FIRST_VERSION :]:
        step(document)
    return document


def keep_older(path: Path) -> Path | None:
    """Before the settings are saved: a copy of what an older program wrote; its path, if made.

    The copy is named for the version that takes its place, and none is ever written over. Raises
    `InputInvalid` SETTINGS_NEWER, FILE_UNWRITABLE.
    """
    import tomllib

    from station.files import write_atomically

    try:
        raw = path.read_bytes()
        version = _version(
            tomllib.loads(raw.decode("utf-8-sig")).get("version", FIRST_VERSION), VERSION
        )
    except (OSError, ValueError):
        return None  # nothing that could be read again
    if version == VERSION:
        return None
    name = f"{path.name}.before-{VERSION}"
    for number in count(1):
        copy = path.with_name(name if number == 1 else f"{name}-{number}")
        with suppress(OSError):
            if copy.read_bytes() == raw:
                return copy
        if write_atomically(copy, raw, replace=False):
            return copy
    raise AssertionError("some name is free")


def _version(found: object, newest: int) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or found < FIRST_VERSION:
        raise InputInvalid(
            Code.SETTINGS_FIELD, field="version", rule="range", low=FIRST_VERSION, high=newest
        )
    if found > newest:
        raise InputInvalid(Code.SETTINGS_NEWER, field="version", value=found, known=newest)
    return found
