"""Внутренняя опись: what lies in a person's file, sheet by sheet.

Comes in: a dossier. Goes out: its rows and the data of the form ``inventory``. The columns are
those of inner inventories under the archive rules (Росархив, order 77 of 31.07.2023). The sheets
of the file are numbered through; the inventory's own sheets are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from typing import Any

from pipeline import marks
from pipeline.dossier import Dossier, Filed
from pipeline.registry import PersonRow
from pipeline.russian import parse_person
from pipeline.wording import short_date

FORM = "inventory"


@dataclass(frozen=True, slots=True)
class Row:
    """One document of the file.

    ``index`` is the number printed on the paper; ``day`` is of the document itself, None until
    somebody has read it; ``first`` and ``last`` are sheets of the file, counted from 1.
    """

    number: int
    document: str
    paper: str
    form: str
    index: str
    day: date | None
    title: str
    first: int
    last: int
    note: str

    @property
    def sheets(self) -> str:
        """The sheets as they are printed: «3» or «3–4»."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    def as_json(self) -> dict[str, Any]:
        """One of the ``rows`` of the contract's object."""
        return {
            "number": self.number,
            "document": self.document,
            "paper": self.paper,
            "form": self.form,
            "index": self.index,
            "date": self.day.isoformat() if self.day else None,
            "title": self.title,
            "sheets": self.sheets,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Inventory:
    """The rows of one person's file, in the order in which the documents came."""

    person: PersonRow
    rows: tuple[Row, ...]

    @property
    def sheets(self) -> int:
        """How many sheets lie in the file; the inventory's own are not among them."""
        return self.rows[-1].last if self.rows else 0


def of(dossier: Dossier) -> Inventory:
    """The inventory of a file. A page is a sheet: papers are printed on one side."""
    ends = accumulate((entry.paper.pages for entry in dossier.filed), initial=0)
    rows = tuple(
        _row(number, entry, before + 1, end)
        for number, (entry, (before, end)) in enumerate(
            zip(dossier.filed, pairwise(ends), strict=True), start=1
        )
    )
    return Inventory(dossier.person, rows)


def data(inventory: Inventory, own_sheets: int) -> dict[str, Any]:
    """The values that the form is filled from; ``own_sheets`` are the inventory's own."""
    person = inventory.person
    name = parse_person(person.full_name)
    parts = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
    return {
        **(person.data if person.data.get("last_name") else parts),
        "personnel_number": person.subject,
        "inventory_sheets": own_sheets,
        "documents": [
            {
                "index": row.index,
                "date": short_date(row.day) if row.day else "",
                "title": row.title,
                "sheets": row.sheets,
                "note": row.note,
            }
            for row in inventory.rows
        ],
    }


def _row(number: int, entry: Filed, first: int, last: int) -> Row:
    signed_on = entry.verdict.signed_on
    return Row(
        number=number,
        document=entry.document.id,
        paper=entry.paper.id,
        form=entry.paper.form,
        index=marks.printed(entry.paper.id),
        day=_day(signed_on),
        title=entry.title,
        first=first,
        last=last,
        note=_note(entry),
    )


def _day(text: str | None) -> date | None:
    """The ISO date that a person or the machine gave; what is no date is left for a pen."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _note(entry: Filed) -> str:
    """What the archivist must know; Russian, as everything on the paper."""
    notes = []
    if entry.paper.superseded_by:
        notes.append(f"заменен: {marks.printed(entry.paper.superseded_by)}")
    if entry.verdict.struck:
        notes.append("есть зачеркивания")
    if entry.verdict.signed is False:
        notes.append("без подписи")
    if entry.again:
        notes.append("отсканирован повторно")
    return "; ".join(notes)
