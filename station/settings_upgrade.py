"""Upgrades of `station.toml`: what an older program wrote becomes what this one reads.

A file without `version` is of version 1. `UPGRADES[n]` turns a document of version n + 1 into
one of version n + 2, in place; each has a test of its own in `tests/test_settings_upgrade.py`.
"""

from collections.abc import Callable, Sequence
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
    newest = FIRST_VERSION + len(upgrades)
    version = document.pop("version", FIRST_VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or version < FIRST_VERSION:
        raise InputInvalid(
            Code.SETTINGS_FIELD, field="version", rule="range", low=FIRST_VERSION, high=newest
        )
    if version > newest:
        raise InputInvalid(Code.SETTINGS_NEWER, field="version", value=version, known=newest)
    for step in upgrades[version - FIRST_VERSION :]:
        step(document)
    return document
