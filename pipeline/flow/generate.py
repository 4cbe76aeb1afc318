"""From rows of data to issued papers: fill, lay out, measure, stamp, enter in the registry.

Papers go through in batches. A batch is one transaction, and its files appear only afterwards;
ids follow from the data, so an interrupted run that is repeated goes on where it stopped.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from pathlib import Path
from typing import Any

from pipeline.engines import docx, office
from pipeline.errors import PaperloopError
from pipeline.files import private_folder, work_folder, write_atomic
from pipeline.flow.typeset import Batch, Made, Refuse, begin, laid_out
from pipeline.flow.wishes import Wish
from pipeline.papers import draft, marks
from pipeline.papers.paper import Paper
from pipeline.prints import specimen
from pipeline.registry import Registry
from pipeline.settings import Settings

BATCH = 150  # papers for one LibreOffice call: its start, 1.5 s, is spread; it stays below 300 MB
OFFICES = 2  # LibreOffice processes side by side, each in its own profile


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper of this run; ``new`` is False where it had been issued before."""

    paper: Paper
    new: bool

    @property
    def files(self) -> dict[str, Any]:
        """The paper and where its files are, as the commands about files tell it."""
        it = self.paper
        return {"paper": it.id, "new": self.new, "docx": it.docx or None, "pdf": it.pdf or None}

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
        UsageError: nothing can be written to ``options.out``.
    """
    private_folder(options.out)
    forms = {wish.form.name: wish.form for wish in wanted}
    compiled = {name: docx.compile_template(form.template) for name, form in forms.items()}
    run = _Run(settings, registry, options, compiled, registry.secret(), refuse or _raise)
    waves = max(1, ceil(len(wanted) / (BATCH * OFFICES)))  # no office is left alone at the end
    size = max(1, ceil(len(wanted) / (waves * OFFICES)))
    with work_folder(settings.output) as work:
        profiles = [work / f"profile{number}" for number in range(OFFICES)]
        _ensure_specimens(wanted, registry, work, profiles[-1])  # the first batch's: it is made
        going: deque[Batch] = deque()
        try:
            for start in range(0, len(wanted), size):
                made = [_make(run, wish) for wish in wanted[start : start + size]]
                done: list[Made] = []
                if len(going) == OFFICES:
                    done = _measured(run, going[0], advance)
                    profiles.append(going.popleft().profile)
                # LibreOffice goes on with the next ones while the last ones are entered.
                going.append(begin(made, work, profiles.pop()))
                yield from _finish(run, done)
            while going:
                yield from _finish(run, _measured(run, going[0], advance))
                going.popleft()
        finally:
            for batch in going:
                if batch.conversion:
                    batch.conversion.end()


def _raise(_wish: Wish, error: PaperloopError) -> None:
    raise error


def _make(run: _Run, wish: Wish) -> Made:
    """The paper's identity and its DOCX; an earlier paper with the same data is the same."""
    copy = 1
    if run.options.again:
        copy += max((p.copy for p in run.registry.current(wish.form.name, wish.key)), default=0)
    paper_id = marks.paper_id(run.secret, wish.digest, copy)
    known = run.registry.paper(paper_id)
    drawn = draft.of(wish.form, run.compiled[wish.form.name], wish.filled, paper_id)
    if known is not None:
        return Made(wish, known, drawn, new=False)
    on_paper = {name for _colour, name in drawn.prints}  # a condition may leave a field out
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
    return Made(wish, fresh, drawn, new=True)


def _measured(run: _Run, batch: Batch, advance: Callable[[int], None]) -> list[Made]:
    """The papers that came out right, in the order of the rows."""
    ready: dict[str, Made] = {}
    for one in laid_out(batch, run.settings.today, run.refuse):
        ready[one.paper.id] = one
        advance(1)
    found = (ready.get(one.paper.id) if one.new else one for one in batch.made)
    done = [_with_files(run, one) for one in found if one]
    advance(len(batch.made) - len(ready))
    return done


def _finish(run: _Run, done: list[Made]) -> Iterator[Issued]:
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


def _with_files(run: _Run, made: Made) -> Made:
    """The paper with the paths that were asked for; the id in a name keeps versions apart."""
    it, options = made.paper, run.options
    key = re.sub(r"[^\w.-]", "_", it.key)[:60].lstrip(".-")
    stem = "-".join(part for part in (key, it.form, it.id) if part)
    docx_path = run.settings.relative(options.out / f"{stem}.docx") if options.docx else ""
    pdf_path = run.settings.relative(options.out / f"{stem}.pdf") if options.pdf else ""
    return replace(made, paper=replace(it, docx=docx_path, pdf=pdf_path))


def _put(path: Path, content: bytes) -> None:
    if not (path.is_file() and path.read_bytes() == content):
        write_atomic(path, content, synced=False)  # the registry has it: the next run mends it


def _ensure_specimens(
    wanted: Sequence[Wish], registry: Registry, work: Path, profile: Path
) -> None:
    """Print a specimen sheet for every set of fonts that has none yet."""
    templates = {wish.form.template for wish in wanted}
    for families in sorted({specimen.fonts_of(template) for template in templates}):
        name = "+".join(families)
        if registry.specimen(name) is None:
            path = work / "specimen.docx"
            path.write_bytes(specimen.printed(families))
            (pdf,) = office.to_pdf([path], work, profile)
            registry.keep_specimen(name, pdf.read_bytes())
