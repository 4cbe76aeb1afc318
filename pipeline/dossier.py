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
from typing import Any, Literal

from pipeline import binding, checklists, marks, reasons, verdict
from pipeline import form as forms
from pipeline.binding import Bound, Entry, Event, Gone
from pipeline.checklists import Checklist, Wanted
from pipeline.errors import UsageError
from pipeline.form import Form
from pipeline.i18n import _, in_language, ngettext
from pipeline.paper import Paper
from pipeline.record import Document
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings
from pipeline.verdict import Verdict
from pipeline.wording import day_of, short_date

WAIVE, NEED = "waive", "need"  # an item is not needed; it is, after all
State = Literal["received", "missing", "not-needed", "expired", "duplicate"]

_EMPTY = Bound(())


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the checklist: what is wanted, how it stands, in words why, and the proof.

    ``evidence`` are the accepted documents and the entries on which a tick rests. ``mark`` is the
    letter that the regulation gives it, ``ground`` where it is asked for ("" of a form).
    """

    item: str
    title: str
    title_en: str
    state: State
    why: str
    evidence: tuple[str, ...] = ()
    mark: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper that lies in the file: the document that brought it, and later scans of the same.

    ``valid`` is how long it holds by its wording (``Form.valid``).
    """

    paper: Paper
    title: str
    document: Document
    verdict: Verdict
    again: tuple[str, ...] = ()
    valid: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person's file on one day; the papers in the order in which they came.

    ``apart`` are the secret documents, which are kept, numbered and listed apart (seed 000, п. 22).
    """

    person: PersonRow
    as_of: date
    filed: tuple[Filed, ...]
    items: tuple[Item, ...]
    bound: Bound
    apart: Bound = _EMPTY
    checklist: Checklist | None = None
    events: tuple[Event, ...] = ()
    secret: bool = False

    @property
    def number(self) -> str:
        """The file's number as papers about it print it: the person's."""
        return self.person.subject + (binding.APART if self.secret else "")

    def waived(self, item: str) -> Event | None:
        """What a person said when the file was freed of an item; None: it was not, or no more."""
        said = [one for one in self.events if one.action in (WAIVE, NEED) and one.item == item]
        return said[-1] if said and said[-1].action == WAIVE else None

    @property
    def there(self) -> tuple[Entry, ...]:
        """Everything that lies in the file, the secret documents too."""
        return tuple(line.entry for line in (*self.bound.present, *self.apart.present))

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
    lists = {
        category: checklists.load(category, settings, settings.today)
        for category in dict.fromkeys(one.category for one in people if one.category)
    }
    return (
        of(one, registry, known, lists.get(one.category or ""), settings.today) for one in people
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


def of(
    whose: PersonRow,
    registry: Registry,
    known: Mapping[str, Form],
    checklist: Checklist | None,
    today: date,
) -> Dossier:
    """One person's file; ``known`` are the forms, for their titles."""
    papers = {
        paper.id: paper
        for paper in registry.papers(subject=whose.subject)
        if not (paper.form in known and known[paper.form].command)  # about the file, not in it
    }
    came = [d for d in registry.documents(subject=whose.subject) if d.paper in papers]
    filed = _filed(papers, came, registry, known)
    events = registry.events(whose.subject)
    items_of = {one.item: one for one in checklist.items} if checklist else {}
    filed_of = {one.paper.id: one for one in filed}
    came_in = [one for one in events if one.action == "file" and one.target in papers]
    entries = [
        _entry(one, papers[one.target or ""], filed_of.get(one.target or ""), known)
        for one in came_in
    ]
    rejected = {
        entry.id: _rejected(entry, came, registry) for entry in entries if entry.id not in filed_of
    }
    by_hand = [one for one in events if one.action in ("add", "replace")]
    entries += [_entered(one, items_of) for one in by_hand if not one.secret]
    bound = binding.bind(entries, events, rejected)
    apart = binding.bind([_entered(one, items_of) for one in by_hand if one.secret], events)
    wanted: dict[str, list[Paper]] = {}
    for paper in papers.values():
        if paper.superseded_by is None:
            wanted.setdefault(paper.form, []).append(paper)
    file = Dossier(
        whose,
        today,
        tuple(filed),
        (),
        bound,
        apart,
        checklist,
        tuple(events),
    )
    present = {entry.id for entry in file.there}
    there = [one for one in filed if one.paper.id in present]
    issued = {
        form: _item(form, theirs, came, there, registry, known) for form, theirs in wanted.items()
    }
    return replace(file, items=tuple(_items(file, issued)))


