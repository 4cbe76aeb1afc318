"""Blanks for a pen: is there a signature, is there a date? Yes, no, or a person must look.

Presence is not authenticity: nobody's hand is recognised. A stamp, a fold, a staple's shadow,
a tick, a stray line or a date over the signature's rule is no signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import ink, stamps
from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import Box, mm_from_px
from pipeline.ink import Piece
from pipeline.page import DPI
from pipeline.paper import Place
from pipeline.reading import HandMark
from pipeline.register import Laid
from pipeline.scan import encode_png

REACH_MM = 10.0  # about a blank: far enough to see that ink is part of a stamp
NOTHING_MM = 4.0  # strokes shorter in all than this are dirt
SIGNATURE_MM = 20.0  # strokes of the shortest signatures seen: 28; of the largest tick: 16
DATE_MM = 12.0
STRAIGHT = 0.85  # of a line: folds, staples, rulers
STAMP_MM = 45.0  # this much ink outside the blank is a stamp's or a drawing's, not a signature's
CROSSINGS = 3  # a signature goes to and fro: a row of the picture meets it three times; a tick two
TEXT_CROSSINGS = 8  # as often as this: letters or figures in a row
FIGURE_MM = 8.5  # figures in a blank are lower than this
CAPITAL = 1.3  # a name starts with a letter this much taller than its others; a date does not
SURE, UNSURE = 0.99, 0.5


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the pieces in a blank add up to (mm; crossings as counts)."""

    length: float
    straight: float
    outside: float
    crossings: float
    pieces: tuple[Piece, ...]


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
    for other in others:
        if other.hand and other.box != place.box:
            x0, y0, x1, y1 = _moved(other.box.grown(2.0), -x, -y).px(DPI)
            mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = False
    zone = _moved(place.box.grown(1.5, 2.5), -x, -y)
    marks = _measure(mask, scan[rows, columns], black, zone)
    if place.kind == "signature":
        present = _is_signature(marks, mask, ocr)
        if present and stamps.over(place.box, scan, issued, black):
            present = None
    elif place.kind == "date":
        present = _is_there(marks, DATE_MM)
    else:
        present = _is_there(marks, NOTHING_MM)
    crop = encode_png(laid.picture(place.box.grown(REACH_MM)))
    confidence = UNSURE if present is None else SURE
    return HandMark(place.field, place.kind, present, confidence, place.page, place.box, crop)


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)


def _measure(mask: NDArray[np.bool_], scan: NDArray[np.float32], black: float, zone: Box) -> _Marks:
    found = ink.pieces(mask, scan, black, zone)
    inside = [p for p in found if p.inside > 0.5]
    pen = tuple(p for p in inside if p.straightness < STRAIGHT)
    shape = np.zeros(mask.shape, bool)
    for piece in pen:
        x0, y0, x1, y1 = piece.box.px(DPI)
        shape[y0:y1, x0:x1] |= mask[y0:y1, x0:x1]
    starts = (np.diff(np.pad(shape.astype(np.int8), ((0, 0), (1, 0))), axis=1) == 1).sum(axis=1)
    starts = starts[starts > 0]
    return _Marks(
        length=sum(p.length for p in pen),
        straight=sum(p.length for p in inside if p.straightness >= STRAIGHT),
        # A flourish may end far below its rule; a stamp is as high above it.
        outside=sum(p.length for p in found if p.inside <= 0.5 and p.box.y0 < zone.y1 - 1.0),
        crossings=float(np.percentile(starts, 85)) if len(starts) else 0.0,
        pieces=pen,
    )


def _is_signature(marks: _Marks, mask: NDArray[np.bool_], ocr: OcrEngine) -> bool | None:
    if marks.length + marks.straight + min(marks.outside, NOTHING_MM) < NOTHING_MM:
        return False
    if marks.length < NOTHING_MM and marks.straight < SIGNATURE_MM and marks.outside < STAMP_MM:
        return False  # a fold or a staple and nothing else
    if marks.outside > STAMP_MM:
        return None
    if marks.length < SIGNATURE_MM or marks.crossings < CROSSINGS:
        return None
    if marks.crossings >= TEXT_CROSSINGS and _reads_as_date(marks, mask, ocr):
        return None
    return True


def _is_there(marks: _Marks, enough: float) -> bool | None:
    if marks.length + marks.straight < NOTHING_MM:
        return False
    if marks.outside > STAMP_MM or marks.length < enough:
        return None
    return True


def _reads_as_date(marks: _Marks, mask: NDArray[np.bool_], ocr: OcrEngine) -> bool:
    """Figures where a name should be: at least three, as many as letters, no capital first."""
    large = sorted((p for p in marks.pieces if p.length > 3), key=lambda p: p.box.x0)
    heights = sorted(p.box.height for p in large)
    if heights and heights[-1] > FIGURE_MM:
        return False
    if len(large) > 2 and large[0].box.height > CAPITAL * heights[len(heights) // 2]:
        return False
    picture = cv2.GaussianBlur(np.where(mask, 0, 255).astype(np.uint8), (0, 0), 0.7)
    words, _confidence = ocr.read_lines([np.asarray(picture, np.uint8)])[0]
    figures = sum(c.isdigit() for c in words)
    letters = sum(c.isalpha() for c in words)
    return figures >= 3 and figures >= letters / 2
