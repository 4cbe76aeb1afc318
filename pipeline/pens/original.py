"""Is a signature a pen's own ink, or the print of a copier? Told by colour, where there is any.

A pen has a hue, toner has none but the print's own. Ink is measured against the print about it, so
that neither the lamp nor the paper's tint matters, and summed over whole strokes, so that coloured
edges cancel out. A signature without a hue is a black pen's or a copy's: it is called a copy's
where it is as black as the print, as toner is and hardly any pen, or where a stamp lies over it
that has no hue either. Nothing is said of grey scans, nor where the print itself is pale.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px
from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.pages.registration import Laid

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

AROUND_MM = 60.0  # about the blank: print enough to know its colour here
LEAST_PX = 400  # of strokes with their soft edges, and of print
EDGE_PX, RING_PX = 5, 9  # about strokes: their soft edges; the paper beside them
APART_PX = 15  # from strange ink: print that nothing lies on
# Of the ink in one colour against another: blue and violet pens leave 0.5 and more, a blue stamp
# over a black pen 0.2; toner under a phone's light up to 0.04, black pens 0.03.
HUE = 0.1
# Of the print's black, without the scan's noise, which had made copies of pens: of 56 black pens
# none has more than this, of 56 dark copies 46 have. On print paler than the last, tones say
# nothing: it was rubbed or faded, and the pen with it or not.
AS_BLACK, DARKEST, CALM_PX, PRINT_BLACK = 0.97, 97, 3, 0.7
# A seal leaves 80 mm² and more of ink about a blank; signatures whose loops pass for one leave 20.
STAMP_REACH_MM, STAMP_MM2 = 20.0, 50.0
# How sure each answer is; what is not known is as good as a coin.
BY_HUE, BY_STAMP, BY_TONE, UNKNOWN = 0.99, 0.95, 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Original:
    """Is it the original: ``likely`` None where nothing tells; ``certainty`` 0 to 1."""

    likely: bool | None
    certainty: float


NOT_SAID = Original(None, UNKNOWN)


def judge(
    box: Box,
    left: Mask,
    scan: Array,
    black: float,
    laid: Laid,
    issued: NDArray[np.uint8],
    *,
    stamped: bool,
    pen: Mask | None = None,
) -> Original:
    """The ink in a blank: ``left`` is the page's unexplained ink, ``stamped`` if a stamp is there.

    ``scan`` is the page's ink (0 to 1), ``black`` the tone that print has in it; ``pen`` the ink
    that is not the stamp's, where that is known: the stamp's hue says nothing of the signature.
    """
    rows, columns = ink.window(box, left.shape, AROUND_MM)
    picture = laid.picture(box.grown(AROUND_MM))
    if picture.ndim < 3:
        return NOT_SAID
    strange, inside = left[rows, columns], np.zeros(left.shape, bool)
    inside[ink.window(box, left.shape, 0.0)] = True
    own = strange & inside[rows, columns]
    if pen is not None:  # where it crosses the stamp its hue is neither's
        own &= pen[rows, columns] & ~_grown(strange & ~pen[rows, columns], APART_PX)
    others = strange & ~own
    print_ = _grown(issued[rows, columns] < 128, EDGE_PX)
    colours = ink.inks_of(picture)
    toner = _ink(colours, print_ & ~_grown(strange, APART_PX), strange)
    strokes = _ink(colours, _grown(own, EDGE_PX) & ~print_ & ~others, print_ | others)
    if toner is None or strokes is None:
        return NOT_SAID
    shares = strokes / toner
    if np.ptp(shares) > HUE * shares.mean():
        return Original(True, BY_HUE)
    if stamped and pen is None and _beside(box, left) > STAMP_MM2:
        return Original(False, BY_STAMP)
    calm = cv2.medianBlur(np.asarray(255 * scan[rows, columns], np.uint8), CALM_PX) / 255
    if black > PRINT_BLACK and np.percentile(calm[own], DARKEST) > AS_BLACK * black:
        return Original(False, BY_TONE)
    return NOT_SAID


def _beside(box: Box, left: Mask) -> float:
    """How much ink lies about a blank, in mm²."""
    about, within = (ink.window(box, left.shape, mm) for mm in (STAMP_REACH_MM, 0.0))
    pixels = np.count_nonzero(left[about]) - np.count_nonzero(left[within])
    return pixels * mm_from_px(1, DPI) ** 2


def _ink(colours: Array, there: Mask, others: Mask) -> NDArray[np.float64] | None:
    """The mean ink in blue, green and red above the paper beside it; None where there is little."""
    beside = _grown(there, RING_PX) & ~there & ~_grown(others, EDGE_PX)
    if np.count_nonzero(there) < LEAST_PX or np.count_nonzero(beside) < LEAST_PX:
        return None
    amount = colours[there].mean(axis=0) - colours[beside].mean(axis=0)
    return np.asarray(amount, np.float64) if amount.min() > 0 else None


def _grown(mask: Mask, size: int) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)
