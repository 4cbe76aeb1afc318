"""What a worker does: one page image decoded, identified, laid over the issued page, examined."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import i18n
from pipeline.engines.tesseract import OcrEngine
from pipeline.errors import (
    DEBUG_VARIABLE,
    UNREADABLE,
    ExitCode,
    PaperloopError,
    Problem,
    ScanError,
    ToolFailedError,
)
from pipeline.examine import examine
from pipeline.files import keep_temporary_files_in
from pipeline.flow import recall, strangers
from pipeline.geometry import A4_MM, Box, union
from pipeline.i18n import _
from pipeline.others import layer, likeness, seals, skeleton
from pipeline.others.likeness import Text, Wording
from pipeline.others.skeleton import Skeleton
from pipeline.pages import identify, page, registration, separators
from pipeline.pages.identify import Identity
from pipeline.pages.ink import ink_of
from pipeline.pages.reading import AMBIGUOUS, PageReading
from pipeline.pages.registration import Laid
from pipeline.papers import layout
from pipeline.papers.paper import Paper
from pipeline.pens import acts
from pipeline.prints.atlas import Atlas
from pipeline.registry import Registry
from pipeline.scans import scan as scans
from pipeline.scans.scan import PageImage, Scan
from pipeline.settings import Settings

PAPERS_KEPT = 8  # issued pages that a worker keeps drawn: a paper's pages come close together
MEMORY_BYTES = 3 << 29  # of a worker: pages take 0.3 to 0.9 GB, a PDF made to harm all there is
# Of a page's fields, as issued: what another program printed for the same person lies over ours in
# parts, with up to half of its fields (ten looked at); ours without its marks has nearly all.
OURS_SHARE = 2 / 3
SMALLEST_PX = 300  # of a page's short side: nothing can be read off a smaller picture
BLANK_INK_SHARE = 0.0004  # of a page's area: a blank back with dust has less
BLANK_EDGE = 0.04  # of the page's width and height: borders and shadows are no writing
INK_LEVEL = 0.3
FAINT_LEVEL = 0.22  # ink of a pale copy; the back's print that shows through is paler
LETTERS_MM = ((1.2, 8.0), (0.6, 12.0))  # pieces as high and as wide may be letters
FAINT_LETTERS = 12  # or fewer: dust, streaks and folds make up to four such pieces
# A word by hand, of letters larger than dust (1.7 mm at most on 48 blank sheets of three kinds of
# scan); a sheet's number in pencil is no wider than 9 mm.
HAND_LETTERS_MM = ((1.8, 12.0), (1.2, 40.0))
HAND_APART_MM = (5.0, 1.0)
HAND_WORD_MM = 9.5


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with a page, to be told at once; ``code`` is the exit code it asks for."""

    problem: Problem
    code: ExitCode


@dataclass(frozen=True, slots=True)
class Task:
    """One page of a file, counted from 1."""

    scan: Scan
    number: int

    @property
    def unread(self) -> PageReading:
        """The page before anything is known of it."""
        return PageReading(self.scan.source, self.scan.sha256, self.number)

    def trouble(self, error: PaperloopError) -> Trouble:
        """The error with the place where it happened."""
        where = _("{file}, page {number}").format(file=self.scan.source, number=self.number)
        what, hint = error.problem.what, error.problem.hint
        return Trouble(Problem(what, where, hint), error.exit_code)


Answer = tuple[PageReading, Trouble | None]


class _Desk:
    """What one process keeps between pages: its registry, the letters, the last few papers."""

    def __init__(self, settings: Settings, ocr: OcrEngine) -> None:
        self.registry = Registry.open_reading(settings.registry_url)
        self.settings = settings
        self.ocr = ocr
        self.letters = Atlas(self.registry.specimens(), page.DPI)
        self.issued: Callable[[str, int], tuple[layout.Sheet, NDArray[np.uint8]]]
        self.issued = lru_cache(maxsize=PAPERS_KEPT)(self._issued)
        self._wordings: list[Wording] | None = None
        self._skeletons: list[Skeleton] | None = None

    @property
    def wordings(self) -> list[Wording]:
        """What all papers say, read once, at the first page that has to be known by it."""
        if self._wordings is None:
            self._wordings = recall.wordings(self.registry)
        return self._wordings

    @property
    def skeletons(self) -> list[Skeleton]:
        """What all forms say, read once, at the first page without a mark."""
        if self._skeletons is None:
            self._skeletons = list(skeleton.every(self.settings))
        return self._skeletons

    def recall(self, text: Text) -> Identity:
        """The page by its text, where that is one of a paper that was issued."""
        offices = {one.form: one.office.keys() for one in self.skeletons}
        return recall.recall(text, self.wordings, self.registry, self._sheet, offices)

    def copied(self, reading: PageReading, grey: NDArray[np.uint8], text: Text) -> PageReading:
        """The page as a copy of a form."""
        today = self.settings.today
        return strangers.copied(reading, grey, text, self.skeletons, today, self.ocr)

    def _sheet(self, paper: str, number: int) -> layout.Sheet:
        return self.issued(paper, number)[0]

    def _issued(self, paper: str, number: int) -> tuple[layout.Sheet, NDArray[np.uint8]]:
        pdf = self.registry.pdf_of(paper)
        return layout.sheet(pdf, number), layout.render(pdf, number, page.DPI)


