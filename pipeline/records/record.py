"""Readings of one paper's pages put together: what is accepted, what waits for a person and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rapidfuzz import fuzz

from pipeline.forms.rules import Since, objection
from pipeline.language.lettering import folded
from pipeline.pages.reading import Content, FieldReading, HandMark, PageReading, is_worse
from pipeline.papers.paper import Paper
from pipeline.records import attachment

ACCEPTED, REVIEW, REJECTED = "accepted", "review", "rejected"
UNISSUED = "not-issued-here"  # the reason: a form of ours, but no paper that this registry issued
SUBJECT = "subject"  # what a person says of such a document, as if it were a field: whose it is
SAME_NAME = 80  # of 100: a name in two cases, misread in some letters
SEAM_WORDS = 6  # that may be lost between one page of such a copy and the next
EDGE_WORDS = 12  # or at its head and foot: a heading over a stamp, captions under blanks


@dataclass(frozen=True, slots=True)
class Document:
    """One document found in the scans (contract: ``intake``).

    ``id`` is stable: the paper's first document is ``doc-PAPER``, a later rescan of the same
    paper ``doc-PAPER-2``, an unknown page ``doc-SHA12-PAGE``, an unreadable file ``doc-SHA12``.
    ``status`` is accepted, review or rejected; ``reasons`` are the contract's words;
    ``blanks`` the source pages dropped as blank backs; ``earlier`` the document that a
    duplicate or a rescan repeats.
    """

    id: str
    source: str
    status: str
    reasons: tuple[str, ...] = ()
    paper: str | None = None
    form: str | None = None
    subject: str | None = None
    pages: tuple[PageReading, ...] = ()
    blanks: tuple[int, ...] = ()
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person said about a document: ``action`` is set, accept or reject.

    ``at`` is an ISO time in UTC, the machine's; ``on`` the day that the office says it was (None:
    that of ``at``). A settlement never overwrites what the machine read.
    """

    document: str
    action: str
    by: str
    at: str
    field: str | None = None
    value: str | None = None
    why: str | None = None
    on: date | None = None


def assemble(
    document_id: str,
    paper: Paper,
    pages: Sequence[PageReading],
    blanks: Sequence[int] = (),
    *,
    since: Since,
    today: date,
    earlier: str | None = None,
) -> Document:
    """One paper's document from all its pages seen so far, in the order of its pages.

    What lies behind an attachment's sheet stays in the order of the scan. A paper was signed after
    ``since``, and not after ``today``; ``earlier`` is the document of the same paper that it comes
    after.
    """
    is_attachment = paper.form == attachment.FORM
    ordered = tuple(pages if is_attachment else sorted(pages, key=lambda p: p.page or 0))
    judged = tuple(_with_days(_with_values(page, paper), paper, since, today) for page in ordered)
    found = _behind(judged) if is_attachment else _reasons(paper, judged)
    if earlier is not None:
        found.append("rescan")
    reasons = tuple(dict.fromkeys(found))
    return Document(
        id=document_id,
        source=pages[0].source,
        status=REVIEW if reasons else ACCEPTED,
        reasons=reasons,
        paper=paper.id,
        form=paper.form,
        subject=paper.subject,
        pages=judged,
        blanks=tuple(blanks),
        earlier=earlier,
    )


def as_settled(anew: Document, before: Document) -> Document:
    """A document read anew with what a person had decided about it.

    The decision stands while there is no page and nothing amiss that the person had not seen. A
    rejected one is never accepted by the machine.
    """
    settled = before.status != (REVIEW if before.reasons else ACCEPTED)
    seen = {(page.sha256, page.source_page) for page in before.pages}
    same = seen == {(page.sha256, page.source_page) for page in anew.pages}
    if settled and same and amiss(anew) <= amiss(before):
        return replace(anew, status=before.status, subject=before.subject)
    if settled and (before.status, anew.status) == (REJECTED, ACCEPTED):
        return replace(anew, status=REJECTED)
    return anew


def amiss(document: Document) -> set[tuple[str, str]]:
    """The reasons, and what they are about: (reason or status, field or printed line)."""
    return {
        *((reason, "") for reason in document.reasons),
        *((f.status, f.name) for f in fields_of(document).values() if f.status in _DOUBTFUL),
        *((f"{m.present}", m.name) for m in hand_of(document).values() if not m.present),
        *(("altered", a.near) for page in document.pages for a in page.alterations),
    }


