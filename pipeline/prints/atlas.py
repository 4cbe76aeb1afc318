"""The letters that a printed glyph could have been changed into, in the same font.

They are cut out of the specimen sheets (``specimen``): whatever font really came out, the glyphs
that were not printed are known as exactly as those that were.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.geometry import POINTS_PER_INCH, px_from_mm
from pipeline.papers import layout
from pipeline.prints.specimen import LATIN, LETTERS, SPECIMEN, SPECIMEN_PT

OVERSAMPLING = 2  # the specimen is rendered this much finer than pages are compared
MAX_TWINS = 11
SHIFT_EM = 0.16  # how far a letter set for another may stand aside to cover it best
ONE_SHAPE = frozenset("З3")  # no change that an eye could see
TWIN_LIKENESS = (
    0.45  # correlation at the same origin: below it no hurried eye takes one for another
)

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Letter:
    """One character's ink (0 to 1) at a comparing resolution, oversampled.

    ``left`` and ``top`` are where the picture starts, seen from the glyph's box centre line:
    oversampled pixels from the character's origin on the base line.
    """

    ink: Array
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Twin:
    """A character that could pass for another when it stands ``shift`` ems to the right of it."""

    char: str
    shift: float


class Atlas:
    """Specimen sheets, asked for characters by font name as PDFs give it, and size."""

    def __init__(self, pdfs: Iterable[bytes], dpi: int) -> None:
        self._dpi = dpi * OVERSAMPLING
        self._glyphs: dict[tuple[str, str], tuple[Array, layout.Glyph, float]] = {}
        for pdf in pdfs:
            for sheet in layout.sheets(pdf):
                grey = layout.render(pdf, sheet.number, self._dpi)
                image = np.asarray(1 - grey / np.float32(255), np.float32)
                # The base line of a printed line is where its letters without tails stand.
                for line in layout.lines(sheet.glyphs):
                    for glyph in line:
                        self._glyphs.setdefault(
                            (glyph.font, glyph.char), (image, glyph, glyph.origin_y)
                        )
        self.cache: OrderedDict[Any, Any] = (
            OrderedDict()
        )  # what readers derive from the letters, kept beside them
        self._letters = lru_cache(maxsize=4096)(self._letter)
        self._twins = lru_cache(maxsize=4096)(self._find_twins)
        self._soft = lru_cache(maxsize=4096)(self._find_soft)

    def letter(self, font: str, char: str, size: float) -> Letter | None:
        """A character at ``size`` points, or None where the specimen does not show it."""
        return self._letters(font, char, round(size, 1))

    def twins(self, font: str, char: str) -> tuple[Twin, ...]:
        """The characters that could pass for ``char``, the likest first; every digit for a digit.

        Each is tried on the same origin, and where it covers ``char`` best.
        """
        return self._twins(font, char)

    def kind(self, font: str, char: str) -> tuple[Twin, ...]:
        """Every character of the same kind, each where it covers ``char`` best."""
        return self._likely(font, char, -1.0, len(SPECIMEN))

    def _letter(self, font: str, char: str, size: float) -> Letter | None:
        found = self._glyphs.get((font, char))
        if found is None:
            return None
        image, glyph, base = found
        margin = self._dpi / 100
        x0, y0 = (
            px_from_mm(glyph.box.x0, self._dpi) - margin,
            px_from_mm(glyph.box.y0, self._dpi) - margin,
        )
        x1, y1 = (
            px_from_mm(glyph.box.x1, self._dpi) + margin,
            px_from_mm(glyph.box.y1, self._dpi) + margin,
        )
        ix0, iy0, ix1, iy1 = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
        crop = image[iy0:iy1, ix0:ix1]
        scale = size / glyph.size
        origin_x, origin_y = px_from_mm(glyph.origin_x, self._dpi), px_from_mm(base, self._dpi)
        left, top = (ix0 - origin_x) * scale, (iy0 - origin_y) * scale
        whole_left, whole_top = int(np.floor(left)), int(np.floor(top))
        matrix = np.array([[scale, 0, left - whole_left], [0, scale, top - whole_top]])
        size_px = (int(np.ceil(crop.shape[1] * scale)) + 2, int(np.ceil(crop.shape[0] * scale)) + 2)
        ink = cv2.warpAffine(crop, matrix, size_px, flags=cv2.INTER_LINEAR)
        return Letter(np.asarray(ink, np.float32), whole_left, whole_top)

    def _find_twins(self, font: str, char: str) -> tuple[Twin, ...]:
        return self._likely(font, char, TWIN_LIKENESS, MAX_TWINS)

    def _likely(self, font: str, char: str, least: float, most: int) -> tuple[Twin, ...]:
        own = self._soft(font, char)
        if own is None:
            return ()
        per_em = self._dpi / POINTS_PER_INCH * SPECIMEN_PT
        found = []
        for name, other in self._glyphs:
            if name != font or other == char or not _same_kind(char, other):
                continue
            letter = self._soft(font, other)
            assert letter is not None
            likeness, shift = _likeness(own, letter, round(per_em * SHIFT_EM))
            digits = char.isdigit() and other.isdigit()
            if digits or (least < likeness and {char, other} != ONE_SHAPE):
                found.append((likeness, other, shift / per_em))
        found.sort(reverse=True)
        twins = []
        for _score, other, aside in found[:most]:
            twins.append(Twin(other, 0.0))
            if abs(aside) > SHIFT_EM / 8:
                twins.append(Twin(other, aside))
        return tuple(twins)

    def _find_soft(self, font: str, char: str) -> Letter | None:
        """The character at the specimen's size, blurred as a fair scan would."""
        letter = self.letter(font, char, SPECIMEN_PT)
        if letter is None:
            return None
        pad = 2 * OVERSAMPLING
        ink = cv2.GaussianBlur(np.pad(letter.ink, pad), (0, 0), OVERSAMPLING * 0.7)
        return Letter(np.asarray(ink, np.float32), letter.left - pad, letter.top - pad)


