"""The bench judges the program, so what it counts is tested first."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline import data, rules, settings
from pipeline.book import read
from tests.bench import people
from tests.bench.foreign import SET, TRUTH
from tests.bench.judging import identified, judge, printed, same
from tests.bench.measure import at_least, at_most, interval, share
from tests.bench.softening import CLAUSES
from tests.simulator import TruthPage

PAPER = {
    "paper": "7F3K9QX2MD",
    "form": "consent-employee",
    "fields": {"full_name": "Ивнев Лев", "insurer": ""},
    "places": [
        {"field": "full_name", "kind": "text", "hand": False},
        {"field": "insurer", "kind": "text", "hand": True},
    ],
}


def page(number: int, paper: str = "7F3K9QX2MD") -> TruthPage:
    return TruthPage(
        "inbox/a.pdf", number, paper, "consent-employee", number, 2, 0, "office", 200, "grey",
        (), (), (),
    )  # fmt: skip


def document(paper: str | None, *pages: int, status: str = "accepted") -> dict[str, Any]:
    return {
        "document": f"doc-{paper}",
        "status": status,
        "reasons": [],
        "paper": paper,
        "pages": [{"source": "inbox/a.pdf", "source_page": n, "page": n} for n in pages],
        "fields": {"full_name": {"status": "match", "value": "Ивнев Лев"}},
        "hand": {"signature": {"present": None}},
        "alterations": [],
    }


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 300, 0.0, 0.00993), (300, 300, 0.99006, 1.0), (8, 10, 0.44390, 0.97479)],
)
def test_intervals_are_the_exact_ones(hits: int, n: int, low: float, high: float) -> None:
    assert interval(hits, n) == pytest.approx((low, high), abs=1e-5)


def test_nothing_counted_meets_no_target() -> None:
    assert share("a", "b", 0, 0, at_most(0)).met is False
    assert share("a", "b", 0, 9, at_most(0)).met is True
    assert share("a", "b", 8, 9, at_least(0.97)).met is False
    assert share("a", "b", 8, 9).met is None


def test_identities_are_right_wrong_or_missing() -> None:
    said = [document("7F3K9QX2MD", 1), document("0000000000", 2), document(None, 3)]
    assert identified([page(1), page(2), page(3), page(4)], said) == [True, False, None, None]


def test_a_paper_is_judged_by_the_last_word_on_it() -> None:
    said = [document("7F3K9QX2MD", 1, status="review"), document("7F3K9QX2MD", 1, 2)]
    (one,) = judge([PAPER, {**PAPER, "paper": "1111111111"}], [page(1), page(2)], said)
    assert one.accepted
    assert one.said_of("full_name")["status"] == "match"
    assert one.said_of("nothing") == {}
    assert one.seen_in("signature") is None


def test_a_blank_for_a_pen_is_no_printed_field() -> None:
    assert printed(PAPER) == {"full_name": "Ивнев Лев"}


def test_values_are_what_was_printed() -> None:
    assert same("2010-08-13", "«13» августа 2010 г.")
    assert same("А.С. Ивнев", "А.С.\u00a0Ивнев")
    assert not same("2010-08-18", "13.08.2010")
    assert not same(None, "Ивнев")


def test_the_benchs_people_are_without_a_fault(tmp_path: Path) -> None:
    rows = people.hires(200, 5)
    path = tmp_path / "people.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    wanted = dict.fromkeys(rows[0], True)
    loaded = data.take(read(path), wanted, "personnel_number", people.DAY)
    assert (len(loaded.rows), loaded.problems) == (200, ())
    assert all(rules.snils_is_valid("".join(filter(str.isdigit, row["snils"]))) for row in rows)


@pytest.mark.parametrize("form", CLAUSES)
def test_the_clauses_to_be_softened_are_the_forms_own(form: str) -> None:
    path = settings.packaged_templates() / form / "form.docx"
    with zipfile.ZipFile(path) as docx:
        text = docx.read("word/document.xml").decode("utf-8")
    assert [was for was, _now in CLAUSES[form] if was not in text] == []


def test_the_foreign_set_is_whole() -> None:
    known = json.loads((SET / TRUTH).read_text(encoding="utf-8"))
    scans = {Path(page["file"]).name for page in known["pages"]}
    assert scans == {path.name for path in SET.glob("*.jpg")}
    assert {page["paper"] for page in known["pages"]} == {one["paper"] for one in known["papers"]}
