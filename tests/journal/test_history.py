"""The history: every combination of filters gives what a plain look at all rows gives."""

import itertools
import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from station.domain.event import Entry, Payload, StayFacts, VendorFacts
from station.domain.operation import Kind, OperationRow, State
from station.domain.person import Person
from station.journal import Store, history
from station.journal.engine import SQLITE, Raw, Statement
from station.journal.sqlite import SqliteDatabase, SqliteTx
from station.journal.words import search_text, tokens
from station.ports import HistoryFilter
from tests.journal.rig import MOBILE, NAME, UNTIL, Ticking, opened, room, single

KINDS = (Kind.ISSUE, Kind.RECYCLE, Kind.READ)
STATES = (State.DONE, State.FAILED, State.UNKNOWN, State.REFUSED)
REASONS = ("", "客人王伟要求", "lost card", "王大伟")
VENDORS = ("", "发卡失败", "encoder offline")
COUNT = 600


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """600 operations of every sort; the clock went back once and ahead once."""
    chance = random.Random(7)
    clock = Ticking()
    with opened(tmp_path_factory.mktemp("history"), clock) as store:
        guest = store.remember_person(Person(NAME, MOBILE))
        for number in range(COUNT):
            if number == 200:
                clock.now -= timedelta(hours=5)
            if number == 400:
                clock.now += timedelta(days=30)
            place = room(101 + chance.randrange(8))
            known = chance.random() < 0.1
            payload = Payload(
                chance.choices(STATES, (90, 5, 2, 3))[0],
                room=place,
                stay=StayFacts(f"s{number % 50}", place.id, "2026-03-01 10:00:00", UNTIL),
                card_id=f"E0{chance.randrange(30):06X}" if chance.random() < 0.8 else "",
                uid=f"04A1{chance.randrange(30):04X}" if chance.random() < 0.5 else "",
                reason=chance.choice(REASONS),
                vendor=VendorFacts("1", chance.choice(VENDORS)),
                person=guest.id if known else "",
                person_digests=guest.digests if known else (),
            )
            kind = chance.choices(KINDS, (80, 15, 5))[0]
            entry = Entry(kind, f"op{number}", f"clerk{chance.randrange(3)}", payload)
            store.append(entry, durable=False)
        yield store


def everything(store: Store) -> list[OperationRow]:
    return store.history(HistoryFilter(limit=10 * COUNT))


def matches(row: OperationRow, wanted: HistoryFilter, digested: bool = False) -> bool:
    words = " ".join(tokens(wanted.text))
    search = search_text(
        [row.room_name, row.operator, row.card_id, row.uid, row.error],
        [row.reason, row.vendor_code, row.vendor_msg],
    )
    long_id = bool(re.fullmatch(r"\w{6,}", words)) and any(map(str.isdigit, words))
    inside = f" {words}" if long_id else f" {words} "
    return all(
        (
            wanted.since is None or row.started_at >= wanted.since,
            wanted.until is None or row.started_at < wanted.until,
            not wanted.room_id or row.room_id == wanted.room_id,
            not wanted.card or wanted.card.upper() in (row.card_id, row.uid),
            not wanted.operator or row.operator == wanted.operator,
            wanted.kind is None or row.kind is wanted.kind,
            wanted.state is None or row.state is wanted.state,
            not wanted.text
            or (bool(words) and inside in search)
            or (bool(row.person) and wanted.text in (NAME, MOBILE)),
            wanted.after is None or row.number < wanted.after,
        )
    )


CHOICES: dict[str, tuple[Any, ...]] = {
    "room_id": ("", room(103).id),
    "card": ("", "e0000003", "04A10005"),
    "operator": ("", "clerk1"),
    "kind": (None, Kind.ISSUE, Kind.READ),
    "state": (None, State.DONE, State.FAILED, State.UNKNOWN),
    "text": ("", "王伟", NAME, "1-103"),
}
COMBINATIONS = [
    dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())
]


