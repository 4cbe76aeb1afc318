"""The mark «Верно» on a copy: its words, a pen's signature by them, the day beside.

Comes in: the page as OCR read it. Goes out: whether somebody certified the copy, for a person to
confirm. The words count where they begin a line; what OCR reads in running text and in lists is no
mark. Who signs is not told, and print is no signature. Source: GOST R 7.0.97-2016, 5.26.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from pipeline.engines.tesseract import OcrEngine, Word
from pipeline.forms import rules
from pipeline.geometry import Box, mm_from_px, px_from_mm
from pipeline.others import likeness
from pipeline.others.kinds import plain
from pipeline.others.likeness import READ_DPI, Pixels, Text
from pipeline.pages import ink
from pipeline.pages.page import DPI
from pipeline.pens import hand

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]

# Whole marks; the single word is looked at more strictly.
MARKS = (
    "копия верна", "копия документа верна", "копия с подлинника верна", "копия с оригинала верна",
    "с подлинником верно", "с оригиналом верно", "подлинному верно", "с подлинным верно",
    "выписка верна",
)  # fmt: skip
WORD, DENIAL = "верно", "неверно"
# Who signs a document of education or health, and no copy: the signature may be theirs.
SIGNERS = ("председател", "секретар", "ректор", "декан", "комисси", "главныйврач", "врач")
ALIKE = 86  # of 100: one letter in ten misread
PART_ALIKE = 78  # what may be left of a mark under a signature
PARTS = ("копия", "верна", "верно", "подлинником", "оригиналом")
LONGEST_MARK = 4  # words
SHORT, LONGEST = 6, 12  # words in a line that begins with the mark: post, name and day
MOST_AGAIN = 16  # lines
LINE_MM, WORD_MM = (1.6, 30.0), 9.0  # as high and as wide is a line, with a signature in it
AIR = 0.3  # about a line, of its height
DARKER = 150  # of 255
GAP_MM = 5.0  # between two things in one line
# About the words: a signature stands beside them or below.
LEFT_MM, RIGHT_MM, ABOVE_MM, BELOW_MM = 30.0, 100.0, 6.0, 24.0
PRINT_MM = 6.0  # no print of a mark is as high
SURE = 0.6  # of OCR
LETTER_MM = 3.8  # letters beside the mark are no higher
THICK_MM = 1.3  # pens draw no thicker lines
WIDEST_MM = 75.0
DARK, BLACK = 0.35, 95  # of the print's black, which is that percentile of its ink
EDGE_PX = 3  # of a word's box
FRAME_MM = 8.0  # no frame is lower
AROUND_MM, OUTLINE = 1.6, 0.6  # a frame's or ring's line; of the way round it that shows
SKIP_MM = 0.3  # that print of a line may skip
STRAIGHT_MM, ASKEW = 12.0, 0.12  # as long and as level, or upright: a stamp's side or a rule
FILLED = 0.72  # of its box: a round fills 0.79; what goes round most signatures less
WELL_READ, LEAST_WORDS = 0.75, 12  # of the words that OCR is sure of: enough to miss no mark


@dataclass(frozen=True, slots=True)
class CopyMark:
    """Is the copy certified: True, False, or None where nobody can tell; ``day`` if it is read."""

    is_there: bool | None
    day: date | None = None


def read(grey: Image, text: Text, ocr: OcrEngine, *, again: bool = True) -> CopyMark:
    """The mark on a page; with ``again`` what OCR left unread is read once more.

    Raises ToolFailedError.
    """
    lines = list(_segments(text.words))
    said = [one for one in lines if _is_mark(one, lines)]
    unread: list[Pixels] = []
    if again and not said:
        unread = _unread(grey, text)
        boxes = [*unread, *(_whole(one) for one in lines if _is_part(one))]
        about = [likeness.aired(box, AIR) for box in boxes[:MOST_AGAIN]]
        pictures = [likeness.cut(grey, text, box) for box in about]
        heard = ocr.read_lines(pictures) if pictures else []
        anew = [
            [Word(part, sure, box) for part in line.split()]
            for box, (line, sure) in zip(boxes, heard, strict=False)
        ]
        said = [one for one in anew if one and _is_mark(one, [*lines, *anew])]
        lines += anew
    for words in said:
        if _is_signed(grey, text, words, ocr):
            near = _zone(words)
            others = (plain(word.text) for word in text.words if _within(word.box, near))
            if any(word.startswith(SIGNERS) for word in others):
                return CopyMark(None)
            return CopyMark(True, _day(words, text.words))
    if said or any(map(_is_part, lines)) or not _is_well_read(text.words):
        return CopyMark(None)
    tall = px_from_mm(PRINT_MM, READ_DPI)
    hidden = any(box[3] - box[1] > tall for box in unread)  # by a pen, and a mark under it
    return CopyMark(None if hidden else False)


def _unread(grey: Image, text: Text) -> list[Pixels]:
    """Where something may stand that OCR did not read, in pixels of the text."""
    rows, columns = grey.shape
    corners = np.array([[[0, 0], [columns, 0], [columns, rows], [0, rows]]], np.float64)
    there = cv2.perspectiveTransform(corners, np.linalg.inv(text.to_scan))[0]
    (x, y), (right, foot) = np.floor(there.min(axis=0)), np.ceil(there.max(axis=0))
    picture = _cut(grey, text, (x, y, right, foot))
    dark = (picture < DARKER).astype(np.uint8)
    _cover(dark, (x, y), [word for word in text.words if word.sure >= SURE], 0)
    wide = round(px_from_mm(GAP_MM / 2, READ_DPI))
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((3, wide), np.uint8))
    _count, _labels, stats, _middles = cv2.connectedComponentsWithStats(joined)
    low, high, wide = (round(px_from_mm(mm, READ_DPI)) for mm in (*LINE_MM, WORD_MM))
    return [
        (left + x, top + y, left + width + x, top + height + y)
        for left, top, width, height, area in stats[1:]
        if low < height < high and width > wide and area > width
    ]


def _cut(grey: Image, text: Text, box: Pixels) -> Image:
    """A box of the text's pixels as fine as the text is."""
    size = (round(box[2] - box[0]), round(box[3] - box[1]))
    picture = likeness.cut(grey, text, box)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _cover(
    picture: NDArray[Any], corner: tuple[float, float], words: Iterable[Word], value: int
) -> None:
    """Set the boxes of words, with their soft edges, in a picture that begins at ``corner``."""
    for word in words:
        left, top, right, foot = (
            max(0, round(side - edge)) for side, edge in zip(word.box, corner * 2, strict=True)
        )
        picture[
            max(0, top - EDGE_PX) : foot + EDGE_PX, max(0, left - EDGE_PX) : right + EDGE_PX
        ] = value


