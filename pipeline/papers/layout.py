"""Where everything landed: the glyphs of an issued PDF, and from them each field's place.

Each printed value has a run colour of its own, nearly black, which the PDF keeps; so a value's
glyphs are known without searching, over line breaks and pages.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.errors import ToolFailedError
from pipeline.geometry import MM_PER_INCH, POINTS_PER_INCH, Box, mm_from_points, union
from pipeline.i18n import _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_CHANNEL = 15  # a channel up to 15 of 255 is black to the eye and to any printer
# From there on PDFium draws letters of 8 points and more as shapes, where they stand.
EXACT_DPI = 500
LINE_END_HYPHEN = "\x02"  # PDFium's word for a hyphen that ends a line
_PIECE_BYTES = 1024  # a line of print in UTF-16
_MM = MM_PER_INCH / POINTS_PER_INCH


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character: its tight box, its font and size (points), its colour, its page.

    The origin is where the pen stood on the base line: millimetres like the box.
    """

    char: str
    box: Box
    origin_x: float
    origin_y: float
    font: str
    size: float
    colour: int
    page: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of an issued PDF: its size in millimetres and what is printed on it, in order."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]


def colour(index: int) -> int:
    """The ``index``-th near-black colour (from 0) as an RGB number; plain black is never given."""
    base = MAX_CHANNEL + 1
    number = index + 1
    if number >= base**3:
        raise ValueError("more prints than near-black colours")
    red, rest = divmod(number, base * base)
    green, blue = divmod(rest, base)
    return red << 16 | green << 8 | blue


def sheets(pdf: bytes, *, coarse: bool = False) -> tuple[Sheet, ...]:
    """Every page with its glyphs, by PDFium. Raises ToolFailedError where it is no whole PDF.

    ``coarse``: a stretch of print is one "glyph" of all its characters. That takes a third of
    the time, and is enough to find the fields and to see that nothing is lost.
    """
    document = _opened(pdf)
    try:
        look_at = _coarse_sheet if coarse else _sheet
        return tuple(look_at(document, index) for index in range(len(document)))
    finally:
        document.close()


