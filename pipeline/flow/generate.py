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

BATCH = 100  # papers for one LibreOffice call: its start, 1.5 s, is spread; it stays below 300 MB
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
                done: list[_Made] = []
                if len(going) == OFFICES:
                    done = _measured(run, going[0], advance)
                    profiles.append(going.popleft().profile)
                # LibreOffice goes on with the next ones while the last ones are entered.
                going.append(_begin(made, work, profiles.pop()))
                yield from _finish(run, done, advance)
            while going:
                yield from _finish(run, _measured(run, going[0], advance), advance)
                going.popleft()
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
    on_paper = {name for _colour, name in draft.prints}  # a condition may leave a field out
    fresh = Paper(
        id=paper_id,
        form=wish.form.name,
        version=wish.form.version,
        key=wish.key,
        subject=wish.subject,
        copy=copy,
        digest=wish.digest,
        fields={name: words for name, words in wish.filled.printed.items() if name in on_paper},
        values={name: value for name, value in wish.filled.values.items() if name in on_paper},
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


def _measured(run: _Run, batch: _Batch, advance: Callable[[int], None]) -> list[_Made]:
    """The papers that came out right, each measured and stamped while the next is laid out."""
    pdfs = batch.conversion.pdfs() if batch.conversion else iter(())
    ready: dict[str, _Made | None] = {}
    done = []
    for one in batch.made:
        if one.new and one.paper.id not in ready:
            pdf = _next(pdfs, one.wish)
            try:
                ready[one.paper.id] = _measure(one, pdf, run.settings.today)
            except (FormError, ToolFailedError) as error:
                ready[one.paper.id] = None
                run.refuse(one.wish, error)
                advance(1)
        it = ready[one.paper.id] if one.new else one
        if it:
            done.append(_with_files(run, it))
    next(pdfs, None)  # it ends what it began
    return done


def _next(pdfs: Iterator[Path], wish: Wish) -> Path:
    """The next PDF; where LibreOffice fails, it is said at which row."""
    try:
        return next(pdfs)
    except ToolFailedError as error:
        found = error.problem
        where = ", ".join(part for part in (wish.where, wish.form.name) if part)
        raise ToolFailedError(found.what, where=where, hint=found.hint) from error


def _finish(run: _Run, done: list[_Made], advance: Callable[[int], None]) -> Iterator[Issued]:
    """Enter in the registry in one transaction, then put the files out."""
    if not done:
        return
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


def _measure(made: _Made, file: Path, today: date) -> _Made:
    """The paper with its places, and its PDF with the codes."""
    if not file.is_file():
        raise office.no_pdf(file)
    pdf = file.read_bytes()
    sheets = layout.sheets(pdf, coarse=True)
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
    return replace(made, paper=it, pdf=marks.stamp(pdf, it.id))


def _check_text(made: _Made, sheets: Sequence[layout.Sheet]) -> None:
    """Every character of the DOCX is on the PDF: LibreOffice loses text without a word."""
    lost = Counter(docx.body_text(made.draft.docx))
    lost.subtract(Counter(layout.text_of(sheets)))
    if any(count > 0 and layout.leaves_ink(char) for char, count in lost.items()):
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
