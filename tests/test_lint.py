"""The linter: what a consent must say, found in whatever words a clerk says it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from pipeline import settings
from pipeline.errors import FormError
from pipeline.forms import form as forms
from pipeline.forms import lint, passages
from pipeline.forms.lint import Finding
from pipeline.forms.passages import Paragraph
from tests.conftest import Said

Paperloop = Callable[..., Said]

TODAY = date(2026, 9, 1)
RULES = settings.packaged_templates() / lint.FOLDER

# A consent that keeps to the law; tests take from it, add to it and say it otherwise.
GOOD = {
    "title": "Согласие на обработку персональных данных",
    "who": "Я, {{ full_name }}, проживающий по адресу: {{ address }}, паспорт номер"
    " {{ passport_number }}, кем выдан: {{ passport_issued_by }}, дата выдачи"
    " {{ passport_issued_on }},",
    "operator": "даю согласие организации {{ operator_name }} (адрес: {{ operator_address }})",
    "purpose": "в целях ведения внутреннего телефонного справочника",
    "data": "на обработку следующих данных: фамилия, имя, отчество; номер телефона.",
    "actions": "Перечень действий: сбор, запись, хранение, использование, уничтожение.",
    "ways": "Обработка ведется без использования средств автоматизации.",
    "term": "Согласие действует до дня увольнения.",
    "withdrawal": "Согласие можно отозвать письменным заявлением.",
    "signature": "{{ signature }}",
    "date": "{{ date }}",
}
FIELDS = {
    "full_name": ("name", "person | nominative"),
    "address": ("address", "address"),
    "passport_number": ("digits", "passport_number"),
    "passport_issued_by": ("text", "passport_issued_by"),
    "passport_issued_on": ("date", "passport_issued_on | short_date"),
    "representative": ("name", "representative | nominative"),
    "representative_passport": ("text", "representative_passport"),
    "third_party": ("organisation", "third_party"),
    "third_party_address": ("address", "third_party_address"),
    "operator_name": ("organisation", "operator.name"),
    "operator_address": ("address", "operator.address"),
    "signature": ("signature", ""),
    "date": ("date", ""),
}


def office(root: Path, today: date = TODAY) -> settings.Settings:
    return settings.load(root, today=today, environ={})


def write_form(
    root: Path, paragraphs: Sequence[str], lines: Sequence[str] = ('lint = "consent"',)
) -> None:
    """A form «mine» in a workspace: these paragraphs, and the fields that they name."""
    folder = root / "templates" / "mine"
    folder.mkdir(parents=True, exist_ok=True)
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(folder / "form.docx"))
    used = {
        name: it for name, it in FIELDS.items() if any(f"{{ {name} }}" in t for t in paragraphs)
    }
    toml = [
        "[form]",
        'name = "mine"',
        'title = "t"',
        "date = 2026-09-01",
        'key = "personnel_number"',
    ]
    toml += lines
    for name, (kind, value) in used.items():
        toml += [f"[fields.{name}]", f'kind = "{kind}"']
        toml += [f'value = "{value}"'] if value else ['fill = "hand"']
    (folder / "form.toml").write_text("\n".join(toml), encoding="utf-8")


def judged(name: str, root: Path, today: date = TODAY) -> list[Finding]:
    where = office(root, today)
    return lint.judge(forms.load(name, where), where)


def of_rule(rule: str, findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if f.rule == rule]


def edited(root: Path, changes: Mapping[str, str], today: date = TODAY) -> list[Finding]:
    """What the linter says of the good consent with some of its parts said otherwise."""
    write_form(root, [text for text in {**GOOD, **changes}.values() if text])
    return judged("mine", root, today)


# domain.md C.1, a row for each cell: what must come out, and a phrase that it must point to.
SEEDS = [
    ("consent-municipal", "subject", "missing", ""),
    ("consent-municipal", "representative", "absent", ""),
    ("consent-municipal", "operator", "found", "operator_address"),
    ("consent-municipal", "purpose", "vague", "на обработку и использование персональных данных"),
    ("consent-municipal", "purposes-merged", "noticed", "личной безопасности"),
    ("consent-municipal", "data", "missing", "все нижеперечисленные данные"),
    ("consent-municipal", "processor", "missing", "в страховую компанию {{ insurer }}"),
    ("consent-municipal", "third-party", "noticed", "в страховую компанию"),
    ("consent-municipal", "actions", "vague", "предусмотренных п.3 ч.1 ст.3"),
    ("consent-municipal", "ways", "found", "без использования средств автоматизации"),
    ("consent-municipal", "term", "found", "действует со дня его подписания"),
    ("consent-municipal", "withdrawal", "found", "отзыва в письменной форме"),
    ("consent-municipal", "signature", "found", "{{ signature }}"),
    ("consent-municipal", "date", "found", "{{ date }}"),
    ("consent-municipal", "separate", "noticed", "Об ответственности за достоверность"),
    ("consent-municipal", "separate", "noticed", "на передачу своих персональных данных"),
    ("consent-municipal", "law-suffices", "noticed", "формирования кадровых документов"),
    ("consent-municipal", "outdated-insurer", "noticed", "обязательного медицинского страхования"),
    ("consent-municipal", "biometric-data", "missing", ""),
    ("consent-municipal", "biometric-refusal", "missing", ""),
    ("consent-employee", "subject", "found", "{{ passport_issued_by }}"),
    ("consent-employee", "representative", "absent", ""),
    ("consent-employee", "operator", "found", "{{ operator_address }}"),
    ("consent-employee", "purpose", "found", "в целях"),
    ("consent-employee", "purposes-merged", "noticed", "социального пакета"),
    ("consent-employee", "data", "vague", "иные сведения обо мне"),
    ("consent-employee", "processor", "vague", "медицинские учреждения"),
    ("consent-employee", "actions", "vague", "любых действий"),
    ("consent-employee", "open-ended", "noticed", "без ограничения"),
    ("consent-employee", "open-ended", "noticed", "любых иных действий"),
    ("consent-employee", "dissemination", "noticed", "распространение"),
    ("consent-employee", "cross-border", "noticed", "трансграничную передачу"),
    ("consent-employee", "ways", "missing", ""),
    ("consent-employee", "term", "vague", "до истечения сроков, установленных"),
    ("consent-employee", "withdrawal", "missing", ""),
    ("consent-employee", "signature", "found", "{{ signature }}"),
    ("consent-employee", "date", "found", "{{ date }}"),
    ("consent-employee", "separate", "clear", ""),
    ("consent-employee", "special-categories", "noticed", "инвалидности"),
    ("consent-employee", "special-categories", "noticed", "судимости"),
    ("consent-employee", "special-categories", "noticed", "медицинского заключения"),
    ("consent-employee", "photo", "noticed", "фотография"),
    ("non-disclosure-pledge", "subject", "found", "{{ passport_series }}"),
    ("non-disclosure-pledge", "signature", "found", "{{ signature }}"),
    ("non-disclosure-pledge", "date", "found", "{{ date }}"),
    ("non-disclosure-pledge", "operator-representative", "missing", ""),
    ("non-disclosure-pledge", "after-dismissal", "missing", ""),
    ("non-disclosure-pledge", "ground", "vague", "ст. 90 ТК РФ"),
    ("handover-act", "act-number", "missing", ""),
    ("handover-act", "subjects", "missing", ""),
    ("handover-act", "consent", "missing", ""),
    ("handover-act", "term", "found", "{{ until }}"),
    ("handover-act", "purpose", "found", "{{ purpose }}"),
    ("handover-act", "table", "found", "{{ item.name }}"),
    ("handover-act", "totals", "missing", ""),
    ("handover-act", "signatures", "found", "{{ signature_taker }}"),
    ("handover-act", "warning", "found", "лишь в целях"),
    ("handover-act", "return", "missing", ""),
]


@pytest.mark.parametrize(("name", "rule", "state", "phrase"), SEEDS)
def test_seeds_come_out_as_the_table_says(
    name: str, rule: str, state: str, phrase: str, workspace: Path
) -> None:
    found = of_rule(rule, judged(name, workspace))
    assert found
    assert {f.state for f in found} == {state}
    assert any(phrase in f.phrase for f in found)


@pytest.mark.parametrize("name", ["consent-municipal", "consent-employee"])
def test_seeds_lack_nothing_else(name: str, workspace: Path) -> None:
    """Every fault of an item is one of the table's cells: the linter invents none."""
    told = {rule for form, rule, state, _phrase in SEEDS if form == name}
    assert {f.rule for f in judged(name, workspace) if f.state in ("missing", "vague")} <= told | {
        "biometric-purpose"
    }


