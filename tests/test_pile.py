"""Papers laid out together come out as each does alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.data import examples
from pipeline.engines import docx, office, pile
from pipeline.forms import form as forms
from pipeline.forms.form import Form
from pipeline.papers import draft, layout
from pipeline.papers.layout import Sheet
from pipeline.settings import Settings, load
from tests.scanning import open_office
from tests.templates import FORM, MAIN, changed

IDS = ("7F3K9QX2MD", "7F3K9QX2MX", "7F3K9QX2M1")
DAY = date(2026, 9, 1)
LONG = "Новозареченская область, Верхнеозерский муниципальный район, дер. Малые Броды, " * 3
FOOT = "word/footer1.xml"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    office = open_office(tmp_path_factory.mktemp("pile") / "office")
    return load(office.root, today=DAY)


def copies(form: Form, settings: Settings) -> list[bytes]:
    """A form for three people, the second one's words long enough to move what follows."""
    template = docx.compile_template(form.template)
    row = examples.row_of(form.inputs())
    longer = {k: LONG for k in ("address", "recipient", "approved_by") if k in row}
    answer = []
    for paper_id, values in zip(IDS, (row, row | longer, row), strict=True):
        filled = forms.fill(form, values, settings.operator, DAY)
        answer.append(draft.of(form, template, filled, paper_id).docx)
    return answer


def looks(sheets: tuple[Sheet, ...]) -> list[tuple[int, str, list[float]]]:
    """Each page's fields, and all its words; boxes to a hundredth of a millimetre."""
    answer = []
    for sheet in sheets:
        for colour, glyphs in layout.by_colour(sheet.glyphs).items():
            box = [round(side, 2) for side in layout.box_of(glyphs).as_list()]
            answer.append((colour, "".join(g.char for g in glyphs), box))
        answer.append((0, "".join(g.char for g in sheet.glyphs), []))
    return answer


def test_in_a_pile_every_form_looks_as_it_does_alone(settings: Settings, tmp_path: Path) -> None:
    files: list[Path] = []
    for name in forms.names(settings):
        form = forms.load(name, settings)
        if form.command:
            continue  # it is one paper, never a batch
        alone = copies(form, settings)
        together = pile.pile(alone)
        assert together, f"{name} cannot be piled"
        for number, content in enumerate([*alone, together]):
            files.append(tmp_path / f"{name}.{number}.docx")
            files[-1].write_bytes(content)
    pdfs = iter(office.to_pdf(files, tmp_path, tmp_path / "profile"))
    for *each, whole in zip(pdfs, pdfs, pdfs, pdfs, strict=True):
        lone = [s for pdf in each for s in layout.sheets(pdf.read_bytes())]
        piled = layout.sheets(whole.read_bytes())
        assert looks(piled) == looks(tuple(lone)), whole.name


NUMBERED = ('numFmt w:val="bullet"', 'numFmt w:val="decimal"')
NOT_TO_BE_PILED = {
    "a list that counts": {"word/numbering.xml": lambda xml: xml.replace(*NUMBERED)},
    "two sections": {
        MAIN: lambda xml: xml.replace("</w:pPr>", "<w:sectPr/></w:pPr>", 1),
    },
    "another field": {FOOT: lambda xml: xml.replace(" PAGE ", " DATE ")},
    "a field in the text": {
        MAIN: lambda xml: xml.replace("<w:t>", "<w:instrText> PAGE </w:instrText><w:t>", 1)
    },
    "pages that do not count from 1": {
        MAIN: lambda xml: xml.replace('pgNumType w:start="1"', 'pgNumType w:start="3"'),
    },
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_TO_BE_PILED)
def test_what_cannot_be_kept_apart_is_not_piled(
    settings: Settings, tmp_path: Path, what: str
) -> None:
    folder = changed(tmp_path, NOT_TO_BE_PILED[what]).parent
    form = replace(forms.load(FORM, settings), folder=folder)
    assert pile.pile(copies(form, settings)) is None
