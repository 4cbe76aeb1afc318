"""What the archivist's papers about files say, from the certification sheet to the last act.

Comes in: dossiers. Goes out: the data that their forms are filled from, and what does not agree in
a file. Every count is derived from the sheets; layouts as in archive practice (Росархив, order 77
of 31.07.2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.errors import Problem
from pipeline.i18n import _
from pipeline.language import russian
from pipeline.language.lettering import folded
from pipeline.language.wording import day_of, long_date, short_date
from pipeline.personnel.dossier import Dossier, columns_of
from pipeline.personnel.standing import Filed
from pipeline.records import attachment, binding, handover
from pipeline.records.binding import Bound, Line

CERTIFICATION = "certification-sheet"
COVER = "file-cover"
YEARLY = "files-inventory"
DESTRUCTION = "destruction-act"
TRANSFER = "transfer-letter"
SHORTER_SINCE = date(2003, 1, 1)  # files closed earlier are kept longer (125-ФЗ, art. 22.1)
KEPT_YEARS = (75, 50)
ARTICLE = "ЭПК, ст. 445"  # personal files in the list of terms (Росархив, order 236 of 20.12.2019)


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of a person's file, from 1; ``of`` how many there are."""

    dossier: Dossier
    number: int
    of: int
    bound: Bound

    @property
    def key(self) -> str:
        """What the papers about it are about: the first volume is the file itself."""
        subject = self.dossier.person.subject
        return subject if self.number == 1 else f"{subject}, том {self.number}"

    @property
    def said(self) -> str:
        """The volume as it is printed, "" where there is only one."""
        return str(self.number) if self.of > 1 else ""


def volumes(dossier: Dossier) -> list[Volume]:
    """A file's volumes in which something lies."""
    of = dossier.bound.volumes
    found = [Volume(dossier, n, of, dossier.bound.volume(n)) for n in range(1, of + 1)]
    return [volume for volume in found if volume.bound.present]


def certification(volume: Volume, inventory_sheets: int) -> dict[str, Any]:
    """The values of лист-заверитель; the inventory is sewn into the first volume."""
    numbers = volume.bound.numbers
    first = volumes(volume.dossier)[0].number
    return {
        **columns_of(volume.dossier.person),
        "volume": volume.said,
        "sheets": volume.bound.sheets,
        "first_sheet": str(numbers[0]),
        "last_sheet": str(numbers[-1]),
        "literal_sheets": ", ".join(volume.bound.literal),
        "skipped_sheets": binding.words([(int(n), "") for n in volume.bound.skipped]),
        "inventory_sheets": inventory_sheets if volume.number == first else 0,
        "peculiarities": [],
    }


def cover(volume: Volume) -> dict[str, Any]:
    """The values of the cover; what nobody knows yet is left for a pen."""
    person, closed = volume.dossier.person, volume.dossier.closed_on
    hired = volume.dossier.hired_on
    return {
        "department": "",
        **columns_of(person),
        "volume": volume.said,
        "first_day": long_date(hired) if hired else "",
        "last_day": long_date(closed) if closed else "",
        "sheets": volume.bound.sheets,
        "keep": _keep(closed) if closed else "",
    }


def kept_until(closed: date) -> date:
    """The day from which a file need not be kept: its years count from the next 1 January."""
    return date(closed.year + 1 + _years(closed), 1, 1)


def yearly(dossiers: Iterable[Dossier], year: int) -> dict[str, Any]:
    """The values of the list of files closed in a year: by name, a row for each volume."""
    closed = [one for day, one in _closed_here(dossiers) if day.year == year]
    found = [volume for one in sorted(closed, key=by_name) for volume in volumes(one)]
    return {
        "year": year,
        "files": [_yearly_row(volume) for volume in found],
        "first_number": min(1, len(found)),
        "last_number": len(found),
        "literal": "",
        "skipped": "",
    }


def destruction(dossiers: Iterable[Dossier], today: date) -> dict[str, Any]:
    """The values of the act that proposes files for destruction: those whose term is over.

    They go by the year of closing, then by name, a row for each volume. Terms end on 1 January, so
    the act is the same all the year.
    """
    ended = [(day.year, one) for day, one in _closed_here(dossiers) if kept_until(day) <= today]
    ended.sort(key=lambda it: (it[0], by_name(it[1])))
    years = binding.words([(year, "") for year in sorted({year for year, _one in ended})])
    return {
        "year": today.year,
        "files": [_destruction_row(volume, year) for year, one in ended for volume in volumes(one)],
        "years": f"{years} {'год' if years.isdigit() else 'годы'}",
    }


