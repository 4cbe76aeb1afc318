"""The printed letters of an issued page, and printing others in their stead.

Everything is done on the PDFium page itself, before it is rasterised: a changed letter comes from
the same face, size, colour and rasteriser as its neighbours: only its shape gives it away.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium
from PIL import ImageFont

from pipeline.geometry import Box, mm_from_points

_SAME_LINE_PT = 1.0
_COLUMN_GAP_EMS = 2.0  # what stands further off is another column, not the rest of the line
_RIM_PT = (0.6, 1.0)
_SAME_WIDTH_EMS = 0.11
_FILLED_PT = 3.0  # a line that ends so near the margin is a justified one
_TIGHT_EMS = 0.16  # spaces never shrink below that
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


@dataclass(slots=True)
class Press:
    """An open page and the letters that can be seen on it, in the order of reading."""

    document: Any
    page: Any
    height: float
    letters: list[Letter]

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
    return Press(document, page, float(page.get_height()), read_letters(page))


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
    """Print ``letters`` at their origins, each in its own face, size and colour."""
    for letter in letters:
        if letter.char.strip():
            print_text(press, letter.char, letter.face, letter.size, letter.rgb, letter.x, letter.y)


def print_text(
    press: Press, text: str, face: str, size: float, rgb: tuple[int, int, int], x: float, y: float
) -> None:
    """Print a run of text from the origin ``x``, ``y`` (points) on."""
    data = _face_bytes(face)
    buffer = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
    font = pdfium.FPDFText_LoadFont(
        press.document.raw, buffer, len(data), pdfium.FPDF_FONT_TRUETYPE, 1
    )
    item = pdfium.FPDFPageObj_CreateTextObj(press.document.raw, font, size)
    wide = (text + "\0").encode("utf-16-le")
    pdfium.FPDFText_SetText(item, (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide))
    pdfium.FPDFPageObj_SetFillColor(item, *rgb, 255)
    pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, y)
    pdfium.FPDFPage_InsertObject(press.page.raw, item)
    pdfium.FPDFFont_Close(font)


def cover(press: Press, letters: Sequence[Letter]) -> None:
    """Paint ``letters`` over in white, half-tones of their edges included."""
    inked = [letter.box_pt for letter in letters if letter.char.strip()]
    if not inked:
        return
    x0, x1 = min(box[0] for box in inked) - _RIM_PT[0], max(box[2] for box in inked) + _RIM_PT[0]
    y0, y1 = min(box[1] for box in inked) - _RIM_PT[1], max(box[3] for box in inked) + _RIM_PT[1]
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
    """Print ``text`` where ``run`` stands (on one line), moving the rest of the line along.

    A letter as wide as the old one takes its place and moves nothing. A line that was filled to
    the margin stays so: its spaces take up the difference. Returns the box
    around the old and the new letters, mm.
    """
    line = line_of(press.letters, run[0])
    start, end = line.index(run[0]), line.index(run[-1]) + 1
    first = start
    while first and line[first - 1].char.strip():  # whole words are painted over:
        first -= 1  # so no neighbour is nicked
    rest = line[end:]
    fresh = [_as(run[min(i, len(run) - 1)], char, 0.0) for i, char in enumerate(text)]
    if _same_widths(fresh, run):
        rest = rest[: next((i for i, v in enumerate(rest) if not v.char.strip()), len(rest))]
        fresh = [
            _as(new, new.char, old.x + (old.advance - new.advance) / 2)
            for new, old in zip(fresh, run, strict=True)
        ]
        moved = list(rest)
    else:
        margin = max(v.box_pt[2] for v in press.letters if v.char.strip())
        flowing = _flow(fresh, rest, run, margin)
        fresh, moved = flowing[: len(fresh)], flowing[len(fresh) :]
    cover(press, [*line[first:start], *run, *rest])
    after = [*line[first:start], *fresh, *moved]
    print_letters(press, after)
    at = press.letters.index(line[first])
    gone = {id(letter) for letter in (*line[first:end], *rest)}
    kept = [letter for letter in press.letters[at:] if id(letter) not in gone]
    press.letters[at:] = [*after, *kept]
    return press.box_mm([*run, *fresh])


def _as(like: Letter, char: str, x: float) -> Letter:
    left = x - like.x
    x0, y0, x1, y1 = like.box_pt
    if char != like.char:
        ink = _face(like.face).getbbox(char, anchor="ls")
        x0, x1 = (like.x + ink[i] / 2048 * like.size for i in (0, 2))
        y0, y1 = (like.y - ink[i] / 2048 * like.size for i in (3, 1))
    return replace(like, char=char, x=x, box_pt=(x0 + left, y0, x1 + left, y1))


def _same_widths(new: Sequence[Letter], old: Sequence[Letter]) -> bool:
    return len(new) == len(old) and all(
        abs(one.advance - two.advance) < _SAME_WIDTH_EMS * two.size
        for one, two in zip(new, old, strict=True)
    )


def _flow(
    fresh: Sequence[Letter], rest: Sequence[Letter], run: Sequence[Letter], margin: float
) -> list[Letter]:
    """Set ``fresh`` and then ``rest`` from the start of ``run`` on."""
    steps = [letter.advance for letter in fresh]
    if rest:
        steps += [b.x - a.x for a, b in pairwise(rest)] + [rest[-1].advance]
    letters = [*fresh, *rest]
    spaces = [i for i, letter in enumerate(letters) if not letter.char.strip()]
    inked = [letter for letter in (*run, *rest) if letter.char.strip()]
    right = max(letter.box_pt[2] for letter in inked)
    end = run[0].x + sum(steps)
    if spaces and (right > margin - _FILLED_PT or end > margin + _FILLED_PT):
        room = margin - run[0].x - sum(step for i, step in enumerate(steps) if i not in spaces)
        wide = max(_TIGHT_EMS * run[0].size, room / len(spaces))
        steps = [wide if i in spaces else step for i, step in enumerate(steps)]
    placed, x = [], run[0].x
    for letter, step in zip(letters, steps, strict=True):
        placed.append(_as(letter, letter.char, x))
        x += step
    return placed
