"""From files of scans to documents: claim, keep a copy, read page by page, gather, enter.

Pages are read by worker processes, a few ahead of the one that is filed; each is kept in the
registry as it comes, and a file's documents appear together when its last page is done.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.engines import tesseract
from pipeline.engines.tesseract import Tesseract
from pipeline.errors import UNREADABLE, ExitCode, Problem, ScanError, Tell
from pipeline.files import copy_once, note_outside, sha256_of, work_folder
from pipeline.flow import strangers
from pipeline.flow.crew import Crew, LostError, StuckError
from pipeline.flow.desk import Answer, Task, Trouble, read_page, sit_down
from pipeline.flow.gather import gather, held, light
from pipeline.i18n import _, ngettext
from pipeline.pages.reading import PageReading
from pipeline.records import record
from pipeline.records.record import Document
from pipeline.registry import Registry
from pipeline.scans import scan as scans
from pipeline.scans.scan import Scan
from pipeline.settings import Settings

AHEAD = 3  # pages read ahead of the one being filed, for each worker: memory stays flat
PAGE_SECONDS = 180.0  # a page takes one or two; past this its worker is ended


@dataclass(frozen=True, slots=True)
class _Refused:
    """A file that cannot be opened; ``sha256`` is empty where it has no bytes to remember."""

    source: str
    sha256: str
    error: ScanError


@dataclass(frozen=True, slots=True)
class _Repeated:
    """A file whose bytes were taken in before, or are on their way in this run."""

    source: str
    sha256: str


_Page = tuple[Task, Future[Answer]]
_Item = _Page | _Refused | _Repeated


def intake(
    files: Sequence[Path],
    settings: Settings,
    registry: Registry,
    *,
    workers: int,
    language: str,
    again: bool = False,
    advance: Callable[[int], None] = lambda n: None,
    tell: Tell = lambda problem, code: None,
    ocr: Tesseract | None = None,
    page_seconds: float = PAGE_SECONDS,
) -> Iterator[Document]:
    """Take files in; each document is given out as its file is finished.

    A paper that gets a page from a later file is given out again. ``tell`` hears in one line why
    a file or page could not be read. Raises RegistryError, and ToolMissingError or
    ToolFailedError where Tesseract does not even start; everything else is a document.
    """
    ocr = ocr or tesseract.installed()
    registry.purge_unfinished()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by the workers' numpy as they start
    with (
        work_folder(settings.output) as work,
        Crew(workers, sit_down, (settings, language, ocr, work), page_seconds) as crew,
    ):
        note_outside(work, crew.temporary)
        feed = _feed(files, settings, registry, crew, again, tell)
        window: deque[_Item] = deque()
        gathered: list[PageReading] = []
        while True:
            while len(window) < AHEAD * workers and (item := next(feed, None)):
                window.append(item)
            if not window:
                return
            item = window.popleft()
            if isinstance(item, _Repeated):
                yield _repeated(item, registry)
            elif isinstance(item, _Refused):
                tell(item.error.problem, item.error.exit_code)
                yield _refused(item, registry)
            else:
                task, future = item
                reading, trouble = _result(task, future, page_seconds)
                if trouble:
                    tell(trouble.problem, trouble.code)
                written = next((one for one in reversed(gathered) if not one.blank), None)
                reading = strangers.continued(reading, written)
                registry.add_page(task.scan.sha256, reading)
                gathered.append(light(reading))
                advance(1)
                if task.number == task.scan.pages:
                    found = gather(task.scan, gathered, registry, settings)
                    gathered = []
                    documents, told = held(found, task.scan, registry)
                    for problem in told:
                        tell(problem, ExitCode.WAITING)
                    if not documents:
                        yield from registry.documents_of_scan(task.scan.sha256)
                        continue
                    registry.finish_scan(task.scan.sha256, documents)
                    if documents[0].reasons == ("blank",):
                        tell(_blank(task.scan.source), ExitCode.WAITING)
                    yield from documents


def _feed(
    files: Sequence[Path],
    settings: Settings,
    registry: Registry,
    crew: Executor,
    again: bool,
    tell: Tell,
) -> Iterator[_Item]:
    """Every file as its pages' tasks, or as what says why it has none."""
    taken: set[str] = set()
    for path in files:
        source = _name(settings.relative(path))
        digest = ""
        try:
            digest = scans.fingerprint(path, source)
            if digest in taken or registry.begin_scan(digest, source, again=again) == "done":
                yield _Repeated(source, digest)
                continue
            taken.add(digest)
            # The copy is read, not the original, which may still be written to or taken away.
            scan = scans.open_scan(_keep(path, settings.originals, source, digest), source, digest)
        except ScanError as error:
            yield _Refused(source, digest, error)
            continue
        if scan.attached:
            tell(_attached(scan), ExitCode.DONE)
        for number in range(1, scan.pages + 1):
            task = Task(scan, number)
            yield task, crew.submit(read_page, task)


def _name(path: str) -> str:
    r"""A path that can be stored: bytes of a name that are no text become ``\xNN``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _keep(path: Path, folder: Path, source: str, digest: str) -> Path:
    """Copy an original once; raises ScanError where it is no longer what it was, or gone."""
    try:
        kept = copy_once(path, folder, digest)
    except OSError as error:
        raise ScanError(
            error.strerror or str(error), reason=UNREADABLE, where=source, hint=_("check the file")
        ) from error
    if sha256_of(kept) != digest:
        kept.unlink()
        raise ScanError(
            _("the file changed while it was read"),
            reason=UNREADABLE,
            where=source,
            hint=_("take it in again when the scanner has finished"),
        )
    return kept


def _repeated(item: _Repeated, registry: Registry) -> Document:
    earlier = registry.document_of_scan(item.sha256)
    name = f"doc-{item.sha256[:12]}"
    return record.rejected(name, item.source, "duplicate", earlier.id if earlier else name)


def _refused(item: _Refused, registry: Registry) -> Document:
    """Bytes that cannot be read are remembered; an empty file is not: it may be filled yet."""
    what = item.sha256 or hashlib.sha256(item.source.encode("utf-8")).hexdigest()
    document = record.rejected(f"doc-{what[:12]}", item.source, item.error.reason)
    if item.sha256:
        registry.reject_scan(item.sha256, item.source, document)
    return document


def _attached(scan: Scan) -> Problem:
    what = ngettext(
        "the PDF carries {n} attached file, which was not read",
        "the PDF carries {n} attached files, which were not read",
        scan.attached,
    ).format(n=scan.attached)
    hint = _("save those that are scans as files of their own and take them in")
    return Problem(what, scan.source, hint, "warning")


def _blank(source: str) -> Problem:
    return Problem(_("every page is blank"), source, _("did the sheets lie face down?"))


def _result(task: Task, future: Future[Answer], seconds: float) -> Answer:
    """The worker's answer; a page that cost its worker is one that cannot be read."""
    try:
        return future.result()
    except StuckError:
        what = _("reading the page took longer than {n} seconds").format(n=round(seconds))
    except LostError:
        what = _("reading the page ended the program that reads it")
    error = ScanError(what, reason=UNREADABLE, hint=_("scan this sheet again"))
    trouble: Trouble = task.trouble(error)
    return replace(task.unread, problems=(error.reason,)), trouble
