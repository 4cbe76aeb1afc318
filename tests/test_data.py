from __future__ import annotations

import io
import json
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.data import rows as rows_
from pipeline.data.book import Book
from pipeline.data.datasheet import data_sheet
from pipeline.data.rows import Loaded, Row
from pipeline.data.sheets import Cell, Sheet
from pipeline.errors import DataError, ExitCode
from pipeline.language.lettering import mend_lookalikes, unprintable

TODAY = date(2026, 9, 1)
WANTED = {
    "personnel_number": True,
    "last_name": True,
    "first_name": True,
    "middle_name": False,
    "gender": False,
    "birth_date": True,
    "snils": False,
    "position": False,
}
HEADINGS = ["Табельный номер", "Фамилия", "Имя", "Отчество", "Дата рождения"]
ACT_HEAD = "Акт;Основание;Наименование;Количество\n"
ANNA: list[Any] = ["0042", "Петрова", "Анна", "Сергеевна", date(1990, 5, 1)]


def xlsx(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def load(
    path: Path | str, wanted: dict[str, bool] | None = None, key: str = "personnel_number"
) -> Loaded:
    return rows_.load(path, wanted or WANTED, key, TODAY)


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def items_of(row: Row) -> list[Any]:
    items = row.values["items"]
    assert isinstance(items, list)
    return items


def errors(loaded: Loaded) -> list[str]:
    return [f"{p.where}: {p.what}" for p in loaded.problems if p.level == "error"]


def test_a_sheet_of_hires(tmp_path: Path) -> None:
    loaded = load(xlsx(tmp_path / "hires.xlsx", Сотрудники=[HEADINGS, ANNA]))
    assert loaded.problems == ()
    (row,) = loaded.rows
    assert row.values == {
        "personnel_number": "0042",
        "last_name": "Петрова",
        "first_name": "Анна",
        "middle_name": "Сергеевна",
        "birth_date": date(1990, 5, 1),
        "gender": "f",
    }
    assert (
        row.place("birth_date") == "hires.xlsx, sheet “Сотрудники”, row 2, column “Дата рождения”"
    )


def test_headings_in_any_case_and_keys(tmp_path: Path) -> None:
    headings = ["personnel_number", "ФАМИЛИЯ", "имя ", "Отчество", "дата  рождения"]
    loaded = load(xlsx(tmp_path / "h.xlsx", s=[headings, ANNA]))
    assert len(loaded.rows) == 1
    assert loaded.problems == ()


def test_a_sheet_that_went_through_1c(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Список принятых на 1 сентября"
    sheet.merge_cells("A1:F1")
    for column, text in enumerate(
        ["Табельный номер", "Фамилия", "Имя", "Отчество", "Дата рождения"], 1
    ):
        sheet.cell(3, column, text)
    sheet.cell(3, 6, "Паспорт")
    sheet.merge_cells("F3:G3")
    for column, text in enumerate([*HEADINGS, "серия", "номер"], 1):
        sheet.cell(4, column, text)
    sheet.append([42, "Петрова", "Анна", "Сергеевна", "01.05.1990", 408, 7])
    sheet["A5"].number_format = "0000"
    sheet["F5"].number_format = "0000"
    sheet["G5"].number_format = "000000"
    sheet.append([43.0, "Зуев", "Пётр", "Ильич", 32994, "45 О8", "123456"])
    for _blank in range(3):
        sheet.append([None, " ", ""])
    book.save(path)
    loaded = load(path)
    assert errors(loaded) == []
    first, second = (row.values for row in loaded.rows)
    assert (first["personnel_number"], first["passport_series"]) == ("0042", "0408")
    assert (first["passport_number"], first["birth_date"]) == ("000007", date(1990, 5, 1))
    assert (second["personnel_number"], second["passport_series"]) == ("43", "4508")
    assert second["birth_date"] == date(1990, 5, 1)
    assert loaded.rows[1].where.endswith("row 6")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_csv_of_any_make(tmp_path: Path, encoding: str, comma: str) -> None:
    text = "\r\n".join(
        comma.join(row) for row in (HEADINGS, ["0042", "Петрова", "Анна", "", "1990-05-01"])
    )
    loaded = load(csv_file(tmp_path / "h.csv", text, encoding))
    assert loaded.rows[0].values["personnel_number"] == "0042"
    assert loaded.rows[0].where == "h.csv, row 2"


def test_json_and_yaml_keep_zeros_and_lists(tmp_path: Path) -> None:
    wanted = {"act": True, "items": True, "subjects": False}
    record = {
        "act": "7",
        "subjects": ["0042", "0043"],
        "items": [{"name": "Карточка", "quantity": 3}],
    }
    as_json = tmp_path / "a.json"
    as_json.write_text(json.dumps([record]), encoding="utf-8")
    as_yaml = tmp_path / "a.yaml"
    as_yaml.write_text(
        "- act: 7\n  subjects: [0042, 0043]\n  items:\n    - name: Карточка\n      quantity: 3\n",
        encoding="utf-8",
    )
    for path in (as_json, as_yaml):
        (row,) = load(path, wanted, "act").rows
        assert row.values["subjects"] == ["0042", "0043"]
        assert row.values["items"] == [{"name": "Карточка", "quantity": 3}]


def test_an_acts_items_from_their_sheet(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "b.xlsx",
        Сотрудники=[HEADINGS, ANNA],
        acts=[["Акт", "Основание"], ["1", "договор"], ["2", "распоряжение"]],
        items=[
            ["act", "name", "quantity"],
            [1, "Личное дело", 1],
            [2, "Карточка", 2],
            [1, "Приказ", 4],
        ],
    )
    loaded = load(path, {"act": True, "basis": True, "items": True}, "act")
    assert loaded.problems == ()
    assert [[item["name"] for item in items_of(row)] for row in loaded.rows] == [
        ["Личное дело", "Приказ"],
        ["Карточка"],
    ]
    assert [row.values["last_name"] for row in load(path).rows] == ["Петрова"]


def test_an_acts_items_repeated_in_csv(tmp_path: Path) -> None:
    text = f"{ACT_HEAD}1;договор;Дело;1\n1;договор;Приказ;2\n2;письмо;Дело;3\n"
    loaded = load(csv_file(tmp_path / "a.csv", text), {"act": True, "items": True}, "act")
    assert [len(items_of(row)) for row in loaded.rows] == [2, 1]


def test_repeated_act_rows_that_differ_are_refused(tmp_path: Path) -> None:
    text = f"{ACT_HEAD}1;договор;Дело;1\n1;письмо;Приказ;2\n"
    loaded = load(csv_file(tmp_path / "a.csv", text), {"act": True, "items": True}, "act")
    assert loaded.rows == ()
    assert "rows 2, 3" in errors(loaded)[0]


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "bad.xlsx",
        s=[
            [*HEADINGS, "СНИЛС"],
            [*ANNA, "112-233-445 96"],
            ["0043", "", "Пётр", "Ильич", "вчера", ""],
            ["", "Зуев", "Пётр", "Ильич", "01.01.1990", ""],
            ["0045", "Ким", "Женя", "", "01.01.1990", ""],
            ["0046", "Ким", "Олег", "", "01.01.1990", "112-233-445 95"],
        ],
    )
    loaded = load(path)
    assert [row.values["personnel_number"] for row in loaded.rows] == ["0046"]
    places = [
        error.split(": ")[0].removeprefix("bad.xlsx, sheet “s”, ") for error in errors(loaded)
    ]
    assert places == [
        "row 2, column “СНИЛС”",
        "row 3, column “Дата рождения”",
        "row 3, column “Фамилия”",
        "row 4, column “Табельный номер”",
        "row 5, column “Пол”",
    ]


def test_the_same_number_twice_refuses_both(tmp_path: Path) -> None:
    other = ["0043", "Зуев", "Пётр", "Ильич", date(1990, 1, 1)]
    loaded = load(xlsx(tmp_path / "h.xlsx", s=[HEADINGS, ANNA, other, ANNA]))
    assert [row.values["personnel_number"] for row in loaded.rows] == ["0043"]
    assert len(errors(loaded)) == 1
    assert "rows 2, 4" in errors(loaded)[0]


def test_an_unknown_heading_is_a_warning_and_a_missing_one_an_error(tmp_path: Path) -> None:
    odd = load(xlsx(tmp_path / "a.xlsx", s=[[*HEADINGS, "Любимый цвет"], [*ANNA, "синий"]]))
    assert [p.level for p in odd.problems] == ["warning"]
    assert len(odd.rows) == 1
    lacking = load(xlsx(tmp_path / "b.xlsx", s=[HEADINGS[:4], ANNA[:4]]))
    assert lacking.rows == ()
    assert "“Дата рождения”" in errors(lacking)[0]
    none = load(xlsx(tmp_path / "c.xlsx", s=[["один", "два"], [1, 2]]))
    assert "“Табельный номер”" in errors(none)[0]


def test_look_alike_letters_are_mended_and_told(tmp_path: Path) -> None:
    loaded = load(xlsx(tmp_path / "h.xlsx", s=[HEADINGS, ["1", "Пeтрoва", *ANNA[2:]]]))
    assert loaded.rows[0].values["last_name"] == "Петрова"
    assert [p.level for p in loaded.problems] == ["warning"]


@pytest.mark.parametrize("text", ["Иванов\u202e", "Ива\u200bнов", "Ив\x01анов"])
def test_marks_nobody_sees_refuse_the_row(tmp_path: Path, text: str) -> None:
    path = tmp_path / "h.json"
    record = {
        "personnel_number": "1",
        "last_name": text,
        "first_name": "Олег",
        "birth_date": "01.01.1990",
    }
    path.write_text(json.dumps([record]), encoding="utf-8")
    loaded = load(path)
    assert loaded.rows == ()
    assert "last_name" in errors(loaded)[0]


def test_text_is_kept_whatever_it_looks_like(tmp_path: Path) -> None:
    odd = "{{ x }} <b> & \"кавычки\" =1+1 'x'"
    path = tmp_path / "h.json"
    record = dict(zip(("personnel_number", "last_name", "first_name"), ANNA[:3], strict=True))
    path.write_text(
        json.dumps([record | {"birth_date": "01.05.1990", "position": odd}]), encoding="utf-8"
    )
    assert load(path).rows[0].values["position"] == odd


def test_formulas_are_never_computed(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "h.xlsx", s=[HEADINGS, ["1", '=CONCATENATE("Пет","рова")', *ANNA[2:]]])
    loaded = load(path)
    assert loaded.rows == ()
    assert "formula" in errors(loaded)[0]


def test_a_date_in_a_column_of_numbers_is_a_fault(tmp_path: Path) -> None:
    loaded = load(xlsx(tmp_path / "h.xlsx", s=[HEADINGS, [datetime(2026, 5, 4), *ANNA[1:]]]))
    assert "made a date" in errors(loaded)[0]


def test_standard_input_is_recognised_by_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n".join([";".join(HEADINGS), "0042;Петрова;Анна;;01.05.1990"])
    record = dict(zip(("personnel_number", "last_name", "first_name"), ANNA[:3], strict=True))
    as_json = json.dumps([record | {"birth_date": "01.05.1990"}])
    as_yaml = "- " + "\n  ".join(
        [
            "personnel_number: 0042",
            "last_name: Петрова",
            "first_name: Анна",
            "birth_date: 1990-05-01",
        ]
    )
    for text in (lines, as_json, as_yaml):
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        assert load("-").rows[0].values["personnel_number"] == "0042"


def test_a_second_sheet_of_people_is_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "h.xlsx", s=[HEADINGS, ANNA], t=[HEADINGS, ANNA, ANNA], u=[["Заметки"]])
    loaded = load(path)
    assert len(loaded.rows) == 1
    (said,) = [one for one in loaded.problems if "not read" in one.what]
    assert (said.level, "rows 2" in said.what) == ("warning", True)
    assert "t" in said.where


