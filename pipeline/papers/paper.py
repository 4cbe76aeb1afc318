"""An issued paper: what was printed, and where it landed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.geometry import Box


@dataclass(frozen=True, slots=True)
class Place:
    """Where one print of a field landed on the issued PDF.

    ``kind`` is "signature", "date" or "text"; ``hand`` says that a pen fills it;
    ``page`` counts from 1; ``box`` is in millimetres from the page's top left corner.
    ``colour`` is the near-black RGB number of the print, by which its glyphs are known in the PDF.
    """

    field: str
    kind: str
    hand: bool
    page: int
    box: Box
    colour: int = 0

    def as_json(self) -> dict[str, Any]:
        """The contract's form of a place."""
        return {
            "field": self.field,
            "kind": self.kind,
            "hand": self.hand,
            "page": self.page,
            "box_mm": self.box.as_list(),
        }


@dataclass(frozen=True, slots=True)
class Paper:
    """One issued copy of a form.

    ``fields`` holds each printed value as printed, ``values`` the same normalised for the record
    (dates as YYYY-MM-DD). ``key`` is what the paper is about (a personnel number, an act);
    ``subject`` is the person's number, or None where the form is not about one person.
    ``copy`` counts the copies issued on purpose with the same data, from 1. ``digest`` is the
    SHA-256 of form version and data: the same digest and copy is the same paper.
    """

    id: str
    form: str
    version: str
    key: str
    subject: str | None
    copy: int
    digest: str
    fields: dict[str, str]
    values: dict[str, str]
    places: tuple[Place, ...]
    pages: int
    issued_on: date
    docx: str = ""
    pdf: str = ""
    superseded_by: str | None = None
