"""Our own consents: what their rules forbid, and how they come out for anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from pipeline import settings
from pipeline.data import examples
from pipeline.errors import ExitCode, FormError
from pipeline.forms import form as forms
from pipeline.forms.lint import Finding
from tests import scanning
from tests import test_generate as judges
from tests.scanning import Json, Office, issue, open_office
from tests.test_generate import MAN, WOMAN
from tests.test_lint import GOOD, TODAY, judged, of_rule, write_form


def said_in(
    root: Path, kinds: Sequence[str], text: str, today: date = TODAY
) -> dict[str, Sequence[Finding]]:
    """What these rules say of the good consent with one more sentence, by rule."""
    lint = ", ".join(f'"{kind}"' for kind in ("consent", *kinds))
    write_form(root, [*GOOD.values(), text], [f"lint = [{lint}]"])
    found = judged("mine", root, today)
    return {finding.rule: of_rule(finding.rule, found) for finding in found}


HOLDS = {
    "work": "до дня прекращения моего трудового договора",
    "3 years": "три года со дня его подписания",
    "5 years": "не дольше пяти лет",
    "age 18": "не позднее дня его совершеннолетия",
    "": "",
}


def test_how_long_a_consent_holds_is_what_its_wording_says(workspace: Path) -> None:
    office = settings.load(workspace, today=TODAY)
    found = {
        form.name: form.valid
        for name in forms.names(office)
        if (form := forms.load(name, office)).name.startswith("consent-")
    }
    for name, valid in found.items():
        text = " ".join(p.text for p in Document(str(forms.load(name, office).template)).paragraphs)
        assert HOLDS[valid] in text, name
        assert valid or "прекращения моего трудового договора" not in text, name
    assert found["consent-municipal"] == ""  # until it is withdrawn
    assert "3 years" in found.values()


@pytest.mark.parametrize("valid", ["for ever", "3", "age", "1000 years"])
def test_a_term_that_nobody_understands_is_refused(valid: str, workspace: Path) -> None:
    write_form(workspace, list(GOOD.values()), [f'valid = "{valid}"'])
    with pytest.raises(FormError, match="valid"):
        forms.load("mine", settings.load(workspace, today=TODAY))


SPECIAL = [
    ("convictions", "Сведения о судимости нужны для допуска к работе с детьми."),
    ("diagnosis", "Обрабатывается и диагноз."),
    ("beliefs", "Сведения о членстве в профсоюзе тоже."),
    ("health-by-law", "Перечень: результаты периодических медицинских осмотров."),
]


@pytest.mark.parametrize(("rule", "text"), SPECIAL)
def test_a_consent_to_special_data_cannot_cover_everything(
    rule: str, text: str, workspace: Path
) -> None:
    found = said_in(workspace, ["consent-special"], text)
    assert [f.state for f in found[rule]] == ["noticed"]
    assert "special-categories" not in found  # this consent is made for them
    assert found["special-data"][0].state == "missing"  # and must name some


@pytest.mark.parametrize("what", ["судимости", "диагнозе", "религиозных убеждениях"])
def test_what_is_not_asked_for_is_no_fault(what: str, workspace: Path) -> None:
    text = f"Сведения о группе инвалидности. Сведения о {what} не запрашиваются."
    found = said_in(workspace, ["consent-special"], text)
    assert not found.keys() & {rule for rule, _text in SPECIAL}
    assert found["special-data"][0].state == "found"


def test_recognition_by_a_machine_is_noticed(workspace: Path) -> None:
    """Since 1 June 2023 it has a law of its own (572-ФЗ)."""
    machine = "Турникет ведет автоматическое распознавание лица."
    kinds = ["consent-biometric"]
    assert "biometric-system" in said_in(workspace, kinds, machine)
    assert "biometric-system" not in said_in(workspace, kinds, machine, date(2023, 5, 31))
    ruled_out = "Автоматическое распознавание лица не применяется."
    assert "biometric-system" not in said_in(workspace, kinds, ruled_out)


@pytest.mark.parametrize(
    "text",
    [
        "Оператор не вправе отказать в обслуживании.",
        "Отказ от согласия не влияет на допуск к работе.",
        "Биометрические персональные данные давать не обязательно.",
    ],
)
def test_a_consent_to_biometric_data_says_that_nobody_is_turned_away(
    text: str, workspace: Path
) -> None:
    (found,) = said_in(workspace, ["consent-biometric"], text)["biometric-refusal"]
    assert found.state == "found"
    (found,) = said_in(workspace, ["consent-biometric"], "")["biometric-refusal"]
    assert (found.state, found.level) == ("missing", "warning")


THIRD_PARTY = {"third_party": "ООО «Кедр»", "third_party_address": "г. Лугоград, д. 2"}
TO_WHOM = "Данные передаются организации {{ third_party }}, адрес: {{ third_party_address }}."
TOLD = {
    "consent-obtain": "Способ получения: письменный запрос. Отказ ничего не влечет.",
    "consent-transfer": "Получатель вправе использовать данные только в цели, указанной выше.",
}


@pytest.mark.parametrize("kind", TOLD)
def test_a_third_party_is_named_in_a_consent_of_its_own(kind: str, workspace: Path) -> None:
    own = {"consent-obtain": {"source-of-data", "way-of-obtaining", "refusal"}}.get(
        kind, {"recipient", "recipient-warned"}
    )
    lacking = said_in(workspace, [kind], "")
    assert {lacking[rule][0].state for rule in own} == {"missing"}
    whole = said_in(workspace, [kind], f"{TO_WHOM} {TOLD[kind]}")
    assert {whole[rule][0].state for rule in (*own, "processor")} == {"found"}
    assert "third-party" not in whole
    assert "third-party" in said_in(workspace, [], TO_WHOM)


def test_who_gets_nothing_does_not_blur_who_gets_the_data(workspace: Path) -> None:
    """«Другим лицам не поручается» rules out, it is no vague recipient beside a named one."""
    kinds = ["consent-transfer"]
    found = said_in(workspace, kinds, f"{TO_WHOM} Обработка не поручается другим лицам.")
    assert found["processor"][0].state == "found"
    found = said_in(workspace, kinds, f"{TO_WHOM} Обработка поручается и другим лицам.")
    assert found["processor"][0].state == "vague"


# How they come out: the longest values of tests/test_generate, and the shortest.

OF_ADULTS = (
    "consent-special",
    "consent-biometric",
    "consent-obtain",
    "consent-transfer",
    "consent-contractor",
)
CHILDS = "consent-representative"
GENERAL = ("consent-2025", "consent-dissemination", "consent-withdrawal")
ARCHIVE = (
    "Государственное бюджетное учреждение Верхнереченской области «Межрайонный архив документов "
    "по личному составу ликвидированных организаций Синеозёрского муниципального района»"
)
ADULTS = [
    {**WOMAN, "third_party": ARCHIVE, "third_party_address": WOMAN["address"]},
    {**MAN, **THIRD_PARTY, "phone": "+7 383 000-00-14", "email": "li@example.org"},
]
PARENT: Json = {
    "representative_last_name": "Ким",
    "representative_first_name": "Ян",
    "representative_address": "г. Лугоград, д. 1",
    "representative_passport": "4520 100200, выдан 01.02.2020 УМВД",
    "representative_authority": "свидетельство о рождении I-ЛУ № 000014",
}
INFANT: Json = {
    **PARENT,
    "personnel_number": "1",
    "last_name": "Ким",
    "first_name": "Ян",
    "gender": "м",
    "birth_date": "2012-11-17",  # 14 on the morrow of tests.scanning.DAY
    "birth_certificate": "I-ЛУ № 000014, выдано 01.12.2012 отделом ЗАГС г. Лугоград",
    "address": "г. Лугоград, д. 1",
}
TEENAGER: Json = {
    **INFANT,
    "personnel_number": "2",
    "birth_date": "2012-11-16",
    "passport_series": "4526",
    "passport_number": "100201",
    "passport_issued_by": "УМВД",
    "passport_issued_on": "2026-11-16",
}
MINORS = {"date_minor", "signature_minor", "initials_minor"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose first run issued every consent; nothing is changed in it."""
    return open_office(tmp_path_factory.mktemp("consents") / "office")


