"""What people do to personal files: documents entered by hand, taken out, replaced, not needed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0002"
down_revision = "0001"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "event",
        Column("id", sa.Integer, primary_key=True),
        Column("subject", KEY, nullable=False, index=True),
        *(Column(name, sa.String, nullable=False) for name in ("action", "by", "at")),
        *(Column(name, sa.String) for name in ("item", "title", "index", "day")),
        Column("sheets", sa.Integer),
        *(Column(name, sa.Boolean) for name in ("copy", "certified")),
        *(Column(name, sa.String) for name in ("place", "target", "why")),
    )
