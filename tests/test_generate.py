"""Issuing papers through the command line; pdfplumber and zxing-cpp judge what came out."""

from __future__ import annotations

import io
import json
import re
import shutil
import stat
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import openpyxl
import pdfplumber
import pytest

from pipeline import settings
from pipeline.engines import office as libreoffice
from pipeline.engines import pile
from pipeline.errors import ExitCode, FormError
from pipeline.geometry import Box
from pipeline.papers import draft, layout, marks
from pipeline.papers.marks import Mark
from pipeline.registry import Registry
from tests.conftest import Said
from tests.pdfs import Judged, codes_on, inside
from tests.scanning import Office, open_office

Json = dict[str, Any]
EMPLOYEE, MUNICIPAL, PLEDGE = "consent-employee", "consent-municipal", "non-disclosure-pledge"
ACT, LIST = "handover-act", "authorised-positions"
OF_PEOPLE = (EMPLOYEE, MUNICIPAL, PLEDGE)
FAULTS = Path(__file__).parent / "faults"
LEAST_MM = {"signature": (45, 10), "date": (25, 7)}

WOMAN: Json = {
    "personnel_number": "0042",
    "last_name": "Константинопольская-Верхнереченская",
    "first_name": "Александра-Виктория",
    "middle_name": "Константиновна",
    "birth_date": "1985-09-30",
    "address": (
        "606999, Верхнереченская область, Синеозёрский муниципальный район, рабочий посёлок "
        "Старый Каменный Брод, улица Сто двадцать пятой дивизии, д. 128, корп. 14, кв. 1047"
    ),
    "passport_series": "0405",
    "passport_number": "001234",
    "passport_issued_by": (
        "Отделом по вопросам миграции Межмуниципального управления МВД России по Верхнереченской "
        "области и Синеозёрскому району"
    ),
    "passport_issued_on": "2005-10-20",
    "position": (
        "заместитель начальника отдела организационно-методического сопровождения и контроля"
    ),
    "insurer": "Акционерное общество «Страховая медицинская компания «Ладья & Полис <Север>»",
}
MAN: Json = {
    "personnel_number": "007/А «б»",
    "last_name": "Ли",
    "first_name": "Ян",
    "gender": "м",
    "birth_date": "2000-01-02",
    "address": "г. Лугоград, д. 1",
    "passport_series": "4520",
    "passport_number": "100200",
    "passport_issued_by": "УМВД",
    "passport_issued_on": "2020-02-01",
    "position": "врач",
}
ONE_ACT: Json = {
    "act": "1-П",
    "basis": "договор",
    "basis_date": "2026-08-03",
    "basis_number": "17/26",
    "recipient": "ООО «Кедр & Ко»",
    "recipient_representative": "Весник Олег Юрьевич",
    "recipient_position": "начальник отдела кадров",
    "until": "2027-01-31",
    "purpose": "оформления полисов",
    "handed_by": "Рощина Вера Павловна",
    "handed_by_position": "специалист по кадрам",
    "items": [{"name": f"Папка «{n}»", "quantity": n} for n in range(1, 31)],
}
SHORT_ACT: Json = {**ONE_ACT, "act": "2", "items": [{"name": "Опись", "quantity": 1}]}
del SHORT_ACT["basis_number"]
POSITIONS: Json = {
    "approved_by": "распоряжение директора техникума",
    "approved_on": "2026-09-01",
    "approved_number": "57-р",
}
EVERYTHING = {"hires": [WOMAN, MAN], "acts": [ONE_ACT, SHORT_ACT], "lists": [POSITIONS]}
PAGES = {EMPLOYEE: 2, MUNICIPAL: 1, PLEDGE: 1, ACT: 1, LIST: 1}


def put(office: Office, data: Any, name: str = "data.json") -> str:
    (office.root / name).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return name


