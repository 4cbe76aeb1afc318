"""Records as they leave: what the paper says, a person's word first, and nothing that computes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet import _writer

from pipeline.pages.reading import HandMark
from pipeline.registry import Registry
from tests import filing
from tests.conftest import Said

Paperloop = Callable[..., Said]


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def came(registry: Registry, *why: str, form: str = "consent-employee", **changes: Any) -> str:
    it = filing.paper(form)
    filing.issue(registry, it)
    return filing.comes_back(registry, it, *why, **changes)


def test_a_record_says_what_the_paper_says(registry: Registry, paperloop: Paperloop) -> None:
    number = came(registry, alterations=(filing.struck(),))
    said = paperloop("records")
    assert said.code == 0
    (record,) = said.lines()
    assert record.pop("taken_in_at").startswith("20")
    assert record == {
        "record": number.replace("doc-", "rec-"),
        "document": number,
        "paper": number.removeprefix("doc-"),
        "form": "consent-employee",
        "subject": "0042",
        "status": "accepted",
        "fields": {
            "full_name": "Ёлкина Анна Юрьевна",
            "passport_series": "4508",
            "birth_date": "1990-05-12",
        },
        "signed": True,
        "signed_on": None,
        "struck": ["третьим лицам"],
        "without": [],
        "settled_by": None,
    }


def test_a_persons_word_comes_first(registry: Registry, paperloop: Paperloop) -> None:
    number = came(registry, "field-unreadable", fields=(filing.smeared(),))
    paperloop(
        "review", "--set", number, "full_name=Елкина Анна", "--accept", number, "--by", "Irina"
    )
    (record,) = paperloop("records").lines()
    assert record["fields"]["full_name"] == "Елкина Анна"
    assert record["settled_by"] == "Irina"


@pytest.mark.parametrize(
    ("seen", "reason", "signed"),
    [
        ((True, True), "altered", True),
        ((True, False), "signature-missing", False),
        ((True, None), "signature-unclear", True),  # who accepts it says that it is signed
        ((), "altered", None),
    ],
)
def test_signed_means_every_signature(
    registry: Registry,
    paperloop: Paperloop,
    seen: tuple[bool | None, ...],
    reason: str,
    signed: bool | None,
) -> None:
    hand = tuple(HandMark(f"s{i}", "signature", p, 0.9, 1, filing.BOX) for i, p in enumerate(seen))
    number = came(registry, reason, hand=hand)
    assert paperloop("review", "--accept", number, "--why", "seen").code == 0
    (record,) = paperloop("records").lines()
    assert record["signed"] is signed


def test_prints_that_differ_have_no_value(registry: Registry, paperloop: Paperloop) -> None:
    came(registry, fields=(filing.field(), filing.altered()))
    (record,) = paperloop("records").lines()
    assert record["fields"] == {"full_name": None}


def test_only_accepted_unless_all(registry: Registry, paperloop: Paperloop) -> None:
    accepted = came(registry)
    waiting, rejected = came(registry, "altered"), came(registry, status="rejected")
    assert [r["document"] for r in paperloop("records").lines()] == [accepted]
    found = {r["document"]: r["status"] for r in paperloop("records", "--all").lines()}
    assert found == {accepted: "accepted", waiting: "review", rejected: "rejected"}


def test_filters(registry: Registry, paperloop: Paperloop) -> None:
    came(registry)
    pledge = came(registry, form="non-disclosure-pledge")
    said = paperloop("records", "--form", "non-disclosure-pledge", "--subject", "0042")
    assert [r["document"] for r in said.lines()] == [pledge]
    assert paperloop("records", "--form", "no-such-form").code == 2
    assert paperloop("records", "--subject", "0099").code == 2


EVIL = ('=HYPERLINK("http://x")', "+7 900", "-1+1", "@SUM(A1)", "\t=1", "＝1")


def test_csv_opens_in_a_russian_spreadsheet(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    for text in EVIL:
        came(registry, fields=(filing.field(said=text),))
    out = workspace / "export.csv"
    assert paperloop("records", "--out", out).code == 0
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert {row["full_name"] for row in rows} == {f"'{text}" for text in EVIL}
    assert {(row["subject"], row["signed"], row["signed_on"]) for row in rows} == {
        ("0042", "true", "")
    }


def test_xlsx_holds_text_only(registry: Registry, workspace: Path, paperloop: Paperloop) -> None:
    for text in (*EVIL, "a\x01b", "#N/A"):
        came(registry, fields=(filing.field(said=text),))
    out = workspace / "export.xlsx"
    assert paperloop("records", "--out", out).code == 0
    sheet = load_workbook(out).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    values = {str(row[head.index("full_name")].value) for row in sheet.iter_rows(min_row=2)}
    assert values == {*EVIL, "ab", "#N/A"}
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert sheet.cell(2, head.index("subject") + 1).value == "0042"


def test_cells_never_lie_among_the_systems_temporary_files(
    registry: Registry, workspace: Path, paperloop: Paperloop, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(registry)
    where, make = list[Path](), _writer.create_temporary_file

    def made() -> str:
        where.append(Path(make()))
        return str(where[-1])

    monkeypatch.setattr(_writer, "create_temporary_file", made)
    assert paperloop("records", "--out", workspace / "e.xlsx").code == 0
    assert paperloop("due", "--out", workspace / "due.xlsx").code == 0
    assert paperloop("checklist", "--out", workspace / "checklist.xlsx").code == 0
    assert len(where) == 3
    assert all(path.is_relative_to(workspace / "output" / ".work") for path in where)


def test_jsonl_to_a_file(registry: Registry, workspace: Path, paperloop: Paperloop) -> None:
    came(registry)
    out = workspace / "records.jsonl"
    said = paperloop("records", "--out", out)
    assert (said.code, said.out) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8"))["subject"] == "0042"


@pytest.mark.parametrize("name", ["hires.csv", "hires.xlsx", "hires.jsonl"])
def test_another_file_is_never_replaced(
    registry: Registry, workspace: Path, paperloop: Paperloop, name: str
) -> None:
    came(registry)
    other = workspace / name
    other.write_text("Фамилия;Имя\nЁлкина;Анна\n", encoding="utf-8")
    assert paperloop("records", "--out", other).code == 2
    assert other.read_text(encoding="utf-8").startswith("Фамилия")


@pytest.mark.parametrize("name", ["e.csv", "e.xlsx", "e.jsonl"])
def test_an_earlier_export_is_replaced(
    registry: Registry, workspace: Path, paperloop: Paperloop, name: str
) -> None:
    came(registry)
    assert paperloop("records", "--out", workspace / name).code == 0
    assert paperloop("records", "--out", workspace / name).code == 0


def test_standard_output_holds_one_thing(registry: Registry, paperloop: Paperloop) -> None:
    came(registry)
    assert len(paperloop("records", "--json").lines()) == 1
    assert paperloop("records", "--format", "csv").out.startswith("\ufeffrecord;document;paper")
    assert paperloop("records", "--format", "csv", "--json").code == 2
    assert paperloop("records", "--format", "xlsx").code == 2


def test_no_records_make_an_empty_table(workspace: Path, paperloop: Paperloop) -> None:
    assert paperloop("records").out == ""
    assert paperloop("records", "--out", workspace / "e.xlsx").code == 0