def pair(a: Letter, b: Letter) -> tuple[Array, Array, int, int]:
    """Both letters on one canvas about the common origin: inks, left and top of the canvas."""
    left, top = min(a.left, b.left), min(a.top, b.top)
    right = max(a.left + a.ink.shape[1], b.left + b.ink.shape[1])
    bottom = max(a.top + a.ink.shape[0], b.top + b.ink.shape[0])
    inks = []
    for letter in (a, b):
        canvas = np.zeros((bottom - top, right - left), np.float32)
        y, x = letter.top - top, letter.left - left
        canvas[y : y + letter.ink.shape[0], x : x + letter.ink.shape[1]] = letter.ink
        inks.append(canvas)
    return inks[0], inks[1], left, top


def _same_kind(char: str, other: str) -> bool:
    """Whether a forger, or a misprint, would put ``other`` for ``char``."""
    if {char.lower(), other.lower()} == {"е", "ё"}:
        return False  # the same letter to every reader, and a speck makes one of the other
    kinds = [
        (
            LATIN
            if c.lower() in LATIN
            else LETTERS
            if c.isalpha()
            else "digit"
            if c.isdigit()
            else ""
        )
        for c in (char, other)
    ]
    return kinds[0] == kinds[1] or (char + other).translate(_DIGIT_LIKE).isdigit()


_DIGIT_LIKE = str.maketrans("ЗОб", "306")


def _likeness(a: Letter, b: Letter, reach: int) -> tuple[float, int]:
    """The best correlation of two letters on one base line, and b's shift to the right for it."""
    one, two, _left, _top = pair(a, b)
    best: tuple[float, int] = (0.0, 0)
    spread = float(np.linalg.norm(one - one.mean())) * float(np.linalg.norm(two - two.mean()))
    wide = np.pad(two - two.mean(), ((0, 0), (reach, reach)))
    base = one - one.mean()
    for shift in range(-reach, reach + 1):
        part = wide[:, reach - shift : reach - shift + one.shape[1]]
        best = max(best, (float((base * part).sum()) / spread if spread else 0.0, shift))
    return best
