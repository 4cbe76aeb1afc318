"""A scan laid over the issued page, however the paper lay."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.geometry import px_from_mm
from pipeline.pages import registration
from pipeline.pages.page import DPI
from pipeline.papers import layout
from tests import scanning
from tests.bench import people


def test_a_sheet_whose_empty_foot_is_bent_is_laid_by_its_words(tmp_path: Path) -> None:
    """Between the text and the codes is a hand's breadth of paper; there the sheet curls up."""
    office = scanning.open_office(tmp_path / "office")
    (paper,) = scanning.issue(office, people.hires(4, 31)[3:], "consent-municipal")
    issued = layout.render((office.root / str(paper["pdf"])).read_bytes(), 1, DPI)
    height, width = issued.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    curl = np.clip((y / height - 0.7) / 0.1, 0, 1) * px_from_mm(2.0, DPI)
    bent = cv2.remap(issued, x, np.asarray(y + curl, np.float32), cv2.INTER_LINEAR)
    laid = registration.lay_over(
        np.asarray(bent, np.uint8), np.asarray(bent, np.uint8), issued, np.eye(3),
        registration.EVERYWHERE,
    )  # fmt: skip
    assert laid is not None
    text = slice(0, round(0.6 * height))
    assert np.corrcoef(laid.grey[text].ravel(), issued[text].ravel())[0, 1] > 0.95
