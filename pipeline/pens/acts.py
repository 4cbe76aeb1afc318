"""What a pen did over the print: pieces of ink that hang together, and whether they cross it out.

A pen that crosses words out draws long lines through them, straight or in a zigzag, or one thin
wave. Writing is short strokes, and high where it is thin.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px, px_from_mm, union
from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.pens.strokes import INK, WHITE
from pipeline.prints import blots
from pipeline.prints.glyphs import Look

Mask = NDArray[np.bool_]
Lines = NDArray[np.int32]

# A leg of a cross or a zigzag: straight, and ink wherever no print hides it. Rows of letters by
# hand have 0.89 at most over 10 mm, strokes of single letters are shorter than a line is high.
LEG_MM, LEG_GAP_MM, LEG_VOTES, LEGS_MOST = 6.0, 4.0, 25, 400
SOLID, SHOWN_MM = 0.93, 1.3
LEG_WIDTH_MM = 1.6
OF_LEGS = 0.5  # of an act's ink: the rest are the bends between legs
THROUGH = 0.5  # of a printed line's height: what only touches it does not cross it out
LONG = 0.5  # of what is drawn along a line of print: a straight line, whatever stands about it
ROUND_MM = (1.0, 2.0)  # about a stroke: writing reaches out there
# How high the ink stands in a column of the picture, in most columns: waves 0.9, writing 1.9.
HIGH_MM, HIGH_SHARE = 1.4, 90
SPECK_MM = 1.0  # rough edges of print are smaller
# Letters by hand between two lines, of which little is clear of the print: "не" leaves 2.3 x 2.2 mm
# and 2.9 x 2.7. On 260 clean pages nothing but straight lines and dots is as large.
MARK_MM, MARK_NARROW_MM, MARK_SIDES = 1.9, 1.3, 0.55
MARK_SKIP_PX = 5


def together(boxes: Sequence[Box], across_mm: float, down_mm: float) -> list[list[int]]:
    """Which boxes are no further from each other than that, over others if need be."""
    groups: list[list[int]] = []
    for number, box in enumerate(boxes):
        wide = box.grown(across_mm, down_mm)
        near = [group for group in groups if any(wide.overlaps(boxes[n]) for n in group)]
        groups = [group for group in groups if group not in near]
        groups.append(sorted([*(n for group in near for n in group), number]))
    return groups


def is_writing(box: Box, seen: Look, excused: Mask) -> bool:
    """Whether ink along a line of print is letters that a hand wrote over it."""
    rows, columns = ink.window(box.grown(*ROUND_MM), excused.shape, 0.0)
    inky, free = _inky(seen, excused, rows, columns)
    longest = max((np.hypot(*(b - a)) for a, b in _legs(inky, free)), default=0.0)
    if longest > LONG * px_from_mm(box.width, DPI):
        return False
    _count, labels, stats, _centres = cv2.connectedComponentsWithStats(
        cv2.morphologyEx(inky.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    )
    large = stats[:, 2:4].max(axis=1) >= px_from_mm(SPECK_MM, DPI)
    large[0] = False
    shape = large[labels]
    shape = shape[:, shape.any(axis=0)]
    if not shape.size:
        return False
    high = shape.shape[0] - shape.argmax(axis=0) - shape[::-1].argmax(axis=0)
    return mm_from_px(float(np.percentile(high, HIGH_SHARE)), DPI) > HIGH_MM


def marks(paper: Box, seen: Look, excused: Mask) -> list[Box]:
    """Small marks that stand clear of the print: what a hand wrote between the lines.

    ``paper`` is the part of the page that is looked at: what reaches beyond it is the sheet's edge.
    """
    near = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inky, free = _inky(seen, excused, slice(None), slice(None))
    clear = (inky & (cv2.erode(free.astype(np.uint8), near) > 0)).astype(np.uint8)
    skip = np.ones((MARK_SKIP_PX, MARK_SKIP_PX), np.uint8)
    joined = np.asarray(cv2.morphologyEx(clear, cv2.MORPH_CLOSE, skip), np.uint8)
    least, narrow = px_from_mm(MARK_MM, DPI), px_from_mm(MARK_NARROW_MM, DPI)
    boxes = []
    for (x, y, width, height), shape in ink.connected(joined, 1):
        large = max(width, height) >= least and min(width, height) >= narrow
        if not large:
            continue
        dark = seen.scan[y : y + height, x : x + width] > INK * seen.black
        if not blots.is_solid(shape, dark, MARK_SIDES):
            boxes.append(Box(*(mm_from_px(px, DPI) for px in (x, y, x + width, y + height))))
    return [box for box in boxes if paper.contains(box)]


def crossed(
    pieces: Sequence[Box], lines: Sequence[Box], seen: Look, excused: Mask
) -> list[tuple[int, Box]]:
    """Which of the printed lines these pieces of one act cross out, and from where to where.

    Nothing where most of their ink does not lie on long lines, or these run beside the print.
    """
    if not pieces:
        return []
    rows, columns = ink.window(union(pieces).grown(*ROUND_MM), excused.shape, 0.0)
    inky, free = _inky(seen, excused, rows, columns)
    drawn = np.zeros(inky.shape, np.uint8)
    width = round(px_from_mm(LEG_WIDTH_MM, DPI))
    for a, b in _legs(inky, free):
        cv2.line(drawn, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), (1,), width)
    mine = np.zeros(inky.shape, bool)
    for box in pieces:
        mine[_within(box, rows, columns)] = True
    mine &= inky
    on = mine & (drawn > 0)
    if not mine.any() or on.sum() < OF_LEGS * mine.sum():
        return []
    points = np.argwhere(mine)[:, ::-1].astype(np.int32)
    hull = np.zeros(inky.shape, np.uint8)
    cv2.fillConvexPoly(hull, np.asarray(cv2.convexHull(points), np.int32), (1,))
    found = []
    for number, line in enumerate(lines):
        band = _within(line, rows, columns)
        across = np.flatnonzero(hull[band].any(axis=0))
        if not len(across) or drawn[band].any(axis=1).mean() < THROUGH:
            continue
        left = columns.start + band[1].start + int(across[0])
        right = columns.start + band[1].start + int(across[-1]) + 1
        box = Box(mm_from_px(left, DPI), line.y0, mm_from_px(right, DPI), line.y1)
        found.append((number, box))
    return found


def _within(box: Box, rows: slice, columns: slice) -> tuple[slice, slice]:
    """A box as slices of a part of the page."""
    x0, y0, x1, y1 = box.px(DPI)
    down = slice(max(0, y0 - rows.start), max(0, y1 - rows.start))
    return down, slice(max(0, x0 - columns.start), max(0, x1 - columns.start))


def _inky(seen: Look, excused: Mask, rows: slice, columns: slice) -> tuple[Mask, Mask]:
    """Where a part of the page has ink that the print does not explain, where none is hidden."""
    model, scan = seen.model[rows, columns], seen.scan[rows, columns]
    free = model < WHITE * seen.black
    return (scan - model > INK * seen.black) & ~excused[rows, columns] & free, free


def _legs(inky: Mask, free: Mask) -> list[Lines]:
    """Long straight lines (from, to: x and y) with ink wherever the print does not hide it."""
    found = cv2.HoughLinesP(
        inky.astype(np.uint8), 1, np.pi / 360, LEG_VOTES,
        minLineLength=px_from_mm(LEG_MM, DPI), maxLineGap=px_from_mm(LEG_GAP_MM, DPI),
    )  # fmt: skip
    if found is None:
        return []
    near = cv2.dilate(inky.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    legs = []
    for leg in np.asarray(found, np.int32).reshape(-1, 2, 2)[:LEGS_MOST]:
        steps = int(np.abs(leg[1] - leg[0]).max()) + 1
        x, y = np.rint(np.linspace(leg[0], leg[1], steps)).astype(int).T
        shown = free[y, x]
        if shown.sum() > px_from_mm(SHOWN_MM, DPI) and near[y, x][shown].mean() > SOLID:
            legs.append(leg)
    return legs
