"""A person's file: what came back counts, what waits does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.papers import marks
from pipeline.personnel import dossier
from pipeline.personnel.standing import Item
from pipeline.registry import PersonRow, Registry
from tests import filing
from tests.conftest import Said

Paperloop = Callable[..., Said]
PLEDGE = "non-disclosure-pledge"


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def items(registry: Registry, workspace: Path) -> dict[str, Item]:
    (one,) = dossier.read(registry, filing.of(workspace), ["0042"])
    return {item.item: item for item in one.items}


def test_a_paper_is_received_when_its_document_is_accepted(
    registry: Registry, workspace: Path
) -> None:
    consent, pledge = filing.paper(), filing.paper(PLEDGE)
    filing.issue(registry, consent, pledge)
    document = filing.comes_back(registry, consent)
    found = items(registry, workspace)
    assert (found["consent-employee"].state, found[PLEDGE].state) == ("received", "missing")
    assert found["consent-employee"].evidence == (document,)
    assert "01.09.2026" in found[PLEDGE].why
    assert not found[PLEDGE].evidence


def test_a_paper_that_waits_is_missing_and_says_why(registry: Registry, workspace: Path) -> None:
    it = filing.paper()
    filing.issue(registry, it)
    document = filing.comes_back(registry, it, "signature-missing")
    item = items(registry, workspace)["consent-employee"]
    assert item.state == "missing"
    assert document in item.why
    assert "signature is missing" in item.why
    assert not item.evidence


def test_a_rejected_paper_is_missing(registry: Registry, workspace: Path) -> None:
    it = filing.paper()
    filing.issue(registry, it)
    filing.comes_back(registry, it, "altered", status="rejected")
    item = items(registry, workspace)["consent-employee"]
    assert item.state == "missing"
    assert "rejected" in item.why


def test_two_accepted_documents_of_a_paper_are_a_duplicate(
    registry: Registry, workspace: Path
) -> None:
    it = filing.paper()
    filing.issue(registry, it)
    first = filing.comes_back(registry, it)
    second = filing.comes_back(registry, it, again=2)
    item = items(registry, workspace)["consent-employee"]
    assert (item.state, item.evidence) == ("duplicate", (first, second))


def test_one_of_two_copies_is_enough(registry: Registry, workspace: Path) -> None:
    first, second = filing.paper(), filing.paper(copy=2)
    filing.issue(registry, first, second)
    document = filing.comes_back(registry, second)
    item = items(registry, workspace)["consent-employee"]
    assert (item.state, item.evidence) == ("received", (document,))


def test_a_superseded_paper_does_not_stand_for_the_new_one(
    registry: Registry, workspace: Path
) -> None:
    old, new = filing.paper(), filing.paper()
    filing.issue(registry, old)
    filing.comes_back(registry, old)
    filing.issue(registry, new)
    item = items(registry, workspace)["consent-employee"]
    assert item.state == "missing"
    assert marks.printed(old.id) in item.why


def test_the_inventory_is_not_a_paper_of_the_file(registry: Registry, workspace: Path) -> None:
    filing.issue(registry, filing.paper("inventory"))
    assert "inventory" not in items(registry, workspace)


def test_a_form_that_is_gone_keeps_its_name(registry: Registry, workspace: Path) -> None:
    filing.issue(registry, filing.paper("leave-request"))
    assert items(registry, workspace)["leave-request"].title == "leave-request"


@pytest.mark.parametrize(
    ("born", "state"), [("2010-05-05", "missing"), ("2008-05-05", "not-needed")]
)
def test_a_students_age_counts_from_the_day_that_the_registry_keeps(
    registry: Registry, workspace: Path, born: str, state: str
) -> None:
    student = PersonRow("0042", "Ёлкина Анна Юрьевна", "student", {"birth_date": born})
    filing.issue(registry, people=(student,))
    assert items(registry, workspace)["consent-representative"].state == state


def test_checklist_of_everybody(registry: Registry, workspace: Path, paperloop: Paperloop) -> None:
    boris = PersonRow("0043", "Агапов Борис Ильич", "employee")
    hers = filing.paper()
    filing.issue(
        registry, hers, filing.paper(key="0043", subject="0043"), people=(filing.ANNA, boris)
    )
    filing.comes_back(registry, hers)
    said = paperloop("checklist", "--json", "--today", "2026-09-14")
    assert said.code == 0
    anna, agapov = said.lines()
    told = {item.pop("item"): item for item in anna.pop("items")}
    assert anna == {
        "subject": "0042",
        "full_name": "Ёлкина Анна Юрьевна",
        "category": "employee",
        "as_of": "2026-09-14",
    }
    consent = told["consent-employee"]
    assert (consent["state"], consent["why"]) == ("received", "nothing is wrong with it")
    assert consent["evidence"] == [f"doc-{hers.id}"]
    assert told["education"]["state"] == "missing"
    assert told["dismissal"]["state"] == "not-needed"
    theirs = {item["item"]: item["state"] for item in agapov["items"]}
    assert theirs["consent-employee"] == "missing"
    # Who lacks more stands first in the table.
    assert said.err.index("0043") < said.err.index("0042")


def test_checklist_speaks_russian(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    it = filing.paper()
    filing.issue(registry, it)
    filing.comes_back(registry, it, "signature-missing")
    (answer,) = paperloop("checklist", "0042", "--lang", "ru", "--json").lines()
    (consent,) = (item for item in answer["items"] if item["item"] == "consent-employee")
    assert "нет подписи" in consent["why"]


def test_checklist_of_nobody_is_a_usage_error(workspace: Path, paperloop: Paperloop) -> None:
    said = paperloop("checklist", "0099")
    assert said.code == 2
    assert "0099" in said.err


def test_an_empty_registry_has_no_files(workspace: Path, paperloop: Paperloop) -> None:
    said = paperloop("checklist", "--json")
    assert (said.code, said.out) == (0, "")


def test_who_accepted_it_is_told(registry: Registry, workspace: Path, paperloop: Paperloop) -> None:
    it = filing.paper()
    filing.issue(registry, it)
    number = filing.comes_back(registry, it, "signature-missing")
    said = paperloop("review", "--accept", number, "--why", "signed before me", "--by", "Irina")
    assert said.code == 0
    item = items(registry, workspace)["consent-employee"]
    assert item.state == "received"
    assert "Irina: signed before me" in item.why


def test_papers_of_others_stay_out(registry: Registry, workspace: Path) -> None:
    mine, other = filing.paper(), filing.paper(key="0043", subject="0043")
    filing.issue(registry, mine, other)
    filing.comes_back(registry, other)
    assert items(registry, workspace)["consent-employee"].state == "missing"
