"""Внутренняя опись: what lies in a person's file, sheet by sheet.

Comes in: a dossier. Goes out: its rows and the data of the form ``inventory``. The columns are
those of inner inventories under the archive rules (Росархив, order 77 of 31.07.2023). The sheets
of the file are numbered through; the inventory's own sheets are counted apart. A document that was
taken out keeps its row, which says when and why; it is not counted any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.language.wording import short_date
from pipeline.papers import marks
from pipeline.personnel.dossier import Dossier, columns_of
from pipeline.personnel.standing import Filed
from pipeline.records import binding, handover
from pipeline.records.binding import Line
from pipeline.records.handover import Handed
from pipeline.registry import PersonRow

FORM = "inventory"


@dataclass(frozen=True, slots=True)
class Row:
    """One document of the file.

    ``entry`` is its name in the file, ``document`` the scanned document or the entry; ``index`` the
    number on the paper; ``day`` is of the document itself, None until somebody has read it;
    ``sheets`` are its sheets of the file as they are printed; ``gone`` says that it was taken out;
    ``out`` who has it for a time. That is told, but not printed: the bound inventory says what
    belongs to the file.
    """

    number: int
    entry: str
    document: str
    paper: str
    form: str
    index: str
    day: date | None
    title: str
    sheets: str
    note: str
    gone: bool = False
    out: str = ""

    @property
    def remark(self) -> str:
        """The note and who has the document, for a person at the screen."""
        return "; ".join(part for part in (self.note, self.out) if part)

    def as_json(self) -> dict[str, Any]:
        """One of the ``rows`` of the contract's object."""
        return {
            "number": self.number,
            "document": self.document,
            "paper": self.paper or None,
            "form": self.form or None,
            "index": self.index,
            "date": self.day.isoformat() if self.day else None,
            "title": self.title,
            "sheets": self.sheets,
            "note": self.remark,
            "gone": self.gone,
            "out": bool(self.out),
        }


@dataclass(frozen=True, slots=True)
class Inventory:
    """The rows of one person's file, in the order in which the documents came.

    ``file`` is its number (``Dossier.number``), which a paper about it is kept under;
    ``documents`` and ``sheets`` are how many lie in the file; the inventory's own sheets are not
    among them.
    """

    person: PersonRow
    file: str
    rows: tuple[Row, ...]
    documents: int
    sheets: int


def of(dossier: Dossier) -> Inventory:
    """The inventory of a file, its sheets as the binding counts them."""
    filed = {one.entry: one for one in dossier.filed}
    numbers = {line.entry.id: n for n, line in enumerate(dossier.bound.lines, start=1)}
    out = handover.out(dossier.events)
    rows = tuple(
        _row(n, line, filed.get(line.entry.id), numbers, out.get(line.entry.id))
        for n, line in enumerate(dossier.bound.lines, start=1)
    )
    bound = dossier.bound
    return Inventory(dossier.person, dossier.number, rows, len(bound.present), bound.sheets)


def data(inventory: Inventory, own_sheets: int) -> dict[str, Any]:
    """The values that the form is filled from; ``own_sheets`` are the inventory's own."""
    return {
        **columns_of(inventory.person),
        "personnel_number": inventory.file,
        "inventory_sheets": own_sheets,
        "present": inventory.documents,
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


def _row(
    number: int, line: Line, filed: Filed | None, numbers: Mapping[str, int], out: Handed | None
) -> Row:
    entry = line.entry
    return Row(
        number=number,
        entry=entry.id,
        document=filed.document.id if filed else entry.id,
        paper=filed.paper.id if filed and filed.paper else "",
        form=filed.form if filed else "",
        index=entry.index,
        day=entry.day,
        title=entry.title,
        sheets=binding.words(line.sheets),
        note=_note(line, filed, numbers),
        gone=line.gone is not None,
        out=_out(out) if out else "",
    )


def _out(handed: Handed) -> str:
    day = f" до {short_date(handed.until)}" if handed.until else ""
    return f"выдан{day}: {handed.to}"


def _note(line: Line, filed: Filed | None, numbers: Mapping[str, int]) -> str:
    """What the archivist must know; Russian, as everything on the paper."""
    notes = []
    if line.gone and line.gone.by_entry:
        notes.append(f"заменен: № {numbers[line.gone.by_entry]}")
    elif line.gone:
        notes.append(f"изъят {short_date(line.gone.day)}: {line.gone.why}".removesuffix(": "))
    if line.entry.is_uncertified:
        notes.append("копия не заверена")
    if filed and filed.paper and filed.paper.superseded_by:
        notes.append(f"заменен: {marks.printed(filed.paper.superseded_by)}")
    if filed and filed.verdict.struck:
        notes.append("есть зачеркивания")
    if filed and filed.verdict.signed is False:
        notes.append("без подписи")
    if filed and filed.again:
        notes.append("отсканирован повторно")
    return "; ".join(notes)