@pytest.fixture(scope="module")
def papers(office: Office) -> dict[tuple[str, str], Json]:
    issued = issue(office, ADULTS, *OF_ADULTS) + issue(office, [INFANT, TEENAGER], CHILDS)
    return {(one["form"], one["subject"]): one for one in issued}


def test_a_consent_is_one_page_with_a_place_to_sign(
    papers: dict[tuple[str, str], Json],
) -> None:
    assert len(papers) == 2 * len(OF_ADULTS) + 2
    for (form, _subject), one in papers.items():
        assert one["pages"] == 1, form
        hand = {p["field"] for p in one["places"] if p["hand"]}
        assert hand >= {"signature", "date"}
        assert {p["field"] for p in one["places"]} == set(one["fields"])


def test_values_and_blanks_are_where_they_are_said_to_be(
    office: Office, papers: dict[tuple[str, str], Json], tmp_path: Path
) -> None:
    mine = office.copy_to(tmp_path / "office")
    general = issue(mine, ADULTS, *GENERAL)
    first = judges.First(mine, [*papers.values(), *general])
    judges.test_every_place_holds_its_value_and_nothing_else(first)
    judges.test_a_pen_has_room_on_every_rule(first)


def test_a_third_party_is_printed_in_its_case(papers: dict[tuple[str, str], Json]) -> None:
    obtained = papers["consent-obtain", "0042"]["fields"]
    assert obtained["third_party_genitive"].startswith("Государственного бюджетного учреждения")
    given = papers["consent-transfer", "0042"]["fields"]
    assert given["third_party_dative"].startswith("Государственному бюджетному учреждению")
    assert given["phone"] == ""  # left for a pen
    short = papers["consent-transfer", MAN["personnel_number"]]["fields"]
    assert short["third_party_dative"] == THIRD_PARTY["third_party"]


