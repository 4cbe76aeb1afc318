"""Folds of a sheet and streaks of a scanner: straight faint lines across the whole page.

They are nobody's doing. Where they run is known from the paper between the print; how dark they
are is measured there, along the line, and taken out of the ink that they lie over.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import px_from_mm
from pipeline.pages.page import DPI

Array = NDArray[np.float32]
Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]

RIDGE_INK = 0.05  # a fold or a scanner's streak may be this faint; it is known by its length
RIDGE_REACH_MM = 1.5
GAP_MM = 8.0  # lines of print cut a fold into pieces
PIECE_MM = 18.0
SHARE = 0.45  # of the page's height or width: no pen draws so far so straight
TONE, EDGE_MM = 0.5, 14.0  # folds are pale, or run from edge to edge
PRINT, BLACK = 60, 95  # the percentile of ink on print so dark that is the print's own tone
CLEAR_PX = 5  # the square about bare paper: a blurred scan has ridges half as near to its print
SLOPE = 0.06  # of a fold, or of a streak over a sheet that was fed askew
THETA, RHO_PX, WIDTH_PX, MOST = 0.002, 2, 5, 40
APART_PX = 4  # all along: two folds lie further from each other
BAND_MM = 0.9  # to each side of a line: it lies in this
ALONG_MM = 25.0  # of a line, over which it is as dark
SEEN_PX = 12  # of that, in each row, on bare paper at least
PEN, PALE = 1.5, 0.03  # times as dark as the line mostly is, and so much more: a pen crosses it


@dataclass(frozen=True, slots=True)
class _Line:
    """A line from left to right: its middle ``y`` in each column, and where it is ``seen``."""

    y: NDArray[np.float64]
    seen: Mask


def taken_out(ink: Array, issued: Image) -> tuple[Array, Mask]:
    """The page's ink (0 to 1, at DPI) without folds and streaks, and where those run."""
    half = (ink.shape[1] // 2, ink.shape[0] // 2)  # half as fine is fine enough to find them
    small = np.asarray(cv2.resize(ink, half, interpolation=cv2.INTER_AREA), np.float32)
    print_ = np.asarray(cv2.resize(issued, half, interpolation=cv2.INTER_AREA), np.uint8)
    print_ink = small[print_ < PRINT]
    pale = TONE * (float(np.percentile(print_ink, BLACK)) if print_ink.size else 1.0)
    level, levels = _lines(small, print_, pale)
    upright, uprights = _lines(small.T.copy(), print_.T.copy(), pale)
    if level or upright:
        ink, bare = ink.copy(), _bare(issued)
        for line in level:
            _lighten(ink, bare, line)
        for line in upright:
            _lighten(ink.T, bare.T, line)
    where = cv2.resize(levels | uprights.T, ink.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return ink, np.asarray(where > 0)


def _bare(issued: Image) -> Image:
    """1 on paper, 0 on print and beside it."""
    about = np.ones((CLEAR_PX, CLEAR_PX))
    return np.asarray(cv2.erode((issued > 200).astype(np.uint8), about), np.uint8)


def _long_ridges(ink: Array, free: Image) -> Image:
    """Ridges of ink that run level over bare paper, the gaps bridged that print makes."""
    reach = round(px_from_mm(RIDGE_REACH_MM, DPI / 2))
    ridge = cv2.blur(ink, (5, 1)) - cv2.blur(ink, (5, 2 * reach + 1)) > RIDGE_INK
    thick = cv2.dilate((ridge & (free == 1)).astype(np.uint8), np.ones((3, 1), np.uint8))
    gap, piece = (round(px_from_mm(mm, DPI / 2)) for mm in (GAP_MM, PIECE_MM))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    long = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, piece), np.uint8))
    return np.asarray(long, np.uint8)


def _lines(ink: Array, issued: Image, pale: float) -> tuple[list[_Line], Image]:
    """The straight lines that run from left to right, and 1 where they do; half as fine as DPI.

    Ridges are counted by votes (Duda and Hart 1972); of lines as near as a fold is wide the one
    with the most stands for all. A line darker than ``pale`` that ends before the sheet does is a
    ruler's stroke through the print.
    """
    long = _long_ridges(ink, _bare(issued))
    voted = cv2.HoughLines(
        long, RHO_PX, THETA, round(SHARE * long.shape[1]),
        min_theta=np.pi / 2 - SLOPE, max_theta=np.pi / 2 + SLOPE,
    )  # fmt: skip
    x = np.arange(long.shape[1])
    edge = round(px_from_mm(EDGE_MM, DPI / 2))
    found: list[_Line] = []
    where = np.zeros_like(long)
    for rho, theta in () if voted is None else voted[:MOST].reshape(-1, 2):
        y = (rho - x * np.cos(theta)) / np.sin(theta)
        rows = np.clip(np.rint(y).astype(int) + np.arange(-2, 3)[:, None], 0, long.shape[0] - 1)
        seen = long[rows, x].any(axis=0)
        whole = seen[:edge].any() and seen[-edge:].any()
        if whole or np.median(ink[rows, x].max(axis=0)[seen]) <= pale:
            points = np.stack([x, np.rint(y)], axis=1).astype(np.int32)
            cv2.polylines(where, [points], isClosed=False, color=(1,), thickness=WIDTH_PX)
            if all(np.abs(y - other.y).max() > APART_PX for other in found):
                found.append(_Line(y, seen))
    near = np.asarray(cv2.dilate(long, np.ones((3, 3), np.uint8)), np.uint8)
    return found, where * near


def _lighten(ink: Array, bare: Image, line: _Line) -> None:
    """Take out of the ink, in place, what a line adds to bare paper along its way.

    What lies over something dark darkens it by a share: (1 - both) = (1 - ink)(1 - line).
    """
    reach = round(px_from_mm(BAND_MM, DPI))
    span = np.flatnonzero(line.seen)[[0, -1]] * 2
    x = np.arange(span[0], min(span[1] + 3, ink.shape[1]))
    middle = np.rint(np.interp(x / 2 - 0.25, np.arange(len(line.y)), line.y) * 2 + 0.5).astype(int)
    rows = middle + np.arange(-reach, reach + 1)[:, None]
    inside = (rows >= 0) & (rows < ink.shape[0])
    rows = np.clip(rows, 0, ink.shape[0] - 1)
    band, paper = ink[rows, x], bare[rows, x].astype(np.float32) * inside
    along = (2 * round(px_from_mm(ALONG_MM, DPI) / 2) + 1, 1)
    count = cv2.boxFilter(paper, -1, along, normalize=False)
    usual = [
        np.median(row[seen]) if seen.any() else 0 for row, seen in zip(band, paper > 0, strict=True)
    ]
    even = np.minimum(band, PEN * np.array(usual, np.float32)[:, None] + PALE)
    tone = cv2.boxFilter(even * paper, -1, along, normalize=False) / np.maximum(count, 1)
    beside = np.median(np.concatenate([tone[: reach // 2], tone[-(reach // 2) :]]), axis=0)
    added = np.clip(np.where(count >= SEEN_PX, tone - beside, 0), 0, 0.9)
    ink[rows, x] = np.where(inside, np.clip((band - added) / (1 - added), 0, 1), band)
