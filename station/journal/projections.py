"""The tables for the screen, made from the events: one event's effects, and making all anew.

Knows nothing of workflows: a payload states its effects (see `station.domain.event.Payload`).
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, insert, select

from station.domain.event import Event, Payload
from station.domain.operation import FINAL, State
from station.journal import chain, slots
from station.journal.engine import SQLITE, Raw, Statement, Tx, upsert
from station.journal.tables import (
    BLOCK_BITS,
    HOUR,
    PROJECTIONS,
    bindings,
    cards,
    credentials,
    events,
    lock_facts,
    operations,
    outbox,
    stays,
)
from station.journal.words import search_text
from station.ports import Progress

_MUTABLE: Final = (
    *("state", "step", "ended_at", "room_id", "room_name", "stay_id", "authorised_at"),
    *("expires_at", "card_id", "uid", "person", "error", "vendor_code", "vendor_msg", "reason"),
    "search",
)
_FIND: Final = Raw(
    f"SELECT number, operator, {', '.join(_MUTABLE)} FROM operations"  # noqa: S608 - own names
    " WHERE number = (SELECT min(id) FROM events WHERE operation = :operation)"
)
_INSERT: Final = Statement(insert(operations))
_UPDATES: Final[dict[tuple[str, ...], Raw]] = {}
_INDEX: Final = Raw("INSERT INTO operations_text(rowid, search) VALUES (:number, :search)")
_UNINDEX: Final = Raw(
    "INSERT INTO operations_text(operations_text, rowid, search)"
    " VALUES ('delete', :number, :search)"
)
_UNINDEX_ALL: Final = Raw("INSERT INTO operations_text(operations_text) VALUES ('delete-all')")
_DIGEST: Final = Raw(
    "INSERT INTO person_digests(digest, number) VALUES (:digest, :number) ON CONFLICT DO NOTHING"
)
_STAY: Final = upsert(stays, "id", keep=("closed", "number"))
_CLOSE: Final = Raw("UPDATE stays SET closed = 1 WHERE id = :id")
_CARD: Final = upsert(cards, "stay_id", "key", keep=("number",))
_STAY_ROOM: Final = Statement(select(stays.c.room_id).where(stays.c.id == bindparam("id")))
_DROP: Final = Raw("DELETE FROM cards WHERE stay_id = :stay_id AND key = :key")
_MARK: Final = Raw(
    "INSERT INTO room_marks(room_id, authorised_at) VALUES (:room_id, :authorised_at)"
    " ON CONFLICT (room_id) DO UPDATE SET authorised_at = excluded.authorised_at"
    " WHERE excluded.authorised_at > room_marks.authorised_at"
)
_BLOCK: Final = Raw(
    "INSERT INTO time_blocks(block, first_at, last_at) VALUES (:block, :at, :at)"
    " ON CONFLICT (block) DO UPDATE SET"
    " first_at = CASE WHEN :at < time_blocks.first_at THEN :at ELSE time_blocks.first_at END,"
    " last_at = CASE WHEN :at > time_blocks.last_at THEN :at ELSE time_blocks.last_at END"
    " WHERE :at < time_blocks.first_at OR :at > time_blocks.last_at"
)
_BINDING: Final = upsert(bindings, "uid")
_OTHER_CARDS: Final = Raw(
    "UPDATE bindings SET bound = 0 WHERE mobile_digest = :mobile_digest AND uid <> :uid"
)
_OUTBOX: Final = upsert(outbox, "operation", keep=("number", "operator", "kind"))
_CREDENTIAL: Final = upsert(credentials, "id", keep=("number", "operation"))
_LOCK: Final = upsert(lock_facts, "room_id", "number")
_ALL_EVENTS: Final = Statement(select(events.c.id, events.c.canonical).order_by(events.c.id))
_COUNT: Final = Raw("SELECT count(*) FROM events")
_PLACE: Final = {name: place for place, name in enumerate(("number", "operator", *_MUTABLE))}
_NEW: Final[dict[str, Any]] = dict.fromkeys(_MUTABLE, "") | {
    "ended_at": None,
    "authorised_at": None,
    "expires_at": None,
}


def apply(tx: Tx, event_id: int, event: Event) -> None:
    """Bring the tables up to one event, in the event's own transaction."""
    payload = event.payload
    found = tx.run(_FIND, {"operation": event.operation}).fetchone()
    number = event_id if found is None else int(found[0])
    if found is None:
        _begin(tx, number, event)
    elif payload.state is State.STEP:
        _change(tx, number, found, {"step": payload.step})
    else:
        old = dict(zip(_MUTABLE, found[2:], strict=True))
        _change(tx, number, found, _advanced(old, event, operator=found[1]))
    for digest in payload.person_digests:
        tx.run(_DIGEST, {"digest": digest, "number": number})
    _raise_marks(tx, payload)
    if payload.state not in (State.INTENT, State.STEP):
        _stays_and_cards(tx, number, payload)
    _cloud(tx, number, event)


