"""An empty XLSX for a clerk to fill in: Russian headings, text cells, dates, drop-downs."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.data.cells import typed
from pipeline.data.examples import shown
from pipeline.files import write_atomic
from pipeline.forms.columns import CATEGORIES, COLUMNS, NESTED, OWNER

READY_ROWS = 500  # rows that are formatted beforehand
_SHEETS = {  # by the key of its rows
    "personnel_number": "hires",
    "act": "acts",
    "approved_number": "lists",
    "sheet": "sheets",
}
_TEXT, _DATE, _COUNT = "@", "dd.mm.yyyy", "0"
_CHOICES = {"gender": ("м", "ж"), "category": tuple(CATEGORIES), "answer": ("да", "нет")}


def data_sheet(forms: Iterable[Collection[str]], path: Path) -> Path:
    """Write an XLSX with the headings of the ``forms``' columns (keys), a sheet for each key.

    Every cell is text, so that numbers keep their zeros; dates are dates. Returns ``path``.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    wanted = {key: {c for form in forms if key in form for c in form} for key in _SHEETS}
    for key, title in _SHEETS.items():
        if wanted[key]:
            keys = [c for c in COLUMNS if c in wanted[key]]
            _fill(book.create_sheet(title), keys, shown(wanted[key]))
    for name, owner in OWNER.items():
        if name in wanted[owner]:
            _fill(book.create_sheet(name), [owner, *NESTED[name]], shown(wanted[owner]))
    stream = io.BytesIO()
    book.save(stream)
    return write_atomic(path, stream.getvalue())


def _fill(sheet: Worksheet, keys: list[str], example: Mapping[str, Any]) -> None:
    for index, key in enumerate(keys, start=1):
        column = COLUMNS[key]
        letter = get_column_letter(index)
        head = sheet.cell(row=1, column=index, value=column.title)
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = max(14, len(column.title) + 4)
        shown = {"date": _DATE, "count": _COUNT}.get(column.kind, _TEXT)
        for row in range(2, READY_ROWS + 2):
            sheet.cell(row=row, column=index).number_format = shown
        _show_example(sheet, key, index, example)
        if column.kind in _CHOICES:
            choice = DataValidation(
                type="list", formula1=f'"{",".join(_CHOICES[column.kind])}"', allow_blank=True
            )
            choice.add(f"{letter}2:{letter}{READY_ROWS + 1}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"


def _show_example(sheet: Worksheet, key: str, index: int, example: Mapping[str, Any]) -> None:
    """The first row shows how to write; loading passes over it, whether it is deleted or not."""
    value = example.get(key, "")
    if sheet.title in NESTED:
        value = example[sheet.title][0].get(key, value)
    if isinstance(value, list):
        return
    if COLUMNS[key].kind == "date":
        value = typed(COLUMNS[key], value)[0]
    cell = sheet.cell(row=2, column=index, value=value)
    cell.font = Font(italic=True, color="808080")
