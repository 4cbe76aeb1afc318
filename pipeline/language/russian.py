"""People and phrases in the cases that forms ask for: the filters of the forms' expressions.

The grammar is in ``names``, ``phrases`` and ``wording``; here stand the values that travel to a
form, and the overrides: what a person wrote down wins over every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.i18n import _
from pipeline.language import names, phrases, wording
from pipeline.language.names import GenderCode, gender_of
from pipeline.settings import CASES, Operator


class Term(str):
    """Words in the nominative that bring their own other cases: ``cases["dative"]``."""

    cases: Mapping[str, str]

    def __new__(cls, text: str, cases: Mapping[str, str] | None = None) -> Term:
        """Text with no cases of its own is declined by the rules."""
        term = super().__new__(cls, text)
        term.cases = dict(cases or {})
        return term


@dataclass(frozen=True, slots=True)
class Person:
    """A name in the nominative; ``middle`` may be empty, ``gender`` None where nobody knows it.

    ``cases`` holds whole names that are printed instead of the declined ones.
    """

    last: str
    first: str
    middle: str = ""
    gender: GenderCode | None = None
    cases: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def full_name(self) -> str:
        """Фамилия Имя Отчество, nominative."""
        return self.in_case("nominative")

    @property
    def initials(self) -> str:
        """«А.С.»; of a double first name «А.-М.»; initials given instead of names stay."""
        if "." in self.first:
            return f"{self.first}{self.middle}".replace(" ", "")
        parts = (self.first, *self.middle.split()[:1])
        return "".join(_initial(part) for part in parts if part)

    def in_case(self, case: str, initials: str | None = None) -> str:
        """The name in ``case``: whole, or the surname with ``initials`` "after" or "before".

        Raises ValueError for an unknown case, and where the gender is not known (but for the
        nominative): a wrong ending on a signed paper is worse than a fault.
        """
        if case not in CASES or initials not in (None, "after", "before"):
            raise ValueError(f"{case}, {initials}")
        given = self.cases.get(case)
        if given and initials is None:
            return given
        if given:  # the surname takes as many words as in the nominative
            last = " ".join(given.split()[: len(self.last.split())])
        else:
            last = self._part("last", self.last, case)
        if initials == "after":
            return f"{last} {self.initials}".strip()
        if initials == "before":
            return f"{self.initials} {last}".strip()
        first = self._part("first", self.first, case)
        middle = self._part("middle", self.middle, case)
        return " ".join(part for part in (last, first, middle) if part)

    def _part(self, part: str, word: str, case: str) -> str:
        if case == "nominative":
            return word
        if self.gender is None:
            raise ValueError(_("the gender is not known, so the name has no cases"))
        return names.decline(part, word, self.gender, case)


def _initial(name: str) -> str:
    return "-".join(f"{half[0].upper()}." for half in name.split("-") if half)


def parse_person(text: str) -> Person:
    """«Фамилия Имя Отчество» taken apart; the gender inferred, None where it cannot be.

    Particles belong to the surname («фон Берг Карл»), «оглы» and «кызы» to the patronymic.
    """
    words = text.split()
    frozen = words[-1:] and words[-1].lower() in names.SON | names.DAUGHTER
    spare = len(words) - 3 - bool(frozen)  # «Ан Сергей Иванович»: a surname, not a particle
    size = 1
    while size < len(words) - 1 and (
        words[size - 1] in names.PARTICLES
        or (size <= spare and words[size - 1].lower() in names.PARTICLES)
    ):
        size += 1
    last, rest = " ".join(words[:size]), words[size:]
    first, middle = (rest[0] if rest else ""), " ".join(rest[1:])
    cases = text.cases if isinstance(text, Term) else {}
    return Person(last, first, middle, gender_of(last, first, middle), cases)


def person_of(row: Mapping[str, Any], prefix: str = "") -> Person:
    """The person a row of data is about: ``gender`` as given («m»/«f»), else inferred.

    With a ``prefix`` the person whose columns begin with it: "representative_".
    """
    last, first, middle = (
        str(row.get(prefix + key) or "") for key in ("last_name", "first_name", "middle_name")
    )
    given = row.get(f"{prefix}gender")
    gender: GenderCode | None = (
        "m" if given == "m" else "f" if given == "f" else gender_of(last, first, middle)
    )
    cases = {case: str(row[key]) for case in CASES if row.get(key := f"{prefix}full_name_{case}")}
    return Person(last, first, middle, gender, cases)


@dataclass(frozen=True, slots=True)
class OperatorTerms:
    """The operator as forms see it: each text with its own cases, the head as a person."""

    name: Term
    short_name: Term
    address: Term
    inn: Term
    ogrn: Term
    head_position: Term
    regulation_title: Term
    head_name: Term
    head: Person


def operator_terms(operator: Operator) -> OperatorTerms:
    """The settings' operator, with ``[operator.cases]`` in force."""
    texts = {
        key: Term(getattr(operator, key), operator.cases.get(key))
        for key in OperatorTerms.__slots__
        if key != "head"
    }
    return OperatorTerms(**texts, head=parse_person(texts["head_name"]))


def _of_person(case: str) -> Callable[..., str]:
    def put(person: Person | str, initials: str | None = None) -> str:
        whose = person if isinstance(person, Person) else parse_person(person)
        return whose.in_case(case, initials)

    return put


def _of_text(decline: Callable[[str, str], str]) -> Callable[[str, str], str]:
    def put(text: str, case: str) -> str:
        if case not in CASES:
            raise ValueError(case)
        given = text.cases.get(case) if isinstance(text, Term) else None
        return given or decline(str(text), case)

    return put


def _ending(person: Person, masculine: str, feminine: str) -> str:
    """The word that agrees with the person: «согласен» or «согласна»."""
    if person.gender is None:
        raise ValueError(_("the gender is not known, so the word has no ending"))
    return masculine if person.gender == "m" else feminine


# What the expressions of form.toml may use (and nothing else of this project).
FILTERS: dict[str, Callable[..., Any]] = {
    **{case: _of_person(case) for case in CASES},
    "ending": _ending,
    "as_person": parse_person,
    "position": _of_text(phrases.position),
    "organisation": _of_text(phrases.organisation),
    "phrase": _of_text(phrases.phrase),
    "short_date": wording.short_date,
    "long_date": wording.long_date,
    "date_words": wording.date_words,
    "full_years": wording.full_years,
    "in_words": wording.in_words,
    "counted": wording.counted,
    "counted_in_words": wording.counted_in_words,
    "digits_and_words": wording.digits_and_words,
}


def all_cases(value: Person | str, kind: str = "person") -> dict[str, str]:
    """The six cases of a person, or of a "position", "organisation" or "phrase", for looking over.

    Raises ValueError for a person whose gender is not known.
    """
    if isinstance(value, Person):
        return {case: value.in_case(case) for case in CASES}
    return {
        case: FILTERS[case](value) if kind == "person" else FILTERS[kind](value, case)
        for case in CASES
    }
