"""Lines across a page: folds and streaks are nobody's doing, a ruler's stroke is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.geometry import px_from_mm
from pipeline.pages import page, streaks

Array = NDArray[np.float32]
Point = tuple[float, float]

A4 = (round(px_from_mm(297, page.DPI)), round(px_from_mm(210, page.DPI)))
BLACK = 0.8
PAPER = np.full(A4, 255, np.uint8)


def drawn(tone: float, start: Point, end: Point) -> Array:
    """A line of this tone, its ends in mm, on a page of ink."""
    sheet = np.zeros(A4, np.float32)
    ends = [tuple(round(px_from_mm(mm, page.DPI)) for mm in point) for point in (start, end)]
    cv2.line(sheet, ends[0], ends[1], (tone,), 3, cv2.LINE_AA)
    return sheet


def excused(sheet: Array, tone: float) -> float:
    """How much of the line counts as a fold or a streak."""
    _clean, found = streaks.taken_out(sheet, PAPER)
    return float(found[sheet > tone / 2].mean())


@pytest.mark.parametrize(
    ("tone", "start", "end"),
    [
        (0.15, (0, 148), (210, 150)),  # a fold, a little askew
        (0.15, (70, 0), (70, 297)),
        (0.7, (100, 0), (101, 297)),  # a dark streak of a dirty scanner
        (0.2, (30, 99), (180, 99)),  # a fold that fades out
        (0.15, (90, 0), (104, 297)),  # a streak over a sheet that was fed askew
    ],
)
def test_folds_and_streaks_are_nobodys_doing(tone: float, start: Point, end: Point) -> None:
    assert excused(drawn(tone, start, end), tone) > 0.9


@pytest.mark.parametrize(
    ("start", "end"), [((30, 99), (200, 99)), ((32, 120), (195, 121)), ((60, 20), (62, 280))]
)
def test_ruler_through_the_print_is_not_a_fold(start: Point, end: Point) -> None:
    sheet = drawn(0.7, start, end)
    assert excused(sheet, 0.7) < 0.1
    assert streaks.taken_out(sheet, PAPER)[0].max() > 0.6


def test_rows_of_blurred_print_are_no_folds() -> None:
    """Their edges lie in line all over the page; to excuse them hides what a pen does there."""
    issued = PAPER.copy()
    for top in range(200, 2200, 40):
        cv2.putText(issued, "HEHEHEHE " * 8, (120, top), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0,), 2)
    soft = np.asarray(cv2.GaussianBlur(issued, (0, 0), 2.0), np.float32)
    ink = np.asarray(BLACK * (1 - soft / 255), np.float32)
    assert not streaks.taken_out(ink, issued)[1].any()


def test_what_a_streak_lies_over_stays_what_it_was() -> None:
    """The print below it as black, a mark that a pen drew along it as long."""
    issued = PAPER.copy()
    for top in range(100, 2200, 40):
        cv2.putText(issued, "HHHHHHHH", (500, top), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 2)
    was = np.where(issued < 128, np.float32(BLACK), np.float32(0))
    rows = slice(*(round(px_from_mm(mm, page.DPI)) for mm in (150, 156)))
    pen = np.zeros(A4, np.float32)
    pen[rows, 549:552] = BLACK
    streak = drawn(0.3, (70, 0), (70, 297))
    was = np.maximum(was, pen)
    clean, _where = streaks.taken_out(1 - (1 - was) * (1 - streak), issued)
    assert np.abs(clean - was).max() < 0.1
