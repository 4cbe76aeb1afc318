"""Every name, position and organisation of a file in all six cases, for a person to look over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.data import book, rows, tables
from pipeline.data.rows import Row
from pipeline.errors import Problem
from pipeline.forms.columns import ACT, PERSON
from pipeline.forms.form import SUBJECT_KEY
from pipeline.language import russian
from pipeline.settings import Settings

_COLUMNS = {SUBJECT_KEY: PERSON, "act": ACT}
# What of an act is declined, and how.
_OF_ACT = (
    ("recipient", "organisation"),
    ("recipient_representative", "person"),
    ("recipient_position", "position"),
    ("handed_by", "person"),
    ("handed_by_position", "position"),
    ("received_by", "person"),
    ("received_by_position", "position"),
)
_OF_OPERATOR = (
    ("name", "organisation"),
    ("head_name", "person"),
    ("head_position", "position"),
    ("regulation_title", "phrase"),
)


@dataclass(frozen=True, slots=True)
class Declined:
    """A text's six cases; ``own`` are those that somebody wrote down, the others by rule.

    ``where`` is the row, or the key of ``[operator]``; ``field`` the column.
    """

    where: str
    field: str
    cases: Mapping[str, str]
    own: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """One line of ``data cases --json``."""
        return {
            "where": self.where, "field": self.field, "cases": dict(self.cases),
            "own": list(self.own),
        }  # fmt: skip


def of_operator(settings: Settings) -> list[Declined]:
    """The office's own texts, with ``[operator.cases]`` in force."""
    terms = russian.operator_terms(settings.operator)
    return [
        _declined("paperloop.toml", f"operator.{key}", getattr(terms, key), kind)
        for key, kind in _OF_OPERATOR
    ]


def of_file(path: str, settings: Settings) -> tuple[list[Declined], list[Problem]]:
    """What a file of people, of acts or of both has to be declined, and the faults of its rows.

    Raises:
        DataError: the file cannot be read.
    """
    sheets = book.read(path)
    found: list[Declined] = []
    problems: list[Problem] = []
    known = [tables.understood(sheets, sheet) for sheet in sheets.sheets]
    keys = [key for key in _COLUMNS if any(key in table.headings for table in known)]
    # Where there is none, it is the people's number that is said to be missing.
    for key in keys or [SUBJECT_KEY]:
        wanted = {column.key: column.key == key for column in _COLUMNS[key]}
        loaded = rows.take(sheets, wanted, key, settings.today, settings.cases)
        problems += loaded.problems
        for row in loaded.rows:
            found += _of_person(row) if key == SUBJECT_KEY else _of_act(row)
    return found, problems


def _of_person(row: Row) -> Iterator[Declined]:
    person = russian.person_of(row.values)
    yield Declined(row.where, "full_name", russian.all_cases(person), tuple(person.cases))
    if position := row.values.get("position"):
        yield _declined(row.where, "position", position, "position")


def _of_act(row: Row) -> Iterator[Declined]:
    for field, kind in _OF_ACT:
        if text := row.values.get(field):
            yield _declined(row.where, field, text, kind)


def _declined(where: str, field: str, text: Any, kind: str) -> Declined:
    own = text.cases if isinstance(text, russian.Term) else {}
    return Declined(where, field, russian.all_cases(text, kind), tuple(own))
