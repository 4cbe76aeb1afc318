"""Invented people and handover acts for the bench, other ones than the samples'.

Every name, address, number and organisation is made up; check digits are valid so that the
data's own checks let the rows through. The word lists were written for this file.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from tests.simulator.dice import dice, one_of

DAY = date(2026, 11, 16)  # the bench's today: papers do not depend on when it runs


def _several(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(";"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# A man's; a woman's follow from them.
_SURNAMES = _words("""
Агафошин Бурдинский Вахонин Горелышев Дробязкин Ежовский Жарехин Заволокин Истратов Кудеяров
Лапыгин Мелентьев Набоков Охлопьев Пестряков Рябухин Свешников Тулупов Углицкий Филипченков
Хворостов Цветаевский Чекмарёв Шестопалов Щетинин Эрастов Юматов Якунчиков Бабарыкин Верещанский
Гурьянычев Деревнин Ерогов Живаев Зыбин Ильминский Косяков Лошаков Мясищев Нехлебаев Осьмухин
Подымов Раменский Стогов Трёхсвоякин Уланский Федюшин Хлебодаров Черемисинов Шалимов Щукарёв
Юродов Ядринцевский Бережковский Вощанов Голубинский Дубасов Копылевский Матюнин Переяславцев
""")
_NAMES = {
    "м": _words("""Аркадий Богдан Вадим Валерий Герман Демьян Евгений Захар Игнат Кирилл Лев Макар
        Назар Платон Родион Савелий Тихон Фёдор Эдуард Ярослав"""),
    "ж": _words("""Алевтина Василиса Вероника Галина Дарья Евдокия Жанна Зинаида Инна Кира Лариса
        Маргарита Нина Полина Римма Серафима Таисия Ульяна Фаина Яна"""),
}
_PATRONYMICS = _words("""
Аркадьевич Богданович Вадимович Германович Захарович Игнатович Кириллович Макарович Платонович
Родионович Савельевич Тихонович Фёдорович Ярославович Эдуардович Валерьевич Евгеньевич Назарович
""")
_POSITIONS = _several("""
лаборант; ведущий библиотекарь; заведующий складом; инженер по охране труда; главный механик;
методист учебной части; мастер производственного обучения; секретарь приёмной комиссии;
педагог-психолог; специалист по закупкам первой категории; заместитель главного бухгалтера;
начальник хозяйственного отдела; комендант общежития; старший преподаватель
""")
_OFFICES = _several("""
главный специалист отдела архитектуры; консультант правового управления;
ведущий специалист по работе с обращениями; заместитель начальника финансового отдела
""")
_TOWNS = _several("Синеозёрск; Каменный Брод; Лугоград; Верхнереченск; Малые Ключи; Заполье")
_STREETS = _several("""Берёзовая; Приречная; Старогончарная; Рябиновый проезд; Кузнечный переулок;
    Мельничная; Лётная; Садовый тупик; Хлебная площадь; Полевая""")
_ISSUERS = _several("""
Отделом внутренних дел города {town}; Отделением по вопросам миграции по {n}-му участку г. {town};
УМВД России по Синеозёрской области; Территориальным отделом № {n} паспортной службы, г. {town}
""")
_INSURERS = _several("Ладья-Полис; Кедр-Страхование; Северная звезда; Подорожник-Мед")
_THINGS = _several("""
Копия трудового договора; Личная карточка работника; Выписка из приказа о приёме;
Справка о доходах за год; Копия диплома с приложением; Заявление на отпуск; Копия свидетельства;
Согласие на обработку данных; Трудовая книжка; Анкета
""")
_BASES = _several("договор; приказ; соглашение; распоряжение")
_RECIPIENTS = _several("""ООО «Кедр-Страхование»; Архив города Лугоград; АО «Подорожник-Мед»;
    Негосударственный фонд «Опора»""")
_PURPOSES = _several("""оформления медицинских полисов; передачи документов на хранение;
    начисления пенсионных взносов; проверки правильности расчётов""")
_SNILS_WEIGHTS = range(9, 0, -1)
_INN_WEIGHTS = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def hires(count: int, seed: int) -> list[dict[str, Any]]:
    """``count`` people as rows of data, three employees for each municipal servant."""
    return [_hire(number, dice(seed, "hire", number)) for number in range(1, count + 1)]


def acts(count: int, seed: int) -> list[dict[str, Any]]:
    """``count`` handover acts of one to four items."""
    return [_act(number, dice(seed, "act", number)) for number in range(1, count + 1)]


def _hire(number: int, rng: np.random.Generator) -> dict[str, Any]:
    last, first, middle, gender = _person(rng)
    town = one_of(rng, _TOWNS)
    born = date(1962, 1, 1) + timedelta(days=int(rng.integers(15700)))  # 20 to 64 years old
    issued = _passport_day(born, rng)
    municipal = number % 4 == 0
    issuer = one_of(rng, _ISSUERS).format(town=town, n=int(rng.integers(1, 9)))
    return {
        "personnel_number": f"{number:05}",
        "last_name": last,
        "first_name": first,
        "middle_name": middle,
        "gender": gender,
        "birth_date": born.isoformat(),
        "address": (
            f"60{int(rng.integers(1000, 9999))}, г. {town}, {one_of(rng, _STREETS)}, "
            f"д. {int(rng.integers(1, 180))}, кв. {int(rng.integers(1, 240))}"
        ),
        "passport_series": f"{int(rng.integers(20, 97)):02}{issued.year % 100:02}",
        "passport_number": f"{int(rng.integers(1, 10**6)):06}",
        "passport_issued_by": issuer,
        "passport_issued_on": issued.isoformat(),
        "position": one_of(rng, _OFFICES if municipal else _POSITIONS),
        "snils": _snils(rng),
        "inn": _inn(rng),
        "hired_on": (DAY + timedelta(days=int(rng.integers(1, 20)))).isoformat(),
        "insurer": one_of(rng, _INSURERS),
        "category": "municipal-servant" if municipal else "employee",
    }


def _act(number: int, rng: np.random.Generator) -> dict[str, Any]:
    giver, taker = _person(rng), _person(rng)
    signed = DAY - timedelta(days=int(rng.integers(2, 60)))
    return {
        "act": f"{number}-Б",
        "basis": one_of(rng, _BASES),
        "basis_date": signed.isoformat(),
        "basis_number": f"{int(rng.integers(1, 400))}/26",
        "recipient": one_of(rng, _RECIPIENTS),
        "recipient_representative": " ".join(taker[:3]),
        "recipient_position": "начальник отдела кадров",
        "until": (DAY + timedelta(days=int(rng.integers(30, 400)))).isoformat(),
        "purpose": one_of(rng, _PURPOSES),
        "handed_by": " ".join(giver[:3]),
        "handed_by_position": "специалист по кадрам",
        "items": [
            {
                "name": f"{one_of(rng, _THINGS)} № {int(rng.integers(10, 999))}",
                "quantity": int(rng.integers(1, 7)),
            }
            for _ in range(int(rng.integers(1, 5)))
        ],
    }


def _person(rng: np.random.Generator) -> tuple[str, str, str, str]:
    gender = one_of(rng, ("м", "ж"))
    last, middle = one_of(rng, _SURNAMES), one_of(rng, _PATRONYMICS)
    if gender == "ж":
        last = last.removesuffix("ий") + "ая" if last.endswith("кий") else f"{last}а"
        middle = middle.removesuffix("ич") + "на"
    return last, one_of(rng, _NAMES[gender]), middle, gender


def _passport_day(born: date, rng: np.random.Generator) -> date:
    """Renewed in time at 20 and 45 (decree 2267 of 2023), and today's kind of passport."""
    age = (DAY - born).days / 365.25
    years = 45 if age > 45.24 else 20
    day = date(born.year + years, born.month, min(born.day, 28))
    day += timedelta(days=int(rng.integers(3, 80)))
    oldest = date(1999, 1, 11)
    return min(max(day, oldest + timedelta(days=int(rng.integers(2000)))), DAY)


def _snils(rng: np.random.Generator) -> str:
    digits = [int(d) for d in rng.integers(1, 10, 9)]
    total = sum(d * w for d, w in zip(digits, _SNILS_WEIGHTS, strict=True))
    text = "".join(map(str, digits))
    return f"{text[:3]}-{text[3:6]}-{text[6:]} {total % 101 % 100:02}"


def _inn(rng: np.random.Generator) -> str:
    digits = [int(d) for d in rng.integers(1, 10, 10)]
    for weights in _INN_WEIGHTS:
        digits.append(sum(d * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)
    return "".join(map(str, digits))