_desk: _Desk | None = None


def _bound_memory() -> None:
    """A page that would take the machine's memory ends its worker; Windows has no such bound."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):  # a lower bound is set already
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, hard))


def sit_down(settings: Settings, language: str, ocr: OcrEngine, work: Path) -> None:
    """Make a worker process ready; pictures and words that OCR is given lie in ``work``."""
    global _desk
    _bound_memory()
    keep_temporary_files_in(work)
    i18n.use(language)
    cv2.setNumThreads(1)  # pages go side by side; threads within one only get in the way
    _desk = _Desk(settings, ocr)
    if not os.environ.get(DEBUG_VARIABLE):  # libtiff complains there, past Python
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def read_page(task: Task) -> Answer:
    """One page image to its reading, and what has to be told of it.

    A fault of our own costs the page, not the batch: it goes to a person.
    """
    try:
        return _read_page(task)
    except PaperloopError:
        raise
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        # Not the error's own words: they may hold personal data.
        last = traceback.extract_tb(error.__traceback__)[-1]
        what = _("unexpected fault: {name} ({file}, line {line})").format(
            name=type(error).__name__, file=Path(last.filename).name, line=last.lineno
        )
        hint = _("look at the page; {variable}=1 shows the whole").format(variable=DEBUG_VARIABLE)
        unread = replace(task.unread, problems=(UNREADABLE,))
        return unread, task.trouble(ScanError(what, reason=UNREADABLE, hint=hint))


def _read_page(task: Task) -> Answer:
    try:
        image = scans.load_page(task.scan, task.number)
    except ScanError as error:
        return replace(task.unread, problems=(error.reason,)), task.trouble(error)
    reading, trouble = _seen(task, image)
    return replace(reading, thumbnail=scans.thumbnail(image.grey, reading.turned)), trouble


def _seen(task: Task, image: PageImage) -> Answer:
    assert _desk is not None
    reading, grey = task.unread, image.grey
    try:
        if min(grey.shape) < SMALLEST_PX:
            return reading, None
        if _is_blank(grey):
            return replace(reading, blank=True), None
        identity = identify.identify(grey, _desk.ocr)
        if identity.mark is None and not identity.ambiguous:
            return _unmarked(task, image)
    except ScanError as error:
        return replace(reading, problems=(error.reason,)), task.trouble(error)
    except ToolFailedError as error:
        return replace(reading, problems=(UNREADABLE,)), task.trouble(error)
    return _marked(task, image, identity)


def _marked(task: Task, image: PageImage, identity: Identity) -> Answer:
    """A page that was told which paper's it is."""
    assert _desk is not None
    unsure = replace(task.unread, turned=identity.turned, problems=(AMBIGUOUS,))
    if identity.mark is None:
        return unsure, None
    reading = replace(
        task.unread,
        paper=identity.mark.paper,
        page=identity.mark.page,
        of=identity.mark.of,
        identified_by=identity.by,
        turned=identity.turned,
    )
    paper = _desk.registry.paper(identity.mark.paper)
    if paper is None:
        return reading, None
    if identity.mark.of != paper.pages:
        return replace(reading, problems=unsure.problems), None
    try:
        return _examined(image, reading, identity, paper), None
    except ToolFailedError as error:
        return replace(reading, problems=("field-unreadable",)), task.trouble(error)


