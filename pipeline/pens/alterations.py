"""What was done to a page outside its blanks: wording changed, struck out, or added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, union
from pipeline.pages import ink
from pipeline.pages.reading import STRIKE, Alteration
from pipeline.pages.registration import Laid
from pipeline.papers import layout
from pipeline.papers.layout import Glyph, Sheet
from pipeline.papers.paper import Place
from pipeline.pens import acts, hues, strokes, touches
from pipeline.prints import gaps, smears
from pipeline.prints.doubt import Doubt
from pipeline.prints.glyphs import Look
from pipeline.prints.placing import words
from pipeline.scans.scan import encode_png

Mask = NDArray[np.bool_]
_Struck = tuple[list[Glyph], Box]  # a printed line, and where on it it is crossed out


CROP_MM = 4.0
FOOT_MM = 27.0  # the band of the codes, which are verified by being read
# A signature's flourish ends within this of its blank; captions lie there, wording does not.
AROUND_MM = 6.0
BELOW_MM = 8.0
BESIDE_MM = (1.0, 2.0)  # of a stroke: letters that it crosses, ink between them
ACT_MM = (1.5, 4.5)  # between the pieces of one act: a line of print cuts a stroke across it
WORDS_MM = (2.5, 1.0)  # between letters by hand, and a caret under them
LEGS_APART_MM = 15.0  # of a zigzag over a paragraph
END_MM = (1.0, 3.0)  # of such a stroke beyond the lines that it crosses
CLEAR_OF_MM = 0.2  # a letter by hand that reaches no further into print stands beside it
FLAT = 3  # times as wide as high
STAMP_REACH_MM = 0.8  # a stamp's ink so near to a letter changes its look


@dataclass(frozen=True, slots=True)
class LaidPage:
    """A page that is laid over: its printed ``lines``, the scan's ink, what of it is ``left``.

    That is ink that the issued page does not explain; of ``folds`` some of it is.
    """

    laid: Laid
    sheet: Sheet
    places: Sequence[Place]
    lines: Sequence[list[Glyph]]
    scan: NDArray[np.float32]
    seen: Look
    left: Mask
    folds: Mask


def find(
    page: LaidPage,
    wording: Sequence[Doubt],
    hurt: Sequence[list[Glyph]],
    excused: Mask,
    whole: frozenset[int],
) -> list[Alteration]:
    """The alterations of a page: ``wording`` are the suspect glyphs of its fixed words.

    ``hurt`` are those words that were rubbed or smeared; ``excused`` is ink that is accounted
    for; ``whole`` the colours of the values that OCR read letter for letter.
    """
    marred = excused | page.folds
    drawn, along = _strokes(page, marred)
    changed = [
        one
        for one in _changed(page, wording, hurt)
        if not any(one.box.overlaps(box.grown(*BESIDE_MM)) for box in along)
    ]
    crossed, loose = _crossed(page, marred, [box for _line, box in drawn])
    strikes = [_alteration(page, STRIKE, box, line) for line, box in _joined(crossed, drawn)]
    others = changed + _inked(page, marred, [*loose, *along])
    found = [*strikes, *(one for one in others if not _belongs(one, strikes))]
    found += _touched(page, marred, found)
    return found + _added(page, excused, whole, found)


def is_stamped(doubt: Doubt, under: Mask, seen: Look) -> bool:
    """Whether a glyph looks strange for the stamp that lies over it, and is still there."""
    glyph = doubt.verdict.glyph
    is_under = under[ink.window(glyph.box, under.shape, STAMP_REACH_MM)].any()
    return bool(is_under) and smears.ink_share(glyph, seen) >= smears.RUBBED_SHARE


def _changed(
    page: LaidPage, doubts: Sequence[Doubt], hurt: Sequence[list[Glyph]]
) -> list[Alteration]:
    """Changed or hurt glyphs of the fixed wording, one alteration a printed line."""
    rubbed = {id(glyph) for word in hurt for glyph in word}
    suspects = rubbed | {id(d.verdict.glyph) for d in doubts}
    found = []
    for line in page.lines if suspects else ():
        wrong = [g for g in line if id(g) in suspects]
        if wrong:
            gone = all(id(g) in rubbed or smears.is_gone(g, page.seen) for g in wrong)
            kind = "erasure" if gone else "overprint"
            found.append(_alteration(page, kind, union(g.box for g in wrong), line))
    return found


def _strokes(page: LaidPage, excused: Mask) -> tuple[list[_Struck], list[Box]]:
    """Lines of print that a pen crosses out, but for a signature's flourish.

    And where a hand wrote along a line of print.
    """
    signed = _flourishes([place for place in page.places if place.kind == "signature"])
    struck, written = [], []
    for line, box in strokes.drawn(page.lines, page.seen, excused):
        if any(zone.overlaps(box) for zone in signed):
            continue
        if acts.is_writing(box, page.seen, excused):
            written.append(box)
        else:
            struck.append((line, box))
    return struck, written


def _joined(crossed: Sequence[_Struck], drawn: Sequence[_Struck]) -> list[_Struck]:
    """Strokes along a line put together with those across it, if they meet."""
    left, found = list(drawn), []
    for line, box in crossed:
        reach = box.grown(*BESIDE_MM)
        met = [one for one in left if one[0] is line and one[1].overlaps(reach)]
        left = [one for one in left if one not in met]
        found.append((line, union([box, *(other for _line, other in met)])))
    return found + left


def _belongs(one: Alteration, struck: Sequence[Alteration]) -> bool:
    """Is it a part of a stroke that is known already: letters that it crosses, ink between them?"""
    x, y = (one.box.x0 + one.box.x1) / 2, (one.box.y0 + one.box.y1) / 2
    middle = Box(x, y, x, y)
    return any(
        (one.near == it.near and one.box.overlaps(it.box.grown(*BESIDE_MM)))
        or it.box.grown(1.0).contains(middle)
        for it in struck
    )


def _crossed(
    page: LaidPage, excused: Mask, drawn: Sequence[Box]
) -> tuple[list[_Struck], list[Box]]:
    """Lines of print that long strokes cross out, and the ink that nothing explains besides.

    What hangs together is one act, with the strokes ``drawn`` along the print.
    """
    lines = [layout.box_of(line) for line in page.lines]
    flourish = _flourishes(page.places)
    stray = page.left & ~excused
    strays = ink.strays(stray, page.scan, page.seen.black, page.sheet, lines)
    body = Box(
        ink.EDGE_MM, ink.EDGE_MM, page.sheet.width - ink.EDGE_MM, page.sheet.height - FOOT_MM
    )
    pieces = [piece.box for piece in strays]
    pieces += [
        box
        for box in acts.marks(body, page.seen, excused)
        if not any(box.overlaps(other) for other in pieces)
    ]
    pieces = [box for box in pieces if not any(zone.contains(box) for zone in flourish)]
    boxes = [*pieces, *drawn]
    legs = [
        union(boxes[n] for n in group)
        for group in acts.together(boxes, *ACT_MM)
        if acts.crossed([pieces[n] for n in group if n < len(pieces)], lines, page.seen, excused)
    ]
    crossed: list[_Struck] = []
    loose = pieces
    for zigzag in acts.together(legs, LEGS_APART_MM, ACT_MM[1]):
        mine = [box for box in boxes if any(legs[n].contains(box) for n in zigzag)]
        struck = acts.crossed(mine, lines, page.seen, excused)
        crossed += [(page.lines[n], box) for n, box in struck]
        if struck:
            about = union(box for _line, box in struck).grown(*END_MM)
            loose = [box for box in loose if not about.contains(box)]
    return crossed, loose


def _inked(page: LaidPage, excused: Mask, pieces: Sequence[Box]) -> list[Alteration]:
    """Other ink that nothing explains: strikes where it lies flat over a line, else insertions."""
    found = []
    for group in acts.together(pieces, *WORDS_MM):
        box = union(pieces[n] for n in group)
        near = _line_of(page, box)
        over = bool(near) and layout.box_of(near).overlaps(box)
        flat = over and box.width > FLAT * box.height
        is_strike = flat and not acts.is_writing(box, page.seen, excused)
        found.append(_alteration(page, STRIKE if is_strike else "insertion", box, near))
    return found


def _line_of(page: LaidPage, box: Box) -> list[Glyph]:
    """The printed line that words written there belong to: they stand above it."""
    over = [line for line in page.lines if layout.box_of(line).overlaps(box)]
    if over:
        return max(over, key=lambda line: layout.box_of(line).y1)
    return min(page.lines, key=lambda line: _distance(layout.box_of(line), box), default=[])


def _touched(page: LaidPage, excused: Mask, known: Sequence[Alteration]) -> list[Alteration]:
    """What a pen left on letters and figures or beside them, those acts not seen before."""
    apart = [*_flourishes(page.places), *(one.box for one in known)]
    lines = [layout.box_of(line) for line in page.lines]
    pieces = [
        *touches.found(lines, page.seen, page.left, excused),
        *hues.on_print(lines, page.seen, excused, page.laid),
    ]
    pieces = [box for box in pieces if not any(box.overlaps(other) for other in apart)]
    found = []
    for group in acts.together(pieces, *WORDS_MM):
        box = union(pieces[n] for n in group)
        near = _line_of(page, box)
        over = any(glyph.box.grown(-CLEAR_OF_MM).overlaps(box) for glyph in near)
        found.append(_alteration(page, "overprint" if over else "insertion", box, near))
    return found


def _added(
    page: LaidPage, excused: Mask, whole: frozenset[int], known: Sequence[Alteration]
) -> list[Alteration]:
    """Letters and figures added in the blanks of the lines, those not seen before."""
    apart = [*_flourishes(page.places), *(one.box for one in known)]
    return [
        _alteration(page, "insertion", box, line)
        for line, box in gaps.added(page.lines, page.seen, excused, whole)
        if not any(box.overlaps(other) for other in apart)
    ]


def _alteration(page: LaidPage, kind: str, box: Box, near: Sequence[Glyph]) -> Alteration:
    crop = encode_png(page.laid.picture(box.grown(CROP_MM)))
    return Alteration(kind, page.sheet.number, box, _text_of(near), crop)


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
