"""Documents that must leave a file, or need lie there no longer, and from which day.

Comes in: a person's file. Goes out: ``Leaving``, of penalties that time has lifted (their checklist
says after how many years) and of consents that ended, were withdrawn, or have been kept for as long
as they must (Росархив, order 236 of 20.12.2019, art. 441). Terms of years are counted by the Civil
Code (``workdays.years_after``); keeping ends on a working day (ГК РФ, ст. 193), when somebody is
there to take the consent out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline import workdays
from pipeline.i18n import _, in_language
from pipeline.language.wording import short_date
from pipeline.personnel import consents
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.standing import Filed
from pipeline.records.binding import Line
from pipeline.workdays import Moved

REMOVE, ENDED, WITHDRAWN, KEPT = "leaves", "consent", "withdrawn", "consent-kept"
CONSENT_YEARS = 3  # a consent is kept so long after its end or withdrawal
LIST = "Перечень (приказ Росархива от 20.12.2019 № 236), ст. 441"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A document, the ``number``-th line of the file, and what is to be done from ``day`` on.

    ``kind`` is one of the names above; ``due`` says it ahead, ``fault`` when the day is over,
    ``hint`` what to do then.
    """

    kind: str
    number: int
    line: Line
    day: date
    due: str
    fault: str
    hint: str
    ground: str


def of(file: Dossier, moved: Moved) -> list[Leaving]:
    """What must or may leave a file, now or later, as far as anybody can tell; by number."""
    return sorted([*_removed(file), *_consents(file, moved)], key=lambda one: one.number)


def _removed(file: Dossier) -> Iterator[Leaving]:
    """What time takes out, unless the work ended first; a further one holds the earlier back."""
    closed = file.closed_on
    items = file.checklist.items if file.checklist else ()
    for wanted in (one for one in items if one.remove_years):
        lines = [it for it in _lines(file) if it[1].entry.item == wanted.item]
        next_given = next_day = date.max
        for number, line in sorted(lines, key=lambda it: it[1].entry.known_day, reverse=True):
            given = line.entry.known_day
            day = workdays.years_after(given, wanted.remove_years)
            day = next_day if next_given < day else day
            next_given, next_day = given, day
            if closed and closed < day:
                continue
            why = in_language(wanted.remove_after, wanted.remove_after_en)
            yield Leaving(
                REMOVE,
                number,
                line,
                day,
                _("to be taken out: {why} (№ {n}, {title})").format(
                    why=why, n=number, title=line.entry.title
                ),
                _("should have been taken out on {day}: {why}").format(
                    day=short_date(day), why=why
                ),
                _out(file, number),
                wanted.remove_ground,
            )


def _consents(file: Dossier, moved: Moved) -> Iterator[Leaving]:
    filed = {one.entry: one for one in file.filed}
    given = [
        (number, line, one, consents.withdrawn(file, one), consents.ends_on(file, one))
        for number, line in _lines(file)
        if (one := filed.get(line.entry.id)) and consents.is_consent(one)
    ]
    for n, (number, line, one, withdrawn, ends) in enumerate(given, start=1):
        over = min((day for day in (withdrawn, ends) if day), default=None)
        if over is None:
            continue
        # A later one may stand in its place; nobody works on in a closed file.
        later = (it for _n, _line, it, _day, _end in given[n:])
        if not file.closed_on and not any(consents.replaces(it, one) for it in later):
            yield _over(number, line, one, over, is_withdrawn=over == withdrawn)
        day = workdays.or_next(workdays.years_after(over, CONSENT_YEARS), moved)
        yield Leaving(
            KEPT,
            number,
            line,
            day,
            _("the consent need be kept no longer (№ {n}, {title})").format(
                n=number, title=one.title
            ),
            _("the consent need be kept no longer since {day}").format(day=short_date(day)),
            _("{hint}; bound in the file it may stay as long as the file").format(
                hint=_out(file, number)
            ),
            LIST,
        )


def _over(number: int, line: Line, one: Filed, day: date, *, is_withdrawn: bool) -> Leaving:
    said = short_date(day)
    return Leaving(
        WITHDRAWN if is_withdrawn else ENDED,
        number,
        line,
        day,
        _("the term of the consent ends (№ {n}, {title})").format(n=number, title=one.title),
        _("the consent was withdrawn on {day}").format(day=said)
        if is_withdrawn
        else _("the term of the consent ended on {day}").format(day=said),
        _("have another one signed, or stop what it allowed"),
        "152-ФЗ, ст. 9",
    )


def _lines(file: Dossier) -> list[tuple[int, Line]]:
    """The documents that are there, with their numbers."""
    lines = enumerate(file.bound.lines, start=1)
    return [(number, line) for number, line in lines if not line.gone]


def _out(file: Dossier, number: int) -> str:
    return _("paperloop file remove {subject} {n}, then file removal-act").format(
        subject=file.person.subject, n=number
    )
