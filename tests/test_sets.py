"""The packaged sets: their forms are there, and each person gets those of his category."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.data import examples
from pipeline.flow import wishes
from pipeline.forms.columns import CATEGORIES
from tests.scanning import Json

SETS: dict[str, Json] = tomllib.loads(
    (settings.packaged_templates() / wishes.SETS).read_text(encoding="utf-8")
)
STAFF = {"employee", "municipal-servant"}
FOR = {
    "new-hire-employee": {"employee"},
    "new-hire-municipal": {"municipal-servant"},
    "staff-directory": STAFF,
    "third-party-data": STAFF,
    "new-student": {"student"},
    "new-contractor": {"contractor"},
    "file-check": set(CATEGORIES),
}


def test_the_contracts_set_is_as_it_was() -> None:
    entry = SETS["new-hire-employee"]
    assert entry["forms"] == ["consent-employee", "non-disclosure-pledge"]
    assert entry["when"] == "category == 'employee'"


@pytest.mark.parametrize("name", SETS)
def test_a_set_gives_its_forms_to_whom_it_is_for(name: str, workspace: Path) -> None:
    assert SETS[name]["title"] and SETS[name]["title_en"]
    office = settings.load(workspace)
    choice = wishes.chosen([], name, office)
    example = examples.shown({column for one in choice for column in one.form.inputs()})
    rows = [
        {**example, "personnel_number": str(n), "category": category}
        for n, category in enumerate(CATEGORIES)
    ]
    path = workspace / "data.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    found, problems = wishes.from_data(choice, str(path), office)
    assert [p for p in problems if p.level == "error"] == []
    got: dict[str, set[str]] = {}
    for wish in found:
        got.setdefault(rows[int(wish.key)]["category"], set()).add(wish.form.name)
    assert got == {category: set(SETS[name]["forms"]) for category in FOR[name]}