@dataclass(frozen=True, eq=False)
class First:
    """The first run, of every form; tests look at it and leave it as it is."""

    office: Office
    papers: list[Json]

    def paper(self, form: str, subject: str | None = None) -> Json:
        return next(p for p in self.papers if p["form"] == form and subject in (None, p["subject"]))

    def pdf(self, one: Json) -> bytes:
        return (self.office.root / str(one["pdf"])).read_bytes()

    @lru_cache  # noqa: B019 - one office a module
    def judged(self, pdf: str, page: int) -> Judged:
        """A page as pdfplumber sees it: looked at by several tests, and slow."""
        return Judged((self.office.root / pdf).read_bytes(), page)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    office = open_office(tmp_path_factory.mktemp("generate") / "office")
    data = put(office, EVERYTHING)
    said = office("generate", *OF_PEOPLE, ACT, LIST, "--data", data, "--json")
    assert said.code == 0, said.err
    return First(office, said.lines())


@pytest.fixture
def office(first: First, tmp_path: Path) -> Office:
    """An office of one's own, in which the first run has been."""
    return first.office.copy_to(tmp_path / "office")


def again(office: Office, *more: object, forms: Sequence[str] = OF_PEOPLE) -> Said:
    return office("generate", *forms, "--data", "data.json", "--json", *more)


def files(root: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(root.iterdir())}


def without_new(papers: Sequence[Json]) -> list[Json]:
    return [{k: v for k, v in p.items() if k not in ("new", "docx", "pdf")} for p in papers]


# What is said


def test_json_is_the_contracts(first: First) -> None:
    assert len(first.papers) == 9
    for one in first.papers:
        assert list(one) == [
            "paper", "new", "form", "version", "subject", "docx", "pdf", "pages", "fields",
            "places",
        ]  # fmt: skip
        assert re.fullmatch(f"[{marks.ALPHABET}]{{10}}", one["paper"])
        assert one["new"] is True
        assert one["form"] in PAGES
        for kind in ("docx", "pdf"):
            assert one[kind].startswith("output/issued/") and one[kind].endswith(f".{kind}")
            assert (first.office.root / one[kind]).is_file()
        assert all(type(v) is str for v in one["fields"].values())
        for place in one["places"]:
            assert list(place) == ["field", "kind", "hand", "page", "box_mm"]
            assert place["kind"] in ("signature", "date", "text")
            assert type(place["hand"]) is bool and 1 <= place["page"] <= one["pages"]
            x0, y0, x1, y1 = place["box_mm"]
            assert 0 <= x0 < x1 <= 210 and 0 <= y0 < y1 <= 297
        assert {p["field"] for p in one["places"]} == set(one["fields"])
    subjects = {p["subject"] for p in first.papers if p["form"] in OF_PEOPLE}
    assert subjects == {"0042", "007/А «б»"}
    assert all(p["subject"] is None for p in first.papers if p["form"] in (ACT, LIST))


def test_words_are_printed_in_the_right_case_and_gender(first: First) -> None:
    woman = first.paper(EMPLOYEE, "0042")["fields"]
    assert woman["full_name"] == (
        "Константинопольская-Верхнереченская Александра-Виктория Константиновна"
    )
    assert first.paper(PLEDGE, "0042")["fields"]["warned"] == "предупреждена"
    man = first.paper(PLEDGE, "007/А «б»")["fields"]
    assert (man["full_name"], man["warned"]) == ("Ли Ян", "предупрежден")
    assert first.paper(EMPLOYEE, "0042")["fields"]["passport_number"] == "001234"
    assert first.paper(MUNICIPAL, "0042")["fields"]["insurer"] == WOMAN["insurer"]
    act = first.paper(ACT)["fields"]
    assert act["items.30.name"] == "Папка «30»" and act["items.30.quantity"] == "30"


