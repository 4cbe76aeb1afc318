"""Blanks for a pen: is there a signature, is there a date? Yes, no, or a person must look.

Presence is not authenticity: nobody's hand is recognised. A stamp, a fold, a staple's shadow,
a tick, a stray line or a date over the signature's rule is no signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import Box, mm_from_px
from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.pages.reading import Alteration, HandMark
from pipeline.pages.registration import Laid
from pipeline.papers.paper import Place
from pipeline.pens import dates, excuses, hues, original, script, signature, stamps
from pipeline.scans.scan import encode_png

REACH_MM = 10.0  # about a blank: far enough to see that ink is part of a stamp
DATE_MM = 12.0
OVER_MM = (2.0, 1.5, 2.5)  # beside, above and below: dates are written past their rules
BESIDE_MM = 8.0  # a figure that stands as far off is still the date's
PRINT_EDGE_PX = 5  # that print is blurred by, or lies off
ASTRAY_MM = 5.5  # words between two lines are not so high
WORD = 4  # letters and figures that OCR reads: of a signature it makes fewer
WITHIN = 0.8  # of the ink of a hue lies in the blank: a stamp's lies about it too
SURE, UNSURE = 0.99, 0.5


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
    is_signed = place.kind == "signature"
    whole = ink.bridged(mask, issued[rows, columns]) if is_signed else None
    marks = signature.measure(mask, scan[rows, columns], black, zone, whole)
    stamp, pen = None, None
    if place.kind == "signature":
        present = signature.is_signature(marks, ocr)
        if present is not False:
            stamp = stamps.about(place.box, scan, issued, black)
        if stamp is not None:
            pen = _pen_apart(place, others, left, stamp, laid)
            signed = pen is not None and _is_apart(place.box, pen, scan, black, issued, ocr)
            present = True if signed else None
        elif present and excuses.is_one(_writing(place, others, left, scan, black, issued)):
            present = None
    elif place.kind == "date":
        present = _is_there(marks, DATE_MM)
    else:
        present = _is_there(marks, signature.NOTHING_MM)
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
    writing = _writing(place, others, left, scan, black, issued)
    guesses = dates.read(writing)
    if not guesses and present and not dates.may_be_day(writing):
        return replace(mark, present=None, confidence=UNSURE)  # «отказ», «без даты»
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
    return signature.is_signature(signature.measure(left, scan, black, zone), ocr)


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
    marks = signature.measure(pen[rows, columns], seen, black, zone)
    if not signature.is_drawn(marks) or not signature.is_signature(marks, ocr):
        return False
    words = signature.words_of(marks, ocr)
    if sum(c.isalnum() for c in words) >= WORD or signature.may_be_date(marks, words):
        return False
    if signature.is_tick(marks.pen) or stamps.is_framed(marks.pen):
        return False
    return stamps.about(box, np.where(pen, scan, np.float32(0)), issued, black) is None


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


def _is_there(marks: signature.Marks, enough: float) -> bool | None:
    if marks.length + marks.straight < signature.NOTHING_MM:
        return False
    if marks.outside > signature.STAMP_MM or marks.length < enough:
        return None
    return True
