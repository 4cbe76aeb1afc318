"""What goes out of the office: the act on destruction, the registers, the letter with a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.flow import generate
from pipeline.flow.generate import Options
from pipeline.flow.wishes import wish
from pipeline.forms import form as forms
from pipeline.language import wording
from pipeline.personnel import archive, removal, staff
from pipeline.personnel.dossier import Dossier
from pipeline.records import binding
from pipeline.records.binding import Entry, Event
from pipeline.registry import PersonRow, Registry
from tests import filing
from tests import test_generate as judges
from tests.conftest import Said
from tests.scanning import DAY, Json, open_office
from tests.test_file import text_of
from tests.test_generate import First

Paperloop = Callable[..., Said]
ACT, LETTER = archive.DESTRUCTION, archive.TRANSFER
SERVANT = "municipal-servant"
LONG_NAME = "Константинопольская-Верхнереченская Александра-Виктория-Мария Мамед Ибрагим кызы"
LONG_OFFICE = (
    "министерство организационного развития, труда и социальной защиты населения "
    "Новозареченской области"
)
# One line of the tables' blanks for a date is as narrow as the date.
NARROW = re.compile(
    r"(files|people|documents)\.\d+\.(days|birth_date|hired_on|included_on|date)|people\.\d+\.index"
)


def file_of(
    name: str = "Ёлкина Анна Юрьевна",
    closed: str = "",
    *,
    number: str = "0042",
    category: str = SERVANT,
    sheets: tuple[int, ...] = (1,),
    **data: Any,
) -> Dossier:
    """A file with documents of so many sheets; the last one closes it."""
    entries = [
        Entry(f"e{n}", f"2026-09-0{n}", "personnel-form", "Анкета", count)
        for n, count in enumerate(sheets, start=1)
    ]
    if closed:
        entries[-1] = replace(entries[-1], item="dismissal", day=date.fromisoformat(closed))
    person = PersonRow(number, name, category, data)
    return Dossier(person, filing.TODAY, (), (), binding.bind(entries, []))


@pytest.mark.parametrize(
    ("closed", "last_day"),
    [("2002-12-31", date(2077, 12, 31)), ("2003-01-01", date(2053, 12, 31))],
)
def test_a_file_is_listed_from_the_january_after_its_term(closed: str, last_day: date) -> None:
    file = file_of(closed=closed)
    assert archive.destruction([file], last_day)["files"] == []
    said = archive.destruction([file], date(last_day.year + 1, 1, 1))
    (row,) = said["files"]
    years = "75" if closed < "2003" else "50"
    assert row["keep"] == f"{years} лет ЭПК, ст. 445"
    assert said["years"] == f"{closed[:4]} год"


def test_open_files_and_those_of_people_hired_again_are_not_listed() -> None:
    files = [
        file_of(number="1"),
        file_of(number="2", closed="1950-05-05", hired_on="1951-01-09"),
        file_of(number="3", closed="1950-05-05", hired_on="1945-01-09"),
    ]
    rows = archive.destruction(files, date(2026, 1, 1))["files"]
    assert [row["index"] for row in rows] == ["3"]
    assert rows[0]["days"] == "09.01.1945–05.05.1950"


def test_every_volume_is_a_row_of_the_act() -> None:
    files = [
        file_of("Яшин Лев Ильич", "1949-01-01", number="1"),
        file_of("Ежов Борис Ильич", "1950-01-01", number="2", sheets=(240, 30)),
        file_of("Ёлкин Борис Ильич", "1947-01-01", number="3"),
        file_of("Дюжев Борис Ильич", "1950-01-01", number="4"),
    ]
    said = archive.destruction(files, date(2026, 11, 1))
    assert [row["title"].removeprefix("Личное дело ") for row in said["files"]] == [
        "Ёлкина Бориса Ильича",
        "Яшина Льва Ильича",
        "Дюжева Бориса Ильича",
        "Ежова Бориса Ильича. Том 1",
        "Ежова Бориса Ильича. Том 2",
    ]
    assert said["years"] == "1947, 1949–1950 годы"


def test_the_register_lists_who_serves_on_the_day() -> None:
    files = [
        file_of("Яшин Лев Ильич", number="1", hired_on="2020-01-01"),
        file_of("Ёлкина Анна Юрьевна", number="2"),
        file_of("Ежов Борис Ильич", number="3"),
        file_of("Жуков Олег Ильич", number="4", category="employee"),
        file_of("Зимин Олег Ильич", "2026-09-14", number="5"),
        file_of("Ильин Олег Ильич", "2026-09-15", number="6"),
        file_of("Котов Олег Ильич", number="7", hired_on="2026-09-15"),
        file_of("Лисин Олег Ильич", "2020-02-02", number="8", hired_on="2024-02-02"),
    ]
    said = staff.register(files, filing.TODAY)
    assert [row["subject"] for row in said["people"]] == ["3", "2", "6", "8", "1"]  # ё is е


def test_the_consolidated_register_counts_each_department() -> None:
    files = [
        file_of("Яшин Лев Ильич", number="1", department="отдел кадров"),
        file_of("Ёлкина Анна Юрьевна", number="2"),
        file_of("Ежов Борис Ильич", number="3", department="отдел  кадров"),
        file_of("Жуков Олег Ильич", number="4", department="архивный отдел"),
    ]
    said = staff.register(files, filing.TODAY, consolidated=True)
    assert [row["subject"] for row in said["people"]] == ["4", "3", "1", "2"]
    assert [(one["department"], one["people"]) for one in said["departments"]] == [
        ("архивный отдел", 1),
        ("отдел кадров", 2),
        ("", 1),
    ]


def test_the_reserve_is_whom_the_last_decision_puts_in() -> None:
    def decided(number: str, *said: tuple[str, str], closed: str = "") -> Dossier:
        file = file_of(number=number, closed=closed, position="специалист", department="архив")
        entries = [
            Entry(f"d{n}", f"2026-09-0{n}T10:00:00+00:00", item, title, 1, f"{n}-к",
                  date.fromisoformat(day))
            for n, (item, day) in enumerate(said, start=2)
            for title in ["Распоряжение о включении в резерв на должность начальника отдела"]
        ]  # fmt: skip
        own = [line.entry for line in file.bound.lines]
        return replace(file, bound=binding.bind([*own, *entries], []))

    into, out = staff.INCLUDED, staff.EXCLUDED
    files = [
        decided("1", (into, "2024-01-01")),
        decided("2", (into, "2024-01-01"), (out, "2025-01-01")),
        decided("3", (out, "2025-01-01"), (into, "2024-01-01")),  # entered late
        decided("4", (into, "2023-01-01"), (out, "2024-01-01"), (into, "2025-01-01")),
        decided("5", (into, "2024-01-01"), closed="2026-01-01"),
        decided("6", (into, "2026-12-01")),  # not yet
        decided("7"),
        decided("8", (into, "2025-01-01"), (out, "2025-01-01")),
    ]
    said = staff.reserve(files, filing.TODAY)
    assert [row["subject"] for row in said["people"]] == ["1", "4"]
    row = said["people"][1]
    assert (row["included_on"], row["index"]) == ("01.01.2025", "4-к")
    assert row["position"] == "специалист, архив"
    assert row["reserve_for"] == "начальника отдела"


def reserved(count: int) -> Json:
    """Every fifth with a decision of which nothing is known."""
    known = {
        "included_on": "01.02.2025",
        "index": "115-к",
        "reserve_for": "начальника отдела организационно-методического сопровождения",
    }
    unknown = dict.fromkeys(known, "")
    rows = staff.register(people(count), DAY)["people"]
    rows = [row | (known if n % 5 else unknown) for n, row in enumerate(rows, start=1)]
    return {"as_of": DAY, "people": rows}


def people(count: int) -> list[Dossier]:
    """Every tenth of a long name and with hardly any data."""
    known: dict[str, Any] = {
        "birth_date": "1990-05-12",
        "hired_on": "2015-03-02",
        "position": "заместитель начальника отдела – главный бухгалтер",
        "department": "отдел организационно-методического сопровождения",
    }
    return [
        file_of(**known, number=f"{n:04}") if n % 10 else file_of(LONG_NAME, number=f"{n:04}")
        for n in range(1, count + 1)
    ]


def acted(count: int) -> Json:
    files = [
        file_of(f.person.full_name, "1950-05-05", number=f.person.subject) for f in people(count)
    ]
    return archive.destruction(files, date(2026, 9, 14))


def taken_out(count: int) -> tuple[Dossier, Json]:
    """A file from which so many documents were taken out, and its act."""
    file = file_of(LONG_NAME, number="2019/Ю-0043", sheets=(1, 2, 3) * 3, gender="f")
    why = "взыскание снято распоряжением от 20.05.2025 № 31-к"
    gone = [
        Event("2019/Ю-0043", "remove", "Сидорова Мария Ивановна", f"2026-09-1{n}T10:00:00+00:00",
              target=f"e{n}", why=why, id=n)
        for n in range(1, count + 1)
    ]  # fmt: skip
    entries = [line.entry for line in file.bound.lines]
    file = replace(file, bound=binding.bind(entries, gone), events=tuple(gone))
    return file, removal.data(file, removal.of(file), "2019/Ю-0043/1")


def letter(file: Dossier, inventory_sheets: int | str, **words: str) -> Json:
    return {**archive.transfer(file, inventory_sheets), "letter_number": "", **words}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    from pipeline import settings

    office = open_office(tmp_path_factory.mktemp("acts") / "office")
    loaded = settings.load(office.root, today=DAY)
    short = file_of(sheets=(20, 1))
    thick = file_of(LONG_NAME, number="2019/Ю-0043", sheets=(240, 32), gender="f")
    (one, one_act), (many, many_act) = taken_out(1), taken_out(9)
    sent = {"organisation": "администрация Заречного района", "ground": "перевод"}
    rows = [
        (ACT, acted(31), None),
        (staff.REGISTER, staff.register(people(41), DAY), None),
        (staff.RESERVE, reserved(12), None),
        (staff.CONSOLIDATED, staff.register(people(12), DAY, consolidated=True), None),
        (removal.FORM, one_act | {"act": "0042/1"}, one),
        (removal.FORM, many_act, many),
        (LETTER, letter(short, 1, **sent | {"letter_number": "15-к"}), short),
        (LETTER, letter(thick, "", organisation=LONG_OFFICE, ground="назначение " * 20), thick),
    ]
    wishes = []
    for name, row, about in rows:
        form = forms.load(name, loaded)
        filled = forms.fill(form, row, loaded.operator, loaded.today)
        assert not forms.incomplete(form, filled, name)
        wishes.append(wish(form, filled, str(row[form.key]), about.person if about else None))
    with Registry.open(loaded.registry_url) as registry:
        issued = list(generate.issue(wishes, loaded, registry, Options(loaded.issued)))
    return First(office, [one.as_json() for one in issued])


def test_values_and_blanks_are_where_they_are_said_to_be(first: First) -> None:
    judges.test_every_place_holds_its_value_and_nothing_else(first)
    judges.test_two_codes_and_the_id_are_in_the_foot_of_every_page(first)


def test_a_pen_has_room_on_every_rule(first: First) -> None:
    papers = [
        one | {"places": [p for p in one["places"] if not NARROW.fullmatch(p["field"])]}
        for one in first.papers
    ]
    judges.test_a_pen_has_room_on_every_rule(First(first.office, papers))


def test_signatures_and_dates_are_asked_for(first: First) -> None:
    for one in first.papers:
        hand = {p["field"] for p in one["places"] if p["hand"] and p["kind"] != "text"}
        own = {
            ACT: {
                "act_date", "approved_signature", "approved_date", "epk_date", "ek_date",
                "handed_signature", "handed_date", "noted_signature", "noted_date",
            },
            LETTER: {"letter_date", "signature_head"},
            removal.FORM: {"taker_signature", "taker_date"},
        }  # fmt: skip
        assert hand == {"signature", "date"} | own.get(one["form"], set())


def test_words_say_the_number_that_the_digits_say(first: First) -> None:
    found = 0
    for one in first.papers:
        for words in one["fields"].values():
            if said := re.fullmatch(r"(\d+) \((.+)\) (\w+)", words):
                gender = {"дело": "n", "запись": "f"}.get(said[3], "m")
                assert said[2] == wording.in_words(int(said[1]), gender=gender)
                found += 1
    assert found == 1 + 1 + 1 + 1 + 2 + 2 + 3 + 2
    (act,) = (p["fields"] for p in first.papers if p["form"] == ACT)
    assert act["files_total"] == "31 (тридцать одно) дело"
    total = first.paper(staff.REGISTER)["fields"]["people_total"]
    assert total == "41 (сорок одна) запись"


def test_the_letter_says_whose_file_and_to_whom(first: First) -> None:
    fields = first.paper(LETTER, "0042")["fields"]
    assert fields["full_name_genitive"] == "Ёлкиной Анны Юрьевны"
    assert fields["organisation"] == "Администрация Заречного района"
    assert fields["organisation_dative"] == "администрации Заречного района"
    assert fields["letter_number"] == "15-к"
    thick = first.paper(LETTER, "2019/Ю-0043")
    assert thick["fields"]["volumes_total"] == "2 (два) тома"
    blanks = {p["field"] for p in thick["places"] if p["hand"]}
    assert {"letter_number", "inventory_sheets", "inventory_sheets_total"} <= blanks
    assert {one["pages"] for one in first.papers if one["form"] == LETTER} == {1}


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def comes(registry: Registry, *people: PersonRow) -> None:
    papers = [filing.paper(key=one.subject, subject=one.subject, pages=1) for one in people]
    filing.issue(registry, *papers, people=people)
    for it in papers:
        filing.comes_back(registry, it)


def test_the_act_and_the_register_are_issued(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    day = ("--today", "2053-12-31")
    for command in (
        ("archive", "destroy-act"),
        ("register",),
        ("register", "--consolidated"),
        ("register", "--reserve"),
    ):
        assert paperloop(*command, *day).code == 3
    assert paperloop("register", "--reserve", "--consolidated", *day).code == 2
    comes(
        registry,
        PersonRow("0042", "Ёлкина Анна Юрьевна", SERVANT, {"department": "архив"}),
        PersonRow("0043", "Ежов Борис Ильич", SERVANT, {"department": "архив"}),
    )
    said = paperloop("checklist", "0042", "--tick", "dismissal", "--date", "2003-01-01", *day)
    assert said.code == 0, said.err
    refused = paperloop("archive", "destroy-act", *day)
    assert (refused.code, "31.12.2053" in refused.err) == (3, True)
    before = registry.events("0042")
    act = ("archive", "destroy-act", "--json", "--today")
    (answer,) = paperloop(*act, "2054-01-01").lines()
    assert [row["title"] for row in answer["rows"]] == ["Личное дело Ёлкиной Анны Юрьевны"]
    text = text_of(workspace / answer["pdf"])
    assert "1 (одно) дело за 2003 год" in text
    assert answer["rows"][0]["keep"] == "50 лет ЭПК, ст. 445"
    (again,) = paperloop(*act, "2054-11-30").lines()  # the same act all the year
    assert (again["paper"], again["new"]) == (answer["paper"], False)
    assert registry.events("0042") == before
    (listed,) = paperloop("register", "--json", *day).lines()
    assert (listed["as_of"], listed["people"]) == ("2053-12-31", 1)
    assert "1 (одна) запись" in text_of(workspace / listed["pdf"])
    (counted,) = paperloop("register", "--consolidated", "--json", *day).lines()
    assert counted["departments"] == [{"department": "архив", "people": 1}]
    tick = ("checklist", "0043", "--tick", "reserve", "--date", "2026-02-01", "--index", "9-к")
    assert paperloop(*tick, *day).code == 0
    (reserve,) = paperloop("register", "--reserve", "--json", *day).lines()
    assert [row["index"] for row in reserve["rows"]] == ["9-к"]
    assert "лиц, включенных в кадровый резерв" in text_of(workspace / reserve["pdf"])


def test_the_act_tells_of_what_was_taken_out_and_is_not_back(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    def act(*more: str) -> Json:
        said = paperloop("file", "removal-act", "0042", "--json", *day, *more)
        assert said.code == 0, said.err
        (answer,) = said.lines()
        return answer

    def acts() -> list[Json | None]:
        (answer,) = paperloop("file", "show", "0042", "--json", *day).lines()
        return [row["act"] for row in answer["rows"]]

    day = ("--today", "2026-09-14")
    comes(registry, replace(filing.ANNA, category=SERVANT))
    refused = paperloop("file", "removal-act", "0042", *day)
    assert (refused.code, "nothing was taken out" in refused.err) == (3, True)
    for number in ("7-к", "8-к"):
        tick = ("--tick", "penalties", "--index", number, "--date", "2024-05-20", "--sheets", "3")
        assert paperloop("checklist", "0042", *tick, *day).code == 0
    assert paperloop("file", "removal-act", "0042", "--document", "2", *day).code == 2
    out = ("file", "remove", "0042", "2", "--why", "взыскание снято", "--by", "Сидорова М. И.")
    assert paperloop(*out, *day).code == 0

    first = act()
    assert (first["act"], first["documents"], first["sheets"]) == ("0042/1", 1, 3)
    assert (first["rows"][0]["number"], first["rows"][0]["sheets"]) == (2, "2–4")
    text = text_of(workspace / first["pdf"])
    assert "Из личного дела № 0042 Ёлкиной Анны Юрьевны изъяты" in text
    assert "1 (один) документ" in text and "3 (три) листа" in text
    assert "Сидорова М. И." in text
    assert first["rows"][0]["reason"].endswith(": взыскание снято")
    again = act("--document", "2")
    assert (again["paper"], again["new"]) == (first["paper"], False)
    assert acts() == [None, {"act": "0042/1", "paper": first["paper"], "document": None}, None]

    # The signed act is no document of the file: it proves that the document left.
    paper = registry.paper(first["paper"])
    assert paper
    document = filing.comes_back(registry, paper)
    assert acts()[1] == {"act": "0042/1", "paper": first["paper"], "document": document}
    (file,) = paperloop("file", "show", "0042", "--json", *day).lines()
    assert (file["documents"], file["sheets"]) == (2, 4)

    # The next act tells of what is new; what was put back is in none.
    assert paperloop("file", "remove", "0042", "3", "--why", "отменено", *day).code == 0
    second = act()
    assert (second["act"], [row["number"] for row in second["rows"]]) == ("0042/2", [3])
    assert paperloop("file", "return", "0042", "3", "--why", "ошибка", *day).code == 0
    assert paperloop("file", "removal-act", "0042", *day).code == 3
    assert acts()[2] is None
    assert paperloop("file", "remove", "0042", "3", "--why", "отменено", *day).code == 0
    assert acts()[2] is None  # the act of the first time does not tell of this one

    # What was replaced has left the file as well.
    new = ("file", "replace", "0042", "1", "--item", "passport")
    assert paperloop(*new, *day).code == 0
    third = act("--document", "1")
    assert [row["number"] for row in third["rows"]] == [1]
    assert third["rows"][0]["reason"].endswith(": заменен новым документом")
    # The new one took its sheets: they are not skipped.
    text = text_of(workspace / third["pdf"])
    assert "кроме занятых документами, которыми они заменены" in text


def test_a_file_goes_with_a_letter_only_when_its_papers_are_in_order(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    def transfer(*more: str, to: str = "Администрация Заречного района") -> Said:
        return paperloop(
            "file", "transfer", "0042", "--to", to, "--ground", "перевод, приказ № 7 от 2026 г.",
            "--today", "2026-09-14", "--json", *more,
        )  # fmt: skip

    comes(registry, filing.ANNA)
    refused = transfer()
    assert (refused.code, "no inventory" in refused.err) == (3, True)
    (loose,) = transfer("--anyway").lines()
    assert loose["inventory_sheets"] is None
    assert paperloop("file", "certify", "0042", "--today", "2026-09-14").code == 0
    (answer,) = transfer("--number", "15-к").lines()
    assert (answer["volumes"], answer["sheets"], answer["inventory_sheets"]) == (1, 1, 1)
    text = text_of(workspace / answer["pdf"])
    assert "Направляем Администрации Заречного района личное дело № 0042" in text
    assert "личное дело на 1 л. и внутренняя опись на 1 л., в 1 экз." in text
    assert "от 2026 г. В деле 1 (один) том, 1 (один) лист." in text
    tick = ("checklist", "0042", "--tick", "passport", "--today", "2026-09-14")
    gone = paperloop(*tick)
    assert (gone.code, "the file went to another organisation" in gone.err) == (3, True)
    assert "went to another" in transfer(to="Администрация Южного района").err
    assert "kept" not in paperloop("due", "--until", "2099-01-01", "--today", "2026-09-14").out
    back = ("file", "back", "0042", "--today", "2026-09-14")
    assert paperloop(*back).code == 2  # why?
    assert paperloop(*back, "--why", "принят снова").code == 0
    assert paperloop(*back, "--why", "принят снова").code == 2  # it is here
    assert paperloop(*tick).code == 0
    assert "older than the file" in transfer().err
    assert transfer(to=" ").code == 3
    missing = ("file", "transfer", "0099", "--to", "архив", "--ground", "перевод")
    assert paperloop(*missing).code == 2
