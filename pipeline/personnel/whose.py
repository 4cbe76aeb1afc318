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

FULL_NAME = 3  # words: without a patronymic the last two are others
SLIPS = 75.0  # percent of a word's letters: what is less alike is no slip of OCR, but another word
RUN_TOGETHER = 90.0  # percent of the letters of a name whose words OCR parted otherwise

# Items that hold documents of somebody else: who is named there need not be the file's person.
_OF_RELATIVES = frozenset((
    "children", "family", "family-health", "civil-status", "benefits", "authority",
    "income-spouse", "income-children", "representative-passport",
))  # fmt: skip
_ADDRESSED = frozenset(("application", "notes"))  # the full name on it may be the head's
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
    return None if owner is None or _speaks_against(content, owner) else owner


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
    """Is what lies behind the person's sheet for ``item`` somebody else's?

    It has another known person's number or full name, and not this person's. Or it is of the
    item's own kind and has a number for life, a birthday in its zone, or a first name and
    patronymic that are not this person's: surnames and passports' numbers change.
    """
    own, said = numbers_of(person), set(content.numbers)
    others = [one for one in people if one.subject != person.subject]
    if said.isdisjoint(own) and any(said & numbers_of(one) for one in others):
        return True
    if item in _OF_RELATIVES:
        return False
    for name in filter(None, (content.name, content.heard)):
        if not is_named(name, person) and any(is_named(name, one) for one in others):
            return True
    if content.kind != item:
        return False
    born = day_of(person.data.get("birth_date"))
    if content.born and born and content.born != born and said.isdisjoint(own):
        return True
    sort = _FOR_LIFE.get(item, "")
    mine, theirs = _of_sort(sort, own), _of_sort(sort, said)
    if mine and len(theirs) == 1 and theirs.isdisjoint(mine):
        return True
    is_owners = bool(content.name) and item not in _ADDRESSED
    return is_owners and not _is_called_alike(content.name, person)


def _speaks_against(content: Content, owner: Owner) -> bool:
    """A number of a sort that the person has another of, another birthday, another's name."""
    person = owner.person
    own = numbers_of(person)
    born = day_of(person.data.get("birth_date"))
    names = filter(None, (content.name, content.heard))
    if not all(may_be_named(name, person) for name in names):
        return True
    is_born_alike = content.born is not None and content.born == born
    if content.born and born and not is_born_alike:
        return True
    # No check digit proves a printed birthday: it is heard where only a name speaks otherwise.
    printed = {one.partition(":")[2] for one in content.printed if one.startswith("birth_date:")}
    if owner.by == "name" and born and printed - {born.isoformat()}:
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


def may_be_named(name: str, person: PersonRow) -> bool:
    """Is it the person's full name, in any case, but for slips of OCR?"""
    said = _folded(name)
    return any(_is_alike(said, one) for one in _names(person))


def are_alike(name: str, other: str) -> bool:
    """Are two names in the nominative the same but for slips of OCR?"""
    return _is_alike(_folded(name), _folded(other))


def _is_alike(said: Sequence[str], known: Sequence[str]) -> bool:
    if len(said) != len(known):
        return fuzz.ratio("".join(said), "".join(known)) >= RUN_TOGETHER
    return all(fuzz.ratio(one, other) >= SLIPS for one, other in zip(said, known, strict=True))


def _is_called_alike(name: str, person: PersonRow) -> bool:
    """Are the first name and the patronymic the person's, but for slips of OCR?"""
    said = _folded(name)[-2:]
    return any(len(one) < FULL_NAME or _is_alike(said, one[-2:]) for one in _names(person))


def _names(person: PersonRow) -> list[list[str]]:
    """The person's full name in all cases, the nominative first."""
    whole = person_of(person.data)
    known = whole if whole.last else parse_person(person.full_name)
    cases = all_cases(known).values() if known.gender else ()
    return [_folded(one) for one in (person.full_name, *cases)]


def _folded(name: str) -> list[str]:
    return folded(name).replace("-", " ").split()
