"""Documents handed over to another organisation, and taken back.

Everything is checked before anything is issued; the act is issued like every other paper, and then
what left is entered as one event a document, all or none. A run that was killed between the two
and is repeated finds its act and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any

from pipeline.errors import DataError, UsageError
from pipeline.flow import filing, generate, grounds
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, not_past, printable, wish
from pipeline.forms import form as forms
from pipeline.forms.form import Form
from pipeline.i18n import _
from pipeline.language.wording import short_date
from pipeline.personnel import dossier
from pipeline.personnel.dossier import Dossier
from pipeline.records import binding, handover
from pipeline.records.binding import Event, Line, now
from pipeline.records.handover import Going, Handed
from pipeline.records.record import ACCEPTED
from pipeline.registry import Registry
from pipeline.settings import Settings

# What only the one who hands over or receives may know: without it the act has a rule for a pen.
BY_PEN = {
    "recipient_representative": "recipient_representative",
    "recipient_position": "recipient_position",
    "handed": "handed_by",
    "handed_by": "handed_by",
    "handed_by_position": "handed_by_position",
    "received": "recipient_representative",
    "received_by": "recipient_representative",
    "received_by_position": "recipient_position",
    "basis_date": "basis_date",
    "basis_number": "basis_number",
}
# The approved form has these words for whoever signs.
UNKNOWN = {"handed": "Передал", "received": "Принял"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be handed over: to whom, what for, on which ground, until when.

    ``documents`` are numbers in the file or names; of ``consent`` (a document) and ``law`` (its
    words) one is given. ``act`` is the act's number ("" = the file's next one).
    """

    to: str
    purpose: str
    until: date
    documents: tuple[str, ...]
    consent: str = ""
    law: str = ""
    act: str = ""
    representative: str = ""
    position: str = ""
    handed_by: str = ""
    handed_by_position: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A document that was handed over, with what the file and the act say of it."""

    handed: Handed
    full_name: str
    act: str
    number: int
    title: str
    document: str
    signed: bool
    overdue: bool

    def as_json(self) -> dict[str, Any]:
        """One object a document."""
        it = self.handed
        return {
            "act": self.act,
            "paper": it.act,
            "signed": self.signed,
            "subject": it.subject,
            "full_name": self.full_name,
            "number": self.number,
            "document": self.document,
            "title": self.title,
            "sheets": it.event.sheets,
            "to": it.to,
            "purpose": it.purpose,
            "ground": {it.ground.kind: it.ground.words},
            "handed_on": it.handed_on.isoformat(),
            "handed_by": it.event.by,
            "until": it.until.isoformat() if it.until else None,
            "returned_on": it.returned_on.isoformat() if it.returned_on else None,
            "returned_by": it.back.by if it.back else None,
            "out": it.back is None,
            "overdue": self.overdue,
        }


def issue(
    subject: str, asked: Asked, by: str, settings: Settings, registry: Registry, options: Options
) -> tuple[Issued, list[Told]]:
    """Make the act and mark the documents as out.

    Raises:
        UsageError: no such person or document, or the ground is not said.
        DataError: a document is out already or kept apart; the consent does not cover it; the
            term lies behind; words that cannot be printed; the act's number is taken.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    if bool(asked.consent) == bool(asked.law):
        raise UsageError(
            _("what lets the documents go is needed, one of both"),
            where=subject,
            hint=_("say --consent DOCUMENT, or --law TEXT"),
        )
    (file,) = dossier.read(registry, settings, [subject])
    filing.must_be_kept(file)
    said = _said(asked)
    not_past(asked.until, settings, "--until")
    lines = [_line(file, target) for target in dict.fromkeys(asked.documents)]
    lines = list({line.entry.id: line for line in lines}.values())
    ground, basis = grounds.of(file, said, asked.consent, asked.law, settings, registry)
    row = {**said, **basis, "until": asked.until, "items": [_item(file, line) for line in lines]}
    form = forms.load(handover.FORM, settings)
    wanted = _numbered(subject, asked.act, lambda act: _wish(form, row, act, settings), registry)
    (issued,) = generate.issue([wanted], settings, registry, options)
    going = Going(issued.paper.id, said["recipient"], said["purpose"], asked.until, ground)
    at = now()
    registry.enter_all(
        [going.event(subject, line.entry.id, len(line.sheets), by, at) for line in lines]
    )
    return issued, [one for one in listed([subject], settings, registry)
                    if one.handed.act == issued.paper.id]  # fmt: skip


