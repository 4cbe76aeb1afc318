"""A paper that came back again: the better scan is offered, and the earlier one settled with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import settings
from pipeline.papers.paper import Paper
from pipeline.records import record
from pipeline.records.binding import now
from pipeline.records.handover import LAW, Going, Ground
from pipeline.registry import Registry
from tests import filing, scanning
from tests.bench import people
from tests.conftest import Said
from tests.test_review import unsigned

Paperloop = Callable[..., Said]


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


@pytest.fixture
def paper(registry: Registry) -> Paper:
    made = filing.paper()
    filing.issue(registry, made)
    return made


def first(registry: Registry, paper: Paper, **changes: Any) -> str:
    """A scan of the paper before anybody had signed it."""
    without = {"hand": unsigned(False), **changes}
    return filing.comes_back(registry, paper, "signature-missing", **without)


def again(registry: Registry, paper: Paper, *reasons: str, number: int = 2, **changes: Any) -> str:
    return filing.comes_back(registry, paper, *reasons, "rescan", again=number, **changes)


def statuses(registry: Registry, paper: Paper) -> list[str]:
    return [document.status for document in registry.documents_of_paper(paper.id)]


def listed(paperloop: Paperloop) -> str:
    """The table of what waits, as running text."""
    return " ".join(paperloop("review").err.replace("│", " ").split())


def test_listing_offers_the_better_scan(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    earlier, later = first(registry, paper), again(registry, paper)
    one, two = paperloop("review", "--json").lines()
    assert (one["document"], one["replaces"]) == (earlier, [])
    assert two["document"] == later
    assert two["replaces"] == [
        {
            "document": earlier, "status": "review", "mended": ["signature-missing"], "added": [],
            "better": True,
        }
    ]  # fmt: skip
    text = listed(paperloop)
    assert f"better than {earlier}" in text and "only there: a signature is missing" in text


def test_listing_says_where_the_later_scan_is_no_better(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    earlier = first(registry, paper)
    again(registry, paper, "signature-missing", "altered", alterations=(filing.struck(),),
          hand=unsigned(False))  # fmt: skip
    (offer,) = paperloop("review", "--json").lines()[1]["replaces"]
    assert (offer["document"], offer["better"]) == (earlier, False)
    assert (offer["mended"], offer["added"]) == ([], ["altered"])
    assert "but is no better" in listed(paperloop)


def test_fewer_fields_in_doubt_are_better(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    two = (filing.smeared(), filing.smeared("birth_date"))
    filing.comes_back(registry, paper, "field-unreadable", fields=two)
    again(registry, paper, "field-unreadable", fields=two[:1])
    assert paperloop("review", "--json").lines()[1]["replaces"][0]["better"] is True


def test_accepting_the_later_settles_the_earlier(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    earlier, later = first(registry, paper), again(registry, paper)
    said = paperloop("review", "--accept", later, "--by", "Irina")
    assert said.code == 0, said.err
    assert statuses(registry, paper) == ["rejected", "accepted"]
    (settlement,) = registry.settlements(earlier)
    assert (settlement.action, settlement.by) == ("reject", "Irina")
    assert settlement.why == f"replaced by a better scan: {later}"
    assert f"{earlier}: rejected (replaced by a better scan: {later})" in said.err
    assert [line["document"] for line in paperloop("records").lines()] == [later]
    assert "Nothing waits" in paperloop("review").err
    (file,) = paperloop("checklist", "0042", "--json").lines()
    (item,) = [item for item in file["items"] if item["evidence"]]
    assert (item["state"], item["evidence"]) == ("received", [later])


def test_accepted_paper_is_replaced_too_and_keeps_its_sheets(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    accepted = filing.comes_back(registry, paper)
    before = paperloop("file", "show", "0042", "--json").lines()
    later = again(registry, paper)
    assert paperloop("review", "--accept", later).code == 0
    assert statuses(registry, paper) == ["rejected", "accepted"]
    assert [s.action for s in registry.settlements(accepted)] == ["reject"]
    after = paperloop("file", "show", "0042", "--json").lines()
    sheets = [[line.get("sheets") for line in lines] for lines in (before, after)]
    assert sheets[0] == sheets[1]


def test_accepting_the_earlier_leaves_the_later_waiting(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    earlier, later = first(registry, paper), again(registry, paper)
    assert paperloop("review", "--accept", earlier, "--why", "signed elsewhere").code == 0
    assert statuses(registry, paper) == ["accepted", "review"]
    assert paperloop("review", "--accept", later).code == 0
    assert statuses(registry, paper) == ["rejected", "accepted"]
    assert [s.action for s in registry.settlements(earlier)] == ["accept", "reject"]


def test_what_was_turned_away_stays_as_it_was(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    earlier = first(registry, paper)
    assert paperloop("review", "--reject", earlier, "--why", "unsigned").code == 0
    later = again(registry, paper)
    assert paperloop("review", "--json").lines()[0]["replaces"] == []
    assert paperloop("review", "--accept", later).code == 0
    assert [s.why for s in registry.settlements(earlier)] == ["unsigned"]


def test_two_scans_of_one_paper_are_not_both_accepted(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    again(registry, paper, number=1)
    later = again(registry, paper)
    said = paperloop("review", "--accept", f"doc-{paper.id}", "--accept", later)
    assert said.code == 2
    assert "cannot both be accepted" in said.err
    assert statuses(registry, paper) == ["review", "review"]


def test_rejecting_the_earlier_in_the_same_breath_is_the_persons_word(
    registry: Registry, paper: Paper, paperloop: Paperloop
) -> None:
    earlier, later = first(registry, paper), again(registry, paper)
    said = paperloop("review", "--accept", later, "--reject", earlier, "--why", "unsigned")
    assert said.code == 0, said.err
    assert [s.why for s in registry.settlements(earlier)] == ["unsigned"]


def test_from_the_scanner_to_one_accepted_document(tmp_path: Path) -> None:
    """Unsigned, scanned, given back, signed, scanned again."""
    office = scanning.open_office(tmp_path / "office")
    (pledge,) = scanning.issue(office, people.hires(1, 43), "non-disclosure-pledge")
    office.put("1.png", office.page(pledge, marks={pledge["paper"]: {}}))
    (unsigned,) = office.take_in()
    assert "signature-missing" in unsigned["reasons"]
    office.put("2.png", office.page(pledge))
    (signed,) = office.take_in("inbox/2.png")
    assert (signed["status"], signed["reasons"]) == ("review", ["rescan"])
    assert signed["earlier"] == unsigned["document"]
    (offer,) = office("review", "--json").lines()[1]["replaces"]
    assert offer["better"] and "signature-missing" in offer["mended"]
    assert office("review", "--accept", signed["document"]).code == 0
    assert [line["document"] for line in office("records").lines()] == [signed["document"]]
    # Read anew, neither is brought back to a person.
    states = {d["document"]: d["status"] for d in office.take_in("inbox", "--again")}
    assert states == {unsigned["document"]: "rejected", signed["document"]: "accepted"}


def test_what_another_organisation_has_stays_accepted_when_its_scan_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = scanning.open_office(tmp_path / "office")
    (hire, other) = people.hires(2, 45)
    pledge, beside = scanning.issue(office, [hire, other], "non-disclosure-pledge")
    office.put("pile.tiff", office.page(pledge), office.page(beside))
    taken = office.take_in()
    assert [it["status"] for it in taken] == ["accepted"] * 2
    setting = settings.load(office.root, today=scanning.DAY)
    ground = Ground(LAW, "статья 22 Федерального закона")
    going = Going("act", "САО «Рысь»", "страхования", scanning.DAY, ground)
    with Registry.open(setting.registry_url) as registry:
        registry.enter(going.event(pledge["subject"], pledge["paper"], 1, "Irina", now()))
    # The data were corrected meanwhile: both papers are of an earlier version now.
    changed = [{**one, "passport_number": "111111"} for one in (hire, other)]
    scanning.issue(office, changed, "non-disclosure-pledge")
    said = office("intake", "inbox", "--again", "--json")
    states = {it["subject"]: (it["status"], it["reasons"]) for it in said.lines()}
    assert states == {
        pledge["subject"]: ("accepted", ["stale-version"]),
        beside["subject"]: ("review", ["stale-version"]),
    }
    (line,) = (it for it in said.err.splitlines() if "handed over" in it)
    assert (said.code, taken[0]["document"] in line) == (10, True)
    # Where the sheet is not even known again, its file stays as it was read.
    monkeypatch.setattr("pipeline.flow.intake.gather", lambda scan, *_more: [
        record.rejected(f"doc-{scan.sha256[:12]}", scan.source, "blank")
    ])  # fmt: skip
    said = office("intake", "inbox", "--again", "--json")
    assert (said.code, "former reading" in said.err) == (10, True)
    assert {it["subject"]: it["status"] for it in said.lines()} == {
        subject: status for subject, (status, _reasons) in states.items()
    }


def test_page_that_comes_late_joins_no_paper_that_was_accepted_meanwhile(tmp_path: Path) -> None:
    office = scanning.open_office(tmp_path / "office")
    (consent,) = scanning.issue(office, people.hires(1, 44), "consent-employee")
    pages = [office.page(consent, number) for number in (1, 2)]
    office.put("1.png", pages[0])
    office.put("2.tiff", *pages)
    half, whole = office.take_in()
    assert (half["reasons"], whole["reasons"]) == (["page-missing"], ["rescan"])
    assert office("review", "--accept", whole["document"]).code == 0
    office.put("3.png", in_other_bytes(pages[1]))
    (late,) = office.take_in("inbox/3.png")
    # Nor the half that was settled with it.
    assert late["document"] not in (half["document"], whole["document"])
    assert (late["status"], late["reasons"]) == ("review", ["page-missing", "rescan"])
    assert [line["document"] for line in office("records").lines()] == [whole["document"]]


def test_no_later_page_undoes_a_rejection(tmp_path: Path) -> None:
    office = scanning.open_office(tmp_path / "office")
    (consent,) = scanning.issue(office, people.hires(1, 44), "consent-employee")
    first, second = (office.page(consent, number) for number in (1, 2))
    office.put("1.png", first)
    (half,) = office.take_in()
    assert half["reasons"] == ["page-missing"]
    assert office("review", "--accept", half["document"]).code == 2  # without a reason
    why = ("--why", "подпись чужая")
    assert office("review", "--reject", half["document"], *why).code == 0
    office.put("2.png", second)
    (late,) = office.take_in("inbox/2.png")
    assert late["document"] != half["document"]
    assert (late["status"], "page-missing" in late["reasons"]) == ("review", True)
    assert office("records").lines() == []


def in_other_bytes(page: scanning.Pixels) -> scanning.Pixels:
    """The same page in other bytes."""
    changed = page.copy()
    changed[0, 0] ^= 1
    return changed
