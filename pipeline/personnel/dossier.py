"""A person's file: the documents that lie in it, and its checklist.

Comes in: the registry and the checklist of the person's category. Goes out: ``Dossier``. A paper of
ours is in the file when a document of it has been accepted; what waits in review is not received.
Other documents are entered by hand. The file needs what its checklist says, and the papers in use
that were issued to the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from pipeline.errors import UsageError
from pipeline.forms import checklists
from pipeline.forms import form as forms
from pipeline.forms.checklists import Checklist, Wanted
from pipeline.forms.form import Form
from pipeline.i18n import _
from pipeline.language.russian import parse_person
from pipeline.language.wording import day_of
from pipeline.papers import marks
from pipeline.papers.paper import Paper
from pipeline.personnel import standing
from pipeline.personnel.standing import Filed, Item, Said, titled
from pipeline.records import attachment, binding, record, verdict
from pipeline.records.binding import ENTERING, FILED, SENT, SENT_BACK, Bound, Entry, Event, Gone
from pipeline.records.record import Document
from pipeline.records.verdict import Verdict
from pipeline.registry import Material, PersonRow, Registry
from pipeline.settings import Settings

CLOSING = "dismissal"  # the item of the checklist whose document closes a file
_EMPTY = Bound(())


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person's file on one day; the papers in the order in which they came.

    ``apart`` are the secret documents, which are kept, numbered and listed apart (seed 000, п. 22);
    ``issued`` the papers in use that were issued to the person.
    """

    person: PersonRow
    as_of: date
    filed: tuple[Filed, ...]
    items: tuple[Item, ...]
    bound: Bound
    apart: Bound = _EMPTY
    checklist: Checklist | None = None
    events: tuple[Event, ...] = ()
    issued: tuple[Paper, ...] = ()
    secret: bool = False

    @property
    def number(self) -> str:
        """The file's number as papers about it print it: the person's."""
        return self.person.subject + (binding.APART if self.secret else "")

    def told(self, item: str) -> Event | None:
        """What a person said last of an item: that the file does not need it, or that it does."""
        return standing.told(self.events).get(item)

    @property
    def there(self) -> tuple[Entry, ...]:
        """Everything that lies in the file, the secret documents too."""
        return tuple(line.entry for line in (*self.bound.present, *self.apart.present))

    @property
    def hired_on(self) -> date | None:
        """The day of hiring, as the data say it."""
        return day_of(self.person.data.get("hired_on"))

    @property
    def closed_on(self) -> date | None:
        """The day of the document that closes the file, as an order of dismissal does.

        The file of a person who was hired again since goes on.
        """
        days = [line.entry.day for line in self.bound.present if line.entry.item == CLOSING]
        closed = max((day for day in days if day), default=None)
        hired = self.hired_on
        return None if closed and hired and hired > closed else closed

    @property
    def sent(self) -> Event | None:
        """How the file went to another organisation; None where it is here."""
        moves = [one for one in self.events if one.action in (SENT, SENT_BACK)]
        return moves[-1] if moves and moves[-1].action == SENT else None

    @property
    def separate(self) -> Dossier:
        """The secret documents as a file of their own, in which nothing else lies."""
        return replace(self, filed=(), items=(), bound=self.apart, apart=_EMPTY, secret=True)

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
                    "mark": item.mark,
                    "ground": item.ground,
                    "papers": [
                        {
                            "title": line.entry.title,
                            "sheets": binding.words(line.sheets),
                            "copy": line.entry.copy,
                            "certified": line.entry.certified,
                            "place": line.entry.place,
                        }
                        for line in item.lines
                    ],
                }
                for item in self.items
            ],
        }


def read(
    registry: Registry,
    settings: Settings,
    subjects: Sequence[str] = (),
    *,
    outline: bool = False,
) -> Iterator[Dossier]:
    """The files of these people, by default of everybody, one after the other.

    In outline, which is quicker, without the words and values of their papers. Raises UsageError,
    before the first file, where a number is nobody's.
    """
    chosen = [person(number, registry).subject for number in dict.fromkeys(subjects)]
    known = {name: forms.load(name, settings) for name in forms.names(settings)}

    @cache
    def wanted(category: str) -> Checklist | None:
        return checklists.load(category, settings, settings.today)

    return (
        of(one, known, wanted(one.person.category or ""), settings.today)
        for one in registry.materials(chosen or None, outline=outline)
    )


def person(number: str, registry: Registry) -> PersonRow:
    """The person of this number; raises UsageError where it is nobody's."""
    found = registry.person(number)
    if found is None:
        raise UsageError(
            _("nobody has the number {number}").format(number=number),
            hint=_("paperloop checklist shows everybody"),
        )
    return found


def columns_of(person: PersonRow) -> dict[str, Any]:
    """The columns about a person that a paper about the file is filled from."""
    name = parse_person(person.full_name)
    parts = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
    known = person.data if person.data.get("last_name") else parts
    return {**known, "personnel_number": person.subject}


def of(
    material: Material, known: Mapping[str, Form], checklist: Checklist | None, today: date
) -> Dossier:
    """One person's file; ``known`` are the forms, for their titles."""
    papers = _papers(material, known)
    came = [d for d in material.documents if d.paper in papers]
    filed = _filed(papers, material.documents, material.settlements, known)
    bound, apart = _bound(material, papers, filed, known, checklist)
    wanted = _in_use(papers)
    present = {line.entry.id for line in (*bound.present, *apart.present)}
    there = [one for one in filed if one.entry in present]
    issued = {
        form: standing.of_form(form, theirs, came, there, material.settlements, known)
        for form, theirs in wanted.items()
    }
    secret = [line.entry for line in apart.present]
    data = checklists.facts(material.person.data, today)
    items = standing.of_list(checklist, issued, filed, bound.present, secret, material.events, data)
    return Dossier(
        material.person,
        today,
        tuple(filed),
        tuple(items),
        bound,
        apart,
        checklist,
        material.events,
        tuple(one for theirs in wanted.values() for one in theirs),
    )


