"""What waits is shown with its reason, and what a person says is added, never written over."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.pages.reading import HandMark
from pipeline.records import reasons, verdict
from pipeline.registry import Registry
from tests import filing
from tests.conftest import Said

Paperloop = Callable[..., Said]


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def waits(registry: Registry, *why: str, **changes: Any) -> str:
    it = filing.paper()
    filing.issue(registry, it)
    return filing.comes_back(registry, it, *why, **changes)


def status(registry: Registry, number: str) -> str:
    found = registry.document(number)
    assert found is not None
    return found.status


def test_listing_says_why_in_words(registry: Registry, paperloop: Paperloop) -> None:
    wrong = filing.altered(read="Елкина Инна")
    number = waits(
        registry, "field-mismatch", "altered", fields=(wrong,), alterations=(filing.struck(),)
    )
    waits(registry)
    said = paperloop("review")
    text = " ".join(said.err.replace("│", " ").split())
    assert said.code == 0
    assert number in text
    assert "1 document waits" in text
    for words in ("Елкина Инна", "full_name", "crossed out", "третьим лицам"):
        assert words in text


def test_listing_points_to_pictures(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    number = waits(registry, "altered", alterations=(filing.struck(),))
    (answer,) = paperloop("review", "--json").lines()
    assert (answer["document"], answer["status"]) == (number, "review")
    things = [*answer["fields"].values(), *answer["hand"].values(), *answer["alterations"]]
    assert len(things) == 6
    for thing in things:
        picture = workspace / thing["crop"]
        assert thing["crop"].startswith("output/review/")
        assert picture.read_bytes() == filing.PNG
        if sys.platform != "win32":
            assert stat.S_IMODE(picture.stat().st_mode) == 0o600

    paperloop("review", "--accept", number)
    paperloop("review")
    assert not list((workspace / "output" / "review").rglob("*.png"))


def test_nothing_waits(workspace: Path, paperloop: Paperloop) -> None:
    said = paperloop("review")
    assert said.code == 0
    assert "Nothing waits" in said.err


def test_setting_a_value_keeps_the_reading_and_the_wait(
    registry: Registry, paperloop: Paperloop
) -> None:
    smeared = filing.smeared("birth_date", read="l2 mai")
    number = waits(registry, "field-unreadable", fields=(smeared,))
    told = paperloop("review", "--set", number, "birth_date=12.05.1990", "--json", "--by", "Irina")
    assert told.code == 0, told.err
    (answer,) = told.lines()
    assert answer["fields"]["birth_date"]["value"] == "1990-05-12"
    assert answer["fields"]["birth_date"]["read"] == "l2 mai"
    found = registry.document(number)
    assert found is not None
    assert (found.status, verdict.fields(found)[0].value) == ("review", None)
    (settlement,) = registry.settlements(number)
    assert (settlement.by, settlement.field, settlement.value) == (
        "Irina",
        "birth_date",
        "1990-05-12",
    )


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("birth_date=yesterday", 3),
        ("passport_series=45", 3),
        ("birth_date=12.05.2090", 3),
        ("shoe_size=42", 2),
        ("signature=yes", 2),
        ("nonsense", 2),
    ],
)
def test_a_wrong_value_is_refused(
    registry: Registry, paperloop: Paperloop, wish: str, code: int
) -> None:
    number = waits(registry, "field-unreadable")
    assert paperloop("review", "--set", number, wish, "--accept", number).code == code
    assert not registry.settlements(number)
    assert status(registry, number) == "review"


def test_the_date_by_hand_can_be_said(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "date-implausible")
    assert (
        paperloop("review", "--set", number, "date=10 сентября 2026", "--accept", number).code == 0
    )
    (record,) = paperloop("records").lines()
    assert record["signed_on"] == "2026-09-10"


def test_a_record_is_dated_by_its_own_date(registry: Registry, paperloop: Paperloop) -> None:
    """Not by that of the consent which a withdrawal speaks of, though it stands before."""
    dates = ("consent_date", "date")
    marks = tuple(HandMark(name, "date", True, 0.9, 1, filing.BOX) for name in dates)
    it = filing.paper("consent-withdrawal")
    filing.issue(registry, it)
    number = filing.comes_back(registry, it, "field-unreadable", hand=marks)
    said = [("--set", number, f"{name}=1{day}.09.2026") for day, name in enumerate(dates)]
    for words in said:
        assert paperloop("review", *words).code == 0
    assert paperloop("review", "--accept", number).code == 0
    (record,) = paperloop("records").lines()
    assert record["signed_on"] == "2026-09-11"


def unsigned(present: bool | None) -> tuple[HandMark, ...]:
    return (HandMark("signature", "signature", present, 0.9, 1, filing.BOX),)


def test_a_missing_signature_needs_a_reason(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "signature-missing", hand=unsigned(False))
    said = paperloop("review", "--accept", number)
    assert said.code == 2
    assert "--why" in said.err
    assert status(registry, number) == "review"
    assert paperloop("review", "--accept", number, "--why", " ").code == 2
    assert paperloop("review", "--accept", number, "--why", "signed on paper 2").code == 0
    assert status(registry, number) == "accepted"


def test_a_mismatch_needs_a_reason(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "field-mismatch", fields=(filing.altered(),))
    assert paperloop("review", "--accept", number).code == 2
    assert paperloop("review", "--accept", number, "--why", "a stain").code == 0


def test_other_reasons_need_no_words(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "signature-unclear", hand=unsigned(None))
    assert paperloop("review", "--accept", number).code == 0
    assert status(registry, number) == "accepted"


def test_accepting_tells_which_fields_have_no_value(
    registry: Registry, paperloop: Paperloop
) -> None:
    number = waits(
        registry, "field-unreadable", fields=(filing.smeared(), filing.field("birth_date"))
    )
    said = paperloop("review", "--accept", number)
    assert (said.code, "full_name" in said.err, "birth_date" in said.err) == (0, True, False)


def test_rejecting_needs_a_reason(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "altered")
    assert paperloop("review", "--reject", number).code == 2
    assert paperloop("review", "--reject", number, "--why", "a clause is gone").code == 0
    assert status(registry, number) == "rejected"


def test_the_user_of_the_machine_settles(
    registry: Registry, paperloop: Paperloop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ivan")
    number = waits(registry, "altered")
    paperloop("review", "--accept", number)
    assert registry.settlements(number)[0].by == "ivan"


def test_settled_twice_only_on_purpose(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "altered")
    paperloop("review", "--accept", number, "--by", "Irina")
    said = paperloop("review", "--reject", number, "--why", "no")
    assert said.code == 2
    assert "Irina" in said.err
    assert status(registry, number) == "accepted"
    assert paperloop("review", "--reject", number, "--why", "no", "--again").code == 0
    assert status(registry, number) == "rejected"
    assert [s.action for s in registry.settlements(number)] == ["accept", "reject"]


def test_nothing_is_entered_when_one_of_several_is_wrong(
    registry: Registry, paperloop: Paperloop
) -> None:
    number = waits(registry, "altered")
    said = paperloop("review", "--accept", number, "--accept", "doc-NOWHERE")
    assert said.code == 2
    assert "doc-NOWHERE" in said.err
    assert status(registry, number) == "review"


def test_accepted_and_rejected_at_once_is_refused(registry: Registry, paperloop: Paperloop) -> None:
    number = waits(registry, "altered")
    assert paperloop("review", "--accept", number, "--reject", number, "--why", "x").code == 2


def test_a_reason_alone_means_nothing(workspace: Path, paperloop: Paperloop) -> None:
    assert paperloop("review", "--why", "because").code == 2


def test_every_reason_of_the_contract_has_words() -> None:
    named = """signature-missing signature-unclear date-missing date-implausible page-missing
        page-doubled field-mismatch field-unreadable altered not-aligned unknown-form unknown-paper
        ambiguous-identity stale-version rescan copy-not-original duplicate blank encrypted
        unreadable-file"""
    assert set(named.split()) <= set(reasons.table())


def test_missing_pages_are_named(registry: Registry, paperloop: Paperloop) -> None:
    waits(registry, "page-missing", page=1, of=3)
    assert "2, 3 of 3" in paperloop("review").err
