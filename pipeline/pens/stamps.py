"""Stamps over a blank, round or framed, however pale: known by their geometry, not by their ink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.pages import ink
from pipeline.pages.page import DPI

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

REACH_MM = 24.0  # about a blank
WIDEST_MM = 45.0
SEARCHES = 6  # for stamps on one page
MARGIN_MM = 1.8  # about a stamp's outline: its line's width, an uneven ring
CLEAR_PX = (11, 11)  # about print: 0.7 mm, or its blurred edge would be a line
BESIDE_MM, BESIDE_POINTS = 2.0, 200  # a seal leaves several times as many above and below
FAINT = 0.14  # of the page's black
# A round stamp is 36-45 mm wide; no loop of a signature comes near.
RING_MM = (9.0, 25.0)
RING_SHARE = 0.6  # of the round that shows: stamps fade; loops of a signature follow 0.46 at most
RING_WIDTH_MM = 0.6
RING_POINTS = 900
RING_TRIES = 600
RING_ENOUGH = 40
RING_LINE_MM = 0.3
RING_FULL = 0.35  # of what a whole line leaves: fainter stretches are not its
# A ring's line runs along the circle; a signature's loops mostly cross it.
ALONG_DEG = 18.0
ALONG_PX = 2.0  # the blur that a line's way is measured at
# A frame has two long straight sides well apart and a short one between them. A flourish under a
# signature has its lines close; folds and streaks have nothing between them.
SIDE_MM = 22.0
SHORT_SIDE_MM = 7.0
SIDE_GAP_MM = 2.0
SIDES_APART_MM = (8.0, 36.0)
SHORT_SHARE = 0.6  # of the way between the long sides
WIDEST_FRAME_MM = 75.0
ONE_LINE_MM = 1.0
SIDE_SHOWN = 0.6  # of the least long side: print hides pieces
HIDDEN_MM = 15.0  # between a side's end that is seen and its corner
SOLID = 0.75  # of a side: stamps fade, printed rules cross them
CORNER_MM = 2.0
# Of a frame's sides, that ink shows: of 30 stamped frames the least shows 0.49; what strokes of
# two signatures seemed to frame showed 0.28.
FRAME_SHARE = 0.35
FRAME_LINE_MM = 1.1
# A small frame, whole in a blank, has two sides alongside for so long, so far apart; of 50
# signatures two have.
ALONGSIDE_MM, SMALL_APART_MM = 11.5, (3.5, 16.0)
# Ink within the hull of the largest stroke, but no part of it: of 107 signatures the most is 3.9,
# of 23 small frames and ovals 21 have 7.9 and more.
WORDS_OFF_MM, WORDS_MM2 = 0.6, 5.5
LETTER_MM = 6.0  # no letter of a small stamp is taller
SIDE_VOTES = 40
PARALLEL_DEG = 4.0


def about(box: Box, scan: Array, issued: NDArray[np.uint8], black: float) -> Points | None:
    """The outline (n x 2, mm) of a stamp that lies over a blank or beside it, if there is one.

    ``scan`` is the page's ink (0 to 1), ``black`` the tone that print has in it.
    """
    rows, columns = ink.window(box, scan.shape, REACH_MM)
    shown, soft = _shown(rows, columns, scan, issued, black)
    beside = shown.copy()
    x0, y0, x1, y1 = box.grown(BESIDE_MM).px(DPI)
    beside[
        max(0, y0 - rows.start) : y1 - rows.start, max(0, x0 - columns.start) : x1 - columns.start
    ] = False
    if beside.sum() < BESIDE_POINTS:
        return None  # no stamp is as small as a blank
    outline = _outline(shown, soft)
    corner = np.array([columns.start, rows.start]) * mm_from_px(1, DPI)
    return None if outline is None else outline + corner


def covered(boxes: Sequence[Box], scan: Array, issued: NDArray[np.uint8], black: float) -> Mask:
    """Which of the page's pixels lie within the stamps that are found about some boxes."""
    under = np.zeros(scan.shape, np.uint8)
    for box in boxes[:SEARCHES]:
        if under[ink.window(box, scan.shape, 0.0)].all():
            continue
        rows, columns = ink.window(box, scan.shape, WIDEST_MM)
        shown, soft = _shown(rows, columns, scan, issued, black)
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        at = np.array([x - mm_from_px(columns.start, DPI), y - mm_from_px(rows.start, DPI)])
        outline = _outline(shown, soft, at)
        if outline is not None:
            corner = np.array([columns.start, rows.start])
            corners = np.rint(outline / mm_from_px(1, DPI) + corner).astype(np.int32)
            cv2.fillPoly(under, [corners], (1,))
    return np.asarray(under > 0)


