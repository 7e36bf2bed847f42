"""The first version: the event log, its projections, and what stands apart."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE = (
    """CREATE TRIGGER events_no_update BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE TRIGGER events_no_delete BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    """CREATE TRIGGER events_no_replace BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM events WHERE desk = NEW.desk AND sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END""",
    """CREATE VIRTUAL TABLE operations_text
    USING fts5(search, content='', columnsize=0, tokenize='unicode61 remove_diacritics 0')""",
)
_POSTGRESQL = (
    """CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$""",
    """CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_append_only()""",
    """CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()""",
)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _events()
    _operations()
    _stays()
    _apart()
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", _number, autoincrement=True, nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("sequence", _number, nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("desk", "sequence", name=op.f("uq_events_desk_sequence")),
    )
    op.create_index("ix_events_operation", "events", ["operation"])
    op.create_table(
        "heads",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("sequence", _number, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("desk", name=op.f("pk_heads")),
    )


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("number", _number, autoincrement=False, nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        _word("parent"),
        _word("kind"),
        _word("state"),
        _word("step"),
        _word("desk"),
        _word("operator"),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        _word("room_id"),
        _word("room_name"),
        _word("stay_id"),
        sa.Column("authorised_at", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.Text(), nullable=True),
        _word("card_id"),
        _word("uid"),
        _word("person"),
        _word("error"),
        _word("vendor_code"),
        _word("vendor_msg"),
        _word("reason"),
        _word("search"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_operations")),
    )
    op.create_index(
        "ix_operations_card", "operations", ["card_id", "number"], **_where("card_id <> ''")
    )
    op.create_index("ix_operations_kind", "operations", ["kind", "state", "number", "operator"])
    op.create_index(
        "ix_operations_open",
        "operations",
        ["state", "number", "kind", "operator", "room_id"],
        **_where("state <> 'done'"),
    )
    op.create_index(
        "ix_operations_operator", "operations", ["operator", "number", "kind", "state", "desk"]
    )
    op.create_index(
        "ix_operations_parent", "operations", ["parent", "number"], **_where("parent <> ''")
    )
    op.create_index("ix_operations_room", "operations", ["room_id", "number", "kind", "state"])
    op.create_index("ix_operations_uid", "operations", ["uid", "number"], **_where("uid <> ''"))
    op.create_table(
        "time_blocks",
        sa.Column("block", _number, autoincrement=False, nullable=False),
        sa.Column("first_at", sa.Text(), nullable=False),
        sa.Column("last_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("block", name=op.f("pk_time_blocks")),
    )
    op.create_table(
        "person_digests",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        sa.PrimaryKeyConstraint("digest", "number", name=op.f("pk_person_digests")),
        sqlite_with_rowid=False,
    )


def _stays() -> None:
    op.create_table(
        "stays",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        _word("room_id"),
        _word("authorised_at"),
        _word("expires_at"),
        _word("holder"),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stays")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stays_holder", "stays", ["holder", "closed"], **_where("holder <> ''"))
    op.create_index("ix_stays_room", "stays", ["room_id", "closed", "authorised_at"])
    op.create_table(
        "cards",
        sa.Column("stay_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        _word("room_id"),
        _word("state"),
        _word("card_id"),
        _word("uid"),
        _word("expires_at"),
        sa.PrimaryKeyConstraint("stay_id", "key", name=op.f("pk_cards")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cards_card", "cards", ["card_id", "state"], **_where("card_id <> ''"))
    op.create_index("ix_cards_live", "cards", ["room_id"], **_where("state <> 'returned'"))
    op.create_table(
        "room_marks",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("authorised_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_marks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bindings",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        _word("person"),
        _word("mobile_digest"),
        _word("operation"),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_bindings")),
    )
    op.create_index("ix_bindings_mobile", "bindings", ["mobile_digest"])
    op.create_index("ix_bindings_person", "bindings", ["person"])
    op.create_table(
        "outbox",
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        _word("operator"),
        _word("kind"),
        _word("call"),
        _word("person"),
        _word("uid"),
        _word("state"),
        _word("next_at"),
        _word("error"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_pending", "outbox", ["number", "state"], **_where("state <> 'done'"))


def _apart() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("mobile", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        _word("name_digest"),
        _word("mobile_digest"),
        _word("used_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index("ix_persons_mobile", "persons", ["mobile_digest"])
    op.create_index("ix_persons_name", "persons", ["name_digest"])
    op.create_index("ix_persons_used", "persons", ["used_at"])
    op.create_table(
        "operators",
        sa.Column("name", sa.Text(), nullable=False),
        _word("hash"),
        _word("role"),
        sa.Column("disabled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        _word("locked_until"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operators")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
