"""The machine-readable zone of the passport: read back exactly, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.others import mrz
from pipeline.others.mrz import Passport

ANNA = Passport(
    "Ёлкина Анна Юрьевна", date(1990, 5, 12), "f", "4510", "123456", date(2010, 6, 1), "682-003"
)
PEOPLE = (
    ANNA,
    replace(ANNA, name="Щукин-Ъездовский Эдуард Цезаревич", gender="m", series="0099"),
    replace(ANNA, name="Мышьякова Фаина Жоресовна", born=date(1932, 1, 31), number="000001"),
    replace(ANNA, name="Гасанов Рамиз Юсиф Оглы", gender="m", issued=date(2026, 2, 28)),
    replace(ANNA, name="Юный Хачик Йосифович", gender="m", born=date(2011, 3, 5),
            issued=date(2025, 3, 20)),
)  # fmt: skip


def test_the_zone_as_the_order_describes_it() -> None:
    """Against lines reckoned by hand from the layout."""
    assert mrz.written(ANNA) == (
        "PNRUS2LKINA<<ANNA<7R9EVNA<<<<<<<<<<<<<<<<<<<",
        "4511234569RUS9005123F<<<<<<<0100601682003<96",
    )


@pytest.mark.parametrize("passport", PEOPLE, ids=lambda one: one.name)
def test_what_is_written_is_read_back(passport: Passport) -> None:
    first, second = mrz.written(passport)
    assert (len(first), len(second)) == (44, 44)
    assert mrz.read(("РОССИЙСКАЯ ФЕДЕРАЦИЯ", first, second)) == passport


def test_a_name_that_fills_the_line_may_be_cut() -> None:
    long = replace(ANNA, name="Константинопольская-Задунайская Александра Вячеславовна")
    assert mrz.read(mrz.written(long)) == replace(long, name="")


@pytest.mark.parametrize("at", [i for i in range(44) if not 21 <= i <= 27 and i != 41])
def test_no_wrong_sign_of_the_numbers_passes(at: int) -> None:
    """Fillers say nothing; in the place of any other sign no other one does."""
    first, second = mrz.written(ANNA)
    for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<":
        wrong = second[:at] + sign + second[at + 1 :]
        assert mrz.read((first, wrong)) in (None, ANNA)


def test_look_alikes_and_lost_fillers_are_mended() -> None:
    first, second = mrz.written(ANNA)
    cyrillic = str.maketrans("AEKMHOPCTX", "АЕКМНОРСТХ")
    noisy = (
        first.translate(cyrillic).replace("<<<<<<<", "<<K<с<"),
        second.replace("0", "О").replace("1", "I").replace("<<<<<<<", " << <<K"),
    )
    assert mrz.read(noisy) == ANNA


def test_two_passports_are_nobodys() -> None:
    lines = [line for one in PEOPLE[:2] for line in mrz.written(one)]
    assert mrz.read(lines) is None
    assert mrz.read([*mrz.written(ANNA)] * 2) == ANNA


def test_a_zone_that_contradicts_itself_is_none() -> None:
    for wrong in (
        replace(ANNA, gender="m"),  # «Анна Юрьевна» is no man
        replace(ANNA, issued=date(2000, 6, 1)),  # given out at ten
    ):
        assert mrz.read(mrz.written(wrong)) is None


def test_ordinary_words_are_no_zone() -> None:
    assert not any(map(mrz.looks_like, ("«Кедр»", "<<Кедр>>", "РОССИЙСКАЯ", "5 < 7")))
    assert all(map(mrz.looks_like, mrz.written(ANNA)))
