"""One PDF of a whole batch, in the order in which it is printed and handed out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from docx import Document
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from pipeline.engines import office
from pipeline.files import unused, work_folder, write_atomic
from pipeline.flow.generate import Issued
from pipeline.forms import form as forms
from pipeline.i18n import _, in_language
from pipeline.language.wording import short_date
from pipeline.papers import marks
from pipeline.registry import Registry
from pipeline.settings import Settings, sheets_of

NAME = "print-run-{number:03}.pdf"
FONT = "Times New Roman"
WIDTHS_MM = (9, 18, 46, 49, 36, 12)


def write(issued: Sequence[Issued], settings: Settings, registry: Registry, folder: Path) -> Path:
    """The papers of a run one after another, person by person, an index before them.

    A paper with an odd number of pages gets an empty one, so that the next begins on a sheet of
    its own when both sides are printed. An earlier run's PDF is never overwritten.

    Raises:
        ToolMissingError, ToolFailedError: LibreOffice is missing or fails over the index.
    """
    people = dict.fromkeys(one.paper.key for one in issued)
    ordered = [one for key in people for one in issued if one.paper.key == key]
    document = pikepdf.new()
    for pdf in (_index(ordered, settings), *(registry.pdf_of(one.paper.id) for one in ordered)):
        with pikepdf.open(io.BytesIO(pdf)) as part:
            document.pages.extend(part.pages)
            if len(part.pages) % 2:
                x0, y0, x1, y1 = (float(side) for side in part.pages[-1].mediabox)
                document.add_blank_page(page_size=(x1 - x0, y1 - y0))
    stream = io.BytesIO()
    document.save(stream)
    return write_atomic(unused(folder, NAME), stream.getvalue())


def _index(ordered: Sequence[Issued], settings: Settings) -> bytes:
    """What is printed for whom, and how many sheets that makes."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(10)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10)
    style.paragraph_format.space_after = Pt(0)
    sheets = sum(sheets_of(one.paper.pages, both_sides=True) for one in ordered)
    title = _("Printed on {date}: papers {papers}, pages {pages}, sheets on both sides {sheets}")
    head = document.add_paragraph().add_run(
        title.format(
            date=short_date(settings.today), papers=len(ordered),
            pages=sum(one.paper.pages for one in ordered), sheets=sheets,
        )
    )  # fmt: skip
    head.bold = True
    columns = (_("No."), _("number"), _("for whom"), _("form"), _("paper"), _("pp."))
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.autofit = False
    titles = _titles(ordered, settings)
    rows = [
        (str(n), one.paper.key, one.paper.fields.get("full_name", ""), titles[one.paper.form],
         marks.printed(one.paper.id), str(one.paper.pages))
        for n, one in enumerate(ordered, start=1)
    ]  # fmt: skip
    for column, width in zip(table.columns, WIDTHS_MM, strict=True):
        column.width = Mm(width)
    for row in (columns, *rows):
        line = table.rows[0] if row is columns else table.add_row()
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if row is columns:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width in zip(line.cells, row, WIDTHS_MM, strict=True):
            cell.text, cell.width = text, Mm(width)
    stream = io.BytesIO()
    document.save(stream)
    with work_folder(settings.output) as work:
        file = work / "index.docx"
        file.write_bytes(stream.getvalue())
        (pdf,) = office.to_pdf([file], work, work / "profile")
        return pdf.read_bytes()


def _titles(ordered: Sequence[Issued], settings: Settings) -> dict[str, str]:
    found = [forms.load(name, settings) for name in {one.paper.form for one in ordered}]
    return {form.name: in_language(form.title, form.title_en) for form in found}
