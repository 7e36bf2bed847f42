"""A big journal for the benchmarks, made fast: a valid chain, and the tables through the back door.

Two events an operation, as the desk writes them: a room has one stay at a time, a new one ends the
one before, and a recycled card leaves its room vacant. Tables are filled in bulk with indexes made
at the end; the chain is as real as any, and a small journal made this way equals its own rebuild.
"""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import structs

from station.domain.card import CardState
from station.domain.event import CardFacts, Entry, Event, Payload, RoomFacts, StayFacts, VendorFacts
from station.domain.operation import Kind, State
from station.domain.person import Person
from station.domain.room import Room
from station.journal import chain, open_journal
from station.journal.people import Keys
from station.journal.tables import BLOCK_BITS, HOUR
from station.journal.words import search_text
from station.ports import PersonRef

DESK = "desk-1"
KEY = bytes(range(32))
ROOMS = 10_000
CARDS = 20_000
GUESTS = 5_000
GUEST_SHARE = 0.6
"""Of the new stays so many are for somebody who was named."""
OPERATORS = 12
START = datetime(2021, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=15)
REASONS = ("", "", "", "", "客人要求换房", "王伟挂失补卡", "夜审补录", "encoder restarted")
_KINDS = (Kind.ISSUE, Kind.COPY, Kind.EXTEND, Kind.RECYCLE, Kind.READ, Kind.REPLACE)
_KIND_WEIGHTS = (40, 15, 10, 25, 9.9, 0.1)
_STATES = (State.DONE, State.FAILED, State.REFUSED, State.UNKNOWN)
_STATE_WEIGHTS = (97.5, 1.5, 0.995, 0.005)


@dataclass(frozen=True, slots=True)
class Made:
    """One operation: its two events' entries with their times, and its row."""

    entries: tuple[tuple[Entry, str], tuple[Entry, str]]
    row: dict[str, Any]


@dataclass(slots=True)
class House:
    """Who may be a guest, and the card outside of each room that is let."""

    guests: list[PersonRef] = field(default_factory=list)
    let: dict[str, CardFacts] = field(default_factory=dict)

    def effects(self, kind: Kind, stay: StayFacts, card: CardFacts) -> dict[str, Any]:
        """What an operation that was done changes: its stay, cards and the stays that it ends."""
        if kind is Kind.READ:
            return {}
        before = self.let.pop(stay.room_id, None)
        back = () if before is None else (structs.replace(before, state=CardState.RETURNED),)
        closes = () if before is None else (before.stay_id,)
        if kind is Kind.RECYCLE:
            return {"cards": back, "closes": closes}
        self.let[stay.room_id] = card
        return {"stay": stay, "cards": (*back, card), "closes": closes}


def room(number: int) -> Room:
    """The `number`-th room (from 0): 20 on a floor, 400 in a building."""
    building, place = divmod(number, 400)
    return Room(f"60000000000{number:06d}", f"{building + 1}-{place // 20 + 1}{place % 20 + 1:02d}")


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def make(number: int, chance: random.Random, house: House | None = None) -> Made:
    """The `number`-th operation (from 0), in a house or in one that has neither guest nor past."""
    house = house or House()
    where = room(chance.randrange(ROOMS))
    place = RoomFacts(where.id, where.name)
    moment = START + STEP * number
    local = moment.strftime("%Y-%m-%d %H:%M:%S")
    until = (moment + timedelta(days=1)).strftime("%Y-%m-%d 12:00:00")
    number_of_card = chance.randrange(CARDS)
    card_id, uid = f"E0{number_of_card:06X}", f"04{number_of_card * 2654435761 % 2**48:012X}"
    named = bool(house.guests) and chance.random() < GUEST_SHARE
    guest = chance.choice(house.guests) if named else PersonRef("", (), "")
    stay = StayFacts(f"s{number:010d}", place.id, local, until, guest.id)
    [state] = chance.choices(_STATES, _STATE_WEIGHTS)
    [kind] = chance.choices(_KINDS, _KIND_WEIGHTS)
    reason = chance.choice(REASONS)
    operator = f"clerk{chance.randrange(OPERATORS)}"
    name = f"{number:016x}"
    done = state is State.DONE
    card = CardFacts(stay.id, card_id, CardState.OUT, until, card_id, uid)
    effects = house.effects(kind, stay, card) if done else {}
    error = "" if done else "door_lock_refused"
    vendor = VendorFacts("1", "成功") if done else VendorFacts("0", "发卡失败")
    whom: dict[str, Any] = {"person": guest.id, "person_digests": guest.digests}
    begin = Payload(State.INTENT, room=place, stay=stay, reason=reason, **whom)
    end = Payload(
        state, room=place, card_id=card_id, uid=uid, error=error, vendor=vendor, **whom, **effects
    )
    times = _time(moment), _time(moment + timedelta(seconds=1))
    search = search_text(
        [place.name, operator, card_id, uid, error], [reason, vendor.code, vendor.msg]
    )
    row = {
        "operation": name,
        "kind": kind.value,
        "state": state.value,
        "operator": operator,
        "started_at": times[0],
        "ended_at": times[1],
        "room": place,
        "stay": stay,
        "card_id": card_id,
        "uid": uid,
        "guest": guest,
        "error": error,
        "vendor": vendor,
        "reason": reason,
        "search": search,
        "effects": effects,
    }
    pair = (
        (Entry(kind, name, operator, begin), times[0]),
        (Entry(kind, name, operator, end), times[1]),
    )
    return Made(pair, row)


def _event_row(number: int, event: Event, canonical: bytes, digest: bytes) -> tuple[Any, ...]:
    return (
        number,
        *(event.desk, event.sequence, event.time, event.operator, event.operation),
        *(event.kind.value, event.payload.state.value, canonical, digest),
    )


