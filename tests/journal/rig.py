"""What the journal's tests share: a site key, entries as workflows write them, tables as sets."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from station.domain.card import CardState
from station.domain.event import (
    CardFacts,
    Entry,
    Payload,
    RoomFacts,
    StayFacts,
    VendorFacts,
)
from station.domain.operation import Kind, State
from station.journal import Store, open_journal
from station.journal.tables import PROJECTIONS

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
DESK = "desk-1"
NAME = "张三"
MOBILE = "13800000001"
UNTIL = "2026-03-02 12:00:00"


class Ticking:
    """A clock that goes on by a second at each look, and can be set."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def opened(folder: Path, clock: Ticking | None = None, **more: Any) -> Store:
    """The journal in a folder."""
    return open_journal(folder / "journal.db", desk=DESK, key=KEY, utc=clock or Ticking(), **more)


def room(number: int) -> RoomFacts:
    """`1-101`, with an id as the platform gives them."""
    return RoomFacts(f"6000000000000{number:05d}", f"1-{number}")


def issue_intent(
    number: int, *, at: str = "2026-03-01 10:00:00", holder: str = "", **more: Any
) -> Entry:
    """The intent of an issue: room `number % 100 + 101`."""
    place = room(number % 100 + 101)
    stay = StayFacts(f"stay-{number}", place.id, at, UNTIL, holder)
    payload = Payload(State.INTENT, room=place, stay=stay, person=holder, **more)
    return Entry(Kind.ISSUE, f"op-{number}", "clerk1", payload)


def card_id(number: int) -> str:
    """A platform's card number."""
    return f"E0{number:06X}"


def issue_done(number: int, *, at: str = "2026-03-01 10:00:00", holder: str = "") -> Entry:
    """Its outcome: one card out."""
    place = room(number % 100 + 101)
    stay = StayFacts(f"stay-{number}", place.id, at, UNTIL, holder)
    key = card_id(number)
    card = CardFacts(stay.id, key, CardState.OUT, UNTIL, key, f"04A1{number:06X}AB80")
    payload = Payload(
        State.DONE,
        room=place,
        stay=stay,
        cards=(card,),
        card_id=key,
        uid=card.uid,
        vendor=VendorFacts("1", "写卡成功"),
    )
    return Entry(Kind.ISSUE, f"op-{number}", "clerk1", payload)


def step(number: int, name: str = "write") -> Entry:
    """One step of it."""
    return Entry(Kind.ISSUE, f"op-{number}", "clerk1", Payload(State.STEP, step=name))


def fill(store: Store, count: int, first: int = 0) -> None:
    """`count` issues, two events each."""
    for number in range(first, first + count):
        store.append(issue_intent(number))
        store.append(issue_done(number))


def single(kind: Kind, operation: str, **more: Any) -> Entry:
    """An operation of one event."""
    return Entry(kind, operation, "clerk1", Payload(State.DONE, **more))


def projections(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every projection, and what text search holds."""
    with closing(sqlite3.connect(path)) as connection:
        found = {
            table.name: sorted(connection.execute(f"SELECT * FROM {table.name}"), key=repr)
            for table in PROJECTIONS
        }
        connection.execute(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, operations_text, instance)"
        )
        found["words"] = connection.execute("SELECT * FROM temp.words").fetchall()
    return found


def rows(path: Path, sql: str, *params: object) -> list[tuple[Any, ...]]:
    """Rows straight from the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, params).fetchall()


def tamper(path: Path, *statements: str) -> None:
    """Change a journal behind its back: the triggers are taken away first."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def every_file(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below a folder, and its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()