def alone(document_id: str, page: PageReading, reason: str, blanks: Sequence[int] = ()) -> Document:
    """A page that belongs to no paper we know, as a document of its own."""
    reasons = tuple(dict.fromkeys((reason, *page.problems)))
    return Document(
        document_id, page.source, REVIEW, reasons, page.paper, None, None, (page,), tuple(blanks)
    )


def unissued(
    document_id: str, pages: Sequence[PageReading], blanks: Sequence[int] = ()
) -> Document:
    """A copy of a form that was not issued here: a person says what it says, and whose it is."""
    contents = [page.content for page in pages if page.content]
    found = [UNISSUED, *(problem for page in pages for problem in page.problems)]
    if any(
        mark.present is False for page in pages for mark in page.hand if mark.kind == "signature"
    ):
        found.append("signature-missing")
    (first, _end, of), (_start, last, _of) = contents[0].words, contents[-1].words
    if first > EDGE_WORDS or of - last > EDGE_WORDS:
        found.append("page-missing")
    return Document(
        id=document_id,
        source=pages[0].source,
        status=REVIEW,
        reasons=tuple(dict.fromkeys(found)),
        paper=None,
        form=contents[0].form,
        pages=tuple(pages),
        blanks=tuple(blanks),
    )


def goes_on(page: PageReading, before: PageReading) -> bool:
    """Does the page go on where the one before it ends, in a copy that was not issued here?"""
    here, there = page.content, before.content
    return (
        here is not None
        and there is not None
        and here.form is not None
        and here.form == there.form
        and there.words[1] < there.words[2]
        and abs(here.words[0] - there.words[1]) <= SEAM_WORDS
        and _may_be_ones(here, there)
    )


def _may_be_ones(here: Content, there: Content) -> bool:
    """May the names on two pages be one person's? Those that may be misread need only be alike."""
    if here.name and there.name:
        return here.name == there.name
    one, other = (folded(page.name or page.heard) for page in (here, there))
    return not (one and other) or fuzz.ratio(one, other) >= SAME_NAME


def rejected(document_id: str, source: str, reason: str, earlier: str | None = None) -> Document:
    """A file that was not taken in."""
    return Document(document_id, source, REJECTED, (reason,), earlier=earlier)


def _with_values(page: PageReading, paper: Paper) -> PageReading:
    """A verified field's value is the issued one, normalised; any other's is nobody's yet."""
    fields = tuple(
        replace(f, value=paper.values.get(f.name, f.expected)) if f.status == "match" else f
        for f in page.fields
    )
    return replace(page, fields=fields)


def _with_days(page: PageReading, paper: Paper, since: Since, today: date) -> PageReading:
    """A date that is read for sure and can be right has its value; else only a proposal.

    The reader's certainty decides first: that a day would be plausible makes no reading surer.
    """
    from pipeline.pens import dates  # brings OpenCV, which nothing else about a document needs

    def against(mark: HandMark, day: str) -> str | None:
        if is_of_signing(mark.name):
            return objection(date.fromisoformat(day), paper.values, since, today)
        return "scan" if date.fromisoformat(day) > today else None

    def judged(mark: HandMark) -> HandMark:
        if not mark.present or not mark.days:
            return mark
        found = {day: against(mark, day) for day in mark.days}
        if mark.certainty < dates.SURE:
            # What can be right is proposed first; how sure that is nobody knows.
            days = tuple(sorted(mark.days, key=lambda day: bool(found[day])))
            same = days[0] == mark.days[0]
            return replace(mark, days=days, certainty=mark.certainty if same else 0.0)
        first = mark.days[0]
        return replace(mark, value=None if found[first] else first, objection=found[first])

    return replace(page, hand=tuple(judged(mark) for mark in page.hand))


def is_of_signing(name: str) -> bool:
    """Whether a date by hand says when a paper was signed: "date", "date_minor", "rows.1.date"."""
    last = name.rpartition(".")[2]
    return last == "date" or last.startswith("date_")


