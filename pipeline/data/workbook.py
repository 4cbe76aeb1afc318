"""XLSX from a stranger: cells as the person saw them, bombs refused, formulas never run."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice, pairwise
from typing import Any

from pipeline.data.sheets import COLUMNS_LIMIT, Cell, NumberedRow, Sheet, within_limit
from pipeline.errors import DataError
from pipeline.i18n import _

UNPACKED_LIMIT_BYTES = 300 << 20  # an honest file of 100,000 rows unpacks to about 100 MB
OLE = b"\xd0\xcf\x11\xe0"
UNCACHED = "#FORMULA!"  # stands for a formula without a saved value
_ENTRIES_LIMIT = 10_000
_TAGS_LIMIT = 30_000_000  # of a sheet: 100,000 rows of 50 cells have some 20 million
_ROW_LIMIT = 1 << 20  # rows that a sheet of Excel can have
_ROW_TAGS_LIMIT = 6 << 14  # of its 16,384 columns, each with a value or a formula
_FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
_ROW = re.compile(rb"<(?:\w+:)?row[ />]")
_LAST_SERIAL = 100_000  # the day 100,000 of Excel is in 2173


def of_xlsx(content: bytes, name: str) -> Iterator[Sheet]:
    """The sheets of an XLSX. Raises DataError for what is no sound, safe XLSX."""
    if content.startswith(OLE):
        raise DataError(
            _("this is an old .xls or a file with a password"),
            where=name,
            hint=_("save it as .xlsx without a password"),
        )
    from openpyxl import load_workbook  # slow to load, and most commands read no XLSX

    try:
        has_formulas = False
        for part in _parts(content, name):
            _refuse_heaps(part, name)
            has_formulas = has_formulas or _FORMULA.search(part) is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drop-downs it does not keep
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            bare = _uncached(content) if has_formulas else set()
            for sheet in book.worksheets:
                yield Sheet(sheet.title, _xlsx_rows(sheet, bare, name))
            book.close()
    except DataError:
        raise
    except Exception as error:  # whatever openpyxl, zipfile and the XML parsers think of
        what = _("this is not a sound XLSX file ({error})").format(error=type(error).__name__)
        raise DataError(what, where=name, hint=_("open it in Excel and save it anew")) from error


def _parts(content: bytes, name: str) -> Iterator[bytes]:
    """Each part, unpacked once; sheets may have any name. Raises DataError for bombs."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if (
            sum(e.file_size for e in entries) > UNPACKED_LIMIT_BYTES
            or len(entries) > _ENTRIES_LIMIT
        ):
            raise DataError(_("the file unpacks to far too much"), where=name, hint=_("split it"))
        for entry in entries:
            part = archive.read(entry)
            head = part[:4096].replace(b"\0", b"")
            is_xml = entry.filename.endswith((".xml", ".rels"))
            if is_xml and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
                raise DataError(
                    _("the file holds an XML document type, as no spreadsheet writes it"),
                    where=name,
                    hint=_("do not trust it; ask for another copy"),
                )
            yield part


def _refuse_heaps(part: bytes, name: str) -> None:
    """Raise DataError for rows and cells in numbers that no office program writes.

    They are small in the file, even unpacked, and large in memory, and each takes its time.
    """
    rows = [row.start() for row in islice(_ROW.finditer(part), _ROW_LIMIT + 1)]
    if (
        len(rows) > _ROW_LIMIT
        or part.count(b"<") > _TAGS_LIMIT
        or any(part.count(b"<", *ends) > _ROW_TAGS_LIMIT for ends in pairwise([*rows, len(part)]))
    ):
        raise DataError(
            _("a sheet has more cells than Excel writes"),
            where=name,
            hint=_("open it in Excel and save it anew"),
        )


def _uncached(content: bytes) -> set[tuple[str, int, int]]:
    """Formulas without a saved value, as (sheet, row, column): they would print as nothing."""
    from openpyxl import load_workbook

    formulas = load_workbook(io.BytesIO(content), read_only=True)
    return {
        (sheet.title, int(cell.row or 0), int(cell.column or 0))
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row[:COLUMNS_LIMIT]
        if getattr(cell, "data_type", "") == "f"
    }


def _xlsx_rows(sheet: Any, formulas: set[tuple[str, int, int]], name: str) -> list[NumberedRow]:
    sheet.reset_dimensions()  # other programs write them wrong
    answer: list[NumberedRow] = []
    # Not openpyxl's max_col: it fills every row up, and a stray cell far down makes a million.
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = tuple(_xlsx_cell(cell) for cell in row[:COLUMNS_LIMIT])
        if formulas:
            cells = tuple(
                UNCACHED if value is None and (sheet.title, number, column) in formulas else value
                for column, value in enumerate(cells, start=1)
            )
        if any(value is not None for value in cells):
            answer.append((number, cells))
        within_limit(len(answer), name)
    return answer


def _xlsx_cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, bool) or value is None:
        return None if value is None else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        return _as_shown(value, cell.number_format or "")
    text = str(value)
    return text if text.strip() else None


def _as_shown(number: int, number_format: str) -> Cell:
    """42 in a cell of the format 0000 is «0042», as the person saw it; else the number itself."""
    pattern = re.sub(r'[\\"]|\[[^\]]*\]|;.*', "", number_format)
    places = pattern.count("0")
    if number < 0 or places < 2 or not re.fullmatch(r"[0 \-]+", pattern):
        return number
    digits = iter(str(number).zfill(places))
    extra = "".join(next(digits) for _place in range(max(0, len(str(number)) - places)))
    return extra + "".join(next(digits) if sign == "0" else sign for sign in pattern)


def date_of_serial(number: int) -> date | None:
    """The day that a spreadsheet keeps as a bare number (1 = 1 January 1900), or None."""
    if not 1 <= number <= _LAST_SERIAL:
        return None
    from openpyxl.utils.datetime import from_excel

    day = from_excel(number)
    return day.date() if isinstance(day, datetime) else None
