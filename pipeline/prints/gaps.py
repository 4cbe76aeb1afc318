"""Ink in the blanks of a printed line: a letter, figure or mark that was added beside a word.

Between two words there is too little free paper for what ``ink`` looks for; here the issued print
is taken away from the scan instead of being masked with all that is near it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_points, mm_from_px
from pipeline.pages.ink import connected, touched, window, within
from pipeline.pages.page import DPI
from pipeline.papers.layout import Glyph
from pipeline.prints.blots import is_solid
from pipeline.prints.glyphs import Look

LEAST_MM = 0.5  # a narrower blank holds no letter
BESIDE_MM = 0.12  # the neighbours' own edges
REACH_MM = 2.2  # past the end of a line an added letter stands no further off
INK_SHARE = 0.4  # of the page's black, above what the issued print explains
ADDED_MM2 = 0.60  # of ink: a figure 3 has 1.1, of which a part may be hidden by its neighbours
ADDED_HIGH_MM = 1.3  # the specks of 100 worn pages reach 1.15 in a blank
# Just behind a value a comma or a hyphen counts as well: 0.16 mm² and more. Clean scans leave less
# than 0.08 there; on others OCR tells a mark from a speck.
MARK_MM2 = 0.12
MARK_HIGH_MM = 0.36  # a rule under the line is 0.25
MARK_REACH_MM = 0.9  # from the value to where the mark begins
ON_BASE_MM = 0.25  # a full stop stands on the base line
ASCENT = 0.7  # of the size, above the base line: an apostrophe stands as high as a capital
SPECK_MM2 = 0.06
AROUND_MM = 1.2  # about a piece: the rest of a speck that reaches out of the blank
MARK_AMONG_SPECKS_MM2 = 0.2  # 30 bilevel pages: 2 specks behind values, against 16 above 0.12
_STEMS = np.ones((1, 9), np.uint8)  # of an и whose slanting stroke is pale: 1.1 mm apart
_STROKES = np.ones((19, 1), np.uint8)  # of a figure 3 that is seen in part: 2.4 mm apart


@dataclass(frozen=True, slots=True)
class _Piece:
    """Ink in a blank: where, how much (mm²), behind which print, and if just behind a value.

    ``value`` is the colour of the print (0: no value's), ``letter`` whether it ends in a letter.
    """

    line: Sequence[Glyph]
    box: Box
    area: float
    value: int
    letter: bool
    near: bool
    dot: bool

    @property
    def is_letter(self) -> bool:
        return self.area > ADDED_MM2 and self.box.height > ADDED_HIGH_MM and not self.dot

    @property
    def is_dirt(self) -> bool:
        """A dot that stands where no full stop does."""
        base = float(np.median([glyph.origin_y for glyph in self.line]))
        return self.dot and abs(self.box.y1 - base) > ON_BASE_MM

    @property
    def is_stop(self) -> bool:
        """A dot that changes no word, as it would a number."""
        return self.dot and self.letter

    def is_mark(self, least: float) -> bool:
        is_large = self.area > least and self.box.height > MARK_HIGH_MM
        return self.near and is_large and not self.is_dirt


def added(
    lines: Sequence[Sequence[Glyph]],
    seen: Look,
    excused: NDArray[np.bool_],
    whole: frozenset[int],
) -> list[tuple[Sequence[Glyph], Box]]:
    """Where something as large as a letter stands in a blank, or a mark behind a field's value.

    Each line from left to right; ``excused`` is ink that is accounted for, ``whole`` the colours of
    the values that OCR read letter for letter: on a page with specks that clears their marks, and
    dots behind words are specks.
    """
    pieces = [piece for line in lines for piece in _pieces(line, seen, excused)]
    specks = any(not p.value and not p.is_letter and p.area > SPECK_MM2 for p in pieces)
    least = MARK_AMONG_SPECKS_MM2 if specks else MARK_MM2
    return [
        (p.line, p.box)
        for p in pieces
        if p.is_letter or (p.is_mark(least) and not (specks and (p.value in whole or p.is_stop)))
    ]


def _pieces(line: Sequence[Glyph], seen: Look, excused: NDArray[np.bool_]) -> Iterator[_Piece]:
    upper = min(min(g.box.y0, g.origin_y - ASCENT * mm_from_points(g.size)) for g in line)
    lower = max(g.box.y1 for g in line)
    for start, end, behind in _blanks(line):
        value, letter = (behind.colour, behind.char.isalpha()) if behind else (0, False)
        x0, y0, x1, y1 = Box(start, upper, end, lower).px(DPI)
        zone = (slice(max(0, y0), y1), slice(max(0, x0), x1))
        excess = (seen.scan[zone] - seen.model[zone] > INK_SHARE * seen.black) & ~excused[zone]
        joined = cv2.morphologyEx(excess.astype(np.uint8), cv2.MORPH_CLOSE, _STROKES)
        joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, _STEMS)
        for (x, y, width, height), shape in connected(np.asarray(joined, np.uint8), 1):
            # Its own box, not that of what joins its parts: this sticks to the blank's edges.
            part = slice(y, y + height), slice(x, x + width)
            ink = excess[part] & shape
            dx, dy, width, height = cv2.boundingRect(ink.astype(np.uint8))
            x, y = x + dx, y + dy
            area = int(np.count_nonzero(ink)) * mm_from_px(1, DPI) ** 2
            left, top = (mm_from_px(px, DPI) for px in (zone[1].start + x, zone[0].start + y))
            box = Box(left, top, left + mm_from_px(width, DPI), top + mm_from_px(height, DPI))
            dot = area > SPECK_MM2 and _is_dot(box, seen)
            near = value > 0 and mm_from_px(x, DPI) <= MARK_REACH_MM
            yield _Piece(line, box, area, value, letter, near, dot)


def _is_dot(box: Box, seen: Look) -> bool:
    """Whether a piece is a solid dot, with what of it lies beside the blank or on print."""
    zone = window(box, seen.scan.shape, AROUND_MM)
    dark = seen.scan[zone] > INK_SHARE * seen.black
    excess = seen.scan[zone] - seen.model[zone] > INK_SHARE * seen.black
    here = np.zeros(excess.shape, np.bool_)
    here[within(window(box, seen.scan.shape, 0.0), zone)] = True
    return is_solid(touched(excess.astype(np.uint8), here & excess), dark)


def _blanks(line: Sequence[Glyph]) -> Iterator[tuple[float, float, Glyph | None]]:
    """Left and right (mm) of every blank with room for a letter, and the glyph just before it."""
    start, end = line[0].box.x0, line[-1].box.x1
    yield start - REACH_MM, start - BESIDE_MM, None
    for one, following in pairwise(line):
        left, right = one.box.x1 + BESIDE_MM, following.box.x0 - BESIDE_MM
        if right - left > 2 * REACH_MM:
            yield left, left + REACH_MM, one
            yield right - REACH_MM, right, None
        elif right - left > LEAST_MM:
            yield left, right, one
    yield end + BESIDE_MM, end + REACH_MM, line[-1]
