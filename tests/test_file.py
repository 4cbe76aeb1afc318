"""What the archivist does: documents entered, taken out and replaced; papers whose counts agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pdfplumber
import pytest

from pipeline import workdays
from pipeline.registry import PersonRow, Registry
from tests import filing
from tests.conftest import Said

Paperloop = Callable[..., Said]
DAY = ("--today", "2026-09-14")
SERVANT = replace(
    filing.ANNA,
    category="municipal-servant",
    data={
        **filing.ANNA.data,
        "birth_date": "1990-05-12",
        "hired_on": "2015-03-02",
        "passport_issued_on": "2010-06-01",
        "passport_series": "4508",
        "passport_number": "123456",
    },
)


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


@pytest.fixture
def file(registry: Registry) -> Registry:
    """A servant's file with one paper of two sheets."""
    it = filing.paper("consent-municipal")
    filing.issue(registry, it, people=(SERVANT,))
    filing.comes_back(registry, it)
    return registry


def tick(paperloop: Paperloop, item: str, *more: str) -> Said:
    return paperloop("checklist", "0042", "--tick", item, "--by", "Irina", "--json", *DAY, *more)


def items(paperloop: Paperloop) -> dict[str, dict[str, Any]]:
    (answer,) = paperloop("checklist", "0042", "--json", *DAY).lines()
    return {item["item"]: item for item in answer["items"]}


def shown(paperloop: Paperloop) -> dict[str, Any]:
    (answer,) = paperloop("file", "show", "0042", "--json", *DAY).lines()
    return answer


def text_of(pdf: Path) -> str:
    with pdfplumber.open(pdf) as opened:
        return " ".join(" ".join(page.extract_text() for page in opened.pages).split())


def test_a_document_is_ticked_by_hand(file: Registry, paperloop: Paperloop) -> None:
    assert items(paperloop)["passport"]["state"] == "missing"
    assert tick(paperloop, "г").code == 2  # two items have this letter
    said = tick(paperloop, "passport", "--index", "45 08 123456", "--date", "01.06.2010",
                "--sheets", "2", "--copy", "--not-certified")  # fmt: skip
    assert said.code == 0, said.err
    found = items(paperloop)["passport"]
    assert (found["state"], found["evidence"], found["mark"]) == ("received", ["entry-2"], "г")
    assert "Верно" in found["why"]
    rows = shown(paperloop)["rows"]
    assert [row["sheets"] for row in rows] == ["1–2", "3–4"]
    assert (rows[1]["index"], rows[1]["date"]) == ("45 08 123456", "2010-06-01")


def test_what_is_not_needed_says_why(file: Registry, paperloop: Paperloop) -> None:
    before = items(paperloop)["military"]
    assert (before["state"], "needed " in before["why"]) == ("missing", True)
    assert paperloop("checklist", "0042", "--waive", "military").code == 2
    why = "a woman without a military speciality"
    assert paperloop("checklist", "0042", "--waive", "л", "--why", why).code == 0
    assert (items(paperloop)["military"]["state"], items(paperloop)["military"]["why"]) == (
        "not-needed",
        why,
    )


def test_what_was_waived_is_needed_again(file: Registry, paperloop: Paperloop) -> None:
    def said(*more: str) -> Said:
        return paperloop("checklist", "0042", *more, *DAY)

    assert (said("--need", "income", "--why", "x").code) == 2  # it is
    assert said("--waive", "income", "--why", "на испытании").code == 0
    assert items(paperloop)["income"]["state"] == "not-needed"
    assert "yearly:income" not in paperloop("due", "--json", *DAY).out
    assert said("--need", "income").code == 2  # why?
    assert said("--need", "income", "--waive", "л", "--why", "x").code == 2
    assert said("--need", "income", "--why", "испытание окончено").code == 0
    assert items(paperloop)["income"]["state"] == "missing"
    assert "yearly:income" in paperloop("due", "--json", *DAY).out
    assert said("--need", "income", "--why", "еще раз").code == 2
    done = [(one.action, one.why) for one in file.events("0042") if one.item == "income"]
    assert done == [("waive", "на испытании"), ("need", "испытание окончено")]
    assert said("--waive", "income", "--why", "снова").code == 0
    assert items(paperloop)["income"]["why"] == "снова"


