"""Checklists: the packaged lists are whole and lawful, and a wrong one is named by its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import settings
from pipeline.errors import FormError
from pipeline.flow import wishes
from pipeline.forms import checklists, expressions
from pipeline.forms import form as forms
from pipeline.forms.checklists import Checklist, Wanted
from pipeline.forms.columns import CATEGORIES
from tests.conftest import Said

TODAY = date(2026, 9, 1)
LETTERS = "абвгдежзиклмнопрстуфхцчшщ"
PACKAGED = settings.packaged_templates() / checklists.FOLDER
ROWS: list[tuple[str, dict[str, Any]]] = [
    (path.stem, table)
    for path in sorted(PACKAGED.glob("*.toml"))
    for table in tomllib.loads(path.read_text(encoding="utf-8"))["items"]
]
SPECIAL = re.compile(
    r"здоров|медицинское закл|медицинских осм|заболеван|инвалид|беремен|диагноз|судимост|приговор",
    re.IGNORECASE,
)
GOOD = """
category = "employee"
title = "Дело"

[[items]]
item = "letter"
title = "Письмо"
ground = "приказ"
need = "always"
"""


@pytest.fixture
def office(workspace: Path) -> settings.Settings:
    return settings.load(workspace, today=TODAY, environ={})


@pytest.fixture
def own(office: settings.Settings) -> Callable[[str], Checklist | None]:
    """The employee's list as the office has written it itself."""

    def write(text: str) -> Checklist | None:
        path = office.templates[0] / checklists.FOLDER / "employee.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return checklists.load("employee", office, TODAY)

    return write


def of(category: str, office: settings.Settings, day: date = TODAY) -> Checklist:
    found = checklists.load(category, office, day)
    assert found is not None
    return found


def entry(name: str, found: Checklist) -> Wanted:
    (item,) = [item for item in found.items if item.item == name]
    return item


def test_every_category_has_a_list(office: settings.Settings) -> None:
    lists = {path.stem for path in PACKAGED.glob("*.toml")}
    assert lists == {*CATEGORIES, checklists.EVERYBODY}
    for category in CATEGORIES:
        found = of(category, office)
        assert found.category == category
        assert found.title and found.title_en != found.title and found.source
    assert checklists.load("director", office, TODAY) is None
    assert checklists.load("../checklists/employee", office, TODAY) is None


@pytest.mark.parametrize("day", [date(2010, 8, 13), TODAY])
def test_servants_list_has_the_regulations_25_points(day: date, office: settings.Settings) -> None:
    marks = [item.mark for item in of("municipal-servant", office, day).items]
    assert "".join(dict.fromkeys(marks)) == LETTERS
    lettered = marks[: len(marks) - marks[::-1].index("щ")]
    assert lettered == sorted(lettered, key=LETTERS.index)
    for item in of("municipal-servant", office, day).items:
        assert not item.mark or f"п. 15 {item.mark}" in item.ground


def test_point_16_adds_explanations_and_what_laws_set(office: settings.Settings) -> None:
    found = of("municipal-servant", office)
    added = [item.item for item in found.items if item.ground == "seed 000, п. 16"]
    assert added == ["explanations", "other-documents"]


def test_income_is_told_yearly_for_each_of_the_family(office: settings.Settings) -> None:
    told = {i.item: i for i in of("municipal-servant", office).items if i.mark == "ф"}
    assert [(i.need, i.repeats) for i in told.values()] == [
        ("always", False),
        ("if", False),
        ("if", True),
    ]
    assert {i.yearly for i in told.values()} == {"04-30"}


def test_secrets_are_kept_apart_and_lifted_penalties_taken_out(office: settings.Settings) -> None:
    found = of("municipal-servant", office).items
    assert {item.mark for item in found if item.secret} == {"у"}
    removed = [item for item in found if item.remove_after]
    assert [(item.item, item.remove_ground) for item in removed] == [
        ("penalties", "seed 000, п. 15 с; 25-ФЗ, ст. 27, ч. 4; ТК РФ, ст. 194")
    ]
    assert removed[0].remove_years == 1


@pytest.mark.parametrize(("category", "table"), ROWS)
def test_packaged_items_are_whole(category: str, table: dict[str, Any]) -> None:
    for key in ("title", "condition", "either", "remove_after"):
        russian, english = table.get(key), table.get(f"{key}_en")
        assert bool(russian) == bool(english), key
        assert russian is None or (russian != english and len(russian) < 90), key
    assert len(table.get("either", [])) == len(table.get("either_en", [])) != 1
    assert table["ground"]
    if category == "municipal-servant":  # every copy is certified, and nothing else
        assert table.get("certified", False) == table["title"].startswith("Копи")
    assert table.get("certified", False) <= table["title"].startswith("Копи")


