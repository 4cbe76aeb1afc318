"""Blanks of a page that was laid over nothing: the ink in them, and the rules under them.

Comes in: a page with its words, and where a blank lies in pixels of the text. Goes out: what
neither print nor a rule explains there.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import mm_from_px, px_from_mm
from pipeline.others import likeness
from pipeline.others.likeness import READ_DPI, Pixels, Text
from pipeline.pens import script

Image = NDArray[np.uint8]

INK_MM2 = 1.0  # of strokes in a blank: less is dirt
STROKE_MM = 1.2  # high: lower ones are remains of a rule, or signs
RULE_MM = 6.0  # a line as long is a blank's rule
UNDERLINED = 0.6  # of a word's width: more has a rule under it
UNDER_MM = 1.5  # a word
DARK, PALE = 128, 190  # of 255: what is print; the soft edges of a rule
# A caption's rule is as far above it and goes as far beyond it; so high people write on it.
BESIDE_MM, ABOVE_MM, WRITING_MM = 30.0, 8.0, 7.0
OVER_MM = (5.0, 1.5, 2.5)  # beside, above and below: dates are written past their rules


def ink(grey: Image, text: Text, region: Pixels, printed: Collection[int]) -> Pixels | None:
    """The box of the ink in a region that neither print nor a rule explains; None: no ink."""
    x0, y0, x1, y1 = (round(side) for side in region)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    picture = likeness.cut(grey, text, (x0, y0, x1, y1))
    fine = picture.shape[1] / (x1 - x0)
    dark = (picture < DARK).astype(np.uint8)
    _clear(dark, text, (x0, y0), fine, printed)
    dpi = READ_DPI * fine
    dark[cv2.dilate(_rules(dark, dpi), np.ones((5, 1), np.uint8)) > 0] = 0
    left_over = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    _count, labels, stats, _middles = cv2.connectedComponentsWithStats(left_over)
    tall = stats[:, cv2.CC_STAT_HEIGHT] >= px_from_mm(STROKE_MM, dpi)
    tall[0] = False  # the paper
    if stats[tall, cv2.CC_STAT_AREA].sum() * mm_from_px(1, dpi) ** 2 < INK_MM2:
        return None
    rows, columns = np.nonzero(tall[labels])
    return (
        x0 + float(columns.min()) / fine,
        y0 + float(rows.min()) / fine,
        x0 + float(columns.max() + 1) / fine,
        y0 + float(rows.max() + 1) / fine,
    )


def over_rule(grey: Image, text: Text, caption: Pixels) -> Pixels | None:
    """The blank over the rule that a caption stands under; None where there is no such rule."""
    x0, y0, x1, _y1 = caption
    beside, above, low = (px_from_mm(mm, READ_DPI) for mm in (BESIDE_MM, ABOVE_MM, STROKE_MM))
    corner = (x0 - beside, y0 - above)
    picture = likeness.cut(grey, text, (*corner, x1 + beside, y0 + low))
    fine = picture.shape[1] / (x1 - x0 + 2 * beside)
    lines = _rules((picture < DARK).astype(np.uint8), READ_DPI * fine)
    joined = cv2.dilate(lines, np.ones((3, 3), np.uint8))
    _count, _labels, stats, _middles = cv2.connectedComponentsWithStats(joined)
    middle = (x0 + x1) / 2
    over = [
        (corner[0] + left / fine, corner[1] + top / fine, width / fine)
        for left, top, width, _height, _area in stats[1:]
        if left / fine < middle - corner[0] < (left + width) / fine
    ]
    if not over:
        return None
    left, foot, width = max(over, key=lambda it: it[1])
    high = px_from_mm(WRITING_MM, READ_DPI)
    return left, foot - high, left + width, foot


def writing(grey: Image, text: Text, box: Pixels, printed: Collection[int]) -> NDArray[np.float32]:
    """The ink (0 to 1) in and about a blank, print and rules taken out, for a reader of dates."""
    beside, above, below = (px_from_mm(mm, READ_DPI) for mm in OVER_MM)
    zone = (box[0] - beside, box[1] - above, box[2] + beside, box[3] + below)
    picture = likeness.cut(grey, text, zone)
    size = (round(zone[2] - zone[0]), round(zone[3] - zone[1]))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    seen = np.asarray(1 - small.astype(np.float32) / 255, np.float32)
    _clear(seen, text, zone[:2], 1.0, printed)
    rules = _rules((small < PALE).astype(np.uint8), READ_DPI)
    return script.bared(seen, cv2.dilate(rules, np.ones((5, 1), np.uint8)) > 0)


def _clear(
    picture: NDArray[Any],
    text: Text,
    corner: tuple[float, float],
    fine: float,
    printed: Collection[int],
) -> None:
    """Take print out of a picture that begins at ``corner``, and signs that OCR read in rules."""
    for word in text.words:
        if id(word) in printed or not re.search(r"[^\W_]", word.text):
            left, top, right, foot = (
                round((side - edge) * fine) for side, edge in zip(word.box, corner * 2, strict=True)
            )
            picture[max(0, top - 2) : max(0, foot + 2), max(0, left - 2) : max(0, right + 2)] = 0


def is_on_rule(grey: Image, text: Text, box: Pixels) -> bool:
    """Does a rule run under a word: did somebody write in a blank, however well it can be read?"""
    x0, y0, x1, y1 = box
    wide, air = px_from_mm(RULE_MM, READ_DPI), px_from_mm(UNDER_MM, READ_DPI)
    picture = likeness.cut(grey, text, (x0 - wide, (y0 + y1) / 2, x1 + wide, y1 + air))
    fine = picture.shape[1] / (x1 - x0 + 2 * wide)
    dark = (picture < DARK).astype(np.uint8)
    under = _rules(dark, READ_DPI * fine)[:, round(wide * fine) : round(-wide * fine)]
    return bool(under.any(axis=0).mean() >= UNDERLINED)


def _rules(dark: Image, dpi: float) -> Image:
    """The lines among dark pixels that are too long for any letter."""
    kernel = np.ones((1, max(2, round(px_from_mm(RULE_MM, dpi)))), np.uint8)
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, kernel), np.uint8)
