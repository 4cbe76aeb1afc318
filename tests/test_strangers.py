"""Pages that are no form of ours: proposed to a person, and a filing stopped that contradicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines.tesseract import Word
from pipeline.flow import strangers
from pipeline.others import mrz
from pipeline.others.likeness import Text
from pipeline.pages.reading import Content, PageReading
from pipeline.personnel import agreement, whose
from pipeline.records.record import Document
from pipeline.registry import PersonRow, Registry
from tests import filing, test_mrz
from tests.test_attachments import of, sheet, stranger, taken_in
from tests.test_file import DAY, SERVANT, Paperloop

BORN = date(1990, 5, 12)
KNOWN = {"birth_date": "1990-05-12", "snils": "112-233-445 95", "inn": "500100732259",
         "passport_series": "4510", "passport_number": "123456"}  # fmt: skip
ANNA = replace(SERVANT, data={**SERVANT.data, **KNOWN})
OLEG = PersonRow(
    "0043", "Пнёв Олег Ильич", "municipal-servant",
    {"last_name": "Пнёв", "first_name": "Олег", "middle_name": "Ильич", "gender": "m",
     "birth_date": "1985-02-03", "passport_series": "4508", "passport_number": "654321",
     "snils": "087-654-303 00"},
)  # fmt: skip
PASSPORT = Content("passport", ("passport:4510123456",), "Ёлкина Анна Юрьевна", BORN)


@pytest.fixture
def registry(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as opened:
        yield opened


def owner(**changes: Any) -> tuple[str, str] | None:
    found = whose.of(replace(Content(), **changes), (ANNA, OLEG))
    return (found.person.subject, found.by) if found else None


def test_a_number_tells_whose_a_page_is_before_any_name() -> None:
    assert owner(numbers=("inn:500100732259",)) == ("0042", "number")
    # A slip of OCR in the name is none against it; another name is.
    assert owner(numbers=("passport:4508654321",), name="Пиёв Олег Ильич") == ("0043", "number")
    assert owner(numbers=("passport:4508654321",), name="Некто Иван Петрович") is None


@pytest.mark.parametrize(
    "name", ["ЁЛКИНА АННА ЮРЬЕВНА", "Елкиной Анне Юрьевне", "Ёлкину Анну Юрьевну"]
)
def test_a_full_name_in_any_case_tells_it(name: str) -> None:
    assert owner(name=name) == ("0042", "name")


def test_whatever_is_not_certain_is_nobodys() -> None:
    assert owner() is None
    assert owner(name="Ёлкина Алла Юрьевна") is None
    # Numbers of two people; another birthday; another number of a sort.
    assert owner(numbers=("inn:500100732259", "snils:08765430300")) is None
    assert owner(name="Ёлкина Анна Юрьевна", born=date(1991, 5, 12)) is None
    assert owner(name="Ёлкина Анна Юрьевна", numbers=("snils:08765430300",)) is None
    assert owner(name="Ёлкина Анна Юрьевна", born=BORN, numbers=("snils:08765430300",)) is None
    assert whose.of(PASSPORT, (ANNA, replace(ANNA, subject="0044"))) is None
    # A birthday in print, on a document that a name alone ties to her; another name on the form.
    assert owner(name="Ёлкина Анна Юрьевна", printed=("birth_date:1960-05-12",)) is None
    assert owner(numbers=("passport:4510123456",), heard="Пнёв Олег Ильич") is None


def test_a_namesake_does_not_hide_whose_a_number_is() -> None:
    namesake = replace(ANNA, subject="0044", data={**ANNA.data, "inn": "", "snils": ""})
    found = whose.of(replace(PASSPORT, numbers=("inn:500100732259",)), (ANNA, namesake))
    assert (found.person.subject, found.by) == ("0042", "number") if found else False


def test_a_new_passport_is_known_by_name_and_birthday() -> None:
    assert owner(numbers=("passport:4520000001",), name="Ёлкина Анна Юрьевна", born=BORN) == (
        "0042", "name",
    )  # fmt: skip


def behind(registry: Registry, workspace: Path, item: str, content: Content | None) -> Document:
    """What lies behind Anna's sheet for an item, taken in."""
    it = sheet(registry, item)
    registry.issue([], (ANNA, OLEG))
    (found,) = taken_in(registry, workspace, of(it, 1), stranger(2, content=content))
    return found


