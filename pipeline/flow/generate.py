"""From rows of data to issued papers: fill, lay out, measure, stamp, enter in the registry.

Papers go through in batches. A batch is one transaction, and its files appear only afterwards;
ids follow from the data, so an interrupted run that is repeated goes on where it stopped.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from pathlib import Path
from typing import Any

from pipeline import atlas, layout, marks, paper
from pipeline.engines import docx, office
from pipeline.engines.office import Conversion
from pipeline.errors import FormError, PaperloopError, ToolFailedError
from pipeline.files import work_folder, write_atomic
from pipeline.flow.wishes import Wish
from pipeline.i18n import _
from pipeline.paper import Draft, Paper
from pipeline.registry import Registry
from pipeline.settings import Settings

BATCH = 40  # papers for one LibreOffice call: its start (0.6 s) is spread, its growth is not felt
OFFICES = 2  # LibreOffice processes side by side, each in its own profile


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper of this run; ``new`` is False where it had been issued before."""

    paper: Paper
    new: bool

    def as_json(self) -> dict[str, Any]:
        """The contract's object for ``generate``."""
        it = self.paper
        return {
            "paper": it.id,
            "new": self.new,
            "form": it.form,
            "version": it.version,
            "subject": it.subject,
            "docx": it.docx or None,
            "pdf": it.pdf or None,
            "pages": it.pages,
            "fields": it.fields,
            "places": [place.as_json() for place in it.places],
        }


@dataclass(frozen=True, slots=True)
class Options:
    """What ``generate`` was asked for: where to put files, which kinds, a second copy or not."""

    out: Path
    docx: bool = True
    pdf: bool = True
    again: bool = False


Refuse = Callable[[Wish, PaperloopError], None]


@dataclass(frozen=True, slots=True)
class _Made:
    """A wish with its paper's identity and its DOCX; ``pdf`` is b"" until it is laid out."""

    wish: Wish
    paper: Paper
    draft: Draft
    new: bool
    pdf: bytes = b""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Papers on their way through LibreOffice; no conversion where none of them is new."""

    made: list[_Made]
    conversion: Conversion | None
    profile: Path


@dataclass(frozen=True, slots=True)
class _Run:
    """What all batches of a run share."""

    settings: Settings
    registry: Registry
    options: Options
    compiled: Mapping[str, docx.Compiled]
    secret: bytes = field(repr=False)
    refuse: Refuse


def issue(
    wanted: Sequence[Wish],
    settings: Settings,
    registry: Registry,
    options: Options,
    advance: Callable[[int], None] = lambda n: None,
    refuse: Refuse | None = None,
) -> Iterator[Issued]:
    """Issue the papers, a batch at a time; each is in the registry when it is given out.

    A paper that cannot be printed right (a value has no room, a letter is in no font) is told to
    ``refuse`` and left out; without ``refuse`` it ends the run.

    Raises:
        FormError: a template is wrong, or does not hold a value.
        ToolMissingError, ToolFailedError: LibreOffice.
        RegistryError: the registry.
    """
    forms = {wish.form.name: wish.form for wish in wanted}
    compiled = {name: docx.compile_template(form.template) for name, form in forms.items()}
    run = _Run(settings, registry, options, compiled, registry.secret(), refuse or _raise)
    size = min(BATCH, max(1, ceil(len(wanted) / OFFICES)))
    with work_folder(settings.output) as work:
        profiles = [work / f"profile{number}" for number in range(OFFICES)]
        _ensure_specimens(wanted, registry, work, profiles[0])
        going: deque[_Batch] = deque()
        try:
            for start in range(0, len(wanted), size):
                made = [_make(run, wish) for wish in wanted[start : start + size]]
                done = None
                if len(going) == OFFICES:
                    done = _laid_out(going.popleft())
                    profiles.append(done.profile)
                # LibreOffice goes on with the next ones while the last ones are measured.
                going.append(_begin(made, work, profiles.pop()))
                if done:
                    yield from _finish(run, done.made, advance)
            while going:
                yield from _finish(run, _laid_out(going.popleft()).made, advance)
        finally:
            for batch in going:
                if batch.conversion:
                    batch.conversion.end()


def _raise(_wish: Wish, error: PaperloopError) -> None:
    raise error


def _make(run: _Run, wish: Wish) -> _Made:
    """The paper's identity and its DOCX; an earlier paper with the same data is the same."""
    copy = 1
    if run.options.again:
        copy += max((p.copy for p in run.registry.current(wish.form.name, wish.key)), default=0)
    paper_id = marks.paper_id(run.secret, wish.digest, copy)
    known = run.registry.paper(paper_id)
    draft = paper.draft(wish.form, run.compiled[wish.form.name], wish.filled, paper_id)
    if known is not None:
        return _Made(wish, known, draft, new=False)
    fresh = Paper(
        id=paper_id,
        form=wish.form.name,
        version=wish.form.version,
        key=wish.key,
        subject=wish.subject,
        copy=copy,
        digest=wish.digest,
        fields=dict(wish.filled.printed),
        values=dict(wish.filled.values),
        places=(),
        pages=0,
        issued_on=date.min,
    )
    return _Made(wish, fresh, draft, new=True)


