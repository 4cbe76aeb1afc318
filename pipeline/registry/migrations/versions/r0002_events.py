"""What happens to personal files: papers filed, documents entered by hand, taken out, replaced.

Papers that were accepted before are filed in the order in which they were taken in.
"""

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
        *(Column(name, sa.Boolean) for name in ("copy", "certified", "secret")),
        *(Column(name, sa.String) for name in ("place", "target", "why")),
    )
    op.execute(
        sa.text("""
            INSERT INTO event (subject, action, "by", at, target, sheets)
            SELECT paper.subject, 'file', '', MIN(document.taken_in_at), paper.id, paper.pages
            FROM document JOIN paper ON paper.id = document.paper
            WHERE document.status = 'accepted' AND paper.subject IS NOT NULL
            GROUP BY paper.subject, paper.id, paper.pages
            ORDER BY MIN(document.taken_in_at), paper.id
        """)
    )
