"""What is secret is kept apart: no command shows or copies it with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.records import binding
from pipeline.records.record import Document
from pipeline.registry import Registry
from tests import filing, pdfs
from tests.conftest import Said

Paperloop = Callable[..., Said]
DAY = ("--today", "2026-09-14")
SERVANT = replace(filing.ANNA, category="municipal-servant")
APART = f"0042{binding.APART}"


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def came(registry: Registry, *reasons: str, key: str = APART, form: str = "inventory") -> str:
    """A scan of the inventory of the secret documents, or of another paper about them."""
    it = filing.paper(form, key=key)
    filing.issue(registry, it, people=(SERVANT,))
    return filing.comes_back(registry, it, *reasons)


@pytest.mark.parametrize(
    ("form", "key"), [("inventory", APART), ("removal-act", f"{APART}/1")]
)  # fmt: skip
def test_records_have_it_only_where_it_is_asked_for(
    registry: Registry, paperloop: Paperloop, form: str, key: str
) -> None:
    secret, other = came(registry, form=form, key=key), came(registry, key="0042")
    waits = came(registry, "altered", form=form, key=f"{APART}/2")

    def names(*more: str) -> list[str]:
        return [one["document"] for one in paperloop("records", "--json", *more).lines()]

    assert names() == names("--subject", "0042") == names("--all") == [other]
    assert names("--secret") == [secret]
    assert names("--secret", "--all") == [secret, waits]


def test_review_has_it_only_where_it_is_asked_for(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    secret, other = came(registry, "altered"), came(registry, "altered", key="0042")
    said = paperloop("review", "--json")
    assert [one["document"] for one in said.lines()] == [other]
    assert "1 document that is kept apart waits" in said.err and secret not in said.err
    pictures = workspace / "output" / "review"
    assert [one.name for one in pictures.iterdir()] == [other]

    refused = paperloop("review", "--accept", other, "--accept", secret)
    assert (refused.code, "--secret" in refused.err) == (2, True)
    assert [it and it.status for it in map(registry.document, (secret, other))] == ["review"] * 2

    (listed,) = paperloop("review", "--secret", "--json").lines()
    assert listed["document"] == secret
    assert paperloop("review", "--secret", "--accept", secret).code == 0
    assert "apart" not in paperloop("review").err


def test_intake_tells_the_operator_which_sheet_it_is_and_no_more(
    registry: Registry, workspace: Path, paperloop: Paperloop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(number: str) -> Document:
        document = registry.document(number)
        assert document
        return replace(document, pages=(replace(document.pages[0], thumbnail=b"small"),))

    hidden = [read(came(registry)), read(came(registry, "altered", key=f"{APART}/1"))]
    shown = read(came(registry, "altered", key="0042"))
    monkeypatch.setattr("pipeline.flow.intake.intake", lambda *_how, **_more: [*hidden, shown])
    (workspace / "scan.pdf").write_bytes(pdfs.plain(1))
    said = paperloop("intake", "scan.pdf", "--json")
    assert said.code == 10
    assert [one["document"] for one in said.lines()] == [it.id for it in (*hidden, shown)]
    assert ("--secret" in said.err, said.err.count("0042")) == (True, 1)
    assert hidden[1].pages[0].source in said.err
    text = next((workspace / "output" / "reports").iterdir()).read_text(encoding="utf-8")
    assert (text.count("data:image"), text.count("0042")) == (1, 1)
    assert all(it.pages[0].source in text for it in hidden)
    assert text.count("--secret") == 1  # what is accepted asks nobody to look


def test_archive_copies_leave_it_out(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    secret = came(registry)
    said = paperloop("archive", "copy")
    assert (said.code, "0 archive copies" in said.err) == (0, True)
    refused = paperloop("archive", "copy", secret)
    assert (refused.code, "--secret" in refused.err) == (2, True)
    # There is no scan of it here: that it is tried is enough.
    assert secret in paperloop("archive", "copy", "--secret").err
    assert secret in paperloop("archive", "copy", "--secret", secret).err

    earlier = workspace / "output" / "archive" / f"{secret}.pdf"
    earlier.parent.mkdir(parents=True, exist_ok=True)
    earlier.write_bytes(b"%PDF")
    told = paperloop("archive", "copy").err
    assert f"{secret}.pdf" in told and "kept apart" in told


@pytest.mark.parametrize(
    "command",
    [
        ("checklist", "--json"),
        ("checklist", "0042", "--json"),
        ("file", "show", "0042", "--json"),
        ("file", "check", "--json"),
        ("due", "--until", "2100-01-01", "--json"),
        ("search", "--person", "0042", "--rejected", "--json"),
        ("handover", "list", "--json"),
        ("records", "--all", "--json"),
        ("review", "--json"),
    ],
)
def test_no_list_shows_it(
    registry: Registry, paperloop: Paperloop, command: tuple[str, ...]
) -> None:
    came(registry, key="0042", form="consent-municipal")
    tick = ("checklist", "0042", "--tick", "secrets-access", "--title", "Карточка допуска")
    assert paperloop(*tick, "--index", "77сс", "--by", "Irina", *DAY).code == 0
    hidden = {came(registry), came(registry, "altered", key=f"{APART}/1", form="removal-act")}
    said = paperloop(*command, *DAY)
    assert said.code in (0, 10)
    for word in (*hidden, "77сс", "Карточка допуска", binding.APART):
        assert word not in said.out + said.err
