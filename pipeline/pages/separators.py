"""Sheets that separate documents for other programs: they are no page of any document.

A patch code is four thick bars side by side that any scanner of documents knows (Kodak's Patch I
to VI and T); other programs print the name of one as a QR code or bar code. A sheet with anything
else to read is none.
"""

from __future__ import annotations

import re

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from pipeline.geometry import A4_MM, mm_from_px, px_from_mm
from pipeline.pages.ink import ink_of

BAR_MM = (1.3, 7.0)  # as thick: 2 and 5 mm, and what copiers make of it
LONG_MM = 35.0  # or longer: 50 mm are usual
FILLED = 0.85  # of its box: a bar is full
BARS, SPREAD_MM = 4, 60.0  # of one code, and the way from the first to the last
MOST_LETTERS = 60  # a heading and a line that says what the sheet is
LETTER_PX, MOST_PIECES = 9, 120  # of ink as large as letters: a page that OCR cannot read has more
INK = 0.4
LOOK_DPI = 100

_NAME = re.compile(r"PATCH[ _-]?(?:T|I{1,3}|IV|VI?|[1-6])", re.IGNORECASE)


def is_separator(grey: NDArray[np.uint8], letters: int) -> bool:
    """Is the page, of which ``letters`` letters can be read, a sheet that separates documents?"""
    if letters > MOST_LETTERS:
        return False
    codes = zxingcpp.read_barcodes(grey)
    return any(_NAME.fullmatch(code.text.strip()) for code in codes) or _has_bars(grey)


def _has_bars(grey: NDArray[np.uint8]) -> bool:
    """Four thick bars side by side, and little else; the page is taken for A4."""
    scale = px_from_mm(A4_MM[1], LOOK_DPI) / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = (ink_of(np.ascontiguousarray(small)) > INK).astype(np.uint8)
    middles: dict[bool, list[float]] = {True: [], False: []}  # of level and of upright bars
    pieces = cv2.connectedComponentsWithStats(dark)[2][1:]
    if np.count_nonzero(pieces[:, cv2.CC_STAT_AREA] >= LETTER_PX) > MOST_PIECES:
        return False
    for left, top, width, height, area in pieces:
        thick, long = (mm_from_px(side, LOOK_DPI) for side in sorted((width, height)))
        if BAR_MM[0] < thick < BAR_MM[1] and long > LONG_MM and area > FILLED * width * height:
            is_level = bool(width > height)
            middle = top + height / 2 if is_level else left + width / 2
            middles[is_level].append(mm_from_px(middle, LOOK_DPI))
    return any(
        last - first < SPREAD_MM
        for places in map(sorted, middles.values())
        for first, last in zip(places, places[BARS - 1 :], strict=False)
    )
