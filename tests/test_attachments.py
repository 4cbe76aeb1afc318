"""Documents that we did not print, behind sheets that say what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw

from pipeline.flow.gather import gather
from pipeline.pages.reading import PageReading
from pipeline.papers.paper import Paper
from pipeline.records import attachment
from pipeline.records.record import Document
from pipeline.registry import Registry
from pipeline.scans.scan import Scan
from tests import filing
from tests.test_file import DAY, SERVANT, Paperloop, items, shown

SHA = "a" * 64


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def sheet(registry: Registry, item: str = "passport") -> Paper:
    key = attachment.key("0042", item, ())
    it = filing.paper(attachment.FORM, key=key, pages=1, fields={"title": item}, values={})
    filing.issue(registry, it, people=(SERVANT,))
    return it


def of(it: Paper, number: int) -> PageReading:
    return filing.page(it, sha256=SHA, source="pile.pdf", source_page=number, hand=())


def stranger(number: int, **changes: Any) -> PageReading:
    return replace(PageReading("pile.pdf", SHA, number), **changes)


def taken_in(registry: Registry, workspace: Path, *pages: PageReading) -> list[Document]:
    scan = Scan(workspace / "pile.pdf", "pile.pdf", SHA, len(pages), True)
    registry.begin_scan(SHA, "pile.pdf", again=True)
    for page in pages:
        registry.add_page(SHA, page)
    found = gather(scan, pages, registry, filing.of(workspace))
    registry.finish_scan(SHA, found)
    return found


def test_what_follows_a_sheet_is_filed_as_what_it_names(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    passport, diploma = sheet(registry), sheet(registry, "education")
    consent = filing.paper("consent-municipal", pages=1)
    filing.issue(registry, consent, people=(SERVANT,))
    found = taken_in(
        registry, workspace,
        of(passport, 1), stranger(2), stranger(3, blank=True), stranger(4),
        of(diploma, 5), stranger(6), of(consent, 7), stranger(8),
    )  # fmt: skip
    told = [(one.paper, one.status, [page.source_page for page in one.pages]) for one in found]
    assert told[:2] == [(passport.id, "accepted", [1, 2, 4]), (diploma.id, "accepted", [5, 6])]
    assert found[0].blanks == (3,)
    # What follows another paper belongs to nothing.
    assert (found[-1].reasons, found[-1].paper) == (("unknown-form",), None)
    here = items(paperloop)
    assert (here["passport"]["state"], here["passport"]["evidence"]) == (
        "received", [f"doc-{passport.id}"],
    )  # fmt: skip
    assert here["education"]["state"] == "received"
    rows = shown(paperloop)["rows"]
    assert [(row["title"], row["sheets"]) for row in rows[:2]] == [
        ("Копия паспорта", "1–2"),
        (here["education"]["title"], "3"),
    ]
    (hit,) = paperloop("search", "--kind", "passport", "--json").lines()
    assert hit["document"] == f"doc-{passport.id}"


def test_a_sheet_alone_or_there_twice_waits(registry: Registry, workspace: Path) -> None:
    passport, diploma = sheet(registry), sheet(registry, "education")
    alone, twice = taken_in(
        registry, workspace, of(passport, 1), of(diploma, 2), stranger(3), of(diploma, 4)
    )
    assert (alone.status, alone.reasons) == ("review", ("attachment-missing",))
    assert (twice.status, twice.reasons) == ("review", ("page-doubled",))


@pytest.mark.parametrize("problem", ["ambiguous-identity", "unreadable-file"])
def test_a_page_that_may_be_ours_behind_a_sheet_is_for_a_person(
    problem: str, registry: Registry, workspace: Path
) -> None:
    """The next sheet, its codes gone, must not pass for a page of the document before it."""
    (one,) = taken_in(
        registry, workspace, of(sheet(registry), 1), stranger(2), stranger(3, problems=(problem,))
    )
    assert (one.status, one.reasons) == ("review", (problem,))


def test_more_pages_behind_a_sheet_than_the_file_counts_are_named(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    passport = sheet(registry)
    taken_in(registry, workspace, of(passport, 1), stranger(2))
    taken_in(registry, workspace, of(passport, 1), stranger(2), stranger(3))
    said = paperloop("file", "check", "0042", "--json", *DAY).lines()[0]["faults"]
    assert [one["where"] for one in said if "2 sheets of it were scanned" in one["what"]] == [
        "0042, № 1, sheet 1"
    ]


def test_another_registrys_page_ends_the_document(registry: Registry, workspace: Path) -> None:
    mine, theirs, after = taken_in(
        registry, workspace,
        of(sheet(registry), 1), stranger(2), stranger(3, paper="0000000000"), stranger(4),
    )  # fmt: skip
    assert (mine.status, len(mine.pages)) == ("accepted", 2)
    assert theirs.reasons == ("unknown-paper",)
    assert after.reasons == ("unknown-form",)


def test_a_sheet_that_came_back_is_not_printed_again(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    filing.issue(registry, filing.paper("consent-municipal"), people=(SERVANT,))
    print_it = ("attachment-sheets", "0042", "--item", "education", "--json", *DAY)
    (first,) = paperloop(*print_it).lines()
    (same,) = paperloop(*print_it).lines()
    assert (same["paper"], same["new"]) == (first["paper"], False)
    issued = registry.paper(first["paper"])
    assert issued is not None
    taken_in(registry, workspace, of(issued, 1), stranger(2))
    (next_one,) = paperloop(*print_it).lines()
    assert next_one["paper"] != first["paper"]
    assert registry.paper(first["paper"]) == issued  # not superseded: it lies in the file


def test_sheets_are_printed_for_what_is_missing(
    registry: Registry, paperloop: Paperloop, workspace: Path
) -> None:
    filing.issue(registry, filing.paper("consent-municipal"), people=(SERVANT,))
    said = paperloop("attachment-sheets", "0042", "--json", *DAY)
    assert said.code == 0, said.err
    names = [one["item"] for one in said.lines()]
    assert {"passport", "work-book"} <= set(names)
    # Papers of ours have codes of their own; what is secret is not scanned with the others.
    assert not {"consent-municipal", "secrets-access", "education"} & set(names)
    assert "print-run" in said.err
    secret = paperloop("attachment-sheets", "0042", "--item", "secrets-access", *DAY)
    assert (secret.code, "apart" in secret.err) == (2, True)


def test_a_pile_is_split_by_its_sheets(
    registry: Registry, paperloop: Paperloop, workspace: Path
) -> None:
    """As a user does it: the sheet as it was printed, and a page that nobody knows."""
    registry.issue([], (SERVANT,))
    (it,) = paperloop("attachment-sheets", "0042", "--item", "passport", "--json", *DAY).lines()
    printed = pdfium.PdfDocument(workspace / it["pdf"])[0].render(scale=150 / 72).to_pil()
    copy = Image.fromarray(np.full((1754, 1240), 255, np.uint8))
    ImageDraw.Draw(copy).text((200, 300), "REPUBLIC PASSPORT 12 34 567890", 0, font_size=40)
    inbox = workspace / "inbox"
    inbox.mkdir(exist_ok=True)
    printed.convert("L").save(
        inbox / "pile.pdf", save_all=True, append_images=[copy], resolution=150
    )
    said = paperloop("intake", "inbox", "--json", "--workers", "1", *DAY)
    (one,) = said.lines()
    assert one["reasons"] == [], said.err
    assert (one["status"], one["paper"], one["subject"]) == ("accepted", it["paper"], "0042")
    assert [page["identified_by"] for page in one["pages"]] == ["code", None]
    assert items(paperloop)["passport"]["state"] == "received"