def build(path: Path, operations: int, seed: int = 1) -> None:
    """A journal of `operations` operations, twice as many events, at `path`."""
    open_journal(path, desk=DESK, key=KEY).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        later = _without_indexes(connection)
        connection.execute("BEGIN")
        _rooms(connection)
        house = House(_guests(connection))
        _fill(connection, operations, house, random.Random(seed))
        for statement in later:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop what slows bulk work; the statements that make it again."""
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND (type = 'trigger' OR (type = 'index' AND tbl_name IN"
        " ('events', 'operations', 'stays', 'cards')))"
    ).fetchall()
    for kind, name, _ in found:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in found]


def _rooms(connection: sqlite3.Connection) -> None:
    every = ((each.id, each.name, at) for at, each in enumerate(map(room, range(ROOMS))))
    connection.executemany("INSERT INTO rooms(id, name, position) VALUES (?,?,?)", every)
    connection.execute(
        "INSERT INTO meta(key, value) VALUES ('rooms_fetched_at', ?)", (_time(START),)
    )


def _guests(connection: sqlite3.Connection) -> list[PersonRef]:
    """Each under a key of their own, though all have one name and three numbers among them."""
    keys = Keys(KEY)
    made = []
    for number in range(GUESTS):
        person = Person("张三", f"1380000000{number % 3 + 1}")
        digests = keys.digest("name", person.name), keys.digest("mobile", person.mobile)
        reference = f"{number:016x}"
        connection.execute(
            "INSERT INTO persons VALUES (?,?,?,?,?,?,?)",
            (reference, *keys.seal(reference, person), *digests, _time(START)[:10]),
        )
        made.append(PersonRef(reference, digests, digests[1]))
    return made


def _fill(
    connection: sqlite3.Connection, operations: int, house: House, chance: random.Random
) -> None:
    made = 0
    head: tuple[int, str] = (0, chain.FIRST_PREV_HASH)
    while made < operations:
        size = min(5000, operations - made)
        batch = [make(made + n, chance, house) for n in range(size)]
        events = list(
            chain.chained(
                (entry for item in batch for entry in item.entries), desk=DESK, after=head
            )
        )
        first = 2 * made + 1
        connection.executemany(
            "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?)",
            (_event_row(first + n, *each) for n, each in enumerate(events)),
        )
        head = (events[-1][0].sequence, events[-1][2].hex())
        _tables(connection, first, batch)
        made += len(batch)
    connection.execute("INSERT INTO heads VALUES (?,?,?)", (DESK, head[0], bytes.fromhex(head[1])))


def _tables(connection: sqlite3.Connection, first: int, batch: list[Made]) -> None:
    rows = [(first + 2 * n, item.row) for n, item in enumerate(batch)]
    names = (
        "number, operation, kind, state, desk, operator, started_at, ended_at, room_id, room_name,"
        " stay_id, authorised_at, expires_at, card_id, uid, person, error, vendor_code, vendor_msg,"
        " reason, search"
    )
    connection.executemany(
        f"INSERT INTO operations({names}) VALUES ({','.join('?' * 21)})",
        (_operation_row(number, row) for number, row in rows),
    )
    connection.executemany(
        "INSERT INTO operations_text(rowid, search) VALUES (?,?)",
        ((number, row["search"]) for number, row in rows),
    )
    _stays_and_cards(connection, rows)
    connection.executemany(
        "INSERT INTO person_digests(digest, number) VALUES (?,?) ON CONFLICT DO NOTHING",
        ((digest, number) for number, row in rows for digest in row["guest"].digests),
    )
    connection.executemany(
        "INSERT INTO room_marks VALUES (?,?) ON CONFLICT DO UPDATE"
        " SET authorised_at = excluded.authorised_at",
        ((row["room"].id, row["stay"].authorised_at) for _, row in rows),
    )
    connection.executemany(
        "INSERT INTO time_blocks VALUES (?,?,?) ON CONFLICT DO UPDATE"
        " SET last_at = excluded.last_at",
        (
            (number >> BLOCK_BITS, row["started_at"][:HOUR], row["started_at"][:HOUR])
            for number, row in rows
        ),
    )


def _operation_row(number: int, row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        *(number, row["operation"], row["kind"], row["state"], DESK, row["operator"]),
        *(row["started_at"], row["ended_at"], row["room"].id, row["room"].name, row["stay"].id),
        *(row["stay"].authorised_at, row["stay"].expires_at, row["card_id"], row["uid"]),
        *(
            row["guest"].id,
            row["error"],
            row["vendor"].code,
            row["vendor"].msg,
            row["reason"],
            row["search"],
        ),
    )


def _stays_and_cards(
    connection: sqlite3.Connection, rows: list[tuple[int, dict[str, Any]]]
) -> None:
    for number, row in rows:
        effects = row["effects"]
        stay = effects.get("stay")
        if stay is not None:
            connection.execute(
                "INSERT INTO stays VALUES (?,?,?,?,?,?,0)",
                (stay.id, number, stay.room_id, stay.authorised_at, stay.expires_at, stay.holder),
            )
        connection.executemany(
            "INSERT INTO cards VALUES (?,?,?,?,?,?,?,?)"
            " ON CONFLICT DO UPDATE SET state = excluded.state",
            (
                (
                    *(card.stay_id, card.key, number, row["room"].id, card.state.value),
                    *(card.card_id, card.uid, card.expires_at),
                )
                for card in effects.get("cards", ())
            ),
        )
        connection.executemany(
            "UPDATE stays SET closed = 1 WHERE id = ?",
            ((one,) for one in effects.get("closes", ())),
        )
