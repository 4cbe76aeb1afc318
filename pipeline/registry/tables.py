"""The registry's tables.

Readings are rows, so that they can be asked about; only what a form or a person's sheet alone knows
the names of is JSON. A change here needs a migration (``migrations/versions``): a test compares
the two.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from pipeline.pages.reading import Content

REVISION = "0008"  # of the newest migration; a test holds that the two agree

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Compared byte by byte on every server, so that the order of an export is the same everywhere.
Key = sa.String().with_variant(sa.String(collation="C"), "postgresql")


class Words(sa.types.TypeDecorator[tuple[str, ...]]):
    """A few of the contract's words (they have no spaces) in one column."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """The words with spaces between."""
        return " ".join(value or ())

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> tuple[str, ...]:
        """The words again."""
        return tuple((value or "").split())


class Numbers(sa.types.TypeDecorator[tuple[int, ...]]):
    """A few page numbers in one column."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """The numbers with spaces between."""
        return " ".join(str(number) for number in value or ())

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> tuple[int, ...]:
        """The numbers again."""
        return tuple(int(number) for number in (value or "").split())


_DAYS = ("born", "certified_on")  # of a content


class Contents(sa.types.TypeDecorator[Content]):
    """What a page of another's paper seems to be."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> dict[str, Any] | None:
        """The content by the names of its fields; days in ISO form."""
        days = {name: day.isoformat() for name in _DAYS if (day := getattr(value, name, None))}
        return value and {**asdict(value), **days}

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Content | None:
        """The content again."""
        if value is None:
            return None
        days = {name: date.fromisoformat(day) for name in _DAYS if (day := value.get(name))}
        first, last, of = value.get("words", (0, 0, 0))
        return Content(
            value["kind"],
            tuple(value["numbers"]),
            value["name"],
            form=value.get("form"),
            words=(first, last, of),
            version=value.get("version", ""),
            certified=value.get("certified"),
            printed=tuple(value.get("printed", ())),
            heard=value.get("heard", ""),
            **days,
        )


def _seen(*columns: Column[Any]) -> list[Column[Any]]:
    """The columns of a thing seen on a page: where it stands, what it is, its picture.

    ``position`` keeps the order of the page reading; the box is in millimetres; the crop comes
    last, so that listing a row does not read it.
    """
    return [
        Column("page_id", ForeignKey("page.id", ondelete="CASCADE"), primary_key=True),
        Column("position", sa.Integer, primary_key=True),
        *columns,
        Column("page", sa.Integer, nullable=False),
        *(Column(corner, sa.Double, nullable=False) for corner in ("x0", "y0", "x1", "y1")),
        Column("crop", sa.LargeBinary, nullable=False),
    ]


