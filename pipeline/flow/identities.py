"""Whether the people of new rows are those whom the registry knows under their numbers.

Comes in: the people that papers are asked for, and everybody known. Goes out: warnings. Names
change and data are mended; but a number given to somebody else puts one person's papers into
another's file, and one person under two numbers has two halves of a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pipeline.errors import Problem
from pipeline.forms.columns import COLUMNS
from pipeline.i18n import _
from pipeline.language.lettering import folded, in_cyrillic
from pipeline.language.wording import day_of
from pipeline.personnel import whose
from pipeline.registry import PersonRow

KEPT = ("first_name", "middle_name", "gender", "birth_date", "snils", "inn")  # mostly for life


def doubts(new: Mapping[str, PersonRow], known: Iterable[PersonRow]) -> Iterator[Problem]:
    """What speaks against the people of new rows, by the place of each row."""
    by_number = {one.subject: one for one in known}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for one in (*by_number.values(), *new.values()):
        alike[_plain(one.subject)].add(one.subject)
        for number in whose.numbers_of(one):
            owners[number].add(one.subject)
    for where, person in new.items():
        if before := by_number.get(person.subject):
            yield from _another(where, before, person)
        same = set().union(*(owners[number] for number in whose.numbers_of(person)))
        if others := ", ".join(sorted(same - {person.subject})):
            what = _("number {number} has the same passport, СНИЛС or ИНН as {others}")
            what = what.format(number=person.subject, others=others)
            yield Problem(what, where, _("one person has one number; mend the row"), "warning")
        if others := ", ".join(sorted(alike[_plain(person.subject)] - {person.subject})):
            what = _("number {number} looks like {others}, and is another for Paperloop")
            what = what.format(number=person.subject, others=others)
            yield Problem(what, where, _("write a person's number in one way"), "warning")


def _another(where: str, before: PersonRow, person: PersonRow) -> Iterator[Problem]:
    """The columns that say that the number is another person's."""
    differ = [
        COLUMNS[name].title
        for name in KEPT
        if (was := _fact(before, name)) and (now := _fact(person, name)) and was != now
    ]
    if differ:
        what = _("number {number} was known with other data: {columns}")
        yield Problem(
            what.format(number=person.subject, columns=", ".join(differ)),
            where,
            _("if it is another person, give another number: their papers share a file now"),
            "warning",
        )


def _fact(person: PersonRow, name: str) -> object:
    value = person.data.get(name)
    return day_of(value) or (folded(str(value)) if value else None)


def _plain(number: str) -> str:
    """A number without what a hand writes in several ways: blanks, noughts before it, alphabets."""
    joined = in_cyrillic("".join(number.split()).upper())
    return joined.lstrip("0") or joined
