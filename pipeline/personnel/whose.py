"""Whose a page is that is no form of ours: by its numbers, else by the full name on it.

Comes in: what the page seems to be, and the people. Goes out: the one person whom it may be of, for
a clerk to confirm; or whether it is certainly not of the person whom its sheet names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from pipeline.language.lettering import folded
from pipeline.language.russian import all_cases, parse_person, person_of
from pipeline.language.wording import day_of
from pipeline.others import kinds
from pipeline.pages.reading import Content
from pipeline.registry import PersonRow

SLIPS = 90.0  # percent of a name's letters: what is less alike is no slip of OCR

# What a person has one of for life: another number is another person's.
_FOR_LIFE = {kinds.PENSION: "snils", kinds.TAX: "inn"}


@dataclass(frozen=True, slots=True)
class Owner:
    """The person whom a page may be of, and what tells: "number" or "name"."""

    person: PersonRow
    by: Literal["number", "name"]


def of(content: Content, people: Sequence[PersonRow]) -> Owner | None:
    """The one person who fits, where no other number, name or birthday speaks against it."""
    owner = tied(content, people)
    if owner is None or _speaks_against(content, owner.person):
        return None
    others = [one for one in people if one != owner.person and is_named(content.name, one)]
    return None if others else owner


def tied(content: Content, people: Sequence[PersonRow]) -> Owner | None:
    """The one person who has a number on the page, else the name; whatever else the page says."""
    by_number = [one for one in people if numbers_of(one) & set(content.numbers)]
    fitting = by_number or [one for one in people if is_named(content.name, one)]
    if len(fitting) != 1:
        return None
    return Owner(fitting[0], "number" if by_number else "name")


def is_anothers(
    content: Content, item: str, person: PersonRow, people: Iterable[PersonRow]
) -> bool:
    """Is what lies behind the person's sheet for ``item`` certainly of somebody else?

    Only what is proven counts, check digits and a sound zone, and only on a document of that kind:
    a passport's number changes with the passport, so that only a birthday or its owner can tell.
    """
    if content.kind != item:
        return False
    if item == kinds.PASSPORT:
        if content.born is None:
            return False
        zone = set(content.numbers[:1])
        others = any(zone & numbers_of(one) for one in people if one.subject != person.subject)
        born = day_of(person.data.get("birth_date"))
        return zone.isdisjoint(numbers_of(person)) and (others or born not in (None, content.born))
    theirs = _of_sort(_FOR_LIFE.get(item, ""), content.numbers)
    own = _of_sort(_FOR_LIFE.get(item, ""), numbers_of(person))
    others = any(theirs & numbers_of(one) for one in people if one.subject != person.subject)
    return len(theirs) == 1 and theirs.isdisjoint(own) and (bool(own) or others)


def _speaks_against(content: Content, person: PersonRow) -> bool:
    """A number of a sort that the person has another of, another birthday, another's name."""
    own = numbers_of(person)
    born = day_of(person.data.get("birth_date"))
    if content.name and _likeness(content.name, person) < SLIPS:
        return True
    is_born_alike = content.born is not None and content.born == born
    if content.born and born and not is_born_alike:
        return True
    # A passport's number changes with the passport: with the same birthday it is a newer one.
    for sort in ("snils", "inn") if is_born_alike else ("snils", "inn", kinds.PASSPORT):
        theirs, mine = (_of_sort(sort, numbers) for numbers in (content.numbers, own))
        if theirs and mine and theirs.isdisjoint(mine):
            return True
    return False


def numbers_of(person: PersonRow) -> set[str]:
    """The person's numbers, as a page's are written."""
    return {f"{sort}:{number}" for sort, number in numbers_in(person.data).items()}


def numbers_in(values: Mapping[str, object]) -> dict[str, str]:
    """The numbers in a row of data or in a record, by their sort."""
    passport = f"{values.get('passport_series') or ''}{values.get('passport_number') or ''}"
    known = {kinds.PASSPORT: passport, "snils": values.get("snils"), "inn": values.get("inn")}
    return {sort: found for sort, value in known.items() if (found := figures(value))}


def figures(value: object) -> str:
    """A number as it is compared: its figures alone."""
    return re.sub(r"\D", "", str(value or ""))


def _of_sort(sort: str, numbers: Iterable[str]) -> set[str]:
    return {number for number in numbers if sort and number.startswith(f"{sort}:")}


def is_named(name: str, person: PersonRow) -> bool:
    """Is it the person's full name, in any case?"""
    said, full = _folded(name), _folded(person.full_name)
    # No case changes the initials: the names of most people need not be declined.
    if not said or [word[0] for word in said] != [word[0] for word in full]:
        return False
    return said in _names(person)


def named(name: str, people: Iterable[PersonRow]) -> PersonRow | None:
    """The only person whose name this is in some case; None of nobody's, or that of several."""
    found = [one for one in people if is_named(name, one)]
    return found[0] if len(found) == 1 else None


def _likeness(name: str, person: PersonRow) -> float:
    """How like the person's name it is, in the case that it is most like, in percent."""
    said = " ".join(_folded(name))
    return max(fuzz.ratio(said, " ".join(one)) for one in _names(person))


def _names(person: PersonRow) -> list[list[str]]:
    """The person's full name in all cases, the nominative first."""
    whole = person_of(person.data)
    known = whole if whole.last else parse_person(person.full_name)
    cases = all_cases(known).values() if known.gender else ()
    return [_folded(one) for one in (person.full_name, *cases)]


def _folded(name: str) -> list[str]:
    return folded(name).replace("-", " ").split()
