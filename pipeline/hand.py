"""Blanks for a pen: is there a signature, is there a date? Yes, no, or a person must look.

Presence is not authenticity: nobody's hand is recognised. A stamp, a fold, a staple's shadow,
a tick, a stray line or a date over the signature's rule is no signature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import dates, hues, ink, original, script, stamps
from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import Box, mm_from_px, px_from_mm, union
from pipeline.ink import Piece
from pipeline.page import DPI
from pipeline.paper import Place
from pipeline.reading import Alteration, HandMark
from pipeline.register import Laid
from pipeline.scan import encode_png

REACH_MM = 10.0  # about a blank: far enough to see that ink is part of a stamp
NOTHING_MM = 4.0  # strokes shorter in all than this are dirt
SIGNATURE_MM = 20.0  # of strokes; the largest tick seen has 16
# A short one winds to and fro and is nothing straight. Of 300 empty blanks with ticks, folds,
# staples' shadows or stamps none with so much ink was like that.
SHORT_MM = 14.0
TICK_STROKES, STROKE_MM = 2, 3.0  # of a tick or a cross: a third stroke as long makes more of it
DATE_MM = 12.0
STRAIGHT = 0.85  # of a line: folds, staples, rulers
STAMP_MM = 45.0  # this much ink outside the blank is a stamp's or a drawing's, not a signature's
WINDING, LOW_MM = 1.15, 5.0  # a line that a pen left when it slipped has 1, and lies flat
CROSSINGS = 3  # a signature goes to and fro: a row of the picture meets it three times; a tick two
TEXT_CROSSINGS = 8  # as often as this: letters or figures in a row
SIGNS, DOT_MM = 4, 1.5  # parts of a row that may be a date, its dots and commas left out
DATE_SIGNS, DATE_FIGURES = 7, 5  # of a date that OCR read badly; that is written in one
FIGURES = 3  # as many read where half as many letters are: a date
ONE_STROKE = 0.8  # of all ink in one piece: nobody writes a date without lifting the pen
LETTERS = 4  # read in a row without a figure: a name
TICK_SHARE, LINE_REACH_MM, LINE_TRIES = 0.8, 0.8, 300  # of its ink on two straight lines
CAPITAL = 1.3  # a name starts with a letter this much taller than its others; a date does not
OVER_MM = (2.0, 1.5, 2.5)  # beside, above and below: dates are written past their rules
BESIDE_MM = 8.0  # a figure that stands as far off is still the date's
PRINT_EDGE_PX = 5  # that print is blurred by, or lies off
ABOVE_MM = 3.5  # the zone ends 2.5 below the rule
ASTRAY_MM = 5.5  # words between two lines are not so high
# Under a stamp one stroke is as long and tall; of dates the tallest has 8 mm, by its slashes.
LONG_MM, TALL_MM, TALLER_MM, SHORT_STROKE_MM = 20.0, 7.0, 9.0, 2.0
# An oval, a frame or a row of capitals fills the way round it: of 60 such stamps mostly 0.9 and
# more, of signatures the one in five that goes round and round. Of that stroke, and of all.
OUTLINED, BY_MM = (0.96, 0.85), 1.0
WORD = 4  # letters and figures that OCR reads: of a signature it makes fewer
WITHIN = 0.8  # of the ink of a hue lies in the blank: a stamp's lies about it too
SURE, UNSURE = 0.99, 0.5


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the pieces in a blank add up to: lengths in mm, ``crossings`` a count.

    ``winding``: how much longer the strokes are than the way from end to end;
    ``pen``: the picture of the pieces.
    """

    length: float
    straight: float
    outside: float
    crossings: float
    winding: float
    height: float
    pieces: tuple[Piece, ...]
    pen: NDArray[np.bool_]


