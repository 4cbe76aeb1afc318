"""The printed letters of an issued page, and printing others in their stead.

Everything is done on the PDFium page itself, before it is rasterised: a changed letter comes from
the same face, size, colour and rasteriser as its neighbours: only its shape gives it away.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium
from PIL import ImageFont

from pipeline.geometry import Box, mm_from_points

_SAME_LINE_PT = 1.0
_COLUMN_GAP_EMS = 2.0  # what stands further off is another column, not the rest of the line
_MARGIN_PT = 1.5
_FACES = {
    ("Serif", False, False): "LiberationSerif-Regular.ttf",
    ("Serif", True, False): "LiberationSerif-Bold.ttf",
    ("Serif", False, True): "LiberationSerif-Italic.ttf",
    ("Serif", True, True): "LiberationSerif-BoldItalic.ttf",
    ("Sans", False, False): "LiberationSans-Regular.ttf",
    ("Sans", True, False): "LiberationSans-Bold.ttf",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One printed character: ``x``, ``y`` its origin and ``box_pt`` its ink, in PDF points."""

    char: str
    x: float
    y: float
    size: float
    face: str
    rgb: tuple[int, int, int]
    box_pt: tuple[float, float, float, float]

    @property
    def advance(self) -> float:
        """Points to the next letter's origin."""
        return advance(self.face, self.char) * self.size


@dataclass(frozen=True, slots=True)
class Press:
    """An open page and what is printed on it."""

    document: Any
    page: Any
    height: float

    def letters(self) -> list[Letter]:
        """In the order of reading."""
        return read_letters(self.page)

    def box_mm(self, letters: Sequence[Letter]) -> Box:
        """The ink of ``letters`` in millimetres from the top left."""
        inked = [letter.box_pt for letter in letters if letter.char.strip()]
        return Box(
            mm_from_points(min(box[0] for box in inked)),
            mm_from_points(self.height - max(box[3] for box in inked)),
            mm_from_points(max(box[2] for box in inked)),
            mm_from_points(self.height - min(box[1] for box in inked)),
        )


def open_press(document: Any, number: int) -> Press:
    """The page ``number`` (from 1) of an open pypdfium2 document."""
    page = document[number - 1]
    return Press(document, page, float(page.get_height()))


def read_letters(page: Any) -> list[Letter]:
    """Every printed character of a page with its place, face and colour."""
    text = page.get_textpage()
    try:
        found = (_letter(text.raw, index) for index in range(pdfium.FPDFText_CountChars(text.raw)))
        return [letter for letter in found if letter is not None]
    finally:
        text.close()


def _letter(text: Any, index: int) -> Letter | None:
    if pdfium.FPDFText_IsGenerated(text, index) == 1:
        return None
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFText_GetFillColor(text, index, red, green, blue, alpha)
    return Letter(
        char=chr(pdfium.FPDFText_GetUnicode(text, index)),
        x=x.value,
        y=y.value,
        size=float(pdfium.FPDFText_GetFontSize(text, index) * abs(matrix.d)),
        face=_face_of(text, index),
        rgb=(red.value, green.value, blue.value),
        box_pt=(left.value, bottom.value, right.value, top.value),
    )


def _face_of(text: Any, index: int) -> str:
    flags = ctypes.c_int()
    size = pdfium.FPDFText_GetFontInfo(text, index, None, 0, flags)
    name = ctypes.create_string_buffer(size)
    pdfium.FPDFText_GetFontInfo(text, index, name, size, flags)
    face = name.value.decode("utf-8", "replace")
    family = "Sans" if "Sans" in face else "Serif"
    key = (family, "Bold" in face, "Italic" in face)
    return _FACES.get(key, _FACES[family, False, False])


@cache
def _face(face: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face, 2048, layout_engine=ImageFont.Layout.BASIC)


@cache
def _face_bytes(face: str) -> bytes:
    return Path(str(_face(face).path)).read_bytes()


@cache
def advance(face: str, char: str) -> float:
    """How far ``char`` moves the pen, in ems."""
    return _face(face).getlength(char) / 2048


