"""Taking a file in: claimed, its pages entered one by one, then finished in one transaction.

Until it is finished nothing of it can be seen. A run that dies leaves a claim, which the next one
throws away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.errors import RegistryError
from pipeline.geometry import Box
from pipeline.i18n import _
from pipeline.pages.reading import Alteration, FieldReading, HandMark, PageReading
from pipeline.records.binding import now
from pipeline.records.record import ACCEPTED, Document
from pipeline.registry import events
from pipeline.registry.events import Ways
from pipeline.registry.tables import alteration, document, mark, page, reading, scan

Begun = Literal["new", "again", "done"]
PageKey = tuple[str, int]  # SHA-256 of the file, page of the file


def begin(db: Connection, sha256: str, source: str, *, again: bool) -> tuple[Begun, int]:
    """Claim a file; the claim's number is 0 where it was taken in before."""
    known = set(db.execute(sa.select(scan.c.finished).where(scan.c.sha256 == sha256)).scalars())
    if True in known and not again:
        return "done", 0
    if False in known:
        db.execute(scan.delete().where(scan.c.sha256 == sha256, ~scan.c.finished))
    entered = db.execute(
        scan.insert(),
        {"sha256": sha256, "source": source, "finished": False, "begun_at": now()},
    )
    key = entered.inserted_primary_key
    assert key is not None
    return ("again" if known else "new"), key[0]


def add_page(db: Connection, claim: int, seen: PageReading) -> None:
    """Enter one page of a claimed file with everything seen on it."""
    _check(db, claim, seen.sha256)
    names = set(page.c.keys()) - {"id", "scan_id", "document_id", "position"}
    entered = db.execute(
        page.insert(), {"scan_id": claim, **{name: getattr(seen, name) for name in names}}
    )
    key = entered.inserted_primary_key
    assert key is not None
    _enter(db, reading, key[0], seen.fields)
    _enter(db, mark, key[0], seen.hand)
    _enter(db, alteration, key[0], seen.alterations)


def finish(
    db: Connection,
    claim: int,
    sha256: str,
    documents: Sequence[Document],
    ways: Ways,
) -> None:
    """Make the claim the file's reading, and enter the documents or replace them by id.

    ``ways``: on which day they came, as the office says it (None: the clock's).
    Where the file was read before, its former pages go; a document left without any page goes
    with them. Raises RegistryError where a document would lose a page without being judged anew.
    """
    _check(db, claim, sha256)
    former = scan.c.sha256 == sha256, scan.c.finished
    given = {found.id for found in documents}
    numbers = _page_numbers(db, claim, sha256, documents)
    shorter = _owners(db, page.c.scan_id.in_(sa.select(scan.c.id).where(*former))) | _owners(
        db, page.c.id.in_(numbers.values())
    )
    at = now()
    for found in documents:
        _put(db, found, claim, at, ways.today)
    links = [
        {"number": numbers[seen.sha256, seen.source_page], "owner": found.id, "place": place}
        for found in documents
        for place, seen in enumerate(found.pages)
    ]
    if links:
        db.execute(
            page.update()
            .where(page.c.id == sa.bindparam("number"))
            .values(document_id=sa.bindparam("owner"), position=sa.bindparam("place")),
            links,
        )
    events.file(db, (d.paper for d in documents if d.status == ACCEPTED and d.paper), at,
                ways.today, ways)  # fmt: skip
    for found in documents:
        for seen in found.pages:
            _judge(db, numbers[seen.sha256, seen.source_page], seen)
            _judge_marks(db, numbers[seen.sha256, seen.source_page], seen)
    # Only now: what is about the file itself has been moved over and does not go with it.
    db.execute(scan.delete().where(*former))
    db.execute(scan.update().where(scan.c.id == claim).values(finished=True))
    _drop_emptied(db, shorter - given)


def purge(db: Connection) -> int:
    """Throw away what dead runs began; how many files that was."""
    return db.execute(scan.delete().where(~scan.c.finished)).rowcount


def _check(db: Connection, claim: int, sha256: str) -> None:
    known = db.execute(
        sa.select(scan.c.sha256).where(scan.c.id == claim, ~scan.c.finished)
    ).scalar()
    if known != sha256:
        raise RegistryError(
            _("another run took this file over while it was being read"),
            hint=_("let one intake run at a time"),
        )