def judge(
    place: Place,
    others: Sequence[Place],
    left: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    laid: Laid,
    issued: NDArray[np.uint8],
    ocr: OcrEngine,
) -> HandMark:
    """The ink in one blank. ``left`` is the page's unexplained ink, ``others`` its places."""
    rows, columns = ink.window(place.box, left.shape, REACH_MM)
    mask = left[rows, columns].copy()
    x, y = mm_from_px(columns.start, DPI), mm_from_px(rows.start, DPI)
    _clear(mask, rows, columns, place, others, 2.0)
    zone = _moved(place.box.grown(1.5, 2.5), -x, -y)
    marks = _measure(mask, scan[rows, columns], black, zone)
    stamp, pen = None, None
    if place.kind == "signature":
        present = _is_signature(marks, ocr)
        if present is not False:
            stamp = stamps.about(place.box, scan, issued, black)
        if stamp is not None:
            pen = _pen_apart(place, others, left, stamp, laid)
            signed = pen is not None and _is_apart(place.box, pen, scan, black, issued, ocr)
            present = True if signed else None
    elif place.kind == "date":
        present = _is_there(marks, DATE_MM)
    else:
        present = _is_there(marks, NOTHING_MM)
    crop = encode_png(laid.picture(place.box.grown(REACH_MM)))
    confidence = UNSURE if present is None else SURE
    mark = HandMark(place.field, place.kind, present, confidence, place.page, place.box, crop)
    if present is False:
        return mark
    if place.kind == "signature":
        told = pen if present else None
        seen = original.judge(
            place.box, left, scan, black, laid, issued, stamped=stamp is not None, pen=told
        )
        return replace(mark, original=seen.likely, certainty=seen.certainty)
    if place.kind != "date":
        return mark
    guesses = dates.read(_writing(place, others, left, scan, black, issued))
    days = tuple(guess.day.isoformat() for guess in guesses)
    return replace(mark, days=days, certainty=guesses[0].certainty if guesses else 0.0)


def may_be_signature(
    change: Alteration,
    left: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    ocr: OcrEngine,
) -> bool:
    """Whether what was added to a page, outside all blanks, looks like somebody's signature."""
    if change.kind != "insertion" or change.box.height < ASTRAY_MM:
        return False
    rows, columns = ink.window(change.box, left.shape, REACH_MM)
    x, y = mm_from_px(columns.start, DPI), mm_from_px(rows.start, DPI)
    zone = _moved(change.box.grown(1.0), -x, -y)
    return is_signature(left[rows, columns], scan[rows, columns], black, zone, ocr) is True


def is_signature(
    left: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    zone: Box,
    ocr: OcrEngine,
) -> bool | None:
    """Whether the ink that is ``left`` in a zone of a picture (mm) is a signature; None: perhaps.

    ``scan`` is the picture's ink (0 to 1), ``black`` the tone that print has in it.
    """
    return _is_signature(_measure(left, scan, black, zone), ocr)


def _pen_apart(
    place: Place,
    others: Sequence[Place],
    left: NDArray[np.bool_],
    stamp: stamps.Points,
    laid: Laid,
) -> NDArray[np.bool_] | None:
    """The ink about a stamped blank whose hue is not the stamp's, without the other blanks'."""
    mine = left.copy()
    height, width = left.shape
    _clear(mine, slice(0, height), slice(0, width), place, others, 2.0)
    return hues.apart(place.box, mine, stamp, laid)


def _is_apart(
    box: Box,
    pen: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    issued: NDArray[np.uint8],
    ocr: OcrEngine,
) -> bool:
    """Whether ink that is not the stamp's is surely a signature, under a stamp that hides parts.

    What hides parts of a tick or a date makes them harder to know, and the other ink may be a
    second stamp's: so it has to hold one stroke that neither a date nor a stamp has.
    """
    rows, columns = ink.window(box, pen.shape, hues.REACH_MM)
    x, y = mm_from_px(columns.start, DPI), mm_from_px(rows.start, DPI)
    zone = _moved(box.grown(1.5, 2.5), -x, -y)
    seen = scan[rows, columns]
    found = ink.pieces(pen[rows, columns], seen, black, zone)
    within = sum(p.area * p.inside for p in found)
    if within < WITHIN * sum(p.area for p in found):
        return False
    marks = _measure(pen[rows, columns], seen, black, zone)
    if not _is_signature(marks, ocr) or not _is_drawn(marks):
        return False
    words = _words(marks, ocr)
    if sum(c.isalnum() for c in words) >= WORD or _may_be_date(marks, words):
        return False
    if _is_tick(marks.pen) or stamps.is_framed(marks.pen):
        return False
    return stamps.about(box, np.where(pen, scan, np.float32(0)), issued, black) is None


def _is_drawn(marks: _Marks) -> bool:
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


def _writing(
    place: Place,
    others: Sequence[Place],
    left: NDArray[np.bool_],
    scan: NDArray[np.float32],
    black: float,
    issued: NDArray[np.uint8],
) -> NDArray[np.float32]:
    """A blank's ink (0 to 1) without the print, and what was written beyond its ends.

    Out there only ink counts that is surely no print: a figure left out would make another date.
    """
    over, above, below = OVER_MM
    box = place.box
    zone = Box(box.x0 - BESIDE_MM, box.y0 - above, box.x1 + BESIDE_MM, box.y1 + below)
    rows, columns = ink.window(zone, scan.shape, 0.0)
    seen = np.clip(scan[rows, columns] / black, 0, 1)
    x = mm_from_px(columns.start + np.arange(seen.shape[1]), DPI)
    beyond = (x < box.x0 - over) | (x > box.x1 + over)
    seen *= left[rows, columns] | ~beyond
    _clear(seen, rows, columns, place, others, 0.0)
    edge = np.ones((PRINT_EDGE_PX, PRINT_EDGE_PX), np.uint8)
    printed = cv2.dilate((issued[rows, columns] < 200).astype(np.uint8), edge) > 0
    return script.bared(np.asarray(seen, np.float32), printed)


