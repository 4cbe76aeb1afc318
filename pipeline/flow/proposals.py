"""Pages that are no form of ours: what a clerk is told of each, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pipeline.forms import checklists
from pipeline.forms.checklists import Wanted
from pipeline.i18n import _
from pipeline.language.wording import short_date
from pipeline.others import kinds, unissued
from pipeline.pages.reading import AMBIGUOUS, Content, PageReading
from pipeline.papers.paper import Paper
from pipeline.personnel import agreement, whose
from pipeline.personnel.agreement import Difference
from pipeline.personnel.whose import Owner
from pipeline.records import attachment, record, verdict
from pipeline.records.record import Document
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings

People = Callable[[], Sequence[PersonRow]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an unknown page seems to be; ``item`` of the owner's checklist it could be filed as.

    ``document`` is the copy of a form of which a person can say that it is the owner's;
    ``certified`` and ``certified_on`` tell of the mark «Верно» on a page of a known kind.
    ``differs`` is what the page says otherwise than is known of ``tied``, the person to whom a
    number or name ties it; where that person is no owner, it contradicts.
    """

    kind: str | None
    owner: Owner | None
    item: Wanted | None
    document: str | None = None
    certified: bool | None = None
    certified_on: date | None = None
    tied: Owner | None = None
    differs: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Beside the document in ``review --json``."""
        owner = self.owner
        return {
            "kind": self.kind,
            "subject": owner.person.subject if owner else None,
            "by": owner.by if owner else None,
            "item": self.item.item if self.item else None,
            "certified": self.certified,
            "differs": [one.as_json() for one in self.differs],
        }

    def lines(self) -> list[str]:
        """For the clerk: what it is, whose, what differs, and the command that files it."""
        kind = kinds.titles()[self.kind] if self.kind else ""
        differs = [one.line() for one in self.differs]
        if self.owner is None:
            told = [_("it looks like: {kind}").format(kind=kind), self._mark()] if kind else []
            if self.tied:
                text = _("not certain whose: it would be of {person}, but not all agrees")
                told.append(text.format(person=_told(self.tied)))
            return [*told, *differs]
        person, whose_it_is = self.owner.person, _told(self.owner)
        if self.kind is None:
            command = f"paperloop review --set {self.document} subject={person.subject}"
            return [
                _("it may be of: {person}").format(person=whose_it_is),
                *differs,
                *([_("to say so: {command}").format(command=command)] if self.document else []),
            ]
        text = _("it looks like: {kind}; whose: {person}")
        answer = [text.format(kind=kind, person=whose_it_is), *differs, self._mark()]
        if self.item:
            command = f"paperloop checklist {person.subject} --tick {self.item.item}"
            if self.certified:
                command += " --copy --certified"
            elif self.certified is False and self.item.certified:
                command += " --copy --not-certified"
            answer.append(_("to file it: {command}").format(command=command))
        return answer

    def _mark(self) -> str:
        """Is it a copy that somebody certified?"""
        if self.certified is None:
            return _("look whether it has the mark «Верно»")
        if not self.certified:
            return _("without the mark «Верно»")
        if self.certified_on is None:
            return _("with the mark «Верно» and a signature")
        day = short_date(self.certified_on)
        return _("with the mark «Верно» and a signature, {day}").format(day=day)


def _told(owner: Owner) -> str:
    by = {"number": _("by number"), "name": _("by name")}[owner.by]
    return f"{owner.person.subject} {owner.person.full_name} ({by})"


def proposal(
    document: Document, people: People, registry: Registry, settings: Settings
) -> Proposal | None:
    """What may be said of a document that is a page of nobody's; None where it is nothing."""
    content = _whole(document)
    if content is None or document.subject:
        return None
    said = verdict.of(document, registry.settlements(document.id)).said.get(unissued.NAME)
    if said:  # by a person, who knows better than OCR
        content = replace(content, name=said, heard="")
    everybody = people() if content.numbers or content.name else ()
    owner, tied = whose.of(content, everybody), whose.tied(content, everybody)
    differs = agreement.within(content)
    if owner and (differs or (said and not whose.is_named(said, owner.person))):
        owner = None
    if tied:
        differs += agreement.differences(content, tied.person, _accepted(tied.person, registry))
    if content.kind is None and owner is None and not (tied and differs):
        return None
    return Proposal(
        kind=content.kind,
        owner=owner,
        item=_item(content.kind, owner, settings),
        document=document.id if content.form else None,
        certified=content.certified,
        certified_on=content.certified_on,
        tied=tied,
        differs=tuple(differs),
    )