def test_what_the_subject_lacks_is_named(workspace: Path) -> None:
    (subject,) = of_rule("subject", judged("consent-municipal", workspace))
    for what in ("address", "number of the identity document", "who issued it", "date of issue"):
        assert what in subject.why
    assert "name" not in subject.why


def test_approved_wording_is_no_error(workspace: Path, paperloop: Paperloop) -> None:
    names = ("consent-municipal", "consent-employee", "non-disclosure-pledge", "handover-act")
    said = paperloop("form", "check", *names, "--json")
    assert said.code == 0
    assert {line["level"] for line in said.lines()} == {"warning", "info"}


OURS = [
    "consent-2025",
    "consent-biometric",
    "consent-contractor",
    "consent-dissemination",
    "consent-obtain",
    "consent-representative",
    "consent-special",
    "consent-transfer",
    "consent-withdrawal",
]


@pytest.mark.parametrize("name", OURS)
def test_our_own_forms_lack_nothing(name: str, workspace: Path, paperloop: Paperloop) -> None:
    found = judged(name, workspace)
    assert {f.level for f in found} == {"info"}
    assert {f.rule for f in found if f.state != "found"} <= {
        "representative",
        "processor",
        "separate",
        "silence",
    }
    assert all(f.phrase and "paragraph" in f.where for f in found if f.state == "found")
    said = paperloop("form", "check", name, "--json")
    assert said.code == 0
    assert {line["level"] for line in said.lines()} == {"info"}


