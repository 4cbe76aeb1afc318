"""Round seals in blue or violet ink, made pale in the picture from which OCR reads a whole page.

Comes in: a page that no code made ours. Goes out: its grey picture, in which the print under the
seals can be read. Only rings are taken out: in frames stand words that are to be read («Копия
верна»), and what else is coloured may be print.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, px_from_mm
from pipeline.scans.scan import PageImage

Image = NDArray[np.uint8]

SEEN_DPI = 50  # enough to find a ring
RADIUS_MM = (14.0, 24.0)  # seals are 36 to 45 mm wide, a doctor's 30
APART_MM = 12.0  # two seals' middles
COLOUR = 14  # of 255, blue over red, the paper being white
LEAST_MM = 40.0  # of a line of that colour, on a page where a seal is looked for
EDGE, VOTES = 80, 14  # of OpenCV's circles: low, for the ring is judged afterwards
MOST = 12  # circles judged
RING_SHARE = 0.65  # of the round that has colour; what is no seal on real scans shows 0.54 at most
# About a ring less has colour; not so in coloured print, of 120 kinds of which none was taken for
# a seal. Of 60 simulated seals 56 were found.
OUTSIDE_MM, STANDS_OUT = (3.0, 5.0), 0.35
MARGIN_MM = 4.0  # about a ring: its line's width, and how far off its middle is found


def without(image: PageImage) -> Image:
    """The page in grey, the ink of its round seals as pale as it is coloured."""
    if not image.is_colour:
        return image.pixels
    scale = A4_MM[1] / max(image.pixels.shape)  # millimetres a pixel, were it A4
    grey = image.grey
    under = np.zeros(grey.shape, np.uint8)
    for x, y, radius in _rings(image.pixels, scale):
        middle = (round(x / scale), round(y / scale))
        cv2.circle(under, middle, round((radius + MARGIN_MM) / scale), (1,), cv2.FILLED)
    inside = image.pixels[under > 0].astype(np.int16)
    light, dark = inside.max(axis=1, initial=0), inside.min(axis=1, initial=255)
    # Black is dark in every colour, and has none.
    grey[under > 0] = np.clip(2 * light - dark, 0, 255)
    return grey


def _rings(pixels: Image, scale: float) -> Iterator[tuple[float, float, float]]:
    """Middle and radius of each seal, in millimetres."""
    per_mm = px_from_mm(1.0, SEEN_DPI)
    fit = scale * per_mm
    small = cv2.resize(pixels, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA)
    paper = np.maximum(np.median(small.reshape(-1, 3), axis=0), 1)
    blue, _green, red = cv2.split(np.asarray(small * (255 / paper), np.float32))
    colour = np.clip(blue - red, 0, 63)
    strong = np.asarray(colour > COLOUR, np.uint8)
    shown = np.asarray(cv2.dilate(strong, np.ones((3, 3), np.uint8)), np.uint8)
    if np.count_nonzero(strong) < LEAST_MM * per_mm:
        return
    low, high = (round(radius * per_mm) for radius in RADIUS_MM)
    found = cv2.HoughCircles(
        cv2.GaussianBlur(np.asarray(4 * colour, np.uint8), (0, 0), 0.8),
        cv2.HOUGH_GRADIENT,
        1,
        APART_MM * per_mm,
        param1=EDGE,
        param2=VOTES,
        minRadius=low,
        maxRadius=high,
    )
    for x, y, radius in [] if found is None else found.reshape(-1, 3)[:MOST]:
        ring = max(_share(shown, x, y, radius + off) for off in (-1, 0, 1))
        about = sum(_share(shown, x, y, radius + off * per_mm) for off in OUTSIDE_MM) / 2
        if ring > RING_SHARE and ring - about > STANDS_OUT:
            yield x / per_mm, y / per_mm, radius / per_mm


def _share(shown: Image, x: float, y: float, radius: float) -> float:
    """How much of a circle has colour."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    rows = np.rint(y + radius * np.sin(angles)).astype(int)
    columns = np.rint(x + radius * np.cos(angles)).astype(int)
    inside = (rows >= 0) & (rows < shown.shape[0]) & (columns >= 0) & (columns < shown.shape[1])
    return float(shown[rows[inside], columns[inside]].sum() / len(angles))
