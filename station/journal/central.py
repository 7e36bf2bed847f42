"""A site with several desks: own events go to the centre in order, the others' come from it.

Each desk keeps its whole journal and works alone while the centre is away. A chain is verified
event by event on either way; a desk never takes an event that does not continue what it holds.
Persons travel encrypted, as they are stored.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, select

from station.domain.credential import CredentialKind
from station.domain.event import Event
from station.domain.operation import Kind
from station.errors import Code, JournalUnsafe
from station.journal import chain, credentials, sealed
from station.journal.engine import Raw, Statement, Tx, upsert
from station.journal.postgres import PostgresDatabase
from station.journal.rows import site_moment_of
from station.journal.store import Store, head_of, insert_event, references
from station.journal.tables import persons
from station.ports import Progress

BATCH: Final = 200
_AFTER: Final = Raw(
    "SELECT canonical, hash FROM events WHERE desk = :desk AND sequence > :sequence"
    " ORDER BY sequence LIMIT :batch"
)
_AT: Final = Raw("SELECT hash FROM events WHERE desk = :desk AND sequence = :sequence")
_DESKS: Final = Raw("SELECT desk, sequence FROM heads WHERE desk <> :desk ORDER BY desk")
_MARK: Final = Raw("SELECT authorised_at FROM room_marks WHERE room_id = :room_id")
_PERSON: Final = Statement(select(persons).where(persons.c.id == bindparam("id")))
_ADD_PERSON: Final = upsert(persons, "id")
_ERASE: Final = Raw("DELETE FROM persons WHERE id = :id")
_COLUMNS: Final = [column.name for column in persons.columns]


_Checked = tuple[Event, bytes, bytes]
_Person = dict[str, Any]
_Sealed = dict[str, tuple[object, ...] | None]


@dataclass(frozen=True, slots=True)
class _Apart:
    """What stands apart from a batch of events and goes with it."""

    people: dict[str, _Person]
    sealed: _Sealed


@dataclass(frozen=True, slots=True)
class Synced:
    """How many events went to the centre and came from it."""

    pushed: int
    pulled: int


class Central:
    """The centre, as one desk sees it."""

    def __init__(self, store: Store, database: PostgresDatabase) -> None:
        self._store = store
        self._local = store.database
        self._centre = database

    def sync(self, progress: Progress | None = None) -> Synced:
        """Push what is new here, then pull what is new elsewhere.

        Raises `JournalUnsafe`: CENTRAL_UNREACHABLE (what went through stays), JOURNAL_DAMAGED when
        the centre holds another chain for this desk or sends events that do not fit.
        """
        pushed = sum(self._push(progress))
        pulled = 0
        with self._centre.reading() as tx:
            others = tx.run(_DESKS, {"desk": self._store.desk}).fetchall()
        for desk, sequence in others:
            pulled += sum(self._pull(desk, sequence))
            if progress is not None:
                progress(pushed + pulled, 0)
        return Synced(pushed, pulled)

    def latest_authorised_at(self, room_id: str) -> datetime | None:
        """What the other desks have told the centre of a room; None when it cannot be asked."""
        with suppress(JournalUnsafe):
            with self._centre.reading() as tx:
                row = tx.run(_MARK, {"room_id": room_id}).fetchone()
            return None if row is None else site_moment_of(row)
        return None

    def slots_taken(
        self, room_id: str, kind: CredentialKind, now: datetime, lock_id: str = ""
    ) -> set[int]:
        """Slots that other desks have told the centre of; none when it cannot be asked."""
        with suppress(JournalUnsafe), self._centre.reading() as tx:
            return credentials.slots_taken(tx, room_id, kind, now, lock_id)
        return set()

    def close(self) -> None:
        """Leave the centre."""
        self._centre.close()

    def _push(self, progress: Progress | None) -> Iterator[int]:
        desk = self._store.desk
        while True:
            with self._centre.writing() as centre:
                head = head_of(centre, desk)
                batch, apart = self._to_push(desk, head)
                for event, canonical, digest in batch:
                    insert_event(centre, event, canonical, digest)
                    _carry(event, apart, centre)
            yield len(batch)
            if progress is not None:
                progress(head[0] + len(batch), self._store.head()[0])
            if len(batch) < BATCH:
                return

    def _to_push(self, desk: str, head: chain.Head) -> tuple[list[_Checked], _Apart]:
        with self._local.reading() as local:
            if head[0]:
                row = local.run(_AT, {"desk": desk, "sequence": head[0]}).fetchone()
                if row is None or row[0].hex() != head[1]:
                    raise _does_not_fit(desk, head[0])
            found = local.run(_AFTER, {"desk": desk, "sequence": head[0], "batch": BATCH})
            batch = list(_checked(desk, head, found.fetchall()))
            return batch, _apart_of(local, batch)

    def _pull(self, desk: str, until: int) -> Iterator[int]:
        while True:
            with self._local.reading() as local:
                head = head_of(local, desk)
            if head[0] >= until:
                return
            with self._centre.reading() as centre:
                wanted = {"desk": desk, "sequence": head[0], "batch": BATCH}
                batch = list(_checked(desk, head, centre.run(_AFTER, wanted).fetchall()))
                apart = _apart_of(centre, batch)
            if not batch:
                raise _does_not_fit(desk, head[0] + 1)
            erased = False
            with self._local.writing() as local:
                for event, canonical, digest in batch:
                    insert_event(local, event, canonical, digest)
                    erased |= _carry(event, apart, local)
            if erased:
                self._local.scrub()
            yield len(batch)


def _checked(desk: str, head: chain.Head, rows: list[tuple[bytes, bytes]]) -> Iterator[_Checked]:
    """Events that continue the chain from its head. Raises JOURNAL_DAMAGED at one that does not."""
    sequence, previous = head
    for canonical, stored in rows:
        digest = sha256(canonical).digest()
        event = chain.decode(canonical)
        fits = (event.desk, event.sequence, event.prev_hash) == (desk, sequence + 1, previous)
        if digest != stored or not fits:
            raise _does_not_fit(desk, sequence + 1)
        yield event, canonical, digest
        sequence, previous = sequence + 1, digest.hex()


def _does_not_fit(desk: str, sequence: int) -> JournalUnsafe:
    return JournalUnsafe(Code.JOURNAL_DAMAGED, detail="centre", desk=desk, sequence=sequence)


def _people_of(tx: Tx, batch: list[_Checked]) -> dict[str, _Person]:
    """The stored rows of everyone whom the events name."""
    found = {}
    for reference in {name for event, _, _ in batch for name in references(event)}:
        row = tx.run(_PERSON, {"id": reference}).fetchone()
        if row is not None:
            found[reference] = dict(zip(_COLUMNS, row, strict=True))
    return found


def _apart_of(tx: Tx, batch: list[_Checked]) -> _Apart:
    codes = {event.payload.credential.code for event, _, _ in batch if event.payload.credential}
    return _Apart(_people_of(tx, batch), {code: sealed.row_of(tx, code) for code in codes if code})


def _carry(event: Event, apart: _Apart, target: Tx) -> bool:
    """Take the event's persons and passcodes along, or an erasure; whether a person was erased."""
    facts = event.payload.credential
    if facts is not None and facts.code in apart.sealed:
        sealed.carry(target, facts.code, apart.sealed[facts.code])
    if event.kind is Kind.PERSON_ERASE:
        return target.run(_ERASE, {"id": event.payload.person}).rowcount > 0
    for reference in references(event):
        if reference in apart.people:
            target.run(_ADD_PERSON, apart.people[reference])
    return False
