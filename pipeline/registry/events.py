"""What people did to personal files, in and out of its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.pages.reading import Content
from pipeline.records import attachment
from pipeline.records.binding import FILED, Event
from pipeline.records.record import ACCEPTED, UNISSUED
from pipeline.registry.tables import document, event, page, paper
from pipeline.settings import sheets_of


@dataclass(frozen=True, slots=True)
class Ways:
    """How the office works: the day that it says it is, whether papers have print on both sides."""

    today: date | None = None
    both_sides: bool = False


def enter(db: Connection, one: Event, today: date | None) -> Event:
    """Append it; the event with its number, and with the day where nobody said another."""
    dated = replace(one, on=one.on or today)
    values = {name: value for name, value in asdict(dated).items() if name != "id"}
    answer = db.execute(event.insert().values(**values)).inserted_primary_key
    assert answer is not None
    return replace(dated, id=int(answer[0]))


def of(db: Connection, subjects: Sequence[str]) -> list[Event]:
    """What was done to these people's files, the oldest first."""
    return _those(db, event.c.subject.in_(subjects))


def having(db: Connection, actions: Sequence[str]) -> list[Event]:
    """What of these actions was done to any file, the oldest first."""
    return _those(db, event.c.action.in_(actions))


def targets(db: Connection, action: str) -> frozenset[str]:
    """What an action was ever done to, whosever file it was."""
    query = sa.select(event.c.target).where(event.c.action == action)
    return frozenset(name for name in db.execute(query).scalars() if name)


def _those(db: Connection, condition: sa.ColumnElement[bool]) -> list[Event]:
    columns = [event.c[name] for name in Event.__slots__]
    query = sa.select(*columns).where(condition).order_by(event.c.id)
    return [Event(*row) for row in db.execute(query).all()]


def file(db: Connection, papers: Iterable[str], at: str, on: date | None, ways: Ways) -> None:
    """Enter papers about people that are accepted now; one that was entered before stays there."""
    for paper_id in dict.fromkeys(papers):
        filed = sa.select(event.c.id).where(event.c.action == FILED, event.c.target == paper_id)
        row = db.execute(sa.select(paper).where(paper.c.id == paper_id)).one_or_none()
        if row is None or row.subject is None or db.execute(filed).first():
            continue
        filing = Event(row.subject, FILED, "", at, target=paper_id,
                       sheets=sheets_of(row.pages, both_sides=ways.both_sides))  # fmt: skip
        if row.form == attachment.FORM:
            behind = _behind(db, paper_id)
            # That no mark was seen makes it no copy without one: a person says that.
            is_certified = any(content and content.certified for content in behind) or None
            filing = replace(filing, sheets=len(behind), certified=is_certified)
        enter(db, filing, on)


def file_copy(db: Connection, document_id: str, at: str, on: date | None) -> None:
    """Enter a copy of a form that was not issued here, once accepted, into its person's file."""
    row = db.execute(sa.select(document).where(document.c.id == document_id)).one()
    if UNISSUED not in row.reasons or row.status != ACCEPTED or not row.subject:
        return
    here = event.c.subject == row.subject, event.c.target == document_id, event.c.action == FILED
    if db.execute(sa.select(event.c.id).where(*here)).first():
        return
    its = page.c.document_id == document_id
    sheets = db.execute(sa.select(sa.func.count()).select_from(page).where(its)).scalar_one()
    enter(db, Event(row.subject, FILED, "", at, row.form, target=document_id, sheets=sheets), on)


def _behind(db: Connection, paper_id: str) -> Sequence[Content | None]:
    """What each page that lies behind an attachment's sheet seems to be."""
    its = document.c.paper == paper_id, document.c.status == ACCEPTED, page.c.page.is_(None)
    query = sa.select(page.c.content).select_from(page).join(document).where(*its)
    return db.execute(query).scalars().all()
