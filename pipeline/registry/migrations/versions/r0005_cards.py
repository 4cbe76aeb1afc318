"""The cards that documents are searched by, and their keys.

They are filled when the registry is opened: by the program's own rules, which no revision can hold.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey, Index

revision = "0005"
down_revision = "0004"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "card",
        Column("id", sa.Integer, primary_key=True),
        Column("document", KEY, ForeignKey("document.id", ondelete="CASCADE"), index=True),
        Column("event", sa.Integer, ForeignKey("event.id", ondelete="CASCADE"), index=True),
        Column("subject", KEY, index=True),
        Column("kind", sa.String),
        Column("status", sa.String, nullable=False),
        *(Column(name, sa.Date, nullable=False) for name in ("day", "came")),
        Column("text", sa.String, nullable=False),
        Index(None, "day", "id"),
    )
    op.create_table(
        "key",
        Column("key", KEY, primary_key=True),
        Column("card_id", sa.Integer, ForeignKey("card.id", ondelete="CASCADE"), primary_key=True),
        Index(None, "card_id"),
        sqlite_with_rowid=False,
    )
