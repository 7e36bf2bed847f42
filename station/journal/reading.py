"""What the journal answers about rooms, stays, cards, operations, residents and the outbox."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from station.domain.event import Event
from station.domain.operation import CARD_KINDS, UNRESOLVED, OperationRow
from station.domain.room import Room
from station.domain.stay import Stay
from station.journal import chain, history
from station.journal.credentials import CredentialReading
from station.journal.engine import Database, Raw, Statement, Tx, upsert
from station.journal.people import People
from station.journal.rows import (
    BINDING_COLUMNS,
    CARD_COLUMNS,
    OPERATION_COLUMNS,
    OUTBOX_COLUMNS,
    STAY_COLUMNS,
    binding_row,
    card_row,
    moment_of,
    operation_row,
    outbox_row,
    rack_row,
    room_of,
    site_moment_of,
    stay_of,
    utc_text,
)
from station.journal.tables import bindings, events, meta, rooms, stays
from station.ports import BindingRow, CardRow, HistoryFilter, OutboxRow, RoomRow

_ROOMS_AT: Final = "rooms_fetched_at"
_META: Final = Statement(select(meta.c.value).where(meta.c.key == bindparam("key")))
_SET_META: Final = upsert(meta, "key")
_NO_ROOMS: Final = Statement(delete(rooms))
_ADD_ROOM: Final = Statement(insert(rooms))
_ROOMS: Final = Statement(select(rooms.c.id, rooms.c.name).order_by(rooms.c.position))
_ROOM: Final = Statement(select(rooms.c.id, rooms.c.name).where(rooms.c.id == bindparam("id")))
_NAMED: Final = Raw(
    "SELECT id, name FROM rooms WHERE id = :text OR lower(name) = :folded"
    " OR lower(name) LIKE :ending ESCAPE '!' ORDER BY position"
)
_STAY_LIST: Final = [stays.c[name] for name in STAY_COLUMNS]
_STAY: Final = Statement(select(*_STAY_LIST).where(stays.c.id == bindparam("id")))
_ROOM_STAYS: Final = Statement(
    select(*_STAY_LIST)
    .where(stays.c.room_id == bindparam("room_id"), stays.c.closed == bindparam("closed"))
    .order_by(stays.c.authorised_at.desc())
)
_ROOM_LAST: Final = Raw(
    f"SELECT {', '.join(STAY_COLUMNS)} FROM stays"  # noqa: S608
    " WHERE room_id = :room_id AND closed = 1 ORDER BY authorised_at DESC LIMIT 1"
)
_STAY_NAMES: Final = ", ".join(f"s.{name}" for name in STAY_COLUMNS)
_RACK: Final = Raw(
    f"SELECT {_STAY_NAMES}, (SELECT count(*) FROM cards c"  # noqa: S608
    " WHERE c.stay_id = s.id AND c.state <> 'returned')"
    " FROM rooms r CROSS JOIN stays s WHERE s.room_id = r.id AND s.closed = 0"
    " ORDER BY r.id, s.authorised_at"
)
_CARDS: Final = Raw(
    f"SELECT {', '.join(CARD_COLUMNS)} FROM cards WHERE stay_id = :stay_id ORDER BY number, key"  # noqa: S608
)
_CARD_STAYS: Final = Raw(
    f"SELECT {', '.join('c.' + name for name in CARD_COLUMNS)} FROM cards c"  # noqa: S608
    " LEFT JOIN stays s ON s.id = c.stay_id WHERE c.card_id = :card_id AND c.card_id <> ''"
    " AND (:every = 1 OR c.state <> 'returned') ORDER BY s.authorised_at DESC, c.number DESC"
)
_LIVE: Final = Raw(
    f"SELECT {', '.join(CARD_COLUMNS)} FROM cards"  # noqa: S608
    " WHERE room_id = :room_id AND state <> 'returned' ORDER BY number, key"
)
_MARK: Final = Raw("SELECT authorised_at FROM room_marks WHERE room_id = :room_id")
_ROW: Final = f"SELECT {', '.join(OPERATION_COLUMNS)} FROM operations"  # noqa: S608
_OPERATION: Final = Raw(
    _ROW + " WHERE number = (SELECT min(id) FROM events WHERE operation = :operation)"  # noqa: S608
)
_CHILDREN: Final = Raw(f"{_ROW} WHERE parent = :parent AND parent <> '' ORDER BY number")
_OPEN: Final = Raw(f"{_ROW} WHERE state = :state AND state <> 'done' ORDER BY number")
_EVENTS: Final = Statement(
    select(events.c.canonical)
    .where(events.c.operation == bindparam("operation"))
    .order_by(events.c.id)
)
_BINDING_LIST: Final = [bindings.c[name] for name in BINDING_COLUMNS]
_BINDING: Final = Statement(select(*_BINDING_LIST).where(bindings.c.uid == bindparam("uid")))
_BINDINGS: Final = Statement(
    select(*_BINDING_LIST)
    .where(bindings.c.mobile_digest == bindparam("mobile_digest"))
    .order_by(bindings.c.number.desc())
)
_OUTBOX: Final = Raw(
    f"SELECT {', '.join('o.' + name for name in OUTBOX_COLUMNS)} FROM outbox o"  # noqa: S608
    " JOIN operations p ON p.number = o.number"
    " WHERE o.state <> 'done' AND p.desk = :desk ORDER BY o.number"
)


class Reading(CredentialReading):
    """The answering half of the store."""

    _db: Database
    _people: People
    _desk: str

    def save_rooms(self, rooms: Sequence[Room], at: datetime) -> None:
        """Replace the cache of rooms; `at` UTC."""
        with self._db.writing() as tx:
            tx.run(_NO_ROOMS)
            for position, room in enumerate(rooms):
                tx.run(_ADD_ROOM, {"id": room.id, "name": room.name, "position": position})
            tx.run(_SET_META, {"key": _ROOMS_AT, "value": utc_text(at)})

    def rooms(self) -> list[Room]:
        """The rooms as last fetched, in the platform's order."""
        with self._db.reading() as tx:
            return [room_of(row) for row in tx.run(_ROOMS)]

    def room(self, room_id: str) -> Room | None:
        """One room by its id."""
        with self._db.reading() as tx:
            row = tx.run(_ROOM, {"id": room_id}).fetchone()
        return None if row is None else room_of(row)

    def rooms_named(self, text: str) -> list[Room]:
        """What `find_room` has to choose from; every room where none is plainly meant."""
        wanted = text.strip()
        folded = wanted.casefold()
        if not folded.isascii():  # the database folds ASCII alone
            return self.rooms()
        plain = folded.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        params = {"text": wanted, "folded": folded, "ending": f"%-{plain}"}
        with self._db.reading() as tx:
            found = [room_of(row) for row in tx.run(_NAMED, params)]
        return found or self.rooms()

    def rooms_age(self) -> datetime | None:
        """When the rooms were last fetched (UTC)."""
        with self._db.reading() as tx:
            row = tx.run(_META, {"key": _ROOMS_AT}).fetchone()
        return None if row is None else moment_of(row)

    def rack(self) -> list[RoomRow]:
        """Every room with its current stay, the cards of it outside, and what is unresolved."""
        with self._db.reading() as tx:
            known = tx.run(_ROOMS).fetchall()
            # Of a room's open stays the newest comes last.
            current = {row[1]: row for row in tx.run(_RACK)}
            waiting = Counter(row.room_id for row in _unresolved(tx))
        return [rack_row(room, current.get(room[0]), waiting[room[0]]) for room in known]

    def stays(self, room_id: str) -> list[Stay]:
        """The room's open stays and its newest closed one, newest first."""
        with self._db.reading() as tx:
            found = tx.run(_ROOM_STAYS, {"room_id": room_id, "closed": 0}).fetchall()
            found += tx.run(_ROOM_LAST, {"room_id": room_id}).fetchall()
        return sorted((stay_of(row) for row in found), key=_start, reverse=True)

    def stay(self, stay_id: str) -> Stay | None:
        """One stay."""
        with self._db.reading() as tx:
            row = tx.run(_STAY, {"id": stay_id}).fetchone()
        return None if row is None else stay_of(row)

    def cards(self, stay_id: str) -> list[CardRow]:
        """The cards of a stay, in the order in which they were made."""
        with self._db.reading() as tx:
            return [card_row(row) for row in tx.run(_CARDS, {"stay_id": stay_id})]

    def stays_of_card(self, card_id: str, *, outside: bool = False) -> list[CardRow]:
        """Every stay that this card was written for, newest first.

        With `outside` only those for which it still counts as outside: a card serves for years.
        """
        params = {"card_id": card_id, "every": int(not outside)}
        with self._db.reading() as tx:
            return [card_row(row) for row in tx.run(_CARD_STAYS, params)]

    def live_cards(self, room_id: str) -> list[CardRow]:
        """Cards of any stay of the room that may still be outside, oldest first."""
        with self._db.reading() as tx:
            return [card_row(row) for row in tx.run(_LIVE, {"room_id": room_id})]

    def latest_authorised_at(self, room_id: str) -> datetime | None:
        """The newest start known for the room: own journal, other desks, cards that were read."""
        with self._db.reading() as tx:
            row = tx.run(_MARK, {"room_id": room_id}).fetchone()
        return None if row is None else site_moment_of(row)

    def operation(self, operation: str) -> OperationRow | None:
        """One operation."""
        with self._db.reading() as tx:
            row = tx.run(_OPERATION, {"operation": operation}).fetchone()
        return None if row is None else operation_row(row)

    def children(self, operation: str) -> list[OperationRow]:
        """The operations begun by another one, oldest first."""
        with self._db.reading() as tx:
            return [operation_row(row) for row in tx.run(_CHILDREN, {"parent": operation})]

    def events(self, operation: str) -> list[Event]:
        """An operation's events, oldest first."""
        with self._db.reading() as tx:
            found = tx.run(_EVENTS, {"operation": operation}).fetchall()
        return [chain.decode(bytes(row[0])) for row in found]

    def unresolved(self) -> list[OperationRow]:
        """Card operations in state intent or unknown, oldest first."""
        with self._db.reading() as tx:
            return _unresolved(tx)

    def history(self, wanted: HistoryFilter) -> list[OperationRow]:
        """One page, newest first. `since` counts in, `until` does not."""
        with self._db.reading() as tx:
            return history.page(tx, wanted, self._digests(tx, wanted))

    def walk_history(self, wanted: HistoryFilter, page: int = 500) -> Iterator[OperationRow]:
        """Every operation that matches, newest first, whatever their number (for exports)."""
        wanted = replace(wanted, limit=page)
        while True:
            rows = self.history(wanted)
            yield from rows
            if len(rows) < page:
                return
            wanted = replace(wanted, after=rows[-1].number)

    def count(self, wanted: HistoryFilter, cap: int = 1001) -> int:
        """How many operations match, counted no further than `cap`."""
        with self._db.reading() as tx:
            return history.count(tx, wanted, self._digests(tx, wanted), cap)

    def _digests(self, tx: Tx, wanted: HistoryFilter) -> list[str]:
        return self._people.digests_of_text(tx, wanted.text) if wanted.text.strip() else []

    def binding(self, uid: str) -> BindingRow | None:
        """Whose card this is, or was (`bound` False)."""
        with self._db.reading() as tx:
            row = tx.run(_BINDING, {"uid": uid}).fetchone()
        return None if row is None else binding_row(row)

    def bindings_of(self, mobile_digest: str) -> list[BindingRow]:
        """The cards of a mobile number, newest first, those taken back included."""
        with self._db.reading() as tx:
            return [binding_row(row) for row in tx.run(_BINDINGS, {"mobile_digest": mobile_digest})]

    def outbox(self, *, stopped: bool = False) -> list[OutboxRow]:
        """What waits at this desk, in order; with `stopped` also what was given up.

        What waits at the site's other desks is theirs to send: once, and in their order.
        """
        with self._db.reading() as tx:
            found = [outbox_row(row) for row in tx.run(_OUTBOX, {"desk": self._desk})]
        return [row for row in found if stopped or row.facts.state == "waiting"]


def _unresolved(tx: Tx) -> list[OperationRow]:
    found = [
        operation_row(row)
        for state in sorted(UNRESOLVED)
        for row in tx.run(_OPEN, {"state": state.value})
    ]
    return sorted((row for row in found if row.kind in CARD_KINDS), key=lambda row: row.number)


def _start(stay: Stay) -> datetime:
    return stay.authorised_at
