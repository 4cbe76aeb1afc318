"""Pages that are no form of ours: what a worker sees on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.tesseract import OcrEngine, Word
from pipeline.others import alignment, certification, kinds, likeness, mrz, unissued
from pipeline.others.alignment import Alignment
from pipeline.others.likeness import Text
from pipeline.others.mrz import Passport
from pipeline.others.skeleton import Skeleton
from pipeline.pages.reading import Content, FieldReading, PageReading
from pipeline.records import record

LATIN = "eng"  # a zone and addresses of the net are in Latin letters, the page in Russian ones
ZONE_AIR = 0.5  # about a row of the zone, of its height

# Tesseract drops the last dot of an address more often than it makes one up.
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.? ?[a-z]{2,6}\b|https?://[\w./-]+", re.ASCII)


def look(grey: NDArray[np.uint8], text: Text, ocr: OcrEngine) -> Content:
    """What the page seems to be, and is it a certified copy. Raises ToolFailedError.

    What no kind is told of may be a later page of something: only a mark counts there.
    """
    seen = kinds.of(text.words, _zone(grey, text, ocr))
    mark = certification.read(grey, text, ocr, again=seen.kind is not None)
    told = mark.is_there if seen.kind else mark.is_there or None
    return replace(seen, certified=told, certified_on=mark.day)


def copied(
    reading: PageReading,
    grey: NDArray[np.uint8],
    text: Text,
    known: Sequence[Skeleton],
    today: date,
    ocr: OcrEngine,
) -> PageReading:
    """The page read as a copy of a form that was not issued here, where it surely is one.

    Else the page as it was, with what it would be behind the page of a form that it goes on with.

    Raises:
        ToolFailedError: OCR failed on a field that is read again.
    """

    def as_copy(one: Alignment) -> PageReading:
        found, hand = unissued.read(seen, one, reading.source_page, today)
        fields = [_in_latin(field, ocr) for field in found]
        content = unissued.content(one, fields)
        return replace(reading, content=content, fields=tuple(fields), hand=tuple(hand))

    seen = unissued.page_of(grey, text)
    laid = alignment.compare(seen.joined, known)
    if found := alignment.choose(seen.joined, laid):
        return as_copy(found)
    continuing = alignment.continuing(seen.joined, laid)
    return replace(reading, continuing=tuple(map(as_copy, continuing)))


def _in_latin(field: FieldReading, ocr: OcrEngine) -> FieldReading:
    """An address of the net read again in its own letters; a person says it all the same."""
    if not re.search(r"@|://", field.read) or field.read.isascii() or not field.crop:
        return field
    picture = cv2.imdecode(np.frombuffer(field.crop, np.uint8), cv2.IMREAD_GRAYSCALE)
    ((read, sure),) = ocr.read_lines([np.asarray(picture, np.uint8)], LATIN)
    address = _ADDRESS.search(read)
    if address is None:
        return field
    return replace(field, read=re.sub(r"\.? ", ".", address[0]), confidence=round(sure, 3))


def continued(reading: PageReading, before: PageReading | None) -> PageReading:
    """The page as one of the same copy as the page before it, where it goes on with that."""
    ways = [one for one in reading.continuing if before and record.goes_on(one, before)]
    if len(ways) != 1:
        return replace(reading, continuing=())
    return replace(ways[0], thumbnail=reading.thumbnail)


def _zone(grey: NDArray[np.uint8], text: Text, ocr: OcrEngine) -> Passport | None:
    """The passport whose zone is on the page: read again only where there seems to be one.

    Its figures may have been read right the first time; the check digits tell.
    """
    rows = _zone_rows(text.words)
    again = ocr.read_lines(
        [likeness.cut(grey, text, likeness.around(row, ZONE_AIR)) for row in rows], LATIN
    )
    lines = [
        line
        for row, (latin, _sure) in zip(rows, again, strict=True)
        for line in (latin, " ".join(word.text for word in row))
    ]
    return mrz.read(lines)


def _zone_rows(words: Sequence[Word]) -> list[list[Word]]:
    """The words of each row of the zone, from the top: beside its fillers whatever else is read.

    Of a row without its fellow the neighbours are taken too: their fillers were read for letters.
    """
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.box[1]):
        if not any(_beside(word, row[0]) for row in rows):
            rows.append(sorted((w for w in words if _beside(w, word)), key=lambda w: w.box[0]))
    zone = [i for i, row in enumerate(rows) if any(mrz.looks_like(word.text) for word in row)]
    if len(zone) == 1:
        zone = [i for i in range(zone[0] - 1, zone[0] + 2) if 0 <= i < len(rows)]
    return [rows[i] for i in zone]


def _beside(one: Word, other: Word) -> bool:
    """In one row: they share more than half of the lower one's height."""
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared > min(word.box[3] - word.box[1] for word in (one, other)) / 2
