"""The journal as the rest of the desk sees it: `Store` implements `station.ports.Journal`."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Self

from sqlalchemy import select

from station.domain.credential import CredentialKind
from station.domain.event import Entry, Event
from station.domain.person import Person
from station.errors import Code, JournalUnsafe
from station.journal import chain, people, projections
from station.journal.engine import Database, Raw, Statement, Tx, upsert
from station.journal.operators import OperatorBook
from station.journal.people import Keys, People
from station.journal.reading import Reading
from station.journal.rows import utc_text
from station.journal.sealed import Sealed
from station.journal.tables import events, heads
from station.ports import PersonRef, Progress, VerifyResult

_HEAD: Final = Raw(
    "SELECT h.sequence, h.hash, e.hash FROM heads h"
    " LEFT JOIN events e ON e.desk = h.desk AND e.sequence = h.sequence WHERE h.desk = :desk"
)
_ANY: Final = Raw("SELECT 1 FROM events WHERE desk = :desk LIMIT 1")
_HEADS: Final = Statement(select(heads.c.desk, heads.c.sequence, heads.c.hash))
_SET_HEAD: Final = upsert(heads, "desk")
_ADD: Final = Raw(
    "INSERT INTO events(desk, sequence, time, operator, operation, kind, state, canonical, hash)"
    " VALUES (:desk, :sequence, :time, :operator, :operation, :kind, :state, :canonical, :hash)"
    " RETURNING id"
)
_ROWS: Final = Statement(select(*(column for column in events.columns)).order_by(events.c.id))
_COUNT: Final = Raw("SELECT count(*) FROM events")
_HOLDER: Final = Raw("SELECT holder FROM stays WHERE id = :id AND holder <> ''")


def _now() -> datetime:
    return datetime.now(UTC)


class Store(Reading):
    """An open journal. Safe from several threads; everything raises `JournalUnsafe`."""

    def __init__(
        self,
        database: Database,
        *,
        desk: str,
        key: bytes,
        utc: Callable[[], datetime] = _now,
    ) -> None:
        """`key` is the site's 32 bytes. Raises JOURNAL_KEY for a key of another site."""
        self._db = database
        self._desk = desk
        self._utc = utc
        keys = Keys(key)
        people.check_key(database, keys)
        self._people = People(database, keys)
        self._sealed = Sealed(database, keys)
        self.operators = OperatorBook(database, utc=utc)
        self.elsewhere: Callable[[str], datetime | None] | None = None
        """Asks the site's other desks for the newest start of a room (see `central`)."""
        self.slots_elsewhere: Callable[[str, CredentialKind, datetime, str], set[int]] | None = None
        """Asks them which slots they hold."""
        self._closing = threading.Lock()

    @property
    def desk(self) -> str:
        """The desk whose chain this program writes."""
        return self._desk

    @property
    def database(self) -> Database:
        """For the journal's own tools."""
        return self._db

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, entry: Entry, *, durable: bool = True) -> Event:
        """Add one event and its effects in one transaction.

        With `durable` it is on the disk (fsync) when this returns. Raises `JournalUnsafe`, and
        `InputInvalid` for text that is not Unicode; nothing is stored then.
        """
        with self._db.writing(durable=durable) as tx:
            time = utc_text(self._utc())
            after = head_of(tx, self._desk)
            [(event, canonical, digest)] = chain.chained(
                [(entry, time)], desk=self._desk, after=after
            )
            insert_event(tx, event, canonical, digest)
            people.used(tx, _seen(tx, event), time)
        return event

    def head(self, desk: str | None = None) -> tuple[int, str]:
        """(number of events, hash of the last) of a desk's chain: what a handover sheet shows."""
        with self._db.reading() as tx:
            return head_of(tx, desk or self._desk)

    def latest_authorised_at(self, room_id: str) -> datetime | None:
        """The newest start known for the room: own journal, other desks, cards that were read."""
        own = super().latest_authorised_at(room_id)
        other = self.elsewhere(room_id) if self.elsewhere else None
        return max((at for at in (own, other) if at is not None), default=None)

    def slots_taken(
        self, room_id: str, kind: CredentialKind, now: datetime, lock_id: str = ""
    ) -> set[int]:
        """Slots that are not free, at the site's other desks too; `now` site-local."""
        ask = self.slots_elsewhere
        other = ask(room_id, kind, now, lock_id) if ask else set()
        return super().slots_taken(room_id, kind, now, lock_id) | other

    def seal(self, text: str) -> str:
        """Keep a passcode encrypted, apart from the events; the reference to it."""
        return self._sealed.put(text)

    def unseal(self, reference: str) -> str:
        """A sealed passcode; empty once forgotten."""
        return self._sealed.get(reference)

    def forget(self, reference: str) -> None:
        """Delete a sealed passcode and its key."""
        self._sealed.forget(reference)

    def remember_person(self, person: Person) -> PersonRef:
        """Store a person, or find the same name and mobile again."""
        return self._people.remember(person, now=utc_text(self._utc()))

    def find_person(self, mobile: str) -> PersonRef | None:
        """The person last used with this mobile number."""
        return self._people.find(mobile)

    def person(self, reference: str) -> Person:
        """The person in the clear; an empty `Person` once erased."""
        return self._people.get(reference)

    def erase_person(self, reference: str) -> None:
        """Delete the person's key and data; the chain stays whole."""
        self._people.erase([reference])

    def idle_persons(self, cutoff: datetime) -> list[str]:
        """Who was last used before the day of `cutoff` (UTC), with nothing open."""
        return self._people.idle_since(utc_text(cutoff))

    def erase_older_than(self, cutoff: datetime) -> list[str]:
        """Erase everyone of `idle_persons`; their references, for the journal."""
        found = self.idle_persons(cutoff)
        if found:
            self._people.erase(found)
        return found

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make every projection anew from the events; the number of events."""
        with self._db.writing() as tx:
            return projections.rebuild(tx, progress)

    def verify(self, progress: Progress | None = None) -> VerifyResult:
        """Follow every chain from its first event to its kept head, every column compared."""
        with self._db.reading() as tx:
            kept = chain.kept_heads(tx.run(_HEADS))
            total = tx.run(_COUNT).fetchone()[0]
            return chain.verify_rows(
                tx.run(_ROWS), kept, desk=self._desk, total=total, progress=progress
            )

    def close(self) -> None:
        """Close the file. Repeating is harmless."""
        with self._closing:
            self._db.close()


def insert_event(tx: Tx, event: Event, canonical: bytes, digest: bytes) -> int:
    """Store one event behind its chain's head and apply it; its id."""
    row = tx.run(
        _ADD,
        {
            "desk": event.desk,
            "sequence": event.sequence,
            "time": event.time,
            "operator": event.operator,
            "operation": event.operation,
            "kind": event.kind.value,
            "state": event.payload.state.value,
            "canonical": canonical,
            "hash": digest,
        },
    ).fetchone()
    tx.run(_SET_HEAD, {"desk": event.desk, "sequence": event.sequence, "hash": digest})
    projections.apply(tx, row[0], event)
    return int(row[0])


