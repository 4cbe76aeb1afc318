"""A pen's ink is told from a stamp's by hue, whatever lies over what; in grey nothing is told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.geometry import Box, px_from_mm
from pipeline.pages import ink, page
from pipeline.pages.registration import Laid
from pipeline.pens import hues

BLANK = Box(40, 35, 92, 45)
CENTRE, RADIUS = (66.0, 40.0), 19.0
BLACK = 0.8  # of print in a grey scan
# Blue, green, red of inks on paper.
VIOLET, DARK_VIOLET, BLUE, BLACK_PEN = (150, 55, 85), (110, 30, 50), (145, 45, 25), (35, 30, 30)
Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def px(*mm: float) -> tuple[int, ...]:
    return tuple(round(px_from_mm(one, page.DPI)) for one in mm)


def sheet(draw: tuple[int, ...] | None, stamp: tuple[int, ...] | None) -> tuple[Pixels, Mask, Mask]:
    """A page with a wavy pen's line in the blank, a stamp over it, and where each has its ink."""
    pixels = np.full((*px(80, 130), 3), 255, np.uint8)
    pen, seal = np.zeros(pixels.shape[:2], np.uint8), np.zeros(pixels.shape[:2], np.uint8)
    if stamp:
        cv2.circle(seal, px(*CENTRE), px(RADIUS)[0], (1,), 5)
        cv2.circle(seal, px(*CENTRE), px(0.6 * RADIUS)[0], (1,), 2)
        cv2.putText(seal, "FOR PAPERS", px(50, 41), 2, 1.2, (1,), 3)
    if draw:
        x = np.linspace(44, 88, 300)
        wave = np.stack([x, 40 + 4 * np.sin(x / 1.5)], axis=1)
        cv2.polylines(
            pen, [np.array([px(*at) for at in wave])], isClosed=False, color=(1,), thickness=3
        )
    for mask, colour in ((seal, stamp), (pen, draw)):
        if colour:
            kept = np.where(mask[..., None] > 0, np.array(colour) / 255, 1)
            pixels = (pixels * kept).astype(np.uint8)
    return pixels, pen > 0, seal > 0


def apart(pixels: Pixels, *, grey: bool = False, radius: float = RADIUS + 1.8) -> Mask | None:
    soft = cv2.GaussianBlur(pixels, (0, 0), 0.8).astype(np.float32)
    rough = np.random.default_rng(1).normal(0, 3, pixels.shape)
    seen = np.clip(soft * (0.98, 0.95, 0.9) + rough, 0, 255).astype(np.uint8)
    flat = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), np.uint8)
    left = ink.unexplained(ink.ink_of(flat), np.full_like(flat, 255), BLACK)
    x, y = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in flat.shape[::-1]))
    laid = Laid(flat, 0.0, np.eye(3), flat if grey else seen, x, y)
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    outline = CENTRE + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return hues.apart(BLANK, left, outline, laid)


@pytest.mark.parametrize(
    ("pen", "stamp"),
    [(BLUE, VIOLET), (BLACK_PEN, VIOLET), (BLACK_PEN, BLUE), (VIOLET, BLUE), (BLUE, BLACK_PEN)],
)
def test_a_pen_of_another_hue_is_told(pen: tuple[int, ...], stamp: tuple[int, ...]) -> None:
    pixels, drawn, stamped = sheet(pen, stamp)
    found = apart(pixels)
    assert found is not None
    free = drawn & ~stamped
    assert np.count_nonzero(found & free) > 0.8 * np.count_nonzero(free)
    beside = stamped & (cv2.dilate(drawn.astype(np.uint8), np.ones((13, 13), np.uint8)) == 0)
    assert np.count_nonzero(found & beside) < 0.01 * np.count_nonzero(beside)


def test_a_stamp_alone_is_nobodys_pen() -> None:
    found = apart(sheet(None, VIOLET)[0])
    assert found is not None
    assert np.count_nonzero(found) < 20


@pytest.mark.parametrize(("pen", "stamp"), [(BLUE, BLUE), (VIOLET, DARK_VIOLET)])
def test_of_one_hue_nothing_is_told_apart(pen: tuple[int, ...], stamp: tuple[int, ...]) -> None:
    pixels, drawn, _stamped = sheet(pen, stamp)
    found = apart(pixels)
    assert found is not None
    # Where two lines cross both inks lie on each other, and are darker.
    assert np.count_nonzero(found) < 0.1 * np.count_nonzero(drawn)


def test_in_grey_nothing_is_told() -> None:
    assert apart(sheet(BLACK_PEN, BLUE)[0], grey=True) is None


def test_a_stamp_whose_hue_is_not_seen_tells_nothing() -> None:
    """Within the outline and clear of the blank there has to be ink enough."""
    assert apart(sheet(BLUE, VIOLET)[0], radius=5.0) is None
