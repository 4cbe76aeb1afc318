"""What a document says when people's words are laid over the machine's readings.

Comes in: a document and its settlements. Goes out: its values, whether and when it was signed, and
who settled it. Neither the readings nor the settlements are changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.pages.reading import STRIKE, Alteration, FieldReading, HandMark
from pipeline.records.record import SUBJECT, Document, Settlement

SETTLING = ("accept", "reject")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sum of a document.

    ``values`` by field name, None where nothing is sure; ``said`` the part of them that a person
    said. ``signed`` is None where nobody can tell or there is no place for a signature,
    ``signed_on`` the day in ISO form, None until it is read. ``struck`` are the printed lines
    that were crossed out. ``settled_by`` and ``why`` are of the last settling, None where the
    machine alone decided.
    """

    values: Mapping[str, str | None]
    said: Mapping[str, str]
    signed: bool | None
    signed_on: str | None
    struck: tuple[str, ...]
    settled_by: str | None
    why: str | None


def of(document: Document, settlements: Sequence[Settlement]) -> Verdict:
    """The verdict on a document, from its readings and what people said of it, oldest first."""
    named = (s for s in settlements if s.action == "set" and s.field not in (None, SUBJECT))
    said = {s.field or "": s.value or "" for s in named}
    settled = next((s for s in reversed(settlements) if s.action in SETTLING), None)
    values = {**_machine_values(document), **said}
    dates = [mark.name for mark in marks(document) if mark.kind == "date"]
    # Beside a date that the text speaks of; without its own date the machine gives the paper none.
    dates.sort(key=lambda name: name != "date")
    days = [values.get(name) for name in dates[:1]] + [said.get(name) for name in dates[1:]]
    looked = settled is not None and settled.action == "accept"
    return Verdict(
        values=values,
        said=said,
        signed=_signed(document, looked=looked),
        signed_on=next(filter(None, days), None),
        struck=tuple(a.near for a in alterations(document) if a.kind == STRIKE),
        settled_by=settled.by if settled else None,
        why=settled.why if settled else None,
    )


def fields(document: Document) -> list[FieldReading]:
    """Every reading of a printed field, page by page."""
    return [reading for page in document.pages for reading in page.fields]


def marks(document: Document) -> list[HandMark]:
    """Every blank for a pen, page by page."""
    return [mark for page in document.pages for mark in page.hand]


def alterations(document: Document) -> list[Alteration]:
    """Everything done to the paper outside its blanks, page by page."""
    return [change for page in document.pages for change in page.alterations]


def mismatched(document: Document) -> bool:
    """True where print on the paper is not what was issued."""
    return "field-mismatch" in document.reasons or any(
        reading.status == "mismatch" for reading in fields(document)
    )


def unsigned(document: Document) -> bool:
    """True where a signature is certainly missing."""
    return "signature-missing" in document.reasons or _signed(document, looked=False) is False


def _machine_values(document: Document) -> dict[str, str | None]:
    """Each field once: of several prints of one value all must say the same."""
    found: dict[str, set[str | None]] = {}
    for reading in fields(document):
        found.setdefault(reading.name, set()).add(reading.value)
    for mark in marks(document):
        if mark.value:
            found.setdefault(mark.name, set()).add(mark.value)
    return {name: said.pop() if len(said) == 1 else None for name, said in found.items()}


def _signed(document: Document, *, looked: bool) -> bool | None:
    """All places signed; who accepts a paper with an unclear mark says that it is a signature."""
    seen = [
        True if mark.present is None and looked else mark.present
        for mark in marks(document)
        if mark.kind == "signature"
    ]
    if False in seen:
        return False
    return None if None in seen or not seen else True
