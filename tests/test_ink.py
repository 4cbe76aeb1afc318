"""Lines across a page: folds and streaks are nobody's doing, a ruler's stroke is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline import ink, page
from pipeline.geometry import px_from_mm

A4 = (round(px_from_mm(297, page.DPI)), round(px_from_mm(210, page.DPI)))
BLACK = 0.8


def drawn(tone: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """How much of a line (ends in mm) counts as a fold or a streak."""
    sheet = np.zeros(A4, np.float32)
    ends = [tuple(round(px_from_mm(mm, page.DPI)) for mm in point) for point in (start, end)]
    cv2.line(sheet, ends[0], ends[1], (tone,), 3, cv2.LINE_AA)
    paper = np.full(A4, 255, np.uint8)
    found = ink.page_lines(np.asarray(sheet, np.float32), paper, BLACK)
    return float(found[sheet > tone / 2].mean())


@pytest.mark.parametrize(
    ("tone", "start", "end"),
    [
        (0.15, (0, 148), (210, 150)),  # a fold, a little askew
        (0.15, (70, 0), (70, 297)),
        (0.7, (100, 0), (101, 297)),  # a dark streak of a dirty scanner
        (0.2, (30, 99), (180, 99)),  # a fold that fades out
    ],
)
def test_folds_and_streaks_are_nobodys_doing(
    tone: float, start: tuple[float, float], end: tuple[float, float]
) -> None:
    assert drawn(tone, start, end) > 0.9


@pytest.mark.parametrize(
    ("start", "end"), [((30, 99), (200, 99)), ((32, 120), (195, 121)), ((60, 20), (62, 280))]
)
def test_ruler_through_the_print_is_not_a_fold(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    assert drawn(0.7, start, end) < 0.1
