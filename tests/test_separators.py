"""Sheets that separate documents for other programs are known, and no page is taken for one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from pipeline.pages import separators

MM = 200 / 25.4


def sheet() -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).normal(245, 3, (2339, 1654))
    return np.clip(noise, 0, 255).astype(np.uint8)


def barred(*bars: tuple[float, float], long_mm: float = 60.0) -> NDArray[np.uint8]:
    """Black bars from the given millimetres from the head, each as thick as the second says."""
    page = sheet()
    for top, thick in bars:
        rows = slice(round(top * MM), round((top + thick) * MM))
        page[rows, round(70 * MM) : round((70 + long_mm) * MM)] = 25
    return page


PATCH_T = ((40, 5.1), (48, 2.0), (53, 2.0), (58, 5.1))


@pytest.mark.parametrize("turned", [0, 1])
def test_a_patch_code_is_a_separator_whichever_way_it_lies(turned: int) -> None:
    page = np.ascontiguousarray(np.rot90(barred(*PATCH_T), turned))
    assert separators.is_separator(page, 7)
    assert not separators.is_separator(page, 400)  # print beside bars is a document's


def test_rules_and_black_blocks_are_none() -> None:
    assert not separators.is_separator(barred(*((40 + 8 * n, 0.4) for n in range(12))), 0)
    assert not separators.is_separator(barred((40, 5), (60, 5), long_mm=100), 0)
    assert not separators.is_separator(barred((40, 30), (80, 30), (120, 30), (160, 30)), 0)
    assert not separators.is_separator(sheet(), 0)


def test_a_page_that_ocr_cannot_read_is_none() -> None:
    """Black bars of a copier over writing: whatever it is, nobody has read it yet."""
    page = barred(*PATCH_T)
    for row in range(90, 270, 8):
        for column in range(30, 180, 4):
            y, x = round(row * MM), round(column * MM)
            cv2.line(page, (x, y), (x + 14, y + 20), (40,), 4)
    assert not separators.is_separator(page, 0)


@pytest.mark.parametrize(("text", "is_one"), [("PATCHT", True), ("Patch 2", True), ("4607", False)])
def test_a_code_that_names_one_is_one(text: str, is_one: bool) -> None:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    drawn = np.array(zxingcpp.write_barcode_to_image(code, scale=8))
    page = sheet()
    page[400 : 400 + drawn.shape[0], 500 : 500 + drawn.shape[1]] = drawn
    blurred = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.7), np.uint8)
    assert separators.is_separator(blurred, 0) is is_one
