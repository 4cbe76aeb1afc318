"""Drafts made into papers: LibreOffice lays them out in piles, and each is measured and stamped."""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pikepdf

from pipeline.engines import docx, office
from pipeline.engines import pile as piling
from pipeline.engines.office import Conversion
from pipeline.errors import FormError, PaperloopError, ToolFailedError
from pipeline.flow.wishes import Wish
from pipeline.i18n import _
from pipeline.papers import draft, layout, marks
from pipeline.papers.draft import Draft
from pipeline.papers.paper import Paper

PILE = 25  # copies in one file: LibreOffice's cost of opening one is spread over them

Refuse = Callable[[Wish, PaperloopError], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A wish with its paper's identity and its DOCX; ``pdf`` is b"" until it is laid out."""

    wish: Wish
    paper: Paper
    draft: Draft
    new: bool
    pdf: bytes = b""


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers on their way through LibreOffice, ``piles`` of the new ones in a file each.

    ``laid`` were laid out before. There is no conversion where nothing else is new.
    """

    made: list[Made]
    laid: list[Made]
    piles: list[list[Made]]
    conversion: Conversion | None
    work: Path
    profile: Path


def begin(made: list[Made], work: Path, profile: Path, size: int = PILE) -> Batch:
    """Give the new ones to LibreOffice in piles of at most ``size``, in a folder of their own."""
    fresh = {one.paper.id: one for one in made if one.new}.values()
    laid = [one for one in fresh if one.wish.laid and one.paper.copy == 1]
    new = [one for one in fresh if one not in laid]
    if not new:
        return Batch(made, laid, [], None, work, profile)
    folder = Path(tempfile.mkdtemp(dir=work))
    piles, files = [], []
    for pile, content in _piles(new, size):
        piles.append(pile)
        files.append(folder / f"{pile[0].paper.id}.docx")
        files[-1].write_bytes(content)
    return Batch(made, laid, piles, office.start(files, folder, profile), work, profile)


def _piles(made: list[Made], size: int) -> Iterator[tuple[list[Made], bytes]]:
    """Copies of one form together in one DOCX, where they can be kept apart in it."""
    for form in dict.fromkeys(one.wish.form.name for one in made):
        alike = [one for one in made if one.wish.form.name == form]
        for start in range(0, len(alike), size):
            some = alike[start : start + size]
            whole = piling.pile([one.draft.docx for one in some]) if len(some) > 1 else None
            if whole:
                yield some, whole
            else:
                yield from (([one], one.draft.docx) for one in some)


def laid_out(batch: Batch, today: date, refuse: Refuse) -> Iterator[Made]:
    """Each new paper measured and stamped, while the next pile is laid out.

    Those of a pile that failed are laid out alone, so that the one at fault is known.
    """
    for one in batch.laid:
        try:
            (whole,) = _apart([one], one.wish.laid)
            yield _measure(one, whole, today)
        except (FormError, ToolFailedError) as error:
            refuse(one.wish, error)
    if not batch.conversion:
        return
    pdfs = batch.conversion.pdfs()
    left: list[Made] = []
    for pile in batch.piles:
        file = _next(pdfs, pile)
        failed: list[tuple[Made, PaperloopError]] = []
        try:
            pages = _apart(pile, file)
        except ToolFailedError as error:
            failed += ((one, error) for one in pile)
        else:
            for one, own in zip(pile, pages, strict=True):
                try:
                    yield _measure(one, own, today)
                except (FormError, ToolFailedError) as error:
                    failed.append((one, error))
        if len(pile) > 1:
            left += (one for one, _error in failed)
        else:
            for one, fault in failed:
                refuse(one.wish, fault)
    next(pdfs, None)  # it ends what it began
    if left:
        profile = batch.profile.with_name(f"{batch.profile.name}-alone")
        yield from laid_out(begin(left, batch.work, profile, size=1), today, refuse)


def _next(pdfs: Iterator[Path], pile: list[Made]) -> Path | None:
    """The next PDF, None where a pile broke LibreOffice; one alone that does is told, and where."""
    try:
        return next(pdfs, None)
    except ToolFailedError as error:
        if len(pile) > 1:
            return None
        found, wish = error.problem, pile[0].wish
        where = ", ".join(part for part in (wish.where, wish.form.name) if part)
        raise ToolFailedError(found.what, where=where, hint=found.hint) from error


@dataclass(frozen=True, slots=True)
class _Pages:
    """A paper's pages of a PDF: their indexes, and what is printed on them."""

    pdf: pikepdf.Pdf
    indexes: range
    sheets: tuple[layout.Sheet, ...]


def _apart(pile: list[Made], file: Path | None) -> list[_Pages]:
    """Each paper's pages of a pile's PDF, known by the id in their foot.

    Raises ToolFailedError where there is no whole PDF, or the papers cannot be told apart.
    """
    if file is None or not file.is_file():
        raise office.no_pdf(file or Path(pile[0].paper.id))
    pdf = file.read_bytes()
    sheets = layout.sheets(pdf, coarse=True)
    whole = pikepdf.open(io.BytesIO(pdf))
    if len(pile) == 1:
        return [_Pages(whole, range(len(sheets)), sheets)]
    ids = [marks.printed(one.paper.id) for one in pile]
    texts = [layout.text_of([sheet]) for sheet in sheets]
    owners = [[n for n, printed in enumerate(ids) if printed in text] for text in texts]
    firsts = [next((i for i, own in enumerate(owners) if own == [n]), -1) for n in range(len(ids))]
    answer = []
    for n, (start, end) in enumerate(zip(firsts, [*firsts[1:], len(sheets)], strict=True)):
        if not 0 <= start < end or any(own != [n] for own in owners[start:end]):
            raise office.no_pdf(file)
        answer.append(_Pages(whole, range(start, end), layout.as_own(sheets[start:end])))
    return answer


def _measure(made: Made, pages: _Pages, today: date) -> Made:
    """The paper with its places, and its PDF with the codes."""
    sheets, form = pages.sheets, made.wish.form
    if not 1 <= len(sheets) <= marks.MAX_PAGES:
        raise FormError(
            _("the paper came out with {n} pages").format(n=len(sheets)),
            where=form.name,
            hint=_("shorten the values, or the template"),
        )
    _check_text(made, sheets)
    places = draft.places(form, made.wish.filled, made.draft, sheets)
    it = replace(made.paper, places=places, pages=len(sheets), issued_on=today)
    return replace(made, paper=it, pdf=marks.stamped(pages.pdf, pages.indexes, it.id))


def _check_text(made: Made, sheets: Sequence[layout.Sheet]) -> None:
    """Every character of the DOCX is on the PDF: LibreOffice loses text without a word."""
    lost = Counter(docx.body_text(made.draft.docx))
    lost.subtract(Counter(layout.text_of(sheets)))
    if any(count > 0 and layout.leaves_ink(char) for char, count in lost.items()):
        raise ToolFailedError(
            _("the PDF lacks text of the document"),
            where=made.wish.form.name,
            hint=_("check that the form's fonts are installed (paperloop doctor)"),
        )
