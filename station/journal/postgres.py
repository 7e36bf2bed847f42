"""The same tables on PostgreSQL, for a site whose desks share a centre.

One connection, one transaction at a time; it is made anew after it broke. Only imported where a
site has a centre (extra `central`).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg

from station.errors import Code, JournalUnsafe
from station.journal import migrations
from station.journal.engine import NO_PARAMS, POSTGRESQL, Cursor, Params, Raw, Statement

CONNECT_TIMEOUT_S: Final = 2
STATEMENT_TIMEOUT_MS: Final = 5000
# Desks write one after another: two transactions that touch the same rooms never wait crosswise.
_TURN: Final = "LOCK TABLE heads IN SHARE ROW EXCLUSIVE MODE"
_VERSION: Final = "SELECT version_num FROM alembic_version"
_HAS_TABLES: Final = Raw("SELECT to_regclass('alembic_version')")


def plain_url(url: str) -> str:
    """`postgresql+psycopg://…` as the driver wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


class PostgresTx:
    """One transaction on the connection."""

    __slots__ = ("_connection",)
    dialect = POSTGRESQL

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, statement: Statement | Raw, params: Params = NO_PARAMS) -> Cursor:
        return self._connection.execute(statement.text(POSTGRESQL).encode(), params)


class PostgresDatabase:
    """The centre's database. Raises `JournalUnsafe` CENTRAL_UNREACHABLE or JOURNAL_IO."""

    dialect = POSTGRESQL

    def __init__(self, url: str, *, connect_timeout_s: int = CONNECT_TIMEOUT_S) -> None:
        self._url = plain_url(url)
        self._timeout = connect_timeout_s
        self._lock = threading.RLock()
        self._connection: psycopg.Connection[Any] | None = None

    def is_up_to_date(self) -> bool:
        """Whether this program's tables are there: two quick questions. Raises JOURNAL_NEWER."""
        with self.reading() as tx:
            if tx.run(_HAS_TABLES).fetchone()[0] is None:
                return False
            row = tx.run(Raw(_VERSION)).fetchone()
        return row is not None and not migrations.needs_upgrade(str(row[0]))

    def bring_up(self) -> None:
        """Make the tables, or bring them to the newest version. Raises JOURNAL_NEWER."""
        from sqlalchemy import create_engine
        from sqlalchemy.exc import DBAPIError

        engine = create_engine(
            self._url.replace("postgresql://", "postgresql+psycopg://", 1),
            connect_args={"connect_timeout": self._timeout},
        )
        try:
            with engine.begin() as connection:
                found = self._version(connection)
                if found is None or migrations.needs_upgrade(found):
                    migrations.upgrade(connection)
        except DBAPIError as error:
            raise _mapped(error.orig if isinstance(error.orig, psycopg.Error) else error) from error
        finally:
            engine.dispose()

    @staticmethod
    def _version(connection: Any) -> str | None:
        from sqlalchemy import inspect

        # Two desks that are set up at once: the second waits here and finds the tables.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20211109)")
        if not inspect(connection).has_table("alembic_version"):
            return None
        row = connection.exec_driver_sql(_VERSION).fetchone()
        return str(row[0]) if row else None

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._url,
                connect_timeout=self._timeout,
                options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
                tcp_user_timeout=STATEMENT_TIMEOUT_MS,
            )
        return self._connection

    @contextmanager
    def reading(self) -> Iterator[PostgresTx]:
        """A transaction that changes nothing."""
        with self._transaction() as connection:
            yield PostgresTx(connection)

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[PostgresTx]:  # noqa: ARG002 - always is
        """A transaction that has its turn among the desks: committed at the end, or not at all."""
        with self._transaction() as connection:
            connection.execute(_TURN)
            yield PostgresTx(connection)

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[Any]]:
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction():
                    yield connection
            except psycopg.Error as error:
                self._drop()
                raise _mapped(error) from error

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def scrub(self) -> None:
        """PostgreSQL's own vacuum sees to deleted rows."""

    def close(self) -> None:
        """Close the connection. Repeating is harmless."""
        with self._lock:
            self._drop()


def _mapped(error: Exception) -> JournalUnsafe:
    lost = isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    code = Code.CENTRAL_UNREACHABLE if lost else Code.JOURNAL_IO
    # The driver's words may hold the address; its class and state say enough.
    state = getattr(error, "sqlstate", None) or ""
    return JournalUnsafe(code, detail=type(error).__name__, sqlstate=state)