@pytest.mark.parametrize(
    ("item", "content"),
    [
        ("passport", PASSPORT),
        ("passport", None),
        ("passport", Content()),
        # A new passport has a new number; a slip of OCR tells nothing, a maiden name neither.
        ("passport", replace(PASSPORT, numbers=("passport:4520000001",))),
        ("passport", replace(PASSPORT, printed=("passport:4510123457",))),
        ("passport", Content("passport", ("passport:4508654321", "passport:4510123456"))),
        ("education", Content("education", (), "Веткина Анна Юрьевна")),
        ("education", Content("education", (), "Ёлкиной Аине Юрьевне")),
        ("pension-insurance", Content("pension-insurance", ("snils:11223344595",))),
        ("work-book", Content("military")),
        ("civil-status", Content("civil-status", (), "Пнёв Олег Ильич")),
        ("questionnaire", Content(None, (), "Некто Иван Петрович")),
        ("application", Content("application", (), "Некто Иван Петрович")),
        ("other-documents", replace(PASSPORT, born=date(1950, 1, 1))),
    ],
)  # fmt: skip
def test_what_may_be_right_is_filed(
    item: str, content: Content | None, registry: Registry, workspace: Path
) -> None:
    found = behind(registry, workspace, item, content)
    assert (found.status, found.reasons) == ("accepted", ())


@pytest.mark.parametrize(
    ("item", "content", "why"),
    [
        ("passport", replace(PASSPORT, numbers=("passport:4508654321",)), "another person"),
        (
            "passport",
            replace(PASSPORT, numbers=("passport:4520000001",), born=date(1985, 2, 3)),
            "another person",
        ),
        (
            "pension-insurance",
            Content("pension-insurance", ("snils:08765430300",)),
            "another person",
        ),
        ("education", PASSPORT, "looks like: passport"),
        # Of others whom the office knows, whatever it is; of anybody, on a paper of this kind.
        ("passport", Content("passport", ("passport:4508654321",)), "another person: passport"),
        ("passport", Content("passport", (), "Пнёв Олег Ильич"), "another person"),
        ("tax-registration", Content("tax-registration", (), "Пнёву Олегу Ильичу"), "another"),
        ("questionnaire", Content(None, (), "Пнёв Олег Ильич"), "another person: Пнёв"),
        ("questionnaire", Content(form="consent-2025", heard="Пнёв Олег Ильич"), "another person"),
        ("children", Content(None, ("snils:08765430300",)), "another person"),
        ("education", Content("education", (), "Ёлкина Яна Петровна"), "another person"),
        (
            "passport",
            replace(PASSPORT, heard="Пнёв Олег Ильич"),
            "another person",
        ),
        (
            "passport",
            replace(PASSPORT, heard="Ёлкина Янина Юрьевна"),
            "the machine-readable zone says “Ёлкина Анна Юрьевна”, the print “Ёлкина Янина",
        ),
        (
            "passport",
            replace(PASSPORT, printed=("passport:4508654321",)),
            "the machine-readable zone says “4510123456”, the print “4508654321”",
        ),
    ],
)
def test_what_is_certainly_another_waits_and_says_why(
    item: str,
    content: Content,
    why: str,
    registry: Registry,
    workspace: Path,
    paperloop: Paperloop,
) -> None:
    found = behind(registry, workspace, item, content)
    assert (found.status, found.reasons) == ("review", ("ambiguous-identity",))
    assert why in " ".join(paperloop("review", *DAY).err.replace("│", " ").split())
    # A person who has looked may file it all the same.
    said = paperloop("review", "--accept", found.id, *DAY)
    assert said.code == 0, said.err
    # The file's check goes on naming it.
    said = paperloop("file", "check", "0042", "--json", *DAY)
    faults = [one for one in said.lines()[0]["faults"] if why in one["what"]]
    assert [one["where"] for one in faults] == ["0042, № 1, sheet 1"]