def test_a_child_of_14_signs_beside_the_representative(
    papers: dict[tuple[str, str], Json],
) -> None:
    infant, teenager = papers[CHILDS, "1"]["fields"], papers[CHILDS, "2"]["fields"]
    assert not MINORS & infant.keys()
    assert infant["birth_certificate"].startswith("свидетельство о рождении I-ЛУ")
    assert "passport_number" not in infant
    assert teenager.keys() >= MINORS
    assert teenager["initials_minor"] == teenager["initials"] == "Я. Ким"
    assert teenager["passport_number"] == "100201"
    assert "birth_certificate" not in teenager


def test_of_two_signatures_a_missing_one_is_asked_for(
    office: Office, papers: dict[tuple[str, str], Json], tmp_path: Path
) -> None:
    mine = office.copy_to(tmp_path / "office")
    infant, teenager = papers[CHILDS, "1"], papers[CHILDS, "2"]
    mine.scan([infant], "infant")
    marks = {"signature": "sign", "date": "date", "date_minor": "date"}
    mine.scan([teenager], "teenager", marks={teenager["paper"]: marks})
    said = {one["subject"]: one for one in mine.take_in()}
    assert (said["1"]["status"], said["1"]["reasons"]) == ("accepted", [])
    assert said["2"]["reasons"] == ["signature-missing"]


def test_the_day_of_birth_decides(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same child a day later is 14 and signs; at 18 nobody signs for it any more."""
    mine = office.copy_to(tmp_path / "office")
    generate = ("generate", CHILDS, "--data", "data.json", "--json")
    monkeypatch.setattr(scanning, "DAY", date(2026, 11, 17))
    said = mine(*generate)
    assert said.code == 0, said.err
    (later,) = [one for one in said.lines() if one["subject"] == "1"]
    assert later["new"] and later["fields"].keys() >= MINORS
    monkeypatch.setattr(scanning, "DAY", date(2030, 11, 16))
    said = mine(*generate)
    assert said.code == ExitCode.BAD_DATA and "18" in said.err
    assert [one["subject"] for one in said.lines()] == ["1"]


@pytest.mark.parametrize("column", sorted(PARENT))
def test_the_representatives_document_and_authority_are_required(
    column: str, office: Office
) -> None:
    said = office("form", "show", CHILDS, "--json")
    (shown,) = said.lines()
    assert {"column": column, "required": True} in shown["columns"]
    assert {"column": "representative_middle_name", "required": False} in shown["columns"]


def test_who_needs_a_representative_is_a_child_in_the_example() -> None:
    grown_up = examples.row_of(["birth_date"])
    child = examples.row_of(["birth_date", "representative_last_name"])
    assert child["birth_date"].year - grown_up["birth_date"].year > 18
