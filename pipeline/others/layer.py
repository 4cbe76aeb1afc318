"""The text that a PDF's page was printed from, where it says what the picture shows.

Comes in: a page that a program wrote, no scan. Goes out: its words in their places, in the stead of
OCR's. A layer is a stranger's word: fonts may name other letters than they draw, and text may lie
unseen. It is taken where it is written in one script, of words that there are, and where OCR
reads the same on a sample of its lines, with every line of figures and names among them.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from rapidfuzz import fuzz

from pipeline.engines.tesseract import OcrEngine, Word
from pipeline.geometry import A4_MM, MM_PER_INCH
from pipeline.language.lettering import folded, is_mixed_script, mend_digits
from pipeline.language.morphology import is_word
from pipeline.others import likeness
from pipeline.others.likeness import LEAST_WORDS, READ_DPI, Image, Pixels, Text
from pipeline.scans.scan import Scan

MOST_LETTERS = 20_000  # of a page: more are no page of text
MOST_PICTURE = 0.5  # of the page's area: more is a scan, whose layer somebody's OCR made
MIXED = 0.02  # of the words: more are in two scripts at once, as bad layers are
TRUE = 0.6  # of the longer words, at least: names and places are in no dictionary
LONG = 4  # letters of a word that is looked up
SAMPLED = 8  # lines, evenly spread, beside those that tell something
AGREES, ALIKE = 85.0, 75.0  # percent: a line that OCR reads alike, and each longer word of it
AIR = 1 / 6  # about a line, of its height
SURE = 0.99  # of a word that the picture bears out

_TELLING = re.compile(r"\d|(?:[А-ЯЁ][а-яё]+ ){1,2}[А-ЯЁ][а-яё]+|[А-ЯЁ]\. ?[А-ЯЁ]")


def read(scan: Scan, number: int, grey: Image, ocr: OcrEngine) -> Text | None:
    """The own text of page ``number`` (from 1), whose picture is ``grey``; None: read it by OCR.

    Raises:
        ToolFailedError: OCR failed on the sample.
    """
    if not scan.is_pdf:
        return None
    scale = min(1.0, READ_DPI * A4_MM[1] / MM_PER_INCH / max(grey.shape))
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    try:
        found = tuple(_words(scan, number, size))
    except (pdfium.PdfiumError, OSError, ValueError, IndexError):
        return None
    text = Text(found, 0, np.diag([1 / scale, 1 / scale, 1.0]))
    return text if _is_sane(found) and _is_shown(grey, text, ocr) else None


def _words(scan: Scan, number: int, size: tuple[int, int]) -> Iterator[Word]:
    """The words of a page as they are written, on a picture of that size in pixels."""
    document = pdfium.PdfDocument(scan.path)
    try:
        page = document[number - 1]
        text = page.get_textpage()
        count = text.count_chars()
        if not 0 < count <= MOST_LETTERS or _pictured(page) > MOST_PICTURE:
            return
        word, boxes = "", list[Pixels]()
        for index in range(count):
            char = chr(pdfium_c.FPDFText_GetUnicode(text, index))
            box = None if char.isspace() else _box(page, text, index, size)
            if box and (not boxes or _goes_on(boxes[-1], box)):
                word, boxes = word + char, [*boxes, box]
                continue
            if boxes:
                yield _word(word, boxes)
            word, boxes = (char, [box]) if box else ("", [])
        if boxes:
            yield _word(word, boxes)
    finally:
        document.close()


def _pictured(page: pdfium.PdfPage) -> float:
    """The share of the page that pictures take."""
    width, height = page.get_size()
    area = 0.0
    for item in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = item.get_bounds()
        area += max(0.0, right - left) * max(0.0, top - bottom)
    return float(area / (width * height))


def _box(
    page: pdfium.PdfPage, text: pdfium.PdfTextPage, index: int, size: tuple[int, int]
) -> Pixels:
    """Where a letter stands on the picture, as the page is turned and cut."""
    rect = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(text, index, rect):
        raise ValueError("a letter without a place")
    ends = []
    for x, y in ((rect.left, rect.top), (rect.right, rect.bottom)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
        ends.append((float(across.value), float(down.value)))
    (x0, y0), (x1, y1) = ends
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _goes_on(last: Pixels, box: Pixels) -> bool:
    """Does a letter follow another in one word: on its line, and not far off?"""
    high = last[3] - last[1]
    return abs(box[3] - last[3]) < high / 2 and -high < box[0] - last[2] < high


def _word(word: str, boxes: Sequence[Pixels]) -> Word:
    left, top, right, foot = zip(*boxes, strict=True)
    return Word(word, SURE, (min(left), min(top), max(right), max(foot)))


def _is_sane(words: Sequence[Word]) -> bool:
    """Is it one script, level, and mostly words that there are?"""
    plain = [re.sub(r"[\W_]", "", word.text) for word in words]
    long = [word.casefold() for word in plain if len(word) >= LONG and word.isalpha()]
    if len(long) < LEAST_WORDS:
        return False
    level = np.mean(
        [w.box[2] - w.box[0] > w.box[3] - w.box[1] for w in words if len(w.text) > LONG]
    )
    return bool(
        sum(map(is_mixed_script, plain)) <= MIXED * len(plain)
        and sum(map(is_word, long)) >= TRUE * len(long)
        and level >= TRUE
    )


def _is_shown(grey: Image, text: Text, ocr: OcrEngine) -> bool:
    """Does OCR read on the picture what the layer says, figure for figure?"""
    lines = [line for line in _lines(text.words) if re.search(r"\w\w", _said(line))]
    every = max(1, len(lines) // SAMPLED)
    sample = [one for i, one in enumerate(lines) if i % every == 0 or _TELLING.search(_said(one))]
    seen = ocr.read_lines([likeness.cut(grey, text, likeness.around(line, AIR)) for line in sample])
    return all(_agree(_said(line), said) for line, (said, _sure) in zip(sample, seen, strict=True))


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """The words as they follow each other in lines, blanks to write in left out."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1].box if lines else None
        if not word.text.strip("_"):
            continue
        high = word.box[3] - word.box[1]
        if last and abs(word.box[3] - last[3]) < high / 2 and 0 <= word.box[0] - last[2] < 3 * high:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _said(line: Sequence[Word]) -> str:
    return " ".join(word.text for word in line)


def _agree(said: str, seen: str) -> bool:
    """Is a line what OCR read: its figures all, its letters and every word but for slips?"""
    letters = [_letters(line) for line in (said, seen)]
    return (
        # OCR takes «З» for 3 and 3 for «З».
        any(figures(said) == figures(seen) for figures in (_figures, _figures_meant))
        and fuzz.ratio(*letters) >= AGREES
        and all(
            fuzz.partial_ratio(word, letters[1]) >= ALIKE
            for word in map(_letters, said.split())
            if len(word) >= LONG
        )
    )


def _figures(line: str) -> str:
    return re.sub(r"\D", "", line)


def _figures_meant(line: str) -> str:
    return _figures(mend_digits(line))


def _letters(line: str) -> str:
    return re.sub(r"[\W\d_]", "", folded(line))
