"""Terms that documents set running: working days, rules that hold from a day, wrong rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline import settings, workdays
from pipeline.errors import DataError, FormError
from pipeline.forms import clocks
from pipeline.registry import Registry
from pipeline.workdays import Moved
from tests import filing
from tests.test_file import DAY, SERVANT, Paperloop, tick

NOTHING = Moved()
RULE = '[[terms]]\nname = "a"\nitem = "b"\ndays = 3\nwhat = "c"\nground = "d"\n'


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 4, 28), 10, date(2026, 5, 14)),  # over both holidays of May
        (date(2025, 10, 31), 1, date(2025, 11, 1)),  # a Saturday that was worked
        (date(2025, 12, 30), 1, date(2026, 1, 12)),  # 31 December and 9 January were moved off
        (date(2026, 11, 20), 3, date(2026, 11, 25)),  # a weekend
    ],
)
def test_working_days_go_by_the_russian_calendar(day: date, count: int, last: date) -> None:
    assert workdays.after(day, count, NOTHING) == last


@pytest.mark.parametrize(
    ("day", "years", "last"),
    [
        (date(2020, 3, 2), 3, date(2023, 3, 2)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),  # its month has no such day
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2020, 12, 31), 1, date(2021, 12, 31)),
    ],
)
def test_a_term_of_years_ends_on_the_day_of_the_event(day: date, years: int, last: date) -> None:
    assert workdays.years_after(day, years) == last


def test_a_term_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert workdays.or_next(date(2026, 11, 20), NOTHING) == date(2026, 11, 20)
    assert workdays.or_next(date(2026, 11, 21), NOTHING) == date(2026, 11, 23)
    assert workdays.or_next(date(2026, 5, 1), NOTHING) == date(2026, 5, 4)
    worked = Moved(working=frozenset({date(2026, 11, 21)}))
    assert workdays.or_next(date(2026, 11, 21), worked) == date(2026, 11, 21)


def test_what_the_office_says_goes_before_the_calendar() -> None:
    moved = Moved(off=frozenset({date(2026, 11, 23)}), working=frozenset({date(2026, 11, 21)}))
    assert workdays.after(date(2026, 11, 20), 1, moved) == date(2026, 11, 21)
    assert workdays.after(date(2026, 11, 20), 2, moved) == date(2026, 11, 24)


def test_days_are_moved_in_the_settings(workspace: Path) -> None:
    path = workspace / settings.FILE_NAME
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "[calendar]\noff = [2027-01-08]\n", encoding="utf-8")
    assert settings.load(workspace, environ={}).moved == Moved(off=frozenset({date(2027, 1, 8)}))
    path.write_text(text + '[calendar]\noff = ["8 января"]\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"calendar\.off"):
        settings.load(workspace, environ={})


@pytest.fixture
def file(workspace: Path) -> Iterator[Registry]:
    with Registry.open(filing.of(workspace).registry_url) as registry:
        filing.issue(registry, filing.paper("consent-municipal"), people=(SERVANT,))
        yield registry


def due(paperloop: Paperloop) -> dict[str, str]:
    lines = paperloop("due", "--until", "2030-01-01", "--json", *DAY).lines()
    return {one["term"].split(":")[1]: one["day"] for one in lines}


def test_a_subjects_request_is_to_be_answered_in_working_days(
    file: Registry, paperloop: Paperloop
) -> None:
    assert tick(paperloop, "access-request", "--date", "28.04.2026").code == 0
    assert due(paperloop)["access"] == "2026-05-14"
    tick(paperloop, "unlawful-processing", "--date", "10.09.2026")
    found = due(paperloop)
    assert (found["unlawful-stop"], found["unlawful-destroy"]) == ("2026-09-15", "2026-09-24")


def test_a_rule_holds_for_what_came_while_it_was_in_force(
    file: Registry, paperloop: Paperloop
) -> None:
    tick(paperloop, "access-request", "--date", "31.08.2022")
    assert due(paperloop)["access"] == "2022-09-30"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("terms = 1", "terms"),
        (RULE.replace("days = 3", 'days = "3"'), "days"),
        (RULE.replace("days = 3", "days = 0"), "days"),
        (RULE.replace('ground = "d"', ""), "ground"),
        (RULE + "weeks = 1", "weeks"),
        (RULE + 'since = "2020-01-01"', "since"),
    ],
)
def test_a_wrong_rule_is_named(text: str, what: str, workspace: Path) -> None:
    folder = workspace / "templates"
    folder.mkdir(exist_ok=True)
    (folder / clocks.FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(FormError, match=rf"terms\.toml.*“{what}”"):
        clocks.load(settings.load(workspace, environ={}))


def test_packaged_rules_name_items_and_grounds(workspace: Path) -> None:
    rules = clocks.load(settings.load(workspace, environ={}))
    assert all(rule.ground and rule.what_en != rule.what for rule in rules)
    assert {"withdrawal", "access", "correction"} <= {rule.name for rule in rules}
