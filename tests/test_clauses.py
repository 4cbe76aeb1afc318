"""Clauses that somebody crossed out: what the record says that the consent is without."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms import form as forms
from pipeline.geometry import Box
from pipeline.pages.reading import Alteration
from pipeline.papers import layout
from pipeline.papers.layout import Glyph, Sheet
from pipeline.records import clauses
from pipeline.registry import Registry
from pipeline.settings import load
from tests import filing, scanning
from tests.bench import people
from tests.scanning import Office

INSURER = "без передачи в страховую компанию"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return scanning.open_office(tmp_path_factory.mktemp("clauses") / "office")


def lines_of(sheets: tuple[Sheet, ...], first: str, last: str) -> list[list[Glyph]]:
    """The printed lines from the one with the first words to that with the last."""
    lines = [line for sheet in sheets for line in layout.lines(sheet.glyphs)]
    texts = ["".join(glyph.char for glyph in line) for line in lines]
    begin = next(n for n, text in enumerate(texts) if first in text)
    end = next(n for n, text in enumerate(texts) if n >= begin and last in text)
    return lines[begin : end + 1]


def strike(line: list[Glyph], share: float = 1.0) -> Alteration:
    """A stroke through the first part of a line."""
    box = layout.box_of(line)
    middle = (box.y0 + box.y1) / 2
    end = box.x0 + share * box.width
    return Alteration("strike", line[0].page, Box(box.x0, middle - 0.4, end, middle + 0.4), "x")


def test_the_record_says_what_a_consent_is_without(office: Office) -> None:
    rows = [row for row in people.hires(8, 5) if row["category"] == "municipal-servant"]
    (issued, *_rest) = scanning.issue(office, rows, "consent-municipal")
    settings = load(office.root)
    with Registry.open(settings.registry_url) as registry:
        paper = registry.paper(issued["paper"])
        assert paper is not None
        struck = lines_of(layout.sheets(registry.pdf_of(paper.id)), "напередачусвоих", "граждан.")
        filing.comes_back(registry, paper, alterations=tuple(strike(line) for line in struck))
    (record,) = office("records", "--json").lines()
    assert record["without"] == [INSURER]
    (bare,) = office("records", "--subject", "nobody", "--json").lines() or [{"without": []}]
    assert bare["without"] == []


def test_a_word_in_a_clause_does_not_take_it_away(office: Office) -> None:
    rows = [row for row in people.hires(8, 6) if row["category"] == "municipal-servant"]
    (issued, *_rest) = scanning.issue(office, rows, "consent-municipal")
    sheets = layout.sheets((office.root / issued["pdf"]).read_bytes())
    clause = lines_of(sheets, "напередачусвоих", "граждан.")
    known = {"на передачу своих персональных данных … граждан": INSURER}
    assert clauses.struck(known, sheets, [strike(clause[0], 0.3)]) == ()
    assert clauses.struck(known, sheets, [strike(line) for line in clause]) == (INSURER,)
    # What is crossed out elsewhere is another matter.
    other = lines_of(sheets, "Обработкаперсональныхданныхбудет", "Интернет")
    assert clauses.struck(known, sheets, [strike(line) for line in other]) == ()


@pytest.mark.parametrize("name", ["consent-municipal", "consent-employee"])
def test_packaged_clauses_stand_in_their_forms(name: str, office: Office, tmp_path: Path) -> None:
    form = forms.load(name, load(office.root))
    rows = [r for r in people.hires(8, 7)
            if (r["category"] == "employee") == (name == "consent-employee")]  # fmt: skip
    (issued, *_rest) = scanning.issue(office, rows[:1], name)
    sheets = layout.sheets((office.root / issued["pdf"]).read_bytes())
    whole = [strike(line) for sheet in sheets for line in layout.lines(sheet.glyphs)]
    assert clauses.struck(form.clauses, sheets, whole) == tuple(form.clauses.values())
