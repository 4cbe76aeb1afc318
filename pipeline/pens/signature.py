"""Is the ink in a blank a signature? Yes, no, or a person must look.

A stamp, a fold, a staple's shadow, a tick, a stray line or a date over the rule is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process

from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import Box, mm_from_px, px_from_mm, union
from pipeline.pages import ink
from pipeline.pages.ink import Piece
from pipeline.pages.page import DPI
from pipeline.pens import stamps

NOTHING_MM = 4.0  # strokes shorter in all than this are dirt
SIGNATURE_MM = 20.0  # of strokes; the largest tick seen has 16
# A short one winds to and fro and is nothing straight. Of 300 empty blanks with ticks, folds,
# staples' shadows or stamps none with so much ink was like that.
SHORT_MM = 14.0
TICK_STROKES, STROKE_MM = 2, 3.0  # of a tick or a cross: a third stroke as long makes more of it
# Print of the sheet's other side that shines through falls to pieces under a threshold: codes into
# 12 to 19. Of 235 signatures none has more than 8.
FRAGMENTS = 12
STRAIGHT = 0.85  # of a line: folds, staples, rulers
STAMP_MM = 45.0  # this much ink outside the blank is a stamp's or a drawing's, not a signature's
WINDING, LOW_MM = 1.15, 5.0  # a line that a pen left when it slipped has 1, and lies flat
TYPED_MM = 4.2  # 14 points from the capitals' top to the tails: no hand writes so many so small
EVEN = 1.25  # the tallest sign of a stamped word to most of them
CROSSINGS = 3  # a signature goes to and fro: a row of the picture meets it three times; a tick two
TEXT_CROSSINGS = 8  # as often as this: letters or figures in a row
ROW_CROSSINGS = 5  # of signs that stand apart
ROW_SIGNS = 12  # letters of a name and a position
CAPITALS = 0.75  # of the letters, some of which OCR takes for small ones
# What small stamps say, and how like it OCR's reading is (of 100).
STAMPED, ALIKE = ("верно", "копия", "принято", "получено", "учтено", "оплачено", "исполнено"), 85
LONG_ROW, LEAST_SLANT, MOST_SLANT = 2.5, 4.0, 40.0  # times as long as high; degrees
SIGNS, DOT_MM = 4, 1.5  # parts of a row that may be a date, its dots and commas left out
DATE_SIGNS, DATE_FIGURES = 7, 5  # of a date that OCR read badly; that is written in one
FIGURES = 3  # as many read where half as many letters are: a date
ONE_STROKE = 0.8  # of all ink in one piece: nobody writes a date without lifting the pen
LETTERS = 4  # read in a row without a figure: a name
TICK_SHARE, LINE_REACH_MM, LINE_TRIES = 0.8, 0.8, 300  # of its ink on two straight lines
CAPITAL = 1.3  # a name starts with a letter this much taller than its others; a date does not
ABOVE_MM = 3.5  # the zone ends 2.5 below the rule
# Under a stamp one stroke is as long and tall; of dates the tallest has 8 mm, by its slashes.
LONG_MM, TALL_MM, TALLER_MM, SHORT_STROKE_MM = 20.0, 7.0, 9.0, 2.0
# An oval, a frame or a row of capitals fills the way round it: of 60 such stamps mostly 0.9 and
# more, of signatures the one in five that goes round and round. Of that stroke, and of all.
OUTLINED, BY_MM = (0.96, 0.85), 1.0


@dataclass(frozen=True, slots=True)
class Marks:
    """What the pieces in a blank add up to: lengths in mm, ``crossings`` a count.

    ``winding``: how much longer the strokes are than the way from end to end; ``fragments``:
    the pieces, those that a printed rule cuts counted once; ``pen``: the picture of the pieces,
    ``level`` the same with a row that runs askew laid level.
    """

    length: float
    straight: float
    outside: float
    crossings: float
    winding: float
    height: float
    pieces: tuple[Piece, ...]
    fragments: int
    pen: NDArray[np.bool_]
    level: NDArray[np.bool_]


def measure(
    mask: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    zone: Box,
    bridged: NDArray[np.bool_] | None = None,
) -> Marks:
    """What a mask of unexplained ink adds up to in a ``zone`` (mm); see ``hand.is_signature``.

    ``bridged`` is the mask with what lies over printed rules, see ``ink.bridged``.
    """
    found = ink.pieces(mask, scan, black, zone)
    inside = [p for p in found if p.inside > 0.5]
    pen = tuple(p for p in inside if p.straightness < STRAIGHT)
    whole = inside if bridged is None else ink.pieces(bridged, scan, black, zone)
    long = [p for p in pen if p.length > NOTHING_MM]
    shape = np.zeros(mask.shape, bool)
    for piece in pen:
        x0, y0, x1, y1 = piece.box.px(DPI)
        shape[y0:y1, x0:x1] |= mask[y0:y1, x0:x1]
    level = _levelled(shape, pen)
    return Marks(
        length=sum(p.length for p in pen),
        straight=sum(p.length for p in inside if p.straightness >= STRAIGHT),
        # A flourish may run far on the rule and below it; a stamp is as high above it.
        outside=sum(p.length for p in found if p.inside <= 0.5 and _above(p, zone)),
        crossings=max(_crossings(shape), _crossings(level)),
        winding=max([_winding([p]) for p in long] + [_winding(inside)]),
        height=max((p.box.height for p in long), default=0.0),
        pieces=pen,
        fragments=sum(p.inside > 0.5 and p.straightness < STRAIGHT for p in whole),
        pen=shape,
        level=level,
    )


def _crossings(shape: NDArray[np.bool_]) -> float:
    """How often the rows of a picture meet its ink; a few may meet it more often."""
    starts = (np.diff(np.pad(shape.astype(np.int8), ((0, 0), (1, 0))), axis=1) == 1).sum(axis=1)
    starts = starts[starts > 0]
    return float(np.percentile(starts, 85)) if len(starts) else 0.0


def _levelled(shape: NDArray[np.bool_], pieces: Sequence[Piece]) -> NDArray[np.bool_]:
    """A row of signs that runs askew laid level; what is no row stays as it is."""
    points = cv2.findNonZero(shape.astype(np.uint8))
    if points is None or sum(p.box.height > DOT_MM for p in pieces) < SIGNS:
        return shape
    corners = cv2.boxPoints(cv2.minAreaRect(points))
    sides = sorted((corners[1] - corners[0], corners[2] - corners[1]), key=lambda s: np.hypot(*s))
    if np.hypot(*sides[1]) < LONG_ROW * np.hypot(*sides[0]):
        return shape
    across, down = sides[1] if sides[1][0] > 0 else -sides[1]
    angle = math.degrees(math.atan2(down, across))
    if not LEAST_SLANT < abs(angle) < MOST_SLANT:
        return shape
    height, width = shape.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(shape.astype(np.uint8), turn, (width, height)) > 0)


def _winding(strokes: Sequence[Piece]) -> float:
    if not strokes:
        return 0.0
    box = union(p.box for p in strokes)
    return sum(p.length for p in strokes) / math.hypot(box.width, box.height)


def _above(piece: Piece, zone: Box) -> bool:
    return (piece.box.y0 + piece.box.y1) / 2 < zone.y1 - ABOVE_MM


def is_signature(marks: Marks, ocr: OcrEngine) -> bool | None:
    """Whether it is one; None: a person must look."""
    if marks.length + marks.straight + min(marks.outside, NOTHING_MM) < NOTHING_MM:
        return False
    if marks.length < NOTHING_MM and marks.straight < SIGNATURE_MM and marks.outside < STAMP_MM:
        return False  # a fold or a staple and nothing else
    if marks.outside > STAMP_MM:
        return None
    if marks.winding < WINDING and marks.height < LOW_MM:
        return None
    if marks.length < (SIGNATURE_MM if marks.crossings < CROSSINGS else SHORT_MM):
        return None
    if _is_simple(marks) and is_tick(marks.pen):
        return None
    if stamps.is_worded(marks.pen) or marks.fragments >= FRAGMENTS:
        return None
    if not _is_row(marks):
        return True
    if _is_even(marks) or _is_typed(marks):
        return None
    said = _readings(marks, ocr)
    is_text = marks.crossings >= TEXT_CROSSINGS
    if any(_is_lettering(marks, words) for words in said):
        return None
    if may_be_date(marks, said[0]) if is_text else _has_figures(said[0]):
        return None
    return True


def _is_row(marks: Marks) -> bool:
    """Whether it may be letters or figures in a row, so that it is worth reading."""
    is_low = marks.height < LOW_MM
    many = ROW_CROSSINGS if is_low or len(_signs(marks)) >= SIGNS else TEXT_CROSSINGS
    return marks.crossings >= many


def _signs(marks: Marks) -> list[Piece]:
    """From left to right what may be letters or figures."""
    return sorted((p for p in marks.pieces if p.box.height > DOT_MM), key=lambda p: p.box.x0)


def _is_even(marks: Marks) -> bool:
    """Small signs of one height, as a stamp's capitals are; a name begins with a taller one."""
    heights = [p.box.height for p in _signs(marks)]
    is_row = len(heights) >= SIGNS and max(heights) < LOW_MM
    return is_row and max(heights) < EVEN * median(heights)


