"""What waits for a person, and what the person says of it.

What is said is added to the registry and never written over what the machine read. Everything
asked for is checked before anything is entered, and entered in one transaction.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from pipeline.errors import DataError, Problem, UsageError
from pipeline.files import OWNER_ONLY_FILE, private_folder
from pipeline.flow import filing, proposals
from pipeline.forms import form as forms
from pipeline.forms import rules
from pipeline.forms.form import Field, Form
from pipeline.i18n import _, in_language
from pipeline.pages.reading import PageReading
from pipeline.personnel import dossier, whose
from pipeline.records import record, report, rescan, verdict
from pipeline.records.binding import now
from pipeline.records.record import ACCEPTED, REJECTED, REVIEW, Document, Settlement
from pipeline.registry import Registry
from pipeline.settings import Settings

SETTLED = {"accept": ACCEPTED, "reject": REJECTED}


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a person wants done: ``action`` is set (with a field), accept or reject."""

    document: str
    action: str
    field: str = ""
    value: str = ""


def waiting(registry: Registry, *, secret: bool) -> Iterator[Document]:
    """The documents that wait, in the order in which they came; the secret ones apart."""
    return registry.documents(status=REVIEW, secret=secret)


def settle(
    asked: Sequence[Asked],
    by: str,
    why: str,
    registry: Registry,
    settings: Settings,
    *,
    again: bool = False,
    secret: bool = False,
) -> tuple[list[Document], list[Problem]]:
    """Enter what a person said; the documents as they stand now, and what looks odd in a value.

    ``again`` lets a document be settled that has been settled before, ``secret`` one that is kept
    apart.

    Raises, before anything is entered:
        UsageError: no such document or field, settled before, a reason is needed; what is rejected
            is handed over.
        DataError: a value that its field cannot hold.
    """
    grouped: dict[str, list[Asked]] = {}
    for one in asked:
        grouped.setdefault(one.document, []).append(one)
    odd: list[Problem] = []
    ready: list[tuple[list[Settlement], str | None]] = []
    settled: dict[str, str] = {}  # a paper to the document of it that is accepted now
    for number, wishes in grouped.items():
        document = registry.document(number)
        if document is None:
            raise UsageError(
                _("there is no document {document} here").format(document=number),
                hint=_("see paperloop review"),
            )
        filing.must_be_asked_for(number, registry, secret=secret)
        _may_be_settled(document, wishes, why, registry, again=again)
        if any(wish.action == "reject" for wish in wishes):
            _may_leave(document, grouped, registry)
        said, found = _said(document, wishes, by, why, registry, settings)
        if not why:
            _must_agree(document, said, registry)
        odd += found + _nobodys(document, wishes)
        status = next((SETTLED[w.action] for w in wishes if w.action in SETTLED), None)
        ready.append((said, status))
        if status == ACCEPTED and document.paper:
            if other := settled.get(document.paper):
                raise UsageError(
                    _("two scans of one paper cannot both be accepted"),
                    where=f"{other}, {number}",
                    hint=_("accept the better one: the other is settled with it"),
                )
            settled[document.paper] = number
            ready += [
                ([_replaced(offer.earlier, number, by, said[-1].at)], SETTLED["reject"])
                for offer in offers(document, registry)
                if offer.earlier.id not in grouped
            ]
    registry.settle_all(ready)
    changed = [registry.document(said[0].document) for said, _status in ready]
    return [document for document in changed if document], odd


def offers(document: Document, registry: Registry) -> list[rescan.Offer]:
    """The documents of the same paper that accepting this one would replace."""
    if not document.paper:
        return []
    return rescan.offers(document, registry.documents_of_paper(document.paper))


def _replaced(earlier: Document, by_document: str, by: str, at: str) -> Settlement:
    why = _("replaced by a better scan: {document}").format(document=by_document)
    return Settlement(earlier.id, "reject", by, at, why=why)


