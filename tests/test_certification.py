"""The mark «Верно» on a copy: its words in their place and a pen's signature by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines.tesseract import Word
from pipeline.geometry import Box
from pipeline.others import certification
from pipeline.others.certification import CopyMark
from pipeline.others.likeness import READ_DPI, Text
from tests.simulator.dice import dice
from tests.simulator.pens import take_pen
from tests.simulator.printing import Sheet, blank_sheet, lay
from tests.simulator.signatures import sign

PX = READ_DPI / 25.4
COPY = """ДИПЛОМ
Настоящий диплом свидетельствует о том, что Ёлкина Анна Юрьевна
освоила программу бакалавриата и успешно прошла аттестацию
Решением комиссии присвоена квалификация"""


class Ocr:
    """Reads the same in every line that it is given first, and in a pen's strokes nothing."""

    def __init__(self, line: str = "") -> None:
        self.line = line
        self.asked = 0

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = "rus"
    ) -> list[tuple[str, float]]:
        line = "" if self.asked else self.line
        self.asked += len(lines)
        return [(line, 0.9) for _line in lines]

    def read_page(self, page: NDArray[np.uint8]) -> list[Word]:
        raise AssertionError("the page has been read already")


def words(text: str, top_mm: float, sure: float = 0.95) -> list[Word]:
    """Words of 3 mm high letters in lines 8 mm apart from the left margin."""
    found = []
    for row, line in enumerate(text.split("\n")):
        x, y = 25 * PX, (top_mm + 8 * row) * PX
        for word in line.split():
            width = 2.2 * PX * len(word)
            found.append(Word(word, sure, (x, y, x + width, y + 3 * PX)))
            x += width + 2 * PX
    return found


def printed(sheet: Sheet, read: Sequence[Word]) -> None:
    """Something dark where each letter stands."""
    for word in read:
        x0, y0, _x1, y1 = (round(side) for side in word.box)
        for n in range(len(word.text)):
            left = x0 + round(2.2 * PX * n)
            cv2.rectangle(sheet.pixels, (left, y0), (left + 10, y1), (40, 40, 40), 2)


def signed(sheet: Sheet, x: float, y: float, seed: int = 1) -> None:
    """A pen's signature on a rule from x, y (mm)."""
    rng = dice(seed, "certified")
    pen = take_pen(rng)
    ink, _style = sign(Box(x, y - 10, x + 40, y), pen, sheet.dpi, rng, "initials")
    lay(sheet, ink, pen.rgb)


def seen(mark: str, *, pen: bool = False, sure: float = 0.95, ocr: Ocr | None = None) -> CopyMark:
    """What is told of a copy with these lines under it, and a signature beside the second."""
    sheet = blank_sheet(210, 297, READ_DPI)
    read = [*words(COPY, 40, sure), *words(mark, 150)]
    printed(sheet, read)
    if pen:
        signed(sheet, 75, 165)
    return told(sheet, read, ocr)


def told(sheet: Sheet, read: Sequence[Word], ocr: Ocr | None = None) -> CopyMark:
    grey = np.asarray(cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return certification.read(grey, Text(tuple(read), 0, np.eye(3)), ocr or Ocr())


@pytest.mark.parametrize(
    "mark",
    [
        "Верно\nСпециалист по кадрам",
        "«Верно»\nСпециалист по кадрам",
        "КОПИЯ BEPHA\nДиректор",  # read with Latin letters
        "Копия верна. Специалист по кадрам\nРудь К.А.",
        "Верно: специалист по кадрам\nРудь К.А.",
        "С подлинником всрно\nДиректор",
    ],
)
def test_words_and_a_signature_are_the_mark(mark: str) -> None:
    assert seen(mark, pen=True) == CopyMark(True)
    # Print alone is nobody's signature.
    assert seen(mark) == CopyMark(None)


def test_a_signature_may_be_the_documents_own() -> None:
    """The word was printed on the copy, nobody signed it, and the diploma has signatures there."""
    assert seen("Верно\nПредседатель комиссии", pen=True) == CopyMark(None)


def test_a_day_by_the_mark_is_told() -> None:
    assert seen("Верно\nДиректор\n12.11.2026", pen=True).day == date(2026, 11, 12)
    assert seen("Верно\nДиректор\n«12» ноября 2026 г.", pen=True).day == date(2026, 11, 12)


@pytest.mark.parametrize(
    "text",
    [
        "Все графы анкеты заполнены верно",
        "Верно ли указаны сведения о семье",
        "Верно Неверно",
        "1. Верно",
        "верно.",
        "Надпись «Копия верна» ставит отдел кадров",
        "«Копия верна», подпись и дату ставит отдел кадров",
    ],
)
def test_what_only_speaks_of_it_is_no_mark(text: str) -> None:
    assert seen(f"{text}\nДиректор", pen=True).is_there is not True


def test_no_mark_is_told_only_of_a_page_that_is_read_well() -> None:
    assert seen("Директор") == CopyMark(False)
    assert seen("Директор", sure=0.3) == CopyMark(None)
    # A pen wrote over something that was not read: a mark may be under it.
    assert seen("Директор", pen=True) == CopyMark(None)


def test_a_stamps_frame_is_no_signature() -> None:
    sheet = blank_sheet(210, 297, READ_DPI)
    read = [*words(COPY, 40), *words("КОПИЯ ВЕРНА\nДиректор", 150)]
    printed(sheet, read)
    corners = cv2.boxPoints(((60 * PX, 158 * PX), (80 * PX, 24 * PX), 3.0))
    cv2.polylines(sheet.pixels, [np.rint(corners).astype(np.int32)], True, (90, 60, 60), 4)
    assert told(sheet, read) == CopyMark(None)
    signed(sheet, 50, 168)
    assert told(sheet, read) == CopyMark(True)


def test_letters_that_ocr_did_not_read_are_no_signature() -> None:
    sheet = blank_sheet(210, 297, READ_DPI)
    read = [*words(COPY, 40), *words("Верно", 150)]
    printed(sheet, [*read, *words("Специалист по кадрам Лаптева", 158)])
    assert told(sheet, read) == CopyMark(None)


def test_what_was_left_unread_is_read_again() -> None:
    sheet = blank_sheet(210, 297, READ_DPI)
    read, stamp = words(COPY, 40), words("КОПИЯ ВЕРНА", 150)
    printed(sheet, [*read, *stamp])
    signed(sheet, 40, 166)
    assert told(sheet, read) == CopyMark(None)
    ocr = Ocr("КОПИЯ ВЕРНА")
    assert told(sheet, read, ocr) == CopyMark(True)
    assert ocr.asked
