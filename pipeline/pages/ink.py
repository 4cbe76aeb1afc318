"""Ink that we did not print: signatures, dates, and whatever else is on the paper.

The registered scan's ink, masked by the dilated issued print, leaves pen, stamp, fold and dirt.
Each connected piece is measured in millimetres and judged by its shape, tone and place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.pages.page import DPI
from pipeline.papers import marks
from pipeline.papers.layout import Sheet

Array = NDArray[np.float32]
Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]

BACKGROUND_PX = 41  # larger than any stroke, smaller than shadows
PRINT_REACH_MM = 0.45  # ink this near to print is print: gain, blur, the last misplacement
SURE_SHARE = 0.36  # of the page's own black: paler marks are shadows, bleed-through, folds
FAINT_SHARE = 0.20  # what hangs together with sure ink counts down to here: a pen that fades
JOIN_MM = 0.35  # a pen that skips is still one stroke
RULE_PX = 13  # a rule, and what is near it
_SLANTS = tuple(
    cv2.line(
        np.zeros((RULE_PX, RULE_PX), np.uint8),
        (RULE_PX // 2 - way, 0),
        (RULE_PX // 2 + way, RULE_PX - 1),
        (1,),
        2,
    )
    for way in (-6, -3, 0, 3, 6)
)
DIRT_MM2 = 0.35  # smaller specks are nobody's doing


@dataclass(frozen=True, slots=True)
class Piece:
    """One connected piece of unexplained ink.

    ``box`` in millimetres; ``area`` in mm²; ``length`` of its strokes in mm; ``stroke`` their
    mean width in mm; ``tone`` its ink against the page's black (1 = as black as print);
    ``straightness`` the share of a straight line in its shape (1 = a line);
    ``inside`` the share of its ink in the zone asked about.
    """

    box: Box
    area: float
    length: float
    stroke: float
    tone: float
    straightness: float
    inside: float


def ink_of(grey: Image) -> Array:
    """Ink from 0 to 1: the paper's own tone and shadows taken out."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    size = BACKGROUND_PX // 4 | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), size / 2)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    light = grey.astype(np.float32) / np.maximum(paper.astype(np.float32), 32)
    return np.asarray(np.clip(1 - light, 0, 1), np.float32)


def inks_of(picture: Image) -> Array:
    """The ink in blue, green and red of a colour picture, each as ``ink_of`` a grey one."""
    return np.stack([ink_of(np.ascontiguousarray(picture[..., n])) for n in range(3)], axis=-1)


def unexplained(ink: Array, issued: Image, black: float) -> Mask:
    """Where the page has ink that the issued page does not explain.

    ``ink`` is the scan's (0 to 1), ``black`` the tone that the print has in this scan.
    """
    free = ~_near_print(issued)
    soft = cv2.GaussianBlur(ink, (0, 0), 0.8)
    faint = ((soft > FAINT_SHARE * black) & free).astype(np.uint8)
    sure = (soft > SURE_SHARE * black) & free
    return touched(faint, sure)


def _near_print(issued: Image) -> Mask:
    reach = round(px_from_mm(PRINT_REACH_MM, DPI))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate((issued < 200).astype(np.uint8), kernel) > 0)


def bridged(mask: Mask, issued: Image) -> Mask:
    """Unexplained ink with what it had over a printed rule: a pen that crosses that is cut there.

    Ink is put back where there is some above and below, upright or aslant.
    """
    cut = mask.astype(np.uint8)
    over = [cv2.morphologyEx(cut, cv2.MORPH_CLOSE, slant) > 0 for slant in _SLANTS]
    return np.asarray(mask | np.any(over, axis=0) & _near_print(issued))


def touched(mask: Image, by: Mask) -> Mask:
    """The connected pieces of a mask (1 where it is) that have a pixel of ``by``."""
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    keep = np.zeros(count, bool)
    keep[labels[by]] = True
    keep[0] = False
    # Labels are in range: not to have that looked after is several times faster.
    return np.asarray(np.take(keep, np.asarray(labels, np.int32), mode="clip"))


