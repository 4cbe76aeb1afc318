"""Copies of our forms that were not issued here: known by their wording, read, left to a person."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from pipeline import settings
from pipeline.engines import docx, office
from pipeline.flow import strangers
from pipeline.forms import form as forms
from pipeline.others import alignment, skeleton, unissued, values
from pipeline.others.skeleton import Skeleton
from pipeline.pages.reading import Content, PageReading
from pipeline.papers import layout
from pipeline.records import record
from pipeline.registry import PersonRow, Registry
from pipeline.settings import Settings
from tests import filing, scanning
from tests.bench import people
from tests.scanning import DAY, Json, Office, Pixels
from tests.simulator.dates import write_on_rule
from tests.simulator.dice import dice
from tests.simulator.elsewhere import other_program, rules_of
from tests.simulator.pens import take_pen
from tests.simulator.printing import lay, render

CONSENT, PLEDGE = "consent-employee", "non-disclosure-pledge"
OLEG = PersonRow(
    "0042", "Пнёв Олег Ильич", "employee",
    {"last_name": "Пнёв", "first_name": "Олег", "middle_name": "Ильич", "gender": "m",
     "birth_date": "1985-02-03", "passport_series": "4508", "passport_number": "654321"},
)  # fmt: skip
CONSENTED = {
    "applicant": "Пнёва О.И.",
    "position_genitive": "методиста",
    "full_name": "Пнёв Олег Ильич",
    "birth_date": "3 февраля 1985",
    "residing": "проживающий",
    "address": "399140, г. Лугоград, ул. Полевая, д. 14, кв. 3",
    "passport_series": "4508",
    "passport_number": "654321",
    "passport_issued_by": "Отделом внутренних дел города Лугоград",
    "passport_issued_on": "12.05.2010",
    "signature": "_" * 25,
    "date": "_" * 20,
}
PLEDGED = dict.fromkeys(
    ("full_name", "passport_issued_by", "position", "signature", "date"), "_" * 30
) | {"passport_series": "_" * 9, "passport_number": "_" * 10, "passport_issued_on": "_" * 12,
     "warned": "предупрежден", "acquainted": "ознакомлен"}  # fmt: skip


def setting(root: Path) -> Settings:
    return settings.load(root, today=DAY)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("ours")
    (root / settings.FILE_NAME).write_bytes(settings.SAMPLE.read_bytes())
    return setting(root)


@pytest.fixture(scope="module")
def known(ours: Settings) -> list[Skeleton]:
    return list(skeleton.every(ours))


def template(name: str, ours: Settings) -> Path:
    return forms.load(name, ours).template


def printed_by_office(name: str, ours: Settings) -> dict[str, str]:
    return dict(forms.blank(forms.load(name, ours), ours.operator, DAY).printed)


def text_of(name: str, ours: Settings, values: dict[str, str] | None = None) -> str:
    """All that a copy of the form says, line by line."""
    said = {**printed_by_office(name, ours), **(values or {})}
    lines = [text for _number, text in docx.paragraphs(template(name, ours))]
    whole = "\n".join(line for line in lines if "{%" not in line and "item." not in line)
    return re.sub(r"\{\{ (\w+) \}\}", lambda tag: said.get(tag[1], "") or "____", whole)


def form_of(text: str, known: Sequence[Skeleton]) -> str | None:
    plain = " ".join(text.split())
    found = alignment.choose(plain, alignment.compare(plain, known))
    return found.skeleton.form if found else None


def garbled(text: str, share: float) -> str:
    """Letters read as others, words torn and run together, as a bad text layer has them."""
    dice_ = random.Random(7)
    wrong = "lI1}{tj!рнпгтшцсоaеeкK/"
    out = []
    for letter in text:
        hurt = letter.isalpha() and dice_.random() < share
        out.append(dice_.choice(wrong) if hurt else letter)
        if letter == " " and dice_.random() < share / 4:
            out.pop()
    return "".join(out)


@pytest.mark.parametrize(
    "name", ["consent-municipal", CONSENT, PLEDGE, "consent-2025", "consent-contractor"]
)
def test_a_form_is_known_by_its_wording_filled_in_or_not(
    name: str, ours: Settings, known: list[Skeleton]
) -> None:
    values = {"full_name": "Пнёв Олег Ильич", "address": "г. Лугоград, ул. Полевая, д. 14"}
    assert form_of(text_of(name, ours), known) == name
    assert form_of(text_of(name, ours, values), known) == name
    assert form_of(garbled(text_of(name, ours, values), 0.1), known) == name


def test_an_odd_letter_changes_nothing_about_the_other_words() -> None:
    """Such a letter had kept the ё and the mixed words of a whole page as they were."""
    text = "Strasse Straße İ Ивaнов ёлка"  # with a Latin a
    found = skeleton.tokens(text)
    assert [one.word for one in found][-2:] == ["иванов", "елка"]
    assert [text[one.start : one.end] for one in found] == text.split()


def test_text_as_bad_as_it_comes_is_known_or_nobodys(ours: Settings, known: list[Skeleton]) -> None:
    for share in (0.15, 0.2, 0.25, 0.3, 0.5):
        for name in (CONSENT, PLEDGE, "consent-2025"):
            assert form_of(garbled(text_of(name, ours), share), known) in (name, None)


def test_the_same_form_of_another_office_is_not_ours(ours: Settings, known: list[Skeleton]) -> None:
    other = replace(ours.operator, name="Комитет по культуре города Лугоград", cases={})
    theirs = replace(ours, operator=other)
    for name in (CONSENT, PLEDGE, "consent-municipal", "consent-2025"):
        assert form_of(text_of(name, theirs), known) is None


def test_another_wording_is_not_the_form(ours: Settings, known: list[Skeleton]) -> None:
    text = text_of("consent-2025", ours)
    assert form_of(text.replace("три года", "пять лет"), known) == "consent-2025"  # it is not there
    changed = text.replace(
        "Обработка не поручается другим лицам", "Обработка поручается кадровому агентству"
    )
    assert changed != text
    assert form_of(changed, known) is None
    without = re.sub(r"6\. Отзыв согласия.*?дней со дня получения отзыва\.", "", text, flags=re.S)
    assert without != text
    assert form_of(without, known) is None


def test_the_end_of_a_cell_that_ocr_reads_elsewhere_changes_no_form(
    ours: Settings, known: list[Skeleton]
) -> None:
    text = text_of("consent-2025", ours)
    place = "дней со дня получения отзыва"
    assert "структурное подразделение" in text and place in text
    moved = text.replace("структурное подразделение", "структурное", 1)
    assert form_of(moved.replace(place, f"{place} подразделение", 1), known) == "consent-2025"
    # What the form says nowhere is another wording, and so is a clause in another place.
    assert form_of(moved.replace(place, f"{place} консультанта", 1), known) is None
    clause = "Обработка не поручается другим лицам"
    assert clause in text
    moved = text.replace(clause, "", 1).replace(place, f"{place} {clause} {clause}", 1)
    assert form_of(moved, known) is None


def test_a_clause_in_the_place_of_words_about_fields_is_not_the_forms(
    ours: Settings, known: list[Skeleton]
) -> None:
    values = {"full_name": "Пнёв Олег Ильич", "position": "методист", "acquainted": "ознакомлен"}
    text = text_of(PLEDGE, ours, values)
    assert form_of(text, known) == PLEDGE
    clause = """Данные субъекта передаются партнёрам для рассылки рекламных предложений; согласие
    действует бессрочно, отзыв рассматривается по усмотрению оператора в течение одного года."""
    changed = re.sub(r"\nС [^\n]* и гарантиях [^\n]*", f"\n{clause}", text)
    assert changed != text
    assert form_of(changed, known) is None


def test_what_quotes_a_form_is_not_the_form(ours: Settings, known: list[Skeleton]) -> None:
    rule = """Работник кадровой службы объясняет каждому принятому, зачем нужно согласие, какие
    сведения в нём названы и где хранятся подписанные листы. Отказ записывают в журнал. """
    quoted = text_of(PLEDGE, ours)
    assert form_of(rule * 4 + quoted + rule * 4, known) is None
    assert form_of(rule * 20, known) is None
    # The last lines are the same in many forms: they are none's.
    tail = text_of("consent-2025", ours).split("6. Отзыв согласия")[1].split("Отказ от него")[0]
    assert form_of(tail, known) is None


def test_a_short_last_page_goes_with_the_page_that_it_goes_on_from() -> None:
    def page(number: int, form: str | None, *words: int, name: str = "") -> PageReading:
        first, last, of = words or (0, 0, 0)
        content = Content(name=name, form=form, words=(first, last, of)) if form else None
        return PageReading("pile.pdf", "a" * 64, number, content=content)

    before = page(1, CONSENT, 0, 400, 441, name="Пнёв Олег Ильич")
    ways = (page(2, CONSENT, 402, 441, 441), page(2, "consent-2025", 200, 224, 224))
    short = replace(page(2, None), continuing=ways, thumbnail=b"small")
    found = strangers.continued(short, before)
    assert (found.content, found.thumbnail) == (ways[0].content, b"small")
    # Alone, behind another place in the text, or of another person it is nobody's.
    for other in (
        None,
        page(1, None),
        page(1, CONSENT, 0, 300, 441),
        page(1, PLEDGE, 0, 200, 206),
    ):
        assert strangers.continued(short, other).content is None
    named = replace(
        short, continuing=(page(2, CONSENT, 402, 441, 441, name="Ёлкина Анна Юрьевна"),)
    )
    assert strangers.continued(named, before).content is None


def test_a_name_tells_whose_it_is_in_whatever_case_the_form_has_it(
    ours: Settings, known: list[Skeleton]
) -> None:
    text = " ".join(text_of("consent-withdrawal", ours).split())
    laid = alignment.choose(text, alignment.compare(text, known))
    assert laid
    declined = filing.field("full_name_genitive", "Пнёва Олега Ильича", status="read")
    plain = filing.field("full_name", "Пнёв Олег Ильич", status="read")
    assert unissued.content(laid, [declined]).name == "Пнёва Олега Ильича"
    assert unissued.content(laid, [declined, plain]).name == "Пнёв Олег Ильич"


@pytest.fixture(scope="module")
def taken(ours: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, list[Json]]:
    """A consent out of another program and an old blank filled by pen, taken in from one file."""
    root = tmp_path_factory.mktemp("taken")
    here = scanning.open_office(root / "office")
    with Registry.open(setting(here.root).registry_url) as registry:
        registry.issue([], (OLEG,))
    consent = other_program(template(CONSENT, ours), printed_by_office(CONSENT, ours) | CONSENTED)
    pledge = other_program(template(PLEDGE, ours), printed_by_office(PLEDGE, ours) | PLEDGED)
    files = [root / "consent.docx", root / "pledge.docx"]
    for file, content in zip(files, (consent, pledge), strict=True):
        file.write_bytes(content)
    with tempfile.TemporaryDirectory() as profile:
        first, second = office.to_pdf(files, root, Path(profile))
    pages = [*scanned(first), *scanned(second, pen="Пнёв Олег Ильич", day="21.09.2026")]
    here.put("pile.pdf", *pages)
    return here, here.take_in()


def scanned(pdf: Path, pen: str = "", day: str = "") -> list[Pixels]:
    """The pages at 200 dpi, a little askew and noisy; a pen writes on every rule, last the day."""
    noise = np.random.default_rng(3)
    document, pages = pdfium.PdfDocument(pdf), []
    for number, sheet_ in enumerate(layout.sheets(pdf.read_bytes())):
        sheet = render(document[number], 200)
        rules = rules_of(sheet_) if pen else []
        for rule in rules:
            rng = dice(5, "pen", number, rule.x0, rule.y0)
            hand = take_pen(rng)
            text = day if rule == rules[-1] else pen
            lay(sheet, write_on_rule(text, rule, hand, 200, rng), hand.rgb)
        grey = cv2.cvtColor(sheet.pixels, cv2.COLOR_RGB2GRAY)
        middle = (grey.shape[1] / 2, grey.shape[0] / 2)
        turn = cv2.getRotationMatrix2D(middle, 0.3, 1)
        grey = cv2.warpAffine(grey, turn, grey.shape[::-1], borderValue=(255,))
        grey = np.clip(grey - np.abs(noise.normal(0, 9, grey.shape)), 0, 255)
        pages.append(grey.astype(np.uint8))
    document.close()
    return pages


def test_a_copy_out_of_another_program_is_read_and_waits(taken: tuple[Office, list[Json]]) -> None:
    _office, (consent, *_rest) = taken
    assert (consent["form"], consent["paper"], consent["subject"]) == (CONSENT, None, None)
    assert consent["status"] == "review"
    assert consent["reasons"] == ["not-issued-here", "signature-missing"]
    # Its pages go on in the text: they are one document, whatever their number.
    assert [page["source_page"] for page in consent["pages"]] == list(
        range(1, len(consent["pages"]) + 1)
    )
    fields = consent["fields"]
    wanted = {name: words for name, words in CONSENTED.items() if "_" not in words}
    read = {name: fields[name]["read"].replace("ё", "е") for name in wanted}
    assert read == {name: words.replace("ё", "е") for name, words in wanted.items()}
    assert {one["status"] for one in fields.values()} <= {"read", "unreadable"}
    assert all(one["expected"] is one["value"] is None for one in fields.values())
    x0, y0, x1, y1 = fields["passport_number"]["box_mm"]
    assert 0 < x0 < x1 < 210
    assert 0 < y0 < y1 < 297
    assert consent["hand"]["signature"]["present"] is False


def test_it_is_read_all_the_same_where_the_form_was_issued(
    taken: tuple[Office, list[Json]], tmp_path: Path
) -> None:
    """To others and to the same person: every such page had been called ambiguous, and not read."""
    before, said = taken
    here = scanning.open_office(tmp_path / "office")
    values = {**CONSENTED, "position": "методист", "birth_date": "03.02.1985"}
    oleg = {**OLEG.data, "personnel_number": OLEG.subject, **values}
    row = {name: oleg[name] for name in people.hires(1, 17)[0] if name in oleg}
    scanning.issue(here, [*people.hires(3, 17), row], CONSENT, PLEDGE)
    shutil.copy(before.inbox / "pile.pdf", here.inbox / "pile.pdf")
    shown = ("form", "reasons", "fields", "hand")
    assert [[one[key] for key in shown] for one in here.take_in()] == [
        [one[key] for key in shown] for one in said
    ]


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        ("601940, г. Каменный Брод, Лётная, д. 75, кв. 39", False),
        ("601940, г. Каменный Брод, Лётная, д. 75; КВ. 39", True),
        ("602011, г. Синеозёрск, Лётная, Д. 71, кв. 25", True),
        ("паспортной службы, г: Каменный Брод", True),
        ("Отделом ‚внутренних дел", True),
        ("образовательному _ учреждению", True),
        ("Д. И. Менделеева, 5", False),
        ("Отделением по вопросам миграции по 2-му участку г. Лугоград", False),
        ("отделюм внутренних дел города Лугоград", True),
        ("начальника финан ансового отдела", True),
        ("607116, г. Верхнереченск, Хлебная . площадь, д. 151", True),
        ("https://office.example", False),
    ],
)
def test_signs_that_ocr_puts_for_others_are_left_to_a_person(
    ours: Settings, value: str, odd: bool
) -> None:
    (address,) = (
        one for one in forms.load("consent-employee", ours).fields if one.name == "address"
    )
    assert values.is_odd(address, value) == odd


def test_what_is_no_word_or_no_name_is_left_to_a_person(ours: Settings) -> None:
    fields = {one.name: one for one in forms.load("consent-employee", ours).fields}
    issuer, name = fields["passport_issued_by"], fields["full_name"]
    assert not values.is_odd(issuer, "Отделом внутренних дел города Лугоград")
    assert values.is_odd(issuer, "Отделюм внутренних дел города Лугоград")
    assert not values.is_odd(name, "ЛОШАКОВА ЕВДОКИЯ САВЕЛЬЕВНА")
    assert values.is_odd(name, "Лошакова ЕВДОКИЯ Савельевна")
    assert values.is_odd(name, "шакова Евдокия Савельевна")
    assert not values.is_odd(fields["applicant"], "Лошаковой Е.С.")
    assert values.is_odd(fields["applicant"], "Лошаковойе.с.")
    assert values.is_odd(issuer, "Отделом внутренних дел города. Лугоград")
    assert values.is_odd(issuer, "Отделом 0б обработке")


def test_what_a_pen_wrote_is_left_to_a_person(taken: tuple[Office, list[Json]]) -> None:
    _office, (_consent, pledge, *_rest) = taken
    assert (pledge["form"], pledge["status"], pledge["subject"]) == (PLEDGE, "review", None)
    assert "not-issued-here" in pledge["reasons"]
    for name in ("full_name", "passport_issued_by", "position"):
        # However well OCR reads it: what stands on a rule a pen wrote.
        assert pledge["fields"][name]["status"] == "unreadable"
        assert pledge["fields"][name]["value"] is None
    assert pledge["fields"]["warned"]["read"] == "предупрежден"
    assert pledge["hand"]["signature"]["present"] is None


def test_a_date_by_hand_is_read_on_trial_and_never_accepted(
    taken: tuple[Office, list[Json]],
) -> None:
    here, (_consent, pledge, *_rest) = taken
    mark = pledge["hand"]["date"]
    assert (mark["read"], mark["present"], mark["value"]) == ("2026-09-21", None, None)
    assert 0 < mark["certainty"] <= 1
    assert "seems to say 21.09.2026" in " ".join(here("review").err.replace("│", " ").split())


def test_review_shows_it_and_a_person_files_it(
    taken: tuple[Office, list[Json]], tmp_path: Path
) -> None:
    here = taken[0].copy_to(tmp_path / "office")
    name = taken[1][0]["document"]
    (shown,) = [one for one in here("review", "--json").lines() if one["document"] == name]
    assert Path(here.root / shown["fields"]["address"]["crop"]).is_file()
    assert (shown["looks_like"]["subject"], shown["looks_like"]["by"]) == ("0042", "number")
    assert f"--set {name} subject=0042" in " ".join(here("review").err.replace("│", " ").split())
    item = {one["item"]: one for one in here("checklist", "0042", "--json").lines()[0]["items"]}
    assert item[CONSENT]["state"] == "missing"
    said = here("review", "--set", name, "subject=4711")
    assert (said.code, "nobody has the number 4711" in said.err) == (2, True)
    said = here("review", "--set", name, "subject=0042", "--set", name, "birth_date=03.02.1985",
                "--set", name, "date=05.10.2026", "--accept", name, "--why", "signed elsewhere",
                "--by", "Клерк")  # fmt: skip
    assert said.code == 0, said.err
    (entry,) = here("search", "--kind", CONSENT, "--json").lines()
    assert entry["came_in"] == scanning.DAY.isoformat()  # the day given, not the clock's
    (record,) = here("records", "--subject", "0042", "--json").lines()
    assert (record["form"], record["document"], record["paper"]) == (CONSENT, name, None)
    assert (record["fields"]["birth_date"], record["signed_on"]) == ("1985-02-03", "2026-10-05")
    assert "subject" not in record["fields"]
    item = {one["item"]: one for one in here("checklist", "0042", "--json").lines()[0]["items"]}
    assert (item[CONSENT]["state"], item[CONSENT]["evidence"]) == ("received", [name])
    assert len(item[CONSENT]["papers"]) == 1
    assert here("review", "--again", "--reject", name, "--why", "another's").code == 0
    item = {one["item"]: one for one in here("checklist", "0042", "--json").lines()[0]["items"]}
    assert item[CONSENT]["state"] == "missing"


def test_a_name_that_a_person_read_must_be_that_of_whom_it_is_filed_under(
    taken: tuple[Office, list[Json]], tmp_path: Path
) -> None:
    here = taken[0].copy_to(tmp_path / "office")
    name = taken[1][1]["document"]

    def accept(full_name: str, *why: str) -> tuple[int, bool]:
        said = here("review", "--set", name, "subject=0042", "--set", name,
                    f"full_name={full_name}", "--accept", name, *why)  # fmt: skip
        return said.code, "whom it is not filed under" in said.err

    assert accept("Пнёв Игорь Ильич") == (2, True)
    assert accept("Пнёв Олег Ильич") == (0, False)
    assert accept("Пнёв Игорь Ильич", "--again", "--why", "renamed") == (0, False)


@pytest.mark.parametrize(
    ("first", "then", "together"),
    [("Пнёв Олег Ильич", "Пнёва Олега Ильича", True), ("Пнёв Олег Ильич", "Гаврилова", False)],
)
def test_pages_that_name_two_people_are_of_two_copies(
    first: str, then: str, together: bool
) -> None:
    """Names that OCR is not sure of veto too: one person's first page took another's signature."""
    content = Content(form=CONSENT, words=(0, 274, 441), heard=first)
    page = PageReading("pile.pdf", "a" * 64, 1, content=content)
    after = replace(page, content=replace(content, words=(274, 441, 441), heard=then))
    assert record.goes_on(after, page) is together