def _begin(tx: Tx, number: int, event: Event) -> None:
    payload = event.payload
    values = _advanced(_NEW, event, operator=event.operator)
    if payload.state is State.STEP:
        values["state"] = State.INTENT.value
        values["ended_at"] = None
    tx.run(
        _INSERT,
        {
            **values,
            "number": number,
            "operation": event.operation,
            "parent": payload.parent,
            "kind": event.kind.value,
            "desk": event.desk,
            "operator": event.operator,
            "started_at": event.time,
        },
    )
    if tx.dialect == SQLITE and _is_indexed(values):
        tx.run(_INDEX, {"number": number, "search": values["search"]})
    tx.run(_BLOCK, {"block": number >> BLOCK_BITS, "at": event.time[:HOUR]})


def _is_indexed(values: Mapping[str, Any]) -> bool:
    """Whether an operation is in the words' index: an intent is not yet, its outcome soon will be.

    (Looking for words, the few intents are read one by one.)
    """
    return values["state"] != State.INTENT.value and bool(values["search"])


def _advanced(old: dict[str, Any], event: Event, *, operator: str) -> dict[str, Any]:
    """An operation's row after an event that is no step: what is not said anew stays as it was."""
    payload = event.payload
    ended = payload.state in FINAL or payload.state is State.UNKNOWN
    new = {
        **old,
        "state": payload.state.value,
        "ended_at": event.time if ended else None,
        "error": payload.error,
        "vendor_code": payload.vendor.code if payload.vendor else "",
        "vendor_msg": payload.vendor.msg if payload.vendor else "",
    }
    if payload.room is not None:
        new["room_id"] = payload.room.id
        new["room_name"] = payload.room.name or old["room_name"]
    if payload.stay is not None:
        new["stay_id"] = payload.stay.id
        new["authorised_at"] = payload.stay.authorised_at
        new["expires_at"] = payload.stay.expires_at
    for name in ("step", "card_id", "uid", "person", "reason"):
        new[name] = getattr(payload, name) or old[name]
    new["search"] = search_text(
        [new["room_name"], operator, new["card_id"], new["uid"], new["error"]],
        [new["reason"], new["vendor_code"], new["vendor_msg"]],
    )
    return new


def _change(tx: Tx, number: int, found: Any, new: dict[str, Any]) -> None:
    """Update only what differs: each index that holds a named column is written again."""
    changed = {name: value for name, value in new.items() if found[_PLACE[name]] != value}
    if not changed:
        return
    names = tuple(changed)
    statement = _UPDATES.get(names)
    if statement is None:
        assignments = ", ".join(f"{name} = :{name}" for name in names)
        statement = _UPDATES[names] = Raw(
            f"UPDATE operations SET {assignments} WHERE number = :number"  # noqa: S608 - own names
        )
    tx.run(statement, {**changed, "number": number})
    if tx.dialect == SQLITE:
        old = {name: found[_PLACE[name]] for name in ("state", "search")}
        _index_again(tx, number, old, {**old, **changed})


def _index_again(tx: Tx, number: int, old: dict[str, Any], new: dict[str, Any]) -> None:
    was, is_now = _is_indexed(old), _is_indexed(new)
    if was and is_now and old["search"] == new["search"]:
        return
    if was:
        tx.run(_UNINDEX, {"number": number, "search": old["search"]})
    if is_now:
        tx.run(_INDEX, {"number": number, "search": new["search"]})


def _raise_marks(tx: Tx, payload: Payload) -> None:
    """Every start that is known for a room counts, from its intent or its reading on (rule 2)."""
    for facts in (payload.stay, payload.found, payload.before):
        if facts is not None and facts.room_id and facts.authorised_at:
            tx.run(_MARK, {"room_id": facts.room_id, "authorised_at": facts.authorised_at})


