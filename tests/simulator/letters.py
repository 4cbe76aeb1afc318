"""The printed letters of an issued page, and printing others in their stead.

Everything is done on the PDFium page itself, before it is rasterised: the text that holds a letter
is taken off and printed anew, letter by letter, in the same face, size and colour. Rules under the
text stay whole, and only the shape of a changed letter gives it away.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium
from PIL import ImageFont

from pipeline.geometry import MM_PER_INCH, POINTS_PER_INCH, Box, mm_from_points

_SAME_LINE_PT = 1.0
_COLUMN_GAP_EMS = 2.0  # what stands further off is another column, not the rest of the line
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
    item: int = 0  # the page object that prints it, with its neighbours or alone

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
    fonts: dict[str, Any] = field(default_factory=dict)

    def close(self) -> None:
        """Let go of the fonts that were loaded; the document stays open."""
        for font in self.fonts.values():
            pdfium.FPDFFont_Close(font)
        self.fonts.clear()

    def inside(self, box: Box) -> list[Letter]:
        """The inked letters whose middles lie in ``box`` (mm from the top left)."""
        x0, x1 = _points(box.x0), _points(box.x1)
        y0, y1 = self.height - _points(box.y1), self.height - _points(box.y0)
        return [
            letter
            for letter in self.letters
            if x0 <= (letter.box_pt[0] + letter.box_pt[2]) / 2 <= x1
            and y0 <= (letter.box_pt[1] + letter.box_pt[3]) / 2 <= y1
            and letter.char.strip()
        ]

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
        item=_address(pdfium.FPDFText_GetTextObject(text, index)),
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


def _points(mm: float) -> float:
    return mm / MM_PER_INCH * POINTS_PER_INCH


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


def _address(item: Any) -> int:
    return ctypes.cast(item, ctypes.c_void_p).value or 0


def print_letter(press: Press, letter: Letter) -> Letter:
    """Print ``letter`` at its origin by an object of its own."""
    item = print_text(press, letter.char, letter.face, letter.size, letter.rgb, letter.x, letter.y)
    return replace(letter, item=item)


def print_text(
    press: Press, text: str, face: str, size: float, rgb: tuple[int, int, int], x: float, y: float
) -> int:
    """Print a run of text from the origin ``x``, ``y`` (points) on; returns the page object."""
    if face not in press.fonts:
        data = _face_bytes(face)
        buffer = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
        press.fonts[face] = pdfium.FPDFText_LoadFont(
            press.document.raw, buffer, len(data), pdfium.FPDF_FONT_TRUETYPE, 1
        )
    item = pdfium.FPDFPageObj_CreateTextObj(press.document.raw, press.fonts[face], size)
    wide = (text + "\0").encode("utf-16-le")
    pdfium.FPDFText_SetText(item, (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide))
    pdfium.FPDFPageObj_SetFillColor(item, *rgb, 255)
    pdfium.FPDFPageObj_Transform(item, 1, 0, 0, 1, x, y)
    pdfium.FPDFPage_InsertObject(press.page.raw, item)
    return _address(item)


def _lift(press: Press, items: set[int]) -> None:
    """Take page objects off the page."""
    for address in items:
        item = ctypes.cast(ctypes.c_void_p(address), pdfium.FPDF_PAGEOBJECT)
        if not pdfium.FPDFPage_RemoveObject(press.page.raw, item):
            raise ValueError("the letters are not printed by the page itself but by a form in it")
        pdfium.FPDFPageObj_Destroy(item)


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
    rest = line[line.index(run[-1]) + 1 :]
    fresh = [_as(run[min(i, len(run) - 1)], char, 0.0) for i, char in enumerate(text)]
    if _same_widths(fresh, run):
        fresh = [
            _as(new, new.char, old.x + (old.advance - new.advance) / 2)
            for new, old in zip(fresh, run, strict=True)
        ]
        rest, moved = [], []
    else:
        margin = max(v.box_pt[2] for v in press.letters if v.char.strip())
        flowing = _flow(fresh, rest, run, margin)
        fresh, moved = flowing[: len(fresh)], flowing[len(fresh) :]
    instead = {id(old): [new] for old, new in zip(rest, moved, strict=True)}
    instead |= {id(old): [] for old in run} | {id(run[0]): fresh}
    lifted = {letter.item for letter in (*run, *rest)}
    seen = list(press.letters)
    _lift(press, lifted)
    press.letters.clear()
    for letter in seen:
        if id(letter) in instead:
            press.letters += [print_letter(press, new) for new in instead[id(letter)]]
        elif letter.item in lifted:
            press.letters.append(print_letter(press, letter))
        else:
            press.letters.append(letter)
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
    last = max((i for i, letter in enumerate(letters) if letter.char.strip()), default=0)
    spaces = [i for i, letter in enumerate(letters[:last]) if not letter.char.strip()]
    inked = [letter for letter in (*run, *rest) if letter.char.strip()]
    right = max(letter.box_pt[2] for letter in inked)
    end = run[0].x + sum(steps)
    if spaces and (right > margin - _FILLED_PT or end > margin + _FILLED_PT):
        solid = sum(step for i, step in enumerate(steps[: last + 1]) if i not in spaces)
        room = margin - run[0].x - solid
        wide = max(_TIGHT_EMS * run[0].size, room / len(spaces))
        steps = [wide if i in spaces else step for i, step in enumerate(steps)]
    placed, x = [], run[0].x
    for letter, step in zip(letters, steps, strict=True):
        placed.append(_as(letter, letter.char, x))
        x += step
    return placed
