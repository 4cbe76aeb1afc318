"""Whether a signature is a pen's own ink or a copier's print. Older marks: not said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    op.add_column("mark", Column("original", sa.Boolean))
