"""Documents read back from their tables, and what people settled about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row, Table

from pipeline.errors import RegistryError
from pipeline.geometry import Box
from pipeline.i18n import _
from pipeline.pages.reading import Alteration, FieldReading, HandMark, PageReading
from pipeline.records.binding import APART
from pipeline.records.record import ACCEPTED, SUBJECT, Document, Settlement
from pipeline.registry import events
from pipeline.registry.events import Ways
from pipeline.registry.tables import (
    alteration,
    document,
    mark,
    page,
    paper,
    reading,
    scan,
    settlement,
)

Order = tuple[str, str]  # taken_in_at, id
_Thing = TypeVar("_Thing", FieldReading, HandMark, Alteration)
ORDER = (document.c.taken_in_at, document.c.id)
_OUTLINE = ("id", "document_id", "source", "source_page", "page")  # what a page is


def some(
    db: Connection,
    *conditions: sa.ColumnElement[bool],
    after: Order | None,
    limit: int | None,
    outline: bool = False,
) -> tuple[list[Document], Order | None]:
    """Up to ``limit`` documents that come after ``after``, without crops; and where they end.

    In outline their pages have only the marks of a pen.
    """
    query = sa.select(document).where(*conditions).order_by(*ORDER).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*ORDER) > sa.tuple_(*map(sa.literal, after)))
    rows = db.execute(query).all()
    pages = _pages(db, [row.id for row in rows], crops=False, outline=outline)
    found = [_document(row, pages.get(row.id, ())) for row in rows]
    return found, ((rows[-1].taken_in_at, rows[-1].id) if rows else None)


def having(
    status: str | None, form: str | None, subject: str | None, *, secret: bool | None
) -> list[Any]:
    """The conditions of a listing."""
    wanted = {"status": status, "form": form, "subject": subject}
    its = [document.c[name] == value for name, value in wanted.items() if value is not None]
    return its if secret is None else [*its, apart() if secret else ~apart()]


def apart() -> sa.ColumnElement[bool]:
    """The documents of papers about a file of secret documents, as its inventory is."""
    its = (paper.c.id == document.c.paper) & paper.c.key.contains(APART, autoescape=True)
    return sa.exists().where(its)


def of_scan(sha256: str) -> sa.ColumnElement[bool]:
    """The documents that have a page in this file, or are about the file itself."""
    files = sa.select(scan.c.id).where(scan.c.sha256 == sha256, scan.c.finished)
    owners = sa.select(page.c.document_id).where(page.c.scan_id.in_(files))
    return document.c.id.in_(owners) | document.c.scan_id.in_(files)


def pages_of(db: Connection, document_id: str) -> tuple[PageReading, ...]:
    """One document's pages with every crop."""
    taken_in_at(db, document_id)
    return _pages(db, [document_id], crops=True).get(document_id, ())


def taken_in_at(db: Connection, document_id: str) -> str:
    """When the document was first taken in, ISO, UTC."""
    at = db.execute(sa.select(document.c.taken_in_at).where(document.c.id == document_id)).scalar()
    if at is None:
        raise RegistryError(_("there is no document {document} here").format(document=document_id))
    return str(at)


def crop(db: Connection, document_id: str, name: str) -> bytes:
    """The picture of a field or a hand mark (PNG), a doubtful print first; ``alterations.N``."""
    taken_in_at(db, document_id)
    first, _dot, number = name.partition(".")
    if first == "alterations" and number.isdigit():
        pictures = _crops(db, alteration, document_id)[max(0, int(number) - 1) :]
    else:
        certain = reading.c.status == "match"
        pictures = _crops(db, reading, document_id, reading.c.name == name, last=certain)
        pictures += _crops(db, mark, document_id, mark.c.name == name)
    if not pictures:
        raise RegistryError(
            _("document {document} has no picture of {field}").format(
                document=document_id, field=name
            )
        )
    return pictures[0]


