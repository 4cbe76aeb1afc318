"""The bench judges the program, so what it counts is tested first."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import settings
from pipeline.data.book import read
from pipeline.data.rows import take
from pipeline.engines.tesseract import Word
from pipeline.forms import rules
from pipeline.geometry import Box
from pipeline.personnel import archive, dossier
from pipeline.registry import Registry
from tests.bench import confidence, faults, filled, people, preprocessing, workspaces
from tests.bench.foreign import SET, TRUTH
from tests.bench.judging import false_alarms, identified, judge, printed, same
from tests.bench.measure import at_least, at_most, interval, share
from tests.bench.softening import CLAUSES
from tests.simulator import Marking, TruthPage

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


def test_only_the_pages_that_intake_complains_of_are_false_alarms() -> None:
    change = {"kind": "strike", "page": 2, "box_mm": [50, 50, 60, 52]}
    said = {**document("7F3K9QX2MD", 1, 2), "alterations": [change]}
    (one,) = judge([PAPER], [page(1), page(2)], [said])
    assert false_alarms([one]) == [False, True]
    assert one.altered_at(2, Box(60.5, 51, 70, 52)) == {"strike"}
    assert not one.altered_at(1, Box(50, 50, 60, 52))


def test_a_confidence_is_set_beside_how_often_it_was_right() -> None:
    stated = [(0.95, True)] * 40 + [(0.3, False), (1.0, True)]
    low, high, sure = confidence.table("a thing", stated)
    assert (low.profile, low.n, low.value, low.target) == ("[0, 0.5)", 1, 0.0, "≥ 0.300")
    assert (high.profile, high.n, high.value, high.met) == ("[0.9, 0.99)", 40, 1.0, True)
    assert sure.profile == "[0.99, 1]"


def test_a_confidence_that_is_too_high_is_told() -> None:
    (row,) = confidence.table("a thing", [(0.95, n % 2 == 0) for n in range(40)])
    assert row.met is False


def test_confidences_are_of_what_was_said() -> None:
    sure = {**document("7F3K9QX2MD", 1), "hand": {"signature": {"present": True, "confidence": 1}}}
    entry = {"status": "match", "value": "Ивнев Лев", "read": "Ивнев Аев", "confidence": 0.9}
    sure["fields"] = {"full_name": entry}
    unsigned = replace(page(1), marks=(Marking("signature", "signature", "tick", False),))
    judged = judge([PAPER], [unsigned], [sure])
    assert list(confidence.matches(judged)) == [(0.9, True)]
    assert list(confidence.readings(judged)) == []
    assert list(confidence.signatures(judged)) == [(1, False)]
    entry["status"] = "unreadable"
    assert list(confidence.readings(judged)) == [(0.9, False)]


def test_a_filled_office_is_one_that_the_program_reads(tmp_path: Path) -> None:
    office = workspaces.new(tmp_path / "office")
    filled.fill(office, 3, 1, 5)
    here = settings.load(office.root, today=office.today)
    with Registry.open(here.registry_url) as registry:
        files = list(dossier.read(registry, here))
        assert [len(one.bound.lines) for one in files] == [filled.DOCUMENTS] * 3
        listed = archive.yearly(files, filled.CLOSED_IN)
    assert len(listed["files"]) == 1


def test_the_benchs_people_are_without_a_fault(tmp_path: Path) -> None:
    rows = people.hires(200, 5)
    path = tmp_path / "people.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    wanted = dict.fromkeys(rows[0], True)
    loaded = take(read(path), wanted, "personnel_number", people.DAY)
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


def test_a_steps_figures_stand_off_before_on() -> None:
    less, more = (
        preprocessing.Read(tuple(Word(text, 0.5, (0, 0, 9, 9)) for text in said.split()), 1.0)
        for said in ("Настоящий ддгвр", "Настоящий договор")
    )
    assert (less.known, len(less.russian), more.known) == (1, 2, 2)
    kept, *_others, tried = preprocessing.STEPS
    for step, changed, usual in ((kept, less, more), (tried, more, less)):
        line = preprocessing.row(step, "turned", [(changed, usual)], ["настоящий договор"])
        assert line.split(" | ")[1:5] == ["turned", "1", "1000 → 1000", "1.0 → 2.0"]
        assert line.split(" | ")[-2:] == ["0.500 → 1.000", "0.176 → 0.000 |"]


def test_bent_lines_are_made_level() -> None:
    flat = np.full((2339, 1654, 3), 255, np.uint8)
    for top in range(200, 2100, 40):
        flat[top : top + 14, 150:1500] = 0
    bent = faults.bent(flat, np.random.default_rng(3))[..., 0]
    level = faults.levelled(bent)
    middle = slice(400, 1900), slice(200, 1450)
    assert bent[middle].mean(axis=1).std() < 0.8 * level[middle].mean(axis=1).std()
