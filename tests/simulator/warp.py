"""How a sheet lies before the lens: print scale, skew, perspective and bending, one resampling."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from pipeline.geometry import MM_PER_INCH
from tests.simulator.printing import Pixels, Sheet

_STEP = 16  # the map is computed on every 16th pixel and blown up: smooth warps allow it


@dataclass(frozen=True, slots=True)
class Warp:
    """From a page's millimetres to a scan's pixels and back.

    ``print_scale`` and ``shift_mm``: where the printer put the page on the paper.
    ``lens``: homography from the paper's millimetres to pixels. ``bend``: smooth displacement in
    pixels (coarse grid, x and y): a pixel p of the scan shows the point p + bend(p) of the flat
    sheet. ``size``: columns and rows of the scan.
    """

    paper_mm: tuple[float, float]
    print_scale: float
    shift_mm: tuple[float, float]
    lens: Pixels
    bend: Pixels
    size: tuple[int, int]

    def to_px(self, page_mm: Pixels) -> Pixels:
        """Pixels of points (n, 2) given in millimetres of the issued page."""
        return self.paper_to_px(self._on_paper(page_mm))

    def paper_to_px(self, paper_mm: Pixels) -> Pixels:
        """Pixels of points of the sheet of paper itself."""
        flat = cv2.perspectiveTransform(
            np.asarray(paper_mm, np.float64).reshape(-1, 1, 2), self.lens
        ).reshape(-1, 2)
        seen = flat.copy()
        for _ in range(6):  # the bend is smooth and small: a few rounds invert it
            seen = flat - self._bend_at(seen)
        return np.asarray(seen)

    def _on_paper(self, page_mm: Pixels) -> Pixels:
        centre = np.array(self.paper_mm) / 2
        return np.asarray((page_mm - centre) * self.print_scale + centre + self.shift_mm)

    def _bend_at(self, points: Pixels) -> Pixels:
        rows, columns = self.bend.shape[:2]
        x = np.clip(points[:, 0] / (self.size[0] - 1) * (columns - 1), 0, columns - 1.001)
        y = np.clip(points[:, 1] / (self.size[1] - 1) * (rows - 1), 0, rows - 1.001)
        i, j = y.astype(int), x.astype(int)
        u, v = (y - i)[:, None], (x - j)[:, None]
        b = self.bend
        top = b[i, j] * (1 - v) + b[i, j + 1] * v
        low = b[i + 1, j] * (1 - v) + b[i + 1, j + 1] * v
        return np.asarray(top * (1 - u) + low * u)

    def apply(self, sheet: Sheet) -> Pixels:
        """The sheet as the lens sees it; outside the print it is white paper."""
        columns, rows = self.size
        x = (np.arange(-1, columns // _STEP + 2) + 0.5) * _STEP - 0.5
        y = (np.arange(-1, rows // _STEP + 2) + 0.5) * _STEP - 0.5
        seen = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        flat = seen + self._bend_at(seen)
        paper = cv2.perspectiveTransform(flat.reshape(-1, 1, 2), np.linalg.inv(self.lens))
        centre = np.array(self.paper_mm) / 2
        page = (paper.reshape(-1, 2) - self.shift_mm - centre) / self.print_scale + centre
        source = (page * sheet.dpi / MM_PER_INCH - 0.5).reshape(len(y), len(x), 2)
        size = (len(x) * _STEP, len(y) * _STEP)
        full = [
            cv2.resize(source[..., axis].astype(np.float32), size, interpolation=cv2.INTER_LINEAR)[
                _STEP : _STEP + rows, _STEP : _STEP + columns
            ]
            for axis in (0, 1)
        ]
        seen_px = cv2.remap(
            sheet.pixels, full[0], full[1], cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255),
        )  # fmt: skip
        return np.asarray(seen_px)

    def paper_mask(self) -> Pixels:
        """1 where there is paper, 0 beyond its edges, softly between."""
        width, height = self.paper_mm
        t = np.linspace(0, 1, 24)[:-1, None]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height], [0, 0]])
        sides = [a * (1 - t) + b * t for a, b in pairwise(corners)]
        outline = self.paper_to_px(np.vstack(sides))
        mask = np.zeros(self.size[::-1], np.uint8)
        cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / 255.0


def lay_down(
    sheet: Sheet,
    dpi: float,
    skew_deg: float,
    print_scale: float,
    shift_mm: tuple[float, float],
    bend_mm: Pixels,
    *,
    border: tuple[float, float] = (0.0, 0.0),
    corners: Pixels | None = None,
) -> Warp:
    """Lay a sheet before the lens, turned a little about its middle.

    Without ``corners`` the frame is the sheet's, as in a scanner. With them a phone looks at a
    desk: ``corners`` (4, 2) says how far each is pulled, in shares of the sheet's width, and
    ``border`` how much of the desk is seen beside the sheet and above it.
    """
    paper = (sheet.width_mm, sheet.height_mm)
    scale = dpi / MM_PER_INCH
    wide, high = paper[0] * scale, paper[1] * scale
    angle = np.radians(skew_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    flat = np.array([[0, 0], [paper[0], 0], [paper[0], paper[1]], [0, paper[1]]])
    target = (flat - np.array(paper) / 2) @ turn.T * scale
    if corners is None:
        size = (round(wide), round(high))
        target = target + np.array(size) / 2
    else:
        target = target + corners * wide
        desk = np.array(border) * wide
        target = target - target.min(axis=0) + desk
        size = (round(target[:, 0].max() + desk[0]), round(target[:, 1].max() + desk[1]))
    lens = cv2.getPerspectiveTransform(flat.astype(np.float32), target.astype(np.float32))
    return Warp(paper, print_scale, shift_mm, np.asarray(lens), bend_mm * scale, size)


def ripple(rng: np.random.Generator, cells: tuple[int, int], mm: float) -> Pixels:
    """A smooth displacement field, at most about ``mm`` anywhere, as a 33 by 25 grid."""
    coarse = rng.uniform(-1, 1, (*cells, 2)).astype(np.float32)
    field = cv2.resize(coarse, (25, 33), interpolation=cv2.INTER_CUBIC)
    field = cv2.GaussianBlur(field, (0, 0), 1.5)
    return np.asarray(field, np.float64) * mm
