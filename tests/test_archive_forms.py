"""The forms of the archive: a file's certification sheet and cover, the year's list of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline import settings
from pipeline.flow import generate
from pipeline.flow.generate import Options
from pipeline.flow.wishes import Wish, wish
from pipeline.forms import form as forms
from pipeline.geometry import Box
from pipeline.language import wording
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings
from tests import scanning
from tests import test_generate as judges
from tests.scanning import DAY, Json
from tests.test_generate import First

SHEET, COVER, LIST = "certification-sheet", "file-cover", "files-inventory"
ANNA: Json = {
    "personnel_number": "0042",
    "last_name": "Ёлкина",
    "first_name": "Анна",
    "middle_name": "Юрьевна",
}
LEYLA: Json = {
    "personnel_number": "2019/Ю-0043",
    "last_name": "Константинопольская-Верхнереченская",
    "first_name": "Александра-Виктория-Мария",
    "middle_name": "Мамед Ибрагим кызы",
}
NOTHING_NOTED: Json = {
    "volume": "",
    "sheets": 1,
    "first_sheet": "1",
    "last_sheet": "1",
    "literal_sheets": "",
    "skipped_sheets": "",
    "inventory_sheets": 2,
    "peculiarities": [],
}
MUCH_NOTED: Json = {
    "volume": "2",
    "sheets": 242,
    "first_sheet": "251",
    "last_sheet": "491",
    "literal_sheets": "260а, 312а, 312б",
    "skipped_sheets": "400, 401",
    "inventory_sheets": 11,
    "peculiarities": [
        {"what": "лист подклеен, нижний угол утрачен", "sheets": "253, 260а"},
        {"what": "конверт с вложением: фотографии, 2 шт.", "sheets": "271"},
    ],
}
BARE: Json = {
    "volume": "",
    "department": "",
    "first_day": "",
    "last_day": "",
    "sheets": 1,
    "keep": "",
}
FULL: Json = {
    "volume": "12",
    "department": "отдел организационно-методического сопровождения и контроля филиала",
    "first_day": "«01» сентября 2015 г.",
    "last_day": "«30» сентября 2026 г.",
    "sheets": 242,
    "keep": "10 лет после увольнения, далее 50 лет",
}
LONG_NOTE = (
    "фамилия до 12.03.2018 – Прибрежная; листы 12–14 подклеены; конверт с фотографиями; копия "
    "диплома изъята по акту от 01.02.2020; текст местами угасает; переплет поврежден; оборот "
    "листа 7 нумерован; вклеена справка другого формата"
)


def file_of(number: int) -> Json:
    """A row of the list: every twentieth a long one, of which the dates are not known."""
    if number % 20:
        return {
            "index": f"{number:04}",
            "title": "Личное дело Ёлкиной Анны Юрьевны",
            "days": "01.09.2015–30.09.2026",
            "keep": "50 лет",
            "sheets": 45,
            "note": "",
        }
    return {
        "index": "2019/Ю-0043, том 2",
        "title": (
            "Личное дело Константинопольской-Верхнереченской Александры-Виктории-Марии "
            "Мамед Ибрагим кызы"
        ),
        "days": "",
        "keep": "50 лет ЭПК",
        "sheets": 1242,
        "note": LONG_NOTE,
    }


def listed(count: int, **changes: Any) -> Json:
    rows = [file_of(number) for number in range(1, count + 1)]
    numbers = {"first_number": 1, "last_number": count, "literal": "", "skipped": ""}
    return {"year": 2026, "files": rows, **numbers, **changes}


def wanted(name: str, row: Mapping[str, Any], office: Settings) -> Wish:
    form = forms.load(name, office)
    filled = forms.fill(form, row, office.operator, office.today)
    assert not forms.incomplete(form, filled, name)
    if not form.about_person:
        return wish(form, filled, str(row[form.key]), None)
    full_name = " ".join(row[part] for part in ("last_name", "first_name", "middle_name"))
    person = PersonRow(row["personnel_number"], full_name, None, {})
    return wish(form, filled, person.subject, person)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    office = scanning.open_office(tmp_path_factory.mktemp("archive") / "office")
    loaded = settings.load(office.root, today=DAY)
    wishes = [
        wanted(SHEET, ANNA | NOTHING_NOTED, loaded),
        wanted(SHEET, LEYLA | MUCH_NOTED, loaded),
        wanted(COVER, ANNA | BARE, loaded),
        wanted(COVER, LEYLA | FULL, loaded),
        wanted(LIST, listed(60), loaded),
        wanted(LIST, listed(2, year=2025, literal="1а", skipped="3, 4"), loaded),
    ]
    with Registry.open(loaded.registry_url) as registry:
        issued = list(generate.issue(wishes, loaded, registry, Options(loaded.issued)))
    return First(office, [one.as_json() for one in issued])


def texts(first: First, paper: Json) -> list[str]:
    """The print of each page, without its blanks."""
    whole = Box(0, 0, 210, 297)
    pages = range(1, paper["pages"] + 1)
    return [first.judged(paper["pdf"], number).in_box(whole) for number in pages]


def test_values_and_blanks_are_where_they_are_said_to_be(first: First) -> None:
    judges.test_every_place_holds_its_value_and_nothing_else(first)
    judges.test_two_codes_and_the_id_are_in_the_foot_of_every_page(first)


def test_a_pen_has_room_on_every_rule(first: First) -> None:
    narrow = re.compile(r"files\.\d+\.days")  # a date's two lines in a column of the list
    papers = [
        one | {"places": [p for p in one["places"] if not narrow.fullmatch(p["field"])]}
        for one in first.papers
    ]
    judges.test_a_pen_has_room_on_every_rule(First(first.office, papers))


def test_signatures_and_dates_are_asked_for(first: First) -> None:
    for one in first.papers:
        hand = {p["field"] for p in one["places"] if p["hand"] and p["kind"] != "text"}
        assert hand == {
            SHEET: {"signature", "date"},
            COVER: set(),
            LIST: {
                "approved_signature", "approved_date", "signature", "date",
                "archivist_signature", "ek_date", "epk_date",
            },
        }[one["form"]]  # fmt: skip


def test_words_say_the_number_that_the_digits_say(first: First) -> None:
    numbers = 0
    for one in first.papers:
        for words in one["fields"].values():
            if found := re.fullmatch(r"(\d+) \((.+)\)(?: \w+)?", words):
                assert found[2].replace("одно", "один") == wording.in_words(int(found[1]))
                numbers += 1
    assert numbers == 2 * 2 + 2
    said = {key: first.paper(SHEET, key)["fields"] for key in ("0042", "2019/Ю-0043")}
    assert said["0042"]["sheets_total"] == "1 (один) лист"
    assert said["0042"]["inventory_sheets_total"] == "2 (два)"
    assert said["2019/Ю-0043"]["sheets_total"] == "242 (двести сорок два) листа"
    long, short = (p["fields"]["files_total"] for p in first.papers if p["form"] == LIST)
    assert (long, short) == ("60 (шестьдесят) дел", "2 (два) дела")
    assert first.paper(COVER, "0042")["fields"]["sheets_counted"].split() == ["1", "листе"]


def test_where_there_is_none_it_says_so(first: First) -> None:
    plain, noted = (p["fields"] for p in first.papers if p["form"] == SHEET)
    assert (plain["literal_sheets"], plain["skipped_sheets"]) == ("нет", "нет")
    assert (noted["literal_sheets"], noted["skipped_sheets"]) == ("260а, 312а, 312б", "400, 401")
    long, short = (p["fields"] for p in first.papers if p["form"] == LIST)
    assert (long["literal"], long["skipped"]) == ("нет", "нет")
    assert (short["literal"], short["skipped"]) == ("1а", "3, 4")


def test_peculiarities_are_printed_or_left_for_a_pen(first: First) -> None:
    plain, noted = (p for p in first.papers if p["form"] == SHEET)
    blanks = {p["field"] for p in plain["places"] if p["hand"] and "." in p["field"]}
    assert blanks == {f"peculiarities.{n}.{what}" for n in (1, 2, 3) for what in ("what", "sheets")}
    assert noted["fields"]["peculiarities.2.what"] == MUCH_NOTED["peculiarities"][1]["what"]
    assert "peculiarities.3.what" not in noted["fields"]


def test_the_person_stands_in_the_genitive(first: First) -> None:
    for form in (SHEET, COVER):
        assert first.paper(form, "0042")["fields"]["full_name_genitive"] == "Ёлкиной Анны Юрьевны"
        long = first.paper(form, "2019/Ю-0043")["fields"]["full_name_genitive"]
        assert long.startswith("Константинопольской-Верхнереченской Александры-Виктории-Марии")


def test_the_volume_is_named_where_there_are_several(first: First) -> None:
    for form, volume in ((SHEET, "2"), (COVER, "12")):
        one, many = (p for p in first.papers if p["form"] == form)
        assert "volume" not in one["fields"]
        assert many["fields"]["volume"] == volume
        assert "ТОМ№" not in texts(first, one)[0]
        assert f"ТОМ№{volume}" in texts(first, many)[0]


def test_a_cover_has_rules_for_what_is_not_known(first: First) -> None:
    bare, full = (p for p in first.papers if p["form"] == COVER)
    archive = {"fund", "inventory_number", "file_number", "archive_name"}
    assert {p["field"] for p in full["places"] if p["hand"]} == archive
    unknown = {"department", "first_day", "last_day", "keep"}
    assert {p["field"] for p in bare["places"] if p["hand"]} == archive | unknown
    assert bare["pages"] == full["pages"] == 1


def test_a_long_list_repeats_its_heading(first: First) -> None:
    long, short = (p for p in first.papers if p["form"] == LIST)
    assert short["pages"] == 1 and long["pages"] > 3
    pages = texts(first, long)
    tables = [page for page in pages if "Личноедело" in page]
    assert len(tables) >= 3 and all("Заголовокдела" in page for page in tables)
    assert long["fields"]["files.60.note"] == LONG_NOTE
    ends = [page for page in pages if "внесено" in page]
    assert ends == pages[-1:] and all(
        word in ends[0] for word in ("Составитель", "ПротоколЭПК", "с№1по№60")
    )
