"""Every word of a laid-over scan put on its place, to a fraction of a pixel.

The mesh leaves words some tenths of a millimetre off, and a sharp fold bends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import px_from_mm
from pipeline.pages.page import DPI
from pipeline.pages.patches import peak
from pipeline.papers.layout import Glyph, lines

Array = NDArray[np.float32]

WORD_REACH_PX = 4  # how far a word may still lie off after the mesh: 0.5 mm
MARGIN_PX = 2


def words(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs that stand together: cut where the gap is wider than a fifth of the size."""
    found: list[list[Glyph]] = []
    for line in lines(glyphs):
        word: list[Glyph] = []
        for glyph in line:
            if word and glyph.box.x0 - word[-1].box.x1 > glyph.size * 0.2 * 0.3528:
                found.append(word)
                word = []
            word.append(glyph)
        found.append(word)
    return found


def box_px(
    glyphs: Sequence[Glyph], margin: int, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    """The pixels about some glyphs: left, top, right, bottom, within a page of ``shape``."""
    x0 = int(px_from_mm(min(g.box.x0 for g in glyphs), DPI)) - margin
    y0 = int(px_from_mm(min(g.box.y0 for g in glyphs), DPI)) - margin
    x1 = int(np.ceil(px_from_mm(max(g.box.x1 for g in glyphs), DPI))) + margin
    y1 = int(np.ceil(px_from_mm(max(g.box.y1 for g in glyphs), DPI))) + margin
    return max(0, x0), max(0, y0), min(shape[1], x1), min(shape[0], y1)


BENT_SCORE = 0.8  # a straight word's correlation with its print is seldom less
BENT_GAIN = 0.05
LETTER_REACH_PX = (2, 11)  # sideways and up and down: a sharp fold moves letters by a millimetre
LETTER_FOUND = 0.6


def place_words(scan: Array, print_: Array, glyphs: Sequence[Glyph]) -> Array:
    """Shift every word of the scan by the fraction of a millimetre that it still lies off."""
    placed = scan.copy()
    for word in words(glyphs):
        x0, y0, x1, y1 = box_px(word, MARGIN_PX, scan.shape)
        reach = WORD_REACH_PX
        if x0 < reach or y0 < reach or x1 + reach > scan.shape[1] or y1 + reach > scan.shape[0]:
            continue
        window = scan[y0 - reach : y1 + reach, x0 - reach : x1 + reach]
        scores = cv2.matchTemplate(window, print_[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED)
        _low, best, _at, (bx, by) = cv2.minMaxLoc(scores)
        if best < 0.4 or not (0 < bx < 2 * reach and 0 < by < 2 * reach):
            continue
        dx = bx - reach + peak(scores[by], bx)
        dy = by - reach + peak(scores[:, bx], by)
        if abs(dx) + abs(dy) >= 0.15:
            centre = ((x0 + x1 - 1) / 2 + dx, (y0 + y1 - 1) / 2 + dy)
            placed[y0:y1, x0:x1] = cv2.getRectSubPix(scan, (x1 - x0, y1 - y0), centre)
        if best < BENT_SCORE and len(word) > 1:
            straight = _unbent(scan, print_, word, dx, dy)
            if (
                straight is not None
                and correlation(straight, print_[y0:y1, x0:x1]) > best + BENT_GAIN
            ):
                placed[y0:y1, x0:x1] = straight
    return placed


def _unbent(
    scan: Array, print_: Array, word: Sequence[Glyph], dx: float, dy: float
) -> Array | None:
    """A word that a fold runs through, letter by letter on its place; None where it is lost.

    Letters are looked for up and down: sideways the print does not move, so that a letter too
    many or too few stays one.
    """
    x0, y0, x1, y1 = box_px(word, MARGIN_PX, scan.shape)
    found = []
    for glyph in word:
        gx0, gy0, gx1, gy1 = box_px([glyph], 2, scan.shape)
        left, top = gx0 + round(dx) - LETTER_REACH_PX[0], gy0 + round(dy) - LETTER_REACH_PX[1]
        right, bottom = gx1 + round(dx) + LETTER_REACH_PX[0], gy1 + round(dy) + LETTER_REACH_PX[1]
        if left < 0 or top < 0 or right > scan.shape[1] or bottom > scan.shape[0]:
            return None
        scores = cv2.matchTemplate(
            scan[top:bottom, left:right], print_[gy0:gy1, gx0:gx1], cv2.TM_CCOEFF_NORMED
        )
        _low, best, _at, (bx, by) = cv2.minMaxLoc(scores)
        if best > LETTER_FOUND:
            found.append(
                ((gx0 + gx1) / 2, left + bx - gx0, top + by + peak(scores[:, bx], by) - gy0)
            )
    if len(found) < 2:
        return None
    at, across, down = np.array(found, np.float32).T
    columns = np.arange(x0, x1, dtype=np.float32)
    rows = np.arange(y0, y1, dtype=np.float32)[:, None]
    map_x = columns + np.interp(columns, at, across)
    map_y = rows + np.interp(columns, at, down)
    shape = (y1 - y0, x1 - x0)
    straight = cv2.remap(
        scan,
        np.broadcast_to(map_x, shape).astype(np.float32),
        np.broadcast_to(map_y, shape).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    return np.asarray(straight, np.float32)


def correlation(a: NDArray[Any], b: NDArray[Any]) -> float:
    """Pearson's correlation of two pictures; 0 where one of them is flat."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale else 0.0
