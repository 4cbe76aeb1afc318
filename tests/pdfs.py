"""PDFs for tests: plain ones made here, and what independent readers see on a page."""

from __future__ import annotations

import io

import numpy as np
import pdfplumber
import pikepdf
import zxingcpp

from pipeline.geometry import MM_PER_INCH, Box, mm_from_points, mm_from_px, union
from pipeline.papers import layout

A4_PT = (595.276, 841.89)
_LOOK_DPI = 200


def plain(pages: int, content: bytes = b"") -> bytes:
    """An A4 PDF; ``content`` are operators on every page, with Helvetica as /F."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for _number in range(pages):
        document.add_blank_page(page_size=A4_PT)
        page = document.pages[-1]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = document.make_stream(content)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def codes_on(pdf: bytes, page: int) -> list[tuple[str, Box]]:
    """The text and place of every code on a page as rendered, from left to right."""
    image = layout.render(pdf, page, _LOOK_DPI)
    found = []
    for code in zxingcpp.read_barcodes(np.ascontiguousarray(image)):
        corners = code.position
        points = (corners.top_left, corners.bottom_right, corners.top_right, corners.bottom_left)
        box = union(Box(*(mm_from_px(v, _LOOK_DPI) for v in (p.x, p.y, p.x, p.y))) for p in points)
        found.append((code.text, box))
    return sorted(found, key=lambda item: item[1].x0)


class Judged:
    """A page as pdfplumber sees it: characters with colours, and everything drawn."""

    def __init__(self, pdf: bytes, number: int) -> None:
        with pdfplumber.open(io.BytesIO(pdf)) as document:
            page = document.pages[number - 1]
            self.chars = [
                (c["text"], _colour(c["non_stroking_color"]), _box(c))
                for c in page.chars
                if not c["text"].isspace()
            ]
            self.drawn = [_box(d) for d in (*page.rects, *page.lines, *page.curves, *page.images)]

    def in_box(self, place: Box) -> str:
        """Every character that reaches into a box."""
        return "".join(t for t, _c, box in self.chars if box.overlaps(place))


def _colour(value: object) -> int:
    """The RGB number of a fill colour; greys and names are black here."""
    if not isinstance(value, list | tuple) or len(value) != 3:
        return 0
    red, green, blue = (round(float(v) * 255) for v in value)
    return red << 16 | green << 8 | blue


def _box(thing: dict[str, float]) -> Box:
    sides = (thing["x0"], thing["top"], thing["x1"], thing["bottom"])
    return Box(*(mm_from_points(v) for v in sides))


def inside(box: Box, place: Box) -> bool:
    """Whether the middle of a character's box is in a place."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return place.x0 <= x <= place.x1 and place.y0 <= y <= place.y1


def mm(points: float) -> float:
    """PDF points as millimetres, reckoned anew."""
    return points / 72 * MM_PER_INCH
