"""One cell made into a value: a date, a count, a list, or text as a record keeps it."""

from __future__ import annotations

import re
from datetime import date

from pipeline.data.sheets import Cell
from pipeline.data.workbook import UNCACHED, date_of_serial
from pipeline.errors import Problem
from pipeline.forms import rules
from pipeline.forms.columns import ANSWERS, CATEGORIES, GENDERS, Column, one_of
from pipeline.i18n import _
from pipeline.language import russian
from pipeline.language.lettering import mend_lookalikes, plain, unprintable

Value = str | int | date | list[str] | list[dict[str, str | int]] | None
TEXT_LIMIT = 2000  # characters; the longest issuer or purpose has about 300
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
_NAMES_SHOWN = 3


def typed(column: Column, cell: Cell) -> tuple[Value, list[Problem]]:
    """The value of a cell and what is wrong with it; ``where`` of a Problem is the column's key.

    Nothing that a reader would see is changed but white space, kinds of hyphen and look-alike
    letters, and each mended word is listed as a warning; what no form can print is a fault.
    """
    if cell is None:
        return None, []
    if isinstance(cell, list):
        if column.kind not in ("list", "phrases"):
            return None, [_fault(column, _("one value is needed, not a list"))]
        return _entries(column, [plain(str(entry)) for entry in cell if entry is not None])
    if not isinstance(cell, str | int | date):
        return None, [_fault(column, _("one value is needed, not an object"))]
    if column.kind == "date":
        return _date(column, cell)
    text = cell.isoformat() if isinstance(cell, date) else plain(str(cell))
    if isinstance(cell, date) and column.kind in ("digits", "snils", "count", "key", "name"):
        what = _("the spreadsheet has made a date of it")
        return None, [_fault(column, what, _("format the cell as text and type it again"))]
    found = _unfit(column, text)
    return (None, found) if found else _KINDS.get(column.kind, _text)(column, text)


def _fault(column: Column, what: str, hint: str = "") -> Problem:
    return Problem(what, column.key, hint or _("correct the cell"))


def _unfit(column: Column, text: str) -> list[Problem]:
    if text.strip() == UNCACHED:
        what = _("the formula has no saved value")
        return [_fault(column, what, _("open the file in Excel and save it"))]
    if text.strip() in _ERRORS:
        return [_fault(column, _("the formula gives {error}").format(error=text.strip()))]
    marks = unprintable(text)
    if marks:
        what = _("characters that cannot be printed: {marks}")
        hint = _("retype it with Russian or Latin letters and the usual signs")
        return [_fault(column, what.format(marks=", ".join(marks[:_NAMES_SHOWN])), hint)]
    if len(text) > TEXT_LIMIT:
        what = _("longer than {count} characters").format(count=TEXT_LIMIT)
        return [_fault(column, what, _("shorten it"))]
    return []


def _text(column: Column, text: str) -> tuple[Value, list[Problem]]:
    folded = " ".join(text.split())
    value, mended = mend_lookalikes(folded)
    if not mended:
        return value, []
    what = _("Latin and Cyrillic letters were mixed and are mended: {words}")
    return value, [
        Problem(what.format(words=", ".join(mended)), column.key, level="warning"),
    ]


def _date(column: Column, cell: str | int | date) -> tuple[Value, list[Problem]]:
    if isinstance(cell, date):
        return cell, []
    text = str(cell).strip()
    day = date_of_serial(int(text)) if re.fullmatch(r"[0-9]{5}", text) else None
    day = day or rules.parse_date(re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", text))
    if day is None:
        what = _("this is not a date")
        return None, [_fault(column, what, _("write it as 31.12.2026"))]
    return day, []


def _digits(column: Column, text: str) -> tuple[Value, list[Problem]]:
    value = rules.normalise("digits", text)
    bare = re.sub(r"\s", "", text)
    return value, _mended(column, bare, value)


def _snils(column: Column, text: str) -> tuple[Value, list[Problem]]:
    bare = re.sub(r"[\s-]", "", text)
    digits = rules.normalise("digits", bare)
    found = _mended(column, bare, digits)
    if not re.fullmatch(r"[0-9]{11}", digits):
        return digits, found  # the rules say what is wrong with it
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}", found


def _mended(column: Column, given: str, value: str) -> list[Problem]:
    if given == value:
        return []
    what = _("letters stood for digits and are mended: {words}").format(words=given)
    return [Problem(what, column.key, level="warning")]


def _count(column: Column, text: str) -> tuple[Value, list[Problem]]:
    digits = rules.normalise("digits", text)
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        return None, [_fault(column, _("a whole number is needed"))]
    return int(digits), []


def _key(column: Column, text: str) -> tuple[Value, list[Problem]]:
    return rules.normalise("number", text), []


def _list(column: Column, text: str) -> tuple[Value, list[Problem]]:
    return _entries(column, re.split(r"[,;\n]", text))


def _phrases(column: Column, text: str) -> tuple[Value, list[Problem]]:
    return _entries(column, re.split(r"[;\n]", text))


def _entries(column: Column, parts: list[str]) -> tuple[Value, list[Problem]]:
    """The entries of a list that are not empty, each a text of its own."""
    found = _unfit(column, "\n".join(parts))
    if found:
        return None, found
    values = []
    for part in parts:
        value, problems = _text(column, part)
        found += problems
        values += [str(value)] if value else []
    return values, found


def _gender(column: Column, text: str) -> tuple[Value, list[Problem]]:
    value = one_of(GENDERS, text)
    return value, [] if value else [_fault(column, _("write м or ж"))]


def _answer(column: Column, text: str) -> tuple[Value, list[Problem]]:
    value = one_of(ANSWERS, text)
    return value, [] if value else [_fault(column, _("write да or нет"))]


def _category(column: Column, text: str) -> tuple[Value, list[Problem]]:
    value = one_of(CATEGORIES, text)
    what = _("the category is not known; known are: {names}").format(names=", ".join(CATEGORIES))
    return value, [] if value else [_fault(column, what)]


def _person(column: Column, text: str) -> tuple[Value, list[Problem]]:
    value, found = _text(column, text)
    if russian.parse_person(str(value)).gender is None:
        what = _("the gender cannot be told from the name")
        found.append(_fault(column, what, _("write surname, first name and patronymic in full")))
    return value, found


_KINDS = {
    "digits": _digits,
    "snils": _snils,
    "count": _count,
    "key": _key,
    "list": _list,
    "phrases": _phrases,
    "gender": _gender,
    "answer": _answer,
    "category": _category,
    "person": _person,
}
