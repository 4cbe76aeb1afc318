"""Stamps over a blank, round or framed, however pale: known by their geometry, not by their ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import ink
from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.page import DPI

REACH_MM = 24.0  # about a blank
FAINT = 0.14  # of the page's black
# A round stamp is 36-45 mm wide; no loop of a signature comes near.
RING_MM = (9.0, 25.0)
RING_SHARE = 0.45  # of the round that shows: stamps fade
RING_WIDTH_MM = 0.6
RING_POINTS = 900
RING_TRIES = 600
RING_TIMES = 2.5  # denser on the circle than elsewhere in the window
# A frame has two long straight sides well apart; a flourish under a signature has them close.
SIDE_MM = 22.0
SIDE_GAP_MM = 2.0
SIDES_APART_MM = 8.0
SIDE_VOTES = 60
PARALLEL_DEG = 4.0


def over(box: Box, scan: NDArray[np.float32], issued: NDArray[np.uint8], black: float) -> bool:
    """Whether a stamp lies over a blank or beside it.

    ``scan`` is the page's ink (0 to 1), ``black`` the tone that print has in it.
    """
    rows, columns = ink.window(box, scan.shape, REACH_MM)
    faint = cv2.GaussianBlur(scan[rows, columns], (0, 0), 1.0) > FAINT * black
    free = cv2.erode((issued[rows, columns] > 200).astype(np.uint8), np.ones((7, 7), np.uint8))
    shown = np.asarray(faint & (free == 1))
    return _has_frame(shown) or _has_ring(shown)


def _has_frame(shown: NDArray[np.bool_]) -> bool:
    """Two long straight lines side by side (probabilistic Hough, Matas 2000)."""
    found = cv2.HoughLinesP(
        cv2.dilate(shown.astype(np.uint8), np.ones((2, 2), np.uint8)),
        1,
        np.pi / 360,
        SIDE_VOTES,
        minLineLength=px_from_mm(SIDE_MM, DPI),
        maxLineGap=px_from_mm(SIDE_GAP_MM, DPI),
    )
    if found is None:
        return False
    lines = found.reshape(-1, 4).astype(np.float64) * mm_from_px(1, DPI)
    ways = np.degrees(np.arctan2(lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0])) % 180
    for line, way in zip(lines, ways, strict=True):
        turned = np.abs((ways - way + 90) % 180 - 90) < PARALLEL_DEG
        across = np.array([-np.sin(np.radians(way)), np.cos(np.radians(way))])
        middles = (lines[turned, :2] + lines[turned, 2:]) / 2
        if (np.abs((middles - line[:2]) @ across) > SIDES_APART_MM).any():
            return True
    return False


def _has_ring(shown: NDArray[np.bool_]) -> bool:
    """Points that lie on one large circle.

    A circle through three of them, tried many times (RANSAC, Fischler and Bolles 1981).
    """
    ys, xs = np.nonzero(shown)
    if len(xs) < RING_POINTS:
        return False
    dice = np.random.default_rng(len(xs))  # the same picture, the same answer
    points = np.stack([xs, ys], axis=1).astype(np.float64) * mm_from_px(1, DPI)
    points = points[dice.permutation(len(points))[:RING_POINTS]]
    for a, b, c in points[dice.integers(0, len(points), (RING_TRIES, 3))]:
        circle = _circle(a, b, c)
        if circle is None:
            continue
        centre, radius = circle
        if not RING_MM[0] < radius < RING_MM[1]:
            continue
        offset = points - centre
        near = np.abs(np.hypot(*offset.T) - radius) < RING_WIDTH_MM
        round_ = np.histogram(np.arctan2(*offset[near].T), bins=48, range=(-np.pi, np.pi))[0]
        ring = 2 * np.pi * radius * 2 * RING_WIDTH_MM
        density = len(points) / max(1.0, np.ptp(points[:, 0]) * np.ptp(points[:, 1]))
        if np.mean(round_ > 0) > RING_SHARE and near.sum() > RING_TIMES * density * ring:
            return True
    return False


def _circle(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float] | None:
    """The circle through three points: its centre and radius."""
    lines = np.stack([b - a, c - a])
    if abs(np.linalg.det(lines)) < 1.0:
        return None
    middle = np.linalg.solve(lines, 0.5 * (lines * lines).sum(axis=1))
    return a + middle, float(np.hypot(*middle))
