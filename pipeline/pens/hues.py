"""A pen's ink told from a stamp's, and from black print, by its hue, where a scan has colour.

The stamp's own hue is learnt where no signature reaches: in the rows above and below the blank,
within the stamp's outline. Ink in the blank whose hue lies well outside what the stamp's ink shows
there is another's. A hue is the direction of the ink in blue, green and red, so that a pale ink has
the same as a dark one; it is taken over a little area, for pictures keep colour half as fine as
light, and lenses set coloured edges about every line. Nothing is said of grey scans.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.pages.registration import Laid
from pipeline.prints.glyphs import Look

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

REACH_MM = 24.0  # about a blank: where stamps that lie over it are found
OVERFLOW_MM = 2.5  # above and below a blank: signatures reach there
SOFT_PX = 2.0  # JPEG halves the colour's fineness; coloured edges are as wide
LEAST_PX = 400  # of the stamp's ink, 6 mm², to know its hue
# Degrees between two inks. The 99th percentile within a stamp of one ink is 4 to 9, twice the 90th;
# a blue pen and a violet stamp are 8 apart, a black pen and a blue stamp 15.
APART_DEG, SPREAD, SPREADS = 6.0, 90, 2.0
# Where a pen crosses a stamp the hue is between: so near to ink that is surely the pen's, and half
# as far from the stamp's, it is the pen's too.
CROSSING_MM, BETWEEN = 0.6, 0.5
# On print: how far the ink in one colour is from that in another, at least, and how many times as
# far as a hundredth of the page's own print; and how much darker it is than the print there, of
# black. Of 153 clean pages in colour none has a spot so coloured, of 80 coloured pens on single
# letters 79.
COLOURED, PRINT_SHARE, TIMES = 0.035, 99, 3.0
ABOUT_MM = 0.6  # the lines
DARKER, LEAST_HALF_PX, SOFT_HALF_PX = 0.08, 6, 0.8


def apart(box: Box, left: Mask, stamp: Points, laid: Laid) -> Mask | None:
    """Which of the unexplained ink about a blank is surely not the stamp's; None: none can be told.

    ``left`` is the page's unexplained ink; ``stamp`` the stamp's outline on it (n x 2, mm).
    """
    rows, columns = ink.window(box, left.shape, REACH_MM)
    picture = laid.picture(box.grown(REACH_MM))
    if picture.ndim < 3:
        return None
    strange = left[rows, columns]
    hues = _hues(picture, strange)
    own = hues[strange & _stamps_own(box, rows, columns, stamp)]
    if len(own) < LEAST_PX:
        return None
    hue = np.median(own, axis=0)
    hue /= np.linalg.norm(hue)
    away = np.degrees(np.arccos(np.clip(hues @ hue, -1, 1)))
    spread = np.percentile(np.degrees(np.arccos(np.clip(own @ hue, -1, 1))), SPREAD)
    least = max(APART_DEG, SPREADS * float(spread))
    pen = strange & (away > least)
    reach = 2 * round(px_from_mm(CROSSING_MM, DPI)) + 1
    near = cv2.dilate(pen.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    found = np.zeros(left.shape, bool)
    found[rows, columns] = pen | (strange & near & (away > BETWEEN * least))
    return found


def on_print(lines: Sequence[Box], seen: Look, excused: Mask, laid: Laid) -> list[Box]:
    """Where coloured ink lies on printed lines, that nothing printed and ``excused`` is not."""
    if laid.source.ndim < 3:
        return []
    size = (seen.scan.shape[1] // 2, seen.scan.shape[0] // 2)  # colour is no finer in a JPEG
    height, width = (mm_from_px(px, DPI) for px in seen.scan.shape)
    picture = np.asarray(laid.picture(Box(0.0, 0.0, width, height)), np.uint8)
    inks = ink.inks_of(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)))
    soft = cv2.split(cv2.GaussianBlur(inks, (0, 0), SOFT_HALF_PX))
    most, least = (of(of(soft[0], soft[1]), soft[2]) for of in (cv2.max, cv2.min))
    colour = np.asarray(cv2.subtract(most, least))
    darker = cv2.resize(seen.scan - seen.model, size, interpolation=cv2.INTER_AREA)
    where = np.zeros(colour.shape, np.uint8)
    for line in lines:
        x0, y0, x1, y1 = line.grown(ABOUT_MM).px(DPI / 2)
        where[max(0, y0) : y1, max(0, x0) : x1] = 1
    where[cv2.resize(excused.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0] = 0
    if not where.any():
        return []
    usual = float(np.percentile(colour[where > 0][::7], PRINT_SHARE))
    spots = where & (colour > max(COLOURED, TIMES * usual)) & (darker > DARKER * seen.black)
    return [
        Box(*(mm_from_px(px, DPI / 2) for px in (x, y, x + wide, y + high)))
        for (x, y, wide, high), _shape in ink.connected(np.asarray(spots, np.uint8), LEAST_HALF_PX)
    ]


def _hues(picture: NDArray[np.uint8], strange: Mask) -> NDArray[np.float64]:
    """The direction of the ink in blue, green and red about each pixel, of strange ink alone."""
    inks = ink.inks_of(picture) * strange[..., None]
    soft = cv2.GaussianBlur(inks, (0, 0), SOFT_PX)
    lengths = np.linalg.norm(soft, axis=-1, keepdims=True)
    return np.asarray(soft / np.maximum(lengths, 1e-6), np.float64)


def _stamps_own(box: Box, rows: slice, columns: slice, stamp: Points) -> Mask:
    """Where in a window of the page only the stamp leaves ink."""
    own = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    corners = stamp / mm_from_px(1, DPI) - (columns.start, rows.start)
    cv2.fillPoly(own, [np.rint(corners).astype(np.int32)], (1,))
    _x0, y0, _x1, y1 = box.grown(0.0, OVERFLOW_MM).px(DPI)
    own[max(0, y0 - rows.start) : max(0, y1 - rows.start)] = 0
    return np.asarray(own > 0)