def _may_be_settled(
    document: Document, wishes: Sequence[Asked], why: str, registry: Registry, *, again: bool
) -> None:
    if document.status != REVIEW and not again:
        name = verdict.of(document, registry.settlements(document.id)).settled_by
        told = _("it has been rejected") if document.status == REJECTED else _("it is accepted")
        raise UsageError(
            f"{told} ({name})" if name else told,
            where=document.id,
            hint=_("say --again to settle it anew"),
        )
    actions = {wish.action for wish in wishes}
    if actions >= set(SETTLED):
        raise UsageError(_("it cannot be both accepted and rejected"), where=document.id)
    if "accept" in actions and not document.pages:
        raise UsageError(
            _("nothing could be read of it, so nothing can be accepted"), where=document.id
        )
    needed = ""
    if "reject" in actions:
        needed = _("who rejects a document must say why")
    elif "accept" in actions and verdict.unsigned(document):
        needed = _("a signature is missing, so a reason is needed")
    elif "accept" in actions and "page-missing" in document.reasons:
        needed = _("a page is missing, so a reason is needed")
    elif "accept" in actions and verdict.mismatched(document):
        needed = _("the print is not what was issued, so a reason is needed")
    if needed and not why:
        raise UsageError(needed, where=document.id, hint=_("say --why TEXT"))


def _may_leave(
    document: Document, grouped: Mapping[str, Sequence[Asked]], registry: Registry
) -> None:
    """What another organisation has cannot be said to be none, unless a better scan stays."""
    if not (document.paper and document.subject):
        return
    for other in registry.documents_of_paper(document.paper):
        actions = {wish.action for wish in grouped.get(other.id, ())}
        if "accept" in actions or (other.status == ACCEPTED and "reject" not in actions):
            return
    filing.must_be_here(document.paper, document.id, registry.events(document.subject))


def _said(
    document: Document,
    wishes: Sequence[Asked],
    by: str,
    why: str,
    registry: Registry,
    settings: Settings,
) -> tuple[list[Settlement], list[Problem]]:
    """The settlements, values first."""
    at = now()
    values = dict(verdict.of(document, registry.settlements(document.id)).values)
    said: list[Settlement] = []
    odd: list[Problem] = []
    for wish in wishes:
        if wish.action != "set":
            continue
        if wish.field == record.SUBJECT and record.UNISSUED in document.reasons:
            value = _subject(wish, registry)
        else:
            item = _field(document, wish.field, registry, settings)
            value, problems = _checked(item, wish, values, settings)
            values[wish.field] = value
            odd += problems
        said.append(Settlement(document.id, "set", by, at, wish.field, value, why or None))
    settled = dict.fromkeys(wish.action for wish in wishes if wish.action in SETTLED)
    return said + [Settlement(document.id, a, by, at, why=why or None) for a in settled], odd


def _subject(wish: Asked, registry: Registry) -> str:
    """Whose a copy is that was not issued here. Raises UsageError where the number is nobody's."""
    number = wish.value.strip()
    return dossier.person(number, registry).subject if number else ""


def _must_agree(document: Document, said: Sequence[Settlement], registry: Registry) -> None:
    """Whose a copy is and the name that a person read on it, where it is accepted without a reason.

    Raises UsageError where the two are not one person's.
    """
    if record.UNISSUED not in document.reasons or said[-1].action != "accept":
        return
    named = [one.value for one in said if one.field == record.SUBJECT]
    subject = named[-1] if named else document.subject
    name = verdict.of(document, [*registry.settlements(document.id), *said]).said.get("full_name")
    if subject and name and not whose.is_named(name, dossier.person(subject, registry)):
        raise UsageError(
            _("it names “{name}”, whom it is not filed under, so a reason is needed").format(
                name=name
            ),
            where=f"{document.id}, {subject}",
            hint=_("say --why TEXT"),
        )


def _nobodys(document: Document, wishes: Sequence[Asked]) -> list[Problem]:
    """What is told where a copy is accepted and nobody has said whose it is."""
    named = [wish.value for wish in wishes if wish.field == record.SUBJECT]
    is_accepted = any(wish.action == "accept" for wish in wishes)
    if not is_accepted or record.UNISSUED not in document.reasons or any(named):
        return []
    if document.subject and not named:
        return []
    hint = f"paperloop review --again --set {document.id} {record.SUBJECT}=…"
    return [Problem(_("it lies in nobody's file yet"), document.id, hint, "warning")]


def _field(document: Document, name: str, registry: Registry, settings: Settings) -> Field:
    """The field that a person means. Raises UsageError for one that the paper does not have."""
    paper = registry.paper(document.paper) if document.paper else None
    known = {item.name for item in verdict.fields(document)} | {
        mark.name for mark in verdict.marks(document)
    }
    known |= set(paper.fields) if paper else set()
    form = form_of(document, settings)
    if form and paper is None:
        known |= {item.name for item in form.fields}
    if name not in known or form is None:
        raise UsageError(
            _("the document has no field “{name}”").format(name=name),
            where=document.id,
            hint=_("its fields: {names}").format(names=", ".join(sorted(known)) or "–"),
        )
    item = form.field(name)
    if item.kind == "signature":
        raise UsageError(
            _("a signature has no value"),
            where=f"{document.id}, {name}",
            hint=_("say --accept, or --reject with --why"),
        )
    return item


