"""From accepted documents to their archive copies: each made once, and anew when it changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from pipeline import __version__
from pipeline.archival import conformity, facsimile, pdfa
from pipeline.archival.facsimile import Leaf
from pipeline.archival.pdfa import Identification
from pipeline.errors import (
    UNREADABLE,
    Problem,
    ScanError,
    Tell,
    ToolFailedError,
    UsageError,
)
from pipeline.files import sha256_of, write_atomic
from pipeline.flow import filing
from pipeline.i18n import _
from pipeline.pages import lie as lies
from pipeline.pages.reading import PageReading
from pipeline.papers import layout
from pipeline.papers.paper import Paper
from pipeline.records import transcript, verdict
from pipeline.records.record import ACCEPTED, Document
from pipeline.records.verdict import Verdict
from pipeline.registry import Registry
from pipeline.scans import scan as scans
from pipeline.scans.scan import Scan
from pipeline.settings import Settings

Find = Callable[[PageReading], Scan]


@dataclass(frozen=True, slots=True)
class Copy:
    """A document's archive copy; ``new`` is False where the one from before still holds.

    ``unplaced``: the pages, counted in the copy, whose words stand only roughly or not at all.
    """

    document: Document
    pdf: str
    new: bool
    unplaced: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """What ``archive copy`` says of it."""
        it = self.document
        return {
            "document": it.id,
            "paper": it.paper,
            "form": it.form,
            "subject": it.subject,
            "pdf": self.pdf,
            "pages": len(it.pages),
            "new": self.new,
            "unplaced": list(self.unplaced),
        }


def wanted(names: Sequence[str], registry: Registry, *, secret: bool) -> list[str]:
    """The documents to copy: those asked for, by default every accepted one.

    ``secret``: of papers about secret documents, which are copied apart from all others.

    Raises UsageError for one that is not there, not accepted, or not to be copied with these.
    """
    if not names:
        return [it.id for it in registry.documents(status=ACCEPTED, secret=secret)]
    for name in names:
        document = registry.document(name)
        if document is None:
            raise UsageError(
                _("there is no document {document} here").format(document=name),
                hint=_("see paperloop records --all"),
            )
        if document.status != ACCEPTED:
            raise UsageError(
                _("only an accepted document gets an archive copy"),
                where=name,
                hint=_("see paperloop review"),
            )
        without = _("copy it without --secret")
        filing.must_be_asked_for(name, registry, secret=secret, without=without)
    return list(dict.fromkeys(names))


def make(
    names: Sequence[str], folder: Path, settings: Settings, registry: Registry, tell: Tell
) -> Iterator[Copy]:
    """Write the copies of documents into ``folder``, named by the documents.

    ``tell`` hears of a document that cannot be copied; the others are copied all the same.
    """
    find = _finder(settings)
    for name in names:
        document = registry.document(name)
        assert document is not None
        try:
            yield _copy(document, folder, settings, registry, find)
        except (ScanError, ToolFailedError) as error:
            it = error.problem
            tell(Problem(it.what, f"{name}: {it.where}" if it.where else name, it.hint),
                 error.exit_code)  # fmt: skip


def left_over(folder: Path, registry: Registry, *, secret: bool) -> Iterator[Problem]:
    """Copies that should not lie in the folder (any more): for a person to take away."""
    for path in sorted(folder.glob("doc-*.pdf")):
        document = registry.document(path.stem)
        if document is None or document.status != ACCEPTED:
            yield Problem(
                _("its document is not accepted any more"),
                path.name,
                _("take the copy away, or accept the document"),
                "warning",
            )
        elif registry.is_secret(document.id) and not secret:
            yield Problem(
                _("secret documents are kept apart from the others"),
                path.name,
                _("take the copy away; paperloop archive copy --secret makes one apart"),
                "warning",
            )


def _copy(
    document: Document, folder: Path, settings: Settings, registry: Registry, find: Find
) -> Copy:
    path = folder / f"{document.id}.pdf"
    said = registry.settlements(document.id)
    made_at = said[-1].at if said else registry.taken_in_at(document.id)
    # Whatever the copy is made of: the same document, read and settled alike, is copied once.
    digest = hashlib.sha256(repr((__version__, document, said)).encode()).digest()
    instance = UUID(bytes=digest[:16], version=4)
    rough = tuple(n for n, page in enumerate(document.pages, start=1) if page.lie is None)
    new = pdfa.instance_of(path) != instance
    if new:
        leaves = _leaves(document, verdict.of(document, said), registry, find)
        named = Identification(document.id, datetime.fromisoformat(made_at), instance)
        content = facsimile.make(leaves, named)
        if conformity.faults(content):
            content = facsimile.make(leaves, named, anew=True)
        if wrong := conformity.faults(content):
            raise ToolFailedError(
                _("the archive copy is no PDF/A-2b: {faults}").format(faults="; ".join(wrong)),
                hint=_("tell those who look after the program"),
            )
        write_atomic(path, content)
    return Copy(document, settings.relative(path), new, rough)


def _leaves(document: Document, said: Verdict, registry: Registry, find: Find) -> list[Leaf]:
    paper = registry.paper(document.paper) if document.paper else None
    pdf = registry.pdf_of(paper.id) if paper else b""
    return [_leaf(page, paper, pdf, said, find) for page in document.pages]


def _leaf(page: PageReading, paper: Paper | None, pdf: bytes, said: Verdict, find: Find) -> Leaf:
    scan = find(page)
    if paper is None or page.page is None or not page.page <= paper.pages:
        return Leaf(scan, page.source_page, page.turned, None, ())
    sheet = layout.sheet(pdf, page.page)
    lie = page.lie or lies.spread(sheet.width, sheet.height, page.turned)
    words = tuple(transcript.of(sheet, paper.places, page, said))
    return Leaf(scan, page.source_page, page.turned, lie, words)


def _finder(settings: Settings) -> Find:
    """What finds a page's kept original, each looked at once; raises ScanError."""

    @lru_cache
    def checked(sha256: str, source: str) -> Scan:
        path = settings.originals / sha256
        if not path.is_file() or sha256_of(path) != sha256:
            raise ScanError(
                _("the kept scan is missing or no longer what it was"),
                reason=UNREADABLE,
                where=settings.relative(path),
                hint=_("bring it back from a backup, or take the scan in --again"),
            )
        return scans.open_scan(path, source, sha256)

    return lambda page: checked(page.sha256, page.source)
