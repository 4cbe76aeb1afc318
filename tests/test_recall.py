"""Pages whose codes and printed id are gone: known by their text, or by nobody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.engines.tesseract import Word
from pipeline.others import likeness
from pipeline.pages import page
from tests import scanning
from tests.bench import people
from tests.scanning import Json, Office, Pixels
from tests.simulator import TURNS

FOOT = 0.9  # of the page's height: below it are the codes and the id
PLEDGE = "non-disclosure-pledge"


class Issued:
    """An office with papers of three people; the first one's pledge as a scanner saw it."""

    def __init__(self, root: Path) -> None:
        self.office = scanning.open_office(root)
        self.rows = people.hires(3, 17)
        self.pledges = scanning.issue(self.office, self.rows, PLEDGE)
        self.consents = scanning.issue(self.office, self.rows, "consent-employee")
        self.pledged = self.office.page(self.pledges[0])


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return Issued(tmp_path_factory.mktemp("issued") / "office")


@pytest.fixture
def office(issued: Issued, tmp_path: Path) -> Office:
    return issued.office.copy_to(tmp_path / "office")


def footless(pixels: Pixels) -> Pixels:
    """The page with its foot torn off: the scanner saw its own white lid there."""
    torn = pixels.copy()
    torn[round(FOOT * len(torn)) :] = 255
    assert not page.codes(torn)
    return torn


def only_page(document: Json) -> Json:
    (found,) = document["pages"]
    assert isinstance(found, dict)
    return found


def test_page_is_known_by_its_text_and_read_like_any_other(office: Office, issued: Issued) -> None:
    torn = footless(issued.pledged)
    for turned in TURNS:
        office.put(f"{turned:03}.png", np.ascontiguousarray(np.rot90(torn, turned // 90)))
    for turned, document in zip(TURNS, office.take_in(), strict=True):
        assert document["paper"] == issued.pledges[0]["paper"]
        assert set(document["reasons"]) <= {"rescan"}  # of the second and those after it
        assert (only_page(document)["identified_by"], only_page(document)["turned"]) == (
            "text",
            turned,
        )
        assert all(field["status"] == "match" for field in document["fields"].values())


def test_every_page_of_a_paper_is_known(office: Office, issued: Issued) -> None:
    for number in (1, 2):
        office.put(f"{number}.png", footless(office.page(issued.consents[1], number)))
    *_first, document = office.take_in()
    assert (document["paper"], document["status"]) == (issued.consents[1]["paper"], "accepted")
    assert [one["identified_by"] for one in document["pages"]] == ["text", "text"]


def test_of_two_copies_none_is_named(office: Office, issued: Issued) -> None:
    (office.root / "data.json").write_bytes((issued.office.root / "data.json").read_bytes())
    again = office("generate", PLEDGE, "--data", "data.json", "--again", "--format", "pdf")
    assert again.code == 0
    office.put("a.png", footless(issued.pledged))
    (document,) = office.take_in()
    assert (document["status"], document["reasons"]) == ("review", ["ambiguous-identity"])
    assert (document["paper"], document["form"]) == (None, None)


def test_namesakes_who_differ_by_a_letter_are_told_apart_or_shown_to_a_person(
    office: Office, issued: Issued
) -> None:
    row = issued.rows[0]
    twin = {**row, "personnel_number": "99999", "last_name": f"{row['last_name'][:-1]}ж"}
    (paper,) = scanning.issue(office, [twin], PLEDGE)
    office.put("a.png", footless(issued.pledged))
    office.put("b.png", footless(office.page(paper)))
    found = [document["paper"] for document in office.take_in()]
    assert found[0] in (None, issued.pledges[0]["paper"])
    assert found[1] in (None, paper["paper"])


def test_somebody_elses_paper_of_the_same_form_is_nobodys(
    office: Office, issued: Issued, tmp_path: Path
) -> None:
    other = scanning.open_office(tmp_path / "other", b"another secret")
    (paper,) = scanning.issue(other, people.hires(1, 99), PLEDGE)
    office.put("a.png", footless(other.page(paper)))
    (document,) = office.take_in()
    assert (document["status"], document["paper"]) == ("review", None)


def test_changed_paper_is_not_accepted(office: Office, issued: Issued) -> None:
    forged = office.page(issued.pledges[0], forge="random")
    office.put("a.png", footless(forged))
    (document,) = office.take_in()
    assert document["status"] == "review"


class Ocr:
    """Sees words where lines begin at the left, as upright ones do, and little where they end."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def read_lines(self, lines: object, language: str = "rus") -> list[tuple[str, float]]:
        raise AssertionError("no line is asked for")

    def read_page(self, piece: Pixels) -> list[Word]:
        self.sizes.append(piece.size)
        rows = np.flatnonzero((piece < 128).any(axis=1))
        if not np.any(np.diff(rows) > 1):  # nothing, or lines that stand on end
            return []
        begun = piece[rows, : piece.shape[1] // 4] < 128
        return [Word("слово", 1.0, (0, 0, 50, 10))] * (30 if begun.any(axis=1).mean() > 0.9 else 4)


@pytest.mark.parametrize("turned", TURNS)
def test_a_page_that_is_empty_but_for_its_head_is_read_the_right_way_up(turned: int) -> None:
    sheet = np.full((2000, 1414), 255, np.uint8)
    for row in range(260, 560, 30):
        sheet[row : row + 12, 150 : 500 + row] = 0
    ocr = Ocr()
    text = likeness.read(np.ascontiguousarray(np.rot90(sheet, turned // 90)), ocr)
    assert text.turned == turned
    assert len(text.words) == 30
    # Upright it is read once and nothing else; only on its head is it read whole in vain.
    assert (len(ocr.sizes) == 1) == (turned == 0)
    assert ocr.sizes.count(sheet.size) == (2 if turned == 180 else 1)
