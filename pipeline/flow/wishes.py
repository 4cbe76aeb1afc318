"""Which papers are asked for: the forms of a call or of a set, filled for each row of its data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.data import book, cells, rows
from pipeline.data.rows import Row
from pipeline.errors import DataError, FormError, Problem, UsageError
from pipeline.files import toml
from pipeline.forms import expressions, soundness
from pipeline.forms import form as forms
from pipeline.forms.columns import COLUMNS
from pipeline.forms.form import Filled, Form
from pipeline.i18n import _
from pipeline.language.wording import short_date
from pipeline.registry import PersonRow
from pipeline.settings import Settings

SETS = "sets.toml"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A form that is to be filled, for the rows that ``when`` is true of ("" = for every row)."""

    form: Form
    when: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A paper to be: its form and words, what it is about, and the person if it is about one.

    ``digest`` is the fingerprint of form and words: the same digest is the same paper. ``where``
    is the row that it comes from, for a person. ``laid`` is the PDF of its first copy, where that
    had to be laid out before: to be counted.
    """

    form: Form
    filled: Filled
    key: str
    subject: str | None
    digest: str
    person: PersonRow | None
    where: str = ""
    laid: Path | None = None


def chosen(names: Sequence[str], set_name: str | None, settings: Settings) -> list[Chosen]:
    """The forms called by name, or those of a set.

    Raises:
        UsageError: no such form or set.
        FormError: ``sets.toml`` is wrong.
    """
    if set_name is None:
        return [Chosen(from_rows(name, settings)) for name in dict.fromkeys(names)]
    for folder in settings.templates:
        path = folder / SETS
        if not path.is_file():
            continue
        sets = toml(path.read_bytes(), str(path))
        if set_name in sets:
            entry = sets[set_name]
            if not isinstance(entry, dict) or not isinstance(entry.get("forms"), list):
                raise FormError(
                    _("the set “{name}” has no list of forms").format(name=set_name),
                    where=str(path),
                    hint=_('write forms = ["…", "…"] under [{name}]').format(name=set_name),
                )
            when = _when(str(entry.get("when", "")), f"{SETS}, {set_name}")
            return [Chosen(from_rows(str(name), settings), when) for name in entry["forms"]]
    raise UsageError(
        _("there is no set “{name}”").format(name=set_name),
        where=SETS,
        hint=_("see templates/{file}").format(file=SETS),
    )


def from_rows(name: str, settings: Settings) -> Form:
    """A sound form that is filled from rows of data.

    Raises:
        UsageError: no such form, or a command fills it.
        FormError: its template is wrong.
    """
    form = forms.load(name, settings)
    if form.command:
        raise UsageError(
            _("the form “{name}” is not filled from rows of data").format(name=name),
            hint=_("see paperloop {command}").format(command=form.command),
        )
    return soundness.sound(form)


def from_data(
    choice: Sequence[Chosen], path: str, settings: Settings
) -> tuple[list[Wish], list[Problem]]:
    """The papers that a file of data asks for, and every fault of its rows.

    Forms about the same thing share its rows: a row that one of them cannot take gets none.
    """
    sheets = book.read(path)
    found: list[Wish] = []
    problems: list[Problem] = []
    for key in dict.fromkeys(c.form.key for c in choice):
        alike = [c for c in choice if c.form.key == key]
        wanted: dict[str, bool] = {}
        for one in alike:
            for column, required in one.form.inputs().items():
                wanted[column] = wanted.get(column, False) or required
            for column in expressions.columns(one.when):
                wanted[column] = True
        loaded = rows.take(sheets, wanted, key, settings.today, settings.cases)
        problems += loaded.problems
        for row in loaded.rows:
            wishes, wrong = _of_row(alike, row, settings)
            problems += wrong
            if not wrong:
                found += wishes
    return found, problems


def blanks(choice: Sequence[Chosen], count: int, first: int, settings: Settings) -> list[Wish]:
    """``count`` coded copies without a person; ``first`` is the first one's running number.

    What follows from the office alone is printed, everything else is left for a pen.
    """
    return [
        wish(c.form, forms.blank(c.form, settings.operator, settings.today), "", None, str(n))
        for c in choice
        for n in range(first, first + count)
    ]


def printable(column: str, text: str) -> str:
    """Words of the command line, checked as a cell of data is; raises DataError."""
    value, problems = cells.typed(COLUMNS[column], text)
    wrong = next((one for one in problems if one.level == "error"), None)
    if wrong or not value:
        what, hint = (wrong.what, wrong.hint) if wrong else (_("it is empty"), "")
        raise DataError(what, where=COLUMNS[column].title, hint=hint)
    return str(value)


def not_past(day: date, settings: Settings, where: str) -> None:
    """A term that a paper names lies ahead; raises DataError."""
    if day < settings.today:
        raise DataError(
            _("the term {day} lies behind").format(day=short_date(day)),
            where=where,
            hint=_("check the year"),
        )


def _of_row(
    choice: Sequence[Chosen], row: Row, settings: Settings
) -> tuple[list[Wish], list[Problem]]:
    wishes: list[Wish] = []
    problems: list[Problem] = []
    person = _person(row) if any(one.form.about_person for one in choice) else None
    for one in choice:
        if one.when and not expressions.holds(one.when, row.values, SETS):
            continue
        filled = forms.fill(one.form, row.values, settings.operator, settings.today)
        problems += forms.incomplete(one.form, filled, row.where)
        about = person if one.form.about_person else None
        asked = wish(one.form, filled, str(row.values[one.form.key]), about)
        wishes.append(replace(asked, where=row.where))
    return wishes, problems


def _when(condition: str, where: str) -> str:
    """The condition of a set, if it asks for columns that data have; else raises FormError."""
    expressions.condition(condition, where)
    if unknown := sorted(expressions.columns(condition) - COLUMNS.keys()):
        raise FormError(
            _("“{key}” is not known").format(key=unknown[0]),
            where=where,
            hint=_("compare a column with a value: category == 'employee'"),
        )
    return condition


def _person(row: Row) -> PersonRow:
    names = (row.values.get(p) for p in ("last_name", "first_name", "middle_name"))
    full_name = " ".join(str(n) for n in names if n)
    category = row.values.get("category")
    return PersonRow(
        str(row.values[forms.SUBJECT_KEY]),
        full_name,
        str(category) if category else None,
        {k: v for k, v in row.values.items() if v not in (None, "")},
    )


def wish(form: Form, filled: Filled, key: str, person: PersonRow | None, number: str = "") -> Wish:
    """The wish for a filled form; ``number`` tells copies apart that have the same words."""
    words = [form.name, form.version, key, number, dict(filled.printed)]
    content = json.dumps(words, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Wish(form, filled, key, person.subject if person else None, digest, person)


def wish_for(
    form: Form, said: Mapping[str, Any], key: str, person: PersonRow | None, settings: Settings
) -> Wish:
    """The wish for a form, filled from what is said of ``person``, or of nobody."""
    return wish(form, forms.fill(form, said, settings.operator, settings.today), key, person)