def _closed_here(dossiers: Iterable[Dossier]) -> Iterator[tuple[date, Dossier]]:
    """The closed files that did not move, each with the day of closing."""
    for one in dossiers:
        if (day := one.closed_on) and not one.sent:
            yield day, one


def transfer(dossier: Dossier, inventory_sheets: int | str) -> dict[str, Any]:
    """What the letter that goes with a file says of it; "" where there is no inventory."""
    return {
        **columns_of(dossier.person),
        "volumes": dossier.bound.volumes,
        "sheets": dossier.bound.sheets,
        "inventory_sheets": inventory_sheets,
    }


def _yearly_row(volume: Volume) -> dict[str, Any]:
    closed = volume.dossier.closed_on
    return {
        "index": volume.dossier.person.subject,
        "title": _title(volume),
        "days": _days(volume.dossier),
        "keep": _keep(closed) if closed else "",
        "sheets": volume.bound.sheets,
        "note": "",
    }


def _destruction_row(volume: Volume, year: int) -> dict[str, Any]:
    closed = volume.dossier.closed_on
    assert closed
    return {
        "title": _title(volume),
        "days": _days(volume.dossier),
        "year": year,
        "index": volume.dossier.person.subject,
        "count": 1,
        "keep": f"{_keep(closed)} {ARTICLE}",
        "note": "",
    }


def _title(volume: Volume) -> str:
    person = volume.dossier.person
    name = russian.person_of(columns_of(person))
    whose = f" {name.in_case('genitive')}" if name.gender else f": {person.full_name}"
    title = f"Личное дело{whose}"
    return title + (f". Том {volume.said}" if volume.said else "")


def _days(dossier: Dossier) -> str:
    return "–".join(short_date(day) for day in (dossier.hired_on, dossier.closed_on) if day)


def faults(dossier: Dossier) -> Iterator[Problem]:
    """What does not agree between a file's documents, sheets and scans; each with its place."""
    subject = dossier.person.subject
    filed = {one.entry: one for one in dossier.filed}
    places: dict[str, str] = {}
    for number, line in enumerate(dossier.bound.lines, start=1):
        where = places[line.entry.id] = place(subject, number, line)
        if line.gone:
            continue
        for what, hint in _wrong(line, filed.get(line.entry.id), dossier):
            yield Problem(what, where, hint)
    for held in handover.out(dossier.events).values():
        if held.until and held.is_overdue(dossier.as_of):
            what = _("handed over until {day}, and not back: {to}").format(
                day=short_date(held.until), to=held.to
            )
            hint = _("ask for it; when it is back: paperloop handover return {act}")
            yield Problem(what, places.get(held.entry, subject), hint.format(act=held.act))


def place(subject: str, number: int, line: Line) -> str:
    """Where a document lies: whose file, which number of it, which sheets."""
    return f"{subject}, № {number}, {binding.sheets_of(line)}"


def _wrong(line: Line, filed: Filed | None, dossier: Dossier) -> Iterator[tuple[str, str]]:
    entry = line.entry
    paper = filed.paper if filed else None
    if filed:
        here = {page.page for page in filed.document.pages if page.page}
        lacking = [str(n) for n in range(1, paper.pages + 1) if n not in here] if paper else []
        if lacking:
            yield (
                _("pages {pages} of the paper were never scanned").format(pages=", ".join(lacking)),
                _("scan them, or take the paper out"),
            )
        behind = sum(page.page is None for page in filed.document.pages)
        if paper and paper.form == attachment.FORM and behind != entry.sheets:
            yield (
                _("{n} sheets of it were scanned").format(n=behind),
                _("compare it with the document; then: file replace"),
            )
        if filed.verdict.signed is False:
            yield _("the paper is not signed"), _("have it signed and scan it again")
        there = {one.entry.id for one in dossier.bound.present}
        if paper and paper.superseded_by and paper.superseded_by not in there:
            yield _("a newer version of this paper was issued"), _("have the newer one signed")
    if entry.is_uncertified:
        yield _("a copy without the mark «Верно»"), _("have it certified")
    born = day_of(dossier.person.data.get("birth_date"))
    if entry.day and born and entry.day < born:
        yield _("its date is before the person's birth"), _("compare it with the document")
    if entry.day and entry.day > dossier.as_of:
        yield _("its date lies ahead"), _("compare it with the document")


def _keep(closed: date) -> str:
    return f"{_years(closed)} лет"


def _years(closed: date) -> int:
    older, newer = KEPT_YEARS
    return older if closed < SHORTER_SINCE else newer


def alphabetical(text: str) -> Sequence[str]:
    """The words to sort by; ё stands where е does."""
    return folded(text).split()


def by_name(dossier: Dossier) -> tuple[Sequence[str], str]:
    """How files are sorted."""
    return alphabetical(dossier.person.full_name), dossier.person.subject