def nominatives(document: Document, people: People) -> dict[str, str]:
    """By field the nominative of a name that a copy of a form says in another case.

    It is that of the one person whose name, declined, is exactly what was read: it is never
    guessed from the letters alone.
    """
    if record.UNISSUED not in document.reasons:
        return {}
    return {
        name: person.full_name
        for name, field in record.fields_of(document).items()
        if name.startswith(unissued.DECLINED) and field.status == "read"
        if (person := whose.named(field.read, people()))
    }


def _whole(document: Document) -> Content | None:
    """What a document of nobody's seems to be, all pages of a copy together."""
    contents = [page.content for page in document.pages if page.content]
    if document.paper or not contents:
        return None
    first = contents[0]
    if first.form is None:
        return first
    return replace(
        first,
        numbers=tuple(dict.fromkeys(number for one in contents for number in one.numbers)),
        name=next((one.name for one in contents if one.name), ""),
        heard=next((one.heard for one in contents if one.heard), ""),
        born=next((one.born for one in contents if one.born), None),
    )


def _accepted(person: PersonRow, registry: Registry) -> list[tuple[str, agreement.Values]]:
    """What the person's accepted documents say, the newest first."""
    found = registry.documents(subject=person.subject, status=record.ACCEPTED, secret=False)
    return [
        (one.id, verdict.of(one, registry.settlements(one.id)).values)
        for one in reversed(list(found))
    ]


def judged(paper: Paper, pages: Sequence[PageReading], people: People) -> list[PageReading]:
    """The pages behind a sheet; those that are certainly not what it says have a problem."""
    return [
        replace(page, problems=tuple(dict.fromkeys((*page.problems, AMBIGUOUS))))
        if contradiction(paper, page, people)
        else page
        for page in pages
    ]


def contradiction(paper: Paper, page: PageReading, people: People) -> str:
    """Why a page behind a sheet is certainly not what the sheet says, in words; else ""."""
    content, item = page.content, attachment.item(paper.subject, paper.key)
    if page.page is not None or content is None:
        return ""
    kind = content.form or (kinds.titles()[content.kind] if content.kind else "")
    if kind and kinds.are_others(content.form or content.kind or "", item):
        return _("it looks like: {kind}").format(kind=kind)
    everybody = people() if content.numbers or content.name or content.heard else ()
    person = next((one for one in everybody if one.subject == paper.subject), None)
    if person and whose.is_anothers(content, item, person, everybody):
        return _("it is of another person: {kind}").format(kind=kind or content.name)
    return "; ".join(one.line() for one in agreement.within(content))


def contradictions(document: Document, people: People, registry: Registry) -> list[str]:
    """Each page of a document behind a sheet that is not what the sheet says, and why."""
    if document.paper is None or document.form != attachment.FORM:
        return []
    paper = registry.paper(document.paper)
    return [
        _("sheet {sheet}: {why}").format(sheet=page.source_page, why=why)
        for page in document.pages
        if paper and (why := contradiction(paper, page, people))
    ]


def _item(kind: str | None, owner: Owner | None, settings: Settings) -> Wanted | None:
    """The item of the owner's checklist that the kind may be."""
    category = owner.person.category if owner and kind else None
    known = checklists.load(category, settings, settings.today) if category else None
    wanted = {one.item: one for one in known.items} if known else {}
    return next((wanted[item] for item in kinds.items_of(kind or "") if item in wanted), None)
