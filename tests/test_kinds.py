"""What a page of another's paper seems to be, by the words that OCR read on it."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.engines.tesseract import Word
from pipeline.others import kinds, mrz
from pipeline.pages.reading import Content
from tests.test_mrz import ANNA

# As such papers print it, with slips of OCR here and there.
PAGES = {
    "passport": """
        РОССИЙСКАЯ ФЕДЕРАЦИЯ
        Паспорт выдан ОВД ГОРОДА ЯСНЫЙ
        Дата выдачи 01.06.2010 Код подразделения 682-003
        Личный код
        Личная подпись""",
    "pension-insurance": """
        СТРАХ0ВОЕ СВИДЕТЕЛЬСТВО
        ОБЯЗАТЕЛЬНОГО ПЕНСИОННОГО СТРАХОВАНИЯ
        112-233-445 95""",
    "tax-registration": """
        СВИДЕТЕЛЬСТВО
        О ПОСТАНОВКЕ НА УЧЕТ ФИЗИЧЕСКОГО ЛИЦА В НАЛОГОВОМ ОРГАНЕ
        Настоящее свидетельство подтверждает, что Ёлкина Анна Юрьевна
        ИНН 5 0 0 1 0 0 7 3 2 2 5 9""",
    "education": """
        Д И П Л О М
        Настоящий дипломвыдан Ёлкиной Анне Юрьевне в том, что она
        окончила полный курс техникума""",
    "work-book": """
        ТРУДОВАЯ КНИЖКА
        Фамилия Ёлкина
        Подпись владельца кннжки""",
    "military": """
        ВОЕННЫЙ БИЛЕТ
        Воинское звание рядовой""",
    "medical-conclusion": """
        ЗАКЛЮЧЕНИЕ
        медицинского учреждения о наличии (отсутствии) заболевания,
        препятствующего поступлению на муниципальную службу""",
    "medical-policy": """
        ПОЛИС
        ОБЯЗАТЕЛЬНОГО МЕДИЦИНСКОГО СТРАХОВАНИЯ
        подпись застрахованного лица""",
    "civil-status": """
        СВИДЕТЕЛЬСТВО О РОЖДЕНИИ
        о чем 3 мая 2012 года составлена запись акта о рождении № 7""",
    "hiring-order": """
        ПРИКАЗ
        О приёме на работу
        принять Ёлкину Анну Юрьевну на должность лаборанта""",
    "application": """
        Директору техникума
        ЗАЯВЛЕНИЕ
        Прошу принять меня на работу""",
    "training": """
        УДОСТОВЕРЕНИЕ
        О ПОВЫШЕНИИ КВАЛИФИКАЦИИ
        Настоящее удостоверение свидетельствует о том, что Ёлкина Анна Юрьевна
        прошла повышение квалификации по дополнительной профессиональной программе""",
    "transfers": """
        ПРИКАЗ
        О переводе работника на другую работу
        Перевести Ёлкину Анну Юрьевну на должность методиста
        С приказом ознакомлен""",
    "dismissal": """
        ПРИКАЗ (РАСПОРЯЖЕНИЕ)
        о прекращении (расторжении) трудового договора с работником (увольнении)
        Уволить Ёлкину Анну Юрьевну""",
    "notes": """
        Директору техникума
        ЗАЯВЛЕНИЕ
        Прошу уволить меня по собственному желанию""",
}
OTHERS = {
    "a list of documents": """
        ПЕРЕЧЕНЬ ДОКУМЕНТОВ
        1. паспорт
        2. трудовая книжка
        3. диплом
        4. страховое свидетельство обязательного пенсионного страхования""",
    "a consent": """
        СОГЛАСИЕ
        на обработку персональных данных
        Я, Ёлкина Анна Юрьевна, паспорт 45 10 123456, выдан ОВД города Ясный, код подразделения
        682-003, полис обязательного медицинского страхования, военный билет""",
    "another order": """
        ПРИКАЗ
        О проведении инвентаризации
        ПРИКАЗЫВАЮ: создать комиссию""",
    "a law with the stamp of its registration": """
        ЗАРЕГИСТРИРОВАНО
        Регистрационный № 28608
        ПРИКАЗ
        Об утверждении требований""",
    "a line of somebody's list": "ВОЕННЫЙ БИЛЕТ",
    "an extract about where somebody lives": """
        ВЫПИСКА ИЗ ДОМОВОЙ КНИГИ
        Зарегистрирована Место жительства
        Паспорт выдан ОВД города Ясный, код подразделения 682-003""",
    "an organisation's certificate": """
        СВИДЕТЕЛЬСТВО
        О ПОСТАНОВКЕ НА УЧЕТ РОССИЙСКОЙ ОРГАНИЗАЦИИ В НАЛОГОВОМ ОРГАНЕ
        Настоящее свидетельство подтверждает, что организация поставлена на учет""",
    "an order about leave": """
        ПРИКАЗ
        О предоставлении отпуска
        С приказом ознакомлен""",
    "a newspaper": "Молодым родителям вручили свидетельство о рождении первенца и диплом",
    "a page in Latin script": "PASSPORT REPUBLIC OF UTOPIA surname given names date of birth",
    "nothing": "",
}


def page(text: str) -> list[Word]:
    """The words of a text as they would stand on a page."""
    found = []
    for row, line in enumerate(text.split("\n")):
        x = 0.0
        for word in line.split():
            found.append(Word(word, 0.9, (x, row * 40.0, x + 10 * len(word), row * 40.0 + 30)))
            x += 10 * len(word) + 10
    return found


@pytest.mark.parametrize("kind", PAGES)
def test_each_kind_is_known(kind: str) -> None:
    assert kinds.of(page(PAGES[kind])).kind == kind


@pytest.mark.parametrize("name", OTHERS)
def test_what_only_speaks_of_them_is_none(name: str) -> None:
    assert kinds.of(page(OTHERS[name])).kind is None


def test_two_kinds_on_one_page_are_none() -> None:
    assert kinds.of(page(PAGES["civil-status"] + PAGES["medical-policy"])).kind is None


def test_numbers_count_where_their_check_digits_hold() -> None:
    assert kinds.of(page(PAGES["pension-insurance"])).numbers == ("snils:11223344595",)
    assert kinds.of(page(PAGES["tax-registration"])).numbers == ("inn:500100732259",)
    assert kinds.of(page("ИНН 500100732258 СНИЛС 112-233-445 96")).numbers == ()
    # Twelve figures that nothing calls an ИНН.
    assert kinds.of(page("счет 500100732259")).numbers == ()


def test_a_sound_zone_makes_a_passport() -> None:
    seen = kinds.of(page("Паспорт 45 10 123457"), mrz.read(mrz.written(ANNA)))
    name, born = "Ёлкина Анна Юрьевна", date(1990, 5, 12)
    assert seen == Content("passport", ("passport:4510123456",), name, born, printed=(
        "passport:4510123457",
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (" Дата рождения 12.05.1990", ("birth_date:1990-05-12",)),
        (" Пол ЖЕН. 12.05.1990", ("birth_date:1990-05-12",)),
        (" Дата рождения 12.05.1990 Дата рождения 13.05.1990", ()),
        (" 12.05.1990", ()),
    ],
)
def test_the_only_birthday_is_kept_as_the_print_says_it(
    text: str, printed: tuple[str, ...]
) -> None:
    assert kinds.of(page(PAGES["passport"] + text)).printed == printed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("выдан Ёлкиной Анне Юрьевне в том", "Ёлкиной Анне Юрьевне"),
        ("Фамилия ЁЛКИНА Имя АННА Отчество ЮРЬЕВНА", "Ёлкина Анна Юрьевна"),
        ("Ёлкина Анна Юрьевна и Пнёв Олег Ильич", ""),
        # Somebody whose name is read in part could be meant as well.
        ("Ёлкина Анна Юрьевна, мать: Пнёва 0лыа Ильинична", ""),
        ("Директору Пнёву О.И. от Ёлкиной Анны Юрьевны", "Ёлкиной Анны Юрьевны"),
        ("по основной работе", ""),
    ],
)
def test_the_only_full_name_is_given(text: str, name: str) -> None:
    assert kinds.of(page(text)).name == name


def test_every_kind_has_a_title_and_is_an_item() -> None:
    assert set(kinds.titles()) == {one.item for one in kinds.KINDS} - {""}
    assert kinds.items_of("military") == ("military", "work-book")


def test_what_an_item_cannot_be() -> None:
    assert kinds.are_others("passport", "education")
    assert not kinds.are_others("military", "work-book")
    # Anything may be among other documents.
    assert not kinds.are_others("passport", "other-documents")
    assert not kinds.are_others("passport", "children")
