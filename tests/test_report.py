"""The report of a batch: every sheet of the pile, in its order, with the reason in words."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.records import reasons
from pipeline.records.record import REVIEW, Document
from tests import awful, filing, others, scanning
from tests.bench import people
from tests.test_intake import blank, stranger


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A paper of two pages in the wrong order, a blank back, a stranger, a paper of one page."""
    office = scanning.open_office(tmp_path_factory.mktemp("report") / "office")
    pledge, consent = scanning.issue(
        office, people.hires(1, 29), "non-disclosure-pledge", "consent-employee"
    )
    office.put(
        "pile.tiff", office.page(consent, 2), blank(), stranger(), office.page(consent, 1),
        office.page(pledge),
    )  # fmt: skip
    (office.inbox / "torn.pdf").write_bytes(b"%PDF-1.7 and no more")
    assert office("intake", "inbox").code == 10
    (found,) = (office.root / "output" / "reports").iterdir()
    return found


def sheets(report: Path) -> list[tuple[str, str]]:
    text = report.read_text(encoding="utf-8")
    return re.findall(r'<div class="sheet (\w+)">.*?<p class="number">(.+?)</p>', text, re.DOTALL)


def test_every_sheet_of_the_pile_is_there_in_its_order(report: Path) -> None:
    assert sheets(report) == [
        ("green", "1"), ("grey", "2"), ("red", "3"), ("green", "4"), ("green", "5"), ("red", "—"),
    ]  # fmt: skip


def test_it_says_why_and_shows_the_sheet(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert "the form is not known" in text and "the file cannot be read" in text
    assert text.count("data:image/jpeg;base64,") == 4
    assert "http" not in text  # nothing from outside


@pytest.mark.skipif(sys.platform == "win32", reason="there the folder's rights count")
def test_only_its_owner_may_read_it(report: Path) -> None:
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_each_sheet_tells_what_is_amiss_on_it_and_points_to_the_others() -> None:
    it = filing.paper()
    struck = filing.page(it, source="a.pdf", source_page=4, alterations=(filing.struck(),) * 3)
    clean = filing.page(it, source="a.pdf", source_page=5, page=2)
    document = Document("doc-X", "a.pdf", REVIEW, ("altered",), pages=(struck, clean))
    assert reasons.explained(document, page=clean) == [f"{reasons.words('altered')}: see sheet 4"]
    (line,) = reasons.explained(document, page=struck)
    assert line.count("third parties") + line.count("третьим лицам") == 1
    assert reasons.explained(document) == [line]


def test_doubled_page_names_its_sheets() -> None:
    it = filing.paper()
    twice = [filing.page(it, source="a.pdf", source_page=number) for number in (7, 9)]
    document = Document("doc-X", "a.pdf", REVIEW, ("page-doubled",), pages=tuple(twice))
    (line,) = reasons.explained(document)
    assert line.endswith("page 1 on sheets 7, 9")


def test_struck_value_that_reads_as_issued_is_not_told_as_two_values() -> None:
    it = filing.paper()
    struck = filing.field(status="mismatch", read="Ёлкина  Анна Юрьевна", value=None)
    page = filing.page(it, fields=(struck,))
    document = Document("doc-X", "a.pdf", REVIEW, ("field-mismatch",), pages=(page,))
    (line,) = reasons.explained(document)
    assert "reads as issued" in line and "Ёлкина" not in line


@pytest.mark.parametrize(
    ("folder", "stacked"),
    [(awful.REPORT.parent, awful.STACKED), (others.KEPT, others.STACKED)],
    ids=["awful", "others"],
)
def test_every_sheet_of_a_sample_is_explained_and_shown(
    folder: Path, stacked: Sequence[awful.Spoilt | others.Strange]
) -> None:
    told = re.findall(r"^\| (\d+) \| ([^|]+) \|", (folder / "README.md").read_text("utf-8"), re.M)
    sheets_told = [(int(number), what) for number, what in told]
    assert sheets_told == list(enumerate((sheet.what for sheet in stacked), start=1))
    numbers = [number for _colour, number in sheets(folder / "report.html")]
    assert numbers == [str(number) for number, _what in sheets_told]
