"""What files lack: the office's list as a table, and letters that ask people for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.registry import PersonRow, Registry
from tests import filing
from tests.test_file import DAY, SERVANT, Paperloop, items, text_of, tick

NO_LETTER = replace(SERVANT, subject="0043", full_name="Агапов Борис Ильич")
HERS = replace(SERVANT, data={**SERVANT.data, "address": "601999, г. Заполье, ул. Полевая, д. 4"})


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


@pytest.fixture
def office(registry: Registry) -> Registry:
    """Two servants; of the second the data do not say where he lives."""
    data: dict[str, Any] = {**SERVANT.data, "last_name": "Агапов", "first_name": "Борис"}
    his = replace(NO_LETTER, data={**data, "middle_name": "Ильич", "gender": "m"})
    other = filing.paper("consent-municipal", key="0043", subject="0043")
    filing.issue(registry, filing.paper("consent-municipal"), other, people=(HERS, his))
    return registry


def test_an_item_tells_where_it_lies_and_what_it_is(office: Registry, paperloop: Paperloop) -> None:
    tick(paperloop, "passport", "--copy", "--certified", "--place", "шкаф 1", "--sheets", "2")
    (lies,) = items(paperloop)["passport"]["papers"]
    assert lies == {
        "title": "Копия паспорта",
        "sheets": "1–2",
        "copy": True,
        "certified": True,
        "place": "шкаф 1",
    }
    tick(paperloop, "secrets-access", "--place", "сейф № 1")
    assert items(paperloop)["secrets-access"]["papers"] == []


def test_the_offices_list_is_a_table_with_what_is_overdue_first(
    office: Registry, paperloop: Paperloop, tmp_path: Path
) -> None:
    for item in ("application", "passport"):
        tick(paperloop, item)
    tick(paperloop, "income", "--date", "2025-04-20")  # a new one was due on 30.04.2026
    table = tmp_path / "office.xlsx"
    assert paperloop("checklist", "--out", table, *DAY).code == 0
    _heads, *rows = openpyxl.load_workbook(table).worksheets[0].iter_rows(values_only=True)
    assert [(row[0], row[2], row[3]) for row in rows] == [("0042", 2, 1), ("0043", 0, 0)]
    first, *_others = str(rows[0][5]).split("; ")
    assert first.startswith("The servant's income")
    assert len(str(rows[1][5]).split("; ")) == int(str(rows[1][4]))


def test_one_persons_list_is_a_table_of_items(
    office: Registry, paperloop: Paperloop, tmp_path: Path
) -> None:
    tick(paperloop, "passport", "--copy", "--not-certified")
    table = tmp_path / "anna.csv"
    assert paperloop("checklist", "0042", "--out", table, *DAY).code == 0
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    (passport,) = [line for line in lines if ";passport;" in line]
    assert "copy without «Верно»" in passport
    assert passport.endswith("seed 000, п. 15 г")


def test_a_letter_asks_for_what_the_person_is_to_bring(
    office: Registry, paperloop: Paperloop, workspace: Path
) -> None:
    tick(paperloop, "passport")
    letter = ("checklist", "--letter", "15.10.2026", "--json", *DAY)
    said = paperloop(*letter)
    assert (said.code, "0043" in said.err) == (3, True)  # his data lack the address
    (hers,) = said.lines()
    assert (hers["subject"], "application" in hers["items"]) == ("0042", True)
    # Neither what she brought, nor what the office makes, nor what may not be needed.
    assert not {"passport", "contract", "military", "consent-municipal"} & set(hers["items"])
    text = text_of(workspace / hers["pdf"])
    assert "Ёлкиной Анне Юрьевне" in text
    assert "15 октября 2026" in text
    assert "Анкета установленной формы" in text
    again = paperloop(*letter)
    assert [one["paper"] for one in again.lines()] == [hers["paper"]]
    terms = paperloop("due", "--until", "2026-12-31", "--json", *DAY).lines()
    assert "0042:missing:2026-10-15" in [one["term"] for one in terms]


def test_who_lacks_nothing_gets_no_letter(
    registry: Registry, paperloop: Paperloop, workspace: Path
) -> None:
    guest = PersonRow("0050", "Ежов Пётр Ильич", "contractor", {})
    filing.issue(registry, filing.paper("consent-contractor", key="0050", subject="0050"),
                 people=(guest,))  # fmt: skip
    said = paperloop("checklist", "0050", "--letter", "15.10.2026", "--json", *DAY)
    assert (said.code, said.lines()) == (0, [])
    assert paperloop("checklist", "0050", "--letter", "15.10.2025", *DAY).code == 3
