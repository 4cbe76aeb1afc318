"""What a page of another's paper seems to be; those read before were never looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column."""
    op.add_column("page", Column("content", sa.JSON))