def test_a_condition_is_answered_by_the_data_or_by_a_person(
    registry: Registry, paperloop: Paperloop
) -> None:
    told = {**SERVANT.data, "military_duty": "no", "married": "yes"}
    filing.issue(registry, people=(replace(SERVANT, data=told),))
    found = items(paperloop)
    assert (found["military"]["state"], found["income-spouse"]["why"]) == (
        "not-needed",
        "not in the file",
    )
    assert "needed if there are children" in found["income-children"]["why"]
    assert "yearly:income-children" not in paperloop("due", "--json", *DAY).out
    for item in ("income-children", "military"):  # nobody knew; whatever the data say
        assert paperloop("checklist", "0042", "--need", item, "--why", "так", *DAY).code == 0
    found = items(paperloop)
    assert found["military"]["state"] == found["income-children"]["state"] == "missing"
    assert found["military"]["why"] == "not in the file: так"
    said = paperloop("due", "--json", *DAY).out
    assert "yearly:income-spouse" in said and "yearly:income-children" in said


def test_secret_documents_have_an_inventory_of_their_own(
    file: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    assert paperloop("inventory", "0042", "--secret", *DAY).code == 2  # there are none
    tick(paperloop, "secrets-access", "--title", "Допуск", "--sheets", "3", "--date", "2020-01-02")
    tick(paperloop, "secrets-access", "--title", "Карточка", "--index", "7с")
    (before,) = paperloop("inventory", "0042", "--json", *DAY).lines()
    (answer,) = paperloop("file", "show", "0042", "--secret", "--json", *DAY).lines()
    assert [(row["number"], row["sheets"], row["title"]) for row in answer["rows"]] == [
        (1, "1–3", "Допуск"),
        (2, "4", "Карточка"),
    ]
    assert (answer["documents"], answer["sheets"]) == (2, 4)
    (listed,) = paperloop("inventory", "0042", "--secret", "--json", *DAY).lines()
    assert (listed["subject"], listed["documents"], listed["sheets"]) == ("0042", 2, 4)
    text = text_of(workspace / listed["pdf"])
    assert "документов дела № 0042 (отдельное хранение)" in text
    assert "Допуск" in text and "Согласие" not in text
    (again,) = paperloop("inventory", "0042", "--json", *DAY).lines()
    assert (again["paper"], again["new"]) == (before["paper"], False)  # the two do not meet
    papers = [file.paper(one["paper"]) for one in (before, listed)]
    came = [filing.comes_back(file, it) for it in papers if it]
    found = paperloop("search", "--kind", "inventory", "--json", *DAY).lines()
    assert [one["document"] for one in found] == came[:1]

    gone = answer["rows"][0]["document"]
    assert paperloop("file", "remove", "0042", gone, "--why", "допуск прекращен").code == 0
    (answer,) = paperloop("file", "show", "0042", "--secret", "--json", *DAY).lines()
    assert (answer["documents"], answer["skipped"]) == (1, ["1", "2", "3"])
    assert [row["gone"] for row in shown(paperloop)["rows"]] == [False]
    assert paperloop("file", "removal-act", "0042", *DAY).code == 3  # it tells of the others alone
    said = paperloop("file", "removal-act", "0042", "--document", gone, *DAY)
    assert (said.code, "--secret" in said.err) == (2, True)
    (act,) = paperloop("file", "removal-act", "0042", "--secret", "--json", *DAY).lines()
    assert (act["act"], act["sheets"]) == ("0042 (отдельное хранение)/1", 3)
    signed = file.paper(act["paper"])
    assert signed
    filing.comes_back(file, signed)
    assert paperloop("search", "--kind", "removal-act", "--json", *DAY).lines() == []
    assert paperloop("file", "return", "0042", gone, "--why", "ошибка").code == 0


def test_a_yearly_document_grows_old(file: Registry, paperloop: Paperloop) -> None:
    tick(paperloop, "income", "--date", "2025-04-20")
    found = items(paperloop)["income"]
    assert found["state"] == "expired"
    assert "30.04.2026" in found["why"]
    tick(paperloop, "income", "--date", "2026-04-20")
    assert items(paperloop)["income"]["state"] == "received"


def test_a_yearly_document_may_still_come_on_its_last_day(
    file: Registry, paperloop: Paperloop
) -> None:
    tick(paperloop, "income", "--date", "2025-04-20")

    def state(today: str) -> str:
        said = paperloop("checklist", "0042", "--json", "--today", today).lines()
        return str({one["item"]: one["state"] for one in said[0]["items"]}["income"])

    assert (state("2026-04-30"), state("2026-05-01")) == ("received", "expired")


def test_what_is_secret_is_never_listed_with_the_others(
    file: Registry, paperloop: Paperloop
) -> None:
    tick(paperloop, "secrets-access", "--place", "сейф № 1")
    found = items(paperloop)["secrets-access"]
    assert (found["state"], found["why"]) == ("received", "сейф № 1")
    assert shown(paperloop)["documents"] == 1


@pytest.mark.parametrize(
    ("item", "more", "told"),
    [
        ("passport", ("--sheets", "0"), "1 to 250"),
        ("passport", ("--sheets", "251"), "1 to 250"),
        ("passport", ("--date", "2027-01-01"), "lies ahead"),
        ("passport", ("--date", "1980-01-01"), "before the birth"),
        ("dismissal", ("--date", "2014-01-01"), "before the hiring"),
    ],
)
def test_what_cannot_be_is_refused(
    item: str, more: tuple[str, ...], told: str, file: Registry, paperloop: Paperloop
) -> None:
    said = tick(paperloop, item, *more)
    assert (said.code, told in said.err) == (3, True), said.err
    assert shown(paperloop)["documents"] == 1


def test_the_same_document_is_not_entered_twice(file: Registry, paperloop: Paperloop) -> None:
    assert tick(paperloop, "education", "--index", "107718 0012345").code == 0
    assert tick(paperloop, "education", "--index", "107718 0012345").code == 3
    assert tick(paperloop, "education", "--index", "107718 0099999").code == 0
    assert shown(paperloop)["documents"] == 3


@pytest.mark.parametrize("item", ["no-such-item", ""])
def test_an_unknown_item_is_a_usage_error(item: str, file: Registry, paperloop: Paperloop) -> None:
    assert tick(paperloop, item).code == 2
    assert shown(paperloop)["documents"] == 1


def test_a_person_without_a_category_has_no_checklist(
    registry: Registry, paperloop: Paperloop
) -> None:
    filing.issue(registry, filing.paper(), people=(PersonRow("0042", "Ёлкина Анна Юрьевна"),))
    said = tick(paperloop, "passport")
    assert (said.code, "category" in said.err) == (2, True)


def test_what_is_taken_out_stays_listed_and_is_not_counted(
    file: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    tick(paperloop, "penalties", "--index", "7-к", "--sheets", "3")
    tick(paperloop, "education", "--sheets", "2")
    assert paperloop("file", "remove", "0042", "2").code == 2  # nobody says why
    said = paperloop("file", "remove", "0042", "2", "--why", "взыскание снято", "--json", *DAY)
    assert said.code == 0, said.err
    (answer,) = said.lines()
    assert (answer["documents"], answer["sheets"], answer["skipped"]) == (2, 4, ["3", "4", "5"])
    assert [row["gone"] for row in answer["rows"]] == [False, True, False]
    assert "взыскание снято" in answer["rows"][1]["note"]
    assert items(paperloop)["penalties"]["state"] == "not-needed"
    again = paperloop("file", "remove", "0042", "2", "--why", "еще раз", *DAY)
    assert (again.code, "already" in again.err) == (2, True)

    (listed,) = paperloop("inventory", "0042", "--json", *DAY).lines()
    assert (listed["documents"], listed["sheets"], len(listed["rows"])) == (2, 4, 3)
    assert "Итого 2 (два) документа" in text_of(workspace / listed["pdf"])


def test_a_paper_taken_out_is_missing_again(file: Registry, paperloop: Paperloop) -> None:
    assert items(paperloop)["consent-municipal"]["state"] == "received"
    paperloop("file", "remove", "0042", "1", "--why", "не его")
    found = items(paperloop)["consent-municipal"]
    assert (found["state"], "taken out" in found["why"]) == ("missing", True)


def test_a_longer_one_in_its_place_gets_literal_sheets(
    file: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    tick(paperloop, "education", "--index", "1", "--sheets", "1")
    tick(paperloop, "appointment", "--index", "12-к")
    said = paperloop("file", "replace", "0042", "2", "--item", "education", "--index", "2",
                     "--sheets", "3", "--why", "полная копия", "--json", *DAY)  # fmt: skip
    (answer,) = said.lines()
    assert [row["sheets"] for row in answer["rows"]] == ["1–2", "3", "4", "3, 3а, 3б"]
    assert (answer["documents"], answer["sheets"], answer["literal"]) == (3, 6, ["3а", "3б"])

    said = paperloop("file", "certify", "0042", "--json", *DAY)
    assert said.code == 0, said.err
    (sheet,) = said.lines()
    assert (sheet["sheets"], sheet["inventory_sheets"]) == (6, 1)
    text = text_of(workspace / sheet["pdf"])
    assert "подшито и пронумеровано 6 (шесть) листов" in text
    assert "с № 1 по № 4" in text
    assert "3а, 3б" in text


def test_every_volume_has_its_own_papers(
    file: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    tick(paperloop, "education", "--sheets", "240")
    tick(paperloop, "appointment", "--sheets", "30")
    first, second = paperloop("file", "certify", "0042", "--json", *DAY).lines()
    assert (first["sheets"], first["inventory_sheets"]) == (242, 1)
    assert (second["sheets"], second["inventory_sheets"]) == (30, 0)
    assert "с № 243 по № 272" in text_of(workspace / second["pdf"])
    covers = paperloop("file", "cover", "0042", "--json", *DAY).lines()
    assert [one["volume"] for one in covers] == [1, 2]
    text = text_of(workspace / covers[1]["pdf"])
    assert "Ёлкиной Анны Юрьевны" in text
    assert "На 30 листах" in text.replace("\xa0", " ")


def test_check_names_what_does_not_agree(
    file: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    def faults() -> list[str]:
        said = paperloop("file", "check", "0042", "--json", *DAY)
        (answer,) = said.lines()
        assert said.code == (10 if answer["faults"] else 0)
        return [f"{fault['where']}: {fault['what']}" for fault in answer["faults"]]

    assert faults() == [
        "0042, № 1, sheets 1–2: pages 2 of the paper were never scanned",
        "0042: no inventory",
    ]
    paperloop("file", "remove", "0042", "1", "--why", "половина", *DAY)
    tick(paperloop, "passport", "--copy", "--not-certified")
    paperloop("file", "certify", "0042", *DAY)
    assert faults() == ["0042, № 2, sheet 3: a copy without the mark «Верно»"]
    tick(paperloop, "education")
    sheet = "0042, volume 1: the certification sheet is older than the file"
    assert faults()[1:] == ["0042: the inventory is older than the file", sheet]
    paperloop("inventory", "0042", *DAY)
    assert faults()[1:] == [sheet]


def test_the_years_list_goes_by_name(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    people = (
        SERVANT,
        PersonRow("0043", "Ежов Борис Ильич", "employee", {"hired_on": "1999-02-01"}),
        PersonRow("0044", "Ярцев Олег Ильич", "employee"),
    )
    papers = [filing.paper(key=one.subject, subject=one.subject, pages=1) for one in people]
    filing.issue(registry, *papers, people=people)
    for it in papers:
        filing.comes_back(registry, it)
    for subject, day in (("0042", "2026-08-01"), ("0043", "2026-02-03"), ("0044", "2002-05-06")):
        said = paperloop("checklist", subject, "--tick", "dismissal", "--date", day, *DAY)
        assert said.code == 0, said.err
    (answer,) = paperloop("archive", "inventory", "2026", "--json", *DAY).lines()
    assert [row["index"] for row in answer["rows"]] == ["0043", "0042"]  # ё is е
    assert answer["rows"][0] == {
        "index": "0043",
        "title": "Личное дело Ежова Бориса Ильича",
        "days": "01.02.1999–03.02.2026",
        "keep": "50 лет",
        "sheets": 2,
        "note": "",
    }
    assert "2 (два) дела" in text_of(workspace / answer["pdf"])
    (older,) = paperloop("archive", "inventory", "2002", "--json", *DAY).lines()
    assert older["rows"][0]["keep"] == "75 лет"
    assert paperloop("archive", "inventory", "2003").code == 3


def test_the_copy_of_a_new_passport_ends_the_term(file: Registry, paperloop: Paperloop) -> None:
    day = ("--today", "2036-01-12")
    # Its number tells it from the old one's.
    for index, is_due in (("4508 123456", True), ("4535 000001", False)):
        entered = tick(paperloop, "passport", "--index", index, "--date", "2035-06-01", *day)
        assert entered.code == 0, entered.err
        said = paperloop("due", "--json", *day).lines()
        assert ("0042:passport:45" in [one["term"] for one in said]) is is_due


def test_what_is_due_stands_until_it_is_done(file: Registry, paperloop: Paperloop) -> None:
    def due(*more: str) -> dict[str, str]:
        said = paperloop("due", "--json", *DAY, *more)
        assert said.code == 0, said.err
        return {one["term"]: one["day"] for one in said.lines()}

    first = {"0042:familiarisation:2016": "2016-03-02"}
    lacking = {"0042:missing:2015-03-02": "2015-03-02"}
    assert due() == {"0042:yearly:income:2015": "2015-04-30", **lacking, **first}
    tick(paperloop, "income", "--date", "2026-04-20")
    assert due() == {**lacking, **first}
    for item in ("application", "questionnaire", "passport", "work-book", "pension-insurance",
                 "tax-registration", "medical-policy", "medical-conclusion"):  # fmt: skip
        tick(paperloop, item)
    assert due() == first
    tick(paperloop, "familiarisation-sheet", "--date", "2026-05-20")
    assert due() == {}
    far = due("--until", "2035-12-31")
    assert far == {
        "0042:yearly:income:2027": "2027-04-30",
        "0042:familiarisation:2027": "2027-05-20",
        "0042:passport:45": "2035-08-10",
    }
    assert "0042:passport:45" not in due("--until", "2035-12-31", "--done", "0042:passport:45")
    assert paperloop("due", "--done", "0042:nothing", *DAY).code == 2
    tick(paperloop, "dismissal", "--date", "2026-09-01")
    assert due("--until", "2100-01-01") == {
        "0042:archive": "2036-09-01",
        "0042:kept": "2077-01-01",
    }


def test_terms_go_into_a_calendar(file: Registry, paperloop: Paperloop, tmp_path: Path) -> None:
    """Names do not change from one file to the next: what is taken in again is not doubled."""
    until = ("--until", "2035-12-31", *DAY)
    events = []
    for name in ("a.ics", "b.ics"):
        assert paperloop("due", *until, "--out", tmp_path / name).code == 0
        calendar = icalendar.Calendar.from_ical((tmp_path / name).read_bytes())
        events.append(list(calendar.walk("VEVENT")))
    assert [one["UID"] for one in events[0]] == [one["UID"] for one in events[1]]
    days = {str(one["UID"]): one.decoded("DTSTART") for one in events[0]}
    assert days["0042:yearly:income:2015@paperloop"] == date(2015, 4, 30)
    assert paperloop("due", *until, "--out", tmp_path / "a.ics").code == 2
    assert paperloop("due", *until, "--out", tmp_path / "a.doc").code == 2


def test_a_withdrawn_consent_is_due_in_thirty_days(
    registry: Registry, paperloop: Paperloop
) -> None:
    it = filing.paper("consent-withdrawal", pages=1)
    filing.issue(registry, it)
    filing.comes_back(registry, it)
    came = date.fromisoformat(registry.taken_in_at(f"doc-{it.id}")[:10])
    (one,) = paperloop("due", "--until", "2999-01-01", "--json", *DAY).lines()
    assert one["term"] == f"0042:withdrawal:{it.id}"
    assert (date.fromisoformat(one["day"]) - came).days == 30


def test_a_signed_act_says_when_it_is_due_back(registry: Registry, paperloop: Paperloop) -> None:
    act = filing.paper("handover-act", key="А-7", subject=None,
                       fields={"recipient": "ООО «Аудит»"},
                       values={"until": "2026-09-01"})  # fmt: skip
    filing.issue(registry, act)
    assert paperloop("due", "--json", *DAY).lines() == []
    filing.comes_back(registry, act)
    (one,) = paperloop("due", "--json", *DAY).lines()
    assert (one["term"], one["who"], one["overdue"]) == (f"act:А-7:{act.id}", "ООО «Аудит»", True)


def test_sheets_keep_their_numbers_when_a_paper_is_rejected_later(
    file: Registry, paperloop: Paperloop
) -> None:
    (document,) = (row["document"] for row in shown(paperloop)["rows"])
    tick(paperloop, "education", "--sheets", "2")
    said = paperloop("review", "--reject", document, "--again", "--why", "не его подпись")
    assert said.code == 0, said.err
    rows = shown(paperloop)["rows"]
    assert [(row["sheets"], row["gone"]) for row in rows] == [("1–2", True), ("3–4", False)]
    assert "не его подпись" in rows[0]["note"]
    assert items(paperloop)["consent-municipal"]["state"] == "missing"
    paperloop("review", "--accept", document, "--again", "--why", "все-таки его")
    rows = shown(paperloop)["rows"]
    assert [(row["sheets"], row["gone"]) for row in rows] == [("1–2", False), ("3–4", False)]


def test_what_was_taken_out_by_mistake_comes_back(file: Registry, paperloop: Paperloop) -> None:
    tick(paperloop, "education", "--sheets", "2")
    assert paperloop("file", "return", "0042", "1", "--why", "ошибка").code == 2
    paperloop("file", "remove", "0042", "1", "--why", "чужой")
    said = paperloop("file", "return", "0042", "1", "--why", "свой", "--json", *DAY)
    assert said.code == 0, said.err
    (answer,) = said.lines()
    assert (answer["documents"], answer["sheets"], answer["skipped"]) == (2, 4, [])


def test_a_secret_document_stays_apart_whatever_the_category(
    file: Registry, paperloop: Paperloop
) -> None:
    tick(paperloop, "secrets-access", "--title", "Допуск")
    filing.issue(file, filing.paper(copy=2), people=(filing.ANNA,))  # an employee from now on
    assert "Допуск" not in [row["title"] for row in shown(paperloop)["rows"]]
    entry = items(paperloop)
    assert "secrets-access" not in entry


def test_open_and_secret_do_not_replace_each_other(file: Registry, paperloop: Paperloop) -> None:
    said = paperloop("file", "replace", "0042", "1", "--item", "secrets-access", "--why", "x")
    assert (said.code, "apart" in said.err) == (2, True)
    assert not shown(paperloop)["rows"][0]["gone"]


@pytest.mark.parametrize("title", ["a\x07b", "a\udcffb"])
def test_what_no_paper_can_show_is_refused(
    title: str, file: Registry, paperloop: Paperloop
) -> None:
    assert tick(paperloop, "education", "--title", title).code == 2
    assert shown(paperloop)["documents"] == 1


def test_a_yearly_term_that_is_done_makes_way_for_the_next(
    file: Registry, paperloop: Paperloop
) -> None:
    said = paperloop("due", "--done", "0042:yearly:income:2015", "--json", *DAY)
    terms = [one["term"] for one in said.lines()]
    assert terms == [
        "0042:missing:2015-03-02",
        "0042:familiarisation:2016",
        "0042:yearly:income:2016",
    ]


def faults(paperloop: Paperloop, day: str) -> list[str]:
    (answer,) = paperloop("file", "check", "0042", "--json", "--today", day).lines()
    return [f"{it['where']}: {it['what']}" for it in answer["faults"]]


def terms(paperloop: Paperloop, kind: str) -> dict[str, str]:
    said = paperloop("due", "--until", "2099-01-01", "--json", *DAY)
    found = {one["term"]: one["day"] for one in said.lines()}
    return {term: day for term, day in found.items() if f":{kind}:" in term}


def test_a_penalty_leaves_the_file_a_year_after_the_last_one(
    file: Registry, paperloop: Paperloop
) -> None:
    for day in ("2024-05-20", "2025-03-01", "2026-06-01"):  # the second came within the year
        assert tick(paperloop, "penalties", "--date", day, "--index", day).code == 0
    assert terms(paperloop, "leaves") == {
        "0042:leaves:entry-2": "2026-03-01",
        "0042:leaves:entry-3": "2026-03-01",
        "0042:leaves:entry-4": "2027-06-01",
    }

    def late(day: str) -> list[str]:
        return [it for it in faults(paperloop, day) if "taken out on" in it]

    assert late("2026-03-01") == []
    assert [it[:23] for it in late("2026-09-14")] == [
        "0042, № 2, sheet 3: sho",
        "0042, № 3, sheet 4: sho",
    ]
    assert "01.03.2026" in late("2026-09-14")[0]
    assert paperloop("file", "remove", "0042", "2", "--why", "снято").code == 0
    assert len(late("2026-09-14")) == 1
    tick(paperloop, "dismissal", "--date", "2026-09-01")  # the last one was never lifted
    assert list(terms(paperloop, "leaves")) == ["0042:leaves:entry-3"]


def consent(registry: Registry, form: str, signed: str, **values: str) -> str:
    """A consent in the file, signed on a day; the id of its paper."""
    it = filing.paper(form, pages=1, fields=values, values=values)
    filing.issue(registry, it, people=(SERVANT,))
    date_mark = replace(filing.page(it).hand[1], value=signed)
    filing.comes_back(registry, it, hand=(filing.page(it).hand[0], date_mark))
    return it.id


@pytest.mark.parametrize(
    ("form", "values", "last", "kept"),
    [
        ("consent-contractor", {}, "2023-03-02", "2026-03-02"),
        ("consent-biometric", {}, "2025-03-02", "2028-03-02"),
        ("consent-representative", {}, "2008-05-12", "2011-05-12"),  # born in 1990
        (
            "consent-transfer",
            {"valid_until": "2022-12-31"},
            "2022-12-31",
            "2026-01-12",
        ),  # after days off
    ],
)
def test_a_consent_ends_and_need_be_kept_three_years_more(
    form: str, values: dict[str, str], last: str, kept: str, registry: Registry,
    paperloop: Paperloop,
) -> None:  # fmt: skip
    paper = consent(registry, form, "2020-03-02", **values)
    assert terms(paperloop, "consent") == {f"0042:consent:{paper}": last}
    assert terms(paperloop, "consent-kept") == {f"0042:consent-kept:{paper}": kept}
    said = " ".join(faults(paperloop, last))
    assert "term of the consent" not in said
    after = " ".join(faults(paperloop, "2027-01-01"))
    assert "0042, № 1, sheet 1: the term of the consent ended" in after
    assert ("kept no longer" in after) == (kept < "2027-01-01")


def test_a_consent_to_work_ends_with_it(registry: Registry, paperloop: Paperloop) -> None:
    paper = consent(registry, "consent-2025", "2020-03-02")
    municipal = consent(registry, "consent-municipal", "2020-03-02")  # until it is withdrawn
    assert terms(paperloop, "consent") == terms(paperloop, "consent-kept") == {}
    tick(paperloop, "dismissal", "--date", "2026-09-01")
    assert terms(paperloop, "consent") == {}  # nobody has to sign another one
    assert terms(paperloop, "consent-kept") == {f"0042:consent-kept:{paper}": "2029-09-03"}
    assert municipal not in " ".join(terms(paperloop, "consent-kept"))


def test_a_withdrawn_consent_is_named_until_there_is_another(
    registry: Registry, paperloop: Paperloop
) -> None:
    consent(registry, "consent-2025", "2020-03-02")
    it = filing.paper("consent-withdrawal", pages=1)
    filing.issue(registry, it, people=(SERVANT,))
    document = filing.comes_back(registry, it)
    came = registry.taken_in_at(document)[:10]
    said = " ".join(faults(paperloop, "2099-01-01"))
    assert "№ 1, sheet 1: the consent was withdrawn on" in said
    ((_term, day),) = terms(paperloop, "consent-kept").items()
    last = workdays.years_after(date.fromisoformat(came), 3)
    assert date.fromisoformat(day) == workdays.or_next(last, workdays.Moved())
    consent(registry, "consent-2025", "2027-03-02")
    said = " ".join(faults(paperloop, "2099-01-01"))
    assert "was withdrawn" not in said and "№ 1, sheet 1: the consent need be kept" in said