def _whole(part: Sequence[Word]) -> Pixels:
    """Where the rest of a mark would stand of which a part was read."""
    left, top, right, foot = likeness.around(part)
    about = px_from_mm(WORD_MM, READ_DPI)
    return left - about, top, right + 3 * about, foot


def _segments(words: Iterable[Word]) -> Iterator[list[Word]]:
    """What stands together in a line, without the signs about it."""
    found: list[Word] = []
    gap = px_from_mm(GAP_MM, READ_DPI)
    for word in words:
        if not re.search(r"\w", word.text):
            continue
        if found:
            left, top, right, foot = found[-1].box
            level = top < (word.box[1] + word.box[3]) / 2 < foot
            if not level or not left < word.box[0] < right + gap:
                yield found
                found = []
        found.append(word)
    if found:
        yield found


def _is_mark(words: Sequence[Word], page: Iterable[Sequence[Word]]) -> bool:
    """Does a line begin with the mark, and say little more than who certifies?"""
    text = " ".join(word.text for word in words).lstrip(" |\"'«[(_")
    if len(words) > LONGEST or not text[:1].isupper():
        return False
    for count in range(1, min(len(words), LONGEST_MARK) + 1):
        begun = plain("".join(word.text for word in words[:count]))
        ends, rest = words[count - 1].text[-1], " ".join(word.text for word in words[count:])
        goes_on = rest[:1].islower() and ends not in ":."
        if any(fuzz.ratio(begun, plain(mark)) >= ALIKE for mark in MARKS):
            return not goes_on or (ends.isalpha() and len(words) <= SHORT)
        if begun.replace("0", "о") == WORD:
            said = {plain(word.text) for line in page for word in line}
            return DENIAL not in said and not goes_on
    return False


def _is_part(words: Sequence[Word]) -> bool:
    """May a short line be what is left of the mark under a signature or a stamp's edge?"""
    return len(words) <= SHORT and any(
        fuzz.ratio(plain(word.text), part) >= PART_ALIKE for word in words for part in PARTS
    )


def _is_well_read(words: Sequence[Word]) -> bool:
    telling = [word for word in words if len(plain(word.text)) > 1]
    sure = sum(word.sure >= SURE for word in telling)
    return len(telling) >= LEAST_WORDS and sure >= WELL_READ * len(telling)