def head_of(tx: Tx, desk: str) -> tuple[int, str]:
    """The chain's end, read where it is written; the kept head and the last event must agree."""
    row = tx.run(_HEAD, {"desk": desk}).fetchone()
    if row is None:
        if tx.run(_ANY, {"desk": desk}).fetchone() is not None:
            raise JournalUnsafe(Code.JOURNAL_DAMAGED, desk=desk, detail="head missing")
        return 0, chain.FIRST_PREV_HASH
    sequence, kept, stored = row
    if type(sequence) is not int or type(kept) is not bytes or kept != stored:
        raise JournalUnsafe(Code.JOURNAL_DAMAGED, desk=desk, detail="head", sequence=sequence)
    return sequence, kept.hex()


def references(event: Event) -> set[str]:
    """The persons whom an event names."""
    payload = event.payload
    found = {payload.person}
    if payload.stay is not None:
        found.add(payload.stay.holder)
    if payload.binding is not None:
        found.add(payload.binding.person)
    if payload.credential is not None:
        found.add(payload.credential.holder)
    return found - {""}


def _seen(tx: Tx, event: Event) -> set[str]:
    """The persons of an event, and the holders of the stays that it closes."""
    found = references(event)
    for stay_id in event.payload.closes:
        row = tx.run(_HOLDER, {"id": stay_id}).fetchone()
        if row is not None:
            found.add(row[0])
    return found
