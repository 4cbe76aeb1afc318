"""Servants shown their own files: a sheet for each to sign, once a year (seed 000, п. 18 г).

The sheet is about one person's file and lies in it when it has come back; it counts the next year
from the day it was signed. While one is waiting to be signed, it is the same sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from pipeline.flow import generate
from pipeline.flow.generate import Issued, Options
from pipeline.flow.wishes import Wish, wish_for
from pipeline.forms import form as forms
from pipeline.personnel import dossier, terms
from pipeline.personnel.dossier import Dossier
from pipeline.personnel.terms import SERVANT, SHEET
from pipeline.records.binding import DONE
from pipeline.registry import Registry
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """A person's sheet, and the day by which it must be signed (None of who is no servant)."""

    file: Dossier
    due: date | None
    issued: Issued

    def as_json(self) -> dict[str, Any]:
        """One object a sheet."""
        return {
            "subject": self.file.person.subject,
            "full_name": self.file.person.full_name,
            "sheet": self.issued.paper.key,
            "due": self.due.isoformat() if self.due else None,
            **self.issued.files,
        }


def issue(
    subjects: Sequence[str],
    until: date,
    settings: Settings,
    registry: Registry,
    options: Options,
) -> Iterator[Shown]:
    """A sheet for each of these people, by default for every servant whose term ends by a day.

    Raises:
        UsageError: no such person.
        FormError, ToolMissingError, ToolFailedError, RegistryError: as issuing does.
    """
    met = registry.targets(DONE)
    chosen = []
    for file in dossier.read(registry, settings, subjects):
        serves = file.person.category == SERVANT and not file.closed_on
        day = terms.familiarised_by(file, met) if serves else None
        if subjects or (day and day <= until):
            chosen.append((file, day))
    wanted = [_wish(file, settings, registry) for file, _day in chosen]
    issued = generate.issue(wanted, settings, registry, options)
    for (file, day), one in zip(chosen, issued, strict=True):
        yield Shown(file, day, one)


def _wish(file: Dossier, settings: Settings, registry: Registry) -> Wish:
    person = file.person
    number = _number(file, settings, registry)
    said = {
        "sheet": number,
        "document": "личное дело (все документы по внутренней описи)",
        "document_date": file.hired_on or "",
        "document_number": person.subject,
        "people": [
            {"full_name": person.full_name, "position": str(person.data.get("position") or "")}
        ],
    }
    return wish_for(forms.load(SHEET, settings), said, number, person, settings)


def _number(file: Dossier, settings: Settings, registry: Registry) -> str:
    """The sheet that waits to be signed; else the year's next."""
    subject = file.person.subject
    sheets = registry.papers(subject=subject, form=SHEET)
    back = {one.entry for one in file.filed}
    there = [one for one in sheets if one.superseded_by is None]
    if waiting := [one.key for one in there if one.id not in back]:
        return waiting[-1]
    used = {one.key for one in there}
    first = f"{subject}/{settings.today.year}"
    if first not in used:
        return first
    return next(name for n in count(2) if (name := f"{first}-{n}") not in used)