def _shown(
    rows: slice, columns: slice, scan: Array, issued: NDArray[np.uint8], black: float
) -> tuple[Mask, Array]:
    """A part of the page: where it has ink clear of the print, and its ink."""
    soft = np.asarray(cv2.GaussianBlur(scan[rows, columns], (0, 0), 1.0), np.float32)
    free = cv2.erode((issued[rows, columns] > 200).astype(np.uint8), np.ones(CLEAR_PX, np.uint8))
    shown = (soft > FAINT * black) & (free == 1)
    edge = round(px_from_mm(ink.EDGE_MM, DPI))  # the sheet's own is as straight as a frame's side
    height, width = scan.shape
    shown[: max(0, edge - rows.start)] = False
    shown[max(0, height - edge - rows.start) :] = False
    shown[:, : max(0, edge - columns.start)] = False
    shown[:, max(0, width - edge - columns.start) :] = False
    return np.asarray(shown), soft


def _outline(shown: Mask, soft: Array, at: Points | None = None) -> Points | None:
    """Of a stamp (that lies ``at`` a point): points round its ring, or the corners of its frame.

    All in millimetres, n x 2.
    """
    ring = _ring(shown, soft, at)
    if ring is not None:
        return ring
    frame = _frame(shown)
    if frame is None or at is None:
        return frame
    holds = cv2.pointPolygonTest(frame.astype(np.float32), (float(at[0]), float(at[1])), False)
    return frame if holds >= 0 else None


def is_framed(shown: Mask) -> bool:
    """Whether two straight lines in a picture are a small frame's long sides."""
    lines = _straight(shown)
    for start, end in lines:
        run = (end - start) / np.hypot(*(end - start))
        along, off = (lines - start) @ run, (lines - start) @ (-run[1], run[0])
        tilt = np.tan(np.radians(PARALLEL_DEG))
        parallel = np.ptp(off, axis=1) < tilt * np.ptp(along, axis=1)
        apart = np.abs(off.mean(axis=1))
        beside = (apart > SMALL_APART_MM[0]) & (apart < SMALL_APART_MM[1])
        shared = np.minimum(along.max(axis=1), run @ (end - start)) - np.maximum(
            along.min(axis=1), 0.0
        )
        if (parallel & beside & (shared > ALONGSIDE_MM)).any():
            return True
    return False


def is_worded(shown: Mask) -> bool:
    """Whether one line runs round other ink, as a small frame or oval does round its words."""
    count, labels, boxes, _centres = cv2.connectedComponentsWithStats(shown.astype(np.uint8))
    if count < 3:
        return False
    sides = boxes[:, cv2.CC_STAT_WIDTH] * boxes[:, cv2.CC_STAT_HEIGHT]
    own = labels == 1 + int(np.argmax(sides[1:]))
    around = np.zeros(shown.shape, np.uint8)
    cv2.fillPoly(around, [cv2.convexHull(np.argwhere(own)[:, ::-1].astype(np.int32))], (1,))
    within = cv2.distanceTransform(around, cv2.DIST_L2, 3) > px_from_mm(WORDS_OFF_MM, DPI)
    small = boxes[:, cv2.CC_STAT_HEIGHT] < px_from_mm(LETTER_MM, DPI)
    signs = small[labels] & shown & within & ~own
    return int(np.count_nonzero(signs)) * mm_from_px(1, DPI) ** 2 > WORDS_MM2


