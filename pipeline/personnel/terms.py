"""Days by which something is due: papers to come back, documents to renew, files to pass on.

Comes in: dossiers, and handover acts under which something may be out. Goes out: ``Term``, each
with its ground. A term stands until a person says that it is done.

Terms of years are counted by the Civil Code (ст. 191, 192: ``workdays.years_after``). Keeping ends
on a working day (ст. 193); what the office owes a person does not wait for one, nor does a day that
an act names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline import workdays
from pipeline.forms import checklists, rules
from pipeline.forms.checklists import Wanted
from pipeline.forms.clocks import Clock
from pipeline.i18n import _, in_language
from pipeline.language.wording import day_of, short_date, years_later
from pipeline.others import kinds
from pipeline.papers.paper import Paper
from pipeline.personnel import archive, leaving, standing, whose
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.standing import Item
from pipeline.workdays import Moved

IN_OFFICE_YEARS = 10  # a dismissed servant's file, before the archive (seed 000, п. 22)
SERVANT = "municipal-servant"
NAMED = 3  # papers named in a term about many
SHOWN = "familiarisation"
REMINDER = "missing-documents-letter"
SHEET = "familiarisation-sheet"  # signed once a year by a servant who saw the own file


@dataclass(frozen=True, slots=True)
class Term:
    """Something due by ``day``; ``id`` is stable, ``subject`` a person's number or an act."""

    id: str
    day: date
    subject: str
    who: str
    what: str
    ground: str


def of_file(
    file: Dossier, clocks: Iterable[Clock], moved: Moved, done: Collection[str] = ()
) -> Iterator[Term]:
    """What is due about a person and the person's file; what is ``done`` makes way for the next.

    Of a file that moved another organisation keeps the days.
    """
    if file.sent:
        return
    subject, who = file.person.subject, file.person.full_name
    closed = file.closed_on
    found: list[tuple[str, date, str, str]] = []
    for clock in clocks:
        for entry in (line.entry for line in file.bound.present if line.entry.item == clock.item):
            if clock.runs_from(entry.known_day):
                day = clock.ends(entry.known_day, moved)
                what = in_language(clock.what, clock.what_en)
                found.append((f"{clock.name}:{entry.id}", day, what, clock.ground))
    if closed is None:
        found += _yearly(file, done)
        if file.person.category == SERVANT:
            day = familiarised_by(file, done)
            what = _("show the servant the file, and have the sheet signed")
            found.append((f"{SHOWN}:{day.year}", day, what, "seed 000, п. 18 г"))
        found += _passport(file)
        found += _missing(file)
    else:
        if file.person.category == SERVANT:
            day = workdays.or_next(workdays.years_after(closed, IN_OFFICE_YEARS), moved)
            found.append(("archive", day, _("give the file to the archive"), "seed 000, п. 22"))
        day = archive.kept_until(closed)
        found.append(("kept", day, _("the file is no longer to be kept"), "125-ФЗ, ст. 22.1"))
    found += [
        (f"{one.kind}:{one.line.entry.id}", one.day, one.due, one.ground)
        for one in leaving.of(file, moved)
        if one.kind != leaving.WITHDRAWN  # that has a shorter term, above
    ]
    for id_, day, what, ground in found:
        yield Term(f"{subject}:{id_}", day, subject, who, what, ground)


def of_acts(acts: Sequence[Paper]) -> Iterator[Term]:
    """When what was handed over must be back, by the acts under which it is out."""
    for act in acts:
        day = day_of(act.values.get("until"))
        if day is None:
            continue  # the act says no day
        taker = act.fields.get("recipient", "")
        what = _("what was handed over under act {act} is due back").format(act=act.key)
        yield Term(f"act:{act.key}:{act.id}", day, act.key, taker, what, "seed 000, п. 7")


def due(terms: Iterable[Term], until: date, done: Collection[str]) -> list[Term]:
    """Those due by a day, the most overdue first."""
    found = [one for one in terms if one.day <= until and one.id not in done]
    return sorted(found, key=lambda one: (one.day, one.subject, one.id))


