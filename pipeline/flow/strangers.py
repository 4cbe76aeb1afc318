"""Pages that are no form of ours: what each seems to be, and whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline import kinds, likeness, mrz
from pipeline.engines.tesseract import OcrEngine, Word
from pipeline.likeness import Text
from pipeline.mrz import Passport
from pipeline.reading import Content

ZONE_LANGUAGE = "eng"  # the zone is in Latin letters, the page in Russian ones


def look(grey: NDArray[np.uint8], text: Text, ocr: OcrEngine) -> Content:
    """What the page seems to be. Raises ToolFailedError."""
    return kinds.of(text.words, _zone(grey, text, ocr))


def _zone(grey: NDArray[np.uint8], text: Text, ocr: OcrEngine) -> Passport | None:
    """The passport whose zone is on the page: read again only where there seems to be one."""
    lines = [likeness.cut(grey, text, _around(row)) for row in _zone_rows(text.words)]
    return mrz.read([line for line, _sure in ocr.read_lines(lines, ZONE_LANGUAGE)])


def _zone_rows(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of each row of the zone, from the top: beside its fillers whatever else is read."""
    rows: list[Word] = []
    for word in sorted(words, key=lambda word: word.box[1]):
        if mrz.looks_like(word.text) and not any(_beside(word, row) for row in rows):
            rows.append(word)
            yield [other for other in words if _beside(other, word)]


def _beside(one: Word, other: Word) -> bool:
    """In one row: they share more than half of the lower one's height."""
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared > min(word.box[3] - word.box[1] for word in (one, other)) / 2


def _around(row: Sequence[Word]) -> tuple[float, float, float, float]:
    """The row's box with some paper about it."""
    left, top, right, foot = zip(*(word.box for word in row), strict=True)
    air = (max(foot) - min(top)) / 2
    return min(left) - 2 * air, min(top) - air, max(right) + 2 * air, max(foot) + air