def _day(mark: Sequence[Word], words: Iterable[Word]) -> date | None:
    """The day that is printed or plainly written by the mark; None where there is none or more."""
    near = _zone(mark)
    lines = _segments(word for word in words if _within(word.box, near))
    days = {rules.parse_date(" ".join(word.text for word in line).strip(" .,")) for line in lines}
    days.discard(None)
    return days.pop() if len(days) == 1 else None


def _zone(mark: Sequence[Word]) -> Pixels:
    """Where a signature by the mark would stand, in pixels of the text."""
    left, top, right, foot = likeness.around(mark)
    beside, beyond, above, below = (
        px_from_mm(mm, READ_DPI) for mm in (LEFT_MM, RIGHT_MM, ABOVE_MM, BELOW_MM)
    )
    return left - beside, top - above, max(right, left + beyond), foot + below


def _within(box: Pixels, zone: Pixels) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return zone[0] < x < zone[2] and zone[1] < y < zone[3]


def _is_signed(grey: Image, text: Text, mark: Sequence[Word], ocr: OcrEngine) -> bool:
    """Did a pen sign by the mark? Print and frames are left out."""
    zone = _zone(mark)
    scan = np.asarray(1 - _cut(grey, text, zone).astype(np.float32) / 255, np.float32)
    tall = px_from_mm(PRINT_MM, READ_DPI)
    read = [
        word
        for word in text.words
        if word in mark
        or (word.sure >= SURE and word.box[3] - word.box[1] < tall and plain(word.text))
    ]
    print_ = np.zeros(scan.shape, np.uint8)
    _cover(print_, zone[:2], read, 1)
    black = float(np.percentile(scan[print_ > 0], BLACK)) if print_.any() else 1.0
    left = _bare((scan > DARK * black) & (print_ == 0))
    # Where the mark was read only the second time, nobody knows where its letters end.
    least = LETTER_MM if mark[0] in read else PRINT_MM
    pen = np.zeros(left.shape, bool)
    for piece in ink.pieces(left, scan, black):
        if piece.box.height > least and piece.stroke < THICK_MM and piece.box.width < WIDEST_MM:
            x0, y0, x1, y1 = piece.box.px(DPI)
            pen[y0:y1, x0:x1] |= left[y0:y1, x0:x1]
    rows, columns = scan.shape
    whole = Box(0, 0, mm_from_px(columns, DPI), mm_from_px(rows, DPI))
    return hand.is_signature(pen, scan, black, whole, ocr) is True


def _bare(dark: Mask) -> Mask:
    """The ink without the frames and rings of stamps, and without rules."""
    bare = dark.copy()
    width, least = (round(px_from_mm(mm, DPI)) for mm in (AROUND_MM, FRAME_MM))
    count, labels, stats, _middles = cv2.connectedComponentsWithStats(dark.astype(np.uint8))
    for label in range(1, count):
        if stats[label, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min() < least:
            continue
        shape = (labels == label).astype(np.uint8)
        hull = cv2.convexHull(cv2.findNonZero(shape))
        around, outline = np.zeros(shape.shape, np.uint8), np.zeros(shape.shape, np.uint8)
        cv2.polylines(around, [hull], True, (1,), 1)
        cv2.polylines(outline, [hull], True, (1,), width)
        _middle, (wide, high), _turn = cv2.minAreaRect(hull)
        is_full = cv2.contourArea(hull) > FILLED * wide * high
        near = cv2.dilate(shape, np.ones((width, width), np.uint8))
        if is_full and (near & around).sum() > OUTLINE * around.sum():
            bare[(outline > 0) & (shape > 0)] = False
    return np.asarray(bare & ~_lines(bare))


def _lines(dark: Mask) -> Mask:
    """Rules and the sides of frames: long, and nearly level or upright."""
    least, skip, width = (round(px_from_mm(mm, DPI)) for mm in (STRAIGHT_MM, SKIP_MM, AROUND_MM))
    found = cv2.HoughLinesP(
        dark.astype(np.uint8), 1, np.pi / 360, least * 3 // 4, minLineLength=least, maxLineGap=skip
    )
    lines = np.zeros(dark.shape, np.uint8)
    for ends in () if found is None else found.reshape(-1, 4):
        x0, y0, x1, y1 = map(int, ends)
        across, along = sorted((abs(x1 - x0), abs(y1 - y0)))
        if across < ASKEW * along:
            cv2.line(lines, (x0, y0), (x1, y1), (1,), width // 2)
    return np.asarray(lines > 0)