def test_what_may_be_empty_is_left_for_a_pen(first: First) -> None:
    one = first.paper(MUNICIPAL, "007/А «б»")
    assert one["fields"]["insurer"] == ""
    (place,) = [p for p in one["places"] if p["field"] == "insurer"]
    assert place["hand"] is True and place["kind"] == "text"
    assert place["box_mm"][2] - place["box_mm"][0] > 20


# What is on the paper, by other eyes


def test_the_pages_are_as_many_as_the_form_has(first: First) -> None:
    for one in first.papers:
        long = one["fields"].get("items.30.name") or (one["form"], one["subject"]) == (
            PLEDGE,
            "0042",
        )
        assert one["pages"] == (2 if long else PAGES[one["form"]]), one["form"]


def test_every_place_holds_its_value_and_nothing_else(first: First) -> None:
    for one in first.papers:
        pages = [first.judged(one["pdf"], number) for number in range(1, one["pages"] + 1)]
        colours: list[dict[int, list[tuple[str, Box]]]] = [defaultdict(list) for _page in pages]
        for page, groups in zip(pages, colours, strict=True):
            for char, colour, box in page.chars:
                if colour > 0 and max(colour >> 16, colour >> 8 & 255, colour & 255) <= 15:
                    groups[colour].append((char, box))
        seen: dict[str, str] = defaultdict(str)
        for place in (p for p in one["places"] if not p["hand"]):
            room = Box(*place["box_mm"]).grown(0.4, 2.8)  # pdfplumber's boxes are the font's
            words = one["fields"][place["field"]].replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
            near = [
                "".join(char for char, _box in chars)
                for chars in colours[place["page"] - 1].values()
                if all(inside(box, room) for _char, box in chars)
            ]
            found = max((t for t in near if t in words), key=len, default="")
            assert found, (one["form"], place)
            seen[place["field"]] += found
        for name, text in seen.items():
            words = "".join(one["fields"][name].split())
            assert text == words * (len(text) // len(words)), (one["form"], name)


def test_a_pen_has_room_on_every_rule(first: First) -> None:
    for one in first.papers:
        for place in (p for p in one["places"] if p["hand"]):
            box = Box(*place["box_mm"])
            width, height = LEAST_MM.get(place["kind"], (20, 2))
            assert box.width >= width and box.height >= height
            judged = first.judged(one["pdf"], place["page"])
            free = box.grown(-0.3)
            # The rule's own characters are as tall as the font, and so reach in.
            assert set(judged.in_box(free)) <= {"_"}, (one["form"], place)
            assert not any(d.overlaps(free) for d in judged.drawn), (one["form"], place)
            beneath = Box(box.x0 + 1, box.y1 - 1, box.x1 - 1, box.y1 + 3)
            assert "_" in judged.in_box(beneath), (one["form"], place)


def test_blanks_are_for_signatures_dates_and_words(first: First) -> None:
    kinds = {p["kind"] for one in first.papers for p in one["places"] if p["hand"]}
    assert kinds == {"signature", "date", "text"}


def test_signatures_and_dates_are_asked_of_everybody(first: First) -> None:
    for one in first.papers:
        hand = {p["field"] for p in one["places"] if p["hand"] and p["kind"] != "text"}
        people = {"signature", "date"}
        expected = {ACT: {"signature_giver", "signature_taker"}, LIST: set()}
        assert hand == expected.get(one["form"], people)


def test_two_codes_and_the_id_are_in_the_foot_of_every_page(first: First) -> None:
    for one in first.papers:
        pdf = first.pdf(one)
        for number in range(1, one["pages"] + 1):
            found = codes_on(pdf, number)
            mark = Mark(one["paper"], number, one["pages"])
            assert [marks.decode(text) for text, _box in found] == [mark, mark]
            assert all(box.x0 > 30 and box.x1 < 205 and box.y1 < 292 for _text, box in found)
            judged = first.judged(one["pdf"], number)
            foot = judged.in_box(Box(52, 270, 178, 297))
            assert foot == f"{marks.printed(one['paper'])}·стр.{number}из{one['pages']}"
            assert not any(judged.in_box(box) for _text, box in found)


def test_the_docx_prints_the_id_and_the_same_words(first: First) -> None:
    from docx import Document

    one = first.paper(PLEDGE, "0042")
    document = Document(str(first.office.root / one["docx"]))
    text = "".join(document.element.itertext())
    assert one["fields"]["position"] in text and one["fields"]["passport_issued_by"] in text
    foot = "".join(p.text for p in document.sections[0].first_page_footer.paragraphs)
    foot += "".join(p.text for p in document.sections[0].footer.paragraphs)
    assert marks.printed(one["paper"]) in foot


def test_papers_are_their_owners_alone(first: First) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has the folder's permissions")
    for path in (first.office.root / "output").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path.name


def test_nothing_of_a_run_is_left_lying_about(first: First) -> None:
    output = first.office.root / "output"
    assert {p.name for p in output.iterdir()} <= {
        ".lock", "issued", "registry.db", "registry.db-wal", "registry.db-shm",
    }  # fmt: skip
    assert len(list((output / "issued").iterdir())) == 2 * len(first.papers)


# The same again, and otherwise


def test_the_same_again_is_the_same_paper(first: First, office: Office) -> None:
    with mock.patch("pipeline.engines.office.start", side_effect=AssertionError("not needed")):
        said = again(office, "--out", office.root / "other", forms=(*OF_PEOPLE, ACT, LIST))
    assert said.code == 0, said.err
    assert without_new(said.lines()) == without_new(first.papers)
    assert not any(p["new"] for p in said.lines())
    assert all(p["docx"].startswith("other/") for p in said.lines())
    assert files(office.root / "other") == files(first.office.root / "output" / "issued")


def test_an_interrupted_run_is_mended_by_the_next(first: First, office: Office) -> None:
    issued = office.root / "output" / "issued"
    shutil.rmtree(issued)
    stale = office.root / "output" / ".work" / "killed"
    stale.mkdir(parents=True)
    (stale / "somebody.docx").write_bytes(b"personal")
    half = office.root / "output" / ".report.part"
    half.write_bytes(b"personal")
    assert again(office, forms=(*OF_PEOPLE, ACT, LIST)).code == 0
    assert files(issued) == files(first.office.root / "output" / "issued")
    assert not stale.parent.exists() and not half.exists()


@pytest.mark.parametrize(("kind", "kept"), [("docx", {".docx"}), ("pdf", {".pdf"})])
def test_only_the_files_asked_for_are_kept(office: Office, kind: str, kept: set[str]) -> None:
    said = again(office, "--format", kind, "--out", office.root / "other")
    assert {p.suffix for p in (office.root / "other").iterdir()} == kept
    for one in said.lines():
        assert [one["docx"] is not None, one["pdf"] is not None] == [kind == "docx", kind == "pdf"]
        assert one["pages"] and one["places"]


def test_changed_data_supersede_and_faulty_rows_get_nothing(first: First, office: Office) -> None:
    data = {"hires": [{**WOMAN, "position": "лаборант"}, {**MAN, "passport_number": "12"}]}
    put(office, data)
    said = again(office)
    assert said.code == ExitCode.BAD_DATA
    assert "passport_number" in said.err or "Номер паспорта" in said.err
    assert {p["subject"] for p in said.lines()} == {"0042"}
    assert all(p["new"] for p in said.lines()) and len(said.lines()) == 3
    here = settings.load(office.root)
    with Registry.open(here.registry_url) as registry:
        for one in said.lines():
            (current,) = registry.current(one["form"], "0042")
            assert current.id == one["paper"]
            old = registry.paper(first.paper(one["form"], "0042")["paper"])
            assert old is not None and old.superseded_by == one["paper"]
            (other,) = registry.current(one["form"], "007/А «б»")
            assert other.id == first.paper(one["form"], "007/А «б»")["paper"]
        assert len(registry.specimens()) == 1
    # The old data come back: the old paper is in use again.
    put(office, {"hires": [WOMAN]})
    assert [p["paper"] for p in again(office, forms=(PLEDGE,)).lines()] == [
        first.paper(PLEDGE, "0042")["paper"]
    ]
    with Registry.open(here.registry_url) as registry:
        (current,) = registry.current(PLEDGE, "0042")
        assert current.id == first.paper(PLEDGE, "0042")["paper"]


def test_a_second_copy_is_issued_only_on_purpose(first: First, office: Office) -> None:
    put(office, {"hires": [WOMAN]})
    (copy,) = again(office, "--again", forms=(PLEDGE,)).lines()
    one = first.paper(PLEDGE, "0042")
    assert copy["new"] and copy["paper"] != one["paper"] and copy["fields"] == one["fields"]
    with Registry.open(settings.load(office.root).registry_url) as registry:
        assert [p.id for p in registry.current(PLEDGE, "0042")] == [one["paper"], copy["paper"]]


def test_blanks_are_coded_and_about_nobody(office: Office) -> None:
    said = office("generate", PLEDGE, "--blank", 2, "--json")
    assert said.code == 0, said.err
    one, two = said.lines()
    assert one["paper"] != two["paper"] and one["subject"] is two["subject"] is None
    assert one["fields"]["full_name"] == "" and one["fields"]["operator_name_genitive"]
    assert {p["field"] for p in one["places"] if p["hand"]} >= {
        "full_name",
        "position",
        "signature",
    }
    mark = marks.decode(codes_on((office.root / two["pdf"]).read_bytes(), 1)[0][0])
    assert mark == Mark(two["paper"], 1, 1)


def test_a_paper_that_cannot_be_printed_right_is_left_out_alone(office: Office) -> None:
    rows = [{**MAN, "personnel_number": n} for n in ("1", "2", "3")]
    put(office, {"hires": rows})
    places = draft.places

    def one_has_no_room(form: Any, filled: Any, made: Any, sheets: Any) -> Any:
        if marks.printed(papers["2"]) in layout.text_of(sheets):
            raise FormError("no room", where="form.docx")
        return places(form, filled, made, sheets)

    papers: dict[str, str] = {}
    derive = marks.paper_id

    def noted(secret: bytes, digest: str, copy: int) -> str:
        papers[str(len(papers) + 1)] = derive(secret, digest, copy)
        return derive(secret, digest, copy)

    with (
        mock.patch("pipeline.papers.marks.paper_id", noted),
        mock.patch("pipeline.papers.draft.places", one_has_no_room),
    ):
        said = again(office, forms=(PLEDGE,))
    assert said.code == ExitCode.BAD_FORM
    assert [p["subject"] for p in said.lines()] == ["1", "3"]
    assert "data.json" in said.err and "no room" in said.err
    assert not list((office.root / "output" / "issued").glob("2-non*"))


# Which rows and forms


def test_strict_issues_nothing_when_a_row_is_faulty(office: Office) -> None:
    put(office, {"hires": [{**WOMAN, "position": "лаборант"}, {**MAN, "birth_date": "soon"}]})
    before = files(office.root / "output" / "issued")
    said = again(office, "--strict")
    assert said.code == ExitCode.BAD_DATA and said.out == ""
    assert files(office.root / "output" / "issued") == before


def test_a_set_gives_each_person_the_forms_of_a_category(office: Office) -> None:
    put(office, {"hires": [{**WOMAN, "category": "employee"}, {**MAN, "category": "student"}]})
    said = office("generate", "--set", "new-hire-employee", "--data", "data.json", "--json")
    assert said.code == 0, said.err
    assert {(p["form"], p["subject"]) for p in said.lines()} == {
        (EMPLOYEE, "0042"), (PLEDGE, "0042"),
    }  # fmt: skip
    assert not any(p["new"] for p in said.lines())  # a category is not printed


def test_data_come_from_standard_input_too(office: Office) -> None:
    text = json.dumps([WOMAN], ensure_ascii=False).encode()
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8")):
        said = office("generate", PLEDGE, "--data", "-", "--json")
    assert [(p["subject"], p["new"]) for p in said.lines()] == [("0042", False)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-form", "--data", "data.json"),
        ("../secret", "--data", "data.json"),
        ("--set", "no-such-set", "--data", "data.json"),
        (PLEDGE, "--set", "new-hire-employee", "--data", "data.json"),
        (PLEDGE,),
        (PLEDGE, "--data", "data.json", "--blank", "2"),
        (PLEDGE, "--data", "data.json", "--format", "odt"),
        ("inventory", "--data", "data.json"),
        ("--data", "data.json"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(first: First, arguments: tuple[str, ...]) -> None:
    said = first.office("generate", *arguments)
    assert said.code == ExitCode.USAGE and said.out == ""
    assert len(said.err.splitlines()) == 1 and "→" in said.err


@pytest.mark.parametrize(
    "sets", ["[mine", "[mine]\nforms = 3", "[mine]\nforms = ['non-disclosure-pledge']\nwhen = '(('"]
)
def test_wrong_sets_are_said_in_a_line(office: Office, sets: str) -> None:
    folder = office.root / "templates"
    folder.mkdir()
    (folder / "sets.toml").write_text(sets, encoding="utf-8")
    put(office, {"hires": [{**MAN, "category": "student"}]})
    said = office("generate", "--set", "mine", "--data", "data.json")
    assert said.code == ExitCode.BAD_FORM and len(said.err.splitlines()) == 1


# LibreOffice at fault


def faulty(monkeypatch: pytest.MonkeyPatch, folder: Path, fault: str) -> None:
    """Put a program of tests/faults where soffice is looked for."""
    folder.mkdir()
    shutil.copy(FAULTS / f"{fault}.sh", folder / "soffice")
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.mark.skipif(sys.platform == "win32", reason="the faults are shell scripts")
@pytest.mark.parametrize(
    "fault", ["office_hangs", "office_crashes", "office_lies", "office_breaks_off"]
)
def test_a_failing_office_ends_with_6_and_leaves_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    put(office, {"hires": [{**MAN, "personnel_number": str(n)} for n in range(5)]})
    before = files(office.root / "output" / "issued")
    faulty(monkeypatch, tmp_path / "bin", fault)
    monkeypatch.setattr(libreoffice, "START_SECONDS", 0.3)
    monkeypatch.setattr(libreoffice, "FILE_SECONDS", 0.0)
    said = again(office)
    assert said.code == ExitCode.TOOL_FAILED and said.out == ""
    assert "LibreOffice" in said.err and "→" in said.err
    assert files(office.root / "output" / "issued") == before
    assert not (office.root / "output" / ".work").exists()
    with Registry.open(settings.load(office.root).registry_url) as registry:
        assert not registry.current(PLEDGE, "1")


@pytest.mark.parametrize("fault", ["a copy too few", "no document"])
def test_papers_that_fail_together_are_laid_out_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def spoilt(copies: Sequence[bytes]) -> bytes:
        return copies[0] if fault == "a copy too few" else b"no document"

    monkeypatch.setattr(pile, "pile", spoilt)
    put(office, {"hires": [{**MAN, "personnel_number": str(n)} for n in range(3)]})
    said = again(office, forms=(PLEDGE,))
    assert said.code == 0, said.err
    assert [one["subject"] for one in said.lines()] == ["0", "1", "2"]


@pytest.mark.skipif(sys.platform == "win32", reason="the faults are shell scripts")
def test_an_office_that_breaks_down_once_is_started_again(
    first: First, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = libreoffice.program()
    faulty(monkeypatch, tmp_path / "bin", "office_breaks_off")
    monkeypatch.setenv("REAL_SOFFICE", str(real))
    files = []
    for number in range(2):
        files.append(tmp_path / f"{number}.docx")
        shutil.copy(first.office.root / first.paper(PLEDGE)["docx"], files[-1])
    made = libreoffice.to_pdf(files, tmp_path, tmp_path / "profile")
    assert [len(layout.sheets(pdf.read_bytes())) for pdf in made] == [2, 2]


def test_without_an_office_the_code_is_5(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = {"passport_number": "000001", "snils": "", "inn": ""}
    put(office, {"hires": [{**MAN, **stranger, "personnel_number": "1"}]})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(libreoffice, "_PLACES", ())
    said = again(office, forms=(PLEDGE,))
    assert said.code == ExitCode.TOOL_MISSING and len(said.err.splitlines()) == 1
    assert "doctor" in said.err


# Sheets to fill in


def test_an_empty_sheet_has_the_columns_and_is_never_overwritten(first: First) -> None:
    said = first.office("data", "sheet", PLEDGE, ACT, "--out", "mine.xlsx", "--json")
    assert said.code == 0, said.err
    (told,) = said.lines()
    assert told["file"] == "mine.xlsx" and "passport_number" in told["columns"]
    book = openpyxl.load_workbook(first.office.root / "mine.xlsx")
    heads = {s.title: [c.value for c in s[1]] for s in book.worksheets}
    assert list(heads) == ["hires", "acts", "items"]
    assert "Табельный номер" in heads["hires"] and "Номер паспорта" in heads["hires"]
    assert heads["items"] == ["Акт", "Наименование", "Количество"]
    before = (first.office.root / "mine.xlsx").read_bytes()
    said = first.office("data", "sheet", PLEDGE, "--out", "mine.xlsx")
    assert said.code == ExitCode.USAGE
    assert (first.office.root / "mine.xlsx").read_bytes() == before


def test_form_show_draws_the_filled_example(first: First, tmp_path: Path) -> None:
    said = first.office("form", "show", EMPLOYEE, "--png", tmp_path)
    assert said.code == ExitCode.DONE
    pages = sorted(tmp_path.glob("*.png"))
    assert [page.name for page in pages] == [f"{EMPLOYEE}-1.png", f"{EMPLOYEE}-2.png"]
    for page in pages:
        pixels = cv2.imread(str(page))
        assert pixels is not None
        blue, green, red = (pixels[..., i].astype(int) for i in range(3))
        assert ((green - red > 60) & (green - blue > 60)).any()  # a frame about a printed field
    assert not list(first.office.root.glob("output/issued/*Пример*"))


def test_a_print_run_is_one_pdf_person_by_person_after_an_index(
    first: First, office: Office
) -> None:
    said = office("generate", *OF_PEOPLE, "--data", "data.json", "--print-run", "--json")
    assert said.code == ExitCode.DONE, said.err
    issued = said.lines()
    (pile,) = office.root.glob("output/issued/print-run-*.pdf")
    with pdfplumber.open(pile) as pdf:
        pages = [page.extract_text() or "" for page in pdf.pages]
    ids = [marks.printed(one["paper"]) for one in issued]
    assert all(printed in pages[0] for printed in ids)
    papers = [
        next((i for i in ids if i in text.splitlines()[-1]), "") for text in pages[2:] if text
    ]
    people = {marks.printed(one["paper"]): one["subject"] for one in issued}
    order = [people[printed] for printed in dict.fromkeys(papers)]
    assert order == sorted(order, key=list(dict.fromkeys(o["subject"] for o in issued)).index)
    # Every paper begins on a sheet of its own, whatever the pages of the one before.
    for printed in ids:
        assert next(n for n, text in enumerate(pages) if n > 1 and printed in text) % 2 == 0
    office("generate", *OF_PEOPLE, "--data", "data.json", "--print-run")
    assert len(list(office.root.glob("output/issued/print-run-*.pdf"))) == 2
