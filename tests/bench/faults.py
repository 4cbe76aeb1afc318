"""Faults of scans, one at a time, laid on real pages (blue, green, red); and two cures for them."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.geometry import A4_MM, MM_PER_INCH, Box
from pipeline.others.likeness import READ_DPI
from pipeline.scans.scan import PageImage
from tests.simulator.printing import Pixels, Sheet
from tests.simulator.traps import stamp_round
from tests.simulator.warp import lay_down, ripple

SKEW_DEG, BEND_MM = 3.0, 3.0
DARKEST = 0.35  # of the light, in the shade
STRIPS, BANDS = 16, 8  # of the page across and down, in which its lines are followed
FARTHEST_PX = round(READ_DPI / MM_PER_INCH)  # 1 mm that a line may rise from strip to strip
PRINTED = 4.0  # grey levels that the rows of a strip spread by, at least
SURE = 0.5  # correlation of two strips


def turned(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """On its head or on its side."""
    return np.ascontiguousarray(np.rot90(pixels, int(rng.integers(1, 4))))


def skewed(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Askew to either side."""
    return _laid(pixels, float(rng.choice([-SKEW_DEG, SKEW_DEG])), 0.0, rng)


def bent(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Paper that does not lie flat."""
    return _laid(pixels, 0.0, BEND_MM, rng)


def shaded(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Light that falls off across the page, and the soft edge of a shadow."""
    y, x = (np.linspace(-0.5, 0.5, size) for size in pixels.shape[:2])
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y[:, None] * np.sin(angle)
    dark = 0.5 * (along + 0.7) / 1.4 + 0.5 / (1 + np.exp(-along / 0.03))
    return np.asarray(pixels * (1 - (1 - DARKEST) * dark)[..., None], np.uint8)


def sealed(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Two round seals on the print, in blue or violet."""
    sheet = Sheet(np.ascontiguousarray(pixels[..., ::-1]), _dpi(pixels))
    (top, foot), (left, right) = (
        np.percentile(at, (20, 80)) * MM_PER_INCH / sheet.dpi
        for at in np.nonzero(pixels.min(axis=2) < 128)
    )
    middle = (top + foot) / 2
    for box in (Box(left, top, right, middle), Box(left, middle, right, foot)):
        stamp_round(sheet, box, rng)
    return np.ascontiguousarray(sheet.pixels[..., ::-1])


def _laid(pixels: Pixels, skew_deg: float, bend_mm: float, rng: np.random.Generator) -> Pixels:
    sheet = Sheet(pixels, _dpi(pixels))
    bend = ripple(rng, (4, 3), bend_mm)
    return lay_down(sheet, sheet.dpi, skew_deg, 1.0, (0.0, 0.0), bend).apply(sheet)


def _dpi(pixels: Pixels) -> float:
    """Were it A4."""
    return float(max(pixels.shape) * MM_PER_INCH / A4_MM[1])


def without_colour(image: PageImage) -> Pixels:
    """All colour taken out, not only seals: each pixel is as light as its lightest colour."""
    return np.asarray(image.pixels.max(axis=2) if image.is_colour else image.grey)


def levelled(image: Pixels) -> Pixels:
    """A straightened page with its lines made level, each strip by the one to its left."""
    rows, columns = image.shape
    tops, sides = (
        np.linspace(0, size, n + 1).astype(int) for size, n in ((rows, BANDS), (columns, STRIPS))
    )
    rises = np.zeros((BANDS + 1, STRIPS))  # the last row: a page without print lies level
    for band in range(BANDS):
        part = 255 - image[tops[band] : tops[band + 1]].astype(np.float32)
        dark = [part[:, sides[i] : sides[i + 1]].mean(axis=1) for i in range(STRIPS)]
        rises[band, 1:] = [_rise(dark[i], dark[i + 1]) for i in range(STRIPS - 1)]
    known = np.where(np.isnan(rises), np.nanmean(rises, axis=0), rises)[:BANDS]
    down = np.cumsum(known, axis=1)
    down -= np.median(down, axis=1, keepdims=True)
    smooth = cv2.GaussianBlur(np.asarray(down, np.float32), (0, 0), 1.0)
    whole = cv2.resize(smooth, (columns, rows), interpolation=cv2.INTER_CUBIC)
    y, x = np.asarray(np.indices(image.shape), np.float32)
    low = np.asarray(y + whole, np.float32)
    return np.asarray(cv2.remap(image, x, low, cv2.INTER_LINEAR, borderValue=(255,)))


def _rise(left: Pixels, right: Pixels) -> float:
    """How many pixels lower the lines stand in the right strip; NaN where that cannot be seen."""
    if min(left.std(), right.std()) < PRINTED:
        return float("nan")
    match = cv2.matchTemplate(right, left[FARTHEST_PX:-FARTHEST_PX], cv2.TM_CCOEFF_NORMED)
    return float(match.argmax()) - FARTHEST_PX if match.max() > SURE else float("nan")
