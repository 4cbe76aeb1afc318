"""Whether a signature is a pen's own ink, or stands in a wrong place. Of older scans: not said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("mark", Column("original", sa.Boolean))
    op.add_column("alteration", Column("looks_like", sa.String))
