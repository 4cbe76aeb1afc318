"""Copies of other people's documents on sheets of A4, and what falls in among them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import px_from_mm
from tests.simulator.blanks import PAPERS, Lines, Row
from tests.simulator.dice import between, one_of
from tests.simulator.pens import FONTS, HANDS
from tests.simulator.printing import WORK_DPI, Sheet, blank_sheet, cloud

_FACES = ("LiberationSerif-Regular", "LiberationSans-Regular", "DejaVuSerif", "DejaVuSansCondensed")
_MONO = "LiberationMono-Regular"
_LEADING = 1.45  # of the size of the letters
_HEADING = 1.35  # of the size of other lines
_INK, _PEN = (32, 30, 38), (40, 52, 140)

_SMALL = frozenset({"passport", "pension-insurance", "work-book", "military", "medical-policy"})
_TINTED = frozenset({*_SMALL, "education", "training", "civil-status", "tax-registration"})


def draw(kind: str, row: Row, rng: np.random.Generator) -> Sheet:
    """A copy of a document of ``kind`` about the person of ``row``, somewhere on a sheet of A4."""
    lines = one_of(rng, PAPERS[kind])(row, rng)
    small = kind in _SMALL
    size = between(rng, (2.9, 3.4) if small else (3.6, 4.4))
    width = between(rng, (105, 125) if small else (160, 174))
    sheet = blank_sheet(210, 297)
    left = between(rng, (18, 24) if not small else (20, 75))
    top = between(rng, (14, 30) if not small else (18, 110))
    height = size * _LEADING * (len(lines) + 4)
    if kind in _TINTED:
        _tint(sheet, (left - 6, top - 6, left + width + 6, min(290, top + height)), rng)
    _print(sheet, lines, (left, top, width), size, rng)
    return sheet


def _tint(sheet: Sheet, box: tuple[float, ...], rng: np.random.Generator) -> None:
    """The coloured ground of a blank, with its fine waves."""
    x0, y0, x1, y1 = (round(px_from_mm(side, sheet.dpi)) for side in box)
    shape = (y1 - y0, x1 - x0)
    rows, columns = np.indices(shape)
    waves = np.sin(rows / between(rng, (9, 14)) + 3 * np.sin(columns / between(rng, (40, 70))))
    ground = 236 + 4 * waves + 3 * cloud(rng, shape, (4, 4))
    tone = np.array(one_of(rng, ((1.0, 0.95, 0.93), (0.95, 1.0, 0.96), (0.96, 0.97, 1.0))))
    sheet.pixels[y0:y1, x0:x1] = np.clip(ground[..., None] * tone, 0, 255).astype(np.uint8)


def _print(
    sheet: Sheet, lines: Lines, place: tuple[float, float, float], size: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Lines one under another: ``^`` a heading, ``=`` in the middle, ``>`` to the right.

    ``|`` a zone for machines; what stands behind ``~`` a pen wrote.
    """
    picture = Image.fromarray(sheet.pixels)
    pen = ImageDraw.Draw(picture)
    left, y, width = (px_from_mm(side, sheet.dpi) for side in place)
    face, hand = one_of(rng, _FACES), str(FONTS / f"{one_of(rng, HANDS)}.ttf")
    for line in lines:
        mark, text = (line[0], line[1:]) if line[:1] in ("^", "=", ">", "|") else ("", line)
        px = px_from_mm(size * (_HEADING if mark == "^" else 1), sheet.dpi)
        font = ImageFont.truetype(f"{_MONO if mark == '|' else face}.ttf", round(px))
        if mark == "|":
            font = ImageFont.truetype(f"{_MONO}.ttf", round(px * width / font.getlength(text)))
        for part in _folded(text, font, width):
            printed, _tilde, written = part.partition("~")
            room = width - font.getlength(printed)
            x = left + {"^": room / 2, "=": room / 2, ">": room}.get(mark, 0)
            pen.text((x, y), printed, _INK, font)
            if written:
                x += font.getlength(printed)
                pen.text(
                    (x, y - px * 0.15), written, _PEN, ImageFont.truetype(hand, round(px * 1.4))
                )
            y += px * _LEADING
    sheet.pixels = np.asarray(picture).copy()


def _folded(text: str, font: ImageFont.FreeTypeFont, width: float) -> Lines:
    """The text in as many lines as it needs."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def receipt() -> Sheet:
    """A till's receipt on the glass, the lid white about it."""
    picture = Image.fromarray(np.full((3508, 2480, 3), 228, np.uint8))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((760, 300, 1660, 2300), fill=(252, 251, 249), outline=(200, 200, 200))
    face = ImageFont.truetype(f"{_MONO}.ttf", 44)
    lines = (
        "   ООО «Липовый мед»", "   г. Новозареченск", "",
        "КАССОВЫЙ ЧЕК № 0417", "22.11.2026  17:42", "",
        "Бумага А4     1 x 389.00", "Скрепки       2 x  64.50", "Ручка синяя   3 x  35.00", "",
        "ИТОГ              623.00", "НАЛИЧНЫМИ        1000.00", "СДАЧА             377.00", "",
        "     СПАСИБО ЗА ПОКУПКУ",
    )  # fmt: skip
    for row, line in enumerate(lines):
        pen.text((820, 380 + row * 90), line, font=face, fill=(40, 40, 46))
    return Sheet(np.asarray(picture).copy(), WORK_DPI)


def page_of(lines: Lines, rng: np.random.Generator) -> Sheet:
    """A page of running text, lines as ``draw`` takes them."""
    sheet = blank_sheet(210, 297)
    _print(sheet, lines, (22, 20, 166), 3.9, rng)
    return sheet
