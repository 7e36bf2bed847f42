"""What both database engines share: statements compiled once, transactions, errors in one place.

Statements are SQLAlchemy Core, compiled once per dialect and run on the bare driver's cursor: where
cards are written nothing else may stand between the desk and the disk.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Final, Protocol

from sqlalchemy import ClauseElement, Dialect, Table

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
Params = Mapping[str, Any]
NO_PARAMS: Final[Params] = {}
Row = tuple[Any, ...]


@cache
def _dialect(name: str) -> Dialect:
    """SQLAlchemy's words for an engine; PostgreSQL's only where a site has one."""
    if name == SQLITE:
        from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

        return SQLiteDialect_pysqlite(paramstyle="named")
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    return PGDialect_psycopg(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class Cursor(Protocol):
    """The little of a driver's cursor that the journal uses."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Statement:
    """A statement, built and compiled at its first use on each engine."""

    __slots__ = ("_build", "_texts")

    def __init__(self, build: Callable[[str], ClauseElement] | ClauseElement) -> None:
        self._build = build
        self._texts: dict[str, str] = {}

    def text(self, dialect: str) -> str:
        """The SQL with named parameters, as the dialect's driver wants it."""
        found = self._texts.get(dialect)
        if found is None:
            built = self._build
            clause = built if isinstance(built, ClauseElement) else built(dialect)
            found = self._texts[dialect] = str(clause.compile(dialect=_dialect(dialect)))
        return found


class Raw:
    """SQL as text with `:name` parameters, for what Core has no words for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self, dialect: str) -> str:
        """The SQL as the dialect's driver wants it."""
        return self._text if dialect == SQLITE else to_pyformat(self._text)


def to_pyformat(text: str) -> str:
    """`:name` to `%(name)s`; a plain `%` is doubled."""
    return re.sub(r"(?<!:):([a-z_]\w*)", r"%(\1)s", text.replace("%", "%%"))


def _insert(dialect: str, table: Table) -> Any:
    if dialect == SQLITE:
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def upsert(table: Table, *keys: str, keep: tuple[str, ...] = ()) -> Statement:
    """INSERT … ON CONFLICT (keys) DO UPDATE of every other column, except those in `keep`."""

    def build(dialect: str) -> ClauseElement:
        insert = _insert(dialect, table)
        changed = {
            column.name: insert.excluded[column.name]
            for column in table.columns
            if column.name not in {*keys, *keep}
        }
        built: ClauseElement = insert.on_conflict_do_update(index_elements=list(keys), set_=changed)
        return built

    return Statement(build)


class Tx(Protocol):
    """One transaction: statements in, rows out. Errors of the driver are mapped by its owner."""

    @property
    def dialect(self) -> str: ...
    def run(self, statement: Statement | Raw, params: Params = NO_PARAMS) -> Cursor: ...


class Database(Protocol):
    """An open database. `reading` sees one moment; `writing` commits at its end or not at all."""

    @property
    def dialect(self) -> str: ...
    def reading(self) -> AbstractContextManager[Tx]: ...
    def writing(self, *, durable: bool = True) -> AbstractContextManager[Tx]: ...
    def scrub(self) -> None:
        """Make sure that deleted bytes are gone from the files."""

    def close(self) -> None: ...
