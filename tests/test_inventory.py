"""The inner inventory: what the file holds, sheet by sheet, and the paper it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

from pipeline.language import wording
from pipeline.papers import marks
from pipeline.personnel import dossier, inventory
from pipeline.personnel.inventory import Inventory
from pipeline.records.record import Settlement
from pipeline.registry import Registry
from tests import filing
from tests.conftest import Said

Paperloop = Callable[..., Said]


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def listed(registry: Registry, workspace: Path) -> Inventory:
    (one,) = dossier.read(registry, filing.of(workspace), ["0042"])
    return inventory.of(one)


def test_sheets_run_through_the_file(registry: Registry, workspace: Path) -> None:
    papers = [filing.paper(pages=n) for n in (2, 1, 3)]
    filing.issue(registry, *papers)
    for it in papers:
        filing.comes_back(registry, it)
    found = listed(registry, workspace)
    assert [row.sheets for row in found.rows] == ["1–2", "3", "4–6"]
    assert [row.index for row in found.rows] == [marks.printed(it.id) for it in papers]
    assert found.sheets == 6


def test_only_accepted_documents_are_listed(registry: Registry, workspace: Path) -> None:
    waits, rejected, missing = filing.paper(), filing.paper(copy=2), filing.paper(copy=3)
    filing.issue(registry, waits, rejected, missing)
    filing.comes_back(registry, waits, "altered")
    filing.comes_back(registry, rejected, status="rejected")
    found = listed(registry, workspace)
    assert (found.rows, found.sheets) == ((), 0)


def test_a_second_scan_is_the_same_sheet(registry: Registry, workspace: Path) -> None:
    it = filing.paper()
    filing.issue(registry, it)
    filing.comes_back(registry, it)
    filing.comes_back(registry, it, again=2)
    (row,) = listed(registry, workspace).rows
    assert (row.sheets, row.note) == ("1–2", "отсканирован повторно")


def test_what_an_archivist_must_know_is_noted(registry: Registry, workspace: Path) -> None:
    old, new = filing.paper(), filing.paper()
    filing.issue(registry, old)
    filing.comes_back(registry, old, alterations=(filing.struck(),))
    filing.issue(registry, new)
    (row,) = listed(registry, workspace).rows
    assert row.note == f"заменен: {marks.printed(new.id)}; есть зачеркивания"


def test_the_date_is_the_papers_own(registry: Registry, workspace: Path) -> None:
    """Not the day of issue, not the day of the scan: until somebody has read it, it is open."""
    it = filing.paper()
    filing.issue(registry, it)
    number = filing.comes_back(registry, it)
    assert listed(registry, workspace).rows[0].as_json()["date"] is None
    said = Settlement(number, "set", "irina", "2026-09-14T10:00:00", "date", "2026-09-10")
    registry.settle([said], None)
    assert listed(registry, workspace).rows[0].as_json()["date"] == "2026-09-10"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 (ноль) документов"),
        (1, "1 (один) документ"),
        (2, "2 (два) документа"),
        (11, "11 (одиннадцать) документов"),
        (121, "121 (сто двадцать один) документ"),
    ],
)
def test_digits_equal_words(number: int, text: str) -> None:
    assert wording.digits_and_words(number, "документ") == text


def text_of(pdf: Path) -> str:
    with pdfplumber.open(pdf) as opened:
        pages = [page.extract_text() for page in opened.pages]
    return " ".join(" ".join(pages).split())


def issued(paperloop: Paperloop, *arguments: str) -> dict[str, Any]:
    said = paperloop("inventory", "0042", "--json", "--today", "2026-09-14", *arguments)
    assert said.code == 0, said.err
    (answer,) = said.lines()
    return answer


def test_two_pages_on_one_sheet_are_one(workspace: Path, paperloop: Paperloop) -> None:
    settings = workspace / "paperloop.toml"
    told = settings.read_text(encoding="utf-8")
    settings.write_text(told + "\n[print]\nboth_sides = true\n", encoding="utf-8")
    here = filing.of(workspace)
    with Registry.open(here.registry_url, here.today, both_sides=here.both_sides) as registry:
        it = filing.paper()
        filing.issue(registry, it)
        filing.comes_back(registry, it)
    (answer,) = paperloop("file", "show", "0042", "--json").lines()
    assert [row["sheets"] for row in answer["rows"]] == ["1"]
    settings.write_text(told + '\n[print]\nboth_sides = "да"\n', encoding="utf-8")
    refused = paperloop("file", "show", "0042")
    assert (refused.code, "print.both_sides" in refused.err) == (3, True)


def test_inventory_is_printed_and_its_own_sheets_counted(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    papers = [filing.paper(pages=1, copy=number) for number in range(1, 34)]
    filing.issue(registry, *papers)
    for it in papers:
        filing.comes_back(registry, it)
    answer = issued(paperloop)
    assert (answer["subject"], answer["documents"], answer["sheets"]) == ("0042", 33, 33)
    assert (workspace / answer["docx"]).is_file()
    text = text_of(workspace / answer["pdf"])
    assert "ВНУТРЕННЯЯ ОПИСЬ документов дела № 0042" in text
    assert "Личное дело Ёлкиной Анны Юрьевны" in text
    assert "Итого 33 (тридцать три) документа" in text
    with pdfplumber.open(workspace / answer["pdf"]) as opened:
        pages = len(opened.pages)
    assert pages == answer["own_sheets"] == 2
    assert "описи 2 (два)" in text
    assert len(re.findall("Заголовок документа", text)) == pages  # the heading is repeated
    paper = registry.paper(answer["paper"])
    assert paper is not None
    assert {p.field for p in paper.places if p.kind == "signature"} == {"signature"}

    again = issued(paperloop)
    assert (again["paper"], again["new"]) == (answer["paper"], False)

    more = filing.paper(pages=1, copy=34)
    filing.issue(registry, more)
    filing.comes_back(registry, more)
    later = issued(paperloop)
    assert (later["documents"], later["new"]) == (34, True)
    assert [it.id for it in registry.current("inventory", "0042")] == [later["paper"]]


def test_inventory_is_never_filled_from_a_sheet_of_data(
    workspace: Path, paperloop: Paperloop
) -> None:
    said = paperloop("generate", "inventory", "--blank", "1")
    assert said.code == 2
    assert "paperloop inventory" in said.err


def test_inventory_of_nobody_is_a_usage_error(workspace: Path, paperloop: Paperloop) -> None:
    assert paperloop("inventory", "0099").code == 2
