"""Where each page lies in its scan, which the archive copy's text is placed by.

Pages that were read before have none until their file is taken in ``--again``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("page", Column("lie", sa.LargeBinary))
