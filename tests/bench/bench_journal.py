"""The journal against what the machine gives: `python -m tests.bench.bench_journal [--events N]`.

Appending against a bare 4 KiB write and fsync, verifying against hashlib alone on the same bytes,
the history against bare pages of the same size read by primary key. Nothing here is a test.
"""

import argparse
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from station.domain.operation import Kind, State
from station.domain.person import Person
from station.journal import Store, chain, open_journal
from station.journal.rows import OPERATION_COLUMNS
from station.ports import HistoryFilter
from tests.bench.journal_data import DESK, KEY, ROOMS, START, STEP, build, make
from tests.bench.journal_data import room as room_of
from tests.bench.table import Line, interleaved, ms, p50_p95, show

ROUNDS = 400
PAGE = 100


def bench_append(folder: Path) -> list[Line]:
    """Two durable events of one operation against two bare 4 KiB writes, each with its fsync."""
    chance = random.Random(3)
    bare = os.open(folder / "bare", os.O_CREAT | os.O_WRONLY)
    number = iter(range(10_000_000, 20_000_000))
    with open_journal(folder / "journal.db", desk=DESK, key=KEY) as store:
        person = store.remember_person(Person("张三", "13800000001"))

        def two_bare() -> None:
            for _ in range(2):
                os.write(bare, bytes(4096))
                os.fsync(bare)

        def two_durable() -> None:
            for entry, _ in make(next(number), chance).entries:
                store.append(entry)

        def one_step() -> None:
            entry = make(next(number), chance).entries[0][0]
            store.append(entry, durable=False)

        works: dict[str, Callable[[], object]] = {
            "bare": two_bare,
            "durable": two_durable,
            "step": one_step,
            "person": lambda: store.remember_person(store.person(person.id)),
        }
        interleaved(works, 50)
        samples = {name: p50_p95(each) for name, each in interleaved(works, ROUNDS).items()}
    os.close(bare)
    floor = samples["bare"]
    lines = []
    for name, what, goal in (
        ("durable", "append two durable events (intent, outcome)", "p95 <= 4 x two bare commits"),
        ("step", "append one event without flush", ""),
        ("person", "remember a person again", ""),
    ):
        for place, share in enumerate(("p50", "p95")):
            figure = samples[name][place]
            against = f"2 x 4 KiB write + fsync: {ms(floor[place])}"
            lines.append(Line(f"{what}, {share}", ms(figure), against, figure / floor[place], goal))
            goal = ""
    return lines


def bench_verify(path: Path, store: Store) -> list[Line]:
    """Stored bytes alone, and every column, against hashlib on the same bytes."""
    with closing(sqlite3.connect(path)) as connection:
        stored = connection.execute("SELECT canonical, hash FROM events ORDER BY id LIMIT 300000")
        rows = stored.fetchall()
        start = time.perf_counter()
        for canonical, _ in rows:
            sha256(canonical).digest()
        floor = len(rows) / (time.perf_counter() - start)
        del rows
        start = time.perf_counter()
        count, _ = chain.links_only(
            connection.execute("SELECT canonical, hash FROM events ORDER BY id")
        )
        links = count / (time.perf_counter() - start)
    start = time.perf_counter()
    result = store.verify()
    columns = result.events / (time.perf_counter() - start)
    assert result.ok
    against = f"hashlib alone: {floor:,.0f}/s"
    return [
        Line("verify stored bytes", f"{links:,.0f}/s", against, links / floor, ">= 500,000/s"),
        Line("verify every column", f"{columns:,.0f}/s", against, columns / floor, ">= 150,000/s"),
    ]


def bare_page(path: Path, operations: int) -> Callable[[], object]:
    """A page of rows by primary key, anywhere, with nothing but sqlite3."""
    connection = sqlite3.connect(path)
    chance = random.Random(5)
    sql = (
        f"SELECT {', '.join(OPERATION_COLUMNS)} FROM operations WHERE number < ?"
        f" ORDER BY number DESC LIMIT {PAGE}"
    )
    return lambda: connection.execute(sql, (chance.randrange(2 * operations),)).fetchall()