def _stays_and_cards(tx: Tx, number: int, payload: Payload) -> None:
    if payload.stay is not None:
        stay = payload.stay
        tx.run(
            _STAY,
            {
                "id": stay.id,
                "number": number,
                "room_id": stay.room_id,
                "authorised_at": stay.authorised_at,
                "expires_at": stay.expires_at,
                "holder": stay.holder,
                "closed": 0,
            },
        )
    for card in payload.cards:
        stay_row = tx.run(_STAY_ROOM, {"id": card.stay_id}).fetchone()
        tx.run(
            _CARD,
            {
                "stay_id": card.stay_id,
                "key": card.key,
                "number": number,
                "room_id": stay_row[0] if stay_row else "",
                "state": card.state.value,
                "card_id": card.card_id,
                "uid": card.uid,
                "expires_at": card.expires_at,
            },
        )
    for stay_id, key in payload.drops:
        tx.run(_DROP, {"stay_id": stay_id, "key": key})
    for stay_id in payload.closes:
        tx.run(_CLOSE, {"id": stay_id})


def _cloud(tx: Tx, number: int, event: Event) -> None:
    """What is applied from the intent on: what waits, and slots that are taken, survive a crash."""
    _lock(tx, number, event)
    binding, waiting = event.payload.binding, event.payload.outbox
    if binding is not None:
        tx.run(
            _BINDING,
            {
                "uid": binding.uid,
                "number": number,
                "person": binding.person,
                "mobile_digest": binding.mobile_digest,
                "operation": event.operation,
                "bound": int(binding.bound),
            },
        )
        if binding.bound and event.payload.state is State.DONE:  # one card per mobile
            tx.run(_OTHER_CARDS, {"mobile_digest": binding.mobile_digest, "uid": binding.uid})
    if waiting is not None:
        tx.run(
            _OUTBOX,
            {
                "operation": event.operation,
                "number": number,
                "operator": event.operator,
                "kind": event.kind.value,
                "call": waiting.call,
                "person": waiting.person,
                "uid": waiting.uid,
                "state": waiting.state,
                "attempts": waiting.attempts,
                "next_at": waiting.next_at,
                "error": waiting.error,
                "credential": waiting.credential,
            },
        )


def _lock(tx: Tx, number: int, event: Event) -> None:
    credential, facts = event.payload.credential, event.payload.lock
    if credential is not None:
        tx.run(
            _CREDENTIAL,
            {
                "id": credential.id,
                "number": number,
                "kind": credential.kind.value,
                "state": credential.state.value,
                "room_id": credential.room_id,
                "authorised_at": credential.authorised_at,
                "expires_at": credential.expires_at,
                "slot": credential.slot,
                "stay_id": credential.stay_id,
                "holder": credential.holder,
                "code": credential.code,
                "picture": credential.picture,
                "lock_id": credential.lock_id,
                "operation": event.operation,
            },
        )
        slots.follow(tx, event, credential)
    if facts is not None:
        tx.run(
            _LOCK,
            {
                "room_id": facts.room_id,
                "number": number,
                "at": facts.at,
                "battery": facts.battery,
                "low": int(facts.low),
                "online": int(facts.online),
                "abnormal": int(facts.abnormal),
            },
        )


def rebuild(tx: Tx, progress: Progress | None = None) -> int:
    """Make every projection anew from the events, in one transaction; the number of events.

    The result is the same to the byte. Raises `JournalUnsafe` JOURNAL_DAMAGED for an event that
    cannot be read; nothing has changed then.
    """
    clear(tx)
    total = tx.run(_COUNT).fetchone()[0]
    count = 0
    for event_id, canonical in tx.run(_ALL_EVENTS):
        apply(tx, event_id, chain.decode(bytes(canonical)))
        count += 1
        if progress is not None and count % 1000 == 0:
            progress(count, total)
    if progress is not None:
        progress(count, total)
    return count


def clear(tx: Tx) -> None:
    """Empty every projection."""
    for table in PROJECTIONS:
        tx.run(Raw(f"DELETE FROM {table.name}"))  # noqa: S608 - a table of ours
    if tx.dialect == SQLITE:
        tx.run(_UNINDEX_ALL)