def test_gender_given_wins_but_is_looked_at(tmp_path: Path) -> None:
    loaded = load(
        xlsx(
            tmp_path / "h.xlsx",
            s=[[*HEADINGS, "Пол"], [*ANNA, "Муж."], ["2", "Ким", "Женя", "", ANNA[4], "ж"]],
        )
    )
    assert [row.values["gender"] for row in loaded.rows] == ["m", "f"]
    assert [p.level for p in loaded.problems] == ["warning"]


def bomb(path: Path, name: str, content: bytes) -> Path:
    good = xlsx(path.with_name("good.xlsx"), s=[HEADINGS, ANNA])
    with (
        zipfile.ZipFile(good) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.namelist():
            target.writestr(entry, content if entry == name else source.read(entry))
    return path


def broken_files(folder: Path) -> list[Path]:
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    files = {
        "missing.xlsx": None,
        "empty.csv": b"",
        "text.xlsx": b"not a workbook",
        "old.xls": b"\xd0\xcf\x11\xe0" + bytes(600),
        "cut.xlsx": xlsx(folder / "whole.xlsx", s=[HEADINGS, ANNA]).read_bytes()[:900],
        "noise.csv": bytes(range(128, 256)) * 4,
        "bad.json": b'[{"personnel_number": ',
        "deep.json": b"[" * 100_000,
        "alias.yaml": b"a: &a [x]\nb: [*a, *a]\n",
        "number.json": b"[1, 2]",
    }
    for name, content in files.items():
        if content is not None:
            (folder / name).write_bytes(content)
    bomb(folder / "entity.xlsx", "xl/workbook.xml", entity)
    bomb(folder / "huge.xlsx", "xl/styles.xml", b" " * (301 << 20))
    heaps = {"rows": b"<row/>" * (2 << 20), "cells": b"<row>" + b"<c/>" * 200_000 + b"</row>"}
    for name, heap in heaps.items():
        sheet = b"<worksheet><sheetData>" + heap + b"</sheetData></worksheet>"
        bomb(folder / f"{name}.xlsx", "xl/worksheets/sheet1.xml", sheet)
    bombs = ("entity.xlsx", "huge.xlsx", *(f"{name}.xlsx" for name in heaps))
    return [folder / name for name in (*files, *bombs)]


def test_files_that_cannot_be_read_say_so_in_a_line(tmp_path: Path) -> None:
    for path in broken_files(tmp_path):
        with pytest.raises(DataError) as caught:
            load(path)
        assert caught.value.exit_code == ExitCode.BAD_DATA, path.name
        assert path.name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_stray_cell_far_down_is_no_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (HEADINGS, ANNA):
        sheet.append(row)
    sheet.cell(1_000_000, 3).number_format = "0000"
    book.save(tmp_path / "people.xlsx")
    assert len(load(tmp_path / "people.xlsx").rows) == 1


def test_an_empty_sheet_for_a_form_loads_once_it_is_filled(tmp_path: Path) -> None:
    path = data_sheet([[*WANTED, "category"]], tmp_path / "sheet.xlsx")
    assert openpyxl.load_workbook(path)["hires"]["A2"].value == "Пример"
    assert load(path).rows == ()  # the example is nobody
    assert errors(load(path)) == []
    book = openpyxl.load_workbook(path)
    sheet = book["hires"]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:3] == ["Табельный номер", "Фамилия", "Имя"]
    filled: dict[str, Any] = dict(zip(HEADINGS, ANNA, strict=True)) | {"Категория": "Сотрудник"}
    for column, heading in enumerate(headings, start=1):
        sheet.cell(2, column, filled.get(str(heading)))
    book.save(path)
    (row,) = load(path).rows
    assert row.values["category"] == "employee"
    acts = data_sheet([["act", "basis", "items"]], tmp_path / "acts.xlsx")
    assert openpyxl.load_workbook(acts).sheetnames == ["acts", "items"]