def print_letters(press: Press, letters: Sequence[Letter]) -> None:
    """Print ``letters`` at their origins."""
    fonts: dict[str, Any] = {}
    for letter in letters:
        if not letter.char.strip():
            continue
        if letter.face not in fonts:
            data = _face_bytes(letter.face)
            buffer = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
            fonts[letter.face] = pdfium.FPDFText_LoadFont(
                press.document.raw, buffer, len(data), pdfium.FPDF_FONT_TRUETYPE, 1
            )
        item = pdfium.FPDFPageObj_CreateTextObj(press.document.raw, fonts[letter.face], letter.size)
        wide = (letter.char + "\0").encode("utf-16-le")
        words = (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide)
        pdfium.FPDFText_SetText(item, words)
        pdfium.FPDFPageObj_SetFillColor(item, *letter.rgb, 255)
        pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, letter.x, letter.y)
        pdfium.FPDFPage_InsertObject(press.page.raw, item)
    for font in fonts.values():
        pdfium.FPDFFont_Close(font)


def cover(press: Press, letters: Sequence[Letter], spread_pt: float = 0.25) -> None:
    """Paint ``letters`` over in white."""
    inked = [letter.box_pt for letter in letters if letter.char.strip()]
    if not inked:
        return
    x0, y0 = (min(box[i] for box in inked) - spread_pt for i in (0, 1))
    x1, y1 = (max(box[i] for box in inked) + spread_pt for i in (2, 3))
    item = pdfium.FPDFPageObj_CreateNewRect(x0, y0, x1 - x0, y1 - y0)
    pdfium.FPDFPageObj_SetFillColor(item, 255, 255, 255, 255)
    pdfium.FPDFPath_SetDrawMode(item, pdfium.FPDF_FILLMODE_ALTERNATE, 0)
    pdfium.FPDFPage_InsertObject(press.page.raw, item)


def line_of(letters: Sequence[Letter], one: Letter) -> list[Letter]:
    """The letters on the same line and in the same column as ``one``, from left to right."""
    level = sorted(
        (letter for letter in letters if abs(letter.y - one.y) < _SAME_LINE_PT), key=lambda v: v.x
    )
    at = level.index(one)
    first = last = at
    gap = _COLUMN_GAP_EMS * one.size
    while first > 0 and level[first].x - level[first - 1].box_pt[2] < gap:
        first -= 1
    while last + 1 < len(level) and level[last + 1].x - level[last].box_pt[2] < gap:
        last += 1
    return level[first : last + 1]


def retype(press: Press, run: Sequence[Letter], text: str) -> Box:
    """Print ``text`` where ``run`` stands (one line), moving the rest of the line along.

    A line that was filled to the margin stays so: its remaining spaces take up the difference.
    Returns the box of what is new, in millimetres.
    """
    everything = press.letters()
    line = line_of(everything, run[0])
    start, end = line.index(run[0]), line.index(run[-1]) + 1
    head, rest = line[:start], line[end:]
    while head and head[-1].char.strip():  # whole words are painted over: no neighbour is nicked
        head = head[:-1]
    word_start = line[len(head) : start]
    fresh, x = [], run[0].x
    for number, char in enumerate(text):
        like = run[min(number, len(run) - 1)]
        fresh.append(_as(like, char, x))
        x += advance(like.face, char) * like.size
    if len(text) == len(run):
        fresh = [_centred(new, old) for new, old in zip(fresh, run, strict=True)]
        x = run[-1].x + run[-1].advance
    moved = x - (run[-1].x + run[-1].advance)
    if len(text) == len(run):
        rest = rest[: next((i for i, v in enumerate(rest) if not v.char.strip()), len(rest))]
        moved = 0.0
    margin = max((v.box_pt[2] for v in everything if v.char.strip()), default=0) + _MARGIN_PT
    shifted = _shift(rest, moved, margin)
    cover(press, [*word_start, *run, *rest])
    print_letters(press, [*word_start, *fresh, *shifted])
    ink = [new for new in fresh if new.char.strip()] or list(run)
    return press.box_mm(ink)


def _as(like: Letter, char: str, x: float) -> Letter:
    left = x - like.x
    x0, y0, x1, y1 = like.box_pt
    return replace(like, char=char, x=x, box_pt=(x0 + left, y0, x1 + left, y1))


def _centred(new: Letter, old: Letter) -> Letter:
    return _as(old, new.char, old.x + (old.advance - new.advance) / 2)


def _shift(rest: Sequence[Letter], by: float, margin: float) -> list[Letter]:
    inked = [letter for letter in rest if letter.char.strip()]
    full = bool(inked) and (
        inked[-1].box_pt[2] + by > margin or inked[-1].box_pt[2] > margin - 3 * _MARGIN_PT
    )
    spaces = sum(not letter.char.strip() for letter in rest)
    passed, shifted = 0, []
    for letter in rest:
        passed += not letter.char.strip()
        part = 1 - passed / spaces if full and spaces else 1.0
        shifted.append(_as(letter, letter.char, letter.x + by * part))
    return shifted
