"""The crown test: issued, printed, signed, scanned with damage, taken in, compared with the truth.

Whatever the damage, nothing wrong may come out as right: no false identity, no accepted value that
differs, no signature that nobody wrote, no changed paper accepted. How many good papers pass
without a person is the bench's business; here only that most do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests import scanning
from tests.bench import people
from tests.bench.judging import identified, judge, printed, same
from tests.scanning import Json, Office
from tests.simulator import TRAPS, TURNS, Order, TruthPage

# Each profile with a format of its own and the share of good papers that must pass.
WAYS = {
    "office": ("pdf", 1.0),
    "worn": ("tiff", 0.5),
    "bilevel": ("png", 0.5),
    "phone": ("jpeg", 0.5),
}


SHORT = ("non-disclosure-pledge", "handover-act")  # one page each


class Issued:
    """An office with its papers: two people's sets, and an act."""

    def __init__(self, root: Path) -> None:
        self.office = scanning.open_office(root)
        hires = [row for row in people.hires(3, 41) if row["category"] == "employee"][:2]
        self.papers = scanning.issue(
            self.office, hires, "consent-employee", "non-disclosure-pledge"
        )
        self.papers += scanning.issue(self.office, people.acts(1, 41), "handover-act")

    def copy(self, folder: Path) -> Office:
        return self.office.copy_to(folder / "office")

    def of(self, *forms: str) -> list[Json]:
        return [paper for paper in self.papers if paper["form"] in forms]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return Issued(tmp_path_factory.mktemp("round") / "office")


def nothing_is_wrong(
    papers: Sequence[Json], truth: Sequence[TruthPage], said: Iterable[Json]
) -> None:
    """What holds whatever happened to the papers."""
    said = list(said)
    assert False not in identified(truth, said)
    turned = {(one.file, one.source_page): one.turned for one in truth}
    for document in said:
        for page in document["pages"]:
            if document["fields"]:
                assert page["turned"] == turned[page["source"], page["source_page"]]
    for one in judge(papers, truth, said):
        changed = {change.field for page in one.pages for change in page.forged}
        for name, words in printed(one.paper).items():
            field = one.said_of(name)
            assert field.get("value") is None or same(field["value"], words)
            assert field.get("expected") in (None, words)
            if name in changed:
                assert field.get("status") != "match", name
        for page in one.pages:
            for mark in page.marks:
                assert one.seen_in(mark.field) in (mark.present, None), mark


@pytest.mark.parametrize("profile", WAYS)
def test_signed_papers_come_back_as_they_were_issued(
    issued: Issued, tmp_path: Path, profile: str
) -> None:
    office = issued.copy(tmp_path)
    papers = issued.of(*SHORT)[1:]
    backs = profile == "office"
    if backs:
        papers += issued.of("consent-employee")[:1]
    fmt, enough = WAYS[profile]
    truth = office.scan(
        papers, "pile", profile, fmt=fmt, mixed=True, turns=TURNS, backs=backs, seed=7
    )
    said = office.take_in()
    fronts = [one for one in truth if one.page]
    assert identified(fronts, said) == [True] * len(fronts)
    nothing_is_wrong(papers, fronts, said)
    judged = judge(papers, fronts, said)
    assert sum(one.accepted for one in judged) >= enough * len(judged)
    blanks = {number for document in said for number in document["blanks"]}
    assert blanks == {one.source_page for one in truth if one.page is None}

    records = {record["paper"]: record for record in office("records").lines()}
    assert records.keys() == {one.paper["paper"] for one in judged if one.accepted}
    for one in judged:
        if one.accepted:
            record = records[one.paper["paper"]]
            assert record["signed"] is True
            assert record["subject"] == one.paper["subject"]
            for name, words in printed(one.paper).items():
                assert same(record["fields"][name], words), name


def test_unsigned_papers_are_never_accepted(issued: Issued, tmp_path: Path) -> None:
    office = issued.copy(tmp_path)
    truth: list[TruthPage] = []
    papers = issued.of(*SHORT)
    for number, paper in enumerate(papers):
        blanks = [p["field"] for p in paper["places"] if p["kind"] == "signature"]
        dates = {p["field"]: "date" for p in paper["places"] if p["kind"] == "date"}
        # Of two signatures one is there: the other is missing all the same.
        marks = {**dates, **dict.fromkeys(blanks, "sign"), blanks[0]: TRAPS[3 * number]}
        truth += office.scan(
            [paper], f"{number}", ("worn", "phone", "bilevel")[number],
            marks={paper["paper"]: marks},
        )  # fmt: skip
    said = office.take_in()
    nothing_is_wrong(papers, truth, said)
    assert {document["status"] for document in said} == {"review"}
    assert office("records").out == ""


def test_changed_papers_are_never_accepted(issued: Issued, tmp_path: Path) -> None:
    office = issued.copy(tmp_path)
    kinds = ("twin", "insert", "fluid")
    papers = issued.of(*SHORT)
    truth: list[TruthPage] = []
    for number, (paper, kind) in enumerate(zip(papers, kinds, strict=True)):
        truth += office.scan(
            [paper], f"{number}", ("worn", "phone", "bilevel")[number],
            forge=Order(kind), seed=3,
        )  # fmt: skip
    said = office.take_in()
    nothing_is_wrong(papers, truth, said)
    changed = {one.paper for one in truth if one.forged}
    assert len(changed) == len(kinds)
    assert not [d for d in said if d["status"] == "accepted" and d["paper"] in changed]


def test_paper_over_two_files_and_two_runs_is_one_document(issued: Issued, tmp_path: Path) -> None:
    office = issued.copy(tmp_path)
    (paper, *_) = issued.of("consent-employee")
    truth = office.scan([paper], "pages", "office", fmt="png")
    first, second = (one.file for one in truth)
    (half,) = office.take_in(first)
    assert half["status"] == "review"
    assert half["reasons"] == ["page-missing"]
    (whole,) = office.take_in(second)
    assert whole["document"] == half["document"]
    assert whole["source"] == half["source"]
    assert (whole["status"], whole["reasons"]) == ("accepted", [])
    assert [page["source"] for page in whole["pages"]] == [first, second]
    nothing_is_wrong([paper], truth, [whole])
    (record,) = office("records").lines()
    assert record["document"] == half["document"]