def take_back(
    whose: str, documents: Sequence[str], by: str, settings: Settings, registry: Registry
) -> list[Told]:
    """Take documents back, by default all that are out.

    ``whose`` is an act, by number or paper, or a person.

    Raises:
        UsageError: no such act or person, a document that was never handed over.
        DataError: more than is out, or on a day before it went.
    """
    mine = _under(whose, registry)
    subjects = sorted({one.subject for one in mine})
    chosen = [one for one in mine if one.back is None]
    if documents:
        files = list(dossier.read(registry, settings, subjects))
        named = [_handed(target, mine, files, whose) for target in documents]
        chosen = list({one.event.entry: one for one in named}.values())
    elif not chosen:
        raise DataError(_("everything is back already"), where=whose, hint=_shown())
    for one in chosen:
        if settings.today < one.handed_on:
            what = _("it was handed over on {day}, later than it is to come back")
            raise DataError(
                what.format(day=short_date(one.handed_on)),
                where=whose,
                hint=_("check the day: --today"),
            )
    at = now()
    registry.enter_all(
        [Event(one.subject, handover.BACK, by, at, target=one.event.entry) for one in chosen]
    )
    told = {one.handed.event.entry: one for one in listed(subjects, settings, registry)}
    return [told[one.event.entry] for one in chosen]


def listed(subjects: Sequence[str], settings: Settings, registry: Registry) -> list[Told]:
    """What these people's files ever handed over, by default everybody's; the oldest first.

    Raises UsageError where a number is nobody's.
    """
    for number in subjects:
        dossier.person(number, registry)
    found = [one for one in everything(registry) if not subjects or one.subject in subjects]
    if not found:
        return []
    whose = sorted({one.subject for one in found})
    files = {one.person.subject: one for one in dossier.read(registry, settings, whose)}
    acts = {name: _act(name, registry) for name in {one.act for one in found}}
    return [_told(one, files[one.subject], acts[one.act], settings.today) for one in found]


def everything(registry: Registry) -> tuple[Handed, ...]:
    """Everything that was ever handed over, whosever."""
    return handover.of(registry.events_having(handover.OUT, handover.BACK))


def _act(paper_id: str, registry: Registry) -> tuple[str, bool]:
    """The number of an act, and whether it came back signed."""
    paper = registry.paper(paper_id)
    papers = registry.documents_of_paper(paper_id)
    return (paper.key if paper else paper_id), any(it.status == ACCEPTED for it in papers)


def _told(handed: Handed, file: Dossier, act: tuple[str, bool], today: date) -> Told:
    lines = enumerate(file.bound.lines, start=1)
    number, line = next((n, it) for n, it in lines if it.entry.id == handed.entry)
    scans = {one.entry: one.document.id for one in file.filed}
    name = scans.get(handed.entry, handed.entry)
    overdue = handed.is_overdue(today)
    return Told(
        handed, file.person.full_name, act[0], number, line.entry.title, name, act[1], overdue
    )


def _said(asked: Asked) -> dict[str, str]:
    """What the clerk said, checked as cells of data are."""
    given = {
        "recipient_representative": asked.representative,
        "recipient_position": asked.position,
        "handed_by": asked.handed_by,
        "handed_by_position": asked.handed_by_position,
    }
    return {
        "recipient": printable("recipient", asked.to),
        "purpose": printable("purpose", asked.purpose.rstrip(". ")),
        **{column: printable(column, text) for column, text in given.items() if text.strip()},
    }


