"""From files of scans to documents: decode, identify, lay over, examine, gather.

Pages are read by worker processes, a few ahead of the one that files them; each is kept in the
registry as it comes, and a file's documents appear together when its last page is done.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import identify, layout, page, record, register
from pipeline import scan as scans
from pipeline.atlas import Atlas
from pipeline.engines.tesseract import Tesseract
from pipeline.errors import ScanError
from pipeline.examine import examine
from pipeline.files import copy_once
from pipeline.paper import Paper
from pipeline.reading import PageReading
from pipeline.record import Document
from pipeline.registry import Registry
from pipeline.scan import PageImage, Scan
from pipeline.settings import Settings

AHEAD = 3  # pages read ahead of the one being filed, for each worker: memory stays flat
BLANK_INK_SHARE = 0.0004  # of a page's area: a blank back with dust has less
BLANK_EDGE = 0.04  # of the page's width and height: borders and shadows are no writing
INK_LEVEL = 0.3


@dataclass(frozen=True, slots=True)
class _Task:
    scan: Scan
    number: int


class _Worker:
    """What one process keeps between pages: its registry, the letters, the last few papers."""

    def __init__(self, registry_url: str) -> None:
        cv2.setNumThreads(1)  # pages go side by side; threads within one only get in the way
        self.registry = Registry.open_reading(registry_url)
        self.ocr = Tesseract()
        self.letters = Atlas(self.registry.specimens(), page.DPI)
        self.issued = lru_cache(maxsize=8)(self._issued)

    def _issued(self, paper: str, number: int) -> tuple[layout.Sheet, NDArray[np.uint8]]:
        pdf = self.registry.pdf_of(paper)
        return layout.sheet(pdf, number), layout.render(pdf, number, page.DPI)


_worker: _Worker | None = None


def _start(registry_url: str, language: str) -> None:
    global _worker
    from pipeline import i18n

    i18n.use(language)
    _worker = _Worker(registry_url)


def intake(
    files: Sequence[Path],
    settings: Settings,
    registry: Registry,
    *,
    workers: int,
    language: str,
    again: bool = False,
    advance: Callable[[int], None] = lambda n: None,
) -> Iterator[Document]:
    """Take files in; each document is given out as its file is finished.

    A paper that gets a page from a later file is given out again. Raises RegistryError,
    ToolMissingError and ToolFailedError; a file or page that cannot be read is a document.
    """
    registry.purge_unfinished()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by the workers' numpy as they start
    with ProcessPoolExecutor(
        max(1, workers), get_context("spawn"), _start, (settings.registry_url, language)
    ) as pool:
        feed = _feed(files, settings, registry, pool, again)
        window: deque[Document | tuple[_Task, Future[PageReading]]] = deque()
        gathered: list[PageReading] = []
        while True:
            while len(window) < AHEAD * max(1, workers):
                item = next(feed, None)
                if item is None:
                    break
                window.append(item)
            if not window:
                return
            item = window.popleft()
            if isinstance(item, Document):
                yield item
                continue
            task, future = item
            reading = _result(task, future)
            registry.add_page(task.scan.sha256, reading)
            gathered.append(_light(reading))
            advance(1)
            if task.number == task.scan.pages:
                documents = _gather(task.scan, gathered, registry)
                gathered = []
                registry.finish_scan(task.scan.sha256, documents)
                yield from documents


def _feed(
    files: Sequence[Path], settings: Settings, registry: Registry, pool: Executor, again: bool
) -> Iterator[Document | tuple[_Task, Future[PageReading]]]:
    """Every file as its pages' tasks, or as the document that says why it has none."""
    taken: set[str] = set()
    for path in files:
        source = settings.relative(path)
        try:
            scan = scans.open_scan(path, source)
        except ScanError as error:
            yield _refuse(path, source, error, registry)
            continue
        copy_once(path, settings.originals, scan.sha256)
        if scan.sha256 in taken or registry.begin_scan(scan.sha256, source, again=again) == "done":
            earlier = registry.document_of_scan(scan.sha256)
            name = earlier.id if earlier else f"doc-{scan.sha256[:12]}"
            yield record.rejected(f"doc-{scan.sha256[:12]}", source, "duplicate", name)
            continue
        taken.add(scan.sha256)
        for number in range(1, scan.pages + 1):
            task = _Task(scan, number)
            yield task, pool.submit(_read_page, task)


def _refuse(path: Path, source: str, error: ScanError, registry: Registry) -> Document:
    from pipeline.files import sha256_of

    digest = ""
    with contextlib.suppress(OSError):
        digest = sha256_of(path)
    document = record.rejected(f"doc-{digest[:12] or 'none'}", source, error.reason)
    if digest:
        registry.reject_scan(digest, source, document)
    return document


def _result(task: _Task, future: Future[PageReading]) -> PageReading:
    try:
        return future.result()
    except ScanError as error:
        return PageReading(
            task.scan.source, task.scan.sha256, task.number, problems=(error.reason,)
        )


def _light(reading: PageReading) -> PageReading:
    """The reading without its crops: they are in the registry already."""
    return replace(
        reading,
        fields=tuple(replace(f, crop=b"") for f in reading.fields),
        hand=tuple(replace(m, crop=b"") for m in reading.hand),
        alterations=tuple(replace(a, crop=b"") for a in reading.alterations),
    )