def test_an_example_row_that_was_filled_in_is_not_passed_over(tmp_path: Path) -> None:
    path = data_sheet([WANTED], tmp_path / "sheet.xlsx")
    book = openpyxl.load_workbook(path)
    book["hires"]["B2"].value = "Иванова"  # and the number is still the example's
    book.save(path)
    loaded = load(path)
    assert loaded.rows == ()
    (said,) = errors(loaded)
    assert "row 2" in said and "Табельный номер" in said


def test_items_of_no_act_are_told(tmp_path: Path) -> None:
    path = data_sheet([["act", "basis", "items"]], tmp_path / "acts.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet, place, text in (
        ("acts", "A3", "7-А"), ("acts", "B3", "договор"),
        ("items", "A3", "7-А"), ("items", "B3", "Диплом"),
        ("items", "A4", "7"), ("items", "B4", "Паспорт"),
        ("items", "A5", "Пример"), ("items", "B5", "Анкета"),
    ):  # fmt: skip
        book[sheet][place].value = text
    book.save(path)
    loaded = rows_.load(path, {"act": True, "basis": True, "items": True}, "act", TODAY)
    assert [len(items_of(row)) for row in loaded.rows] == [1]
    told = errors(loaded)
    assert len(told) == 2 and all("sheet “items”" in line for line in told)
    assert "row 4" in told[0] and "row 5" in told[1]


@given(text=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_arrives_whole_or_the_row_is_refused(text: str) -> None:
    record = dict(zip(("personnel_number", "last_name", "first_name"), ANNA[:3], strict=True))
    cells: dict[str, Cell] = {**record, "birth_date": "01.05.1990", "position": text}
    loaded = rows_.take(
        Book("h.json", (Sheet("", records=[(1, cells)]),)), WANTED, "personnel_number", TODAY
    )
    if errors(loaded):
        assert unprintable(text)
        assert loaded.rows == ()
    else:
        mended, words = mend_lookalikes(" ".join(text.split()))
        assert loaded.rows[0].values.get("position", "") == mended
        assert bool(words) == bool(loaded.problems)


def test_a_year_alone_is_no_date(tmp_path: Path) -> None:
    loaded = load(xlsx(tmp_path / "h.xlsx", s=[HEADINGS, [*ANNA[:4], 1990]]))
    assert "not a date" in errors(loaded)[0]