meta = Table(
    "meta",
    metadata,
    Column("name", sa.String, primary_key=True),
    Column("value", sa.LargeBinary, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("subject", Key, primary_key=True),
    Column("full_name", sa.String, nullable=False),
    Column("category", sa.String),
    Column("data", sa.JSON, nullable=False),
)

paper = Table(
    "paper",
    metadata,
    Column("id", Key, primary_key=True),
    Column("form", sa.String, nullable=False),
    Column("version", sa.String, nullable=False),
    Column("key", sa.String, nullable=False),
    Column("subject", sa.String, index=True),
    Column("copy", sa.Integer, nullable=False),
    Column("digest", sa.String, nullable=False),
    Column("fields", sa.JSON, nullable=False),
    Column("values", sa.JSON, nullable=False),
    Column("places", sa.JSON, nullable=False),
    Column("pages", sa.Integer, nullable=False),
    Column("issued_on", sa.Date, nullable=False),
    Column("docx", sa.String, nullable=False),
    Column("pdf", sa.String, nullable=False),
    Column("superseded_by", Key, ForeignKey("paper.id")),
    Index(None, "form", "key"),
    Index(None, "issued_on", "id"),
)

# The sheet as it was printed. Its streams are deflated already: packing it again saves a tenth.
sheet = Table(
    "sheet",
    metadata,
    Column("paper_id", Key, ForeignKey("paper.id", ondelete="CASCADE"), primary_key=True),
    Column("pdf", sa.LargeBinary, nullable=False),
)

# One reading of a file: at most one that is finished and one that is under way. A number is never
# given twice: a run whose claim was thrown away must not take another's for its own.
scan = Table(
    "scan",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("sha256", Key, nullable=False),
    Column("source", sa.String, nullable=False),
    Column("finished", sa.Boolean, nullable=False),
    Column("begun_at", sa.String, nullable=False),
    UniqueConstraint("sha256", "finished"),
    sqlite_autoincrement=True,
)

# ``paper`` is no foreign key, here and below: a valid code may be of another registry.
# ``scan_id`` is the file of a document that has no page to point at it.
document = Table(
    "document",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source", sa.String, nullable=False),
    Column("status", sa.String, nullable=False),
    Column("reasons", Words, nullable=False),
    Column("paper", sa.String, index=True),
    Column("form", sa.String),
    Column("subject", sa.String, index=True),
    Column("blanks", Numbers, nullable=False),
    Column("earlier", sa.String),
    Column("taken_in_at", Key, nullable=False),
    Column("came_on", sa.Date),
    Column("scan_id", ForeignKey("scan.id", ondelete="CASCADE"), index=True),
    Index(None, "taken_in_at", "id"),
)

page = Table(
    "page",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("scan_id", ForeignKey("scan.id", ondelete="CASCADE"), nullable=False),
    Column("document_id", Key, ForeignKey("document.id", ondelete="SET NULL"), index=True),
    Column("position", sa.Integer),
    Column("source", sa.String, nullable=False),
    Column("source_page", sa.Integer, nullable=False),
    Column("paper", sa.String),
    Column("page", sa.Integer),
    Column("of", sa.Integer),
    Column("turned", sa.Integer, nullable=False),
    Column("identified_by", sa.String),
    Column("blank", sa.Boolean, nullable=False),
    Column("residual_mm", sa.Double),
    Column("problems", Words, nullable=False),
    Column("lie", sa.LargeBinary),
    Column("content", Contents),
    UniqueConstraint("scan_id", "source_page"),
)

reading = Table(
    "reading",
    metadata,
    *_seen(
        Column("name", sa.String, nullable=False),
        Column("read", sa.String, nullable=False),
        Column("expected", sa.String),
        Column("value", sa.String),
        Column("confidence", sa.Double, nullable=False),
        Column("status", sa.String, nullable=False),
    ),
)

mark = Table(
    "mark",
    metadata,
    *_seen(
        Column("name", sa.String, nullable=False),
        Column("kind", sa.String, nullable=False),
        Column("present", sa.Boolean),
        Column("confidence", sa.Double, nullable=False),
        Column("days", Words, nullable=False),
        Column("certainty", sa.Double, nullable=False),
        Column("value", sa.String),
        Column("objection", sa.String),
        Column("original", sa.Boolean),
    ),
)

alteration = Table(
    "alteration",
    metadata,
    *_seen(
        Column("kind", sa.String, nullable=False),
        Column("near", sa.String, nullable=False),
        Column("looks_like", sa.String),
    ),
)

# Append only. ``document`` is no foreign key: what a person said outlives a new reading.
settlement = Table(
    "settlement",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("document", Key, nullable=False, index=True),
    Column("action", sa.String, nullable=False),
    Column("by", sa.String, nullable=False),
    Column("at", sa.String, nullable=False),
    Column("field", sa.String),
    Column("value", sa.String),
    Column("why", sa.String),
    Column("on", sa.Date),
)

# What people did to personal files. Append only; ``target`` names a document or another event.
event = Table(
    "event",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("subject", Key, nullable=False, index=True),
    Column("action", sa.String, nullable=False),
    Column("by", sa.String, nullable=False),
    Column("at", sa.String, nullable=False),
    Column("item", sa.String),
    Column("title", sa.String),
    Column("index", sa.String),
    Column("day", sa.String),
    Column("sheets", sa.Integer),
    Column("copy", sa.Boolean),
    Column("certified", sa.Boolean),
    Column("place", sa.String),
    Column("secret", sa.Boolean),
    Column("target", sa.String),
    Column("why", sa.String),
    Column("on", sa.Date),
)

# The index of what can be searched: a card for each document of the scans and each one entered
# into a file by hand. Made from the tables above, in the transaction that changes them.
card = Table(
    "card",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("document", Key, ForeignKey("document.id", ondelete="CASCADE"), index=True),
    Column("event", sa.Integer, ForeignKey("event.id", ondelete="CASCADE"), index=True),
    Column("subject", Key, index=True),
    Column("kind", sa.String),
    Column("status", sa.String, nullable=False),
    Column("day", sa.Date, nullable=False),
    Column("came", sa.Date, nullable=False),
    Column("text", sa.String, nullable=False),
    Index(None, "day", "id"),
)

key = Table(
    "key",
    metadata,
    Column("key", Key, primary_key=True),
    Column("card_id", sa.Integer, ForeignKey("card.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "card_id"),
    sqlite_with_rowid=False,
)
