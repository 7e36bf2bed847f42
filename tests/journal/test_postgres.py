"""PostgreSQL, the real server: the same tables and rules, and a site whose desks share a centre."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from station.domain.event import BindingFacts
from station.domain.operation import Kind, State
from station.domain.person import Person
from station.errors import Code, JournalUnsafe
from station.journal import Store, open_journal
from station.journal.central import Central, Synced
from station.journal.postgres import PostgresDatabase, plain_url
from station.journal.tables import PROJECTIONS, metadata
from station.ports import HistoryFilter
from tests.journal.postgres_server import administer, free_port, programs, server
from tests.journal.rig import (
    DESK,
    KEY,
    MOBILE,
    NAME,
    Ticking,
    card_id,
    fill,
    issue_done,
    issue_intent,
    room,
    rows,
    single,
    step,
    tamper,
)

pytestmark = pytest.mark.linux("a PostgreSQL server")


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Any]]:
    found = programs()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing")
        pytest.skip("PostgreSQL is not installed")
    with server(found) as (url, process):
        yield url, process


@pytest.fixture
def url(running: tuple[str, Any]) -> str:
    """A database of its own."""
    name = f"desk_{uuid4().hex}"
    administer(running[0], f"CREATE DATABASE {name}")
    return f"{running[0]}/{name}"


@pytest.fixture
def centre(url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(url)
    database.bring_up()
    yield database
    database.close()


def direct(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(plain_url(url)) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def desk(folder: Path, name: str, clock: Ticking) -> Store:
    folder.mkdir(exist_ok=True)
    return open_journal(folder / "journal.db", desk=name, key=KEY, utc=clock)


def test_the_migration_makes_the_tables_as_declared(url: str, centre: PostgresDatabase) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    centre.bring_up()
    direct(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(JournalUnsafe) as caught:
        centre.bring_up()
    assert caught.value.code is Code.JOURNAL_NEWER


def test_the_store_runs_on_it(centre: PostgresDatabase, clock: Ticking) -> None:
    store = Store(centre, desk=DESK, key=KEY, utc=clock)
    guest = store.remember_person(Person(NAME, MOBILE))
    fill(store, 5)
    store.append(issue_intent(7, holder=guest.id, person_digests=guest.digests, reason="客人王伟"))
    store.append(step(7))
    assert (store.verify().ok, store.verify().events) == (True, 12)
    assert store.person(guest.id) == Person(NAME, MOBILE)
    assert [row.operation for row in store.unresolved()] == ["op-7"]
    assert store.cards("stay-3")[0].card_id == card_id(3)
    assert store.latest_authorised_at(room(101).id) == datetime(2026, 3, 1, 10)
    for values, expected in (
        ({}, ["op-7", "op-4", "op-3", "op-2", "op-1", "op-0"]),
        ({"room_id": room(103).id}, ["op-2"]),
        ({"card": card_id(1)}, ["op-1"]),
        ({"state": State.INTENT}, ["op-7"]),
        ({"kind": Kind.ISSUE, "operator": "clerk1", "limit": 2}, ["op-7", "op-4"]),
        ({"text": "王伟"}, ["op-7"]),
        ({"text": NAME}, ["op-7"]),
        ({"text": "成功", "state": State.DONE, "after": 4}, ["op-1", "op-0"]),
        ({"since": clock.now}, []),
    ):
        found = store.history(HistoryFilter(**values))
        assert [row.operation for row in found] == expected, values
    before = [centre_rows(centre, table.name) for table in PROJECTIONS]
    assert store.rebuild() == 12
    assert [centre_rows(centre, table.name) for table in PROJECTIONS] == before
    store.erase_person(guest.id)
    assert store.person(guest.id) == Person()


def centre_rows(centre: PostgresDatabase, table: str) -> list[tuple[Any, ...]]:
    from station.journal.engine import Raw

    with centre.reading() as tx:
        return sorted(tx.run(Raw(f"SELECT * FROM {table}")).fetchall(), key=repr)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET operator = 'x' WHERE id = 1",
        "DELETE FROM events",
        "TRUNCATE events",
        "INSERT INTO events SELECT * FROM events ON CONFLICT (id) DO UPDATE SET operator = 'x'",
    ],
)
def test_events_are_append_only_there_too(
    url: str, centre: PostgresDatabase, clock: Ticking, statement: str
) -> None:
    fill(Store(centre, desk=DESK, key=KEY, utc=clock), 1)
    with pytest.raises(psycopg.Error, match="append-only"):
        direct(url, statement)


def test_two_desks_share_a_site(
    tmp_path: Path, url: str, centre: PostgresDatabase, clock: Ticking
) -> None:
    with desk(tmp_path / "1", "desk-1", clock) as one, desk(tmp_path / "2", "desk-2", clock) as two:
        first, second = Central(one, centre), Central(two, PostgresDatabase(url))
        guest = one.remember_person(Person(NAME, MOBILE))
        one.append(issue_intent(1, holder=guest.id, person_digests=guest.digests))
        one.append(issue_done(1, holder=guest.id))
        fill(one, 150, first=10)
        binding = BindingFacts("04A1B2C3", guest.id, guest.mobile_digest)
        one.append(single(Kind.RESIDENT_BIND, "b1", binding=binding))
        two.append(issue_intent(500, at="2026-03-01 11:00:00"))
        assert first.sync() == Synced(303, 0)
        assert second.sync() == Synced(1, 303)
        assert first.sync() == Synced(0, 1)
        assert second.sync() == Synced(0, 0)
        for store in (one, two):
            assert store.verify().ok
            assert store.verify().events == 304
            assert store.person(guest.id) == Person(NAME, MOBILE)
            found = store.history(HistoryFilter(text=MOBILE))
            assert [(row.operation, row.desk) for row in found] == [("op-1", "desk-1")]
            known = store.binding("04A1B2C3")
            assert known is not None
            assert known.person == guest.id
        assert two.stays(room(102).id)

        # What the other desk has told the centre counts at once, before it is pulled.
        two.append(issue_intent(501, at="2026-03-01 12:34:56"))
        second.sync()
        place = room(501 % 100 + 101).id
        assert one.latest_authorised_at(place) == datetime(2026, 3, 1, 10)
        one.elsewhere = first.latest_authorised_at
        assert one.latest_authorised_at(place) == datetime(2026, 3, 1, 12, 34, 56)

        one.erase_person(guest.id)
        one.append(single(Kind.PERSON_ERASE, "erase", person=guest.id))
        first.sync()
        second.sync()
        assert two.person(guest.id) == Person()
        assert direct(url, "SELECT count(*) FROM persons") == [(0,)]
        assert rows(tmp_path / "2" / "journal.db", "SELECT count(*) FROM persons") == [(0,)]
        second.close()


def test_nothing_personal_in_the_clear_at_the_centre(
    tmp_path: Path, url: str, centre: PostgresDatabase, clock: Ticking
) -> None:
    with desk(tmp_path / "1", "desk-1", clock) as one:
        guest = one.remember_person(Person(NAME, MOBILE))
        one.append(issue_intent(1, holder=guest.id, person_digests=guest.digests))
        Central(one, centre).sync()
    for table in metadata.tables:
        text = repr(direct(url, f"SELECT * FROM {table}")).encode()
        for needle in (NAME, MOBILE):
            assert needle.encode() not in text
            assert repr(needle.encode())[2:-1].encode() not in text


def test_a_desk_whose_chain_was_begun_anew_is_refused(
    tmp_path: Path, centre: PostgresDatabase, clock: Ticking
) -> None:
    with desk(tmp_path / "1", "desk-1", clock) as one:
        fill(one, 2)
        Central(one, centre).sync()
    with desk(tmp_path / "anew", "desk-1", clock) as other:
        fill(other, 3, first=50)
        with pytest.raises(JournalUnsafe) as caught:
            Central(other, centre).sync()
        assert caught.value.code is Code.JOURNAL_DAMAGED


def test_events_that_were_changed_at_the_centre_are_not_taken(
    tmp_path: Path, url: str, centre: PostgresDatabase, clock: Ticking
) -> None:
    with desk(tmp_path / "1", "desk-1", clock) as one:
        fill(one, 3)
        Central(one, centre).sync()
    direct(url, "ALTER TABLE events DISABLE TRIGGER USER")
    direct(url, "UPDATE events SET canonical = canonical || ' ' WHERE sequence = 4")
    with desk(tmp_path / "2", "desk-2", clock) as two:
        with pytest.raises(JournalUnsafe) as caught:
            Central(two, centre).sync()
        assert caught.value.code is Code.JOURNAL_DAMAGED
        assert two.verify().events == 0


def test_a_tampered_desk_pushes_nothing(
    tmp_path: Path, url: str, centre: PostgresDatabase, clock: Ticking
) -> None:
    with desk(tmp_path / "1", "desk-1", clock) as one:
        fill(one, 2)
    tamper(tmp_path / "1" / "journal.db", "UPDATE events SET hash = zeroblob(32) WHERE id = 2")
    with (
        PretendWhole(),
        desk(tmp_path / "1", "desk-1", clock) as one,
        pytest.raises(JournalUnsafe),
    ):
        Central(one, centre).sync()
    assert direct(url, "SELECT count(*) FROM events") == [(0,)]


class PretendWhole:
    """Opens a journal that the checks at start would refuse."""

    def __enter__(self) -> None:
        from station.journal import damage

        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(damage, "check_open", lambda *_: None)

    def __exit__(self, *_: object) -> None:
        self._patch.undo()


def test_a_desk_works_alone_while_the_centre_is_away(tmp_path: Path, clock: Ticking) -> None:
    nowhere = f"postgresql+psycopg://desk:secret-word@127.0.0.1:{free_port()}/site"
    with desk(tmp_path / "1", "desk-1", clock) as one:
        central = Central(one, PostgresDatabase(nowhere))
        one.elsewhere = central.latest_authorised_at
        fill(one, 1)
        assert one.latest_authorised_at(room(101).id) == datetime(2026, 3, 1, 10)
        with pytest.raises(JournalUnsafe) as caught:
            central.sync()
        assert caught.value.code is Code.CENTRAL_UNREACHABLE
        assert "secret-word" not in str(caught.value)
        with pytest.raises(JournalUnsafe):
            PostgresDatabase(nowhere).bring_up()


def test_a_connection_that_broke_is_made_again(
    tmp_path: Path, running: tuple[str, Any], centre: PostgresDatabase, clock: Ticking
) -> None:
    with desk(tmp_path / "1", "desk-1", clock) as one:
        central = Central(one, centre)
        fill(one, 1)
        central.sync()
        administer(
            running[0],
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname LIKE 'desk_%'",
        )
        fill(one, 1, first=1)
        with pytest.raises(JournalUnsafe) as caught:
            central.sync()
        assert caught.value.code is Code.CENTRAL_UNREACHABLE
        assert central.sync() == Synced(2, 0)
