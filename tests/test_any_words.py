"""Any words in any blank: printed exactly as the cell said, or the row refused with the reason."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docx import Document
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from lxml import etree

from pipeline import settings
from pipeline.data.cells import TEXT_LIMIT, typed
from pipeline.data.rows import load
from pipeline.engines import docx
from pipeline.engines.package import W
from pipeline.errors import ExitCode
from pipeline.forms import form as forms
from pipeline.forms.columns import COLUMNS
from pipeline.forms.form import Filled, Form
from pipeline.language.lettering import mend_lookalikes, plain, unprintable
from pipeline.papers import draft, layout
from tests import scanning
from tests.scanning import Json, Office
from tests.test_generate import PLEDGE, WOMAN, First, put
from tests.test_house import CLONE

HERE = settings.load(CLONE, environ={})
FORMS = {name: forms.load(name, HERE) for name in forms.names(HERE)}
BLANKS = [
    (form.name, name)
    for form in FORMS.values()
    for name in (
        *(f.name for f in form.fields if not f.by_hand),
        *(f"{t.name}.1.{f.name}" for t in form.tables for f in t.fields if not f.by_hand),
    )
]
# Whatever a keyboard, a clipboard or a stranger's export may hold.
WORDS = st.text(
    st.one_of(
        st.characters(),
        st.characters(max_codepoint=0x4FF),
        st.sampled_from(
            " \t\r\n\N{NO-BREAK SPACE}\N{RIGHT-TO-LEFT MARK}\u0301\u0306\u2011{}%&<>'\""
        ),
    ),
    max_size=60,
)
XML_WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")) | st.sampled_from("{}%&<>'\""),
    min_size=1,
)


def as_printed(text: str) -> str:
    """What the cell says, white space and mended look-alikes apart."""
    return mend_lookalikes(" ".join(plain(text).split()))[0]


@lru_cache
def compiled(name: str) -> docx.Compiled:
    return docx.compile_template(FORMS[name].template)


def drafted(form: Form, blank: str, words: str) -> dict[str, bytes]:
    """The parts of the DOCX with ``words`` in one blank, in every other its own name."""
    rows = {table.name: 2 for table in form.tables}
    cells = [f"{t.name}.{n}.{f.name}" for t in form.tables for n in (1, 2) for f in t.fields]
    names = {name: name for name in (*(f.name for f in form.fields), *cells)}
    made = draft.of(
        form, compiled(form.name), Filled({**names, blank: words}, {}, rows), "7F3K9QX2MD"
    )
    assert Document(io.BytesIO(made.docx)).paragraphs
    with zipfile.ZipFile(io.BytesIO(made.docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@examples(max_examples=150, deadline=None)
@given(st.sampled_from(BLANKS), XML_WORDS)
def test_any_blank_takes_any_words_and_nothing_else_changes(
    blank: tuple[str, str], words: str
) -> None:
    form = FORMS[blank[0]]
    mine, calm = drafted(form, blank[1], words), drafted(form, blank[1], "calm")
    assert mine.keys() == calm.keys()
    for name, content in calm.items():
        if mine[name] == content:
            continue
        one, other = (etree.fromstring(parts[name]) for parts in (mine, calm))
        pairs = list(zip(one.iter(f"{W}t"), other.iter(f"{W}t"), strict=True))
        changed = [(a, b) for a, b in pairs if a.text != b.text]
        assert {(a.text, b.text) for a, b in changed} == {(words, "calm")}
        for leaf, _other in changed:
            leaf.text = "calm"
        assert etree.tostring(one) == etree.tostring(other)
    printed = any(b">calm<" in part for part in calm.values())  # a condition may leave it out
    assert (mine != calm) == (printed and words != "calm")


@examples(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(COLUMNS)), WORDS)
def test_a_cell_is_kept_whole_or_refused_with_the_reason(key: str, text: str) -> None:
    column = COLUMNS[key]
    value, problems = typed(column, text)
    faults = [p for p in problems if p.level == "error"]
    assert all(p.where == key and p.what and p.hint for p in faults)
    if column.kind == "date" or any("formula" in fault.what for fault in faults):
        assert (value is None) == bool(faults)
    elif unprintable(plain(text)):
        assert value is None
        assert unprintable(plain(text))[0] in faults[0].what
    elif column.kind in ("text", "name"):
        assert (value, faults) == (as_printed(text), [])
    elif column.kind == "phrases":
        assert isinstance(value, list) and not faults
        assert "".join(map(str, value)) == "".join(
            as_printed(p) for p in text.replace("\n", ";").split(";")
        )
    elif value in (None, "") and text.strip():
        assert faults or column.kind in ("digits", "snils", "key")


def test_a_phrase_of_a_list_is_split_nowhere() -> None:
    phrases = ["копия диплома, приложение к нему", "справка; из архива", " "]
    assert typed(COLUMNS["missing"], phrases)[0] == phrases[:2]
    assert typed(COLUMNS["missing"], "а, б; в\nг;")[0] == ["а, б", "в", "г"]
    assert typed(COLUMNS["resources"], "а, б; в")[0] == ["а", "б", "в"]


CODEPAGE = bytes(code for code in range(32, 256) if code != 0x98).decode("cp1251")
# What a spreadsheet shows for a result.
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
CELL = st.text(st.sampled_from(CODEPAGE + "\n"), max_size=40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


@examples(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text(st.sampled_from(CODEPAGE + "\n"), max_size=40), min_size=1, max_size=4)
)
def test_a_spreadsheet_from_windows_says_what_it_said(folder: Path, texts: Sequence[str]) -> None:
    path = folder / "hires.csv"
    with path.open("w", encoding="cp1251", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["Табельный номер", "Должность"])
        writer.writerows([str(number), text] for number, text in enumerate(texts, start=1))
    wanted = {"personnel_number": True, "position": False}
    loaded = load(path, wanted, "personnel_number", date(2026, 9, 1))
    rows = {row.values["personnel_number"]: row.values.get("position", "") for row in loaded.rows}
    for number, text in enumerate(texts, start=1):
        if unprintable(text) or text.strip() in ERRORS:
            (fault,) = [p for p in loaded.problems if f"row {number + 1}," in p.where]
            assert "“Должность”" in fault.where and str(number) not in rows
        else:
            assert rows[str(number)] == as_printed(text)


# On paper

SHOWN = [
    "{{ full_name }} {% for a in b %} {# c #}",
    "& < > \" ' ]]> &amp; <w:t>",
    "=1+1 'x' \\n %s",
    "строка\nдругая\r\n\tтретья   с  пробелами",
    "кра\u0438\u0306, жидкии\u0306 и\u0306од",
    "социально\u2011экономический",
    "дефис-" * 40,
    "Я" * 200,
    "http://example.org/" + "a" * 180,
    "fi ffl AV To ½ m² № § – — “ ” „ …",
    "Ивaнов с латинской a",
    " ".join(chr(n) for n in range(0x20, 0x2700) if not unprintable(chr(n)))[: TEXT_LIMIT - 9],
]
REFUSED = {
    "ქართული": "ქ (U+10E5)",
    "имя 😀": "😀 (U+1F600)",
    "漢字": "漢 (U+6F22)",
    "שלום": "ש (U+05E9)",
    "Әлфия": "Ә (U+04D8)",
    "Иванов\N{RIGHT-TO-LEFT MARK}": "RIGHT-TO-LEFT MARK",
    "Ив\N{ZERO WIDTH SPACE}анов": "ZERO WIDTH SPACE",
    "офис ﬁ": "ﬁ (U+FB01)",
    "я" * (TEXT_LIMIT + 1): "longer than 2000 characters",
}


def rows_of(texts: Sequence[str], column: str = "passport_issued_by") -> list[Json]:
    return [
        {**WOMAN, "personnel_number": str(n), column: text} for n, text in enumerate(texts, start=1)
    ]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[First, str]:
    office = scanning.open_office(tmp_path_factory.mktemp("words") / "office")
    name = put(office, rows_of([*SHOWN, *REFUSED]))
    said = office("generate", PLEDGE, "--data", name, "--json")
    assert said.code == ExitCode.BAD_DATA
    return First(office, said.lines()), said.err


def test_paper_shows_exactly_what_the_cell_said(issued: tuple[First, str]) -> None:
    first, _said = issued
    shown = {int(p["subject"]): p["fields"]["passport_issued_by"] for p in first.papers}
    assert shown == {n: as_printed(text) for n, text in enumerate(SHOWN, start=1)}
    for one in first.papers:
        with pdfplumber.open(io.BytesIO(first.pdf(one))) as pdf:
            text = "".join(char["text"] for page in pdf.pages for char in page.chars)
        words = one["fields"]["passport_issued_by"]
        assert "".join(words.split()) in "".join(text.split())


def test_what_cannot_be_shown_is_refused_by_row_column_and_character(
    issued: tuple[First, str],
) -> None:
    _first, said = issued
    lines = said.splitlines()
    for number, what in enumerate(REFUSED.values(), start=len(SHOWN) + 1):
        (line,) = [line for line in lines if f"record {number}," in line]
        assert "column “passport_issued_by”" in line and what in line and "→" in line


@pytest.mark.parametrize("column", ["last_name", "first_name", "position"])
def test_a_name_of_200_letters_is_printed_or_refused(
    issued: tuple[First, str], tmp_path: Path, column: str
) -> None:
    office = issued[0].office.copy_to(tmp_path / "office")
    name = put(office, rows_of(["Ж" + "ы" * 199], column))
    said = office("generate", PLEDGE, "consent-2025", "--data", name, "--json")
    assert said.code == 0, said.err
    for one in said.lines():
        sheets = layout.sheets((office.root / one["pdf"]).read_bytes())
        assert "Ж" + "ы" * 199 in layout.text_of(sheets) or column == "position"


def test_a_letter_in_no_font_of_the_form_is_no_paper(
    issued: tuple[First, str], tmp_path: Path
) -> None:
    """What the office prints of itself comes from no cell; LibreOffice takes another font."""
    office: Office = issued[0].office.copy_to(tmp_path / "office")
    path = office.root / settings.FILE_NAME
    path.write_text(path.read_text("utf-8").replace("«Новозареченский", "«ქართული"), "utf-8")
    name = put(office, rows_of(["УВД"]))
    said = office("generate", PLEDGE, "--data", name, "--json")
    assert said.code == ExitCode.BAD_FORM and said.out == ""
    assert "record 1" in said.err and "the form's font lacks ქ" in said.err


def test_json_may_hold_what_no_file_can(tmp_path: Path) -> None:
    path = tmp_path / "h.json"
    record: dict[str, Any] = {"personnel_number": "1", "position": "врач \ud800"}
    path.write_text(json.dumps([record]), encoding="ascii")
    wanted = {"personnel_number": True, "position": False}
    loaded = load(path, wanted, "personnel_number", date(2026, 9, 1))
    assert loaded.rows == () and "U+D800" in loaded.problems[0].what
