"""Migrations: what they make is what the tables say; a copy is made first; newer is refused."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from station.domain.person import Person
from station.errors import Code, JournalUnsafe
from station.journal import migrations, opening, verify_file
from station.journal.tables import metadata
from tests.journal.rig import fill, issue_intent, opened, projections, rows, tamper

NEXT = '''"""A later version, for a test."""

import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("rooms") as batch:
        batch.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
    {more}
'''


def test_a_new_journal_has_the_tables_as_declared(tmp_path: Path) -> None:
    opened(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    # The words' index and its own tables are SQLite's business.
    others = [item for item in found if not (item[0] == "remove_table" and "_text" in item[1].name)]
    assert others == []


def test_triggers_and_partial_indexes_are_there(tmp_path: Path) -> None:
    opened(tmp_path).close()
    found = dict(
        rows(tmp_path / "journal.db", "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    )
    assert {"events_no_update", "events_no_delete", "events_no_replace"} <= set(found)
    assert "state <> 'done'" in found["ix_operations_open"]
    assert "WITHOUT ROWID" in found["cards"]


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Scripts with a version more, as a later program would bring them."""

    def make(more: str = "pass") -> Path:
        scripts = tmp_path / "100% scripts"
        shutil.copytree(migrations.SCRIPTS, scripts)
        (scripts / "versions" / "9998_later.py").write_text(NEXT.format(more=more))
        monkeypatch.setattr(migrations, "VERSIONS", ("0001", "0002", "9998"))
        return scripts

    return make


def test_an_older_journal_is_copied_then_brought_up(
    tmp_path: Path, later: Callable[..., Path]
) -> None:
    with opened(tmp_path) as store:
        fill(store, 3)
        head = store.head()
    path = tmp_path / "journal.db"
    copy = opening.migrate(path, later())
    assert copy.name == "journal.db.before-9998"
    assert verify_file(copy).head == head[1]
    assert rows(copy, "SELECT version_num FROM alembic_version") == [("0002",)]
    assert rows(path, "SELECT version_num FROM alembic_version") == [("9998",)]
    assert "note" in [row[1] for row in rows(path, "PRAGMA table_info(rooms)")]
    assert verify_file(path).ok


def test_open_migrates_by_itself(
    tmp_path: Path, later: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        fill(store, 1)
    scripts = later()
    real = opening.migrate
    monkeypatch.setattr(migrations, "needs_upgrade", lambda found: found != "9998")
    monkeypatch.setattr(opening, "migrate", lambda path: real(path, scripts))
    with opened(tmp_path) as store:
        store.append(issue_intent(5))
        assert store.verify().events == 3
    assert (tmp_path / "journal.db.before-9998").exists()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, later: Callable[..., Path]) -> None:
    with opened(tmp_path) as store:
        fill(store, 2)
    path = tmp_path / "journal.db"
    scripts = later('op.execute("INSERT INTO no_such_table VALUES (1)")')
    with pytest.raises(JournalUnsafe):
        opening.migrate(path, scripts)
    assert rows(path, "SELECT version_num FROM alembic_version") == [("0002",)]
    assert "note" not in [row[1] for row in rows(path, "PRAGMA table_info(rooms)")]
    # Each start of the program tries again: the disk must not fill up with copies.
    with pytest.raises(JournalUnsafe):
        opening.migrate(path, scripts)
    assert [copy.name for copy in tmp_path.glob("journal.db.before-*")] == [
        "journal.db.before-9998"
    ]


def test_a_journal_of_the_first_version_is_brought_up_with_all_it_holds(tmp_path: Path) -> None:
    with opened(tmp_path / "now") as store:
        fill(store, 5)
        person = store.remember_person(Person("张三", "13800000001"))
        head = store.head()
        state = projections(tmp_path / "now" / "journal.db")
    old = tmp_path / "old" / "journal.db"
    first_version(old, like=tmp_path / "now" / "journal.db")
    with opened(tmp_path / "old") as store:
        assert store.verify().ok
        assert store.head() == head
        assert store.person(person.id) == Person("张三", "13800000001")
        assert store.credentials("6000000000000000101") == []
        reference = store.seal("135790")
        assert store.unseal(reference) == "135790"
    assert (tmp_path / "old" / "journal.db.before-0002").exists()
    assert projections(old) == state


def first_version(path: Path, *, like: Path) -> None:
    """A journal as the first program made it, holding what `like` holds."""
    path.parent.mkdir()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations.SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH DATABASE ? AS now", (str(like),))
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM main.sqlite_master WHERE type = 'table'"
                " AND name NOT LIKE 'operations_text%' AND name <> 'alembic_version'"
                " AND name NOT LIKE 'sqlite_%'"
            )
        ]
        for name in tables:
            columns = ", ".join(
                row[1] for row in connection.execute(f"PRAGMA main.table_info({name})")
            )
            connection.execute(
                f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM now.{name}"
            )
        connection.execute(
            "INSERT INTO main.operations_text(rowid, search)"
            " SELECT number, search FROM now.operations WHERE state <> 'intent' AND search <> ''"
        )
        connection.commit()
        connection.execute("PRAGMA journal_mode=WAL").fetchall()


def test_a_newer_journal_is_refused_untouched(tmp_path: Path) -> None:
    opened(tmp_path).close()
    path = tmp_path / "journal.db"
    tamper(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(JournalUnsafe) as caught:
        opened(tmp_path)
    assert caught.value.code is Code.JOURNAL_NEWER
    assert path.read_bytes() == before


def test_two_programs_that_make_the_journal_at_once_share_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with opened(tmp_path) as store:
        store.append(issue_intent(1))
        opening.create(path)
        assert store.verify().events == 1
    assert [item.name for item in tmp_path.iterdir()] == ["journal.db"]
