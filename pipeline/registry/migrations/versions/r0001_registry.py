"""The registry's first tables: papers, people, scans, pages, documents, settlements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

revision = "0001"
down_revision = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table("meta", _key("name", sa.String), _must("value", sa.LargeBinary))
    op.create_table(
        "person",
        _key("subject", KEY),
        _must("full_name"),
        _may("category"),
        _must("data", sa.JSON),
    )
    op.create_table(
        "paper",
        _key("id", KEY),
        *(_must(name) for name in ("form", "version", "key")),
        _may("subject", index=True),
        _must("copy", sa.Integer),
        _must("digest"),
        *(_must(name, sa.JSON) for name in ("fields", "values", "places")),
        _must("pages", sa.Integer),
        _must("issued_on", sa.Date),
        _must("docx"),
        _must("pdf"),
        Column("superseded_by", KEY, ForeignKey("paper.id")),
        Index(None, "form", "key"),
        Index(None, "issued_on", "id"),
    )
    op.create_table(
        "sheet",
        Column("paper_id", KEY, ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True),
        _must("pdf", sa.LargeBinary),
    )
    op.create_table(
        "scan",
        _key("id", sa.Integer),
        _must("sha256", KEY),
        _must("source"),
        _must("finished", sa.Boolean),
        _must("begun_at"),
        UniqueConstraint("sha256", "finished"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "document",
        _key("id", KEY),
        *(_must(name) for name in ("source", "status", "reasons")),
        _may("paper", index=True),
        _may("form"),
        _may("subject", index=True),
        _must("blanks"),
        _may("earlier"),
        _must("taken_in_at", KEY),
        Column("scan_id", sa.Integer, ForeignKey("scan.id", ondelete="CASCADE"), index=True),
        Index(None, "taken_in_at", "id"),
    )
    op.create_table(
        "page",
        _key("id", sa.Integer),
        Column("scan_id", sa.Integer, ForeignKey("scan.id", ondelete="CASCADE"), nullable=False),
        Column("document_id", KEY, ForeignKey("document.id", ondelete="SET NULL"), index=True),
        _may("position", sa.Integer),
        _must("source"),
        _must("source_page", sa.Integer),
        _may("paper"),
        _may("page", sa.Integer),
        _may("of", sa.Integer),
        _must("turned", sa.Integer),
        _may("identified_by"),
        _must("blank", sa.Boolean),
        _may("residual_mm", sa.Double),
        _must("problems"),
        UniqueConstraint("scan_id", "source_page"),
    )
    _seen(
        "reading",
        *(_must(name) for name in ("name", "read", "status")),
        *(_may(name) for name in ("expected", "value")),
        _must("confidence", sa.Double),
    )
    _seen(
        "mark",
        *(_must(name) for name in ("name", "kind")),
        _may("present", sa.Boolean),
        _must("confidence", sa.Double),
    )
    _seen("alteration", *(_must(name) for name in ("kind", "near")))
    op.create_table(
        "settlement",
        _key("id", sa.Integer),
        _must("document", KEY, index=True),
        *(_must(name) for name in ("action", "by", "at")),
        *(_may(name) for name in ("field", "value", "why")),
    )


def _seen(table: str, *columns: Column[Any]) -> None:
    """Make a table of things seen on a page."""
    op.create_table(
        table,
        Column("page_id", sa.Integer, ForeignKey("page.id", ondelete="CASCADE"), primary_key=True),
        _key("position", sa.Integer),
        *columns,
        _must("page", sa.Integer),
        *(_must(corner, sa.Double) for corner in ("x0", "y0", "x1", "y1")),
        _must("crop", sa.LargeBinary),
    )


def _key(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, primary_key=True)


def _must(name: str, kind: Any = sa.String, *, index: bool = False) -> Column[Any]:
    return Column(name, kind, nullable=False, index=index)


def _may(name: str, kind: Any = sa.String, *, index: bool = False) -> Column[Any]:
    return Column(name, kind, index=index)