@pytest.mark.parametrize(
    ("mark", "change", "new_words"),
    [
        ("д", date(2020, 1, 1), "сведения о трудовой деятельности"),
        ("х", date(2019, 4, 1), "персонифицированного"),
    ],
    ids=["work-book", "pension-insurance"],
)
def test_wording_goes_by_the_day(
    mark: str, change: date, new_words: str, office: settings.Settings
) -> None:
    def on(day: date) -> Wanted:
        (item,) = [i for i in of("municipal-servant", office, day).items if i.mark == mark]
        return item

    old, new = on(change - timedelta(days=1)), on(change)
    assert (new_words in old.title, new_words in new.title) == (False, True)
    assert new == on(TODAY)
    assert old.item == new.item  # a paper filed under the old wording is not missing today


def test_the_day_of_the_change_is_the_new_wordings(
    own: Callable[[str], Checklist | None], office: settings.Settings
) -> None:
    own(
        GOOD + 'until = "2021-02-03"\n'
        '[[items]]\nitem = "letter"\ntitle = "Новое"\nground = "приказ"\nneed = "always"\n'
        "since = 2021-02-03"
    )
    assert entry("letter", of("employee", office, date(2021, 2, 2))).title == "Письмо"
    assert entry("letter", of("employee", office, date(2021, 2, 3))).title == "Новое"


def test_health_and_convictions_are_never_held_to_be_missing() -> None:
    special = [(c, t) for c, t in ROWS if SPECIAL.search(f"{t['title']} {t.get('condition', '')}")]
    asked = {(category, table["item"]) for category, table in special if table["need"] != "if-any"}
    # The one exception is a document that 25-ФЗ itself asks of every servant.
    assert asked == {("municipal-servant", "medical-conclusion")}
    found = {(category, table["item"]) for category, table in special}
    assert found >= {
        ("employee", "family-health"),
        ("employee", "health"),
        ("employee", "medical-examination"),
        ("employee", "convictions"),
        ("employee", "verdicts"),
        ("student", "health"),
    }


def test_copies_of_passports_are_the_offices_choice() -> None:
    needs = {c: t["need"] for c, t in ROWS if t["item"].endswith("passport")}
    assert needs.pop("municipal-servant") == "always"  # the regulation asks for it
    assert len(needs) == len(CATEGORIES) - 1
    assert set(needs.values()) == {"choice"}


@pytest.mark.parametrize("category", CATEGORIES)
def test_what_the_sets_issue_is_on_the_list(category: str, office: settings.Settings) -> None:
    text = (settings.packaged_templates() / wishes.SETS).read_text(encoding="utf-8")
    issued: set[str] = set()
    for one in tomllib.loads(text).values():
        if "when" in one and expressions.compiled(one["when"])(category=category):
            issued |= set(one["forms"])
    if category == "municipal-servant":
        issued.add("familiarisation-sheet")  # once a year, by a command of its own
    listed = {item.item: item.forms for item in of(category, office).items if item.forms}
    assert listed == {name: (name,) for name in issued}
    assert issued <= set(forms.names(office))


@pytest.mark.parametrize(
    ("need", "answer"),
    [("always", True), ("if", None), ("if-any", False), ("event", False), ("choice", False)],
)
def test_need_without_a_condition_on_the_data(need: checklists.Need, answer: bool | None) -> None:
    wanted = Wanted("letter", "Письмо", "приказ", need, condition="если надо")
    assert checklists.needed(wanted, {"gender": "m"}) is answer


@pytest.mark.parametrize(
    ("when", "data", "answer"),
    [
        ("gender == 'm'", {"gender": "m"}, True),
        ("gender == 'm'", {"gender": "f"}, False),
        ("gender == 'm'", {}, None),
        ("gender == 'm'", {"gender": ""}, None),
        ("gender == 'm' and position == 'сторож'", {"gender": "f"}, None),
        ("today == hired_on", {"hired_on": TODAY}, None),
        ("operator.name == 'А'", {"gender": "m"}, None),
    ],
)
def test_condition_on_the_data(when: str, data: dict[str, Any], answer: bool | None) -> None:
    wanted = Wanted("letter", "Письмо", "приказ", "if", condition="если надо", when=when)
    assert checklists.needed(wanted, data) is answer


def test_condition_that_fails_is_said_without_the_data() -> None:
    wanted = Wanted("letter", "Письмо", "приказ", "if", when="gender < 3")
    with pytest.raises(FormError, match=r"letter.*gender < 3.*TypeError") as error:
        checklists.needed(wanted, {"gender": "тайна"})
    assert "тайна" not in str(error.value)


