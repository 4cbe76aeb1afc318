"""Which paper and page a scanned sheet is: by its codes, else by the id printed between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.tesseract import OcrEngine
from pipeline.geometry import A4_MM, MM_PER_INCH, px_from_mm
from pipeline.pages import page
from pipeline.pages.ink import ink_of
from pipeline.pages.page import Homography, Seen
from pipeline.papers import marks
from pipeline.papers.marks import Mark

Image = NDArray[np.uint8]

# Where the printed line of the foot may lie after printing at 95-103 %, from the sheet's foot.
FOOT_BAND_MM = (4.0, 22.0)
STRIP_MM = 6.0
STRIP_STEP_MM = 3.0
FOOT_MIDDLE = (0.25, 0.85)  # share of the width that holds the line
GUESS_SCALES = (1.0, 0.975, 1.025)
_PAGE_OF = re.compile(r"стр\W{0,3}(\d{1,2})\s*из\s*(\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a sheet says it is.

    ``mark`` None: nothing of ours on it, or (``ambiguous``) codes of two papers.
    ``seen`` are the codes; without them ``turned`` is how the sheet was turned to be read, and
    ``lies`` how the page lies in the scan, where its text told it.
    """

    mark: Mark | None
    by: str | None = None
    seen: tuple[Seen, ...] = ()
    turned: int = 0
    ambiguous: bool = False
    lies: Homography | None = None


def identify(grey: Image, ocr: OcrEngine) -> Identity:
    """Codes first; the printed line only where there is none."""
    seen = page.codes(grey)
    if seen:
        if len({s.mark for s in seen}) > 1:
            return Identity(None, None, tuple(seen), ambiguous=True)
        return Identity(seen[0].mark, "code", tuple(seen))
    return _by_print(grey, ocr)


def guesses(
    identity: Identity, shape: tuple[int, ...], width: float, height: float
) -> list[Homography]:
    """Where the issued page may lie in the scan: maps from issued pixels, the likeliest first."""
    if identity.seen:
        found = [page.first_guess(identity.seen, width, height)]
        if len(identity.seen) == 1:
            found = page.guesses_from_one(identity.seen[0], width, height)
        return found
    return [_whole_sheet(shape, identity.turned, width, height, scale) for scale in GUESS_SCALES]


def _by_print(grey: Image, ocr: OcrEngine) -> Identity:
    for turned in (0, 180, 90, 270):
        upright = np.rot90(grey, -turned // 90)
        if upright.shape[0] < upright.shape[1]:
            continue
        strips = _strips(np.ascontiguousarray(upright))
        # The id is Latin, "page x of y" is Russian: one alphabet at a time is read best.
        ids = [marks.from_print(words) for words, _sure in ocr.read_lines(strips, language="eng")]
        found = [(paper, strip) for paper, strip in zip(ids, strips, strict=True) if paper]
        answers = ocr.read_lines([strip for _paper, strip in found], language="rus")
        for (paper, _strip), (words, _sure) in zip(found, answers, strict=True):
            mark = mark_in(paper, words)
            if mark:
                return Identity(mark, "id", turned=turned)
    return Identity(None)


def mark_in(paper: str, words: str) -> Mark | None:
    """The mark of ``paper`` that a foot line in Russian stands for: «… стр. 1 из 2»."""
    numbers = _PAGE_OF.search(words.lower())
    if not numbers:
        return None
    number, of = int(numbers[1]), int(numbers[2])
    return Mark(paper, number, of) if 1 <= number <= of <= marks.MAX_PAGES else None


def _strips(upright: Image) -> Sequence[Image]:
    height, width = upright.shape
    per_mm = height / A4_MM[1]
    left, right = (round(width * share) for share in FOOT_MIDDLE)
    band = upright[
        height - round(FOOT_BAND_MM[1] * per_mm) : height - round(FOOT_BAND_MM[0] * per_mm),
        left:right,
    ]
    clean = np.asarray(255 - 255 * ink_of(np.ascontiguousarray(band)), np.uint8)
    scale = 300 / MM_PER_INCH / per_mm  # 8-point print wants 300 dpi
    if scale > 1.1:
        clean = np.asarray(
            cv2.resize(clean, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
        per_mm *= scale
    step, tall = round(STRIP_STEP_MM * per_mm), round(STRIP_MM * per_mm)
    tops = range(0, max(1, clean.shape[0] - tall + 1), max(1, step))
    strips = [clean[top : top + tall] for top in tops]
    return [s for s in strips if np.count_nonzero(s < 128) > 50]


def _whole_sheet(
    shape: tuple[int, ...], turned: int, width: float, height: float, scale: float
) -> Homography:
    """The page filling the scan, at one scale about the middle of its foot."""
    rows, columns = shape[:2]
    upright_w, upright_h = (columns, rows) if turned in (0, 180) else (rows, columns)
    page_w, page_h = px_from_mm(width, page.DPI), px_from_mm(height, page.DPI)
    fit = upright_h / page_h * scale
    upright = np.array(
        [[fit, 0, (upright_w - page_w * fit) / 2], [0, fit, upright_h - page_h * fit], [0, 0, 1.0]]
    )
    return np.asarray(page.turned_back(shape, turned) @ upright, np.float64)