def _is_typed(marks: Marks) -> bool:
    """Many letters in a row as low as type: a name that was printed there."""
    rows = np.flatnonzero(marks.level.any(axis=1))
    high = mm_from_px(int(rows[-1] - rows[0]) + 1, DPI) if len(rows) else 0.0
    return high < TYPED_MM and marks.crossings >= TEXT_CROSSINGS


def _is_lettering(marks: Marks, words: str) -> bool:
    """Whether OCR read what small stamps say: such words, capitals, a name with a position.

    A hand writes its name in small letters.
    """
    letters = [char for char in words if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    heights = [p.box.height for p in _signs(marks)]
    # A zigzag is read as М, and large small letters of a hand as capitals.
    is_print = len(heights) > 1 and median(heights) < stamps.LETTER_MM
    is_stamped = len(letters) >= LETTERS and (
        (is_print and capitals >= CAPITALS * len(letters))
        or process.extractOne("".join(letters).lower(), STAMPED, score_cutoff=ALIKE) is not None
    )
    return is_stamped or (len(letters) >= ROW_SIGNS and len(heights) >= SIGNS)


def _has_figures(words: str) -> bool:
    figures = sum(c.isdigit() for c in words)
    return figures >= FIGURES and figures >= sum(c.isalpha() for c in words) / 2


def _is_simple(marks: Marks) -> bool:
    """Whether so few strokes, or so short ones, may be a tick."""
    if marks.crossings >= CROSSINGS:
        return marks.length < SIGNATURE_MM
    return sum(p.length > STROKE_MM for p in marks.pieces) <= TICK_STROKES


def is_drawn(marks: Marks) -> bool:
    """A stroke longer and taller than figures and stamped letters have, and no stamp's outline."""
    tall = TALL_MM if marks.crossings < TEXT_CROSSINGS else TALLER_MM
    long = [p for p in marks.pieces if p.length > LONG_MM and p.box.height > tall]
    strokes = [p for p in marks.pieces if p.length > SHORT_STROKE_MM]
    alone = min((_outlined(_part(marks.pen, [stroke])) for stroke in long), default=1.0)
    return alone < OUTLINED[0] and _outlined(_part(marks.pen, strokes)) < OUTLINED[1]


def _part(pen: NDArray[np.bool_], pieces: Sequence[Piece]) -> NDArray[np.bool_]:
    """A picture of some of its pieces alone."""
    part = np.zeros(pen.shape, bool)
    for x0, y0, x1, y1 in (p.box.px(DPI) for p in pieces):
        part[y0:y1, x0:x1] |= pen[y0:y1, x0:x1]
    return part


def _outlined(shape: NDArray[np.bool_]) -> float:
    """How much of the way round some ink (its convex hull) has ink by it."""
    hull = cv2.convexHull(np.argwhere(shape)[:, ::-1].astype(np.int32))
    way = np.zeros(shape.shape, np.uint8)
    cv2.polylines(way, [hull], isClosed=True, color=(1,), thickness=1)
    reach = 2 * round(px_from_mm(BY_MM, DPI)) + 1
    near = cv2.dilate(shape.astype(np.uint8), np.ones((reach, reach), np.uint8))
    return float(near[way > 0].mean())


def is_tick(pen: NDArray[np.bool_]) -> bool:
    """Two straight strokes and little else: a tick, a cross."""
    points = np.argwhere(pen).astype(np.float64)
    dice = np.random.default_rng(len(points))  # the same picture, the same answer
    left = points
    for _stroke in range(2):
        best = np.zeros(len(left), bool)
        for start, end in left[dice.integers(0, max(1, len(left)), (LINE_TRIES, 2))]:
            run = end - start
            length = np.hypot(*run)
            if length > px_from_mm(1, DPI):
                away = np.abs((left - start) @ np.array([run[1], -run[0]])) / length
                on = away < px_from_mm(LINE_REACH_MM, DPI)
                best = on if on.sum() > best.sum() else best
        left = left[~best]
        if not len(left):
            return True
    return len(left) < (1 - TICK_SHARE) * len(points)


def words_of(marks: Marks, ocr: OcrEngine) -> str:
    """What OCR makes of the pen's strokes."""
    return _readings(marks, ocr)[0]


def _readings(marks: Marks, ocr: OcrEngine) -> list[str]:
    """What OCR makes of the strokes laid level, and of them as they are."""
    shapes = [marks.level] if marks.level is marks.pen else [marks.level, marks.pen]
    pictures = [
        cv2.GaussianBlur(np.where(shape, 0, 255).astype(np.uint8), (0, 0), 0.7) for shape in shapes
    ]
    return [words for words, _sure in ocr.read_lines([np.asarray(p, np.uint8) for p in pictures])]


def may_be_date(marks: Marks, words: str) -> bool:
    """Figures where a name should be, or a row of signs that cannot be read as letters."""
    signs = _signs(marks)
    if not signs:
        return False
    letters, figures = sum(c.isalpha() for c in words), sum(c.isdigit() for c in words)
    heights = sorted(p.box.height for p in signs)
    if max(p.length for p in signs) > ONE_STROKE * marks.length:
        return figures >= DATE_FIGURES
    if _has_figures(words):
        return True
    if not words:
        return len(signs) >= SIGNS
    if signs[0].box.height > CAPITAL * heights[len(heights) // 2] or len(signs) < DATE_SIGNS:
        return False
    return letters < LETTERS or figures > 0
