"""Issued papers and the people they are about, in and out of their tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from pipeline.errors import RegistryError
from pipeline.geometry import Box
from pipeline.i18n import _
from pipeline.papers.paper import Paper, Place
from pipeline.registry.tables import paper as papers
from pipeline.registry.tables import person as persons
from pipeline.registry.tables import sheet as sheets

# Where a paper stands in the order of the listing.
Place_in_order = tuple[date, str]
_WORDLESS: dict[str, Any] = {"fields": {}, "values": {}, "places": ()}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the data sheets know them; ``data`` holds JSON values and dates."""

    subject: str
    full_name: str
    category: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def issue(db: Connection, issued: Sequence[tuple[Paper, bytes]]) -> None:
    """Enter the papers with their sheets; each supersedes what it replaces."""
    for paper, pdf in issued:
        if get(db, paper.id) is not None:
            raise RegistryError(_("paper {paper} has been issued already").format(paper=paper.id))
        db.execute(
            papers.insert(),
            {
                **{name: getattr(paper, name) for name in papers.c.keys()},  # noqa: SIM118
                "places": [asdict(place) for place in paper.places],
                "superseded_by": None,
            },
        )
        db.execute(sheets.insert(), {"paper_id": paper.id, "pdf": pdf})
        _supersede(db, paper)


def reinstate(db: Connection, ids: Iterable[str]) -> None:
    """Make superseded papers the current ones again: their data came back."""
    for paper_id in ids:
        paper = get(db, paper_id)
        if paper is None:
            raise _unknown(paper_id)
        db.execute(papers.update().where(papers.c.id == paper_id).values(superseded_by=None))
        _supersede(db, paper)


def _supersede(db: Connection, paper: Paper) -> None:
    """New words take the place of all that were issued before, of their further copies too.

    A copy that was asked for on purpose stands beside them; a coded blank, which has no key, is
    about nobody yet.
    """
    if paper.key and paper.copy == 1:
        db.execute(
            papers.update()
            .where(
                papers.c.form == paper.form,
                papers.c.key == paper.key,
                papers.c.digest != paper.digest,
                papers.c.id != paper.id,
                papers.c.superseded_by.is_(None),
            )
            .values(superseded_by=paper.id)
        )


def get(db: Connection, paper_id: str) -> Paper | None:
    """The paper of this id."""
    row = db.execute(sa.select(papers).where(papers.c.id == paper_id)).one_or_none()
    return None if row is None else _paper(row._mapping)


def pdf_of(db: Connection, paper_id: str) -> bytes:
    """The sheet as printed."""
    pdf = db.execute(sa.select(sheets.c.pdf).where(sheets.c.paper_id == paper_id)).scalar()
    if pdf is None:
        raise _unknown(paper_id)
    return bytes(pdf)


def editions(db: Connection) -> list[tuple[str, str, str]]:
    """Each version of a form that was issued: its name, the version, and one of its papers."""
    query = sa.select(papers.c.form, papers.c.version, sa.func.min(papers.c.id))
    rows = db.execute(query.group_by(papers.c.form, papers.c.version))
    return [(str(form), str(version), str(number)) for form, version, number in rows]


def current(db: Connection, form: str, key: str) -> list[Paper]:
    """The copies in use, by their number."""
    query = sa.select(papers).where(
        papers.c.form == form, papers.c.key == key, papers.c.superseded_by.is_(None)
    )
    rows = db.execute(query.order_by(papers.c.copy, papers.c.id))
    return [_paper(row._mapping) for row in rows]


def of(db: Connection, subjects: Sequence[str], *, outline: bool) -> list[Paper]:
    """The papers about these people in the order of issue; in outline without words and places."""
    left_out = _WORDLESS if outline else {}
    columns = [column for column in papers.c if column.name not in left_out]
    names = [column.name for column in columns]
    query = sa.select(*columns).where(papers.c.subject.in_(subjects))
    rows = db.execute(query.order_by(papers.c.issued_on, papers.c.id))
    return [_paper({**left_out, **dict(zip(names, row, strict=True))}) for row in rows.all()]


def some(
    db: Connection,
    *,
    subject: str | None,
    form: str | None,
    after: Place_in_order | None,
    limit: int,
) -> list[Paper]:
    """Up to ``limit`` papers that come after ``after`` in the order of issue."""
    order = (papers.c.issued_on, papers.c.id)
    query = sa.select(papers).order_by(*order).limit(limit)
    if subject is not None:
        query = query.where(papers.c.subject == subject)
    if form is not None:
        query = query.where(papers.c.form == form)
    if after is not None:
        query = query.where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, after)))
    return [_paper(row._mapping) for row in db.execute(query)]


def remember(db: Connection, people: Iterable[PersonRow]) -> list[str]:
    """Enter what the rows say of their people; what a row leaves empty stays as it is known.

    Returns the numbers of those whose name changed.
    """
    renamed = []
    for row in people:
        known = person(db, row.subject)
        if known is None:
            db.execute(persons.insert(), asdict(row))
            continue
        if row.full_name not in ("", known.full_name):
            renamed.append(row.subject)
        said = {name: value for name, value in row.data.items() if value not in (None, "")}
        db.execute(
            persons.update()
            .where(persons.c.subject == row.subject)
            .values(
                full_name=row.full_name or known.full_name,
                category=row.category or known.category,
                data={**known.data, **said},
            )
        )
    return renamed


def person(db: Connection, subject: str) -> PersonRow | None:
    """The person of this number."""
    row = db.execute(sa.select(persons).where(persons.c.subject == subject)).one_or_none()
    return None if row is None else PersonRow(**row._mapping)


def people(db: Connection, subjects: Sequence[str] | None = None) -> list[PersonRow]:
    """Those of these numbers, by default everybody; by number."""
    query = sa.select(persons).order_by(persons.c.subject)
    if subjects is not None:
        query = query.where(persons.c.subject.in_(subjects))
    return [PersonRow(**row._mapping) for row in db.execute(query)]


def subjects(db: Connection) -> list[str]:
    """Everybody's numbers, in order."""
    return [str(name) for name in db.execute(
        sa.select(persons.c.subject).order_by(persons.c.subject)).scalars()]  # fmt: skip


def _paper(row: Mapping[Any, Any]) -> Paper:
    values = {str(name): value for name, value in row.items()}
    places = tuple(Place(**{**p, "box": Box(**p["box"])}) for p in values.pop("places"))
    return Paper(**values, places=places)


def _unknown(paper_id: str) -> RegistryError:
    return RegistryError(_("there is no paper {paper} here").format(paper=paper_id))
