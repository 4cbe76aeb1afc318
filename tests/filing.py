"""A workspace whose registry is filled by hand: papers issued, documents that came back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf

from pipeline import settings
from pipeline.flow.generate import Issued
from pipeline.forms.form import Form
from pipeline.geometry import Box
from pipeline.pages.reading import Alteration, Content, FieldReading, HandMark, PageReading
from pipeline.papers.marks import paper_id
from pipeline.papers.paper import Paper
from pipeline.records import record
from pipeline.records.record import Document
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings

TODAY = date(2026, 9, 14)
BOX = Box(30, 40, 90, 47)
PNG = b"\x89PNG a picture"
ANNA = PersonRow(
    "0042",
    "Ёлкина Анна Юрьевна",
    "employee",
    {"last_name": "Ёлкина", "first_name": "Анна", "middle_name": "Юрьевна", "gender": "f"},
)
_numbers = count(1)


def of(workspace: Path) -> Settings:
    """The workspace's settings on the tests' day."""
    return settings.load(workspace, today=TODAY)


def paper(form: str = "consent-employee", **changes: Any) -> Paper:
    """A paper of a number of its own, issued to Anna."""
    digest = f"digest {next(_numbers)}"
    fields = {
        "full_name": "Ёлкина Анна Юрьевна",
        "passport_series": "4508",
        "birth_date": "12 мая 1990",
        "signature": "",
        "date": "",
    }
    made = Paper(
        id=paper_id(b"secret", digest, 1),
        form=form,
        version="1",
        key="0042",
        subject="0042",
        copy=1,
        digest=digest,
        fields=fields,
        values=fields,
        places=(),
        pages=2,
        issued_on=date(2026, 9, 1),
    )
    return replace(made, **changes)


@cache
def _blank_page() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def issue(registry: Registry, *papers: Paper, people: tuple[PersonRow, ...] = (ANNA,)) -> None:
    """Enter the papers with the people they are about."""
    registry.issue([(one, _blank_page()) for one in papers], people)


def unprinted(person: PersonRow, wishes: list[Any]) -> Callable[..., Iterator[Issued]]:
    """In the place of ``generate.issue``: papers are entered without LibreOffice, and noted."""

    def enter(wanted: Any, settings: Any, registry: Registry, options: Any) -> Iterator[Issued]:
        for one in wanted:
            wishes.append(one)
            it = paper(
                one.form.name, key=one.key, subject=one.subject, digest=one.digest,
                fields=dict(one.filled.printed), values=dict(one.filled.values), pages=1,
            )  # fmt: skip
            there = [old for old in registry.current(it.form, it.key) if old.digest == it.digest]
            if not there:
                issue(registry, it, people=(person,))
            yield Issued(there[0] if there else it, new=not there)

    return enter


def field(
    name: str = "full_name", said: str = "Ёлкина Анна Юрьевна", **changes: Any
) -> FieldReading:
    """A reading that verified what was issued."""
    return replace(FieldReading(name, said, 0.98, 1, BOX, "match", said, said, PNG), **changes)


def page(it: Paper, **changes: Any) -> PageReading:
    """A page of the paper: everything read, signed and dated."""
    number = next(_numbers)
    made = PageReading(
        source=f"inbox/{number}.pdf",
        sha256=f"{number:064x}",
        source_page=1,
        paper=it.id,
        page=1,
        of=1,
        identified_by="code",
        fields=(field(), field("passport_series", "4508"), field("birth_date", "1990-05-12")),
        hand=(
            HandMark("signature", "signature", True, 0.99, 1, BOX, PNG),
            HandMark("date", "date", True, 0.99, 1, BOX, PNG),
        ),
    )
    return replace(made, **changes)


def struck() -> Alteration:
    """A clause that somebody crossed out."""
    return Alteration("strike", 1, BOX, "третьим лицам", PNG)


def comes_back(
    registry: Registry,
    it: Paper,
    *reasons: str,
    again: int = 1,
    status: str | None = None,
    **changes: Any,
) -> str:
    """Take in a scan of the paper; with reasons it waits. The id of its document."""
    seen = page(it, **changes)
    number = f"doc-{it.id}" if again == 1 else f"doc-{it.id}-{again}"
    document = Document(
        id=number,
        source=seen.source,
        status=status or ("review" if reasons else "accepted"),
        reasons=reasons,
        paper=it.id,
        form=it.form,
        subject=it.subject,
        pages=(seen,),
    )
    registry.begin_scan(seen.sha256, seen.source)
    registry.add_page(seen.sha256, seen)
    registry.finish_scan(seen.sha256, [document])
    return number


def unissued(registry: Registry, form: Form, *fields: FieldReading) -> str:
    """Take in a copy of a form that was not issued here, which waits; the id of its document."""
    content = Content(form=form.name, words=(0, 200, 200), version=form.version)
    seen = page(paper(), paper=None, page=None, identified_by=None, fields=fields, content=content)
    document = record.unissued(f"doc-{seen.sha256[-12:]}-1", [seen])
    registry.begin_scan(seen.sha256, seen.source)
    registry.add_page(seen.sha256, seen)
    registry.finish_scan(seen.sha256, [document])
    return document.id


def smeared(name: str = "full_name", **changes: Any) -> FieldReading:
    """A reading that nobody can rely on."""
    return field(name, status="unreadable", value=None, **changes)


def altered(name: str = "full_name", **changes: Any) -> FieldReading:
    """A reading that is not what was issued."""
    return field(name, status="mismatch", value=None, **changes)