def filters(operations: int) -> dict[str, Callable[[random.Random], HistoryFilter]]:
    """Every filter of the history, each time with another value."""

    def room(chance: random.Random) -> str:
        return room_of(chance.randrange(ROOMS)).id

    def anywhere(chance: random.Random) -> int:
        return chance.randrange(1000, 2 * operations)

    def day(chance: random.Random) -> HistoryFilter:
        since = START + STEP * chance.randrange(operations)
        return HistoryFilter(since=since, until=since + timedelta(hours=1))

    def operator(chance: random.Random) -> str:
        return f"clerk{chance.randrange(12)}"

    return {
        "first page": lambda _: HistoryFilter(),
        "deep page (keyset)": lambda c: HistoryFilter(after=anywhere(c)),
        "room": lambda c: HistoryFilter(room_id=room(c)),
        "room + kind + rare state": lambda c: HistoryFilter(
            room_id=room(c), kind=Kind.ISSUE, state=State.UNKNOWN
        ),
        "card id": lambda c: HistoryFilter(card=f"E0{c.randrange(20_000):06X}"),
        "operator": lambda c: HistoryFilter(operator=operator(c), after=anywhere(c)),
        "operator + kind": lambda c: HistoryFilter(operator=operator(c), kind=Kind.RECYCLE),
        "operator + rare kind": lambda c: HistoryFilter(operator=operator(c), kind=Kind.REPLACE),
        "operator + rare state": lambda c: HistoryFilter(operator=operator(c), state=State.UNKNOWN),
        "operator nobody has": lambda _: HistoryFilter(operator="nobody", kind=Kind.ISSUE),
        "kind": lambda c: HistoryFilter(kind=Kind.ISSUE, after=anywhere(c)),
        "rare kind": lambda _: HistoryFilter(kind=Kind.REPLACE),
        "kind + state": lambda _: HistoryFilter(kind=Kind.READ, state=State.FAILED),
        "state failed": lambda c: HistoryFilter(state=State.FAILED, after=anywhere(c)),
        "state unknown (rare)": lambda _: HistoryFilter(state=State.UNKNOWN),
        "one hour": day,
        "one hour + operator": lambda c: replace(day(c), operator=operator(c)),
        "text: two Chinese characters": lambda _: HistoryFilter(text="王伟"),
        "text: in every second row": lambda _: HistoryFilter(text="成功"),
        "text: a room's name": lambda c: HistoryFilter(text=room_of(c.randrange(ROOMS)).name),
        "text: a card id": lambda c: HistoryFilter(text=f"E0{c.randrange(20_000):06X}"),
        "text: beginning of a uid": lambda c: HistoryFilter(text=f"04{c.randrange(2**24):06X}"),
        "text + operator + kind": lambda c: HistoryFilter(
            text="王伟", operator=operator(c), kind=Kind.EXTEND
        ),
        "text: found nowhere": lambda _: HistoryFilter(text="无此内容"),
    }


def bench_history(path: Path, store: Store, operations: int) -> list[Line]:
    """Every filter in turn with a bare page."""
    chance = random.Random(9)
    floor_page = bare_page(path, operations)
    lines = []
    for name, make_filter in filters(operations).items():
        works: dict[str, Callable[[], object]] = {
            "bare": floor_page,
            "history": lambda make_filter=make_filter: store.history(make_filter(chance)),  # type: ignore[misc]
        }
        samples = interleaved(works, 60)
        floor, p95 = p50_p95(samples["bare"])[1], p50_p95(samples["history"])[1]
        against = f"bare page by key, p95: {ms(floor)}"
        lines.append(Line(f"{name}, p95", ms(p95), against, p95 / floor, "p95 <= 10 ms"))
    counted = interleaved({"count": lambda: store.count(HistoryFilter(kind=Kind.ISSUE))}, 20)
    lines.append(Line("count, capped at 1,001, p95", ms(p50_p95(counted["count"])[1])))
    return lines


def sizes(path: Path) -> list[Line]:
    """Megabytes of the file and of its larger parts."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 16"
        ).fetchall()
    total = path.stat().st_size
    lines = [Line("the whole file", f"{total / 1e6:,.1f} MB")]
    return lines + [Line(name, f"{size / 1e6:,.1f} MB", "", size / total) for name, size in found]


def main(argv: list[str] | None = None) -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000, help="events in the big journal")
    parser.add_argument("--folder", type=Path, help="where to make it (default: a temporary one)")
    options = parser.parse_args(argv)
    operations = options.events // 2
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        show("Append", bench_append(folder))
        path = folder / "big.db"
        start = time.perf_counter()
        build(path, operations)
        took = time.perf_counter() - start
        print(f"\n{2 * operations:,} events, {operations:,} operations made in {took:.1f} s\n")
        with open_journal(path, desk=DESK, key=KEY) as store:
            show("Verify", bench_verify(path, store))
            show(f"History, pages of {PAGE} rows", bench_history(path, store, operations))
        show("Sizes (ratio: share of the file)", sizes(path))


if __name__ == "__main__":
    main()