def test_issuing_says_that_no_biometric_data_are_named(
    workspace: Path, paperloop: Paperloop
) -> None:
    (workspace / "nobody.csv").write_text("Табельный номер,Фамилия,Имя\n", encoding="utf-8")
    for name, warns in (("consent-municipal", True), ("consent-employee", False)):
        said = paperloop("generate", name, "--data", "nobody.csv")
        assert ("names none" in said.err) is warns


def test_a_good_consent_is_clean(workspace: Path) -> None:
    assert {f.level for f in edited(workspace, {})} == {"info"}


@pytest.mark.parametrize("rule", sorted(GOOD.keys() - {"title", "who", "operator"}))
def test_each_item_is_missed(rule: str, workspace: Path, paperloop: Paperloop) -> None:
    (found,) = of_rule(rule, edited(workspace, {rule: ""}))
    assert (found.state, found.level) == ("missing", "error")
    assert paperloop("form", "check", "mine").code == 4


def test_a_gap_in_approved_wording_warns_but_no_signature_is_an_error(workspace: Path) -> None:
    texts = [text for rule, text in GOOD.items() if rule not in ("signature", "term")]
    write_form(workspace, texts, ['lint = "consent"', "approved = true"])
    levels = {f.rule: f.level for f in judged("mine", workspace)}
    assert (levels["term"], levels["signature"]) == ("warning", "error")


OTHER_WORDS = [
    ("purpose", "ЦЕЛЬ ОБРАБОТКИ: ВЕДЕНИЕ СПРАВОЧНИКА"),
    ("purpose", "с целью направления на повышение квалификации"),
    ("purpose", "моих персональных данных для оформления пропуска,"),
    ("actions", "Оператор вправе собирать, хранить и использовать данные."),
    ("ways", "Способ: смешанная обработка."),
    ("ways", "С применением средств автоматизации и без применения таких средств."),
    (
        "who",
        "Я, {{ full_name }}, адрес: {{ address }}, паспорт, номер ___, выдан (кем и когда) ___,",
    ),
    ("ways", "Автоматизированная и неавтоматизированная обработка."),
    ("term", "Срок действия согласия — пять лет."),
    ("term", "Настоящее согласие действительно в течение трёх лет."),
    ("withdrawal", "Отзыв производится путём подачи заявления."),
    ("withdrawal", "Я вправе письменно отозвать согласие: направить заявление об отзыве."),
    ("data", "Перечень: дата рождения, СНИЛС и адрес электронной почты."),
]


@pytest.mark.parametrize(("rule", "text"), OTHER_WORDS)
def test_the_same_said_otherwise_is_found(rule: str, text: str, workspace: Path) -> None:
    (found,) = of_rule("subject" if rule == "who" else rule, edited(workspace, {rule: text}))
    assert found.state == "found", found