def _papers(material: Material, known: Mapping[str, Form]) -> dict[str, Paper]:
    """The papers of ours that lie in a file when they come back, by id."""
    return {
        paper.id: paper
        for paper in material.papers
        if paper.form == attachment.FORM
        or not (paper.form in known and known[paper.form].command)  # about the file, not in it
    }


def _in_use(papers: Mapping[str, Paper]) -> dict[str, list[Paper]]:
    """The papers that no other has taken the place of, by form."""
    found: dict[str, list[Paper]] = {}
    for paper in papers.values():
        if paper.superseded_by is None and paper.form != attachment.FORM:
            found.setdefault(paper.form, []).append(paper)
    return found


def _bound(
    material: Material,
    papers: Mapping[str, Paper],
    filed: Sequence[Filed],
    known: Mapping[str, Form],
    checklist: Checklist | None,
) -> tuple[Bound, Bound]:
    """The file as it is bound, and the secret documents, which are bound apart."""
    said, events = material.settlements, material.events
    items = {one.item: one for one in checklist.items} if checklist else {}
    filed_of = {one.entry: one for one in filed}
    entries = [
        _entry(one, paper, filed_of.get(paper.id), known, items)
        for one in events
        if one.action == FILED and (paper := papers.get(one.target or ""))
    ]
    rejected = {
        entry.id: _rejected(entry, material.documents, said)
        for entry in entries
        if entry.id not in filed_of
    }
    copies = {d.id: d for d in material.documents if record.UNISSUED in d.reasons}
    for one in events:
        if one.action == FILED and (copy := copies.get(one.target or "")):
            entries.append(_copy(one, copy, verdict.of(copy, said.get(copy.id, ())), known))
            if copy.status != record.ACCEPTED:
                rejected[copy.id] = _rejected(entries[-1], [copy], said)
    by_hand = [one for one in events if one.action in ENTERING]
    entries += [_entered(one, items) for one in by_hand if not one.secret]
    secret = [_entered(one, items) for one in by_hand if one.secret]
    return binding.bind(entries, events, rejected), binding.bind(secret, events)


def _entry(
    event: Event,
    paper: Paper,
    filed: Filed | None,
    known: Mapping[str, Form],
    items: Mapping[str, Wanted],
) -> Entry:
    """A paper of ours, or what lay behind one; in the file from its first acceptance."""
    if paper.form == attachment.FORM:
        item = attachment.item(paper.subject, paper.key)
        title = items[item].title if item in items else item
        return Entry(
            id=paper.id,
            at=event.at,
            item=item,
            title=title,
            sheets=event.sheets or 1,
            certified=event.certified,
            on=event.on,
        )
    return Entry(
        id=paper.id,
        at=event.at,
        item=paper.form,
        title=titled(paper.form, known).title,
        sheets=event.sheets or paper.pages,
        index=marks.printed(paper.id),
        day=day_of(filed.verdict.signed_on) if filed else None,
        copy=False,
        on=event.on,
    )


def _copy(event: Event, copy: Document, said: Verdict, known: Mapping[str, Form]) -> Entry:
    """An accepted copy of a form that was not issued here."""
    return Entry(
        id=copy.id,
        at=event.at,
        item=event.item or "",
        title=titled(event.item or "", known).title,
        sheets=event.sheets or len(copy.pages),
        day=day_of(said.signed_on),
        on=event.on,
    )


def _rejected(entry: Entry, came: Sequence[Document], said: Said) -> Gone:
    """Why a paper that was accepted once has no accepted document any more."""
    for document in came:
        if entry.id in (document.paper, document.id):
            for one in reversed(said.get(document.id, ())):
                if one.action == "reject":
                    return Gone(one.at, one.by, one.why or "", on=one.on)
    return Gone(entry.at, "", "", on=entry.on)


def _entered(event: Event, items: Mapping[str, Wanted]) -> Entry:
    """What a person entered by hand."""
    item = event.item or ""
    title = event.title or (items[item].title if item in items else item)
    return Entry(
        id=event.entry,
        at=event.at,
        item=item,
        title=title,
        sheets=event.sheets or 1,
        index=event.index or "",
        day=day_of(event.day),
        copy=event.copy,
        certified=event.certified,
        place=event.place or "",
        replaces=event.target or "",
        on=event.on,
    )


def _filed(
    papers: Mapping[str, Paper],
    came: Sequence[Document],
    said: Said,
    known: Mapping[str, Form],
) -> list[Filed]:
    accepted: dict[str, list[Document]] = {}
    for document in came:
        is_ours = document.paper in papers or record.UNISSUED in document.reasons
        if document.status == record.ACCEPTED and is_ours:
            accepted.setdefault(document.paper or document.id, []).append(document)
    found = []
    for entry, (first, *later) in accepted.items():
        paper = papers.get(entry)
        form = paper.form if paper else first.form or ""
        found.append(
            Filed(
                entry=entry,
                form=form,
                title=titled(form, known).title,
                document=first,
                verdict=verdict.of(first, said.get(first.id, ())),
                paper=paper,
                again=tuple(document.id for document in later),
                valid=known[form].valid if form in known else "",
            )
        )
    return found
