"""Letters of the office to a person, and the sheet that many people sign, from data to scan."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from pipeline.geometry import Box
from tests import scanning
from tests import test_generate as judges
from tests.scanning import Json, Office
from tests.test_generate import First, put
from tests.test_lint import judged, of_rule, write_form

NOTICE, MISSING, SHEET = "notice-third-party", "missing-documents-letter", "familiarisation-sheet"
ASKED = {
    "purpose": "подтверждения стажа, дающего право на дополнительный отпуск и надбавку",
    "third_party": "Архив города Лугоград & Ко",
    "third_party_address": judges.WOMAN["address"],
    "requested_data": "периоды работы, должности; размер заработка, если он сохранился",
    "missing": ["копия диплома, приложение к нему", "справка <о доходах> за год"],
    "until": "2026-12-31",
}
WOMAN: Json = {**judges.WOMAN, **ASKED, "letter_date": "2026-11-10", "letter_number": "01-14/1128"}
MAN: Json = {**judges.MAN, **ASKED}
PEOPLE: list[Json] = [
    {"full_name": "Весник Олег Юрьевич", "position": "начальник отдела кадров"},
    {
        "full_name": "Константинопольская-Верхнереченская Александра-Виктория Константиновна",
        "position": "заместитель начальника отдела организационно-методического сопровождения",
    },
    {"full_name": "Ли Ян", "position": "отец Ли Анны, группа 2-Т"},
    {"full_name": "Рощина Вера Павловна"},
]
LONG_SHEET: Json = {"sheet": "7", "document": "Приказ «О пропусках»", "people": PEOPLE * 5}
SHORT_SHEET: Json = {"sheet": "8", "document_date": "2026-01-12", "people": PEOPLE}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    office = scanning.open_office(tmp_path_factory.mktemp("letters") / "office")
    data = put(office, {"hires": [WOMAN, MAN], "sheets": [LONG_SHEET, SHORT_SHEET]})
    said = office("generate", NOTICE, MISSING, SHEET, "--data", data, "--json")
    assert said.code == 0, said.err
    return First(office, said.lines())


def test_values_and_blanks_are_where_they_are_said_to_be(first: First) -> None:
    judges.test_every_place_holds_its_value_and_nothing_else(first)
    judges.test_a_pen_has_room_on_every_rule(first)
    judges.test_two_codes_and_the_id_are_in_the_foot_of_every_page(first)


def test_letters_speak_to_a_woman_and_to_a_man(first: First) -> None:
    woman = first.paper(NOTICE, "0042")["fields"]
    assert (woman["dear"], woman["given_names"]) == (
        "Уважаемая",
        "Александра-Виктория Константиновна",
    )
    assert woman["received"] == "Получила"
    man = first.paper(MISSING, "007/А «б»")["fields"]
    assert (man["dear"], man["given_names"], man["received"]) == ("Уважаемый", "Ян", "Получил")
    assert man["full_name_dative"] == "Ли Яну"
    assert first.paper(NOTICE, "007/А «б»")["pages"] == 1


def test_a_comma_belongs_to_its_phrase(first: First) -> None:
    fields = first.paper(MISSING, "0042")["fields"]
    assert [fields[f"missing.{n}.name"] for n in (1, 2)] == ASKED["missing"]
    assert "missing.3.name" not in fields
    assert first.paper(NOTICE, "0042")["fields"]["requested_data"] == ASKED["requested_data"]


def test_both_sign_a_letter(first: First) -> None:
    for form in (NOTICE, MISSING):
        kinds = {p["field"]: p["kind"] for p in first.paper(form, "0042")["places"] if p["hand"]}
        assert kinds == {"signature_head": "signature", "signature": "signature", "date": "date"}


def test_everybody_has_a_row_of_his_own(first: First) -> None:
    long, short = (p for p in first.papers if p["form"] == SHEET)
    blanks = [
        p["field"] for p in long["places"] if p["kind"] in ("signature", "date") and p["hand"]
    ]
    assert Counter(blanks) == Counter(
        f"rows.{n}.{what}" for n in range(1, 21) for what in ("signature", "date")
    )
    assert long["pages"] == 2 and short["subject"] is None
    assert "Фамилия" in first.judged(long["pdf"], 2).in_box(Box(0, 0, 210, 60))
    assert short["fields"]["document"] == "Положение об обработке и защите персональных данных"
    assert short["fields"]["rows.4.position"] == ""  # a line, to be written on


def test_a_blank_list_has_rows_for_the_pen(first: First, tmp_path: Path) -> None:
    office = first.office.copy_to(tmp_path / "office")
    (one,) = office("generate", SHEET, "--blank", 1, "--json").lines()
    fields = {place["field"] for place in one["places"] if place["hand"]}
    assert {"rows.13.name", "rows.13.signature"} <= fields and "rows.14.name" not in fields
    assert one["pages"] == 1


def test_people_may_stand_in_a_sheet_of_their_own(first: First, tmp_path: Path) -> None:
    office = first.office.copy_to(tmp_path / "office")
    said = office("data", "sheet", SHEET, NOTICE, "handover-act", "--out", "mine.xlsx", "--json")
    assert said.code == 0, said.err
    book = openpyxl.load_workbook(office.root / "mine.xlsx")
    heads = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets}
    assert list(heads) == ["hires", "acts", "sheets", "items", "people"]
    assert "Цель" in heads["hires"] and "Цель" in heads["acts"]
    assert heads["people"] == ["Лист ознакомления", "Фамилия, имя, отчество", "Должность"]
    book["sheets"].append(["8", None, SHORT_SHEET["document_date"]])
    for person in PEOPLE:
        book["people"].append(["8", person["full_name"], person.get("position")])
    book.save(office.root / "mine.xlsx")
    (paper,) = office("generate", SHEET, "--data", "mine.xlsx", "--json").lines()
    assert paper["paper"] == next(
        p["paper"] for p in first.papers if p["form"] == SHEET and p["pages"] == 1
    )


def test_whoever_did_not_sign_is_named_by_the_row(first: First, tmp_path: Path) -> None:
    office: Office = first.office.copy_to(tmp_path / "office")
    paper = next(p for p in first.papers if p["form"] == SHEET and p["pages"] == 1)
    marks = {
        place["field"]: "date" if place["kind"] == "date" else "sign:loops"
        for place in paper["places"]
        if place["hand"] and place["kind"] != "text"
    }
    missing = ("rows.2.signature", "rows.3.date")
    marks |= dict.fromkeys(missing, "nothing")
    office.scan([paper], "sheet", marks={paper["paper"]: marks})
    (document,) = office.take_in()
    assert document["status"] == "review"
    assert set(document["reasons"]) == {"signature-missing", "date-missing"}
    unsigned = {name for name, mark in document["hand"].items() if not mark["present"]}
    assert unsigned == set(missing)
    assert document["fields"]["rows.3.name"]["value"] == "Ли Ян"
    number = document["document"]
    assert office("review", "--set", number, "rows.3.date=16.11.2026").code == 0
    said = office("review", "--accept", number, "--why", "болеет, распишется позже")
    assert said.code == 0, said.err
    (record,) = office("records").lines()
    assert record["signed"] is False and record["fields"]["rows.3.date"] == "2026-11-16"


# What the rules say of them


@pytest.mark.parametrize("form", [NOTICE, MISSING, SHEET])
def test_the_forms_lack_nothing(form: str, workspace: Path) -> None:
    found = judged(form, workspace)
    assert {f.level for f in found} == {"info"}
    assert {f.state for f in found} == {"found"}
    assert all(f.phrase and "paragraph" in f.where for f in found)


FAULTS = [
    ("notice", "refusal", "missing", "Нужны данные о Вас."),
    ("notice", "third-party", "vague", "Данные запросим у третьего лица."),
    ("notice", "data", "vague", "Запросим сведения о стаже и другие сведения."),
    ("notice", "ways", "vague", "Данные получим любым способом."),
    ("notice", "consent-inside", "noticed", "Подписывая уведомление, даю согласие на запрос."),
    ("missing-documents", "documents", "vague", "Принесите копию диплома и иные документы."),
    ("missing-documents", "term", "vague", "Просим представить их в кратчайший срок."),
    ("missing-documents", "not-owed", "missing", "Просим представить документы."),
    ("missing-documents", "threat", "noticed", "Иначе последует дисциплинарное взыскание."),
    ("familiarisation", "edition", "missing", "С приказом ознакомлены:"),
    ("familiarisation", "consent-inside", "noticed", "Подпись означает и согласие на обработку."),
]


@pytest.mark.parametrize(("kind", "rule", "state", "text"), FAULTS)
def test_faults_are_seen(kind: str, rule: str, state: str, text: str, workspace: Path) -> None:
    write_form(workspace, [text], [f'lint = "{kind}"'])
    found = of_rule(rule, judged("mine", workspace))
    assert {f.state for f in found} == {state}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("notice", "До Вашего согласия на запрос мы данных не запросим."),
        ("notice", "Если дадите согласие, подпишите отдельный документ."),
        ("familiarisation", "Согласием на обработку данных подпись не является."),
    ],
)
def test_what_speaks_of_a_consent_is_none(kind: str, text: str, workspace: Path) -> None:
    write_form(workspace, [text], [f'lint = "{kind}"'])
    assert not of_rule("consent-inside", judged("mine", workspace))
