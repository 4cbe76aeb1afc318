"""From rows of data to issued papers: fill, lay out, measure, stamp, enter in the registry.

Papers go through in batches. A batch is one transaction, and its files appear only afterwards;
ids follow from the data, so an interrupted run that is repeated goes on where it stopped.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import atlas, layout, marks, paper
from pipeline.engines import docx, office
from pipeline.errors import FormError, ToolFailedError
from pipeline.files import private_folder, write_atomic
from pipeline.i18n import _
from pipeline.paper import Paper
from pipeline.flow.wishes import Wish
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
class _Made:
    wish: Wish
    paper: Paper
    draft: paper.Draft
    new: bool


@dataclass(frozen=True, slots=True)
class Options:
    """What ``generate`` was asked for: where to put files, which kinds, a second copy or not."""

    out: Path
    docx: bool = True
    pdf: bool = True
    again: bool = False


def issue(
    wanted: Sequence[Wish],
    settings: Settings,
    registry: Registry,
    options: Options,
    advance: Callable[[int], None] = lambda n: None,
) -> Iterator[Issued]:
    """Issue the papers, a batch at a time; each is in the registry when it is given out.

    Raises:
        FormError: a template is wrong, or does not hold a value.
        ToolMissingError, ToolFailedError: LibreOffice.
        RegistryError: the registry.
    """
    compiled = {f.name: docx.compile_template(f.template) for f in {w.form.name: w.form for w in wanted}.values()}
    secret = registry.secret()
    with tempfile.TemporaryDirectory(prefix="paperloop-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        with ThreadPoolExecutor(OFFICES) as pool:
            batches = [wanted[i : i + BATCH] for i in range(0, len(wanted), BATCH)]
            profiles = [work / f"profile{i}" for i in range(OFFICES)]
            _ensure_specimens(wanted, registry, work, profiles[0])
            pending: list[Any] = []
            for index, batch in enumerate(batches):
                made = [_make(w, compiled, secret, registry, options.again) for w in batch]
                job = pool.submit(_lay_out, made, work / str(index), profiles[index % OFFICES])
                pending.append((made, job))
                if len(pending) >= OFFICES:
                    yield from _finish(*pending.pop(0), settings, registry, options, advance)
            while pending:
                yield from _finish(*pending.pop(0), settings, registry, options, advance)


def _make(
    wish: Wish,
    compiled: Mapping[str, docx.Compiled],
    secret: bytes,
    registry: Registry,
    again: bool,
) -> _Made:
    """The paper's identity and its DOCX; an earlier paper with the same data is the same."""
    current = registry.current(wish.form.name, wish.key)
    copy = max((p.copy for p in current), default=0) + 1 if again else 1
    paper_id = marks.paper_id(secret, wish.digest, copy)
    known = registry.paper(paper_id)
    draft = paper.draft(wish.form, compiled[wish.form.name], wish.filled, paper_id)
    if known is None:
        known = Paper(
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
        return _Made(wish, known, draft, new=True)
    return _Made(wish, known, draft, new=False)


def _lay_out(made: Sequence[_Made], folder: Path, profile: Path) -> dict[str, bytes]:
    """The stamped PDFs of the new papers, by id."""
    new = [m for m in made if m.new]
    if not new:
        return {}
    private_folder(folder)
    files = []
    for one in new:
        path = folder / f"{one.paper.id}.docx"
        path.write_bytes(one.draft.docx)
        files.append(path)
    office.to_pdf(list(dict.fromkeys(files)), folder, profile)
    return {m.paper.id: (folder / f"{m.paper.id}.pdf").read_bytes() for m in new}


def _finish(
    made: Sequence[_Made],
    job: Any,
    settings: Settings,
    registry: Registry,
    options: Options,
    advance: Callable[[int], None],
) -> list[Issued]:
    pdfs: dict[str, bytes] = job.result()
    done: list[tuple[_Made, Paper, bytes]] = []
    for one in made:
        if one.new:
            it, pdf = _measure(one, pdfs[one.paper.id], settings)
        else:
            it, pdf = one.paper, registry.pdf_of(one.paper.id) if options.pdf else b""
        stem = _stem(it)
        it = replace(
            it,
            docx=settings.relative(options.out / f"{stem}.docx") if options.docx else "",
            pdf=settings.relative(options.out / f"{stem}.pdf") if options.pdf else "",
        )
        done.append((one, it, pdf))
    unique = {it.id: (it, pdf) for one, it, pdf in done if one.new}
    people = {o.wish.person.subject: o.wish.person for o in made if o.wish.person}
    registry.issue(
        list(unique.values()),
        list(people.values()),
        reinstated=[it.id for one, it, _pdf in done if not one.new and it.superseded_by],
    )
    answers = []
    for one, it, pdf in done:
        if options.docx:
            _put(options.out / f"{_stem(it)}.docx", one.draft.docx)
        if options.pdf:
            _put(options.out / f"{_stem(it)}.pdf", pdf)
        answers.append(Issued(it, one.new))
        advance(1)
    return answers


def _put(path: Path, content: bytes) -> None:
    if not (path.exists() and path.read_bytes() == content):
        write_atomic(path, content)


def _stem(it: Paper) -> str:
    """A file's name: the number and the form for people, the id to keep versions apart."""
    key = re.sub(r"[^\w.-]", "_", it.key)[:60]
    return f"{key}-{it.form}-{it.id}"


def _measure(made: _Made, pdf: bytes, settings: Settings) -> tuple[Paper, bytes]:
    sheets = layout.sheets(pdf)
    form = made.wish.form
    if not 1 <= len(sheets) <= marks.MAX_PAGES:
        raise FormError(
            _("the paper came out with {n} pages").format(n=len(sheets)), where=form.name
        )
    _check_text(made, sheets)
    places = paper.places(form, made.wish.filled, made.draft, sheets)
    it = replace(made.paper, places=places, pages=len(sheets), issued_on=settings.today)
    return it, marks.stamp(pdf, it.id)


def _check_text(made: _Made, sheets: Sequence[layout.Sheet]) -> None:
    """Every character of the DOCX is on the PDF: LibreOffice loses text without a word."""
    wanted = Counter(re.sub(r"\s+", "", docx.body_text(made.draft.docx)))
    lost = wanted - Counter(layout.text_of(sheets))
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
    fonts = {atlas.fonts_of(w.form.template) for w in {w.form.name: w for w in wanted}.values()}
    for families in sorted(fonts):
        name = "+".join(families)
        if registry.specimen(name) is None:
            path = work / "specimen.docx"
            path.write_bytes(atlas.specimen(families))
            office.to_pdf([path], work, profile)
            registry.keep_specimen(name, (work / "specimen.pdf").read_bytes())