FAULTS = [
    ("purpose", "purpose", "vague", "в целях обработки персональных данных"),
    ("purpose", "purpose", "vague", "для любых законных целей"),
    ("data", "data", "vague", "ФИО, адрес электронной почты, телефон и другая информация обо мне."),
    ("actions", "actions", "vague", "Согласен на любые действия с данными."),
    ("actions", "actions", "vague", "Действия, указанные в пункте 3 статьи 3 закона."),
    ("term", "term", "vague", "Согласие действует бессрочно."),
    ("term", "term", "vague", "Согласие действует до достижения целей обработки."),
    ("term", "term", "vague", "Согласие дано на срок, необходимый для достижения этих целей."),
    ("term", "term", "vague", "Согласие действует в течение всего периода работы с сайтом."),
    ("withdrawal", "withdrawal", "vague", "Согласие может быть отозвано."),
    ("actions", "actions", "vague", "Согласен на совершение любых законных действий (операций)."),
    ("ways", "separate", "noticed", "Ознакомлен(а) с условиями обработки."),
    ("ways", "processor", "vague", "При необходимости обработка поручается третьим лицам."),
    ("purpose", "purpose", "missing", "в объеме, нужном для названных выше целей,"),
    ("purpose", "law-suffices", "noticed", "для начисления заработной платы"),
    ("ways", "dissemination", "noticed", "Данные размещаются на сайте Оператора."),
    ("ways", "cross-border", "noticed", "Возможна ТРАНСГРАНИЧНАЯ\nпередача."),
    ("ways", "separate", "noticed", "С правилами распорядка ознакомлен."),
    ("ways", "open-ended", "noticed", "Обработка ведется вручную и т.п."),
    ("ways", "special-categories", "noticed", "Сведения о состоянии здоровья тоже."),
    ("ways", "biometric", "noticed", "Снимают отпечатки пальцев."),
    ("ways", "third-party", "noticed", "Данные передают третьим лицам."),
    ("ways", "processor", "vague", "Данные передаются в кредитные организации."),
    (
        "ways",
        "processor",
        "missing",
        "Обработка поручается обществу с ограниченной ответственностью.",
    ),
    ("who", "representative", "missing", "Я, {{ full_name }}, законный представитель ребенка,"),
    (
        "who",
        "representative",
        "missing",
        "Я, {{ representative }}, паспорт {{ representative_passport }}, по доверенности от мая,",
    ),
]


@pytest.mark.parametrize(("part", "rule", "state", "text"), FAULTS)
def test_faults_are_seen(part: str, rule: str, state: str, text: str, workspace: Path) -> None:
    found = of_rule(rule, edited(workspace, {part: text}))
    assert state in {f.state for f in found}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("dissemination", "Распространение данных не допускается."),
        ("dissemination", "Согласие на распространение данных мною не дается."),
        ("dissemination", "Распространение, трансграничная передача\nне осуществляются."),
        ("cross-border", "Трансграничная передача не осуществляется."),
        (
            "third-party",
            "Данные третьим лицам не передаются, передача третьим лицам не допускается.",
        ),
        ("processor", "Обработка данных другим лицам не поручается."),
        ("biometric", "Биометрические персональные данные не обрабатываются."),
        (
            "special-categories",
            "Сведения об инвалидности нужны для предоставления льготного отпуска.",
        ),
        ("special-categories", "Сведения о судимости не запрашиваются."),
    ],
)
def test_what_is_ruled_out_is_no_fault(rule: str, text: str, workspace: Path) -> None:
    found = of_rule(rule, edited(workspace, {"ways": GOOD["ways"] + " " + text}))
    assert {f.state for f in found} <= {"absent"}


def test_the_day_selects_the_edition(workspace: Path) -> None:
    """Before 1 September 2025 a consent did not have to stand alone (156-ФЗ)."""
    pledged = {"ways": GOOD["ways"] + " Обязуюсь сообщать об изменениях."}
    assert not of_rule("separate", edited(workspace, pledged, date(2025, 8, 31)))
    assert of_rule("separate", edited(workspace, pledged, date(2025, 9, 1)))


def test_today_reaches_the_rules(workspace: Path, paperloop: Paperloop) -> None:
    def separate(day: str) -> bool:
        said = paperloop("form", "check", "consent-municipal", "--json", "--today", day)
        return any(line["rule"] == "separate" for line in said.lines())

    assert separate("2025-09-01")
    assert not separate("2025-08-31")


def test_a_dissemination_consent_has_rules_of_its_own(workspace: Path) -> None:
    write_form(workspace, list(GOOD.values()), ['lint = "consent-dissemination"'])
    states = {f.rule: f.state for f in judged("mine", workspace)}
    assert states["resources"] == states["conditions"] == states["network"] == "missing"
    after = {f.rule for f in judged("mine", workspace, date(2027, 9, 1))}
    assert "signature" in after
    assert "resources" not in after  # приказ № 18 ends on 1 September 2027


