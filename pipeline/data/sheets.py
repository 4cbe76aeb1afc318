"""Sheets of plain cells, and the text formats they come in: CSV, JSON, YAML.

Comes in: text from a stranger. Goes out: rows with the numbers that the person sees beside them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from pipeline.errors import DataError
from pipeline.i18n import _

ROWS_LIMIT = 100_000
COLUMNS_LIMIT = 200
YAML_LIMIT = 5 << 20  # characters; PyYAML reads about 1 MB in 3 seconds

Cell = str | int | date | None | list[Any]
NumberedRow = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of cells, each with the number that the person sees beside it (from 1).

    ``records`` holds objects instead, where the file has keys of its own (JSON, YAML).
    """

    name: str
    rows: Sequence[NumberedRow] = ()
    records: Sequence[tuple[int, Mapping[str, Cell]]] | None = None


def within_limit(rows: int, name: str) -> None:
    """Raise DataError where a sheet has more rows than anybody's year of hires."""
    if rows > ROWS_LIMIT + 100:  # headings and titles above them
        what = _("more than {count} rows").format(count=ROWS_LIMIT)
        raise DataError(what, where=name, hint=_("split it"))


def of_csv(text: str, name: str) -> list[NumberedRow]:
    """The rows of a CSV; the first line tells comma, semicolon or tab. Raises DataError."""
    line = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=line.count)
    answer: list[NumberedRow] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, row in enumerate(reader, start=1):
            cells = tuple(cell if cell.strip() else None for cell in row[:COLUMNS_LIMIT])
            if any(cells):
                answer.append((number, cells))
            within_limit(len(answer), name)
    except csv.Error as error:
        what = _("this is not a sound CSV file: {error}").format(error=error)
        raise DataError(what, where=name, hint=_("save it anew")) from error
    return answer


class _PlainLoader(yaml.BaseLoader):
    """YAML whose scalars all stay text (0042 is no octal number), and without aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As in YAML, but an alias, the stuff of bombs, is refused."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(_("aliases (*) are not taken"))
        return super().compose_node(parent, index)


def of_objects(text: str, kind: str, name: str) -> Iterator[Sheet]:
    """Lists of objects ("json", "yaml"); an object of lists is several sheets. Raises DataError."""
    if kind == "yaml" and len(text) > YAML_LIMIT:
        what = _("the file is larger than {mb} MB").format(mb=YAML_LIMIT >> 20)
        raise DataError(what, where=name, hint=_("give it as XLSX or CSV"))
    try:
        if kind == "json":
            found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        else:
            found = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - makes text only
        found = _plain_cell(found)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        what = _("this is not sound {kind}: {reason}").format(kind=kind.upper(), reason=reason)
        raise DataError(what, where=name, hint=_("mend it there")) from error
    if isinstance(found, dict) and found and all(isinstance(v, list) for v in found.values()):
        lists = list(found.items())
    else:
        lists = [("", found if isinstance(found, list) else [found])]
    for title, records in lists:
        if not all(isinstance(record, dict) for record in records):
            raise DataError(
                _("a list of objects is needed"), where=name, hint=_("one object for each row")
            )
        within_limit(len(records), name)
        yield Sheet(
            str(title),
            records=list(enumerate(records, start=1)),
        )


def _plain_cell(value: Any) -> Any:
    """Text, lists and objects of text; what means nothing is None."""
    if isinstance(value, dict):
        return {str(key): _plain_cell(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain_cell(inner) for inner in value]
    if value is None or str(value).strip() in ("", "~", "null"):
        return None
    return str(value)