def _unmarked(task: Task, image: PageImage) -> Answer:
    """A page without any mark: a paper of ours by its text, a copy of a form, or a stranger.

    Raises ScanError and ToolFailedError.
    """
    assert _desk is not None
    text = _text(task, image)
    if separators.is_separator(image.grey, sum(len(word.text) for word in text.words)):
        return replace(task.unread, blank=True), None
    identity = _desk.recall(text)
    may_be_ours = identity.ambiguous
    if identity.mark:
        seen, trouble = _marked(task, image, identity)
        if trouble or _is_proven(seen):
            return seen, trouble
        may_be_ours = _share_as_issued(seen) >= OURS_SHARE
    reading = replace(task.unread, turned=text.turned)
    copy = _desk.copied(reading, image.grey, text)
    if may_be_ours:  # of one of those papers, or the later page of a copy
        ways = (copy,) if copy.content else copy.continuing
        return replace(reading, continuing=ways, problems=(AMBIGUOUS,)), None
    if copy.content:
        return copy, None
    return replace(copy, content=strangers.look(image.grey, text, _desk.ocr)), None


def _text(task: Task, image: PageImage) -> Text:
    """What the page says: by its own text where that can be believed, else by OCR."""
    assert _desk is not None
    own = layer.read(task.scan, task.number, image.grey, _desk.ocr)
    return own or likeness.read(seals.without(image), _desk.ocr)


def _laid(
    image: PageImage, identity: Identity, sheet: layout.Sheet, issued: NDArray[np.uint8]
) -> Laid | None:
    """The scan over the issued page: from its marks, else from the words that OCR reads on it."""
    assert _desk is not None
    grey = image.grey
    lies = identity.lies
    if lies is None:
        for guess in identify.guesses(identity, grey.shape, sheet.width, sheet.height):
            if laid := registration.lay_over(grey, image.pixels, issued, guess):
                return laid
        if identity.by != "text":
            lies = likeness.guess(likeness.read(seals.without(image), _desk.ocr), sheet)
    if lies is None:
        return None
    return registration.lay_over(grey, image.pixels, issued, lies, registration.EVERYWHERE)


def _share_as_issued(reading: PageReading) -> float:
    """The share of the page's fields whose print is what was issued."""
    found = [field.status == "match" for field in reading.fields]
    return sum(found) / len(found) if found else 0.0


def _is_proven(reading: PageReading) -> bool:
    return not reading.problems and not any(f.status == "mismatch" for f in reading.fields)


def _examined(
    image: PageImage, reading: PageReading, identity: Identity, paper: Paper
) -> PageReading:
    assert _desk is not None
    assert reading.page is not None
    sheet, issued = _desk.issued(paper.id, reading.page)
    laid = _laid(image, identity, sheet, issued)
    if laid is None:
        return replace(reading, problems=(*reading.problems, "not-aligned"))
    seen = examine(laid, issued, sheet, paper.places, paper.fields, _desk.letters, _desk.ocr)
    return replace(
        reading,
        turned=page.turn_of(laid.to_scan),
        residual_mm=round(laid.residual_mm, 4),
        lie=laid.lie,
        fields=seen.fields,
        hand=seen.hand,
        alterations=seen.alterations,
    )


def _is_blank(grey: NDArray[np.uint8]) -> bool:
    """Nothing on it but dust: ink is what is clearly darker than the paper about it."""
    small = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    rows, columns = (round(side * BLANK_EDGE) for side in small.shape)
    inner = small[rows : small.shape[0] - rows, columns : small.shape[1] - columns]
    ink = ink_of(np.ascontiguousarray(inner))
    dark = cv2.morphologyEx(
        (ink > INK_LEVEL).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)
    )
    if np.count_nonzero(dark) >= dark.size * BLANK_INK_SHARE:
        return False
    stats = cv2.connectedComponentsWithStats((ink > FAINT_LEVEL).astype(np.uint8))[2][1:, :4]
    pieces = stats * (A4_MM[1] / max(small.shape))
    letters = np.count_nonzero(_of_size(pieces, LETTERS_MM))
    return bool(letters <= FAINT_LETTERS) and not (
        _is_written(pieces) or _is_written(pieces[:, [1, 0, 3, 2]])  # on its side
    )


def _is_written(pieces: NDArray[np.float64]) -> bool:
    """Whether some pieces of ink (left, top, width, height in mm) are a word by hand."""
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in pieces[_of_size(pieces, HAND_LETTERS_MM)]]
    words = (union(boxes[n] for n in group) for group in acts.together(boxes, *HAND_APART_MM))
    return any(word.width >= HAND_WORD_MM for word in words)


def _of_size(pieces: NDArray[np.float64], sizes: tuple[tuple[float, float], ...]) -> NDArray[Any]:
    """Which pieces are as high and as wide."""
    low, high = np.array(sizes).T
    measured = pieces[:, [cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH]]
    return np.asarray(np.all((measured >= low) & (measured <= high), axis=1))