def _clear(
    window: NDArray[Any],
    rows: slice,
    columns: slice,
    place: Place,
    others: Sequence[Place],
    margin_mm: float,
) -> None:
    """Take the other blanks, with a margin, out of a window of the page about ``place``."""
    for other in others:
        if other.hand and other.box != place.box:
            x0, y0, x1, y1 = other.box.grown(margin_mm).px(DPI)
            window[
                max(0, y0 - rows.start) : max(0, y1 - rows.start),
                max(0, x0 - columns.start) : max(0, x1 - columns.start),
            ] = 0


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)


def _measure(mask: NDArray[np.bool_], scan: NDArray[np.float32], black: float, zone: Box) -> _Marks:
    found = ink.pieces(mask, scan, black, zone)
    inside = [p for p in found if p.inside > 0.5]
    pen = tuple(p for p in inside if p.straightness < STRAIGHT)
    long = [p for p in pen if p.length > NOTHING_MM]
    shape = np.zeros(mask.shape, bool)
    for piece in pen:
        x0, y0, x1, y1 = piece.box.px(DPI)
        shape[y0:y1, x0:x1] |= mask[y0:y1, x0:x1]
    starts = (np.diff(np.pad(shape.astype(np.int8), ((0, 0), (1, 0))), axis=1) == 1).sum(axis=1)
    starts = starts[starts > 0]
    return _Marks(
        length=sum(p.length for p in pen),
        straight=sum(p.length for p in inside if p.straightness >= STRAIGHT),
        # A flourish may run far on the rule and below it; a stamp is as high above it.
        outside=sum(p.length for p in found if p.inside <= 0.5 and _above(p, zone)),
        crossings=float(np.percentile(starts, 85)) if len(starts) else 0.0,
        winding=max([_winding([p]) for p in long] + [_winding(inside)]),
        height=max((p.box.height for p in long), default=0.0),
        pieces=pen,
        pen=shape,
    )


def _winding(strokes: Sequence[Piece]) -> float:
    if not strokes:
        return 0.0
    box = union(p.box for p in strokes)
    return sum(p.length for p in strokes) / math.hypot(box.width, box.height)


def _above(piece: Piece, zone: Box) -> bool:
    return (piece.box.y0 + piece.box.y1) / 2 < zone.y1 - ABOVE_MM


def _is_signature(marks: _Marks, ocr: OcrEngine) -> bool | None:
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
    if _is_simple(marks) and _is_tick(marks.pen):
        return None
    if marks.crossings >= TEXT_CROSSINGS and _may_be_date(marks, _words(marks, ocr)):
        return None
    return True


def _is_simple(marks: _Marks) -> bool:
    """Whether so few strokes, or so short ones, may be a tick."""
    if marks.crossings >= CROSSINGS:
        return marks.length < SIGNATURE_MM
    return sum(p.length > STROKE_MM for p in marks.pieces) <= TICK_STROKES


def _is_there(marks: _Marks, enough: float) -> bool | None:
    if marks.length + marks.straight < NOTHING_MM:
        return False
    if marks.outside > STAMP_MM or marks.length < enough:
        return None
    return True


def _is_tick(pen: NDArray[np.bool_]) -> bool:
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


def _words(marks: _Marks, ocr: OcrEngine) -> str:
    """What OCR makes of the pen's strokes."""
    picture = cv2.GaussianBlur(np.where(marks.pen, 0, 255).astype(np.uint8), (0, 0), 0.7)
    words, _confidence = ocr.read_lines([np.asarray(picture, np.uint8)])[0]
    return words


def _may_be_date(marks: _Marks, words: str) -> bool:
    """Figures where a name should be, or a row of signs that cannot be read as letters."""
    signs = sorted((p for p in marks.pieces if p.box.height > DOT_MM), key=lambda p: p.box.x0)
    if not signs:
        return False
    letters, figures = sum(c.isalpha() for c in words), sum(c.isdigit() for c in words)
    heights = sorted(p.box.height for p in signs)
    if max(p.length for p in signs) > ONE_STROKE * marks.length:
        return figures >= DATE_FIGURES
    if figures >= FIGURES and figures >= letters / 2:
        return True
    if not words:
        return len(signs) >= SIGNS
    if signs[0].box.height > CAPITAL * heights[len(heights) // 2] or len(signs) < DATE_SIGNS:
        return False
    return letters < LETTERS or figures > 0
