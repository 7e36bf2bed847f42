"""Credentials beyond cards, what locks say of themselves, sealed passcodes, kept answers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.add_column("outbox", _word("credential"))
    op.create_table(
        "credentials",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        _word("kind"),
        _word("state"),
        _word("room_id"),
        _word("authorised_at"),
        _word("expires_at"),
        sa.Column("slot", sa.Integer(), nullable=False),
        _word("stay_id"),
        _word("holder"),
        _word("code"),
        _word("picture"),
        _word("lock_id"),
        _word("operation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
    )
    not_stopped = _where("state <> 'stopped'")
    op.create_index("ix_credentials_room", "credentials", ["room_id", "kind"], **not_stopped)
    op.create_index("ix_credentials_stay", "credentials", ["stay_id"], **not_stopped)
    op.create_index("ix_credentials_holder", "credentials", ["holder"], **not_stopped)
    op.create_table(
        "lock_facts",
        sa.Column("room_id", sa.Text(), nullable=False),
        sa.Column("number", _number, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("battery", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("online", sa.Integer(), nullable=False),
        sa.Column("abnormal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "number", name=op.f("pk_lock_facts")),
    )
    op.create_table(
        "sealed",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed")),
    )
    op.create_table(
        "kept",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept")),
    )