def familiarised_by(file: Dossier, done: Collection[str] = ()) -> date:
    """The day by which a servant must have seen the own file again (seed 000, п. 18 г).

    A year from the last signed sheet, at first from the hiring; at once where neither is known.
    """
    days = [line.entry.known_day for line in file.bound.present if line.entry.item == SHEET]
    hired = file.hired_on
    last = max(days) if days else hired
    day = workdays.years_after(last, 1) if last else file.as_of
    while f"{file.person.subject}:{SHOWN}:{day.year}" in done:
        day = workdays.years_after(day, 1)
    return day


def _yearly(file: Dossier, done: Collection[str]) -> Iterator[tuple[str, date, str, str]]:
    data = checklists.facts(file.person.data, file.as_of)
    there = {line.entry.item for line in file.bound.present}
    said_of = standing.told(file.events)
    for wanted in file.checklist.items if file.checklist else ():
        said = said_of.get(wanted.item)
        is_there = wanted.item in there and not said
        if not wanted.yearly or not (is_there or standing.needed(wanted, said, data)):
            continue
        day = _next(wanted, file)
        while f"{file.person.subject}:yearly:{wanted.item}:{day.year}" in done:
            day = workdays.years_after(day, 1)
        what = in_language(wanted.title, wanted.title_en)
        yield f"yearly:{wanted.item}:{day.year}", day, what, wanted.ground


def _next(wanted: Wanted, file: Dossier) -> date:
    """The day by which the next one of a yearly document is due."""
    days = [line.entry.known_day for line in file.bound.present if line.entry.item == wanted.item]
    if days:
        return wanted.due_in(max(days).year + 1)
    since = file.hired_on or file.as_of
    first = wanted.due_in(since.year)
    return first if since <= first else wanted.due_in(since.year + 1)


def to_bring(file: Dossier) -> list[Item]:
    """What the file lacks and the person is to bring: what is needed for sure."""
    return [one for one in file.items if one.brought and one.is_lacking]


def _missing(file: Dossier) -> Iterator[tuple[str, date, str, str]]:
    """Papers are shown on hiring (ТК РФ, ст. 65; 25-ФЗ, ст. 16); a letter gives a later day.

    Yearly ones have terms of their own.
    """
    yearly = {one.item for one in file.checklist.items if one.yearly} if file.checklist else ()
    lacking = [one for one in to_bring(file) if one.item not in yearly]
    letters = [one.values.get("until") for one in file.issued if one.form == REMINDER]
    days = [day for said in letters if (day := day_of(said))]
    day = max(days) if days else file.hired_on
    if lacking and day:
        named = "; ".join(in_language(one.title, one.title_en) for one in lacking[:NAMED])
        if len(lacking) > NAMED:
            named += f"; +{len(lacking) - NAMED}"
        what = _("the person is to bring: {papers}").format(papers=named)
        yield f"missing:{day.isoformat()}", day, what, lacking[0].ground


def _passport(file: Dossier) -> Iterator[tuple[str, date, str, str]]:
    data = file.person.data
    born, issued = day_of(data.get("birth_date")), day_of(data.get("passport_issued_on"))
    if born is None or issued is None:
        return
    issued = max([issued, *_newer_passports(file)])
    for age in rules.PASSPORT_RENEWAL_YEARS:
        birthday = years_later(born, age)
        if issued < birthday:
            what = _("the passport of {day} is to be renewed at {age}").format(
                day=short_date(issued), age=age
            )
            day = birthday + timedelta(days=rules.RENEWAL_GRACE_DAYS)
            yield f"passport:{age}", day, what, "ПП РФ от 23.12.2023 № 2267"


def _newer_passports(file: Dossier) -> Iterator[date]:
    """The days of the passports whose copies lie in the file, of another number than the data's."""
    known = whose.numbers_in(file.person.data).get(kinds.PASSPORT)
    for entry in (line.entry for line in file.bound.present if line.entry.item == kinds.PASSPORT):
        number = whose.figures(entry.index)
        if entry.day and number and known and number != known:
            yield entry.day