def settle(
    db: Connection,
    said: Sequence[Settlement],
    status: str | None,
    ways: Ways,
) -> None:
    """Append what a person said; the documents take the status, their readings stay."""
    for one in (replace(it, on=it.on or ways.today) for it in said):
        taken_in_at(db, one.document)
        db.execute(settlement.insert(), asdict(one))
        if one.action == "set" and one.field == SUBJECT:
            whose = document.update().where(document.c.id == one.document)
            db.execute(whose.values(subject=one.value or None))
        if status is not None:
            db.execute(document.update().where(document.c.id == one.document).values(status=status))
        if status == ACCEPTED:
            its = db.execute(sa.select(document.c.paper).where(document.c.id == one.document))
            papers = [name for name in its.scalars() if name]
            events.file(db, papers, one.at, one.on, ways)
        events.file_copy(db, one.document, one.at, one.on)


def settlements(db: Connection, ids: Sequence[str]) -> list[Settlement]:
    """What people said about these documents, oldest first."""
    columns = [settlement.c[name] for name in Settlement.__slots__]
    query = sa.select(*columns).where(settlement.c.document.in_(ids))
    return [Settlement(**row._mapping) for row in db.execute(query.order_by(settlement.c.id))]


def _crops(
    db: Connection,
    table: Table,
    document_id: str,
    *conditions: sa.ColumnElement[bool],
    last: sa.ColumnElement[bool] | None = None,
) -> list[bytes]:
    query = sa.select(table.c.crop).join(page).where(page.c.document_id == document_id, *conditions)
    order = () if last is None else (last,)
    query = query.order_by(*order, page.c.position, table.c.position)
    return [bytes(picture) for picture in db.execute(query).scalars()]


def _pages(
    db: Connection, ids: Sequence[str], *, crops: bool, outline: bool = False
) -> dict[str, tuple[PageReading, ...]]:
    """The pages of each document, in its order."""
    chosen = page.c.document_id.in_(ids)
    hand = _things(db, mark, HandMark, chosen, crops=crops)
    read: Mapping[int, list[FieldReading]] = {}
    alterations: Mapping[int, list[Alteration]] = {}
    columns = [page.c[name] for name in _OUTLINE]
    if not outline:
        read = _things(db, reading, FieldReading, chosen, crops=crops)
        alterations = _things(db, alteration, Alteration, chosen, crops=crops)
        columns = [column for column in page.c if column.name not in ("scan_id", "position")]
    rows = db.execute(
        sa.select(*columns, scan.c.sha256)
        .join(scan)
        .where(chosen)
        .order_by(page.c.document_id, page.c.position)
    )
    found: defaultdict[str, tuple[PageReading, ...]] = defaultdict(tuple)
    for row in rows:
        values = dict(row._mapping)
        number, owner = values.pop("id"), values.pop("document_id")
        found[owner] += (
            PageReading(
                **values,
                fields=tuple(read.get(number, ())),
                hand=tuple(hand.get(number, ())),
                alterations=tuple(alterations.get(number, ())),
            ),
        )
    return found


def _things(
    db: Connection,
    table: Table,
    kind: Callable[..., _Thing],
    chosen: sa.ColumnElement[bool],
    *,
    crops: bool,
) -> defaultdict[int, list[_Thing]]:
    """What was seen on each page, in the order it was entered."""
    columns = [column for column in table.c if crops or column.name != "crop"]
    names = [column.name for column in columns]
    query = sa.select(*columns).join(page).where(chosen)
    found: defaultdict[int, list[_Thing]] = defaultdict(list)
    for row in db.execute(query.order_by(table.c.page_id, table.c.position)).all():
        values = dict(zip(names, row, strict=True))
        number = values.pop("page_id")
        del values["position"]
        box = Box(*(values.pop(corner) for corner in ("x0", "y0", "x1", "y1")))
        found[number].append(kind(**values, box=box))
    return found


def _document(row: Row[Any], pages: tuple[PageReading, ...]) -> Document:
    values = dict(row._mapping)
    del values["taken_in_at"], values["came_on"], values["scan_id"]
    return Document(**values, pages=pages)