def test_a_kind_may_allow_what_a_general_consent_must_not_do(workspace: Path) -> None:
    texts = [*GOOD.values(), "Биометрические персональные данные: изображение лица."]
    write_form(workspace, texts)
    assert of_rule("biometric", judged("mine", workspace))
    write_form(workspace, texts, ['lint = ["consent", "consent-biometric"]'])
    found = judged("mine", workspace)
    assert not of_rule("biometric", found)
    assert of_rule("biometric-data", found)[0].state == "found"


def test_clerks_are_told_in_russian(workspace: Path, paperloop: Paperloop) -> None:
    said = paperloop("--lang", "ru", "form", "check", "consent-employee", "--json")
    ways = next(line for line in said.lines() if line["rule"] == "ways")
    assert ways["title"] == "Способы обработки"
    assert ways["why"].startswith("не сказано: способы обработки")
    for word in ("предупреждение", "размыто", "абзац", "Способ отзыва"):
        assert word in said.err


def test_of_all_forms_only_faults_are_shown(workspace: Path, paperloop: Paperloop) -> None:
    assert "in order" not in paperloop("form", "check").err
    assert "in order" in paperloop("form", "check", "consent-2025").err


def test_unknown_rules_and_wrong_rules_are_named(workspace: Path, paperloop: Paperloop) -> None:
    write_form(workspace, list(GOOD.values()), ['lint = "letter"'])
    said = paperloop("form", "check", "mine", "--json")
    assert said.code == 4
    assert [line["rule"] for line in said.lines()] == ["rules"]
    folder = workspace / "templates" / "rules"
    folder.mkdir()
    for wrong in (
        '[[notices]]\nrule = "a"\nlevel = "warning"\nevery = []',
        '[[items]]\nrule = "a"\nlevel = "fatal"',
        '[[items]]\nrule = "a"\nlevel = "gap"\nfrom = "2025"',
        '[[items]]\nrule = "a"\nlevel = "gap"\nparts = [{ any = ["b"] }]',
        "items = 1 1",
    ):
        (folder / "letter.toml").write_text(wrong, encoding="utf-8")
        with pytest.raises(FormError):
            judged("mine", workspace)


def test_an_office_may_have_rules_of_its_own(workspace: Path) -> None:
    write_form(workspace, ["Прошу принять меня."], ['lint = "letter"'])
    folder = workspace / "templates" / "rules"
    folder.mkdir()
    rule = '[[notices]]\nrule = "polite"\nlevel = "warning"\ntitle = "т"\nany = ["просить принять"]'
    (folder / "letter.toml").write_text(rule, encoding="utf-8")
    assert [f.phrase for f in judged("mine", workspace)] == ["Прошу принять меня"]


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
def test_packaged_rules_are_whole(path: Path, workspace: Path) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    lint.load(path.stem, office(workspace))
    rules = [*document.get("items", ()), *document.get("notices", ())]
    assert len({rule["rule"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["source"]
        for table in (rule, *rule.get("parts", ())):
            for word in ("title", "why", "missing"):
                assert bool(table.get(word)) == bool(table.get(f"{word}_en")), rule["rule"]
            assert table["title"]
        assert rule.get("parts") or rule["why"]
        if rule.get("vague") or rule.get("instead"):
            assert rule["why"]


def phrases(pattern: str, *texts: str) -> list[str]:
    numbered = [Paragraph(number, text) for number, text in enumerate(texts, start=1)]
    return [found.phrase for found in passages.read(numbered, {}).find(pattern)]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("отзыв согласие", "Отзыв\nсогласия", True),
        ("отзыв согласие", "отзы\u00adва СОГЛАСИЙ", True),
        ("отзыв согласие", "отзыв моего согласия", False),
        ("отзыв … согласие", "отзыв моего согласия", True),
        ("срок … год", "срок. Один год", False),
        ("трёх лет", "трех лет", True),
        ("=третьим лицо", "третье лицо", False),
        ("биометр*", "биометрией", True),
        ("закон|договор", "по договору", True),
        ("согласие", "соглacие", True),  # a Latin a and c
        ("ст 9 … закон", "по ст. 9 ч. 4 закона", True),
        ("{passport}", "№ {{ passport }}", True),
        ("подпись", "(подпись)", False),  # a caption is told to the pen, it says nothing
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    assert bool(phrases(pattern, text)) is found


def test_a_sentence_runs_on_over_paragraphs() -> None:
    assert phrases("даю согласие", "Я даю", "согласие на все") == ["Я даю согласие на все"]
    assert not phrases("даю согласие", "Я даю.", "Согласие на все")
