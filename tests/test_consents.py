"""Our own consents: what their rules forbid, and how they come out for anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from pipeline.lint import Finding
from tests.test_lint import GOOD, TODAY, judged, of_rule, write_form


def said_in(
    root: Path, kinds: Sequence[str], text: str, today: date = TODAY
) -> dict[str, Sequence[Finding]]:
    """What these rules say of the good consent with one more sentence, by rule."""
    lint = ", ".join(f'"{kind}"' for kind in ("consent", *kinds))
    write_form(root, [*GOOD.values(), text], [f"lint = [{lint}]"])
    found = judged("mine", root, today)
    return {finding.rule: of_rule(finding.rule, found) for finding in found}


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
