"""Numbers of new rows that seem to be somebody else's: said before anything is issued."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.flow import identities
from pipeline.registry import PersonRow

ANNA = PersonRow(
    "00042",
    "Ёлкина Анна Юрьевна",
    "employee",
    {
        "last_name": "Ёлкина",
        "first_name": "Анна",
        "middle_name": "Юрьевна",
        "gender": "f",
        "birth_date": "1990-05-12",
        "passport_series": "4508",
        "passport_number": "123456",
        "snils": "112-233-445 95",
    },
)


def doubts(person: PersonRow, *known: PersonRow) -> list[str]:
    found = list(identities.doubts({"строка 2": person}, known))
    assert all((one.level, one.where) == ("warning", "строка 2") for one in found)
    return [one.what for one in found]


def changed(**values: Any) -> PersonRow:
    return replace(ANNA, data={**ANNA.data, **values})


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"last_name": "Соснина"},  # she married
        {"passport_series": "4510", "passport_number": "654321"},  # and has a new passport
        {"snils": None},
        {"first_name": "анна"},
    ],
)
def test_who_is_the_same_person_is_not_doubted(values: dict[str, Any]) -> None:
    assert doubts(changed(**values), ANNA) == []


def test_a_number_that_was_given_to_somebody_else_is_named() -> None:
    (said,) = doubts(changed(first_name="Олег", gender="m", birth_date="1985-02-03"), ANNA)
    assert said.endswith("Имя, Пол, Дата рождения")
    assert "Олег" not in said  # what is printed may be read by others


def test_one_person_under_two_numbers_is_named() -> None:
    (said,) = doubts(replace(ANNA, subject="00043"), ANNA)
    assert "00043 has the same passport, СНИЛС or ИНН as 00042" in said


@pytest.mark.parametrize(("number", "known"), [("K-15", "К-15"), ("42", "000 42"), ("А1", "а1")])
def test_numbers_that_look_alike_are_named(number: str, known: str) -> None:
    (said,) = doubts(PersonRow(number, "Пнёв Олег Ильич"), PersonRow(known, "Сосна Яна Львовна"))
    assert f"{number} looks like {known}" in said
