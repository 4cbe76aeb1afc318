"""What a pen left on single letters or beside them, where each letter still looks like itself.

A bar through a figure, a hook or a bow that makes it another, a small word over the line: ink that
the print does not explain, with what of it is hidden under print counted in. Of rough edges it is
told by how much of it hangs together, of dirt by its shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px, px_from_mm, union
from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.pens import acts, strokes
from pipeline.prints import blots
from pipeline.prints.glyphs import Look

Mask = NDArray[np.bool_]
Array = NDArray[np.float32]

# Ink counts in pixels that are as black as the page's print. Of 179 papers on four kinds of scan
# with one letter touched 166 were seen: all of the clean scans, 5 in 6 of those with specks.
SHOWN = 0.25  # of black, above what the print explains
PIECE, PIECE_ROUGH = 2.5, 200.0  # the least that is looked at; the latter times the roughness
LEAST, LEAST_DIRTY, LEAST_ROUGH = 4.0, 6.0, 700.0
DEPTH_PX = 1.3
ROUGH, ROUGH_DARK = 0.006, 0.65  # of the print's pixels; of black, in the darker quarter
THIN = np.ones((2, 2), np.uint8)  # rough edges are thinner
APART_MM = (1.1, 1.1)  # between pieces of one act
ABOUT_MM = (0.8, 0.6)  # the lines
EDGE_PX, LINE_MM = 5, 0.4  # about print, and about lines, where its edges may be rough
# Dirt is solid, be it partly under print; on a sheet without specks elsewhere it is small too, on
# one with specks a small thing may be no dirt and is let be.
DOT_SIDES, DOT_FULL, DOT_SPARE_PX = 0.5, 0.92, 4
DOT, DOT_MM, SMALL_MM, CLEAN_SPECKS = 8.0, 1.3, 1.2, 3
_WAYS = tuple(
    cv2.line(np.zeros((9, 9), np.uint8), (4 - x, 4 - y), (4 + x, 4 + y), (1,), 1)
    for x, y in ((4, 0), (0, 4), (4, 4), (4, -4))
)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A page: how many specks lie on its bare paper, what share of its print has rough edges."""

    specks: int
    roughness: float

    @property
    def is_dirty(self) -> bool:
        return self.specks > CLEAN_SPECKS

    @property
    def is_rough(self) -> bool:
        return self.roughness > ROUGH


def found(lines: Sequence[Box], seen: Look, strange: Mask, excused: Mask) -> list[Box]:
    """Where a pen touched the letters of printed lines.

    ``strange`` is ink on bare paper that nothing explains; ``excused`` is accounted for.
    """
    excess = np.asarray((seen.scan - seen.model - seen.noise) / seen.black, np.float32)
    there = ((excess > SHOWN) & ~excused & (strokes.rules(seen) == 0)).astype(np.uint8)
    joined = [cv2.morphologyEx(there, cv2.MORPH_CLOSE, way) > 0 for way in _WAYS]
    shape = (there > 0) | np.any(joined, axis=0) & (seen.model > blots.DARK * seen.black)
    paper = _Paper(blots.count(strange & ~excused, seen), _roughness(lines, seen, there))
    dark = np.asarray(seen.scan > blots.DARK * seen.black)
    least = max(PIECE, PIECE_ROUGH * paper.roughness)
    pieces, kept = [], np.zeros_like(shape)
    for (x, y, width, height), piece in ink.connected(shape.astype(np.uint8), round(PIECE)):
        part = slice(y, y + height), slice(x, x + width)
        black = float(excess[part][piece & (there[part] > 0)].sum())
        is_dirt = paper.is_dirty and black >= DOT and _is_dot(piece, dark[part])
        if black >= least and not is_dirt:
            pieces.append(Box(*(mm_from_px(px, DPI) for px in (x, y, x + width, y + height))))
            kept[part] |= piece
    groups = [union(pieces[n] for n in group) for group in acts.together(pieces, *APART_MM)]
    about = [line.grown(*ABOUT_MM) for line in lines]
    inky = excess * (there & kept)
    return [
        box
        for box in groups
        if any(line.overlaps(box) for line in about) and _is_drawn(box, kept, inky, dark, paper)
    ]


def _is_drawn(box: Box, shape: Mask, excess: Array, dark: Mask, paper: _Paper) -> bool:
    """Whether the ink there is no rough edge and no dirt; ``dark`` is print as well."""
    zone = ink.window(box, shape.shape, 0.0)
    inky = excess[zone][excess[zone] > 0]
    least = LEAST_DIRTY if paper.is_dirty else LEAST
    if inky.sum() < max(least, LEAST_ROUGH * paper.roughness):
        return False
    darker = np.sort(inky)[-max(1, len(inky) // 4) :].mean()
    if paper.is_rough and darker < ROUGH_DARK:
        return False
    if blots.depth(shape[zone]).max() < DEPTH_PX:
        return False
    if paper.is_rough:  # a dot, with rough edges that hang together with it?
        thick = cv2.morphologyEx((excess[zone] > 0).astype(np.uint8), cv2.MORPH_OPEN, THIN)
        _x, _y, *sides = cv2.boundingRect(thick)
        is_small = max(sides) <= px_from_mm(DOT_MM, DPI)
        if is_small and _is_dot(np.asarray(thick > 0), dark[zone]):
            return False
    size = max(box.width, box.height)
    if not paper.is_dirty and size > DOT_MM:
        return True
    return not (paper.is_dirty and size < SMALL_MM) and not _is_dot(shape[zone], dark[zone])


def _is_dot(shape: Mask, dark: Mask) -> bool:
    return blots.is_solid(shape, dark, DOT_SIDES, DOT_FULL, DOT_SPARE_PX)


def _roughness(lines: Sequence[Box], seen: Look, there: NDArray[np.uint8]) -> float:
    """How much ink there is at the edges of the lines' print, as a share of that."""
    print_ = (seen.model > 0.5 * seen.black).astype(np.uint8)
    about = np.ones((EDGE_PX, EDGE_PX), np.uint8)
    edges = np.asarray(cv2.dilate(print_, about), np.uint8) & there
    rough, whole = 0, 1
    for line in lines:
        zone = ink.window(line, print_.shape, LINE_MM)
        rough += int(np.count_nonzero(edges[zone]))
        whole += int(np.count_nonzero(print_[zone]))
    return rough / whole