def proposal(mark: HandMark) -> str | None:
    """The day (ISO) that a date by hand seems to say, None where it says nothing readable."""
    return mark.days[0] if mark.days else None


def _behind(pages: Sequence[PageReading]) -> list[str]:
    """What is amiss behind an attachment's sheet; of the sheet only what it says matters."""
    behind = attachment.behind(pages)
    found = [problem for page in behind for problem in page.problems]
    if not behind:
        found.append(attachment.NOTHING)
    if len(pages) - len(behind) > 1:
        found.append("page-doubled")
    return found


def _reasons(paper: Paper, pages: Sequence[PageReading]) -> list[str]:
    numbers = [page.page for page in pages]
    found = [problem for page in pages for problem in page.problems]
    if set(numbers) != set(range(1, paper.pages + 1)):
        found.append("page-missing")
    if len(set(numbers)) != len(numbers):
        found.append("page-doubled")
    statuses = {f.status for page in pages for f in page.fields}
    if "mismatch" in statuses:
        found.append("field-mismatch")
    if "unreadable" in statuses:
        found.append("field-unreadable")
    if any(page.alterations for page in pages):
        found.append("altered")
    for mark in (m for page in pages for m in page.hand if m.kind in ("signature", "date")):
        if mark.present is False:
            found.append(f"{mark.kind}-missing")
        elif mark.present is None:
            found.append("signature-unclear" if mark.kind == "signature" else "date-missing")
        elif mark.objection:
            found.append("date-implausible")
        if mark.present is not False and mark.original is False:
            found.append("copy-not-original")
    if paper.superseded_by:
        found.append("stale-version")
    return found


_DOUBTFUL = ("unreadable", "mismatch")


def fields_of(document: Document) -> dict[str, FieldReading]:
    """Each field once: its worst print decides; what was read is the first print's."""
    found: dict[str, FieldReading] = {}
    for page in document.pages:
        for field in page.fields:
            known = found.get(field.name)
            if known is None:
                found[field.name] = field
            elif is_worse(field.status, known.status):
                found[field.name] = replace(field, read=field.read or known.read)
    return found


def hand_of(document: Document) -> dict[str, HandMark]:
    """Each blank for a pen once, the least sure first print of it."""
    found: dict[str, HandMark] = {}
    for page in document.pages:
        for mark in page.hand:
            if mark.kind in ("signature", "date"):
                known = found.get(mark.name)
                if known is None or (known.present and not mark.present):
                    found[mark.name] = mark
    return found


def _more_of(mark: HandMark) -> dict[str, Any]:
    if mark.kind == "date":
        return {"read": proposal(mark), "certainty": mark.certainty, "value": mark.value}
    return {"original": {"likely": mark.original, "certainty": mark.certainty}}


def as_json(document: Document) -> dict[str, Any]:
    """The contract's object for ``intake``."""
    answer: dict[str, Any] = {
        "document": document.id,
        "source": document.source,
        "status": document.status,
        "reasons": list(document.reasons),
        "paper": document.paper,
        "form": document.form,
        "subject": document.subject,
        "pages": [
            {
                "source": page.source,
                "sha256": page.sha256,
                "source_page": page.source_page,
                "page": page.page,
                "of": page.of,
                "turned": page.turned,
                "identified_by": page.identified_by,
                "kind": page.content.kind if page.content else None,
            }
            for page in document.pages
        ],
        "fields": {
            name: {
                "read": field.read,
                "expected": field.expected,
                "value": field.value,
                "confidence": field.confidence,
                "status": field.status,
                "page": field.page,
                "box_mm": field.box.as_list(),
            }
            for name, field in fields_of(document).items()
        },
        "hand": {
            name: {
                "present": mark.present,
                "confidence": mark.confidence,
                "page": mark.page,
                "box_mm": mark.box.as_list(),
                **_more_of(mark),
            }
            for name, mark in hand_of(document).items()
        },
        "alterations": [
            {
                "kind": a.kind,
                "page": a.page,
                "box_mm": a.box.as_list(),
                "near": a.near,
                **({"looks_like": a.looks_like} if a.looks_like else {}),
            }
            for page in document.pages
            for a in page.alterations
        ],
        "blanks": list(document.blanks),
    }
    if document.earlier:
        answer["earlier"] = document.earlier
    return answer
