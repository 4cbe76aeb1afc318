"""The pages of one file put together: papers, with the pages they already had, and strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from pipeline.errors import UNREADABLE, Problem
from pipeline.flow import proposals
from pipeline.forms import form as forms
from pipeline.forms.rules import Since
from pipeline.i18n import _
from pipeline.pages.reading import PageReading
from pipeline.papers.paper import Paper
from pipeline.records import attachment, handover, reasons, record, rescan
from pipeline.records.record import Document
from pipeline.registry import Registry
from pipeline.scans.scan import Scan
from pipeline.settings import Settings


def gather(
    scan: Scan, pages: Sequence[PageReading], registry: Registry, settings: Settings
) -> list[Document]:
    """The documents of one file, those of earlier files that they join among them.

    A page never takes its paper from its neighbour: only a blank back goes with what it follows,
    what no code names goes with the sheet that was laid before it (``attachment``), and a page
    whose wording goes on where the one before it ends is of the same copy of a form.
    """
    alone = f"doc-{scan.sha256[:12]}"
    written = [reading for reading in pages if not reading.blank]
    if not written:
        return [record.rejected(alone, scan.source, "blank")]
    if all(UNREADABLE in reading.problems and not reading.paper for reading in written):
        return [record.rejected(alone, scan.source, UNREADABLE)]
    papers: dict[str, list[PageReading]] = {}
    unknown: dict[str, list[PageReading]] = {}
    blanks: dict[str, list[int]] = {}
    last, is_open = "", False
    for reading in pages:
        if reading.blank:
            blanks.setdefault(last, []).append(reading.source_page)
        elif reading.paper and (paper := registry.paper(reading.paper)):
            last, is_open = paper.id, paper.form == attachment.FORM
            papers.setdefault(last, []).append(reading)
        elif is_open and not reading.paper:
            papers[last].append(reading)
        elif last in unknown and record.goes_on(reading, unknown[last][-1]):
            unknown[last].append(reading)
        else:
            last, is_open = f"{alone}-{reading.source_page}", False
            unknown[last] = [reading]
    first = written[0].paper if written[0].paper in papers else next(iter(unknown), "")
    backs = {name: tuple(numbers) for name, numbers in blanks.items() if name}
    if "" in blanks:  # in front of everything: the first sheet lay face down
        backs[str(first)] = (*blanks[""], *backs.get(str(first), ()))
    documents = []
    for name, found in papers.items():
        paper = registry.paper(name)
        assert paper is not None
        documents.append(_of_paper(paper, found, backs.get(name, ()), registry, settings, scan))
    for name, readings in unknown.items():
        documents.append(_stranger(name, readings, backs.get(name, ()), registry))
    return documents + _bereft(scan, {document.id for document in documents}, registry, settings)


def _stranger(
    name: str, found: Sequence[PageReading], blanks: Sequence[int], registry: Registry
) -> Document:
    """A page of nobody's, or the pages of a copy of a form that was not issued here."""
    content = found[0].content
    if content is None or content.form is None:
        return record.alone(name, found[0], _why_unknown(found[0]), blanks)
    anew, before = record.unissued(name, found, blanks), registry.document(name)
    return record.as_settled(anew, before) if before and before.form == anew.form else anew


def _why_unknown(reading: PageReading) -> str:
    if reading.problems:
        return reading.problems[0]
    return "unknown-paper" if reading.paper else "unknown-form"