def _opened(pdf: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise ToolFailedError(
            _("LibreOffice made a PDF that cannot be opened"),
            hint=_("run it again; if it stays so, open the DOCX in LibreOffice"),
        ) from error


def sheet(pdf: bytes, number: int) -> Sheet:
    """One page (from 1) with its glyphs."""
    document = pdfium.PdfDocument(pdf)
    try:
        return _sheet(document, number - 1)
    finally:
        document.close()


def as_own(taken: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Some of a PDF's sheets as those of a PDF of their own: counted from 1."""
    return tuple(
        Sheet(n, one.width, one.height, tuple(_on_page(glyph, n) for glyph in one.glyphs))
        for n, one in enumerate(taken, start=1)
    )


def _on_page(it: Glyph, page: int) -> Glyph:
    """``dataclasses.replace`` takes six times as long, and it is asked of every glyph."""
    return Glyph(it.char, it.box, it.origin_x, it.origin_y, it.font, it.size, it.colour, page)


def texts(pdf: bytes) -> list[str]:
    """What is printed on each page, without places: quick. Raises as ``sheets``."""
    document = _opened(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def render(pdf: bytes, page: int, dpi: float) -> NDArray[np.uint8]:
    """One page (from 1) of an issued PDF as a grey image at ``dpi``.

    It is drawn at EXACT_DPI at least and reduced: coarser, PDFium sets every letter on whole
    pixels, up to 1.6 px (at 200 dpi) from where it is printed.
    """
    document = pdfium.PdfDocument(pdf)
    try:
        import cv2  # slow to import; only pictures need them
        import numpy as np

        sheet = document[page - 1]
        size = tuple(math.ceil(side * dpi / POINTS_PER_INCH) for side in sheet.get_size())
        scale = max(dpi, EXACT_DPI) / POINTS_PER_INCH
        bitmap = sheet.render(scale=scale, grayscale=True)
        fine = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
        if fine.shape == size[::-1]:
            return fine
        return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.uint8)
    finally:
        document.close()


def by_colour(glyphs: Sequence[Glyph]) -> dict[int, list[Glyph]]:
    """The glyphs of each near-black colour, in the order of the text; plain black left out."""
    groups: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.colour:
            groups[glyph.colour].append(glyph)
    return dict(groups)


def lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The glyphs gathered into printed lines, from the top; each from left to right.

    Two glyphs share a line when their boxes overlap in height by a third of the size; a blank
    has no height of its own, so it follows its neighbour.
    """
    rows: list[tuple[float, float, list[Glyph]]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.page, g.box.y0)):
        middle = (glyph.box.y0 + glyph.box.y1) / 2
        reach = mm_from_points(glyph.size) * 0.5
        for i in range(len(rows) - 1, -1, -1):  # its line is among the last
            page, centre, row = rows[i]
            if page == glyph.page and abs(centre - middle) < reach:
                row.append(glyph)
                rows[i] = (page, centre + (middle - centre) / len(row), row)
                break
        else:
            rows.append((glyph.page, middle, [glyph]))
    return [sorted(row, key=lambda g: g.box.x0) for _, _, row in rows]


def text_of(sheet_list: Sequence[Sheet]) -> str:
    """All printed text, blanks folded: for checking that the text is found back whole."""
    return re.sub(r"\s+", "", "".join(g.char for s in sheet_list for g in s.glyphs))


@lru_cache(maxsize=4096)  # asked of every character of every page
def leaves_ink(char: str) -> bool:
    """False for blanks and for what only steers the text: a soft hyphen, a joiner, a mark."""
    return char.isprintable() and not char.isspace()


def box_of(glyphs: Sequence[Glyph]) -> Box:
    """The smallest box around the glyphs."""
    return union(g.box for g in glyphs)


def _sheet(document: pdfium.PdfDocument, index: int) -> Sheet:
    page = document[index]
    width, height = page.get_size()
    text = page.get_textpage()
    left, bottom, right, top, x, y = (ctypes.c_double() for _ in range(6))
    looks: dict[int, tuple[str, float, int]] = {}  # of each text object: asked once, not a glyph
    glyphs: list[Glyph] = []
    for i in range(pdfium_c.FPDFText_CountChars(text)):
        char = chr(pdfium_c.FPDFText_GetUnicode(text, i))
        if char == LINE_END_HYPHEN:
            char = "-"
        if not leaves_ink(char):
            continue
        piece = pdfium_c.FPDFText_GetTextObject(text, i)
        if not piece:
            continue  # not printed: PDFium's own guess at a blank or a line's end
        key = ctypes.addressof(piece.contents)
        look = looks.get(key) or looks.setdefault(key, _look(text, i))
        pdfium_c.FPDFText_GetCharBox(text, i, left, right, bottom, top)
        pdfium_c.FPDFText_GetCharOrigin(text, i, x, y)
        box = Box(
            left.value * _MM,
            (height - top.value) * _MM,
            right.value * _MM,
            (height - bottom.value) * _MM,
        )
        glyphs.append(Glyph(char, box, x.value * _MM, (height - y.value) * _MM, *look, index + 1))
    return Sheet(index + 1, mm_from_points(width), mm_from_points(height), tuple(glyphs))


def _coarse_sheet(document: pdfium.PdfDocument, index: int) -> Sheet:
    page = document[index]
    width, height = page.get_size()
    text = page.get_textpage()
    left, bottom, right, top, size = (ctypes.c_float() for _ in range(5))
    channels = [ctypes.c_uint() for _ in range(4)]
    words = ctypes.create_string_buffer(_PIECE_BYTES)
    fonts: dict[int, str] = {}
    pieces: list[Glyph] = []
    for number in range(pdfium_c.FPDFPage_CountObjects(page)):
        piece = pdfium_c.FPDFPage_GetObject(page, number)
        if pdfium_c.FPDFPageObj_GetType(piece) != pdfium_c.FPDF_PAGEOBJ_TEXT:
            continue
        printed = "".join(filter(leaves_ink, _words(piece, text, words)))
        if not printed:
            continue
        pdfium_c.FPDFPageObj_GetBounds(piece, left, bottom, right, top)
        pdfium_c.FPDFPageObj_GetFillColor(piece, *channels)
        pdfium_c.FPDFTextObj_GetFontSize(piece, size)
        box = Box(
            left.value * _MM,
            (height - top.value) * _MM,
            right.value * _MM,
            (height - bottom.value) * _MM,
        )
        look = (_font(piece, fonts), round(size.value, 2), _near_black(channels))
        pieces.append(Glyph(printed, box, box.x0, box.y1, *look, index + 1))
    return Sheet(index + 1, mm_from_points(width), mm_from_points(height), tuple(pieces))


def _words(piece: Any, text: pdfium.PdfTextPage, words: Any) -> str:
    """The characters of a text object, by way of the buffer ``words`` or of one large enough."""
    letters = ctypes.cast(words, ctypes.POINTER(pdfium_c.FPDF_WCHAR))
    size = pdfium_c.FPDFTextObj_GetText(piece, text, letters, len(words))  # with a closing zero
    if size > len(words):
        return _words(piece, text, ctypes.create_string_buffer(size))
    read = ctypes.string_at(words, size - 2).decode("utf-16-le", "replace")
    return read.replace(LINE_END_HYPHEN, "-")


def _font(piece: Any, names: dict[int, str]) -> str:
    """The name of a text object's font, asked once a font."""
    font = pdfium_c.FPDFTextObj_GetFont(piece)
    key = ctypes.addressof(font.contents)
    if key not in names:
        name = ctypes.create_string_buffer(128)
        pdfium_c.FPDFFont_GetBaseFontName(font, name, len(name))
        names[key] = name.value.decode("utf-8", "replace").split("+")[-1]
    return names[key]


def _near_black(channels: Sequence[ctypes.c_uint]) -> int:
    """A colour as an RGB number, 0 where it is not near black."""
    red, green, blue = (c.value for c in channels[:3])
    return (red << 16 | green << 8 | blue) if max(red, green, blue) <= MAX_CHANNEL else 0


def _look(text: pdfium.PdfTextPage, i: int) -> tuple[str, float, int]:
    """A glyph's font, size in points and near-black colour (0 for any other)."""
    channels = [ctypes.c_uint() for _ in range(4)]
    name = ctypes.create_string_buffer(128)
    pdfium_c.FPDFText_GetFillColor(text, i, *channels)
    pdfium_c.FPDFText_GetFontInfo(text, i, name, len(name), ctypes.c_int())
    return (
        name.value.decode("utf-8", "replace").split("+")[-1],
        round(pdfium_c.FPDFText_GetFontSize(text, i), 2),
        _near_black(channels),
    )
