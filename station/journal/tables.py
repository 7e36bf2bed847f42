"""The journal's tables, for SQLite and PostgreSQL alike: events, projections, what stands apart.

`events` is the truth and append-only. The projections are made from it and can be made anew.
Persons, operators, rooms and meta stand apart: not in the events, and never rebuilt.
Text columns are never null (empty means none); times of stays are site-local text, others UTC text.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite makes a row's own number only of a column declared INTEGER. Every index is a page more in
# each durable commit: none is here that no question needs, and small tables are one tree.
_Number: Final = BigInteger().with_variant(Integer, "sqlite")


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False, server_default="") for name in names]


def _partial(name: str, columns: list[Column[object]], where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


events: Final = Table(
    "events",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("desk", Text, nullable=False),
    Column("sequence", _Number, nullable=False),
    Column("time", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    # The hash lies right behind the bytes it is of, so that a carved event proves itself.
    Column("canonical", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("desk", "sequence"),
    # Also finds an operation's number, the id of its first event.
    Index("ix_events_operation", "operation"),
)

heads: Final = Table(
    "heads",
    metadata,
    Column("desk", Text, primary_key=True),
    Column("sequence", _Number, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

operations: Final = Table(
    "operations",
    metadata,
    # The id of the operation's first event: the same after a rebuild, on either engine.
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("operation", Text, nullable=False),
    *_words("parent", "kind", "state", "step", "desk", "operator"),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    *_words("room_id", "room_name", "stay_id"),
    Column("authorised_at", Text),
    Column("expires_at", Text),
    *_words("card_id", "uid", "person", "error", "vendor_code", "vendor_msg", "reason", "search"),
)
_o = operations.c
Index("ix_operations_room", _o.room_id, _o.number, _o.kind, _o.state)
Index("ix_operations_operator", _o.operator, _o.number, _o.kind, _o.state, _o.desk)
Index("ix_operations_kind", _o.kind, _o.state, _o.number, _o.operator)
_partial("ix_operations_card", [_o.card_id, _o.number], "card_id <> ''")
_partial("ix_operations_uid", [_o.uid, _o.number], "uid <> ''")
_partial("ix_operations_parent", [_o.parent, _o.number], "parent <> ''")
_partial(
    "ix_operations_open", [_o.state, _o.number, _o.kind, _o.operator, _o.room_id], "state <> 'done'"
)

time_blocks: Final = Table(
    "time_blocks",
    metadata,
    # number >> BLOCK_BITS: the hours of the earliest and latest start among these operations.
    # Whole hours, so that the row is rarely written.
    Column("block", _Number, primary_key=True, autoincrement=False),
    Column("first_at", Text, nullable=False),
    Column("last_at", Text, nullable=False),
)
BLOCK_BITS: Final = 12
HOUR: Final = len("2026-03-01T08")
"""Characters of a UTC text up to its hour."""

person_digests: Final = Table(
    "person_digests",
    metadata,
    Column("digest", Text, nullable=False),
    Column("number", _Number, nullable=False),
    PrimaryKeyConstraint("digest", "number"),
    sqlite_with_rowid=False,
)

stays: Final = Table(
    "stays",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", _Number, nullable=False),
    *_words("room_id", "authorised_at", "expires_at", "holder"),
    Column("closed", Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
Index("ix_stays_room", stays.c.room_id, stays.c.closed, stays.c.authorised_at)
_partial("ix_stays_holder", [stays.c.holder, stays.c.closed], "holder <> ''")

cards: Final = Table(
    "cards",
    metadata,
    Column("stay_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("number", _Number, nullable=False),
    *_words("room_id", "state", "card_id", "uid", "expires_at"),
    PrimaryKeyConstraint("stay_id", "key"),
    sqlite_with_rowid=False,
)
_partial("ix_cards_card", [cards.c.card_id, cards.c.state], "card_id <> ''")
_partial("ix_cards_live", [cards.c.room_id], "state <> 'returned'")

room_marks: Final = Table(
    "room_marks",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("authorised_at", Text, nullable=False),
    sqlite_with_rowid=False,
)

bindings: Final = Table(
    "bindings",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("number", _Number, nullable=False),
    *_words("person", "mobile_digest", "operation"),
    Column("bound", Integer, nullable=False),
)
Index("ix_bindings_mobile", bindings.c.mobile_digest)
Index("ix_bindings_person", bindings.c.person)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("operation", Text, primary_key=True),
    Column("number", _Number, nullable=False),
    *_words("operator", "kind", "call", "person", "uid", "state", "next_at", "error"),
    Column("attempts", Integer, nullable=False),
    *_words("credential"),
)
_partial("ix_outbox_pending", [outbox.c.number, outbox.c.state], "state <> 'done'")

credentials: Final = Table(
    "credentials",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", _Number, nullable=False),
    *_words("kind", "state", "room_id", "authorised_at", "expires_at"),
    Column("slot", Integer, nullable=False),
    *_words("stay_id", "holder", "code", "picture", "lock_id", "operation"),
)
_c = credentials.c
_partial("ix_credentials_room", [_c.room_id, _c.kind], "state <> 'stopped'")
_partial("ix_credentials_stay", [_c.stay_id], "state <> 'stopped'")
_partial("ix_credentials_holder", [_c.holder], "state <> 'stopped'")

lock_facts: Final = Table(
    "lock_facts",
    metadata,
    Column("room_id", Text, nullable=False),
    Column("number", _Number, nullable=False),
    Column("at", Text, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("battery", "low", "online", "abnormal")),
    PrimaryKeyConstraint("room_id", "number"),
)

PROJECTIONS: Final = (
    operations,
    time_blocks,
    person_digests,
    stays,
    cards,
    room_marks,
    bindings,
    outbox,
    credentials,
    lock_facts,
)
"""What a rebuild makes anew from the events (and `operations_text` with it, on SQLite)."""

persons: Final = Table(
    "persons",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", LargeBinary, nullable=False),
    Column("mobile", LargeBinary, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    *_words("name_digest", "mobile_digest", "used_at"),
)
Index("ix_persons_mobile", persons.c.mobile_digest)
Index("ix_persons_name", persons.c.name_digest)
Index("ix_persons_used", persons.c.used_at)

operators: Final = Table(
    "operators",
    metadata,
    Column("name", Text, primary_key=True),
    *_words("hash", "role"),
    Column("disabled", Integer, nullable=False, server_default="0"),
    Column("wrong", Integer, nullable=False, server_default="0"),
    *_words("locked_until"),
)

rooms: Final = Table(
    "rooms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

meta: Final = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

sealed: Final = Table(
    "sealed",
    metadata,
    # Passcodes: each under a key of its own, so that forgetting one is deleting its row.
    Column("id", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
)

kept: Final = Table(
    "kept",
    metadata,
    # Other systems' answers and when they gave them (UTC): a cache that works offline.
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
)

APART: Final = (persons, operators, rooms, meta, sealed, kept)
"""What is not made from events: taken along by a copy or a recovery as it stands."""