def _line(file: Dossier, target: str) -> Line:
    """The line of a document that can go."""
    subject = file.person.subject
    if any(line.entry.id == target for line in file.apart.lines):
        raise DataError(
            _("a secret document is not handed over with the others"),
            where=f"{subject}, {target}",
            hint=_("the rules on secrets say who may have it"),
        )
    entry = filing.there(file, target)
    if held := handover.out(file.events).get(entry):
        raise DataError(
            _("“{target}” is handed over already: {to}").format(target=target, to=held.to),
            where=subject,
            hint=_("take it back first: paperloop handover return {act}").format(act=held.act),
        )
    return next(line for line in file.bound.present if line.entry.id == entry)


def _item(file: Dossier, line: Line) -> dict[str, Any]:
    """A row of the act: which document, whose, and which sheets of the file."""
    entry = line.entry
    number = f" № {entry.index}" if entry.index else ""
    day = f" от {short_date(entry.day)}" if entry.day else ""
    whose = f"{file.person.full_name}, личное дело № {file.person.subject}"
    sheets = binding.words(line.sheets)
    many = "листы" if len(line.sheets) > 1 else "лист"
    return {
        "name": f"{entry.title}{number}{day} ({whose}, {many} {sheets})",
        "quantity": 1,
    }


def _numbered(subject: str, act: str, make: Callable[[str], Wish], registry: Registry) -> Wish:
    """The act under its number: the one said, or the file's next that is free.

    An act with the same words under which nothing went is the one that a killed run left.
    """
    if act and registry.person(act):
        raise DataError(
            _("“{act}” is a person's number").format(act=act), hint=_("give the act another")
        )
    used = {one.act for one in everything(registry)}
    numbers: Iterable[str] = (f"{subject}/{n}" for n in count(1))
    for number in [printable("act", act)] if act else numbers:
        wanted = make(number)
        there = registry.current(handover.FORM, number)
        if all(it.digest == wanted.digest and it.id not in used for it in there):
            return wanted
    raise DataError(
        _("there is an act {act} already").format(act=act), hint=_("give this one another number")
    )


def _wish(form: Form, row: Mapping[str, Any], act: str, settings: Settings) -> Wish:
    pen = {field for field, column in BY_PEN.items() if not row.get(column)}
    fields = (replace(it, empty=True) if it.name in pen else it for it in form.fields)
    open_form = replace(form, fields=tuple(fields))
    filled = forms.fill(open_form, {**row, "act": act}, settings.operator, settings.today)
    words = {name: word for name, word in UNKNOWN.items() if name in pen}
    filled = replace(filled, printed={**filled.printed, **words}, values={**filled.values, **words})
    if wrong := forms.incomplete(open_form, filled, act):
        raise DataError(wrong[0].what, where=f"{form.name}, {act}", hint=wrong[0].hint)
    return wish(open_form, filled, act, None)


def _under(whose: str, registry: Registry) -> list[Handed]:
    """What was handed over under an act, or of a person's file."""
    found = everything(registry)
    plain = whose.replace("-", "").replace(" ", "").upper()
    acts = {name for name in {one.act for one in found} if _is_act(name, whose, plain, registry)}
    mine = [one for one in found if one.act in acts]
    if not mine and registry.person(whose):
        mine = [one for one in found if one.subject == whose]
    if not mine:
        raise UsageError(
            _("nothing was handed over under “{whose}”").format(whose=whose),
            hint=_shown(),
        )
    return mine


def _is_act(paper_id: str, whose: str, plain: str, registry: Registry) -> bool:
    paper = registry.paper(paper_id)
    return paper_id == plain or (paper is not None and paper.key == whose)


def _handed(target: str, mine: Sequence[Handed], files: Iterable[Dossier], whose: str) -> Handed:
    """The last time that a document went."""
    entries = set(_entries(target, files))
    last = next((one for one in reversed(mine) if one.entry in entries), None)
    if last is None:
        raise UsageError(
            _("“{target}” was not handed over under “{whose}”").format(target=target, whose=whose),
            hint=_shown(),
        )
    if last.back:
        raise DataError(
            _("“{target}” is back already").format(target=target), where=whose, hint=_shown()
        )
    return last


def _shown() -> str:
    return _("paperloop handover list shows who has what")


def _entries(target: str, files: Iterable[Dossier]) -> Iterator[str]:
    for file in files:
        if line := filing.line_of(file, target):
            yield line.entry.id