def connected(mask: Image, least_px: int) -> list[tuple[tuple[int, int, int, int], Mask]]:
    """The connected pieces of a mask (1 where it is) of so many pixels at least.

    Each is its box (left, top, width, height) and where the piece is in that. On a page with few
    pieces ``cv2.connectedComponentsWithStats`` takes ten times as long.
    """
    outlines, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    parents = [] if tree is None else tree[0][:, 3].tolist()
    boxes = [
        (cv2.boundingRect(outline), outline[0, 0])
        for outline, parent in zip(outlines, parents, strict=True)
        if parent < 0  # else it is the edge of a hole
    ]
    boxes = [one for one in boxes if one[0][2] * one[0][3] >= least_px]
    labels = cv2.connectedComponents(mask, connectivity=8)[1] if boxes else mask
    found = []
    for (x, y, width, height), (on_x, on_y) in boxes[::-1]:  # from the top of the page
        shape = labels[y : y + height, x : x + width] == labels[on_y, on_x]
        if np.count_nonzero(shape) >= least_px:
            found.append(((x, y, width, height), shape))
    return found


def pieces(mask: Mask, ink: Array, black: float, zone: Box | None = None) -> list[Piece]:
    """The connected pieces of a mask, skips of the pen joined, dirt left out."""
    join = round(px_from_mm(JOIN_MM, DPI)) | 1
    joined = cv2.morphologyEx(
        mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((join, join), np.uint8)
    )
    least = math.ceil(DIRT_MM2 / mm_from_px(1, DPI) ** 2)
    return [
        _measure(shape, ink[y : y + height, x : x + width], x, y, black, zone)
        for (x, y, width, height), shape in connected(np.asarray(joined, np.uint8), least)
    ]


def _measure(shape: Mask, ink: Array, x: int, y: int, black: float, zone: Box | None) -> Piece:
    mm = mm_from_px(1, DPI)
    area = int(shape.sum())
    depth = cv2.distanceTransform(np.pad(shape.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    # Along a stroke of width w the distance to its edge averages w / 4.
    stroke = max(1.0, 4 * float(depth[shape].mean()) - 1)
    ys, xs = np.nonzero(shape)
    box = Box(x * mm, y * mm, (x + shape.shape[1]) * mm, (y + shape.shape[0]) * mm)
    straight = 0.0
    if area > 2:
        spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(np.stack([xs, ys]))), 1e-6))
        straight = float(1 - min(1.0, spread[0] / spread[1] * 3))
    inside = 1.0
    if zone is not None:
        inside = float(
            np.mean(
                (xs + x >= zone.x0 / mm) & (xs + x <= zone.x1 / mm)
                & (ys + y >= zone.y0 / mm) & (ys + y <= zone.y1 / mm)
            )
        )  # fmt: skip
    return Piece(
        box,
        area * mm * mm,
        area / stroke * mm,
        stroke * mm,
        float(ink[shape].mean()) / max(black, 0.05),
        straight,
        inside,
    )


def window(box: Box, shape: tuple[int, ...], reach: float) -> tuple[slice, slice]:
    """The part of a page image within ``reach`` millimetres of a blank, as slices."""
    x0, y0, x1, y1 = box.grown(reach).px(DPI)
    return slice(max(0, y0), min(shape[0], y1)), slice(max(0, x0), min(shape[1], x1))


def within(inner: tuple[slice, slice], outer: tuple[slice, slice]) -> tuple[slice, slice]:
    """A window of the page as slices of a larger one about it."""
    (rows, columns), (top, left) = inner, (outer[0].start, outer[1].start)
    return (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )


STRAY_MM = 4.0  # a stroke as long as this is somebody's doing; the largest speck seen is 2
NEAR_PRINT_MM = 2.2  # in a line of print: an added letter or figure is this high
EDGE_MM = 6.0  # what reaches the sheet's edge is its border, a shadow or a copier's frame
FOLD_MM = 60.0
FOLD_STROKE_MM = 1.2
STAPLE_MM = 14.0


def strays(
    mask: Mask,
    ink: Array,
    black: float,
    sheet: Sheet,
    lines: Sequence[Box],
) -> list[Piece]:
    """The pieces that a person must look at: not dirt, not the sheet's edge, fold or staple."""
    paper = Box(EDGE_MM, EDGE_MM, sheet.width - EDGE_MM, sheet.height - EDGE_MM)
    codes = [box.grown(1.0) for box in marks.code_boxes(sheet.width, sheet.height)]
    found = []
    for piece in pieces(mask, ink, black):
        near = [line for line in lines if line.overlaps(piece.box)]
        size = max(piece.box.width, piece.box.height)
        if piece.length < STRAY_MM and not (near and size > NEAR_PRINT_MM and piece.tone > 0.5):
            continue
        if not paper.contains(piece.box) or any(c.overlaps(piece.box) for c in codes):
            continue
        straight = piece.straightness > 0.9
        if straight and size > FOLD_MM and piece.stroke < FOLD_STROKE_MM and piece.tone < 0.9:
            continue
        if straight and size < STAPLE_MM and not near:
            continue
        found.append(piece)
    return found
