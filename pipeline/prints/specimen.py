"""The specimen sheet: every letter, digit and sign in the fonts of a form.

It is printed through the same office program as the form, once for each set of fonts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
SIGNS = "0123456789.,;:-–—/()«»\"№%+=!?'"
LATIN = "abcdefghijklmnopqrstuvwxyz"
SPECIMEN = LETTERS + LETTERS.upper() + LATIN + LATIN.upper() + SIGNS
SPECIMEN_PT = 12.0
STYLES = ((False, False), (True, False), (False, True), (True, True))


def fonts_of(template: Path) -> tuple[str, ...]:
    """The font families that a DOCX asks for, sorted: what its specimen sheet must show."""
    found = set()
    with zipfile.ZipFile(template) as archive:
        for name in archive.namelist():
            if name in ("word/document.xml", "word/styles.xml") or name.startswith(
                ("word/header", "word/footer")
            ):
                parser = etree.XMLParser(resolve_entities=False, no_network=True)
                for fonts in etree.fromstring(archive.read(name), parser).iter(qn("w:rFonts")):
                    found |= {fonts.get(qn(f"w:{a}")) for a in ("ascii", "hAnsi")}
    return tuple(sorted(f for f in found if f)) or ("Times New Roman",)


def printed(fonts: Iterable[str]) -> bytes:
    """A DOCX that prints every character in each font: plain, bold, italic and both."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for font in fonts:
        for bold, italic in STYLES:
            # Spaces between the letters: no kerning, no ligature, no neighbour in a glyph's cell.
            run = document.add_paragraph().add_run("  ".join(SPECIMEN))
            run.bold, run.italic = bold, italic
            run.font.name, run.font.size = font, Pt(SPECIMEN_PT)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
