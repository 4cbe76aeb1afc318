"""Kinds of field and what must hold of their values, the same going out and coming back.

Comes in: text from a cell or from paper, or a whole row of values. Goes out: the normalised text,
and Problems. Sources: passport — Government decree 2267 of 23.12.2023 (from 14, renewed at 20 and
45 within 90 days); СНИЛС — the check sum of the Social Fund; ИНН, ОГРН — order of the Federal
Tax Service, by python-stdnum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.ru import inn, ogrn

from pipeline.errors import Problem
from pipeline.i18n import _
from pipeline.language.lettering import is_mixed_script, mend_digits, mend_lookalikes
from pipeline.language.wording import MONTHS, years_later

KINDS = frozenset(
    {
        "name",
        "initials",
        "position",
        "organisation",
        "address",
        "date",
        "digits",
        "number",
        "text",
        "word",
        "signature",
    }
)
PASSPORT_AGE_YEARS = 14
PASSPORT_RENEWAL_YEARS = (20, 45)
RENEWAL_GRACE_DAYS = 90
HIRE_AHEAD_DAYS = 90
SERIES_YEARS_APART = 3  # blanks are printed ahead and used up late; more is odd
OLDEST_BIRTH = date(1900, 1, 1)
FIRST_SERIES_YEAR = 1997  # the internal passport of today
_SNILS_UNCHECKED = 1001998  # numbers up to 001-001-998 carry no check sum

_NO_NAME = frozenset({"-", "–", "—", "нет", "отсутствует", "б/о"})  # said for no patronymic

_NUMERIC_DATE = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})(?:\s?г(?:\.|ода)?)?")
_WORD_DATE = re.compile(r"[«\"]?([0-9]{1,2})[»\"]?\s*([а-я]+)\s*([0-9]{4})\s*(?:г(?:\.|ода)?)?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Since:
    """From when a paper may be signed: the day its form's wording is of, and its own issue."""

    form: date
    issue: date


def normalise(kind: str, text: str) -> str:
    """The text as a record keeps it: nothing that a reader would call a change is changed.

    White space is folded, look-alike Latin letters in Cyrillic words are mended; of dates comes
    YYYY-MM-DD (what is no date stays), of digits the digits without spaces, look-alike letters
    made digits.
    """
    folded = " ".join(text.split())
    if kind == "date":
        day = parse_date(folded)
        return day.isoformat() if day else folded
    if kind == "digits":
        return mend_digits(folded.replace(" ", ""))
    if kind == "number":
        digits = mend_digits(folded)
        return digits if re.fullmatch(r"[0-9\s.,]+", digits) else mend_lookalikes(folded)[0]
    if kind == "initials":
        folded = re.sub(r"(?<=\.) (?=\w\.)", "", folded)  # «А. С.» is «А.С.»
    return mend_lookalikes(folded)[0]


def parse_date(text: str) -> date | None:
    """A day written DD.MM.YYYY, YYYY-MM-DD or «13» августа 2010 г.; None for anything else."""
    text = " ".join(text.split()).lower()
    if found := _NUMERIC_DATE.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _ISO_DATE.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif (found := _WORD_DATE.fullmatch(text)) and found[2] in MONTHS:
        day, month, year = int(found[1]), MONTHS.index(found[2]) + 1, int(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def snils_is_valid(digits: str) -> bool:
    """Eleven digits whose last two are the check sum."""
    if not re.fullmatch(r"[0-9]{11}", digits):
        return False
    number, given = int(digits[:9]), int(digits[9:])
    if number <= _SNILS_UNCHECKED:
        return True
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True)
    )
    return total % 101 % 100 == given


def check(values: Mapping[str, Any], today: date) -> list[Problem]:
    """What is wrong with a row of values, by the contract's column names.

    ``where`` of each Problem is the column. Dates may be dates or ISO text; what is absent or
    empty is nobody's fault here. Errors forbid an issue, warnings are for a person to look at.
    """
    present = {key: value for key, value in values.items() if value not in (None, "")}
    problems: list[Problem] = []
    for column, value in present.items():
        if column in _CHECKS:
            problems += _CHECKS[column](column, str(value))
    days = {key: day for key, value in present.items() if (day := _as_date(value)) is not None}
    problems += _check_dates(days, today)
    problems += _check_series(str(present.get("passport_series", "")), days, today)
    return problems


def objection(day: date, values: Mapping[str, Any], since: Since, today: date) -> str | None:
    """Why a paper was not signed on that day; None where nothing speaks against it.

    birth, passport, form and issue: it is not after the person's birth, before the passport was
    given out, before the form's wording was in use, before the paper was issued; scan: it is later
    than the day on which the scan came in. ``values`` by the contract's column names.
    """
    born, passport = (_as_date(values.get(name)) for name in ("birth_date", "passport_issued_on"))
    if born and day <= born:
        return "birth"
    if passport and day < passport:
        return "passport"
    if day < since.form:
        return "form"
    if day < since.issue:
        return "issue"
    return "scan" if day > today else None


def _as_date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    return parse_date(value) if isinstance(value, str) and _ISO_DATE.fullmatch(value) else None


