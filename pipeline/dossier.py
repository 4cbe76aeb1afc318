"""A person's file: the papers that lie in it, and its checklist.

Comes in: the registry. Goes out: ``Dossier``. A paper is in the file when a document of it has been
accepted; what waits in review is not received. The list of what a file needs is today the forms in
use that were issued to the person; dated checklists can give the same ``Item`` for other papers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pipeline import form as forms
from pipeline import marks, reasons, verdict
from pipeline.errors import UsageError
from pipeline.form import Form
from pipeline.i18n import _, ngettext
from pipeline.paper import Paper
from pipeline.record import Document
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings
from pipeline.verdict import Verdict
from pipeline.wording import short_date

State = Literal["received", "missing", "not-needed", "expired", "duplicate"]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist: what is wanted, how it stands, in words why, and the proof.

    ``evidence`` are the accepted documents on which a tick rests.
    """

    item: str
    title: str
    title_en: str
    state: State
    why: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper that lies in the file: the document that brought it, and later scans of the same."""

    paper: Paper
    title: str
    document: Document
    verdict: Verdict
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person's file on one day; the papers in the order in which they came."""

    person: PersonRow
    as_of: date
    filed: tuple[Filed, ...]
    items: tuple[Item, ...]

    def as_json(self) -> dict[str, Any]:
        """The contract's object for ``checklist``."""
        return {
            "subject": self.person.subject,
            "full_name": self.person.full_name,
            "category": self.person.category,
            "as_of": self.as_of.isoformat(),
            "items": [
                {
                    "item": item.item,
                    "title": item.title,
                    "state": item.state,
                    "why": item.why,
                    "evidence": list(item.evidence),
                }
                for item in self.items
            ],
        }


def read(registry: Registry, settings: Settings, subjects: Sequence[str] = ()) -> Iterator[Dossier]:
    """The files of these people, by default of everybody, one after the other.

    Raises UsageError, before the first file, where a number is nobody's.
    """
    chosen = [person(number, registry) for number in dict.fromkeys(subjects)]
    people = chosen or registry.people()
    known = {name: forms.load(name, settings) for name in forms.names(settings)}
    return (of(one, registry, known, settings.today) for one in people)


def person(number: str, registry: Registry) -> PersonRow:
    """The person of this number; raises UsageError where it is nobody's."""
    found = registry.person(number)
    if found is None:
        raise UsageError(
            _("nobody has the number {number}").format(number=number),
            hint=_("paperloop checklist shows everybody"),
        )
    return found


def of(whose: PersonRow, registry: Registry, known: Mapping[str, Form], today: date) -> Dossier:
    """One person's file; ``known`` are the forms, for their titles."""
    papers = {
        paper.id: paper
        for paper in registry.papers(subject=whose.subject)
        if not (paper.form in known and known[paper.form].command)  # about the file, not in it
    }
    came = [d for d in registry.documents(subject=whose.subject) if d.paper in papers]
    filed = _filed(papers, came, registry, known)
    wanted: dict[str, list[Paper]] = {}
    for paper in papers.values():
        if paper.superseded_by is None:
            wanted.setdefault(paper.form, []).append(paper)
    items = [_item(form, issued, came, filed, registry, known) for form, issued in wanted.items()]
    return Dossier(whose, today, tuple(filed), tuple(items))


def _filed(
    papers: Mapping[str, Paper],
    came: Sequence[Document],
    registry: Registry,
    known: Mapping[str, Form],
) -> list[Filed]:
    accepted: dict[str, list[Document]] = {}
    for document in came:
        if document.status == "accepted" and document.paper:
            accepted.setdefault(document.paper, []).append(document)
    return [
        Filed(
            paper=papers[number],
            title=_title(papers[number].form, known).title,
            document=first,
            verdict=verdict.of(first, registry.settlements(first.id)),
            again=tuple(document.id for document in later),
        )
        for number, (first, *later) in accepted.items()
    ]


@dataclass(frozen=True, slots=True)
class _Title:
    title: str
    title_en: str


def _title(name: str, known: Mapping[str, Form]) -> Form | _Title:
    """The form; of one that is no longer among the templates only the name is left."""
    return known.get(name) or _Title(name, name)


def _item(
    name: str,
    issued: Sequence[Paper],
    came: Sequence[Document],
    filed: Sequence[Filed],
    registry: Registry,
    known: Mapping[str, Form],
) -> Item:
    """How a form stands whose papers in use are ``issued``: any one of them that came counts."""
    numbers = {paper.id for paper in issued}
    mine = [entry for entry in filed if entry.paper.id in numbers]
    evidence = tuple(i for entry in mine for i in (entry.document.id, *entry.again))
    state: State = "missing"
    if len(evidence) > 1:
        state = "duplicate"
        why = ngettext("came back {n} time", "came back {n} times", len(evidence))
        why = why.format(n=len(evidence))
    elif evidence:
        state, why = "received", _why_received(mine[0])
    else:
        back = [document for document in came if document.paper in numbers]
        earlier = [entry.paper for entry in filed if entry.paper.form == name]
        why = _why_missing(issued[-1], back, earlier, registry)
    title = _title(name, known)
    return Item(name, title.title, title.title_en, state, why, evidence)


def _why_received(entry: Filed) -> str:
    if entry.verdict.settled_by is None:
        return _("nothing is wrong with it")
    told = _("accepted by {name}").format(name=entry.verdict.settled_by)
    return f"{told}: {entry.verdict.why}" if entry.verdict.why else told


def _why_missing(
    paper: Paper, back: Sequence[Document], earlier: Sequence[Paper], registry: Registry
) -> str:
    for document in back:
        if document.status == "review":
            return _("{document} waits for a person: {reasons}").format(
                document=document.id, reasons=reasons.sentence(document.reasons)
            )
    if back:
        last = back[-1]
        said = verdict.of(last, registry.settlements(last.id)).why
        return _("{document} was rejected: {reasons}").format(
            document=last.id, reasons=said or reasons.sentence(last.reasons)
        )
    if earlier:
        return _("only the earlier paper {paper} has come back").format(
            paper=marks.printed(earlier[-1].id)
        )
    return _("issued on {day}, has not come back").format(day=short_date(paper.issued_on))
