"""What was done to a page outside its blanks: wording changed, struck out, or added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline import gaps, ink, layout, smears, strokes
from pipeline.doubt import Doubt
from pipeline.geometry import Box, union
from pipeline.glyphs import Look
from pipeline.layout import Glyph, Sheet
from pipeline.paper import Place
from pipeline.placing import words
from pipeline.reading import Alteration
from pipeline.register import Laid
from pipeline.scan import encode_png

Mask = NDArray[np.bool_]

CROP_MM = 4.0
# A signature's flourish ends within this of its blank; captions lie there, wording does not.
AROUND_MM = 6.0
BELOW_MM = 8.0
BESIDE_MM = (1.0, 2.0)  # of a stroke: letters that it crosses, ink between them
STAMP_REACH_MM = 0.8  # a stamp's ink so near to a letter changes its look


@dataclass(frozen=True, slots=True)
class View:
    """A page that is laid over: its printed ``lines``, the scan's ink, what of it is ``left``.

    That is ink that the issued page does not explain.
    """

    laid: Laid
    issued: NDArray[np.uint8]
    sheet: Sheet
    places: Sequence[Place]
    lines: Sequence[list[Glyph]]
    scan: NDArray[np.float32]
    seen: Look
    left: Mask


def find(
    view: View,
    wording: Sequence[Doubt],
    hurt: Sequence[list[Glyph]],
    excused: Mask,
    whole: frozenset[int],
) -> list[Alteration]:
    """The alterations of a page: ``wording`` are the suspect glyphs of its fixed words.

    ``hurt`` are those words that were rubbed or smeared; ``excused`` is ink that is accounted
    for; ``whole`` the colours of the values that OCR read letter for letter.
    """
    folds = ink.page_lines(view.scan, view.issued, view.seen.black)
    drawn = _strokes(view, excused | folds)
    others = _changed(view, wording, hurt) + _inked(view, excused | folds)
    found = [*drawn, *(one for one in others if not _belongs(one, drawn))]
    return found + _added(view, excused, whole, found)


def is_stamped(doubt: Doubt, under: Mask, seen: Look) -> bool:
    """Whether a glyph looks strange for the stamp that lies over it, and is still there."""
    glyph = doubt.verdict.glyph
    is_under = under[ink.window(glyph.box, under.shape, STAMP_REACH_MM)].any()
    return bool(is_under) and smears.ink_share(glyph, seen) >= smears.RUBBED_SHARE


def _changed(view: View, doubts: Sequence[Doubt], hurt: Sequence[list[Glyph]]) -> list[Alteration]:
    """Changed or hurt glyphs of the fixed wording, one alteration a printed line."""
    rubbed = {id(glyph) for word in hurt for glyph in word}
    suspects = rubbed | {id(d.verdict.glyph) for d in doubts}
    found = []
    for line in view.lines if suspects else ():
        wrong = [g for g in line if id(g) in suspects]
        if wrong:
            gone = all(id(g) in rubbed or smears.is_gone(g, view.seen) for g in wrong)
            kind = "erasure" if gone else "overprint"
            found.append(_alteration(view, kind, union(g.box for g in wrong), line))
    return found


def _strokes(view: View, excused: Mask) -> list[Alteration]:
    """Lines of print that a pen crosses out, but for a signature's flourish."""
    signed = _flourishes([place for place in view.places if place.kind == "signature"])
    return [
        _alteration(view, "strike", box, line)
        for line, box in strokes.drawn(view.lines, view.seen, excused)
        if not any(zone.overlaps(box) for zone in signed)
    ]


def _belongs(one: Alteration, drawn: Sequence[Alteration]) -> bool:
    """Is it a part of a stroke that is known already: letters that it crosses, ink between them?"""
    return any(one.near == it.near and one.box.overlaps(it.box.grown(*BESIDE_MM)) for it in drawn)


def _inked(view: View, excused: Mask) -> list[Alteration]:
    """Ink that nothing explains: strikes where it lies flat over a line, else insertions."""
    found = []
    boxes = [layout.box_of(line) for line in view.lines]
    flourish = _flourishes(view.places)
    stray = view.left & ~excused
    for piece in ink.strays(stray, view.scan, view.seen.black, view.sheet, boxes):
        if any(zone.contains(piece.box) for zone in flourish):
            continue
        near: list[Glyph] = min(
            view.lines,
            key=lambda line: _distance(layout.box_of(line), piece.box),
            default=[],
        )
        over = bool(near) and layout.box_of(near).overlaps(piece.box)
        flat = piece.box.width > 3 * piece.box.height
        kind = "strike" if over and flat else "insertion"
        found.append(_alteration(view, kind, piece.box, near))
    return found


def _added(
    view: View, excused: Mask, whole: frozenset[int], known: Sequence[Alteration]
) -> list[Alteration]:
    """Letters and figures added in the blanks of the lines, those not seen before."""
    apart = [*_flourishes(view.places), *(one.box for one in known)]
    return [
        _alteration(view, "insertion", box, line)
        for line, box in gaps.added(view.lines, view.seen, excused, whole)
        if not any(box.overlaps(other) for other in apart)
    ]


def _alteration(view: View, kind: str, box: Box, near: Sequence[Glyph]) -> Alteration:
    crop = encode_png(view.laid.picture(box.grown(CROP_MM)))
    return Alteration(kind, view.sheet.number, box, _text_of(near), crop)


def _text_of(line: Sequence[Glyph]) -> str:
    """A printed line's words: PDFs keep no blanks, gaps tell them."""
    return " ".join("".join(g.char for g in word) for word in words(line))


def _flourishes(places: Sequence[Place]) -> list[Box]:
    """Where the end of a signature may lie: over the caption at most."""
    return [
        Box(p.box.x0 - AROUND_MM, p.box.y0 - AROUND_MM, p.box.x1 + AROUND_MM, p.box.y1 + BELOW_MM)
        for p in places
        if p.hand
    ]


def _distance(one: Box, other: Box) -> float:
    dy = max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
    dx = max(one.x0 - other.x1, other.x0 - one.x1, 0.0)
    return dy + dx / 4
