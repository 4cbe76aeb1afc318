"""An issued PDF page becomes a printed sheet: pixels that pens, stamps and scanners work on."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import MM_PER_INCH, POINTS_PER_INCH, Box

Pixels = NDArray[Any]
WORK_DPI = 300  # finer than most scans, so that the scanner's own sampling is simulated too
PRINTER_DPI = 500  # coarser, PDFium sets small letters on whole pixels, which no printer does


@dataclass(slots=True)
class Sheet:
    """A printed page: ``pixels`` (rows, columns, RGB) at ``dpi``; marks are laid on in place."""

    pixels: Pixels
    dpi: float

    @property
    def width_mm(self) -> float:
        return float(self.pixels.shape[1] * MM_PER_INCH / self.dpi)

    @property
    def height_mm(self) -> float:
        return float(self.pixels.shape[0] * MM_PER_INCH / self.dpi)

    def window(self, box: Box) -> tuple[slice, slice]:
        """Rows and columns of ``box``, cut off at the sheet's edges."""
        rows, columns = self.pixels.shape[:2]
        x0, y0, x1, y1 = box.px(self.dpi)
        return slice(max(0, y0), min(rows, y1)), slice(max(0, x0), min(columns, x1))


@dataclass(frozen=True, slots=True)
class Cover:
    """How densely a mark covers the paper: ``mask`` 0..1 from ``x_mm``, ``y_mm`` on."""

    mask: Pixels
    x_mm: float
    y_mm: float

    def box(self, dpi: float) -> Box:
        """Where there is ink, millimetres."""
        rows, columns = np.nonzero(self.mask > 0.2)
        if not len(rows):
            return Box(self.x_mm, self.y_mm, self.x_mm, self.y_mm)
        mm = MM_PER_INCH / dpi
        return Box(
            self.x_mm + float(columns.min()) * mm,
            self.y_mm + float(rows.min()) * mm,
            self.x_mm + float(columns.max() + 1) * mm,
            self.y_mm + float(rows.max() + 1) * mm,
        )


def render(page: Any, dpi: float = WORK_DPI) -> Sheet:
    """Print a PDFium page black on white paper, as finely as a printer sets its letters.

    Not by ``layout.render``, which draws what scans are compared with: a fault there has to show.
    """
    scale = max(dpi, PRINTER_DPI) / POINTS_PER_INCH
    fine = page.render(scale=scale, grayscale=True, draw_annots=True).to_numpy()
    size = tuple(ceil(side * dpi / POINTS_PER_INCH) for side in page.get_size())
    grey = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    return Sheet(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dpi)


def blank_sheet(width_mm: float, height_mm: float, dpi: float = WORK_DPI) -> Sheet:
    """A sheet with nothing on it, as the back of a form."""
    scale = dpi / MM_PER_INCH
    shape = (round(height_mm * scale), round(width_mm * scale), 3)
    return Sheet(np.full(shape, 255, np.uint8), dpi)


def lay(sheet: Sheet, cover: Cover, rgb: tuple[float, float, float]) -> None:
    """Lay ink of reflectance ``rgb`` (0..1) over the sheet: it darkens what is already there."""
    scale = sheet.dpi / MM_PER_INCH
    left, top = round(cover.x_mm * scale), round(cover.y_mm * scale)
    rows, columns = sheet.pixels.shape[:2]
    height, width = cover.mask.shape
    y0, x0, y1, x1 = max(0, top), max(0, left), min(rows, top + height), min(columns, left + width)
    if y0 >= y1 or x0 >= x1:
        return
    mask = cover.mask[y0 - top : y1 - top, x0 - left : x1 - left, None]
    there = sheet.pixels[y0:y1, x0:x1]
    kept = 1.0 - mask * (1.0 - np.array(rgb, np.float32))
    sheet.pixels[y0:y1, x0:x1] = np.clip(there * kept + 0.5, 0, 255).astype(np.uint8)


def cloud(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]) -> Pixels:
    """A smooth random field, mean 0 and spread about 1, ``cells`` hills down and across."""
    coarse = rng.standard_normal(cells).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))