def _gather(scan: Scan, pages: Sequence[PageReading], registry: Registry) -> list[Document]:
    """The documents of one file: its papers, each with the pages it already had, and strangers."""
    papers: dict[str, list[PageReading]] = {}
    documents: list[Document] = []
    blanks: dict[str, list[int]] = {}
    strangers: list[tuple[str, PageReading, str]] = []
    last = ""
    for reading in pages:
        if reading.blank:
            blanks.setdefault(last, []).append(reading.source_page)
            continue
        paper = registry.paper(reading.paper) if reading.paper else None
        if paper is not None:
            last = paper.id
            papers.setdefault(paper.id, []).append(reading)
        else:
            last = f"doc-{scan.sha256[:12]}-{reading.source_page}"
            strangers.append((last, reading, _why_unknown(reading)))
    if not papers and not strangers:
        return [record.rejected(f"doc-{scan.sha256[:12]}", scan.source, "blank")]
    for paper_id, found in papers.items():
        paper = registry.paper(paper_id)
        assert paper is not None
        documents.append(_of_paper(paper, found, blanks.get(paper_id, []), registry, scan))
    for name, reading, why in strangers:
        documents.append(record.alone(name, reading, why, blanks.get(name, ())))
    return documents


def _why_unknown(reading: PageReading) -> str:
    if "ambiguous-identity" in reading.problems:
        return "ambiguous-identity"
    if reading.problems:
        return reading.problems[0]
    return "unknown-paper" if reading.paper else "unknown-form"


def _of_paper(
    paper: Paper,
    found: Sequence[PageReading],
    blanks: Sequence[int],
    registry: Registry,
    scan: Scan,
) -> Document:
    """Join the document that still lacks these pages, or make the next one of this paper."""
    earlier = [
        replace(d, pages=tuple(p for p in d.pages if p.sha256 != scan.sha256))
        for d in registry.documents_of_paper(paper.id)
    ]
    earlier = [d for d in earlier if d.pages]
    numbers = {p.page for p in found}
    for document in earlier:
        if not numbers & {p.page for p in document.pages} and "page-missing" in document.reasons:
            pages = (*document.pages, *found)
            rescan = "rescan" in document.reasons
            return record.assemble(
                document.id, paper, pages, (*document.blanks, *blanks), rescan=rescan
            )
    name = f"doc-{paper.id}" + (f"-{len(earlier) + 1}" if earlier else "")
    return record.assemble(name, paper, found, blanks, rescan=bool(earlier))


def _read_page(task: _Task) -> PageReading:
    """In a worker: one page image to its reading."""
    assert _worker is not None
    image = scans.load_page(task.scan, task.number)
    reading = PageReading(task.scan.source, task.scan.sha256, task.number)
    grey = image.grey
    if _is_blank(grey):
        return replace(reading, blank=True)
    identity = identify.identify(grey, _worker.ocr)
    if identity.mark is None:
        return replace(reading, problems=("ambiguous-identity",)) if identity.ambiguous else reading
    mark = identity.mark
    reading = replace(
        reading, paper=mark.paper, page=mark.page, of=mark.of, identified_by=identity.by,
        turned=identity.turned,
    )  # fmt: skip
    paper = _worker.registry.paper(mark.paper)
    if paper is None or mark.of != paper.pages:
        return reading if paper is None else replace(reading, problems=("ambiguous-identity",))
    return _examine(image, reading, identity, paper)


def _examine(
    image: PageImage, reading: PageReading, identity: identify.Identity, paper: Paper
) -> PageReading:
    assert _worker is not None and reading.page is not None
    sheet, issued = _worker.issued(paper.id, reading.page)
    grey = image.grey
    for guess in identify.guesses(identity, grey.shape, sheet.width, sheet.height):
        laid = register.lay_over(grey, image.pixels, issued, guess)
        if laid is not None and laid.residual_mm <= register.RESIDUAL_LIMIT_MM:
            break
    else:
        return replace(reading, problems=(*reading.problems, "not-aligned"))
    seen = examine(laid, issued, sheet, paper.places, paper.fields, _worker.letters, _worker.ocr)
    return replace(
        reading,
        turned=page.turn_of(laid.to_scan),
        residual_mm=round(laid.residual_mm, 4),
        fields=seen.fields,
        hand=seen.hand,
        alterations=seen.alterations,
    )


def _is_blank(grey: NDArray[np.uint8]) -> bool:
    """Nothing on it but dust: ink is what is clearly darker than the paper about it."""
    small = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    rows, columns = (round(side * BLANK_EDGE) for side in small.shape)
    inner = small[rows : small.shape[0] - rows, columns : small.shape[1] - columns]
    if inner.size == 0:
        return True
    from pipeline.glyphs import ink_of

    ink = cv2.morphologyEx(
        (ink_of(np.ascontiguousarray(inner)) > INK_LEVEL).astype(np.uint8),
        cv2.MORPH_OPEN,
        np.ones((2, 2), np.uint8),
    )
    return bool(np.count_nonzero(ink) < ink.size * BLANK_INK_SHARE)