def _begin(made: list[_Made], work: Path, profile: Path) -> _Batch:
    """Give the new ones to LibreOffice, in a folder of their own."""
    new = {one.paper.id: one.draft for one in made if one.new}
    if not new:
        return _Batch(made, None, profile)
    folder = Path(tempfile.mkdtemp(dir=work))
    files = [folder / f"{paper_id}.docx" for paper_id in new]
    for file, draft in zip(files, new.values(), strict=True):
        file.write_bytes(draft.docx)
    return _Batch(made, office.start(files, folder, profile), profile)


def _laid_out(batch: _Batch) -> _Batch:
    """The batch with the PDFs of its new papers."""
    if batch.conversion is None:
        return batch
    pdfs = {pdf.stem: pdf for pdf in batch.conversion.wait()}
    made = [
        replace(one, pdf=pdfs[one.paper.id].read_bytes()) if one.new else one for one in batch.made
    ]
    return replace(batch, made=made)


def _finish(run: _Run, made: list[_Made], advance: Callable[[int], None]) -> Iterator[Issued]:
    """Measure and stamp, enter in the registry in one transaction, then put the files out."""
    done: list[_Made] = []
    for one in made:
        try:
            done.append(_with_files(run, _measured(one, run.settings.today) if one.new else one))
        except (FormError, ToolFailedError) as error:
            run.refuse(one.wish, error)
            advance(1)
    people = {one.wish.subject: one.wish.person for one in done if one.wish.person}
    run.registry.issue(
        list({one.paper.id: (one.paper, one.pdf) for one in done if one.new}.values()),
        list(people.values()),
        reinstated=[o.paper.id for o in done if not o.new and o.paper.superseded_by],
    )
    for one in done:
        it = one.paper
        if it.docx:
            _put(run.options.out / Path(it.docx).name, one.draft.docx)
        if it.pdf:
            pdf = one.pdf or run.registry.pdf_of(it.id)
            _put(run.options.out / Path(it.pdf).name, pdf)
        yield Issued(it, one.new)
        advance(1)


def _with_files(run: _Run, made: _Made) -> _Made:
    """The paper with the paths that were asked for; the id in a name keeps versions apart."""
    it, options = made.paper, run.options
    key = re.sub(r"[^\w.-]", "_", it.key)[:60].lstrip(".-")
    stem = "-".join(part for part in (key, it.form, it.id) if part)
    docx_path = run.settings.relative(options.out / f"{stem}.docx") if options.docx else ""
    pdf_path = run.settings.relative(options.out / f"{stem}.pdf") if options.pdf else ""
    return replace(made, paper=replace(it, docx=docx_path, pdf=pdf_path))


def _put(path: Path, content: bytes) -> None:
    if not (path.is_file() and path.read_bytes() == content):
        write_atomic(path, content)


def _measured(made: _Made, today: date) -> _Made:
    """The paper with its places, and its PDF with the codes."""
    sheets = layout.sheets(made.pdf)
    form = made.wish.form
    if not 1 <= len(sheets) <= marks.MAX_PAGES:
        raise FormError(
            _("the paper came out with {n} pages").format(n=len(sheets)),
            where=form.name,
            hint=_("shorten the values, or the template"),
        )
    _check_text(made, sheets)
    places = paper.places(form, made.wish.filled, made.draft, sheets)
    it = replace(made.paper, places=places, pages=len(sheets), issued_on=today)
    return replace(made, paper=it, pdf=marks.stamp(made.pdf, it.id))


def _check_text(made: _Made, sheets: Sequence[layout.Sheet]) -> None:
    """Every character of the DOCX is on the PDF: LibreOffice loses text without a word."""
    wanted = Counter(c for c in docx.body_text(made.draft.docx) if layout.leaves_ink(c))
    lost = wanted - Counter(g.char for sheet in sheets for g in sheet.glyphs)
    if lost:
        raise ToolFailedError(
            _("the PDF lacks text of the document"),
            where=made.wish.form.name,
            hint=_("check that the form's fonts are installed (paperloop doctor)"),
        )


def _ensure_specimens(
    wanted: Sequence[Wish], registry: Registry, work: Path, profile: Path
) -> None:
    """Print a specimen sheet for every set of fonts that has none yet."""
    templates = {wish.form.template for wish in wanted}
    for families in sorted({atlas.fonts_of(template) for template in templates}):
        name = "+".join(families)
        if registry.specimen(name) is None:
            path = work / "specimen.docx"
            path.write_bytes(atlas.specimen(families))
            (pdf,) = office.to_pdf([path], work, profile)
            registry.keep_specimen(name, pdf.read_bytes())