def _frame(shown: Mask) -> Points | None:
    """Two long parallel sides and a short one across: the corners of the largest such frame."""
    lines = _straight(shown)
    runs = lines[:, 1] - lines[:, 0]
    lengths = np.hypot(runs[:, 0], runs[:, 1])
    ways = np.degrees(np.arctan2(runs[:, 1], runs[:, 0]))
    best, corners = 0.0, None
    line = np.ones((round(px_from_mm(FRAME_LINE_MM, DPI)),) * 2, np.uint8)
    wide = np.asarray(cv2.dilate(shown.astype(np.uint8), line), np.uint8)
    known: list[int] = []
    for number in map(int, np.argsort(-lengths)):
        turn = np.radians(-ways[number])
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        # The side itself lies along x from 0; the others beside it.
        around = (lines - lines[number, 0]) @ spin.T
        off = np.abs((ways - ways[number] + 90) % 180 - 90)
        along, across = around[off < PARALLEL_DEG], around[off > 90 - 2 * PARALLEL_DEG]
        if any(off[n] < PARALLEL_DEG and abs(around[n, :, 1]).max() < ONE_LINE_MM for n in known):
            continue  # on a line that was tried
        known.append(number)
        for x0, x1, y0, y1 in _boxes(along, across):
            area = (x1 - x0) * (y1 - y0)
            if x1 - x0 >= WIDEST_FRAME_MM or area <= best:
                continue
            frame, about = (
                np.array([[x0 - m, y0 - m], [x1 + m, y0 - m], [x1 + m, y1 + m], [x0 - m, y1 + m]])
                for m in (0.0, MARGIN_MM)
            )
            if _is_drawn(frame @ spin + lines[number, 0], wide):
                best = area
                corners = np.asarray(about @ spin + lines[number, 0], np.float64)
    return corners


def _is_drawn(corners: Points, shown: NDArray[np.uint8]) -> bool:
    """Whether there is ink along a good part of a frame's sides."""
    shares = []
    for start, end in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        steps = int(px_from_mm(float(np.hypot(*(end - start))), DPI)) + 1
        at = np.rint(np.linspace(start, end, steps) / mm_from_px(1, DPI)).astype(int)
        on = at[((at >= 0) & (at < shown.shape[::-1])).all(axis=1)]
        if len(on):
            shares.append(float(shown[on[:, 1], on[:, 0]].mean()))
    return bool(shares) and float(np.mean(shares)) > FRAME_SHARE


def _boxes(along: Points, across: Points) -> Iterator[tuple[float, float, float, float]]:
    """Left, right, top and foot of the frames that have the line y = 0 for a side.

    ``along`` and ``across`` (n x 2 x 2, mm) are the lines beside it and across it.
    """
    first = _side(along, 0.0)
    if first is None:
        return
    for y in np.unique(np.round(along[..., 1].mean(axis=1))):
        if not SIDES_APART_MM[0] < abs(y) < SIDES_APART_MM[1]:
            continue
        second = _side(along, float(y))
        low, high = sorted((0.0, float(y)))
        inside = np.minimum(across[..., 1].max(axis=1), high + 1) - np.maximum(
            across[..., 1].min(axis=1), low - 1
        )
        ends = across[inside > SHORT_SHARE * abs(y), :, 0].mean(axis=1)
        if second is None or not len(ends):
            continue
        left, right = min(first[0], second[0]), max(first[1], second[1])
        if min(first[1], second[1]) - max(first[0], second[0]) < SIDE_MM / 2:
            continue
        ends = ends[(ends > left - HIDDEN_MM) & (ends < right + HIDDEN_MM)]
        if len(ends):
            yield min(left, ends.min()), max(right, ends.max()), low, high
    # Or one long side whole and both short ones, on the same side of it.
    for way in (1, -1):
        side = way * across[..., 1]
        short = across[(side.min(axis=1) < CORNER_MM) & (side.min(axis=1) > -CORNER_MM)]
        if len(short) and np.ptp(short[..., 0].mean(axis=1)) > SIDE_MM:
            low, high = sorted((0.0, way * float((way * short[..., 1]).max())))
            ends = short[..., 0].mean(axis=1)
            yield min(first[0], ends.min()), max(first[1], ends.max()), low, high


def _side(along: Points, y: float) -> tuple[float, float] | None:
    """From where to where a long side runs at ``y``, in one or in pieces that print parts."""
    here = along[np.abs(along[..., 1].mean(axis=1) - y) < ONE_LINE_MM]
    if not len(here):
        return None
    starts, ends = here[..., 0].min(axis=1), here[..., 0].max(axis=1)
    middles = np.arange(starts.min(), ends.max(), 1.0) + 0.5
    seen = ((middles[:, None] > starts) & (middles[:, None] < ends)).any(axis=1)
    if np.count_nonzero(seen) < SIDE_MM * SIDE_SHOWN:
        return None
    return (float(starts.min()), float(ends.max())) if np.ptp(middles) > SIDE_MM - 2 else None