def test_parents_consent_is_needed_until_the_birthday(office: settings.Settings) -> None:
    wanted = entry("consent-representative", of("student", office))
    born = {"birth_date": date(2008, 9, 2)}
    assert checklists.needed(wanted, {**born, "today": date(2026, 9, 1)}) is True
    assert checklists.needed(wanted, {**born, "today": date(2026, 9, 2)}) is False
    assert checklists.needed(wanted, {"today": TODAY}) is None


def test_representatives_authority_is_needed_where_there_is_one(office: settings.Settings) -> None:
    wanted = entry("authority", of("citizen", office))
    assert checklists.needed(wanted, {"representative_last_name": "Лесная"}) is True
    assert checklists.needed(wanted, {"last_name": "Лесная"}) is False


def test_an_office_may_have_a_list_of_its_own(own: Callable[[str], Checklist | None]) -> None:
    found = own(GOOD)
    assert found is not None
    assert (found.category, found.title, found.title_en) == ("employee", "Дело", "Дело")
    assert found.items[0] == Wanted("letter", "Письмо", "приказ", "always", "Письмо")
    # What anybody may ask of the office follows.
    assert [one.item for one in found.items[1:3]] == ["access-request", "correction-request"]


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("items = 1 1", "", "TOML"),
        ('category = "student"\ntitle = "Дело"', "", "category"),
        ('category = "employee"', "", "title"),
        (GOOD.replace('title = "Дело"', "title = 1"), "", "title"),
        ('order = 1\ncategory = "employee"\ntitle = "Дело"', "", "order"),
        ('category = "employee"\ntitle = "Дело"\nitems = 1', "", "items"),
        ('category = "employee"\ntitle = "Дело"\nitems = ["a"]', "", "items"),
        (GOOD.replace('item = "letter"', ""), "item 1", "item"),
        (GOOD.replace('"letter"', '"Письмо"'), "Письмо", "name"),
        (GOOD.replace('"letter"', "7"), "item 1", "item"),
        (GOOD.replace('title = "Письмо"', 'title = ""'), "letter", "title"),
        (GOOD.replace("ground =", "grounds ="), "letter", "grounds"),
        (GOOD.replace('ground = "приказ"', ""), "letter", "ground"),
        (GOOD.replace("always", "sometimes"), "letter", "sometimes"),
        (GOOD.replace("always", "event"), "letter", "condition"),
        (GOOD + 'repeats = "yes"', "letter", "repeats"),
        (GOOD + "certified = 1", "letter", "certified"),
        (GOOD + 'forms = "consent-employee"', "letter", "forms"),
        (GOOD + "either = [1, 2]", "letter", "either"),
        (GOOD + 'forms = ["consent-nobody"]', "letter", "consent-nobody"),
        (GOOD + 'since = "1 мая"', "letter", "since"),
        (GOOD + "since = 2020-01-01T00:00:00", "letter", "since"),
        (GOOD + 'since = "2020-01-01"\nuntil = "2020-01-01"', "letter", "until"),
        (GOOD + 'yearly = "30.04"', "letter", "yearly"),
        (GOOD + 'yearly = "02-29"', "letter", "yearly"),
        (GOOD + "remove_years = 1", "letter", "remove_after"),
        (GOOD + 'remove_years = "1"', "letter", "remove_years"),
        (GOOD + "remove_years = -1", "letter", "remove_years"),
        (GOOD + "when = \"gender == 'm'\"", "letter", "when"),
        (
            GOOD.replace("always", "if") + 'condition = "если"\nwhen = "gender =="',
            "letter",
            "gender ==",
        ),
        (
            GOOD.replace("always", "if") + 'condition = "если"\nwhen = "range(9)"',
            "letter",
            "Call",
        ),
        (GOOD + GOOD[GOOD.index("[[") :], "letter", "two"),
        (
            GOOD + 'until = "2020-01-02"\n' + GOOD[GOOD.index("[[") :] + 'since = "2020-01-01"',
            "letter",
            "two",
        ),
    ],
)
def test_faults_are_named_with_their_place(
    text: str, place: str, what: str, own: Callable[[str], Checklist | None]
) -> None:
    with pytest.raises(FormError) as error:
        own(text)
    found = error.value.problem
    assert found.where == ", ".join(filter(None, ("checklists/employee.toml", place)))
    assert what in found.what
    assert found.hint


def test_init_copies_the_lists(tmp_path: Path, paperloop: Callable[..., Said]) -> None:
    assert paperloop("init", tmp_path / "new").code == 0
    copied = tmp_path / "new" / "templates" / checklists.FOLDER
    assert {path.name for path in copied.iterdir()} == {path.name for path in PACKAGED.iterdir()}
