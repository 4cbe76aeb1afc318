"""Our forms as another program prints them: other fonts, sizes, margins and lines, no codes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import docx as python_docx
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate

from pipeline.geometry import Box
from pipeline.papers import layout

RULE = "_" * 25  # what stands in a blank
_PEN_MM = 25.0  # a shorter rule nobody writes on


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody's program sets a text; sizes in points, margins in millimetres."""

    font: str = "DejaVu Sans"
    size: float = 10.0
    aside: float = 14.0
    top: float = 12.0
    lines: float = 1.0


LOOKS = (
    Look(),
    Look("Liberation Sans", 11.5, 20, 15, 1.1),
    Look("DejaVu Serif", 10.0, 17, 20),
    Look("Liberation Sans Narrow", 13.0, 25, 20, 1.15),
    Look("Liberation Serif", 12.5, 15, 10),
)


def other_program(template: Path, values: Mapping[str, str], look: Look | None = None) -> bytes:
    """The form filled and set anew, as DOCX; the foot with our codes is left out."""
    look = look or LOOKS[0]
    made = DocxTemplate(template)
    made.render(dict(values))
    out = io.BytesIO()
    made.save(out)
    document = python_docx.Document(out)
    for section in document.sections:
        section.left_margin = section.right_margin = Mm(look.aside)
        section.top_margin = Mm(look.top)
        for paragraph in section.footer.paragraphs:
            paragraph.clear()
    for run in document.element.body.iter(qn("w:rPr")):
        for name in ("w:rFonts", "w:sz", "w:szCs"):
            for old in run.findall(qn(name)):
                run.remove(old)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = look.font, Pt(look.size)
    if look.lines != 1:
        for paragraph in document.paragraphs:
            paragraph.paragraph_format.line_spacing = look.lines
    document.save(out)
    return out.getvalue()


def rules_of(sheet: layout.Sheet) -> list[Box]:
    """Where a pen writes: over each run of underscores that is long enough."""
    found: list[list[layout.Glyph]] = []
    for glyph in (glyph for glyph in sheet.glyphs if glyph.char == "_"):
        last = found[-1][-1].box if found else glyph.box
        if not found or glyph.box.x0 - last.x1 > 1 or abs(glyph.box.y1 - last.y1) > 1:
            found.append([])
        found[-1].append(glyph)
    boxes = map(layout.box_of, found)
    return [Box(b.x0, b.y1 - 6, b.x1, b.y1) for b in boxes if b.width > _PEN_MM]
