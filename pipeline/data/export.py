"""Tables for a spreadsheet program: CSV that a Russian Excel opens, and XLSX.

What was read from paper is a stranger's text: no cell may become a formula when the file is opened.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")  # what spreadsheets take for the start of a formula
WIDTH = 24  # characters
_TEXT_FORMAT, _COUNT_FORMAT, _DATE_FORMAT = "@", "0", "dd.mm.yyyy"

Value = str | int | bool | date | None


SUFFIXES = (".xlsx", ".csv")


def table(
    suffix: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> bytes:
    """The table as the kind of file that ``suffix``, one of SUFFIXES, asks for."""
    return to_csv(columns, rows) if suffix == ".csv" else to_xlsx(title, columns, rows)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with a byte order mark and semicolons: a double click in a Russian Excel opens it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(text_of(value)) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def to_xlsx(title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet; text stays text, so that numbers keep their zeros and nothing is computed.

    Counts and days are what a spreadsheet sorts and sums.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTH

    def cell(value: Value, *, bold: bool = False) -> Cell:
        if isinstance(value, int | date) and not isinstance(value, bool):
            made = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # it takes days as well
            made.number_format = _DATE_FORMAT if isinstance(value, date) else _COUNT_FORMAT
            return made
        text = text_of(value)
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
        made.data_type = "s"  # never "f": openpyxl takes a leading = for a formula
        made.number_format = _TEXT_FORMAT
        made.font = Font(bold=bold)
        return made

    sheet.append([cell(name, bold=True) for name in columns])
    for row in rows:
        sheet.append([cell(value) if value is not None else None for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_of(value: Value) -> str:
    """A value as a cell shows it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