@pytest.mark.parametrize("probe", [1, 20, 2000])
def test_every_combination_gives_what_a_look_at_all_rows_gives(
    many: Store, probe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PROBE", probe)
    rows = everything(many)
    assert len(rows) == COUNT
    for values in COMBINATIONS:
        wanted = HistoryFilter(**values, limit=10 * COUNT)
        expected = [row.number for row in rows if matches(row, wanted)]
        assert [row.number for row in many.history(wanted)] == expected, values
        assert many.count(wanted) == len(expected)


@pytest.mark.parametrize(
    "text", ["伟", "王大伟", "E000000", "04a1", "encoder OFFLINE", "-", "none", MOBILE]
)
def test_text(many: Store, text: str) -> None:
    wanted = HistoryFilter(text=text, limit=10 * COUNT)
    expected = [row for row in everything(many) if matches(row, wanted)]
    assert many.history(wanted) == expected
    assert bool(expected) is (text not in ("-", "none", "04a1"))


@pytest.mark.parametrize("hours", [(0, 1), (-6, 0), (-6, -5), (1, 24), (100, 900), (2000, 3000)])
def test_time_ranges_are_exact_whatever_the_clock_did(many: Store, hours: tuple[int, int]) -> None:
    start = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    since, until = (start + timedelta(hours=hour) for hour in hours)
    rows = everything(many)
    for extra in ({}, {"operator": "clerk1"}, {"kind": Kind.ISSUE}, {"text": "王伟"}):
        wanted = HistoryFilter(since=since, until=until, limit=10 * COUNT, **extra)
        assert many.history(wanted) == [row for row in rows if matches(row, wanted)]
    only_since = HistoryFilter(since=since, limit=10 * COUNT)
    assert many.history(only_since) == [row for row in rows if matches(row, only_since)]


@pytest.mark.parametrize("values", [{}, {"kind": Kind.ISSUE}, {"text": NAME}, {"card": "E0000003"}])
def test_pages_follow_one_another_without_gap_or_double(many: Store, values: Any) -> None:
    whole = many.history(HistoryFilter(limit=10 * COUNT, **values))
    assert list(many.walk_history(HistoryFilter(**values), page=7)) == whole
    page = many.history(HistoryFilter(limit=7, after=whole[6].number, **values))
    assert page == whole[7:14]


def test_counts_stop_at_the_cap(many: Store) -> None:
    assert many.count(HistoryFilter(), cap=101) == 101
    assert many.count(HistoryFilter(kind=Kind.ISSUE, card="E0000003"), cap=3) == 3
    assert many.history(HistoryFilter(limit=0)) == []


@pytest.mark.parametrize("probe", [1, 20, 2000])
def test_no_combination_sorts_or_scans(
    many: Store, probe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PROBE", probe)
    database = many.database
    assert isinstance(database, SqliteDatabase)
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    seen = set()
    for values in COMBINATIONS:
        for times in ({}, {"since": since, "until": until}, {"after": 400}):
            wanted = HistoryFilter(**values, **times)
            with database.reading() as tx:
                digests = many._people.digests_of_text(tx, wanted.text) if wanted.text else []
                for source in history.Plan(tx, wanted, digests).build():
                    sql = source.sql(100, history._COLUMNS)
                    if sql not in seen:
                        seen.add(sql)
                        assert_no_scan(tx, sql, source.params)
    assert len(seen) > 100


def assert_no_scan(tx: SqliteTx, sql: str, params: dict[str, Any]) -> None:
    plan = [row[3] for row in tx.run(Raw(f"EXPLAIN QUERY PLAN {sql}"), params)]
    text = "\n".join(plan)
    assert "TEMP B-TREE" not in text, (sql, plan)
    for line in plan:
        # Walking the primary key backwards from the newest row is what an empty filter asks for;
        # the words' index is a virtual table, which SQLite always calls a scan.
        allowed = line == "SCAN o" or "VIRTUAL TABLE" in line
        assert not line.startswith("SCAN") or allowed, (sql, plan)
    if any(line == "SCAN o" for line in plan):
        conditions = re.findall(r"o\.(\w+) [=<]", sql)
        assert set(conditions) <= {"state", "number"}, sql
        assert params.get("state", "done") == "done"


def test_other_questions_use_an_index(store: Store, path: Path) -> None:
    store.append(single(Kind.READ, "r"))
    from station.journal import people, reading
    from station.journal import store as writing

    statements = [
        (name, statement)
        for module in (reading, people, writing)
        for name, statement in vars(module).items()
        if isinstance(statement, (Raw, Statement)) and "SELECT" in statement.text(SQLITE)
    ]
    # What is small, or asked for whole.
    whole = {"_ROOMS", "_NAMED", "_RACK", "_OUTBOX", "_HEADS", "_ROWS", "_COUNT", "_IDLE"}
    with closing(sqlite3.connect(path)) as connection:
        for name, statement in statements:
            sql = statement.text(SQLITE)
            params = dict.fromkeys(re.findall(r":([a-z_]\w*)", sql), "x")
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", params)]
            scans = [line for line in plan if line.startswith("SCAN") and "CONSTANT" not in line]
            assert not scans or name in whole, (name, plan)
    assert len(statements) > 20


def test_the_newest_is_first_and_numbers_never_change(store: Store) -> None:
    for name in ("a", "b", "c"):
        store.append(single(Kind.READ, name))
    before = store.history(HistoryFilter())
    assert [row.operation for row in before] == ["c", "b", "a"]
    store.rebuild()
    assert store.history(HistoryFilter()) == before
    assert replace(before[0], number=0) != before[0]
