"""What the reader makes of dates written by hand; marks of before were never read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns."""
    for column in (
        Column("days", sa.String, nullable=False, server_default=""),
        Column("certainty", sa.Double, nullable=False, server_default="0"),
        Column("value", sa.String),
        Column("objection", sa.String),
    ):
        op.add_column("mark", column)