def _page_numbers(
    db: Connection, claim: int, sha256: str, documents: Sequence[Document]
) -> dict[PageKey, int]:
    """The rows of the documents' pages: this file's from the claim, others' from finished scans."""
    wanted = {(seen.sha256, seen.source_page) for found in documents for seen in found.pages}
    others = {file for file, _number in wanted} - {sha256}
    rows = db.execute(
        sa.select(scan.c.sha256, page.c.source_page, page.c.id)
        .join(scan)
        .where((scan.c.id == claim) | (scan.c.sha256.in_(others) & scan.c.finished))
    )
    numbers = {(row.sha256, row.source_page): row.id for row in rows}
    if wanted - numbers.keys():
        raise RegistryError(_("a document has a page that was never read"))
    return {key: numbers[key] for key in wanted}


def _owners(db: Connection, pages: sa.ColumnElement[bool]) -> set[str]:
    query = sa.select(page.c.document_id).where(pages, page.c.document_id.is_not(None))
    return {str(owner) for owner in db.execute(query).scalars()}


def _put(db: Connection, found: Document, claim: int, at: str, on: date | None) -> None:
    """Enter the document or replace it; it keeps the time at which it was first taken in."""
    names = set(document.c.keys()) - {"taken_in_at", "came_on", "scan_id"}
    values = {name: getattr(found, name) for name in names}
    values["scan_id"] = None if found.pages else claim
    same = document.c.id == found.id
    if db.execute(document.update().where(same).values(values)).rowcount == 0:
        db.execute(document.insert(), {**values, "taken_in_at": at, "came_on": on})
    db.execute(
        page.update().where(page.c.document_id == found.id).values(document_id=None, position=None)
    )


def _judge(db: Connection, number: int, seen: PageReading) -> None:
    """Keep what the whole document says of a page's fields; what was read of them stays."""
    db.execute(
        page.update()
        .where(page.c.id == number, page.c.problems.is_distinct_from(seen.problems))
        .values(problems=seen.problems)
    )
    changed = [
        {"place": place, "s": field.status, "e": field.expected, "v": field.value}
        for place, field in enumerate(seen.fields)
    ]
    s, e, v = (sa.bindparam(name, type_=sa.String) for name in "sev")
    if changed:
        db.execute(
            reading.update()
            .where(
                reading.c.page_id == number,
                reading.c.position == sa.bindparam("place"),
                # A row that stays the same is not written again with its picture.
                (reading.c.status != s)
                | reading.c.expected.is_distinct_from(e)
                | reading.c.value.is_distinct_from(v),
            )
            .values(status=s, expected=e, value=v),
            changed,
        )


def _judge_marks(db: Connection, number: int, seen: PageReading) -> None:
    """Keep what the whole document says of a page's dates."""
    value, objection = (sa.bindparam(name, type_=sa.String) for name in "vo")
    changed = [
        {"place": place, "v": date.value, "o": date.objection}
        for place, date in enumerate(seen.hand)
        if date.kind == "date"
    ]
    if changed:
        db.execute(
            mark.update()
            .where(
                mark.c.page_id == number,
                mark.c.position == sa.bindparam("place"),
                mark.c.value.is_distinct_from(value) | mark.c.objection.is_distinct_from(objection),
            )
            .values(value=value, objection=objection),
            changed,
        )


def _drop_emptied(db: Connection, ids: set[str]) -> None:
    """Remove the documents that lost their last page."""
    left = _owners(db, page.c.document_id.in_(ids))
    if left:
        raise RegistryError(
            _("document {document} loses a page and was not judged anew").format(document=min(left))
        )
    db.execute(document.delete().where(document.c.id.in_(ids)))


def _enter(
    db: Connection,
    table: sa.Table,
    number: int,
    things: Sequence[FieldReading | HandMark | Alteration],
) -> None:
    """Enter what was seen on a page; the slots' names are the columns' names."""
    rows = []
    for position, thing in enumerate(things):
        values = {name: getattr(thing, name) for name in thing.__slots__}
        box: Box = values.pop("box")
        corners = {corner: getattr(box, corner) for corner in box.__slots__}
        rows.append({"page_id": number, "position": position, **values, **corners})
    if rows:
        db.execute(table.insert(), rows)