def test_review_proposes_what_an_unknown_page_is_and_whose(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    registry.issue([], (ANNA, OLEG))
    seen = [stranger(1, content=PASSPORT), stranger(2), stranger(3, content=Content("education"))]
    documents = taken_in(registry, workspace, *seen)
    # A proposal files nothing.
    assert {one.status for one in documents} == {"review"}
    first, second, third = paperloop("review", "--json", *DAY).lines()
    assert first["pages"][0]["kind"] == "passport"
    assert first["looks_like"] == {
        "kind": "passport", "subject": "0042", "by": "number", "item": "passport",
        "certified": None, "differs": [],
    }  # fmt: skip
    assert "looks_like" not in second
    assert third["looks_like"]["subject"] is None
    told = " ".join(paperloop("review", *DAY).err.split())
    assert "looks like: passport" in told
    assert "checklist 0042" in told


def facts(**changes: Any) -> list[tuple[str, str, str]]:
    """What a page says otherwise than Anna's data."""
    found = agreement.differences(replace(Content(), **changes), ANNA)
    return [(one.fact, one.read, one.known) for one in found]


def test_what_a_page_says_otherwise_than_the_data_is_named() -> None:
    assert facts(**asdict(PASSPORT)) == []
    assert facts(kind="passport", numbers=("passport:4520000001",), born=date(1991, 5, 12)) == [
        ("passport", "4520000001", "4510123456"),
        ("birth_date", "1991-05-12", "1990-05-12"),
    ]
    assert facts(name="Ёлкиной Анны Юрьевны") == []
    assert facts(name="Ёлкина Алла Юрьевна") == [
        ("full_name", "Ёлкина Алла Юрьевна", "Ёлкина Анна Юрьевна")
    ]
    assert facts(numbers=("snils:08765430300", "inn:500100732259")) == [
        ("snils", "08765430300", "11223344595")
    ]
    # What print alone says, and figures on a paper that is no passport.
    assert facts(kind="passport", printed=("birth_date:1991-05-12",)) == [
        ("birth_date", "1991-05-12", "1990-05-12")
    ]
    assert facts(kind="education", numbers=("passport:1077041234",)) == []
    # Two numbers of a sort: nobody knows which is meant.
    assert facts(numbers=("snils:08765430300", "snils:11223344595")) == []


def test_a_zone_and_its_print_are_compared_but_for_slips_of_ocr() -> None:
    def apart(*printed: str) -> list[str]:
        return [one.fact for one in agreement.within(replace(PASSPORT, printed=printed))]

    assert apart("passport:4510123456", "birth_date:1990-05-12") == []
    assert apart("passport:4510123458", "birth_date:1990-05-13") == []
    assert apart("passport:4510123489", "birth_date:1985-02-03") == ["passport", "birth_date"]


def test_review_names_what_differs_and_proposes_no_owner_where_it_contradicts(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    registry.issue([], (ANNA, OLEG))
    it = filing.paper("consent-municipal", values={"snils": "087-654-303 00"})
    filing.issue(registry, it, people=(ANNA,))
    filing.comes_back(
        registry, it,
        fields=(filing.field("passport_series", "4511"),
                filing.field("passport_number", "123456"),
                filing.field("birth_date", "1990-05-12")),
    )  # fmt: skip
    born = replace(PASSPORT, born=date(1991, 5, 12))
    taken_in(registry, workspace, stranger(1, content=PASSPORT), stranger(2, content=born))
    first, second = paperloop("review", "--json", *DAY).lines()
    assert (first["looks_like"]["subject"], first["looks_like"]["differs"]) == ("0042", [
        {"fact": "passport", "read": "4510123456", "known": "4511123456",
         "source": f"doc-{it.id}"},
    ])  # fmt: skip
    assert (second["looks_like"]["subject"], second["looks_like"]["item"]) == (None, None)
    assert {
        "fact": "birth_date",
        "read": "1991-05-12",
        "known": "1990-05-12",
        "source": "data",
    } in (second["looks_like"]["differs"])
    told = " ".join(paperloop("review", *DAY).err.replace("│", " ").split())
    assert "the page says “12.05.1991”, the office's data say “12.05.1990”" in told
    assert "it would be of 0042 Ёлкина Анна Юрьевна (by number), but not all agrees" in told


def test_what_a_copy_of_a_form_says_otherwise_is_named(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    registry.issue([], (ANNA, OLEG))
    of_form = Content(form="consent-employee", words=(0, 200, 400), name="Ёлкина Анна Юрьевна")
    second = replace(of_form, words=(200, 400, 400), name="", numbers=("snils:16027537966",))
    taken_in(registry, workspace, stranger(1, content=of_form), stranger(2, content=second))
    (one,) = paperloop("review", "--json", *DAY).lines()
    # What the second page says speaks against the name on the first.
    assert one["looks_like"]["subject"] is None
    assert [(it["fact"], it["read"], it["known"]) for it in one["looks_like"]["differs"]] == [
        ("snils", "16027537966", "11223344595")
    ]
    told = " ".join(paperloop("review", *DAY).err.replace("│", " ").split())
    assert "it would be of 0042 Ёлкина Анна Юрьевна (by name)" in told


def test_a_name_in_another_case_is_that_of_who_declines_so(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    registry.issue([], (ANNA, OLEG))

    def copy(number: int, name: str, said: str) -> PageReading:
        field = filing.field(name, said, status="read", expected=None, value=None)
        seen = Content(form="consent-withdrawal", words=(0, 400, 400), name=said)
        return stranger(number, content=seen, fields=(field,))

    taken_in(
        registry, workspace,
        copy(1, "full_name_genitive", "Пнёва Олега Ильича"),
        copy(2, "full_name_genitive", "Пнёва Олега Игоревича"),
    )  # fmt: skip
    first, second = paperloop("review", "--json", *DAY).lines()
    assert first["fields"]["full_name_genitive"]["nominative"] == "Пнёв Олег Ильич"
    assert (first["looks_like"]["subject"], first["looks_like"]["by"]) == ("0043", "name")
    assert "nominative" not in second["fields"]["full_name_genitive"]
    assert "looks_like" not in second
    told = " ".join(paperloop("review", *DAY).err.replace("│", " ").split())
    assert "(full_name_genitive) names Пнёв Олег Ильич" in told


@pytest.mark.parametrize(
    ("certified", "day", "words", "command"),
    [
        (True, date(2026, 9, 1), "with the mark «Верно» and a signature, 01.09.2026",
         "--tick passport --copy --certified"),
        (False, None, "without the mark «Верно»", "--tick passport --copy --not-certified"),
        (None, None, "look whether it has the mark «Верно»", "--tick passport"),
    ],
)  # fmt: skip
def test_review_says_whether_a_copy_is_certified(
    certified: bool | None,
    day: date | None,
    words: str,
    command: str,
    registry: Registry,
    workspace: Path,
    paperloop: Paperloop,
) -> None:
    registry.issue([], (ANNA, OLEG))
    content = replace(PASSPORT, certified=certified, certified_on=day)
    taken_in(registry, workspace, stranger(1, content=content))
    (one,) = paperloop("review", "--json", *DAY).lines()
    assert one["looks_like"]["certified"] is certified
    told = " ".join(paperloop("review", *DAY).err.replace("│", " ").split())
    assert words in told
    assert f"paperloop checklist 0042 {command} " in f"{told} ".replace("• ", "")
    assert ("--copy" in told) is (certified is not None)
    said = paperloop(*f"checklist 0042 {command}".split(), *DAY)
    assert said.code == 0, said.err


def test_only_a_sure_mark_is_filed_with_a_copy(
    registry: Registry, workspace: Path, paperloop: Paperloop
) -> None:
    """What lies behind a sheet is filed by itself: that it is not certified a person says."""
    registry.issue([], (ANNA, OLEG))
    marks = {"passport": True, "pension-insurance": None, "tax-registration": False}
    pages: list[PageReading] = []
    for item, certified in marks.items():
        first = len(pages) + 1
        pages += [
            of(sheet(registry, item), first),
            stranger(first + 1),
            stranger(first + 2, content=Content(item, certified=certified)),
        ]
    taken_in(registry, workspace, *pages)
    papers = {
        one["item"]: one["papers"][0]["certified"]
        for one in paperloop("checklist", "0042", "--json", *DAY).lines()[0]["items"]
        if one["papers"]
    }
    assert papers == {"passport": True, "pension-insurance": None, "tax-registration": None}


class Ocr:
    """Reads the zone of Anna's passport where it is asked for lines; notes what it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def read_lines(
        self, lines: Sequence[NDArray[np.uint8]], language: str = "rus"
    ) -> list[tuple[str, float]]:
        assert language == "eng"
        self.asked = [line.shape for line in lines]
        return [(line, 0.9) for line in mrz.written(test_mrz.ANNA)[: len(lines)]]

    def read_page(self, page: NDArray[np.uint8]) -> list[Word]:
        raise AssertionError("the page has been read already")


def looked_at(*found: Word) -> tuple[Content, Ocr]:
    """What a page of these words is told to be, and what OCR was asked for once more."""
    ocr, text = Ocr(), Text(found, 0, np.diag([2.0, 2.0, 1.0]))
    return strangers.look(np.full((2000, 1600), 255, np.uint8), text, ocr), ocr


def test_the_zone_is_read_again_line_by_line_and_as_fine_as_the_scan_is() -> None:
    seen, ocr = looked_at(
        Word("РМКИ$", 0.5, (100, 700, 180, 720)),
        Word("2КТМА<<АММА<<<<", 0.5, (190, 702, 700, 724)),
        Word("4511234569К1$<<<<<<", 0.5, (100, 740, 640, 760)),
        Word("Подпись", 0.9, (100, 900, 180, 920)),
    )
    assert (seen.kind, seen.numbers, seen.born) == ("passport", ("passport:4510123456",), BORN)
    # Two lines, twice as fine, from their first word to the last.
    assert len(ocr.asked) == 2
    assert all(60 < height < 120 and 1100 < width < 1400 for height, width in ocr.asked)


def test_a_page_without_a_zone_costs_no_reading() -> None:
    seen, ocr = looked_at(Word("«Кедр»", 0.9, (100, 700, 180, 720)))
    assert (seen, ocr.asked) == (Content(), [])
