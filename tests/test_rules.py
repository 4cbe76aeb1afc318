from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.forms import rules
from pipeline.language.lettering import is_mixed_script, mend_lookalikes, unprintable

TODAY = date(2026, 9, 1)


def found(level: str, **values: Any) -> list[str]:
    return [p.where for p in rules.check(values, TODAY) if p.level == level]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", "  ул.\xa0Лесная,\n д. 1 ", "ул. Лесная, д. 1"),
        ("name", "Ивaнов", "Иванов"),  # a Latin a
        ("name", "Smith", "Smith"),
        ("digits", "45 О8", "4508"),
        ("digits", "l2З4б6", "123466"),
        ("digits", "112-233-445 95", "112-233-44595"),
        ("number", "186-11", "186-11"),
        ("number", "12/Л", "12/Л"),
        ("number", "1О5", "105"),
        ("date", "13.08.2010", "2010-08-13"),
        ("date", "«13» августа 2010 г.", "2010-08-13"),
        ("date", "13 августа 2010 года", "2010-08-13"),
        ("date", "2010-08-13", "2010-08-13"),
        ("date", "31.02.2010", "31.02.2010"),
        ("initials", "Иванов И. И.", "Иванов И.И."),
    ],
)
def test_normalising_changes_only_the_looks(kind: str, text: str, value: str) -> None:
    assert rules.normalise(kind, text) == value


@pytest.mark.parametrize(
    ("text", "mended", "words"),
    [
        ("Cидopова Анна", "Сидорова Анна", ("Cидopова",)),
        ("СOVID", "COVID", ("СOVID",)),  # a Cyrillic С
        ("IT-специалист", "IT-специалист", ()),
        ("Иваnов", "Иваnов", ()),  # n has no twin: left for a person
    ],
)
def test_look_alikes_are_mended_and_listed(text: str, mended: str, words: tuple[str, ...]) -> None:
    assert mend_lookalikes(text) == (mended, words)


def test_mixed_script_is_seen_within_one_run_of_letters() -> None:
    assert is_mixed_script("Ивaнов")
    assert not is_mixed_script("IT-специалист")
    assert not is_mixed_script("full_name")


def test_what_cannot_be_printed_is_named() -> None:
    assert unprintable("Иванов\u202e") == ["RIGHT-TO-LEFT OVERRIDE"]
    assert unprintable("а\x07б") == ["U+0007"]
    assert unprintable("строка\nдругая\tтретья") == []


@pytest.mark.parametrize("column", ["snils", "inn", "ogrn"])
def test_one_wrong_digit_fails_the_check_sum(column: str) -> None:
    right = {"snils": "112-233-445 95", "inn": "500100732259", "ogrn": "1027700132195"}[column]
    assert found("error", **{column: right}) == []
    for index, digit in enumerate(right):
        if digit.isdigit():
            other = right[:index] + str((int(digit) + 1) % 10) + right[index + 1 :]
            assert found("error", **{column: other}) == [column], other


def test_an_organisations_inn_has_ten_digits() -> None:
    assert found("error", inn="7707083893") == []
    assert found("error", inn="7707083894") == ["inn"]
    assert found("error", inn="123") == ["inn"]


def test_snils_of_the_first_million_has_no_check_sum() -> None:
    assert rules.snils_is_valid("00100199800")
    assert not rules.snils_is_valid("00100199900")


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("passport_series", "4508", "450"),
        ("passport_number", "123456", "12345"),
        ("passport_code", "310-012", "31-0012"),
        ("last_name", "Соколова-Мельник", "Иванов1"),
        ("last_name", "д'Артаньян", "Иваnов"),
        ("first_name", "Анна Мария", "{{ x }}"),
        ("middle_name", "Ильич", "нет"),
    ],
)
def test_shapes(column: str, good: str, bad: str) -> None:
    assert found("error", **{column: good}) == []
    assert found("error", **{column: bad}) == [column]


def test_a_passport_is_issued_between_fourteen_and_today() -> None:
    born = date(2000, 5, 10)
    assert found("error", birth_date=born, passport_issued_on=date(2014, 5, 10)) == []
    assert found("error", birth_date=born, passport_issued_on=date(2014, 5, 9)) == [
        "passport_issued_on"
    ]
    assert found("error", birth_date=born, passport_issued_on=date(2026, 9, 2)) == [
        "passport_issued_on"
    ]
    # read back from paper the same dates are ISO text
    assert found("error", birth_date="2000-05-10", passport_issued_on="2014-05-09") == [
        "passport_issued_on"
    ]


def test_born_on_29_february_is_fourteen_on_1_march() -> None:
    born = date(2004, 2, 29)
    assert found("error", birth_date=born, passport_issued_on=date(2018, 2, 28)) != []
    assert found("error", birth_date=born, passport_issued_on=date(2018, 3, 1)) == []


def test_birth_lies_in_living_memory() -> None:
    assert found("error", birth_date=date(2026, 9, 2)) == ["birth_date"]
    assert found("error", birth_date=date(1899, 1, 1)) == ["birth_date"]


def test_a_passport_past_twenty_or_forty_five_is_a_warning_after_ninety_days() -> None:
    young = {"passport_issued_on": date(2020, 6, 1)}
    assert found("warning", birth_date=date(2006, 5, 1), **young) == ["passport_issued_on"]
    assert found("warning", birth_date=date(2006, 6, 4), **young) == []  # 89 days ago
    assert found("warning", birth_date=date(1981, 1, 1), passport_issued_on=date(2002, 1, 1)) == [
        "passport_issued_on"
    ]
    assert found("error", birth_date=date(2006, 5, 1), **young) == []


def test_a_hire_far_ahead_is_a_warning() -> None:
    assert found("warning", hired_on=date(2026, 11, 30)) == []
    assert found("warning", hired_on=date(2026, 12, 1)) == ["hired_on"]


def test_the_series_tells_the_year_of_its_blank() -> None:
    issued = {"passport_issued_on": date(2010, 3, 1)}
    assert found("warning", passport_series="4509", **issued) == []
    assert found("warning", passport_series="4502", **issued) == ["passport_series"]
    assert found("warning", passport_series="4599", passport_issued_on=date(2000, 1, 1)) == []


def test_empty_values_are_nobodys_fault() -> None:
    assert rules.check({"snils": "", "birth_date": None, "inn": ""}, TODAY) == []


def test_digits_of_other_scripts_are_no_digits() -> None:
    assert found("error", passport_series="١٢٣٤") == ["passport_series"]
    assert found("error", inn="７７０７０８３８９３") == ["inn"]
    assert rules.parse_date("١٣.٠٨.٢٠١٠") is None
