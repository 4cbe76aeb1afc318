"""Patches of an issued page found again in a picture of it: how far off each lies."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Mask = NDArray[np.bool_]

TIE = 0.03  # matches whose correlation differs by less are as good
APART_PX = 8  # between peaks of different rows; they are searched at half the page's resolution
MIN_NCC = 0.45  # a patch found worse than this is not found


def found(
    flat: Image, reference: Image, anchors: Points, half: tuple[int, int], reach: int
) -> tuple[Points, Mask]:
    """How far each patch of ``reference`` lies off in ``flat``: offsets of the found, and which."""
    height, width = reference.shape
    kept = np.zeros(len(anchors), bool)
    offsets = []
    for i, (x, y) in enumerate(np.rint(anchors).astype(int)):
        x0, y0, x1, y1 = x - half[0], y - half[1], x + half[0], y + half[1]
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            continue
        sx0, sy0 = max(0, x0 - reach), max(0, y0 - reach)
        window = flat[sy0 : min(height, y1 + reach), sx0 : min(width, x1 + reach)]
        scores = cv2.matchTemplate(window, reference[y0:y1, x0:x1], cv2.TM_CCOEFF_NORMED)
        best = float(scores.max())
        if not best >= MIN_NCC:
            continue
        kept[i] = True
        bx, by = _nearest(scores, best - TIE, (x0 - sx0, y0 - sy0))
        offsets.append(
            (sx0 + bx + peak(scores[by], bx) - x0, sy0 + by + peak(scores[:, bx], by) - y0)
        )
    return np.array(offsets, dtype=np.float64).reshape(-1, 2), kept


def _nearest(scores: NDArray[Any], least: float, at: tuple[int, int]) -> tuple[int, int]:
    """The highest peak (column, row), or one as high that is nearer to ``at``.

    Rows of a table look alike. What is close to the highest is a part of it.
    """
    y, x = divmod(int(scores.argmax()), scores.shape[1])
    top = (scores >= least) & (scores >= cv2.dilate(scores, np.ones((3, 3), np.uint8)))
    rows, columns = np.nonzero(top)
    apart = np.hypot(columns - x, rows - y) > APART_PX
    others = zip(columns[apart].tolist(), rows[apart].tolist(), strict=True)
    return min(((x, y), *others), key=lambda it: math.dist(it, at))


def peak(scores: NDArray[Any], at: int) -> float:
    """The parabola's peak beside ``at``, in parts of a pixel."""
    if not 0 < at < len(scores) - 1:
        return 0.0
    left, middle, right = (float(v) for v in scores[at - 1 : at + 2])
    bend = left - 2 * middle + right
    return 0.0 if abs(bend) < 1e-6 else float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))
