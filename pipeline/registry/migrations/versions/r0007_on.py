"""The day that the office says it was; of what was entered before, only the clock's is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("document", Column("came_on", sa.Date))
    op.add_column("settlement", Column("on", sa.Date))
    op.add_column("event", Column("on", sa.Date))
