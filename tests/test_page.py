"""The codes of a page are read from what a worn machine leaves of them."""

from __future__ import annotations

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from pipeline.geometry import POINTS_PER_INCH
from pipeline.pages import page
from pipeline.papers import marks
from pipeline.papers.marks import Mark
from tests.pdfs import plain


@pytest.mark.parametrize("tone", [0, 120], ids=["black", "pale"])
def test_codes_whose_ink_is_crumbs_are_read(tone: int) -> None:
    """A drum that puts down less than half of the toner, evenly over the code."""
    with pdfium.PdfDocument(marks.stamp(plain(1), "7F3K9QX2MD")) as document:
        drawn = document[0].render(scale=page.DPI / POINTS_PER_INCH, grayscale=True).to_numpy()
    sheet = drawn.reshape(drawn.shape[:2])
    is_inked = (sheet < 128) & (np.random.default_rng(0).random(sheet.shape) < 0.4)
    grey = np.where(is_inked, tone, 255).astype(np.uint8)
    seen = page.codes(np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.6), np.uint8))
    assert {one.mark for one in seen} == {Mark("7F3K9QX2MD", 1, 1)}
