"""Sheets whose headings are understood: which columns stand where, and which sheet is whose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.data.book import Book
from pipeline.data.sheets import Cell, Sheet
from pipeline.forms.columns import NESTED, SHEET_NAMES, heading_key
from pipeline.i18n import _

HEADING_ROWS = 30  # a title, a date, a merged heading: the real headings stand no lower


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose headings are understood: rows as {column key: cell}.

    ``name`` is the file and the sheet for a person, ``sheet`` the sheet's own name in lower case,
    ``headings`` what stands above each column, ``unknown`` the headings that mean nothing here.
    """

    name: str
    sheet: str
    headings: Mapping[str, str]
    unknown: tuple[str, ...]
    rows: Sequence[tuple[int, Mapping[str, Cell]]]
    row_word: str

    def where(self, number: int) -> str:
        """File, sheet and row for a person."""
        return f"{self.name}, {self.row_word.format(number=number)}"


def understood(book: Book, sheet: Sheet) -> Table:
    """The sheet with its headings found; rows that hold nothing are gone."""
    name = book.name
    if sheet.name:
        name += ", " + _("sheet “{sheet}”").format(sheet=sheet.name)
    return _of_records(sheet, name) if sheet.records is not None else _of_rows(sheet, name)


def _of_records(sheet: Sheet, name: str) -> Table:
    records = sheet.records or ()
    keys = dict.fromkeys(k for _number, record in records for k in record)
    known = {k: key for k in keys if (key := _record_key(k))}
    rows: list[tuple[int, dict[str, Cell]]] = [
        (number, {known[k]: v for k, v in record.items() if k in known and v is not None})
        for number, record in records
    ]
    return Table(
        name,
        sheet.name.casefold(),
        {key: k for k, key in known.items()},
        tuple(k for k in keys if k not in known),
        [row for row in rows if row[1]],
        _("record {number}"),
    )


def _of_rows(sheet: Sheet, name: str) -> Table:
    start, keys_at, headings = _find_headings(sheet)
    rows: list[tuple[int, dict[str, Cell]]] = [
        (
            number,
            {
                key: cells[index]
                for index, key in keys_at.items()
                if index < len(cells) and cells[index] is not None
            },
        )
        for number, cells in sheet.rows[start:]
    ]
    return Table(
        name,
        sheet.name.casefold(),
        {key: headings[index] for index, key in keys_at.items()},
        tuple(text for index, text in headings.items() if index not in keys_at and text),
        [row for row in rows if row[1]],
        _("row {number}"),
    )


def _record_key(name: str) -> str | None:
    return name if name in NESTED else heading_key(name)


def _find_headings(sheet: Sheet) -> tuple[int, dict[int, str], dict[int, str]]:
    """(index of the first row of data, column keys by index, all headings by index).

    Titles may stand above, and a merged cell («Паспорт») over its columns («серия», «номер»).
    """
    best: tuple[int, dict[int, str], dict[int, str]] = (0, {}, {})
    above: tuple[Cell, ...] = ()
    for position, (_number, cells) in enumerate(sheet.rows[:HEADING_ROWS], start=1):
        keys: dict[int, str] = {}
        headings: dict[int, str] = {}
        group = ""
        for index, cell in enumerate(cells):
            if index < len(above) and above[index] is not None:
                group = str(above[index])
            if not isinstance(cell, str):
                continue
            headings[index] = " ".join(cell.split())
            key = heading_key(cell) or heading_key(f"{group} {cell}")
            if key and key not in keys.values():
                keys[index] = key
        if len(keys) > len(best[1]):
            best = (position, keys, headings)
        above = cells
    return best


def choose(tables: Sequence[Table], wanted: Mapping[str, bool], key: str) -> Table | None:
    """The sheet that has the key and the most of what the form needs; the first of equals."""
    having = [t for t in tables if key in t.headings]
    named = [t for t in having if t.sheet in SHEET_NAMES.get(key, ())]
    return max(
        named or having,
        key=lambda t: sum(1 + required for k, required in wanted.items() if k in t.headings),
        default=None,
    )


def passed_over(
    tables: Sequence[Table], chosen: Table, wanted: Mapping[str, bool], key: str
) -> list[Table]:
    """Other sheets with rows of the same kind: they have the key and all that is required."""
    required = {key, *(column for column, is_required in wanted.items() if is_required)}
    return [t for t in tables if t is not chosen and t.rows and required <= t.headings.keys()]


def sources_of(tables: Sequence[Table], table: Table, name: str) -> list[Table]:
    """Where the items of a row are: on their own sheet, else repeated in the row's own.

    A sheet of hires has a column «Должность» too, so one shared column is not enough.
    """
    columns = NESTED[name]
    found = [t for t in tables if columns[0] in t.headings]
    own = [
        t
        for t in found
        if t is not table and (t.sheet in SHEET_NAMES[name] or columns[1] in t.headings)
    ]
    return sorted(own, key=lambda t: t.sheet not in SHEET_NAMES[name]) or [
        t for t in found if t is table
    ]


def place(where: str, column: str) -> str:
    """A place for a person: file, sheet, row, column."""
    return where + ", " + _("column “{title}”").format(title=re.sub(r"\s+", " ", column))
