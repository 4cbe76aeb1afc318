"""Does what a page says of a person agree with what the office knows: its data, accepted papers?

Comes in: what the page seems to be, the person whom it may be of, the values of that person's
accepted papers. Goes out: what differs, for a clerk. Nothing is mended and nobody is named by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from pipeline.i18n import _
from pipeline.language.wording import day_of, short_date
from pipeline.others import kinds
from pipeline.pages.reading import Content
from pipeline.personnel import whose
from pipeline.registry import PersonRow

DATA, PRINT = "data", "print"  # where else a fact is known from, beside accepted documents
_NAME, _BORN = "full_name", "birth_date"
LEAST_FIGURES = 2  # that differ between a zone and the print: one is a slip of OCR

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that the page says otherwise: full_name, birth_date (ISO), passport, snils or inn.

    ``source`` is "data" for the office's data, "print" for the page's own print beside its
    machine-readable zone, else the accepted document that says ``known``.
    """

    fact: str
    read: str
    known: str
    source: str = DATA

    def as_json(self) -> dict[str, str]:
        """Beside the proposal in ``review --json``."""
        return asdict(self)

    def line(self) -> str:
        """For the clerk."""
        titles = {
            _NAME: _("full name"),
            _BORN: _("date of birth"),
            kinds.PASSPORT: _("passport"),
            "snils": _("СНИЛС"),
            "inn": _("ИНН"),
        }
        texts = {
            DATA: _("{fact}: the page says “{read}”, the office's data say “{known}”"),
            PRINT: _("{fact}: the machine-readable zone says “{read}”, the print “{known}”"),
        }
        text = texts.get(
            self.source, _("{fact}: the page says “{read}”, accepted {source} says “{known}”")
        )
        read, known = self.read, self.known
        if self.fact == _BORN:
            read, known = (short_date(date.fromisoformat(day)) for day in (read, known))
        return text.format(fact=titles[self.fact], read=read, known=known, source=self.source)


def differences(
    content: Content, person: PersonRow, accepted: Iterable[tuple[str, Values]] = ()
) -> list[Difference]:
    """What the page says otherwise than the office's data, or the ``accepted`` documents.

    Of those the newest is the first; a fact that the page does not say, or says in two ways,
    is not compared.
    """
    found = list(_from_data(content, person))
    said = _said(content)
    told = {one.fact: one.known for one in found}
    for document, values in accepted:
        for fact, known in _recorded(values).items():
            if fact in said and fact not in told:
                told[fact] = known
                if known != said[fact]:
                    found.append(Difference(fact, said[fact], known, document))
    return found


def within(content: Content) -> list[Difference]:
    """What a passport's zone says otherwise than its print, where no slip of OCR explains it."""
    if content.born is None:
        return []
    zone = _said(content)
    found = [
        Difference(fact, zone[fact], known, PRINT)
        for fact, known in (one.split(":", 1) for one in content.printed)
        if fact in zone and _figures_apart(zone[fact], known) >= LEAST_FIGURES
    ]
    if content.name and content.heard and not whose.are_alike(content.name, content.heard):
        found.append(Difference(_NAME, content.name, content.heard, PRINT))
    return found


def _figures_apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 99


def _from_data(content: Content, person: PersonRow) -> Iterator[Difference]:
    if content.name and not whose.is_named(content.name, person):
        yield Difference(_NAME, content.name, person.full_name)
    elif content.heard and not whose.may_be_named(content.heard, person):
        yield Difference(_NAME, content.heard, person.full_name)
    known = _recorded(person.data)
    for fact, read in _said(content).items():
        if fact in known and known[fact] != read:
            yield Difference(fact, read, known[fact])


def _said(content: Content) -> dict[str, str]:
    """The facts on the page but the name, each where it is said in one way."""
    said: dict[str, set[str]] = {}
    for one in content.numbers:
        sort, digits = one.split(":", 1)
        # Ten figures on another paper may be its own number.
        if sort != kinds.PASSPORT or content.kind == kinds.PASSPORT or content.form:
            said.setdefault(sort, set()).add(digits)
    if content.born:
        said[_BORN] = {content.born.isoformat()}
    for one in content.printed:
        fact, value = one.split(":", 1)
        said.setdefault(fact, {value})
    return {fact: values.pop() for fact, values in said.items() if len(values) == 1}


def _recorded(values: Mapping[str, object]) -> dict[str, str]:
    """The same facts of a row of data or of a record."""
    known = whose.numbers_in(values)
    if day := day_of(values.get(_BORN)):
        known[_BORN] = day.isoformat()
    return known
