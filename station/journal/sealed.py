"""Passcodes: encrypted, apart from the events, and really gone once they are forgotten."""

import os
from typing import Final

from sqlalchemy import insert

from station.journal.engine import Database, Raw, Statement, Tx
from station.journal.people import Keys
from station.journal.tables import sealed

COLUMNS: Final = tuple(column.name for column in sealed.columns)
_ADD: Final = Statement(insert(sealed))
_GET: Final = Raw("SELECT value, wrapped_key FROM sealed WHERE id = :id")
_ROW: Final = Raw(f"SELECT {', '.join(COLUMNS)} FROM sealed WHERE id = :id")  # noqa: S608
_FORGET: Final = Raw("DELETE FROM sealed WHERE id = :id")


class Sealed:
    """The sealed texts of one journal."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._db = database
        self._keys = keys

    def put(self, text: str) -> str:
        """Keep a text; its reference."""
        reference = os.urandom(8).hex()
        value, wrapped = self._keys.seal_text(reference, text)
        with self._db.writing() as tx:
            tx.run(_ADD, {"id": reference, "value": value, "wrapped_key": wrapped})
        return reference

    def get(self, reference: str) -> str:
        """The text; empty once forgotten or never known."""
        with self._db.reading() as tx:
            row = tx.run(_GET, {"id": reference}).fetchone()
        return "" if row is None else self._keys.open_text(reference, bytes(row[0]), bytes(row[1]))

    def forget(self, reference: str) -> None:
        """Delete a text, its key, and every copy of the bytes that the file still holds."""
        with self._db.writing() as tx:
            tx.run(_FORGET, {"id": reference})
        self._db.scrub()


def row_of(tx: Tx, reference: str) -> tuple[object, ...] | None:
    """A stored row as it is, for another journal of the same site."""
    found: tuple[object, ...] | None = tx.run(_ROW, {"id": reference}).fetchone()
    return found


def carry(tx: Tx, reference: str, row: tuple[object, ...] | None) -> None:
    """Take a stored row over, or its deletion."""
    tx.run(_FORGET, {"id": reference})
    if row is not None:
        tx.run(_ADD, dict(zip(COLUMNS, row, strict=True)))