def _items(file: Dossier, issued: dict[str, Item]) -> Iterator[Item]:
    """The checklist's lines, then the papers issued that it does not name."""
    stale = {one.paper.id for one in file.filed if one.paper.superseded_by}
    there = [entry for entry in file.there if entry.id not in stale]
    for wanted in file.checklist.items if file.checklist else ():
        papers = [issued.pop(form) for form in wanted.forms if form in issued]
        mine = [entry for entry in there if entry.item in (wanted.item, *wanted.forms)]
        yield _wanted(wanted, papers, mine, file)
    yield from issued.values()


def _wanted(wanted: Wanted, papers: Sequence[Item], mine: Sequence[Entry], file: Dossier) -> Item:
    """How a line of the checklist stands: by our papers, by what was entered, by what is said."""
    documents = {one.paper.id: one.document.id for one in file.filed}
    ids = [documents.get(one.id, one.id) for one in mine]
    evidence = tuple(dict.fromkeys([*(i for it in papers for i in it.evidence), *ids]))
    waived = file.waived(wanted.item)
    needed = checklists.needed(wanted, {**file.person.data, "today": file.as_of})
    state: State = "not-needed"
    why = in_language(wanted.condition, wanted.condition_en)
    if mine or evidence:
        state, why = _received(wanted, papers, mine, evidence, file.as_of)
    elif waived:
        why = waived.why or ""
    elif papers:
        state, why = papers[0].state, papers[0].why
    elif needed is None:
        state, why = "missing", _("not in the file; needed {condition}").format(condition=why)
    elif needed:
        state, why = "missing", _("not in the file")
    return Item(
        wanted.item, wanted.title, wanted.title_en, state, why, evidence, wanted.mark, wanted.ground
    )


def _received(
    wanted: Wanted,
    papers: Sequence[Item],
    mine: Sequence[Entry],
    evidence: Sequence[str],
    today: date,
) -> tuple[State, str]:
    if wanted.yearly:
        newest = max((one.known_day for one in mine), default=today)
        month, day = (int(part) for part in wanted.yearly.split("-"))
        due = date(newest.year + 1, month, day)
        if due <= today:
            return "expired", _("the last is of {year}; a new one was due by {day}").format(
                year=newest.year, day=short_date(due)
            )
    if len(evidence) > 1 and not wanted.repeats and not wanted.yearly:
        why = ngettext("came back {n} time", "came back {n} times", len(evidence))
        return "duplicate", why.format(n=len(evidence))
    if wanted.certified and any(one.is_uncertified for one in mine):
        return "received", _("a copy without the mark «Верно»")
    if papers and papers[0].evidence:
        return "received" if wanted.repeats else papers[0].state, papers[0].why
    places = dict.fromkeys(one.place for one in mine if one.place)
    return "received", ", ".join(places)


def _entry(event: Event, paper: Paper, filed: Filed | None, known: Mapping[str, Form]) -> Entry:
    """A paper of ours; it is in the file from the moment of its first acceptance."""
    return Entry(
        id=paper.id,
        at=event.at,
        item=paper.form,
        title=_title(paper.form, known).title,
        sheets=event.sheets or paper.pages,
        index=marks.printed(paper.id),
        day=day_of(filed.verdict.signed_on) if filed else None,
        copy=False,
    )


def _rejected(entry: Entry, came: Sequence[Document], registry: Registry) -> Gone:
    """Why a paper that was accepted once has no accepted document any more."""
    for document in came:
        if document.paper == entry.id:
            for said in reversed(registry.settlements(document.id)):
                if said.action == "reject":
                    return Gone(said.at, said.by, said.why or "")
    return Gone(entry.at, "", "")


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
    )


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
            valid=known[papers[number].form].valid if papers[number].form in known else "",
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
        if last.status == "accepted":
            return _("{document} was taken out of the file").format(document=last.id)
        said = verdict.of(last, registry.settlements(last.id)).why
        return _("{document} was rejected: {reasons}").format(
            document=last.id, reasons=said or reasons.sentence(last.reasons)
        )
    if earlier:
        return _("only the earlier paper {paper} has come back").format(
            paper=marks.printed(earlier[-1].id)
        )
    return _("issued on {day}, has not come back").format(day=short_date(paper.issued_on))
