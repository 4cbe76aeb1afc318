"""Strokes over print: of a pen that crosses words out, straight or waving, or mends a figure.

The letters hide most of such a stroke, and each letter alone still looks like itself. Seen along
the line it is plain: ink goes on from letter to letter where the paper should be white. The best
path through each printed line is sought by dynamic programming, as for local alignments (Smith and
Waterman 1981): ink that the print does not explain counts for it, white paper against it, and a
little against it what is hidden under print.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.pages.page import DPI
from pipeline.papers import layout
from pipeline.papers.layout import Glyph
from pipeline.prints.glyphs import Look

Array = NDArray[np.float32]

WHITE = 0.25  # of the page's black: where the print should be paler, nothing is hidden
INK = 0.3  # of the page's black, above what the print explains
AGAINST = 1.5  # a white pixel weighs so much against an inky one
HIDDEN = 0.1  # one under print: or rough edges add up along a line
BAND_MM = (2.0, 0.6)  # sideways and up and down about a line of print
VALUES = np.array([-HIDDEN, -AGAINST, 1.0], np.float32)  # of what ``_shown`` tells apart
# Of ink beside the letters: a stroke through a word of two letters leaves 3.7 mm, rough edges on
# 240 clean pages added up to 3.3 at most; and of its length, where strokes have 0.3 and more.
LEAST_MM = 3.5
LEAST_SHARE = 0.25
CLEAR_MM = 1.8  # that a stroke has clear of the print's own edges, which a bilevel scan thickens
RULE_MM, RULE_EDGE_PX = 8.0, 5  # printed rules have rough edges on bilevel scans


def drawn(
    lines: Sequence[list[Glyph]], seen: Look, excused: NDArray[np.bool_]
) -> Iterator[tuple[list[Glyph], Box]]:
    """The strokes along printed lines, at most one a line: the line, and where the stroke lies.

    ``excused`` is ink that belongs to a blank.
    """
    shown = _shown(seen, excused, 0)
    bands = [_band(line, shown.shape) for line in lines]
    least = px_from_mm(LEAST_MM, DPI)
    tried = [n for n, band in enumerate(bands) if (shown[band] == 2).any(axis=0).sum() >= least]
    best = zip(tried, _best([VALUES[shown[bands[n]]] for n in tried]), strict=True)
    found = [
        (n, path) for n, path in best if path[0] >= max(least, LEAST_SHARE * (path[2] - path[1]))
    ]
    if not found:
        return
    shown = _shown(seen, excused, 1)
    clear = _best([VALUES[shown[bands[n]]] for n, _path in found])
    for (n, (_score, x0, x1, y)), (length, *_where) in zip(found, clear, strict=True):
        if length >= px_from_mm(CLEAR_MM, DPI):
            rows, columns = bands[n]
            left, right, row = columns.start + x0, columns.start + x1, rows.start + y
            yield lines[n], Box(*(mm_from_px(v, DPI) for v in (left, row - 3, right, row + 4)))


def _shown(seen: Look, excused: NDArray[np.bool_], apart: int) -> NDArray[np.uint8]:
    """What each pixel shows of a stroke over it: 0 for nothing, 1 white paper, 2 ink.

    Print, and what is within ``apart`` of it, hides what is there.
    """
    near = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    white = (seen.model < WHITE * seen.black).astype(np.uint8)
    free = np.asarray(cv2.erode(white, near, iterations=apart) > rules(seen))
    inky = (seen.scan - seen.model > INK * seen.black) & ~excused
    return np.asarray(np.add(free, free & inky, dtype=np.uint8))


def rules(seen: Look) -> NDArray[np.uint8]:
    """1 on printed rules and their rough edges."""
    length = round(px_from_mm(RULE_MM, DPI))
    print_ = (seen.model > 0.5 * seen.black).astype(np.uint8)
    found = cv2.morphologyEx(print_, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    about = np.ones((RULE_EDGE_PX, RULE_EDGE_PX), np.uint8)
    return np.asarray(cv2.dilate(found, about), np.uint8)


def _band(line: Sequence[Glyph], shape: tuple[int, ...]) -> tuple[slice, slice]:
    x0, y0, x1, y1 = layout.box_of(line).grown(*BAND_MM).px(DPI)
    return slice(max(0, y0), min(shape[0], y1)), slice(max(0, x0), min(shape[1], x1))


def _best(bands: Sequence[Array]) -> list[tuple[float, int, int, int]]:
    """Of each band the best path: its score, first and last column, and its last row.

    A path goes one pixel up or down a column at most. All bands go side by side, column by column.
    """
    if not bands:
        return []
    height, width = (max(band.shape[axis] for band in bands) for axis in (0, 1))
    values = np.full((width, len(bands), height + 2), -np.inf, np.float32)
    for n, band in enumerate(bands):
        values[: band.shape[1], n, 1 : 1 + band.shape[0]] = band.T
    score = np.zeros(values.shape[1:], np.float32)
    start = np.zeros(score.shape, np.int32)
    number = np.arange(len(bands))
    found = [(0.0, 0, 0, 0)] * len(bands)
    top = np.zeros(len(bands), np.float32)
    for x in range(width):
        came, since = score.copy(), start.copy()
        for here, there in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
            better = score[:, there] > came[:, here]
            came[:, here][better] = score[:, there][better]
            since[:, here][better] = start[:, there][better]
        score = np.maximum(came + values[x], 0)
        start = np.where(score > 0, since, x + 1)
        at = score.argmax(axis=1)
        for n in map(int, np.flatnonzero(score[number, at] > top)):
            top[n] = score[n, at[n]]
            found[n] = (float(top[n]), int(start[n, at[n]]), x + 1, int(at[n]) - 1)
    return found