def _checked(
    item: Field, wish: Asked, values: Mapping[str, str | None], settings: Settings
) -> tuple[str, list[Problem]]:
    """The value as a record keeps it, and what looks odd in it. Raises DataError for a wrong one.

    It is held to the same rules as the data that forms are filled from.
    """
    value = rules.normalise(item.kind, wish.value)
    where = f"{wish.document}, {wish.field}"
    if value and item.kind == "date" and rules.parse_date(value) is None:
        raise DataError(
            _("“{value}” is not a day").format(value=value), where=where, hint="2026-09-01"
        )
    column = item.record or wish.field
    found = [p for p in rules.check({**values, column: value}, settings.today) if p.where == column]
    for problem in found:
        if problem.level == "error":
            raise DataError(problem.what, where=where, hint=problem.hint)
    return value, [Problem(p.what, where, p.hint, p.level) for p in found]


def form_of(document: Document, settings: Settings) -> Form | None:
    """The document's form, None where it has none, or none that can be read."""
    return forms.known(document.form, settings)


def describer(settings: Settings) -> report.Describe:
    """What says of a document its form's title, and how its fields are called."""
    named = cache(partial(forms.known, settings=settings))

    def describe(document: Document) -> tuple[str, Callable[[str], str]]:
        known = named(document.form)
        title = in_language(known.title, known.title_en) if known else ""
        return title, partial(title_of, form=known)

    return describe


def title_of(name: str, form: Form | None) -> str:
    """A field as a person sees it: its title, and the name that --set takes."""
    try:
        item = form.field(name) if form else None
    except (StopIteration, IndexError):
        item = None
    if item is None:
        return name
    return f"{in_language(item.title, item.title_en)} ({name})"


def as_json(
    document: Document,
    registry: Registry,
    settings: Settings,
    pictures: Path,
    people: proposals.People | None = None,
) -> dict[str, Any]:
    """Intake's object, with what a person said and the path of a picture beside each thing seen.

    ``people`` gives everybody, where a listing knows them already. The pictures are
    written under ``pictures``, readable by their owner only.
    """
    whole = registry.pages_of(document.id)
    crops = {name: settings.relative(path) for name, path in _draw(document, whole, pictures)}
    said = verdict.of(document, registry.settlements(document.id)).said
    answer = record.as_json(document)
    for part in ("fields", "hand"):
        for name, thing in answer[part].items():
            thing["crop"] = crops.get(name)
            if name in said:
                thing["value"] = said[name]
    for number, thing in enumerate(answer["alterations"], start=1):
        thing["crop"] = crops.get(f"alterations.{number}")
    everybody = people or registry.people
    for name, nominative in proposals.nominatives(document, everybody).items():
        answer["fields"][name]["nominative"] = nominative
    if document.status == REVIEW:
        answer["replaces"] = [offer.as_json() for offer in offers(document, registry)]
        if seen := proposals.proposal(document, everybody, registry, settings):
            answer["looks_like"] = seen.as_json()
    return answer


def clear(pictures: Path) -> None:
    """Forget the pictures of an earlier listing; one that is open somewhere may stay (Windows)."""
    shutil.rmtree(pictures, ignore_errors=True)


def _draw(
    document: Document, pages: Sequence[PageReading], folder: Path
) -> Iterator[tuple[str, Path]]:
    """Write a picture of each field, mark and alteration; of several prints a doubtful one."""
    found: dict[str, bytes] = {}
    for sure in (False, True):
        for page in pages:
            for field in page.fields:
                if (field.status == "match") is sure:
                    found.setdefault(field.name, field.crop)
            for mark in page.hand:
                found.setdefault(mark.name, mark.crop)
    changes = [change.crop for page in pages for change in page.alterations]
    found |= {f"alterations.{number}": crop for number, crop in enumerate(changes, start=1)}
    own = private_folder(folder / _file_name(document.id))
    for name, crop in found.items():
        if crop:
            path = own / f"{_file_name(name)}.png"
            path.touch(mode=OWNER_ONLY_FILE)
            path.write_bytes(crop)
            yield name, path


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)