def _straight(shown: Mask) -> Points:
    """The straight lines in a picture (probabilistic Hough, Matas 2000): n x 2 x 2, mm."""
    found = cv2.HoughLinesP(
        cv2.dilate(shown.astype(np.uint8), np.ones((2, 2), np.uint8)),
        1,
        np.pi / 360,
        SIDE_VOTES,
        minLineLength=px_from_mm(SHORT_SIDE_MM, DPI),
        maxLineGap=px_from_mm(SIDE_GAP_MM, DPI),
    )
    if found is None:
        return np.zeros((0, 2, 2))
    solid = np.asarray(cv2.dilate(shown.astype(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    sides = np.asarray(found, np.int32).reshape(-1, 2, 2)
    is_solid = [_is_solid(side, solid) for side in sides]
    return np.asarray(sides[is_solid] * mm_from_px(1, DPI), np.float64)


def _is_solid(line: NDArray[np.int32], shown: NDArray[np.uint8]) -> bool:
    """Ink nearly all along: a row of letters is no line."""
    (x0, y0), (x1, y1) = line
    steps = max(abs(x1 - x0), abs(y1 - y0)) + 1
    along = np.rint(np.linspace((y0, x0), (y1, x1), steps)).astype(int)
    return float(shown[along[:, 0], along[:, 1]].mean()) > SOLID


def _ring(shown: Mask, soft: Array, at: Points | None) -> Points | None:
    """Lines that run round one large circle: points round the largest of them.

    A circle through three points, tried many times (RANSAC, Fischler and Bolles 1981); a point
    is the circle's where the line through it runs along the circle.
    """
    ys, xs = np.nonzero(shown)
    if len(xs) < RING_POINTS:
        return None
    largest, middle = 0.0, np.zeros(2)
    dice = np.random.default_rng(len(xs))  # the same picture, the same answer
    chosen = dice.permutation(len(xs))[:RING_POINTS]
    ys, xs = ys[chosen], xs[chosen]
    points = np.stack([xs, ys], axis=1).astype(np.float64) * mm_from_px(1, DPI)
    across = _across(soft)[ys, xs]
    share = RING_POINTS / max(1, int(shown.sum()))
    for a, b, c in points[dice.integers(0, len(points), (RING_TRIES, 3))]:
        circle = _circle(a, b, c)
        if circle is None:
            continue
        centre, radius = circle
        if not max(largest, RING_MM[0]) < radius < RING_MM[1]:
            continue
        if at is not None and np.hypot(*(at - centre)) > radius + MARGIN_MM:
            continue
        offset = points - centre
        away = np.hypot(*offset.T)
        along = np.abs((offset * across).sum(axis=1)) > np.cos(np.radians(ALONG_DEG)) * away
        on = (np.abs(away - radius) < RING_WIDTH_MM) & along
        if on.sum() < RING_ENOUGH:
            continue
        round_ = np.histogram(np.arctan2(*offset[on].T), bins=48, range=(-np.pi, np.pi))[0]
        # Per bin, what a line RING_LINE_MM wide would leave among the chosen points.
        full = share * 2 * np.pi * radius / 48 * RING_LINE_MM / mm_from_px(1, DPI) ** 2
        if np.mean(round_ > RING_FULL * full) > RING_SHARE:
            largest, middle = radius, centre
    if not largest:
        return None
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    return np.asarray(
        middle + (largest + MARGIN_MM) * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    )


def _across(soft: Array) -> NDArray[np.float64]:
    """Each pixel's unit vector across the line it lies on (structure tensor)."""
    blurred = cv2.GaussianBlur(soft, (0, 0), ALONG_PX / 2)
    dx, dy = cv2.Sobel(blurred, cv2.CV_32F, 1, 0), cv2.Sobel(blurred, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(part, (0, 0), ALONG_PX) for part in (dx * dx, dy * dy, dx * dy))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float64)


def _circle(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float] | None:
    """The circle through three points: its centre and radius."""
    lines = np.stack([b - a, c - a])
    if abs(np.linalg.det(lines)) < 1.0:
        return None
    middle = np.linalg.solve(lines, 0.5 * (lines * lines).sum(axis=1))
    return a + middle, float(np.hypot(*middle))
