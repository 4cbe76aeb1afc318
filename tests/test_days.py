"""The day that papers and lists say is the one that the office works on, not the machine's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.flow import generate
from pipeline.registry import Registry
from tests import filing
from tests.conftest import Said
from tests.test_file import SERVANT, consent, terms

Paperloop = Callable[..., Said]
DAY = ("--today", "2031-05-12")
NEXT = ("--today", "2031-06-02")
EARLIER = ("--today", "2019-01-15")
BY = ("--by", "Irina")


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    office = filing.of(workspace)
    with Registry.open(office.registry_url, office.today) as opened:
        yield opened


@pytest.fixture(autouse=True)
def wishes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be printed."""
    found: list[Any] = []
    monkeypatch.setattr(generate, "issue", filing.unprinted(SERVANT, found))
    return found


def tick(paperloop: Paperloop, item: str, *more: str) -> None:
    assert paperloop("checklist", "0042", "--tick", item, *BY, *more).code == 0


def test_what_is_entered_and_taken_out_bears_the_day_given(
    registry: Registry, paperloop: Paperloop, wishes: list[Any]
) -> None:
    filing.issue(registry, filing.paper("consent-municipal"), people=(SERVANT,))
    tick(paperloop, "education", "--title", "Диплом", *DAY)
    tick(paperloop, "passport", *EARLIER)  # said later: its sheets come after, whatever the day
    (found,) = paperloop("search", "диплом", "--json", *NEXT).lines()
    assert (found["date"], found["came_in"]) == ("2031-05-12", "2031-05-12")
    assert paperloop("file", "remove", "0042", "1", "--why", "отдан", *BY, *NEXT).code == 0
    (answer,) = paperloop("file", "show", "0042", "--json").lines()
    assert [(row["sheets"], row["note"]) for row in answer["rows"]] == [
        ("1", "изъят 02.06.2031: отдан"),
        ("2", ""),
    ]
    assert paperloop("file", "removal-act", "0042", *BY, "--today", "2031-07-01").code == 0
    assert "02.06.2031: отдан" in str(wishes[-1].filled.printed)


def test_a_handover_is_of_the_day_given(registry: Registry, paperloop: Paperloop) -> None:
    filing.issue(registry, filing.paper("consent-municipal"), people=(SERVANT,))
    tick(paperloop, "education", *DAY)
    said = paperloop("handover", "issue", "0042", "--to", "ООО «Рысь»", "--purpose", "проверки",
                     "--law", "статья 22", "--until", "2031-06-01", "--document", "1", *BY,
                     *DAY)  # fmt: skip
    assert said.code == 0, said.err
    (out,) = paperloop("handover", "list", "--json", *DAY).lines()
    assert (out["handed_on"], out["returned_on"]) == ("2031-05-12", None)
    assert paperloop("handover", "return", "0042", *BY, *NEXT).code == 0
    (back,) = paperloop("handover", "list", "--json").lines()
    assert (back["handed_on"], back["returned_on"]) == ("2031-05-12", "2031-06-02")


def test_a_scan_came_on_the_day_given(registry: Registry, paperloop: Paperloop) -> None:
    """So what came in by then sets its terms running from that day."""
    consent(registry, "consent-2025", "2020-03-02")
    withdrawal = filing.paper("consent-withdrawal", pages=1)
    filing.issue(registry, withdrawal, people=(SERVANT,))
    document = filing.comes_back(registry, withdrawal, "date-missing")
    assert terms(paperloop, "withdrawal") == {}
    assert paperloop("review", "--accept", document, *BY, "--today", "2026-10-05").code == 0
    assert terms(paperloop, "withdrawal") == {f"0042:withdrawal:{withdrawal.id}": "2026-11-04"}
    (found,) = paperloop("search", "--kind", "consent-withdrawal", "--json").lines()
    assert found["came_in"] == str(filing.TODAY)  # accepted later
    said = paperloop("review", "--reject", document, "--again", "--why", "чужой", *BY, *NEXT)
    assert said.code == 0, said.err
    (answer,) = paperloop("file", "show", "0042", "--json").lines()
    assert answer["rows"][1]["note"] == "изъят 02.06.2031: чужой"