def _wrong(column: str, what: str, hint: str = "") -> Problem:
    return Problem(what, column, hint or _("compare it with the document"))


def _odd(column: str, what: str, hint: str = "") -> Problem:
    return Problem(what, column, hint or _("compare it with the document"), level="warning")


def _digits(count: int) -> Callable[[str, str], Iterator[Problem]]:
    def check_one(column: str, value: str) -> Iterator[Problem]:
        if not re.fullmatch(rf"[0-9]{{{count}}}", value):
            yield _wrong(column, _("{count} digits are needed").format(count=count))

    return check_one


def _snils(column: str, value: str) -> Iterator[Problem]:
    digits = re.sub(r"[\s-]", "", value)
    if not re.fullmatch(r"[0-9]{11}", digits):
        yield _wrong(column, _("{count} digits are needed").format(count=11))
    elif not snils_is_valid(digits):
        yield _wrong(column, _("the check digits do not agree"))


def _inn(column: str, value: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", value):
        yield _wrong(column, _("10 or 12 digits are needed"))
    elif not inn.is_valid(value):
        yield _wrong(column, _("the check digits do not agree"))


def _ogrn(column: str, value: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[0-9]{13}|[0-9]{15}", value):
        yield _wrong(column, _("13 or 15 digits are needed"))
    elif not ogrn.is_valid(value):
        yield _wrong(column, _("the check digits do not agree"))


def _code(column: str, value: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[0-9]{3}-?[0-9]{3}", value):
        yield _wrong(column, _("a department's code is written 000-000"))


def _name(column: str, value: str) -> Iterator[Problem]:
    if value.casefold() in _NO_NAME:
        yield _wrong(column, _("this would be printed as a name"), _("leave the cell empty"))
    elif is_mixed_script(value):
        yield _wrong(column, _("Latin and Cyrillic letters are mixed in one word"), _("retype it"))
    elif not re.fullmatch(r"[^\W\d_]+(?:[ .'’`-]+[^\W\d_]+)*\.?", value):
        yield _wrong(column, _("a name holds letters, spaces and hyphens only"))
    elif re.search("[A-Za-z]", value):
        yield _odd(column, _("the name is in Latin letters and will not be declined"))


def _email(column: str, value: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@.]+", value):
        yield _odd(column, _("this does not look like an e-mail address"))


def _phone(column: str, value: str) -> Iterator[Problem]:
    digits = re.sub(r"\D", "", value)
    if not 5 <= len(digits) <= 15 or not re.fullmatch(r"[0-9\s()+.,;доб-]+", value):
        yield _odd(column, _("this does not look like a telephone number"))


_CHECKS: dict[str, Callable[[str, str], Iterator[Problem]]] = {
    "last_name": _name,
    "first_name": _name,
    "middle_name": _name,
    "representative_last_name": _name,
    "representative_first_name": _name,
    "representative_middle_name": _name,
    "passport_series": _digits(4),
    "passport_number": _digits(6),
    "passport_code": _code,
    "snils": _snils,
    "inn": _inn,
    "ogrn": _ogrn,
    "email": _email,
    "phone": _phone,
}


def _check_dates(days: Mapping[str, date], today: date) -> Iterator[Problem]:
    born, issued, hired = (days.get(k) for k in ("birth_date", "passport_issued_on", "hired_on"))
    if born and not OLDEST_BIRTH <= born <= today:
        yield _wrong("birth_date", _("nobody alive was born on that day"))
        return
    if issued and issued > today:
        yield _wrong("passport_issued_on", _("the passport is issued in the future"))
    elif issued and born and issued < years_later(born, PASSPORT_AGE_YEARS):
        yield _wrong("passport_issued_on", _("the passport is issued before the age of 14"))
    elif issued and born:
        for years in PASSPORT_RENEWAL_YEARS:
            birthday = years_later(born, years)
            if issued < birthday and today > birthday + timedelta(days=RENEWAL_GRACE_DAYS):
                what = _("the passport had to be renewed at {years}").format(years=years)
                yield _odd("passport_issued_on", what, _("ask for the new passport"))
                break
    if hired and hired > today + timedelta(days=HIRE_AHEAD_DAYS):
        what = _("the hire date is more than {days} days ahead").format(days=HIRE_AHEAD_DAYS)
        yield _odd("hired_on", what, _("check the year"))
    if hired and born and hired < years_later(born, PASSPORT_AGE_YEARS):
        yield _wrong("hired_on", _("hired before the age of 14"), _("check the year"))


def _check_series(series: str, days: Mapping[str, date], today: date) -> Iterator[Problem]:
    """The series' last two digits are the year its blank was printed."""
    issued = days.get("passport_issued_on")
    if issued is None or issued > today or not re.fullmatch(r"[0-9]{4}", series):
        return
    year = 1900 + int(series[2:])
    if year < FIRST_SERIES_YEAR:
        year += 100
    if abs(year - issued.year) > SERIES_YEARS_APART:
        what = _("the series is of {year}, the passport was issued in {issued}")
        yield _odd("passport_series", what.format(year=year, issued=issued.year))
