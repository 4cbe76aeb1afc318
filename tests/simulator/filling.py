"""Filling in by pen: what each person does with the blanks of a paper, and the traps instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from pipeline.geometry import Box
from tests.simulator.dates import spell, write_on_rule
from tests.simulator.dice import dice, one_of
from tests.simulator.pens import Pen, take_pen
from tests.simulator.printing import Sheet, lay
from tests.simulator.signatures import STYLES, sign
from tests.simulator.traps import PEN_TRAPS, SHEET_TRAPS, TRAPS, date_over


@dataclass(frozen=True, slots=True)
class Marking:
    """One thing drawn in a place: ``what`` is "sign", "date", "write" or a trap's name.

    ``present`` is what intake should say of the place: True for a signature in a signature's
    place, a date in a date's. ``detail`` is the signature's style or the text that was written;
    ``box`` (mm on the issued page) is where the ink is, None where nothing was drawn.
    """

    field: str
    kind: str
    what: str
    present: bool
    detail: str = ""
    ink: str = ""
    box: Box | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "kind": self.kind,
            "what": self.what,
            "present": self.present,
            "detail": self.detail,
            "ink": self.ink,
            "box_mm": self.box.as_list() if self.box else None,
        }


def plan_marks(
    places: Sequence[Mapping[str, Any]], marks: str | Mapping[str, str], rng: np.random.Generator
) -> dict[str, str]:
    """What goes into each hand field of a paper; see ``scan_papers`` for the short words."""
    if not isinstance(marks, str):
        return dict(marks)
    if marks not in ("signed", "unsigned", *TRAPS):
        raise ValueError(f"unknown marks: {marks}")
    plan = {}
    for place in places:
        if not place["hand"]:
            continue
        if place["kind"] == "date":
            plan[place["field"]] = "date"
        elif place["kind"] == "signature":
            trap = one_of(rng, TRAPS) if marks == "unsigned" else marks
            plan[place["field"]] = "sign" if marks == "signed" else trap
    return plan


def fill_in(
    sheet: Sheet,
    places: Sequence[Mapping[str, Any]],
    plan: Mapping[str, str],
    seed: int,
    paper: str,
    hands: tuple[str, ...],
    day: date,
) -> tuple[Marking, ...]:
    """Draw ``plan`` into the hand places of one page; the sheet changes in place.

    A plan's words: "sign", "sign:STYLE", "date", "date:TEXT", "write:TEXT", a trap's name, or
    several of these joined by "+" ("sign+stamp-round").
    """
    done: list[Marking] = []
    for place in places:
        if not place["hand"]:
            continue
        field, kind = str(place["field"]), str(place["kind"])
        words = plan.get(field, "nothing").split("+")
        # One pen signs and dates; who hands over and who takes ("signature_giver") have their own.
        person = field.replace("signature", "").replace("date", "")
        pen = take_pen(dice(seed, paper, person, "pen"), hands)
        for word in words:
            rng = dice(seed, paper, place["page"], field, word)
            done.append(_draw(sheet, field, kind, Box(*place["box_mm"]), word, pen, day, rng))
    return tuple(done)


def _draw(
    sheet: Sheet,
    field: str,
    kind: str,
    box: Box,
    word: str,
    pen: Pen,
    day: date,
    rng: np.random.Generator,
) -> Marking:
    what, _, detail = word.partition(":")
    if what == "nothing":
        return Marking(field, kind, what, False)
    if what == "sign":
        if detail and detail not in STYLES:
            raise ValueError(f"unknown style of signature: {detail}")
        cover, detail = sign(box, pen, sheet.dpi, rng, detail or None)
        lay(sheet, cover, pen.rgb)
        return Marking(
            field, kind, what, kind == "signature", detail, pen.ink, cover.box(sheet.dpi)
        )
    if what in ("date", "write"):
        text = detail or spell(day, box, rng)
        cover = write_on_rule(text, box, pen, sheet.dpi, rng)
        lay(sheet, cover, pen.rgb)
        return Marking(field, kind, what, kind != "signature", text, pen.ink, cover.box(sheet.dpi))
    if what == "date-over":
        where, text = date_over(sheet, box, pen, day, rng)
        return Marking(field, kind, what, False, text, pen.ink, where)
    if what in PEN_TRAPS:
        return Marking(field, kind, what, False, "", pen.ink, PEN_TRAPS[what](sheet, box, pen, rng))
    if what in SHEET_TRAPS:
        return Marking(field, kind, what, False, "", "", SHEET_TRAPS[what](sheet, box, rng))
    raise ValueError(f"unknown mark: {word}")
