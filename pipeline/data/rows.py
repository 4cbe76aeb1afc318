"""Rows of data for the forms: every fault of every row found before anything is issued.

Comes in: a file of data and the columns that a form needs. Goes out: typed rows (dates as date,
counts as int, lists), and Problems that name the sheet, the row and the column as the person
sees them. A row with an error is never among the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.data import examples
from pipeline.data.book import Book, read
from pipeline.data.cells import Value, typed
from pipeline.data.tables import Table, choose, passed_over, place, sources_of, understood
from pipeline.errors import Problem
from pipeline.forms import rules
from pipeline.forms.columns import COLUMNS, NESTED, heading_key
from pipeline.i18n import _
from pipeline.language import russian
from pipeline.language.names import gender_of
from pipeline.settings import CASES

_GENDER = {"m": "м", "f": "ж"}


@dataclass(frozen=True, slots=True)
class Row:
    """One checked row. ``columns`` gives the heading that stands above each value."""

    values: Mapping[str, Value]
    where: str
    columns: Mapping[str, str]

    def place(self, key: str) -> str:
        """Where the person finds a value: file, sheet, row, column."""
        return place(self.where, self.columns.get(key, COLUMNS[key].title))


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows without a fault, in the file's order, and what is wrong with the others."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def load(path: Path | str, wanted: Mapping[str, bool], key: str, today: date) -> Loaded:
    """Read a file (``-``: standard input) and take the rows of one form from it.

    Raises DataError where the file cannot be read at all.
    """
    return take(read(path), wanted, key, today)


def take(
    book: Book,
    wanted: Mapping[str, bool],
    key: str,
    today: date,
    cases: Mapping[str, Mapping[str, str]] | None = None,
) -> Loaded:
    """The rows for a form that needs the columns ``wanted`` (True: required) and ``key``.

    ``cases`` are the forms that somebody wrote down for a text (``Settings.cases``).
    """
    tables = [understood(book, sheet) for sheet in book.sheets]
    chosen = choose(tables, wanted, key)
    if chosen is None:
        title = COLUMNS[key].title
        what = _("no sheet has a column “{title}”").format(title=title)
        hint = _("see paperloop data sheet for the headings")
        return Loaded((), (Problem(what, book.name, hint),))
    nested = [name for name in NESTED if name in wanted]
    unread = [
        Problem(
            _("this sheet has the same columns, and is not read: rows {n}").format(n=len(one.rows)),
            one.name,
            _("put all rows on one sheet, or give the other in a file of its own"),
            "warning",
        )
        for one in passed_over(tables, chosen, wanted, key)
    ]
    problems = unread + _about_columns(chosen, wanted, nested, tables)
    if any(p.level == "error" for p in problems):
        return Loaded((), tuple(problems))
    groups, lost = _groups(chosen, tables, key, nested)
    problems += lost
    rows: list[Row] = []
    for where, cells, row_problems in _records(chosen, groups, key):
        row, found = _row(chosen, where, cells, wanted, key, today)
        found = row_problems + found
        problems += found
        if not any(p.level == "error" for p in found):
            rows.append(replace(row, values=_with_own_cases(row.values, cases or {})))
    return Loaded(tuple(rows), tuple(problems))


def _about_columns(
    table: Table, wanted: Mapping[str, bool], nested: list[str], tables: Sequence[Table]
) -> list[Problem]:
    problems = [
        Problem(
            _("the heading “{heading}” is not known and its column not read").format(heading=h),
            table.name,
            level="warning",
        )
        for h in table.unknown
    ]
    for key, required in wanted.items():
        if not required or key in table.headings:
            continue
        if key in nested:
            if not sources_of(tables, table, key):
                title = COLUMNS[NESTED[key][0]].title
                what = _("no sheet has a column “{title}”").format(title=title)
                problems.append(Problem(what, table.name, _("add it")))
        elif key in COLUMNS:
            what = _("the column “{title}” is missing").format(title=COLUMNS[key].title)
            problems.append(Problem(what, table.name, _("add it")))
    return problems


Groups = dict[str, list[tuple[int, dict[str, Any]]]]


def _groups(
    table: Table, tables: Sequence[Table], key: str, nested: list[str]
) -> tuple[Groups, list[Problem]]:
    """The rows (number, cells) by their key, items gathered; and the rows that are nobody's.

    The example is nobody's and not missed; one that was filled in and kept its number is a fault.
    """
    groups: Groups = {}
    problems: list[Problem] = []
    for number, cells in table.rows:
        name = _key_text(cells.get(key)) or f"\0{number}"
        if not examples.is_key(name):
            groups.setdefault(name, []).append((number, dict(cells)))
        elif not examples.is_untouched(cells):
            where = place(table.where(number), table.headings[key])
            what = _("the row is filled in, but its number is still the example's")
            problems.append(Problem(what, where, _("give it a number of its own")))
    for name in nested:
        if name not in table.headings:
            problems += _gather(groups, table, tables, key, name)
    return groups, problems


def _records(
    table: Table, groups: Groups, key: str
) -> Iterator[tuple[str, dict[str, Any], list[Problem]]]:
    """The rows as (where, cells, problems), doubled keys told."""
    for group in groups.values():
        number, cells = group[0]
        problems: list[Problem] = []
        if len(group) > 1:
            numbers = ", ".join(str(n) for n, _cells in group)
            what = _("the same “{title}” stands in the rows {rows}").format(
                title=COLUMNS[key].title, rows=numbers
            )
            column = place(table.name, table.headings[key])
            problems = [Problem(what, column, _("leave one of them"))]
        yield table.where(number), cells, problems


def _gather(
    groups: Groups, table: Table, tables: Sequence[Table], key: str, name: str
) -> list[Problem]:
    """Put the items into their rows, and fold the rows that only repeat the first one.

    Returns what is wrong with the items that belong to no row.
    """
    sources = sources_of(tables, table, name)
    if not sources:
        return []
    source = sources[0]
    item_keys = NESTED[name]
    if source is table:
        for text, group in groups.items():
            items = [
                {k: cells.pop(k) for k in item_keys if k in cells} | {"": number}
                for number, cells in group
            ]
            first = group[0][1]
            same = all(
                cells.get(k) in (None, first.get(k)) for _n, cells in group for k in table.headings
            )
            first[name] = [item for item in items if len(item) > 1]
            groups[text] = group[:1] if same else group
        return []
    alone = len(groups) == 1 and key not in source.headings
    lost: list[Problem] = []
    for number, cells in source.rows:
        text = next(iter(groups)) if alone else _key_text(cells.get(key))
        if text in groups:
            item = {k: cells[k] for k in item_keys if k in cells} | {"": number}
            groups[text][0][1].setdefault(name, []).append(item)
        elif not (examples.is_key(text) and examples.is_untouched(cells, name)):
            title = source.headings.get(key, COLUMNS[key].title)
            what = _("no row has the number “{number}”").format(number=text)
            hint = _("write the number of the row that it belongs to")
            lost.append(Problem(what, place(source.where(number), title), hint))
    return lost


def _key_text(cell: Any) -> str:
    return rules.normalise("number", str(cell)) if cell is not None else ""


def _row(
    table: Table,
    where: str,
    cells: Mapping[str, Any],
    wanted: Mapping[str, bool],
    key: str,
    today: date,
) -> tuple[Row, list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column, cell in cells.items():
        if column in NESTED:
            values[column], found = _items(column, cell)
        else:
            values[column], found = typed(COLUMNS[column], cell)
        problems += found
    values = {column: value for column, value in values.items() if value not in (None, "", [])}
    told = {p.where for p in problems}
    for column in dict.fromkeys([key, *(c for c, required in wanted.items() if required)]):
        if column not in values and column not in told:
            problems.append(Problem(_("is empty"), column, _("fill it in")))
    if "last_name" in wanted and "last_name" in values:
        problems += _gender(values)
    problems += rules.check({k: v for k, v in values.items() if k not in told}, today)
    row = Row(values, where, table.headings)
    return row, [replace(p, where=_where_of(row, p.where)) for p in problems]


def _where_of(row: Row, column: str) -> str:
    own, _dot, inner = column.partition("/")
    if own in NESTED:
        title = COLUMNS[inner].title if inner in COLUMNS else own
        return place(row.where, title)
    return row.place(own)


def _items(name: str, cell: Any) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rows of a table inside a row; what is empty in them is a fault (of the first column)."""
    entries = cell if isinstance(cell, list) else [cell]
    first = NESTED[name][0]
    answer: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for entry in entries:
        if not isinstance(entry, dict):
            entry = {first: entry}
        item: dict[str, Any] = {}
        for key, value in entry.items():
            column = heading_key(key) if key else None
            if column in NESTED[name] and value is not None:
                item[column], found = typed(COLUMNS[column], value)
                problems += [replace(p, where=f"{name}/{p.where}") for p in found]
        if first not in item:
            problems.append(Problem(_("is empty"), f"{name}/{first}", _("fill it in")))
        answer.append({key: item.get(key, "") for key in NESTED[name]})
    return answer, problems


def _gender(values: dict[str, Any]) -> list[Problem]:
    names = [str(values.get(k) or "") for k in ("last_name", "first_name", "middle_name")]
    told = gender_of(names[0], names[1], names[2])
    given = values.get("gender")
    if given is None and told is None:
        what = _("the gender cannot be told from the name")
        return [Problem(what, "gender", _("write м or ж"))]
    values["gender"] = given or told
    if given and told and given != told:
        what = _("the name looks like the other gender than “{given}”")
        return [Problem(what.format(given=_GENDER[given]), "gender", level="warning")]
    return []


def _with_own_cases(
    values: Mapping[str, Any], cases: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Let every text bring the cases that were written down for it, in its row or for them all."""
    answer = dict(values)
    for column, value in values.items():
        own = {c: str(v) for c in CASES if (v := values.get(f"{column}_{c}"))}
        if isinstance(value, str) and (forms := {**cases.get(value, {}), **own}):
            answer[column] = russian.Term(value, forms)
    return answer