def _of_paper(
    paper: Paper,
    found: Sequence[PageReading],
    blanks: Sequence[int],
    registry: Registry,
    settings: Settings,
    scan: Scan,
) -> Document:
    """The file's own document where it is read anew, else one that lacks these pages, else a new.

    Never one that is whole, or has one of these pages: that is a rescan, for a person to compare.
    Nor one that a person has rejected: no page undoes that.
    """
    if paper.form == attachment.FORM:
        found = proposals.judged(paper, found, cache(registry.people))
    known = registry.documents_of_paper(paper.id)
    since, today = _since(paper, settings), settings.today
    numbers = {page.page for page in found}
    for place, document in enumerate(known):
        others = tuple(page for page in document.pages if page.sha256 != scan.sha256)
        is_own = len(others) < len(document.pages)
        is_open = bool(others) and document.status != record.REJECTED
        lacks = is_open and len({page.page for page in others}) < paper.pages
        if is_own or (lacks and not numbers & {page.page for page in others}):
            before = known[:place]
            if not is_own:  # a later scan of the paper may have been accepted meanwhile
                before += [one for one in known[place + 1 :] if one.status == record.ACCEPTED]
            anew = record.assemble(
                document.id,
                paper,
                (*others, *found),
                tuple(dict.fromkeys((*document.blanks, *blanks))),
                since=since,
                today=today,
                earlier=rescan.standing(before),
            )
            return record.as_settled(anew, document)
    names = {document.id for document in known}
    name, copy = f"doc-{paper.id}", 1
    while name in names:
        copy += 1
        name = f"doc-{paper.id}-{copy}"
    earlier = rescan.standing(known)
    return record.assemble(name, paper, found, blanks, since=since, today=today, earlier=earlier)


def _since(paper: Paper, settings: Settings) -> Since:
    """From when the paper may be signed; a form that was changed since tells nothing of it."""
    known = forms.known(paper.form, settings)
    of_form = known.date if known and known.version == paper.version else paper.issued_on
    return Since(of_form, paper.issued_on)


def _bereft(scan: Scan, given: set[str], registry: Registry, settings: Settings) -> list[Document]:
    """Documents that had a page from this file's former reading and do not get it again."""
    answer = []
    for document in registry.documents_of_scan(scan.sha256):
        others = tuple(page for page in document.pages if page.sha256 != scan.sha256)
        paper = registry.paper(document.paper) if document.paper else None
        if document.id not in given and others and paper:
            known = [one for one in registry.documents_of_paper(paper.id) if one != document]
            is_rescan = rescan.REASON in document.reasons
            anew = record.assemble(
                document.id,
                paper,
                others,
                document.blanks,
                since=_since(paper, settings),
                today=settings.today,
                earlier=rescan.standing(known) if is_rescan else None,
            )
            answer.append(record.as_settled(anew, document))
    return answer


def held(
    documents: Sequence[Document], scan: Scan, registry: Registry
) -> tuple[list[Document], list[Problem]]:
    """These documents, those accepted still that another organisation has; and what is told.

    Nobody can compare such a paper now. Where one of them would be gone altogether there are no
    documents: the file's former reading stays as it is.
    """
    given = {one.id: one for one in documents}
    told = []
    former = [registry.document(name) for name in given]
    former += [one for one in registry.documents_of_scan(scan.sha256) if one.id not in given]
    for before in former:
        if before is None or before.status != record.ACCEPTED or not before.subject:
            continue
        out = handover.out(registry.events(before.subject)).get(before.paper or before.id)
        anew = given.get(before.id)
        if out is None or (anew and anew.status == record.ACCEPTED):
            continue
        where = f"{scan.source}, {before.id}"
        if anew is None or (anew.paper, anew.form) != (before.paper, before.form):
            what = _("handed over, and not found again: the file's former reading stays")
            hint = _("when it is back: paperloop handover return {act}, then intake --again")
            return [], [Problem(what, where, hint.format(act=out.act), "warning")]
        what = _("handed over, so it stays accepted; read anew it has: {reasons}")
        hint = _("when it is back: paperloop handover return {act}, then review --again")
        what = what.format(reasons=reasons.sentence(anew.reasons))
        told.append(Problem(what, where, hint.format(act=out.act), "warning"))
        given[before.id] = replace(anew, status=before.status, subject=before.subject)
    return list(given.values()), told


def light(reading: PageReading) -> PageReading:
    """The reading without its crops: they are in the registry already."""
    return replace(
        reading,
        fields=tuple(replace(f, crop=b"") for f in reading.fields),
        hand=tuple(replace(m, crop=b"") for m in reading.hand),
        alterations=tuple(replace(a, crop=b"") for a in reading.alterations),
    )
